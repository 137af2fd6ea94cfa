//! Alarms as a person reads them.

use std::collections::BTreeMap;

use protocol::dispatch::v1::ListAlarmsResponse;
use protocol::record::v1::Alarm;

use crate::show::Light;
use crate::table::{Table, count, plain};
use crate::words;

/// Alarms, oldest first; `numbers` are the numbers of incidents by their ids.
pub(crate) fn list(
    answer: &ListAlarmsResponse,
    numbers: &BTreeMap<String, String>,
    light: Light<'_>,
) -> String {
    if answer.alarms.is_empty() {
        return "No alarms.\n".to_owned();
    }
    let mut table = Table::new(["ALARM", "AGE", "INCIDENT", "CODE", "FOR", "STATE", "ABOUT"]);
    for alarm in &answer.alarms {
        table.row([
            words::short_id(&alarm.alarm_id).to_owned(),
            light.age(alarm.raised_at.as_ref()),
            numbers.get(&alarm.incident_id).map_or("-", String::as_str).to_owned(),
            alarm.code.clone(),
            words::level(alarm.level()),
            words::alarm_state(alarm),
            about(alarm, light, |id| numbers.get(id).cloned()),
        ]);
    }
    format!("{}{}\n", table.render(""), count(answer.alarms.len(), "alarm", "alarms"))
}

/// What an alarm is about, without its incident. A detail that is the id of another incident is said by its `number`.
pub(crate) fn about(alarm: &Alarm, light: Light<'_>, number: impl Fn(&str) -> Option<String>) -> String {
    let mut parts = Vec::new();
    if !alarm.station_id.is_empty() {
        parts.push(format!("desk {}", light.names.station(&alarm.station_id)));
    }
    if !alarm.unit_id.is_empty() {
        parts.push(format!("unit {}", light.names.callsign(&alarm.unit_id)));
    }
    if !alarm.detail.is_empty() {
        let other = number(&alarm.detail).map(|number| format!("incident {number}"));
        parts.push(other.unwrap_or_else(|| plain(&alarm.detail)));
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use protocol::record::v1::{AlarmLevel, AlarmState, alarm_state};

    use super::*;
    use crate::names::Names;
    use crate::output::Paint;
    use crate::show::tests::{ago, noon};

    #[test]
    fn alarms_are_a_table() {
        let names = Names::new(crate::names::tests::small_centre(), "en");
        let light = Light { names: &names, now: noon(), paint: Paint::Plain };
        let alarm = Alarm {
            alarm_id: "0123456789".to_owned(),
            code: "CREW_UNANSWERED".to_owned(),
            level: AlarmLevel::Operator.into(),
            incident_id: "i-1".to_owned(),
            unit_id: "leninsky-11".to_owned(),
            raised_at: ago(41),
            state: Some(AlarmState { state: Some(alarm_state::State::Raised(alarm_state::Raised {})) }),
            ..Alarm::default()
        };
        let answer = ListAlarmsResponse { alarms: vec![alarm], as_of: None };
        let numbers = BTreeMap::from([("i-1".to_owned(), "1043".to_owned())]);
        insta::assert_snapshot!(list(&answer, &numbers, light), @r"
        ALARM     AGE    INCIDENT  CODE             FOR       STATE   ABOUT
        01234567  00:41  1043      CREW_UNANSWERED  operator  raised  unit 11
        1 alarm
        ");
    }
}
