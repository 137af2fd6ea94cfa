//! A kept recommendation: whom the centre would send for one need, and why not the others.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    IncidentId, RecommendationId, Seconds, StationId, UnitId, UnitKindId, Version,
    directory::DirectoryVersion,
};

/// Whom the centre recommended for the unfilled needs of one incident, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recommendation {
    /// Which recommendation.
    pub id: RecommendationId,
    /// For what.
    pub incident: IncidentId,
    /// By which directory it was decided.
    pub directory: DirectoryVersion,
    /// By which state of the board it was decided.
    pub board: Version,
    /// When.
    pub made_at: Timestamp,
    /// One entry for each unfilled need.
    pub needs: Vec<NeedRecommendation>,
}

/// Whom the centre recommends for one need.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NeedRecommendation {
    /// Position of the need in the incident's list, from 0.
    pub need: usize,
    /// The kind of unit needed.
    pub kind: UnitKindId,
    /// The best for what is missing, best first; fewer than missing is a shortfall.
    pub chosen: Vec<Candidate>,
    /// The next best, best first, nine at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub next: Vec<Candidate>,
    /// Every unit nearer than the last one chosen that could not be sent, by travel time, nearest first; those farther
    /// off too if units are missing. Twenty at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed_over: Vec<Excluded>,
    /// How many were excluded, by reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub excluded: BTreeMap<Exclusion, u32>,
    /// How many are missing after those chosen; 0 when the need can be filled.
    pub shortfall: u32,
}

/// A unit that could be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Who.
    pub unit: UnitId,
    /// The desk that would be told.
    pub desk: StationId,
    /// How far, in metres along a straight line; absent when the place is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<u32>,
    /// How long it would take to get there; absent when the place is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub travel: Option<Seconds>,
    /// Where the unit was taken to be.
    pub position_from: PositionSource,
    /// How old its position is; absent when it was taken from its beat or desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position_age: Option<Seconds>,
    /// True if its station answers for the incident's district.
    pub own_district: bool,
    /// True if it or its desk missed two in a row, and so ranks last.
    #[serde(default)]
    pub silent: bool,
}

/// Where a unit was taken to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PositionSource {
    /// Its own fresh position.
    Reported,
    /// Its beat or fixed post, because no fresh position is known.
    Beat,
    /// Its desk, because neither is known.
    Desk,
}

/// A unit that could not be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excluded {
    /// Who.
    pub unit: UnitId,
    /// How far, in metres along a straight line; absent when the place is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<u32>,
    /// Why not.
    pub why: Exclusion,
}

/// Why a unit was not a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exclusion {
    /// It is on a run.
    OnRun,
    /// Nobody is on duty in it.
    SignedOff,
    /// It is on duty and cannot be sent.
    OutOfService,
    /// It serves this need, or its desk was asked for that and has not chosen yet.
    AlreadyServing,
    /// It is recommended under another assignment that its desk has not answered yet.
    Promised,
    /// It or its desk did not answer for this incident.
    Unanswered,
    /// Its desk gave this incident back.
    Returned,
    /// A person stood it or its desk down from this incident.
    StoodDown,
}

impl Exclusion {
    /// The word in records and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OnRun => "on_run",
            Self::SignedOff => "signed_off",
            Self::OutOfService => "out_of_service",
            Self::AlreadyServing => "already_serving",
            Self::Promised => "promised",
            Self::Unanswered => "unanswered",
            Self::Returned => "returned",
            Self::StoodDown => "stood_down",
        }
    }
}
