//! The redacted view: what a record says without saying who called, what they said, where they live and who works there.

use domain::{
    alarm::Alarm,
    assignment::Assignment,
    call::Call,
    dispatch::Dispatch,
    incident::{Incident, Restriction},
    location::Location,
    milestone::{Milestone, Reporter},
    note::Note,
    record::Record,
    run::Run,
    unit::Unit,
};

/// The record without callers' numbers and words, addresses and positions of calls and incidents, free text of any kind
/// and the names of persons. Ids, numbers, types, priorities, districts, stations, units, states and times stay: what
/// happens, how urgent it is and how fast it is answered can be followed.
pub fn redact(record: &Record) -> Record {
    let mut record = record.clone();
    match &mut record {
        Record::Call(record) => call(record),
        Record::Incident(record) => incident(record),
        Record::Assignment(record) => assignment(record),
        Record::Run(record) => run(record),
        Record::Unit(record) => unit(record),
        Record::Alarm(record) => alarm(record),
        Record::Note(Note { changes, text, by, .. }) => {
            changes.clear();
            text.clear();
            by.clear();
        }
        Record::Dispatch(Dispatch { switched_by, reason, .. }) => {
            switched_by.clear();
            reason.clear();
        }
        Record::Directory(head) => head.applied_by.clear(),
        Record::DirectoryPart(part) => part.text.clear(),
        Record::Desk(_) | Record::Recommendation(_) => {}
    }
    record
}

fn call(call: &mut Call) {
    call.redact_state();
    call.caller_number.clear();
    call.trunk.clear();
    call.narrative.clear();
    call.type_text.clear();
    call.additions.clear();
    withhold_place(&mut call.location);
    withhold_names(&mut call.milestones);
}

fn incident(incident: &mut Incident) {
    incident.redact_state();
    incident.summary.clear();
    incident.callers.clear();
    // that it is restricted stays visible to the reader who may see it at all
    if let Some(Restriction { readers, reason, by }) = &mut incident.restriction {
        readers.clear();
        reason.clear();
        by.clear();
    }
    withhold_place(&mut incident.location);
    withhold_names(&mut incident.milestones);
}

fn assignment(assignment: &mut Assignment) {
    assignment.redact_state();
    withhold_names(&mut assignment.milestones);
}

fn run(run: &mut Run) {
    run.redact_state();
    withhold_names(&mut run.milestones);
}

fn unit(unit: &mut Unit) {
    unit.redact_state();
    unit.crew.clear();
}

fn alarm(alarm: &mut Alarm) {
    alarm.redact_state();
    alarm.detail.clear();
}

/// Only how the place was come by stays: a position to the metre is an address.
fn withhold_place(location: &mut Location) {
    *location = Location { method: location.method, ..Location::default() };
}

fn withhold_names(milestones: &mut [Milestone]) {
    for milestone in milestones {
        let Reporter { name, role: _, on_behalf_of } = &mut milestone.by;
        name.clear();
        on_behalf_of.clear();
        milestone.detail.clear();
        if let Some(why) = &mut milestone.correction {
            why.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{RecordKey, RecordKind};
    use serde_json::{Value, json};

    use super::*;

    const ID: &str = "00000000-0000-0000-0000-000000000001";
    const TIME: &str = "2030-01-01T00:00:00Z";

    fn place() -> Value {
        json!({"position": {"latitude": 42.87, "longitude": 74.59}, "uncertainty_m": 20, "method": "aml",
            "address": "secret", "landmark": "secret"})
    }

    fn milestones() -> Value {
        let by = json!({"name": "secret", "role": "operator", "on_behalf_of": "secret"});
        json!([{"step": "created", "occurred_at": TIME, "recorded_at": TIME, "by": by, "channel": "phone",
            "correction": "secret", "detail": "secret"}])
    }

    fn calls() -> Vec<Value> {
        let ended = json!({"outcome": "advice", "remark": "secret", "by": "secret"});
        let states = [
            json!({"is": "answered", "desk": "secret"}),
            json!({"is": "ringing", "trunk": "secret"}),
            json!({"is": "ended", "disposition": ended}),
        ];
        let call = |state| {
            json!({"id": ID, "number": "1000", "source": "telephone", "caller_number": "secret", "trunk": "secret",
                "location": place(), "type_text": "secret", "narrative": "secret",
                "duplicate": {"choice": "unasked"}, "milestones": milestones(), "state": state,
                "additions": [{"at": TIME, "by": "secret", "narrative": "secret", "location": place()}]})
        };
        states.map(call).into()
    }

    fn incidents() -> Vec<Value> {
        let closing = json!({"disposition": "secret", "registration_number": "secret",
            "lawful_reason": "secret", "by": "secret", "at": TIME});
        let states = [
            json!({"is": "held", "by": "secret", "until": TIME, "why": "secret"}),
            json!({"is": "closed", "closing": closing}),
            json!({"is": "cancelled", "reason": "secret", "by": "secret", "at": TIME}),
        ];
        let incident = |state| {
            json!({"id": ID, "number": "1000", "priority": 1, "location": place(), "summary": "secret",
                "callers": [{"digits": "secret"}],
                "restriction": {"readers": ["secret"], "reason": "secret", "by": "secret"},
                "created_at": TIME, "milestones": milestones(), "state": state})
        };
        states.map(incident).into()
    }

    fn assignments() -> Vec<Value> {
        let states = [
            json!({"is": "received", "person": "secret"}),
            json!({"is": "accepted", "person": "secret"}),
            json!({"is": "returned", "reason": "secret", "by": "secret"}),
            json!({"is": "stand_down_sent", "by": "secret", "reason": "secret"}),
            json!({"is": "stood_down", "confirmed_by": "secret"}),
        ];
        let assignment = |state| {
            json!({"id": ID, "incident": ID, "desk": "north", "purpose": {"is": "inform"},
                "milestones": milestones(), "state": state})
        };
        states.map(assignment).into()
    }

    fn runs() -> Vec<Value> {
        let states = [
            json!({"is": "cleared", "disposition": "secret"}),
            json!({"is": "stand_down_sent", "by": "secret", "reason": "secret"}),
            json!({"is": "stood_down", "confirmed_by": "secret"}),
        ];
        let run = |state| {
            json!({"id": ID, "incident": ID, "assignment": ID, "unit": "dogs", "desk": "north",
                "milestones": milestones(), "state": state})
        };
        states.map(run).into()
    }

    fn alarms() -> Vec<Value> {
        let states = [
            json!({"is": "acknowledged", "by": "secret", "at": TIME}),
            json!({"is": "ended", "by": "secret", "at": TIME}),
        ];
        let alarm = |state| {
            json!({"id": ID, "code": "SHORTFALL", "level": "operator", "raised_at": TIME,
                "detail": "secret", "state": state})
        };
        states.map(alarm).into()
    }

    /// A record of each kind and of each state with words in it, in which everything personal is `secret`.
    fn records() -> Vec<(RecordKind, Value)> {
        let one = |kind, json| (kind, vec![json]);
        let all = [
            (RecordKind::Call, calls()),
            (RecordKind::Incident, incidents()),
            (RecordKind::Assignment, assignments()),
            (RecordKind::Run, runs()),
            (RecordKind::Alarm, alarms()),
            one(
                RecordKind::Unit,
                json!({"id": "dogs", "crew": ["secret"], "since": TIME,
                    "state": {"is": "out_of_service", "reason": "secret"}}),
            ),
            one(
                RecordKind::Note,
                json!({"id": ID, "incident": ID, "text": "secret", "by": "secret", "at": TIME}),
            ),
            one(
                RecordKind::Dispatch,
                json!({"holder": "a", "automatic": "off", "switched_by": "secret", "reason": "secret"}),
            ),
            one(
                RecordKind::Directory,
                json!({"version": 1, "parts": 1, "sha256": "00", "applied_by": "secret",
                    "applied_at": TIME}),
            ),
            one(
                RecordKind::DirectoryPart,
                json!({"version": 1, "sha256": "00", "part": 0, "text": "secret"}),
            ),
        ];
        all.into_iter().flat_map(|(kind, all)| all.into_iter().map(move |json| (kind, json))).collect()
    }

    #[test]
    fn nothing_personal_is_left_in_any_record_and_no_record_changes_its_name() {
        for (kind, json) in records() {
            let record = Record::from_json(&RecordKey::new(kind, ID), &json.to_string()).unwrap();
            let whole = record.to_json();
            assert!(whole.contains("secret"), "{whole}");
            let redacted = redact(&record);
            let shown = redacted.to_json();
            assert!(!shown.contains("secret") && !shown.contains("42.87"), "{shown}");
            assert_eq!((redacted.key(), redacted.is_open()), (record.key(), record.is_open()));
            assert_eq!(redact(&redacted), redacted, "redacting twice is redacting once");
        }
    }
}
