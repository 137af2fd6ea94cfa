//! Incidents as a person reads them.

use protocol::dispatch::v1::{GetIncidentResponse, ListIncidentsResponse};
use protocol::record::v1::{Incident, Need, NeedMode, assignment_purpose, incident_state, passed_over};

use crate::output::{Paint, Tone};
use crate::show::Light;
use crate::show::history::History;
use crate::table::{Table, count, plain, short};
use crate::words;

/// An incident with all that belongs to it.
pub(crate) fn whole(answer: &GetIncidentResponse, light: Light<'_>) -> String {
    let Some(incident) = &answer.incident else { return String::new() };
    let mut text = brief(incident, light);
    if !answer.calls.is_empty() {
        let calls =
            answer.calls.iter().map(|call| format!("{} ({})", call.spoken_number, words::call_state(call)));
        text.push_str(&format!("  calls     {}\n", calls.collect::<Vec<_>>().join(", ")));
    }
    section(&mut text, light.paint, "Needs", &needs(&incident.needs, light));
    section(&mut text, light.paint, "Desks", &desks(answer, light));
    section(&mut text, light.paint, "Units", &units(answer, light));
    section(&mut text, light.paint, "Alarms", &alarms(answer, light));
    section(&mut text, light.paint, "Notes", &notes(answer, light));
    section(&mut text, light.paint, "History", &history(answer, light));
    text
}

/// An incident in a few lines.
pub(crate) fn brief(incident: &Incident, light: Light<'_>) -> String {
    let names = light.names;
    let heading = format!(
        "Incident {}, priority {}: {}; {}",
        incident.spoken_number,
        incident.priority,
        names.incident_type(&incident.incident_type_id),
        words::incident_state(incident),
    );
    let mut facts = Table::bare();
    let mut fact = |name: &str, value: String| {
        if !value.is_empty() {
            facts.row([format!("{name:<8}"), value]);
        }
    };
    fact("stands", standing(incident, light));
    fact("said", plain(&incident.summary));
    fact("where", names.place(incident.location.as_ref(), 100));
    fact("district", names.district(&incident.district_id).to_owned());
    fact("leads", names.station(&incident.lead_station_id).to_owned());
    fact(
        "opened",
        format!(
            "{}, {} ago",
            light.clock(incident.created_at.as_ref()),
            light.age(incident.created_at.as_ref())
        ),
    );
    fact("may be", incident.suspected_duplicate_of.clone());
    fact("passed", passed_over(incident, light));
    let readers = incident.restriction.as_ref().map(|restriction| plain(&restriction.readers.join(", ")));
    fact("only for", readers.unwrap_or_default());
    fact("id", incident.incident_id.clone());
    format!("{}\n{}", light.paint.dye(Tone::Strong, &heading), facts.render("  "))
}

/// Why an incident that is not simply open stands where it does.
fn standing(incident: &Incident, light: Light<'_>) -> String {
    match incident.state.as_ref().and_then(|state| state.state.as_ref()) {
        Some(incident_state::State::Held(held)) => {
            let until = light.clock(held.until.as_ref());
            format!("held by {} until {until}: {}", plain(&held.held_by), plain(&held.reason))
        }
        Some(incident_state::State::Closed(closed)) => {
            let basis = match &closed.basis {
                Some(incident_state::closed::Basis::RegistrationNumber(number)) => {
                    format!("registered as {number}")
                }
                Some(incident_state::closed::Basis::LawfulReason(reason)) => {
                    format!("not registered: {reason}")
                }
                None => "no basis".to_owned(),
            };
            format!(
                "closed by {}: {} ({})",
                plain(&closed.closed_by),
                plain(&closed.disposition),
                plain(&basis)
            )
        }
        Some(incident_state::State::Cancelled(cancelled)) => {
            format!("cancelled by {}: {}", plain(&cancelled.cancelled_by), plain(&cancelled.reason))
        }
        Some(incident_state::State::Merged(merged)) => format!("part of {}", merged.into_incident_id),
        Some(incident_state::State::Open(_)) | None => String::new(),
    }
}

fn passed_over(incident: &Incident, light: Light<'_>) -> String {
    let one = |passed: &protocol::record::v1::PassedOver| {
        let who = match &passed.who {
            Some(passed_over::Who::StationId(id)) => format!("desk {}", light.names.station(id)),
            Some(passed_over::Who::UnitId(id)) => format!("unit {}", light.names.callsign(id)),
            None => "nobody".to_owned(),
        };
        format!("{who} ({})", words::enum_word(passed.reason().as_str_name(), "PASSED_OVER_REASON_"))
    };
    incident.passed_over.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn section(text: &mut String, paint: Paint, title: &str, body: &str) {
    if !body.is_empty() {
        text.push_str(&format!("{}\n{body}", paint.dye(Tone::Strong, title)));
    }
}

/// Needs with their indexes, as other commands name them.
fn needs(needs: &[Need], light: Light<'_>) -> String {
    let mut table = Table::bare();
    for (index, need) in needs.iter().enumerate() {
        let mode = match need.mode() {
            NeedMode::Automatic => "sent automatically",
            NeedMode::Recommend | NeedMode::Unspecified => "confirmed by a person",
        };
        let missing = match (need.units_missing, need.shortfall) {
            (0, _) => "nobody missing".to_owned(),
            (missing, false) => format!("{missing} missing"),
            (missing, true) => format!("{missing} missing, SHORTFALL"),
        };
        table.row([
            format!("{index}"),
            format!("{} × {}", need.units, light.names.kind(&need.unit_kind_id)),
            words::need_time(need.time()),
            mode.to_owned(),
            missing,
        ]);
    }
    table.render("  ")
}

fn desks(answer: &GetIncidentResponse, light: Light<'_>) -> String {
    let mut table = Table::bare();
    for assignment in &answer.assignments {
        let purpose = match assignment.purpose.as_ref().and_then(|purpose| purpose.purpose.as_ref()) {
            Some(assignment_purpose::Purpose::Respond(respond)) => format!("for need {}", respond.need_index),
            Some(assignment_purpose::Purpose::Inform(_)) | None => "to know".to_owned(),
        };
        let due = if words::assignment_awaits(assignment) {
            light.due(assignment.answer_due.as_ref())
        } else {
            String::new()
        };
        table.row([
            words::short_id(&assignment.assignment_id).to_owned(),
            light.names.station(&assignment.station_id).to_owned(),
            purpose,
            words::assignment_state(assignment),
            due,
        ]);
    }
    table.render("  ")
}

fn units(answer: &GetIncidentResponse, light: Light<'_>) -> String {
    let mut table = Table::bare();
    for run in &answer.runs {
        table.row([
            words::short_id(&run.run_id).to_owned(),
            light.names.callsign(&run.unit_id).to_owned(),
            words::run_state(run).to_owned(),
            if run.overdue { "answer was LATE".to_owned() } else { String::new() },
        ]);
    }
    table.render("  ")
}

fn alarms(answer: &GetIncidentResponse, light: Light<'_>) -> String {
    let mut table = Table::bare();
    for alarm in &answer.alarms {
        table.row([
            words::short_id(&alarm.alarm_id).to_owned(),
            light.age(alarm.raised_at.as_ref()),
            alarm.code.clone(),
            words::alarm_state(alarm),
            plain(&alarm.detail),
        ]);
    }
    table.render("  ")
}

fn notes(answer: &GetIncidentResponse, light: Light<'_>) -> String {
    let mut table = Table::bare();
    for note in &answer.notes {
        table.row([
            light.clock(note.recorded_at.as_ref()),
            plain(&note.written_by),
            words::note(note, light),
        ]);
    }
    table.render("  ")
}

fn history(answer: &GetIncidentResponse, light: Light<'_>) -> String {
    let mut history = History::default();
    for call in &answer.calls {
        history.add(&format!("call {}", call.spoken_number), &call.milestones);
    }
    if let Some(incident) = &answer.incident {
        history.add("incident", &incident.milestones);
    }
    for assignment in &answer.assignments {
        history.add(&format!("desk {}", assignment.station_id), &assignment.milestones);
    }
    for run in &answer.runs {
        history.add(&format!("unit {}", light.names.callsign(&run.unit_id)), &run.milestones);
    }
    history.render(light, "  ")
}

/// A page of incidents.
pub(crate) fn list(answer: &ListIncidentsResponse, light: Light<'_>) -> String {
    if answer.incidents.is_empty() {
        return "No such incidents.\n".to_owned();
    }
    let mut table = Table::new(["P", "NUMBER", "AGE", "PROGRESS", "STATE", "WHAT", "WHERE"]);
    for row in &answer.incidents {
        let incident = row.incident.clone().unwrap_or_default();
        table.row([
            incident.priority.to_string(),
            incident.spoken_number.clone(),
            light.age(incident.created_at.as_ref()),
            words::progress(row.progress()),
            words::incident_state(&incident).to_owned(),
            short(light.names.incident_type(&incident.incident_type_id), 32),
            light.names.place(incident.location.as_ref(), 40),
        ]);
    }
    let mut text = table.render("");
    text.push_str(&count(answer.incidents.len(), "incident", "incidents"));
    if !answer.next_page_token.is_empty() {
        text.push_str(&format!("; the next page: --page {}", answer.next_page_token));
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use protocol::dispatch::v1::IncidentRow;
    use protocol::record::v1::{
        Assignment, AssignmentState, IncidentState, NeedTime, Progress, Run, RunState, assignment_state,
        run_state,
    };

    use super::*;
    use crate::names::Names;
    use crate::show::tests::{ago, noon};

    fn open() -> Incident {
        let need = Need {
            unit_kind_id: "patrol".to_owned(),
            units: 2,
            time: NeedTime::AtOnce.into(),
            mode: NeedMode::Automatic.into(),
            units_missing: 1,
            shortfall: true,
            ..Need::default()
        };
        Incident {
            incident_id: "i-1".to_owned(),
            spoken_number: "1043".to_owned(),
            incident_type_id: "shooting".to_owned(),
            priority: 1,
            district_id: "leninsky".to_owned(),
            needs: vec![need],
            created_at: ago(100),
            queued: true,
            state: Some(IncidentState { state: Some(incident_state::State::Open(incident_state::Open {})) }),
            ..Incident::default()
        }
    }

    #[test]
    fn an_incident_reads_aloud() {
        let names = Names::new(crate::names::tests::small_centre(), "en");
        let light = Light { names: &names, now: noon(), paint: Paint::Plain };
        let answer = GetIncidentResponse {
            incident: Some(open()),
            progress: Progress::EnRoute.into(),
            assignments: vec![Assignment {
                assignment_id: "aaaaaaaa-0000".to_owned(),
                station_id: "leninsky".to_owned(),
                answer_due: ago(-20),
                state: Some(AssignmentState {
                    state: Some(assignment_state::State::Sent(assignment_state::Sent {})),
                }),
                ..Assignment::default()
            }],
            runs: vec![Run {
                run_id: "bbbbbbbb-0000".to_owned(),
                unit_id: "leninsky-11".to_owned(),
                state: Some(RunState { state: Some(run_state::State::EnRoute(run_state::EnRoute {})) }),
                ..Run::default()
            }],
            ..GetIncidentResponse::default()
        };
        insta::assert_snapshot!(whole(&answer, light), @r"
        Incident 1043, priority 1: Shooting; open, in the queue
          where     place not known
          district  Leninsky
          opened    14:01:40, 01:40 ago
          id        i-1
        Needs
          0  2 × Patrol  at once  sent automatically  1 missing, SHORTFALL
        Desks
          aaaaaaaa  Leninsky District Police  to know  sent  in 00:20
        Units
          bbbbbbbb  11  en route
        ");
    }

    #[test]
    fn a_list_is_in_the_order_of_the_queue() {
        let names = Names::new(crate::names::tests::small_centre(), "en");
        let light = Light { names: &names, now: noon(), paint: Paint::Plain };
        let row = IncidentRow { incident: Some(open()), progress: Progress::Waiting.into() };
        let answer = ListIncidentsResponse { incidents: vec![row], ..ListIncidentsResponse::default() };
        insta::assert_snapshot!(list(&answer, light), @r"
        P  NUMBER  AGE    PROGRESS  STATE               WHAT      WHERE
        1  1043    01:40  waiting   open, in the queue  Shooting  place not known
        1 incident
        ");
    }
}
