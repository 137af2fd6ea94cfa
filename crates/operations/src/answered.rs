//! How long desks and crews take to answer what they are sent: measured once, by the node that commits the answer.
//!
//! It never says who it was or what it was about. An answer that nobody waits for is not measured.

use std::time::Duration;

use domain::{
    IncidentId, Priority,
    assignment::Assignment,
    milestone::{Milestone, Report, Step, latest},
    run::{Run, RunState},
};
use jiff::Timestamp;
use metrics::histogram;

use crate::draft::{Draft, Halt};

/// The first answer to something that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Answered {
    who: Who,
    priority: Priority,
    lateness: Lateness,
    took: Duration,
}

/// Whether an answer came by the time it was due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lateness {
    InTime,
    Late,
}

/// Whose answer it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Desk,
    Crew,
}

/// What was sent, and by when the answer is due.
struct Awaited<'a> {
    incident: IncidentId,
    milestones: &'a [Milestone],
    due: Timestamp,
    overdue: bool,
}

/// Notes that a person at a desk answers an assignment, which is as it was before.
pub(crate) fn desk_answers(
    draft: &mut Draft<'_>,
    assignment: &Assignment,
    report: &Report,
) -> Result<(), Halt> {
    let Assignment { incident, milestones, answer_due, overdue, .. } = assignment;
    match answer_due {
        Some(due) if assignment.state().awaits_answer() => {
            let awaited = Awaited { incident: *incident, milestones, due: *due, overdue: *overdue };
            note(draft, Who::Desk, &awaited, report)
        }
        Some(_) | None => Ok(()),
    }
}

/// Notes that a crew answers a run, which is as it was before.
pub(crate) fn crew_answers(draft: &mut Draft<'_>, run: &Run, report: &Report) -> Result<(), Halt> {
    let Run { incident, milestones, answer_due, overdue, .. } = run;
    match answer_due {
        Some(due) if *run.state() == RunState::Sent => {
            let awaited = Awaited { incident: *incident, milestones, due: *due, overdue: *overdue };
            note(draft, Who::Crew, &awaited, report)
        }
        Some(_) | None => Ok(()),
    }
}

fn note(draft: &mut Draft<'_>, who: Who, awaited: &Awaited<'_>, report: &Report) -> Result<(), Halt> {
    let incident = draft.peek_incident(awaited.incident)?;
    if let (Some(incident), Some(sent)) = (incident, latest(awaited.milestones, Step::Sent)) {
        // the dispatcher may not have looked yet
        let is_late = awaited.overdue || report.recorded_at > awaited.due;
        let lateness = if is_late { Lateness::Late } else { Lateness::InTime };
        // by the centre's time for both: that of a reporter is their word
        let took = report.recorded_at.duration_since(sent.recorded_at);
        let took = Duration::try_from(took).unwrap_or_default();
        draft.answered(Answered { who, priority: incident.priority, lateness, took });
    }
    Ok(())
}

impl Answered {
    /// Counts it, once it is committed.
    pub(crate) fn measure(self) {
        let name = match self.who {
            Who::Desk => "kezek_desk_answer_seconds",
            Who::Crew => "kezek_crew_answer_seconds",
        };
        let outcome = match self.lateness {
            Lateness::InTime => "in_time",
            Lateness::Late => "late",
        };
        let priority = self.priority.get().to_string();
        histogram!(name, "priority" => priority, "outcome" => outcome).record(self.took);
    }
}
