//! Deadlines: what must have happened by when. They follow from the records alone, so none can be lost with a process.

use jiff::Timestamp;

use crate::{
    AlarmId, AssignmentId, CallId, IncidentId, RunId,
    alarm::{AlarmLevel, AlarmState},
    call::CallState,
    incident::{Incident, IncidentState},
    limits::{ALARM_TAKEN_WITHIN, QUEUE_AGE_ALARM},
    milestone::{Step, latest},
    record::Record,
    run::RunState,
};

/// Something that must have happened by a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Deadline {
    /// By when.
    pub due: Timestamp,
    /// What.
    pub what: Awaited,
}

/// What a deadline waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Awaited {
    /// The caller is called back.
    CallBack(CallId),
    /// A person releases the incident they held.
    Release(IncidentId),
    /// The incident leaves the queue.
    Service(IncidentId),
    /// The desk says it is received.
    Receipt(AssignmentId),
    /// The crew acknowledges.
    Acknowledgement(RunId),
    /// Somebody takes the alarm.
    Attention(AlarmId),
}

impl Deadline {
    /// The deadline that `record` carries in its present state, if it does.
    pub fn of(record: &Record) -> Option<Self> {
        match record {
            Record::Call(call) => match call.state {
                CallState::CallBack { due, .. } => Some(Self { due, what: Awaited::CallBack(call.id) }),
                CallState::Ringing { .. }
                | CallState::Answered { .. }
                | CallState::Abandoned
                | CallState::NeedsDecision
                | CallState::Ended { .. } => None,
            },
            Record::Incident(incident) => match incident.state {
                IncidentState::Held { until, .. } => {
                    Some(Self { due: until, what: Awaited::Release(incident.id) })
                }
                IncidentState::Open if incident.is_queued() => Some(Self {
                    due: waits_since(incident)
                        .saturating_add(QUEUE_AGE_ALARM.duration())
                        .unwrap_or(Timestamp::MAX),
                    what: Awaited::Service(incident.id),
                }),
                IncidentState::Open
                | IncidentState::Merged { .. }
                | IncidentState::Closed { .. }
                | IncidentState::Cancelled { .. } => None,
            },
            Record::Assignment(assignment) if assignment.state.awaits_answer() && !assignment.overdue => {
                assignment.answer_due.map(|due| Self { due, what: Awaited::Receipt(assignment.id) })
            }
            Record::Run(run) if run.state == RunState::Sent && !run.overdue => {
                run.answer_due.map(|due| Self { due, what: Awaited::Acknowledgement(run.id) })
            }
            Record::Alarm(alarm)
                if alarm.level == AlarmLevel::Operator && alarm.state == AlarmState::Raised =>
            {
                let due =
                    alarm.raised_at.saturating_add(ALARM_TAKEN_WITHIN.duration()).unwrap_or(Timestamp::MAX);
                Some(Self { due, what: Awaited::Attention(alarm.id) })
            }
            Record::Assignment(_)
            | Record::Run(_)
            | Record::Unit(_)
            | Record::Desk(_)
            | Record::Note(_)
            | Record::Recommendation(_)
            | Record::Alarm(_)
            | Record::Dispatch(_)
            | Record::Directory(_)
            | Record::DirectoryPart(_) => None,
        }
    }
}

/// Since when an open incident waits: since it was opened, or opened again.
fn waits_since(incident: &Incident) -> Timestamp {
    latest(&incident.milestones, Step::Reopened).map_or(incident.created_at, |reopened| reopened.recorded_at)
}
