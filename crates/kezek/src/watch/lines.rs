//! A line per change, for a pipe, a log, and whoever likes to read along.

use jiff::{SignedDuration, Timestamp};
use protocol::record::v1::{Assignment, Call, Desk, Milestone, Step, assignment_purpose};
use protocol::watch::v1::{WatchResponse, record};

use crate::output::{Paint, Tone};
use crate::show::{Light, alarm};
use crate::table::{plain, short};
use crate::watch::picture::Picture;
use crate::{time, words};

/// What is told of a frame, in the order of its records. `before` is the picture without the frame: only what is new
/// since is told. A reset tells nothing: it is the whole picture, not news.
pub(crate) fn lines(before: &Picture, frame: &WatchResponse, light: Light<'_>) -> Vec<String> {
    if frame.reset || frame.incomplete || before.cursor.is_none() || !before.is_whole {
        return Vec::new();
    }
    let records = frame.records.iter().filter_map(|record| record.record.as_ref());
    let mut told: Vec<(Timestamp, String)> =
        records.flat_map(|record| of_record(before, frame, record, light)).collect();
    told.sort_by_key(|(when, _)| *when);
    told.into_iter()
        .map(|(when, line)| format!("{}  {line}", time::clock(when, light.now, &light.names.zone)))
        .collect()
}

/// The news of one record, with the time of each.
fn of_record(
    before: &Picture,
    frame: &WatchResponse,
    record: &record::Record,
    light: Light<'_>,
) -> Vec<(Timestamp, String)> {
    let paint = light.paint;
    match record {
        record::Record::Call(call) => of_call(before, call, light),
        record::Record::Incident(incident) => {
            let known = before.incidents.get(&incident.incident_id).map(|incident| incident.milestones.len());
            news(before, &incident.milestones, known, |step, milestone| {
                // the call that opened it was told already
                let is_told = step == Step::Created && !incident.call_ids.is_empty();
                let line =
                    format!("incident {}  {}{}", incident.spoken_number, words::step(step), by(milestone));
                (!is_told).then_some(line)
            })
        }
        record::Record::Assignment(assignment) => of_assignment(before, frame, assignment, light),
        record::Record::Run(run) => {
            let known = before.runs.get(&run.run_id).map(|run| run.milestones.len());
            let number = number(before, frame, &run.incident_id);
            news(before, &run.milestones, known, |step, milestone| {
                let callsign = light.names.callsign(&run.unit_id);
                let line =
                    format!("incident {number}  unit {callsign}: {}{}", words::step(step), by(milestone));
                Some(dyed(paint, step, line))
            })
        }
        record::Record::Alarm(one) => of_alarm(before, frame, one, light),
        record::Record::Unit(unit) => {
            let known = before.units.get(&unit.unit_id).map(words::unit_state);
            let state = words::unit_state(unit);
            // a unit on a run is told of by its run
            let is_news =
                known.is_some_and(|known| known != state && known != "on a run") && state != "on a run";
            let when = unit.since.as_ref().and_then(time::to_timestamp).unwrap_or(light.now);
            let line = || format!("unit {}  {state}", light.names.callsign(&unit.unit_id));
            if is_news { vec![(when, paint.dye(Tone::Faint, &line()))] } else { Vec::new() }
        }
        record::Record::Dispatch(dispatch) => {
            if dispatch.automatic == before.dispatch.automatic {
                return Vec::new();
            }
            let who = plain(&dispatch.switched_by);
            let line = format!("automatic sending is {} (by {who})", words::automatic(dispatch));
            vec![(light.now, paint.dye(Tone::Warning, &line))]
        }
        record::Record::Note(note) => {
            let when = note.recorded_at.as_ref().and_then(time::to_timestamp).unwrap_or(light.now);
            let number = number(before, frame, &note.incident_id);
            vec![(when, format!("incident {number}  note: {}", short(&words::note(note, light), 80)))]
        }
        record::Record::Directory(head) => {
            vec![(light.now, format!("directory {} is in force", head.directory_version))]
        }
        record::Record::Desk(desk) => of_desk(before, desk, light),
        record::Record::Recommendation(_) => Vec::new(),
    }
}

/// A desk tells that its link went down, and that it is back.
fn of_desk(before: &Picture, desk: &Desk, light: Light<'_>) -> Vec<(Timestamp, String)> {
    let was_down = before.desks.get(&desk.station_id).and_then(|known| words::link_down(known, light));
    let is_down = words::link_down(desk, light);
    let station = light.names.station(&desk.station_id);
    let (tone, line) = match (was_down, is_down) {
        (None, Some(down)) => (Tone::Urgent, format!("desk {station}  {down}: telephone or radio")),
        (Some(_), None) => (Tone::Strong, format!("desk {station}  connected again")),
        (None, None) | (Some(_), Some(_)) => return Vec::new(),
    };
    vec![(light.now, light.paint.dye(tone, &line))]
}

/// A call tells that it was taken, with what and where; before that, that it rings and was answered.
fn of_call(before: &Picture, call: &Call, light: Light<'_>) -> Vec<(Timestamp, String)> {
    let known = before.calls.get(&call.call_id);
    let taken = call.taken_at.as_ref().and_then(time::to_timestamp);
    if let Some(taken) = taken.filter(|_| known.is_none_or(|call| call.taken_at.is_none())) {
        let what = light.names.incident_type(&call.incident_type_id);
        let place = before.place(call.location.as_ref(), light, 48);
        let line = format!("call {}  taken: {what}; {place}", call.spoken_number);
        return vec![(taken, light.paint.dye(Tone::Strong, &line))];
    }
    news(before, &call.milestones, known.map(|call| call.milestones.len()), |step, _| {
        Some(format!("call {}  {}", call.spoken_number, words::step(step)))
    })
}

/// An assignment tells every step but one: that it reached a screen is the console's own word, and no news.
fn of_assignment(
    before: &Picture,
    frame: &WatchResponse,
    assignment: &Assignment,
    light: Light<'_>,
) -> Vec<(Timestamp, String)> {
    let known = before.assignments.get(&assignment.assignment_id).map(|one| one.milestones.len());
    let number = number(before, frame, &assignment.incident_id);
    let informs = match assignment.purpose.as_ref().and_then(|purpose| purpose.purpose.as_ref()) {
        Some(assignment_purpose::Purpose::Inform(_)) => ", to know",
        Some(assignment_purpose::Purpose::Respond(_)) | None => "",
    };
    news(before, &assignment.milestones, known, |step, milestone| {
        let station = light.names.station(&assignment.station_id);
        let line = match step {
            Step::Delivered => return None,
            Step::Sent => format!("incident {number}  sent to {station}{informs}{}", by(milestone)),
            Step::Unspecified
            | Step::Rang
            | Step::Answered
            | Step::Abandoned
            | Step::CalledBack
            | Step::Ended
            | Step::Created
            | Step::Received
            | Step::Accepted
            | Step::Returned
            | Step::Acknowledged
            | Step::EnRoute
            | Step::OnScene
            | Step::Cleared
            | Step::StandDownSent
            | Step::StoodDown
            | Step::AnswerOverdue
            | Step::Done
            | Step::Held
            | Step::Released
            | Step::Merged
            | Step::Unmerged
            | Step::Closed
            | Step::Cancelled
            | Step::Reopened
            | Step::ResourceRequested => {
                format!("incident {number}  {station}: {}{}", words::step(step), by(milestone))
            }
        };
        Some(dyed(light.paint, step, line))
    })
}

fn of_alarm(
    before: &Picture,
    frame: &WatchResponse,
    one: &protocol::record::v1::Alarm,
    light: Light<'_>,
) -> Vec<(Timestamp, String)> {
    let state = words::alarm_state(one);
    let known = before.alarms.get(&one.alarm_id).map(|alarm| (words::alarm_state(alarm), alarm.level));
    if known == Some((state.clone(), one.level)) {
        return Vec::new();
    }
    let subject = if one.incident_id.is_empty() {
        "alarm".to_owned()
    } else {
        format!("incident {}  alarm", number(before, frame, &one.incident_id))
    };
    let about = alarm::about(one, light, |id| {
        before.incidents.get(id).map(|incident| incident.spoken_number.clone())
    });
    let about = if about.is_empty() { String::new() } else { format!(" ({about})") };
    let line = format!("{subject} {} for the {}: {state}{about}", one.code, words::level(one.level()));
    let tone = if words::alarm_is_live(one) { Tone::Urgent } else { Tone::Faint };
    vec![(light.now, light.paint.dye(tone, &line))]
}

/// A record that was not known may have been told of before it left the scope (a closed incident that gains a note):
/// of those only what was recorded after the frame before is news, less the time that a change is under way.
const UNDER_WAY: SignedDuration = SignedDuration::from_secs(2);

/// The milestones that were not there before.
fn news(
    before: &Picture,
    milestones: &[Milestone],
    known: Option<usize>,
    line: impl Fn(Step, &Milestone) -> Option<String>,
) -> Vec<(Timestamp, String)> {
    let heard = before.server_time.filter(|_| known.is_none());
    let new = milestones.iter().skip(known.unwrap_or(0));
    new.filter_map(|milestone| {
        let when = milestone.recorded_at.as_ref().and_then(time::to_timestamp)?;
        let is_old = heard.is_some_and(|heard| heard.duration_since(when) > UNDER_WAY);
        if is_old {
            return None;
        }
        Some((when, line(milestone.step(), milestone)?))
    })
    .collect()
}

/// By whose word, where it was not the centre's own.
fn by(milestone: &Milestone) -> String {
    let person =
        if milestone.on_behalf_of.is_empty() { &milestone.reported_by } else { &milestone.on_behalf_of };
    if words::is_the_centre(person) { String::new() } else { format!(" (by {})", plain(person)) }
}

/// What is good and what is late stands out.
fn dyed(paint: Paint, step: Step, line: String) -> String {
    match step {
        Step::OnScene => paint.dye(Tone::Good, &line),
        Step::Returned | Step::AnswerOverdue | Step::StandDownSent => paint.dye(Tone::Warning, &line),
        Step::Unspecified
        | Step::Rang
        | Step::Answered
        | Step::Abandoned
        | Step::CalledBack
        | Step::Ended
        | Step::Created
        | Step::Sent
        | Step::Delivered
        | Step::Received
        | Step::Accepted
        | Step::Acknowledged
        | Step::EnRoute
        | Step::Cleared
        | Step::StoodDown
        | Step::Done
        | Step::Held
        | Step::Released
        | Step::Merged
        | Step::Unmerged
        | Step::Closed
        | Step::Cancelled
        | Step::Reopened
        | Step::ResourceRequested => line,
    }
}

/// The number of an incident, from the frame or from what was known.
fn number(before: &Picture, frame: &WatchResponse, incident_id: &str) -> String {
    let in_frame = frame.records.iter().find_map(|record| match &record.record {
        Some(record::Record::Incident(incident)) if incident.incident_id == incident_id => {
            Some(incident.spoken_number.clone())
        }
        _ => None,
    });
    let known = || before.incidents.get(incident_id).map(|incident| incident.spoken_number.clone());
    in_frame.or_else(known).unwrap_or_else(|| words::short_id(incident_id).to_owned())
}

#[cfg(test)]
mod tests {
    use protocol::record::v1::{Incident, Run};

    use super::*;
    use crate::names::Names;
    use crate::show::tests::{ago, noon};
    use crate::watch::picture::tests::frame;

    fn milestone(step: Step, seconds_ago: i64, by: &str) -> Milestone {
        Milestone {
            step: step.into(),
            occurred_at: ago(seconds_ago),
            recorded_at: ago(seconds_ago),
            reported_by: by.to_owned(),
            ..Milestone::default()
        }
    }

    #[test]
    fn each_change_is_one_line_and_nothing_is_told_twice() {
        let names = Names::new(crate::names::tests::small_centre(), "en");
        let light = Light { names: &names, now: noon(), paint: Paint::Plain };
        let mut picture = Picture::default();
        picture.apply(&frame(0, 1, true, Vec::new())).unwrap();

        let call = Call {
            call_id: "c".to_owned(),
            spoken_number: "1043".to_owned(),
            incident_type_id: "shooting".to_owned(),
            taken_at: ago(10),
            ..Call::default()
        };
        let incident = Incident {
            incident_id: "i".to_owned(),
            spoken_number: "1043".to_owned(),
            milestones: vec![milestone(Step::Created, 9, "system")],
            ..Incident::default()
        };
        let first = frame(1, 2, false, vec![record::Record::Incident(incident), record::Record::Call(call)]);
        assert_eq!(
            lines(&picture, &first, light),
            ["14:03:10  call 1043  taken: Shooting; place not known", "14:03:11  incident 1043  created"]
        );
        picture.apply(&first).unwrap();
        assert!(
            lines(&picture, &frame(2, 3, false, vec![first.records[1].record.clone().unwrap()]), light)
                .is_empty()
        );

        let mut run = Run {
            run_id: "r".to_owned(),
            incident_id: "i".to_owned(),
            unit_id: "leninsky-11".to_owned(),
            milestones: vec![milestone(Step::Sent, 5, "kezek:dispatcher")],
            ..Run::default()
        };
        let second = frame(2, 3, false, vec![record::Record::Run(run.clone())]);
        assert_eq!(lines(&picture, &second, light), ["14:03:15  incident 1043  unit 11: sent"]);
        picture.apply(&second).unwrap();
        run.milestones.push(milestone(Step::OnScene, 1, "sgt.bekov"));
        let third = frame(3, 4, false, vec![record::Record::Run(run)]);
        assert_eq!(
            lines(&picture, &third, light),
            ["14:03:19  incident 1043  unit 11: on scene (by sgt.bekov)"]
        );
    }

    #[test]
    fn an_incident_that_comes_back_into_sight_does_not_tell_its_life_again() {
        let names = Names::default();
        let light = Light { names: &names, now: noon(), paint: Paint::Plain };
        let mut picture = Picture::default();
        picture.apply(&WatchResponse { server_time: ago(60), ..frame(0, 1, true, Vec::new()) }).unwrap();
        let incident = Incident {
            incident_id: "i".to_owned(),
            spoken_number: "1043".to_owned(),
            milestones: vec![milestone(Step::Closed, 300, "a"), milestone(Step::Reopened, 5, "b")],
            ..Incident::default()
        };
        let told = lines(&picture, &frame(1, 2, false, vec![record::Record::Incident(incident)]), light);
        assert_eq!(told, ["08:03:15  incident 1043  reopened (by b)"]);
    }

    #[test]
    fn a_whole_picture_is_no_news() {
        let names = Names::default();
        let light = Light { names: &names, now: noon(), paint: Paint::Plain };
        let call = record::Record::Call(Call { taken_at: ago(10), ..Call::default() });
        assert!(lines(&Picture::default(), &frame(0, 1, true, vec![call]), light).is_empty());
    }
}
