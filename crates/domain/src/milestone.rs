//! What happened when, by whose word: each step of a call, an assignment or a run as it was reported.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Who said so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reporter {
    /// Person or system, as the token names them.
    pub name: String,
    /// Role in words, such as `operator`; `system` for the centre itself.
    pub role: String,
    /// Person on whose word it was reported, where another typed it in: "received by Lt Asanov". Empty when the same.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub on_behalf_of: String,
}

/// How the report reached the centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The reporter's own device or console.
    Device,
    /// Voice radio.
    Radio,
    /// Telephone.
    Phone,
    /// Written down and entered later.
    Paper,
    /// The centre itself.
    System,
}

/// The steps that carry times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each step is named by the word the control room uses for it")]
pub enum Step {
    Rang,
    Answered,
    Abandoned,
    CalledBack,
    Ended,
    Created,
    Sent,
    Delivered,
    Received,
    Accepted,
    Returned,
    Acknowledged,
    EnRoute,
    OnScene,
    Cleared,
    StandDownSent,
    StoodDown,
    AnswerOverdue,
    Done,
    Held,
    Released,
    Merged,
    Unmerged,
    Closed,
    Cancelled,
    Reopened,
    ResourceRequested,
}

/// One step as it was reported. Several reports of one step stay side by side; the latest holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Milestone {
    /// Which step.
    pub step: Step,
    /// When it happened, by the reporter's word.
    pub occurred_at: Timestamp,
    /// When the centre recorded it; never goes back within one record.
    pub recorded_at: Timestamp,
    /// Who said so.
    pub by: Reporter,
    /// How the report reached the centre.
    pub channel: Channel,
    /// Why an earlier report of this step was wrong; absent for a first report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<String>,
    /// What was said with it: who received, how an attempt to call back went, what was asked for and why; empty if
    /// nothing was.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

impl Milestone {
    /// The same with what was said with it.
    #[must_use]
    pub fn with_detail(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }
}

/// When, by whom and how a step is reported: what every operation that moves a lifecycle is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// When it happened, by the reporter's word.
    pub occurred_at: Timestamp,
    /// When the centre records it.
    pub recorded_at: Timestamp,
    /// Who says so.
    pub by: Reporter,
    /// How the report reached the centre.
    pub channel: Channel,
    /// Why an earlier report was wrong, if this corrects one.
    pub correction: Option<String>,
}

impl Report {
    /// What the centre itself does at `now`.
    pub fn by_system(now: Timestamp, name: &str) -> Self {
        let by = Reporter { name: name.to_owned(), role: "system".to_owned(), on_behalf_of: String::new() };
        Self { occurred_at: now, recorded_at: now, by, channel: Channel::System, correction: None }
    }

    /// The milestone of `step` as reported here.
    pub fn milestone(&self, step: Step) -> Milestone {
        Milestone {
            step,
            occurred_at: self.occurred_at,
            recorded_at: self.recorded_at,
            by: self.by.clone(),
            channel: self.channel,
            correction: self.correction.clone(),
            detail: String::new(),
        }
    }
}

/// The latest report of `step`, if there is one.
pub fn latest(milestones: &[Milestone], step: Step) -> Option<&Milestone> {
    milestones.iter().rev().find(|milestone| milestone.step == step)
}
