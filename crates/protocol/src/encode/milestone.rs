//! What happened when, and by whose word.

use domain::milestone::{Channel, Milestone, Step};

use super::timestamp;
use crate::record::v1 as wire;

/// One step as it was reported.
pub fn milestone(milestone: &Milestone) -> wire::Milestone {
    wire::Milestone {
        step: step(milestone.step).into(),
        occurred_at: Some(timestamp(milestone.occurred_at)),
        recorded_at: Some(timestamp(milestone.recorded_at)),
        reported_by: milestone.by.name.clone(),
        reported_by_role: milestone.by.role.clone(),
        on_behalf_of: milestone.by.on_behalf_of.clone(),
        channel: channel(milestone.channel).into(),
        correction_reason: milestone.correction.clone().unwrap_or_default(),
        detail: milestone.detail.clone(),
    }
}

/// Several steps.
pub(super) fn milestones(all: &[Milestone]) -> Vec<wire::Milestone> {
    all.iter().map(milestone).collect()
}

/// How a report reached the centre.
pub const fn channel(channel: Channel) -> wire::Channel {
    match channel {
        Channel::Device => wire::Channel::Device,
        Channel::Radio => wire::Channel::Radio,
        Channel::Phone => wire::Channel::Phone,
        Channel::Paper => wire::Channel::Paper,
        Channel::System => wire::Channel::System,
    }
}

/// A step.
pub const fn step(step: Step) -> wire::Step {
    match step {
        Step::Rang => wire::Step::Rang,
        Step::Answered => wire::Step::Answered,
        Step::Abandoned => wire::Step::Abandoned,
        Step::CalledBack => wire::Step::CalledBack,
        Step::Ended => wire::Step::Ended,
        Step::Created => wire::Step::Created,
        Step::Sent => wire::Step::Sent,
        Step::Delivered => wire::Step::Delivered,
        Step::Received => wire::Step::Received,
        Step::Accepted => wire::Step::Accepted,
        Step::Returned => wire::Step::Returned,
        Step::Acknowledged => wire::Step::Acknowledged,
        Step::EnRoute => wire::Step::EnRoute,
        Step::OnScene => wire::Step::OnScene,
        Step::Cleared => wire::Step::Cleared,
        Step::StandDownSent => wire::Step::StandDownSent,
        Step::StoodDown => wire::Step::StoodDown,
        Step::AnswerOverdue => wire::Step::AnswerOverdue,
        Step::Done => wire::Step::Done,
        Step::Held => wire::Step::Held,
        Step::Released => wire::Step::Released,
        Step::Merged => wire::Step::Merged,
        Step::Unmerged => wire::Step::Unmerged,
        Step::Closed => wire::Step::Closed,
        Step::Cancelled => wire::Step::Cancelled,
        Step::Reopened => wire::Step::Reopened,
        Step::ResourceRequested => wire::Step::ResourceRequested,
    }
}
