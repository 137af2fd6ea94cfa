//! How far the response to an incident is: computed when asked, never stored.

use domain::{
    assignment::{AssignmentState, Purpose},
    incident::Incident,
    run::RunState,
};
use protocol::record::v1::Progress;

/// The furthest of the incident's open work.
pub(super) fn progress<'a>(
    incident: &Incident,
    assignments: impl Iterator<Item = (&'a Purpose, &'a AssignmentState)>,
    runs: impl Iterator<Item = &'a RunState>,
) -> Progress {
    if !incident.state().is_open() {
        return Progress::None;
    }
    let of_run = runs.filter_map(|state| match state {
        RunState::Sent => Some(Progress::Sent),
        RunState::Acknowledged => Some(Progress::Received),
        RunState::EnRoute => Some(Progress::EnRoute),
        RunState::OnScene => Some(Progress::OnScene),
        RunState::StandDownSent { .. } => Some(Progress::Waiting),
        RunState::Cleared { .. } | RunState::StoodDown { .. } => None,
    });
    // the contract's numbers of these grow along the way
    let of_runs = of_run.max_by_key(|progress| i32::from(*progress));
    let asked = assignments.filter(|(purpose, _)| **purpose != Purpose::Inform);
    let of_assignments = asked.filter_map(|(_, state)| match state {
        AssignmentState::Sent | AssignmentState::Delivered => Some(Progress::Sent),
        AssignmentState::Received { .. } => Some(Progress::Received),
        // it has sent its units: once they are free, nobody waits for it
        AssignmentState::Accepted { .. } => of_runs.map(|_| Progress::Received),
        AssignmentState::StandDownSent { .. } => Some(Progress::Waiting),
        AssignmentState::Done | AssignmentState::Returned { .. } | AssignmentState::StoodDown { .. } => None,
    });
    let is_all_clear = !incident.is_queued() && !incident.runs.is_empty();
    let nobody_works = if is_all_clear { Progress::AllClear } else { Progress::Waiting };
    of_assignments.chain(of_runs).max_by_key(|progress| i32::from(*progress)).unwrap_or(nobody_works)
}
