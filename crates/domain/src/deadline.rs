//! Deadlines: what must have happened by when. They follow from the records alone, so none can be lost with a process.

use jiff::Timestamp;

use crate::{
    AlarmId, AssignmentId, CallId, IncidentId, RunId, Seconds,
    alarm::{AlarmLevel, AlarmState},
    assignment::{Assignment, AssignmentState, Purpose},
    call::{Call, CallState},
    incident::{Incident, IncidentState},
    limits::{
        ALARM_TAKEN_WITHIN, CALL_BACK_WITHIN, QUEUE_AGE_AGAIN, QUEUE_AGE_ALARM, RING_ALARM,
        STAND_DOWN_CONFIRMED_WITHIN,
    },
    milestone::{Milestone, Step, latest},
    record::Record,
    run::{Run, RunState},
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
    /// Somebody answers the ringing call.
    Answer(CallId),
    /// The caller is called back.
    CallBack(CallId),
    /// A person releases the incident they held.
    Release(IncidentId),
    /// The incident leaves the queue.
    Service(IncidentId),
    /// The desk says it is received.
    Receipt(AssignmentId),
    /// The desk that said so sends somebody.
    Acceptance(AssignmentId),
    /// The desk that was stood down says that it knows.
    DeskStandDown(AssignmentId),
    /// The crew acknowledges.
    Acknowledgement(RunId),
    /// The crew that was stood down says that it knows.
    CrewStandDown(RunId),
    /// Somebody takes the alarm.
    Attention(AlarmId),
}

impl Deadline {
    /// The deadline that `record` carries in its present state, if it does.
    pub fn of(record: &Record) -> Option<Self> {
        match record {
            Record::Call(call) => of_call(call),
            Record::Incident(incident) => of_incident(incident),
            Record::Assignment(assignment) => of_assignment(assignment),
            Record::Run(run) => of_run(run),
            Record::Alarm(alarm)
                if alarm.level == AlarmLevel::Operator && *alarm.state() == AlarmState::Raised =>
            {
                Some(Self {
                    due: after(alarm.raised_at, ALARM_TAKEN_WITHIN),
                    what: Awaited::Attention(alarm.id),
                })
            }
            Record::Unit(_)
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

fn of_call(call: &Call) -> Option<Deadline> {
    let (due, what) = match call.state() {
        CallState::Ringing { .. } => {
            (since(&call.milestones, Step::Rang, RING_ALARM)?, Awaited::Answer(call.id))
        }
        CallState::Abandoned => {
            (since(&call.milestones, Step::Abandoned, CALL_BACK_WITHIN)?, Awaited::CallBack(call.id))
        }
        CallState::CallBack { due, .. } => (*due, Awaited::CallBack(call.id)),
        CallState::Answered { .. } | CallState::NeedsDecision | CallState::Ended { .. } => return None,
    };
    Some(Deadline { due, what })
}

fn of_incident(incident: &Incident) -> Option<Deadline> {
    let (due, what) = match incident.state() {
        IncidentState::Held { until, .. } => (*until, Awaited::Release(incident.id)),
        IncidentState::Open if incident.is_queued() => {
            let opened = latest(&incident.milestones, Step::Reopened);
            let opened = opened.map_or(incident.created_at, |reopened| reopened.recorded_at);
            let queued = incident.queued_since.unwrap_or(opened);
            let due = after(opened, QUEUE_AGE_ALARM).max(after(queued, QUEUE_AGE_AGAIN));
            (due, Awaited::Service(incident.id))
        }
        IncidentState::Open
        | IncidentState::Merged { .. }
        | IncidentState::Closed { .. }
        | IncidentState::Cancelled { .. } => return None,
    };
    Some(Deadline { due, what })
}

fn of_assignment(assignment: &Assignment) -> Option<Deadline> {
    let (due, what) = match assignment.state() {
        AssignmentState::Sent | AssignmentState::Delivered if !assignment.overdue => {
            (assignment.answer_due?, Awaited::Receipt(assignment.id))
        }
        AssignmentState::Received { .. } if !assignment.overdue && assignment.runs.is_empty() => {
            match assignment.purpose {
                Purpose::Respond { .. } => (assignment.answer_due?, Awaited::Acceptance(assignment.id)),
                Purpose::Inform => return None,
            }
        }
        AssignmentState::StandDownSent { .. } => {
            let due = since(&assignment.milestones, Step::StandDownSent, STAND_DOWN_CONFIRMED_WITHIN)?;
            (due, Awaited::DeskStandDown(assignment.id))
        }
        AssignmentState::Sent
        | AssignmentState::Delivered
        | AssignmentState::Received { .. }
        | AssignmentState::Accepted { .. }
        | AssignmentState::Done
        | AssignmentState::Returned { .. }
        | AssignmentState::StoodDown { .. } => return None,
    };
    Some(Deadline { due, what })
}

fn of_run(run: &Run) -> Option<Deadline> {
    let (due, what) = match run.state() {
        RunState::Sent if !run.overdue => (run.answer_due?, Awaited::Acknowledgement(run.id)),
        RunState::StandDownSent { .. } => {
            let due = since(&run.milestones, Step::StandDownSent, STAND_DOWN_CONFIRMED_WITHIN)?;
            (due, Awaited::CrewStandDown(run.id))
        }
        RunState::Sent
        | RunState::Acknowledged
        | RunState::EnRoute
        | RunState::OnScene
        | RunState::Cleared { .. }
        | RunState::StoodDown { .. } => return None,
    };
    Some(Deadline { due, what })
}

/// So long after the latest report of a step, if it was reported.
fn since(milestones: &[Milestone], step: Step, within: Seconds) -> Option<Timestamp> {
    latest(milestones, step).map(|milestone| after(milestone.recorded_at, within))
}

fn after(time: Timestamp, within: Seconds) -> Timestamp {
    time.saturating_add(within.duration()).unwrap_or(Timestamp::MAX)
}
