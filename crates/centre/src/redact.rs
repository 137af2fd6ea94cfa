//! The redacted view: what a record says without saying who called, what they said, where they live and who works there.

use domain::{
    alarm::{Alarm, AlarmState},
    assignment::{Assignment, AssignmentState},
    call::{Call, CallDisposition, CallState},
    dispatch::Dispatch,
    incident::{Closing, Incident, IncidentState, Restriction},
    location::Location,
    milestone::{Milestone, Reporter},
    note::Note,
    record::{DirectoryHead, DirectoryPart, Record},
    run::{Run, RunState},
    unit::{Unit, UnitState},
};

/// The record without callers' numbers and words, addresses and positions of calls and incidents, free text of any kind
/// and the names of persons. Ids, numbers, types, priorities, districts, stations, units, states and times stay: what
/// happens, how urgent it is and how fast it is answered can be followed.
pub fn redact(record: &Record) -> Record {
    match record {
        Record::Call(record) => Record::Call(call(record.clone())),
        Record::Incident(record) => Record::Incident(incident(record.clone())),
        Record::Assignment(record) => Record::Assignment(assignment(record.clone())),
        Record::Run(record) => Record::Run(run(record.clone())),
        Record::Unit(record) => Record::Unit(unit(record.clone())),
        Record::Alarm(record) => Record::Alarm(alarm(record.clone())),
        Record::Note(record) => {
            Record::Note(Note { text: String::new(), by: String::new(), ..record.clone() })
        }
        Record::Dispatch(record) => {
            Record::Dispatch(Dispatch { switched_by: String::new(), reason: String::new(), ..record.clone() })
        }
        Record::Directory(record) => {
            Record::Directory(DirectoryHead { applied_by: String::new(), ..record.clone() })
        }
        Record::DirectoryPart(record) => {
            Record::DirectoryPart(DirectoryPart { text: String::new(), ..record.clone() })
        }
        Record::Desk(_) | Record::Recommendation(_) => record.clone(),
    }
}

fn call(call: Call) -> Call {
    let state = match call.state {
        CallState::Ended { disposition } => CallState::Ended {
            disposition: CallDisposition {
                outcome: disposition.outcome,
                remark: String::new(),
                by: String::new(),
            },
        },
        CallState::Answered { .. } => CallState::Answered { desk: String::new() },
        CallState::Ringing { .. } => CallState::Ringing { trunk: String::new() },
        CallState::Abandoned | CallState::CallBack { .. } | CallState::NeedsDecision => call.state,
    };
    Call {
        caller_number: String::new(),
        trunk: String::new(),
        narrative: String::new(),
        type_text: String::new(),
        location: location(&call.location),
        additions: Vec::new(),
        milestones: milestones(call.milestones),
        state,
        ..call
    }
}

fn incident(incident: Incident) -> Incident {
    let state = match incident.state {
        IncidentState::Held { until, .. } => {
            IncidentState::Held { by: String::new(), until, why: String::new() }
        }
        IncidentState::Closed { closing } => IncidentState::Closed {
            closing: Closing {
                disposition: String::new(),
                registration_number: String::new(),
                lawful_reason: String::new(),
                by: String::new(),
                at: closing.at,
            },
        },
        IncidentState::Cancelled { at, .. } => {
            IncidentState::Cancelled { reason: String::new(), by: String::new(), at }
        }
        IncidentState::Open | IncidentState::Merged { .. } => incident.state,
    };
    Incident {
        location: location(&incident.location),
        summary: String::new(),
        callers: Vec::new(),
        // that it is restricted stays visible to the reader who may see it at all
        restriction: incident.restriction.map(|_| Restriction {
            readers: Default::default(),
            reason: String::new(),
            by: String::new(),
        }),
        milestones: milestones(incident.milestones),
        state,
        ..incident
    }
}

fn assignment(assignment: Assignment) -> Assignment {
    let state = match assignment.state {
        AssignmentState::Received { .. } => AssignmentState::Received { person: String::new() },
        AssignmentState::Accepted { .. } => AssignmentState::Accepted { person: String::new() },
        AssignmentState::Returned { proposed_desk, .. } => {
            AssignmentState::Returned { reason: String::new(), by: String::new(), proposed_desk }
        }
        AssignmentState::StandDownSent { .. } => {
            AssignmentState::StandDownSent { by: String::new(), reason: String::new() }
        }
        AssignmentState::StoodDown { .. } => AssignmentState::StoodDown { confirmed_by: String::new() },
        AssignmentState::Sent | AssignmentState::Delivered | AssignmentState::Done => assignment.state,
    };
    Assignment { milestones: milestones(assignment.milestones), state, ..assignment }
}

fn run(run: Run) -> Run {
    let state = match run.state {
        RunState::Cleared { .. } => RunState::Cleared { disposition: String::new() },
        RunState::StandDownSent { .. } => {
            RunState::StandDownSent { by: String::new(), reason: String::new() }
        }
        RunState::StoodDown { .. } => RunState::StoodDown { confirmed_by: String::new() },
        RunState::Sent | RunState::Acknowledged | RunState::EnRoute | RunState::OnScene => run.state,
    };
    Run { milestones: milestones(run.milestones), state, ..run }
}

fn unit(unit: Unit) -> Unit {
    let state = match unit.state {
        UnitState::OutOfService { .. } => UnitState::OutOfService { reason: String::new() },
        UnitState::SignedOff | UnitState::Available | UnitState::Assigned { .. } => unit.state,
    };
    Unit { crew: Vec::new(), state, ..unit }
}

fn alarm(alarm: Alarm) -> Alarm {
    let state = match alarm.state {
        AlarmState::Acknowledged { at, .. } => AlarmState::Acknowledged { by: String::new(), at },
        AlarmState::Ended { at, .. } => AlarmState::Ended { by: String::new(), at },
        AlarmState::Raised => AlarmState::Raised,
    };
    Alarm { detail: String::new(), state, ..alarm }
}

/// Only how the place was come by: a position to the metre is an address.
fn location(location: &Location) -> Location {
    Location { method: location.method, ..Location::default() }
}

fn milestones(milestones: Vec<Milestone>) -> Vec<Milestone> {
    let without_names = |milestone: Milestone| Milestone {
        by: Reporter { name: String::new(), role: milestone.by.role, on_behalf_of: String::new() },
        correction: milestone.correction.map(|_| String::new()),
        detail: String::new(),
        ..milestone
    };
    milestones.into_iter().map(without_names).collect()
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
