//! A duty desk as a person reads it.

use protocol::desk::v1::GetDeskResponse;
use protocol::record::v1::{Assignment, Desk, Incident, Run, desk_link};

use crate::output::Tone;
use crate::show::Light;
use crate::table::{Table, short};
use crate::words;

/// What is open at a desk.
pub(crate) fn whole(answer: &GetDeskResponse, light: Light<'_>) -> String {
    let desk = answer.desk.clone().unwrap_or_default();
    let silent = if desk.silent { ", SILENT: two assignments in a row went unanswered" } else { "" };
    let heading = format!("Desk of {}{silent}", light.names.station(&desk.station_id));
    let mut text = format!("{}\n", light.paint.dye(Tone::Strong, &heading));
    text.push_str(&link(&desk, light));
    if answer.assignments.is_empty() {
        text.push_str("  no open assignment\n");
    } else {
        text.push_str(&assignments(answer, light));
    }
    if !answer.runs.is_empty() {
        let mut table = Table::new(["UNIT", "INCIDENT", "STATE", "ANSWER"]);
        for run in &answer.runs {
            let due = if words::run_state(run) == "sent" {
                light.due(run.answer_due.as_ref())
            } else {
                String::new()
            };
            table.row([
                light.names.callsign(&run.unit_id).to_owned(),
                number(answer, &run.incident_id).to_owned(),
                words::run_state(run).to_owned(),
                due,
            ]);
        }
        text.push_str(&table.render("  "));
    }
    let free: Vec<&str> = answer
        .units
        .iter()
        .filter(|unit| words::unit_state(unit) == "available")
        .map(|unit| light.names.callsign(&unit.unit_id))
        .collect();
    let free = if free.is_empty() { "none".to_owned() } else { free.join(" ") };
    text.push_str(&format!("  available units: {free}\n"));
    text
}

/// Whether anybody of the desk is connected; nothing where nobody ever was.
fn link(desk: &Desk, light: Light<'_>) -> String {
    match desk.link.as_ref().and_then(|link| link.state.as_ref()) {
        Some(desk_link::State::Up(_)) => "  connected\n".to_owned(),
        Some(desk_link::State::Down(_)) => {
            let down = words::link_down(desk, light).unwrap_or_default();
            let line = format!("  {}: reach it by telephone or radio", down.to_uppercase());
            format!("{}\n", light.paint.dye(Tone::Urgent, &line))
        }
        Some(desk_link::State::Unknown(_)) | None => String::new(),
    }
}

fn assignments(answer: &GetDeskResponse, light: Light<'_>) -> String {
    let mut table = Table::new(["ASSIGNMENT", "INCIDENT", "P", "STATE", "ANSWER", "SEND", "WHAT", "WHERE"]);
    for assignment in &answer.assignments {
        let incident = incident(answer, &assignment.incident_id).cloned().unwrap_or_default();
        let awaits = words::assignment_awaits(assignment);
        table.row([
            words::short_id(&assignment.assignment_id).to_owned(),
            incident.spoken_number.clone(),
            incident.priority.to_string(),
            short(&words::assignment_state(assignment), 32),
            if awaits { light.due(assignment.answer_due.as_ref()) } else { String::new() },
            light.names.callsign(&assignment.recommended_unit_id).to_owned(),
            light.names.incident_type(&incident.incident_type_id).to_owned(),
            light.names.place(incident.location.as_ref(), 40),
        ]);
    }
    table.render("  ")
}

fn incident<'a>(answer: &'a GetDeskResponse, id: &str) -> Option<&'a Incident> {
    answer.incidents.iter().find(|incident| incident.incident_id == id)
}

fn number<'a>(answer: &'a GetDeskResponse, id: &'a str) -> &'a str {
    incident(answer, id).map_or(words::short_id(id), |incident| incident.spoken_number.as_str())
}

/// An assignment after it changed, with the runs that began.
pub(crate) fn changed(assignment: Option<&Assignment>, runs: &[Run], light: Light<'_>) -> String {
    let assignment = assignment.cloned().unwrap_or_default();
    let station = light.names.station(&assignment.station_id);
    let mut text = format!("{station}: {}.\n", words::assignment_state(&assignment));
    for run in runs {
        let callsign = light.names.callsign(&run.unit_id);
        text.push_str(&format!("  unit {callsign}: {}\n", words::run_state(run)));
    }
    text
}

#[cfg(test)]
mod tests {
    use protocol::record::v1::{AssignmentState, DeskLink, Unit, UnitState, assignment_state, unit_state};

    use super::*;
    use crate::names::Names;
    use crate::output::Paint;
    use crate::show::tests::{ago, noon};

    #[test]
    fn a_desk_whose_link_is_down_is_to_be_telephoned() {
        let names = Names::new(crate::names::tests::small_centre(), "en");
        let light = Light { names: &names, now: noon(), paint: Paint::Plain };
        let with = |state| Desk {
            station_id: "leninsky".to_owned(),
            link: Some(DeskLink { state: Some(state) }),
            ..Desk::default()
        };
        let shown = |desk| whole(&GetDeskResponse { desk: Some(desk), ..GetDeskResponse::default() }, light);
        let down = with(desk_link::State::Down(desk_link::Down { since: ago(133) }));
        insta::assert_snapshot!(shown(down), @r"
        Desk of Leninsky District Police
          LINK DOWN 02:13: reach it by telephone or radio
          no open assignment
          available units: none
        ");
        let up = with(desk_link::State::Up(desk_link::Up {}));
        assert!(shown(up).contains("\n  connected\n"));
        let unknown = with(desk_link::State::Unknown(desk_link::Unknown {}));
        assert_eq!(shown(unknown).lines().count(), 3);
    }

    #[test]
    fn a_desk_sees_what_waits_for_it_first() {
        let names = Names::new(crate::names::tests::small_centre(), "en");
        let light = Light { names: &names, now: noon(), paint: Paint::Plain };
        let available = UnitState { state: Some(unit_state::State::Available(unit_state::Available {})) };
        let answer = GetDeskResponse {
            desk: Some(Desk { station_id: "leninsky".to_owned(), ..Desk::default() }),
            assignments: vec![Assignment {
                assignment_id: "aaaaaaaa-0".to_owned(),
                incident_id: "i-1".to_owned(),
                recommended_unit_id: "leninsky-11".to_owned(),
                answer_due: ago(3),
                state: Some(AssignmentState {
                    state: Some(assignment_state::State::Delivered(assignment_state::Delivered {})),
                }),
                ..Assignment::default()
            }],
            incidents: vec![Incident {
                incident_id: "i-1".to_owned(),
                spoken_number: "1043".to_owned(),
                priority: 1,
                incident_type_id: "shooting".to_owned(),
                ..Incident::default()
            }],
            units: vec![Unit {
                unit_id: "leninsky-11".to_owned(),
                state: Some(available),
                ..Unit::default()
            }],
            ..GetDeskResponse::default()
        };
        insta::assert_snapshot!(whole(&answer, light), @r"
        Desk of Leninsky District Police
          ASSIGNMENT  INCIDENT  P  STATE      ANSWER      SEND  WHAT      WHERE
          aaaaaaaa    1043      1  delivered  LATE 00:03  11    Shooting  place not known
          available units: 11
        ");
    }
}
