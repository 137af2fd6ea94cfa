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
    let of_assignments =
        assignments.filter(|(purpose, _)| **purpose != Purpose::Inform).map(|(_, state)| match state {
            AssignmentState::Sent | AssignmentState::Delivered => Progress::Sent,
            AssignmentState::Received { .. } | AssignmentState::Accepted { .. } => Progress::Received,
            AssignmentState::Done
            | AssignmentState::Returned { .. }
            | AssignmentState::StandDownSent { .. }
            | AssignmentState::StoodDown { .. } => Progress::Waiting,
        });
    let of_runs = runs.map(|state| match state {
        RunState::Sent => Progress::Sent,
        RunState::Acknowledged => Progress::Received,
        RunState::EnRoute => Progress::EnRoute,
        RunState::OnScene => Progress::OnScene,
        RunState::Cleared { .. } | RunState::StandDownSent { .. } | RunState::StoodDown { .. } => {
            Progress::Waiting
        }
    });
    // the contract's numbers of these grow along the way
    of_assignments.chain(of_runs).max_by_key(|progress| i32::from(*progress)).unwrap_or(Progress::Waiting)
}
