//! Units and runs as a person reads them.

use protocol::crew::v1::{ListUnitsResponse, UnitRow};
use protocol::record::v1::{Run, Unit};

use crate::show::Light;
use crate::table::{Table, count, plain};
use crate::words;

/// Units by id.
pub(crate) fn list(answer: &ListUnitsResponse, light: Light<'_>) -> String {
    if answer.units.is_empty() {
        return "No such units.\n".to_owned();
    }
    let mut table = Table::new(["UNIT", "KIND", "DESK", "STATE", "SINCE", "POSITION", "ID"]);
    for row in &answer.units {
        let unit = row.unit.clone().unwrap_or_default();
        table.row([
            callsign(row),
            light.names.kind(&row.unit_kind_id).to_owned(),
            row.station_id.clone(),
            state(row),
            unit.since.as_ref().map_or_else(|| "-".to_owned(), |since| light.age(Some(since))),
            position(row, light),
            unit.unit_id.clone(),
        ]);
    }
    let mut text = format!("{}{}", table.render(""), count(answer.units.len(), "unit", "units"));
    if !answer.next_page_token.is_empty() {
        text.push_str(&format!("; the next page: --page {}", answer.next_page_token));
    }
    text.push('\n');
    text
}

fn callsign(row: &UnitRow) -> String {
    let mark = if row.radio_only { " (radio)" } else { "" };
    format!("{}{mark}", plain(&row.callsign))
}

/// What it does: its run's state where it is on one.
fn state(row: &UnitRow) -> String {
    let unit = row.unit.clone().unwrap_or_default();
    let state =
        row.run.as_ref().map_or_else(|| words::unit_state(&unit), |run| words::run_state(run).to_owned());
    if unit.unanswered_in_a_row >= 2 { format!("{state}, SILENT") } else { state }
}

/// Where it is and how old that is: a position without its age would be a guess.
fn position(row: &UnitRow, light: Light<'_>) -> String {
    let Some(measured) = &row.position else { return "not known".to_owned() };
    let Some(at) = &measured.position else { return "not known".to_owned() };
    format!("{:.4},{:.4} ({} old)", at.latitude, at.longitude, light.age(measured.measured_at.as_ref()))
}

/// One unit.
pub(crate) fn whole(row: &UnitRow, light: Light<'_>) -> String {
    let unit = row.unit.clone().unwrap_or_default();
    let mut facts = Table::bare();
    let mut fact = |name: &str, value: String| {
        if !value.is_empty() {
            facts.row([name.to_owned(), value]);
        }
    };
    fact("kind", light.names.kind(&row.unit_kind_id).to_owned());
    fact("desk", light.names.station(&row.station_id).to_owned());
    fact("crew", plain(&unit.crew.join(", ")));
    fact("position", position(row, light));
    if let Some(run) = &row.run {
        fact("run", format!("{} to {}", words::run_state(run), run.incident_id));
        fact("run id", run.run_id.clone());
    }
    fact("id", unit.unit_id.clone());
    format!("Unit {}: {}\n{}", callsign(row), state(row), facts.render("  "))
}

/// A unit after it changed.
pub(crate) fn changed(unit: Option<&Unit>, light: Light<'_>) -> String {
    let unit = unit.cloned().unwrap_or_default();
    format!("Unit {} is {}.\n", light.names.callsign(&unit.unit_id), words::unit_state(&unit))
}

/// A run after a step.
pub(crate) fn run(run: Option<&Run>, unit: Option<&Unit>, light: Light<'_>) -> String {
    let run = run.cloned().unwrap_or_default();
    let after = unit.map_or_else(String::new, |unit| format!(" The unit is {}.", words::unit_state(unit)));
    format!("Unit {}: {}.{after}\n", light.names.callsign(&run.unit_id), words::run_state(&run))
}

#[cfg(test)]
mod tests {
    use protocol::record::v1::{Position, RunState, UnitPosition, UnitState, run_state, unit_state};

    use super::*;
    use crate::names::Names;
    use crate::output::Paint;
    use crate::show::tests::{ago, noon};

    #[test]
    fn units_show_how_old_their_positions_are() {
        let names = Names::new(crate::names::tests::small_centre(), "en");
        let light = Light { names: &names, now: noon(), paint: Paint::Plain };
        let row = UnitRow {
            unit: Some(Unit {
                unit_id: "leninsky-11".to_owned(),
                since: ago(300),
                unanswered_in_a_row: 2,
                state: Some(UnitState {
                    state: Some(unit_state::State::Assigned(unit_state::Assigned { run_id: "r".to_owned() })),
                }),
                ..Unit::default()
            }),
            callsign: "11".to_owned(),
            unit_kind_id: "patrol".to_owned(),
            station_id: "leninsky".to_owned(),
            radio_only: true,
            run: Some(Run {
                state: Some(RunState { state: Some(run_state::State::EnRoute(run_state::EnRoute {})) }),
                ..Run::default()
            }),
            position: Some(UnitPosition {
                position: Some(Position { latitude: 42.87, longitude: 74.57 }),
                measured_at: ago(14),
                ..UnitPosition::default()
            }),
        };
        let answer = ListUnitsResponse { units: vec![row], ..ListUnitsResponse::default() };
        insta::assert_snapshot!(list(&answer, light), @r"
        UNIT        KIND    DESK      STATE             SINCE  POSITION                     ID
        11 (radio)  Patrol  leninsky  en route, SILENT  05:00  42.8700,74.5700 (00:14 old)  leninsky-11
        1 unit
        ");
    }
}
