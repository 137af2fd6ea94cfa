//! An incident: what happened and who is sent.

mod caller;
mod need;
mod state;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use caller::{Caller, CallerDigits};
pub use need::{Need, NeedMode, NeedTime, Serving, Supply};
pub use state::{Closing, IncidentEvent, IncidentState};

use crate::{
    AssignmentId, CallId, DistrictId, IncidentId, IncidentTypeId, NoteId, Priority, RecommendationId, RunId,
    SpokenNumber, StationId, UnitId,
    limits::RUNS_PER_INCIDENT_MAX,
    location::Location,
    milestone::{Milestone, Report, Step},
    refusal::StepRefusal,
};

/// What happened and who is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// Which incident.
    pub id: IncidentId,
    /// The number people say aloud: that of the call that opened it, or its own.
    pub number: SpokenNumber,
    /// What happened; absent until somebody says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident_type: Option<IncidentTypeId>,
    /// How urgent it is.
    pub priority: Priority,
    /// Where it is.
    pub location: Location,
    /// The district it lies in; absent when the place is unknown or outside every district.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<DistrictId>,
    /// The station that answers for that district.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<StationId>,
    /// The desk that leads: the first that was asked to respond and neither gave it back nor was stood down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_desk: Option<StationId>,
    /// Who alone may see it; absent when everybody with a right to the centre may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restriction: Option<Restriction>,
    /// The first words of the call or of whoever opened it, for lists.
    pub summary: String,
    /// Calls that led to it, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<CallId>,
    /// Who called about it, the latest last; never shown to anybody, but a further call of theirs is likely about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub callers: Vec<Caller>,
    /// What it needs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
    /// Assignments it has or had, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assignments: Vec<AssignmentId>,
    /// Runs it has or had, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<RunId>,
    /// Desks and units not asked again for this incident until a person does, with the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed_over: Vec<PassedOver>,
    /// An open incident this one may be about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspected_duplicate_of: Option<IncidentId>,
    /// The newest recommendation for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recommendation: Option<RecommendationId>,
    /// Recommendations made for it before the newest, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_recommendations: Vec<RecommendationId>,
    /// Notes written on it, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<NoteId>,
    /// Incidents that were merged into it and still are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged_from: Vec<IncidentId>,
    /// When it was opened; with the priority and the id this orders the queue, and never changes.
    pub created_at: Timestamp,
    /// Since when it stands in the queue without a break; absent while it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queued_since: Option<Timestamp>,
    /// Every step as reported, oldest first.
    pub milestones: Vec<Milestone>,
    /// Where it stands. [`Incident::open`] and [`Incident::step`] alone write it:
    ///
    /// ```compile_fail,E0616
    /// fn overwrite(incident: &mut domain::incident::Incident, state: domain::incident::IncidentState) {
    ///     incident.state = state;
    /// }
    /// ```
    state: IncidentState,
}

/// What is known of an incident when it is opened.
#[derive(Clone, Debug)]
pub struct NewIncident {
    /// Which incident.
    pub id: IncidentId,
    /// The number people say aloud.
    pub number: SpokenNumber,
    /// What happened; absent until somebody says.
    pub incident_type: Option<IncidentTypeId>,
    /// How urgent it is.
    pub priority: Priority,
    /// The first words of the call or of whoever opened it, for lists.
    pub summary: String,
    /// What it needs.
    pub needs: Vec<Need>,
}

/// Who alone may see an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restriction {
    /// Persons, as their tokens name them.
    pub readers: BTreeSet<String>,
    /// Why, for those readers.
    pub reason: String,
    /// Who restricted it; always a reader.
    pub by: String,
}

/// A desk or a unit that is not asked again for one incident until a person does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedOver {
    /// Who.
    pub who: Responder,
    /// Why.
    pub why: PassedOverReason,
    /// Since when.
    pub at: Timestamp,
}

/// A desk or a unit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Responder {
    /// A duty desk.
    Desk {
        /// Which.
        station: StationId,
    },
    /// A unit.
    Unit {
        /// Which.
        unit: UnitId,
    },
}

/// Why somebody is not asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PassedOverReason {
    /// No answer in time.
    Unanswered,
    /// The desk gave it back.
    Returned,
    /// A person stood them down.
    StoodDown,
}

impl Incident {
    /// An incident that is worked on from now on.
    pub fn open(new: NewIncident, report: &Report) -> Self {
        Self {
            id: new.id,
            number: new.number,
            incident_type: new.incident_type,
            priority: new.priority,
            location: Location::default(),
            district: None,
            station: None,
            lead_desk: None,
            restriction: None,
            summary: new.summary,
            calls: Vec::new(),
            callers: Vec::new(),
            needs: new.needs,
            assignments: Vec::new(),
            runs: Vec::new(),
            passed_over: Vec::new(),
            suspected_duplicate_of: None,
            recommendation: None,
            earlier_recommendations: Vec::new(),
            notes: Vec::new(),
            merged_from: Vec::new(),
            created_at: report.recorded_at,
            queued_since: None,
            milestones: vec![report.milestone(Step::Created)],
            state: IncidentState::Open,
        }
    }

    /// Where it stands.
    pub const fn state(&self) -> &IncidentState {
        &self.state
    }

    /// Takes the step that an event is. Refused, it stands where it stood.
    ///
    /// # Errors
    /// [`StepRefusal`] as [`IncidentState::next`] says.
    pub fn step(&mut self, event: IncidentEvent) -> Result<(), StepRefusal> {
        self.state = self.state.clone().next(event)?;
        Ok(())
    }

    /// Leaves out of where it stands what people said and who they are. It stands where it stood.
    pub fn redact_state(&mut self) {
        match &mut self.state {
            IncidentState::Held { by, why: words, .. }
            | IncidentState::Cancelled { by, reason: words, .. } => {
                by.clear();
                words.clear();
            }
            IncidentState::Closed { closing } => {
                let Closing { disposition, registration_number, lawful_reason, by, at: _ } = closing;
                for words in [disposition, registration_number, lawful_reason, by] {
                    words.clear();
                }
            }
            IncidentState::Open | IncidentState::Merged { .. } => {}
        }
    }

    /// True if it is open and a need of it is unfilled: then it stands in the queue.
    pub fn is_queued(&self) -> bool {
        self.state.is_open() && self.needs.iter().any(Need::is_unfilled)
    }

    /// True once somebody was asked to respond, whatever came of it.
    pub fn was_responded_to(&self) -> bool {
        self.lead_desk.is_some() || !self.runs.is_empty() || !self.passed_over.is_empty()
    }

    /// True if it can be given one more assignment and one more run.
    pub const fn has_room_for_a_run(&self) -> bool {
        self.assignments.len() < RUNS_PER_INCIDENT_MAX && self.runs.len() < RUNS_PER_INCIDENT_MAX
    }

    /// Notes since when it stands in the queue, if it does. Whoever changes an incident calls this last.
    pub fn note_queue(&mut self, now: Timestamp) {
        self.queued_since = if self.is_queued() { self.queued_since.or(Some(now)) } else { None };
    }

    /// Why `who` is not asked again for this incident, if they are passed over.
    pub fn passed_over(&self, who: &Responder) -> Option<PassedOverReason> {
        self.passed_over.iter().find(|entry| &entry.who == who).map(|entry| entry.why)
    }

    /// Passes `who` over, keeping the first reason.
    pub fn pass_over(&mut self, who: Responder, why: PassedOverReason, at: Timestamp) {
        if self.passed_over(&who).is_none() {
            self.passed_over.push(PassedOver { who, why, at });
        }
    }

    /// Asks `who` again, because a person did.
    pub fn ask_again(&mut self, who: &Responder) {
        self.passed_over.retain(|entry| &entry.who != who);
    }
}
