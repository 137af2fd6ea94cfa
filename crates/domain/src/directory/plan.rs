//! Incident types and their response plans.

use serde::{Deserialize, Serialize};

use super::Titles;
use crate::{
    IncidentTypeId, Priority, Seconds, UnitKindId,
    incident::{NeedMode, NeedTime},
};

/// A type of incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentType {
    /// What people call it.
    pub title: Titles,
    /// The broader type it belongs to, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<IncidentTypeId>,
    /// How urgent it is unless a person says otherwise.
    pub priority: Priority,
    /// What is done.
    pub plan: ResponsePlan,
}

/// What is done for a type of incident.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponsePlan {
    /// Who is needed.
    pub needs: Vec<PlanNeed>,
}

/// One line of a plan: "one patrol at once", "one crime-scene group on request".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanNeed {
    /// The kind of unit.
    pub kind: UnitKindId,
    /// How many at least; 1 or more.
    pub count: u8,
    /// At once or on request.
    pub when: NeedTime,
    /// Whether the centre sends or only recommends.
    pub mode: NeedMode,
    /// How long a desk has to say it is received.
    pub desk_answer: Seconds,
    /// How long a crew has to acknowledge.
    pub crew_answer: Seconds,
}
