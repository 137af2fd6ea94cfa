//! Recommendations.

use std::collections::BTreeMap;

use domain::{
    Version,
    recommendation::{Candidate, Excluded, Exclusion, NeedRecommendation, PositionSource, Recommendation},
};

use super::timestamp;
use crate::record::v1 as wire;

/// A kept recommendation.
pub fn recommendation(recommendation: &Recommendation, version: Version) -> wire::Recommendation {
    wire::Recommendation {
        recommendation_id: recommendation.id.to_string(),
        version: version.0,
        incident_id: recommendation.incident.to_string(),
        directory_version: recommendation.directory.0,
        decided_on: recommendation.board.0,
        made_at: Some(timestamp(recommendation.made_at)),
        needs: recommendation.needs.iter().map(need).collect(),
    }
}

fn need(need: &NeedRecommendation) -> wire::NeedRecommendation {
    wire::NeedRecommendation {
        need_index: u32::try_from(need.need).unwrap_or(u32::MAX),
        unit_kind_id: need.kind.to_string(),
        chosen: need.chosen.iter().map(candidate).collect(),
        next: need.next.iter().map(candidate).collect(),
        passed_over: need.passed_over.iter().map(excluded_unit).collect(),
        excluded: exclusion_counts(&need.excluded),
        shortfall: need.shortfall,
    }
}

/// How many units were excluded, by reason.
pub fn exclusion_counts(counts: &BTreeMap<Exclusion, u32>) -> Vec<wire::ExclusionCount> {
    counts
        .iter()
        .map(|(reason, units)| wire::ExclusionCount { reason: exclusion(*reason).into(), units: *units })
        .collect()
}

/// A unit that could be sent.
pub fn candidate(candidate: &Candidate) -> wire::Candidate {
    let source = match candidate.position_from {
        PositionSource::Reported => wire::PositionSource::Reported,
        PositionSource::Beat => wire::PositionSource::Beat,
        PositionSource::Desk => wire::PositionSource::Desk,
    };
    wire::Candidate {
        unit_id: candidate.unit.to_string(),
        station_id: candidate.desk.to_string(),
        distance_m: candidate.distance_m,
        travel_time_s: candidate.travel.map(|travel| travel.0),
        position_source: source.into(),
        position_age_s: candidate.position_age.map(|age| age.0),
        own_district: candidate.own_district,
        silent: candidate.silent,
    }
}

/// A unit that was not chosen though it is near.
pub fn excluded_unit(excluded: &Excluded) -> wire::ExcludedUnit {
    wire::ExcludedUnit {
        unit_id: excluded.unit.to_string(),
        distance_m: excluded.distance_m,
        reason: exclusion(excluded.why).into(),
    }
}

/// Why a unit was not a candidate.
pub const fn exclusion(exclusion: Exclusion) -> wire::Exclusion {
    match exclusion {
        Exclusion::OnRun => wire::Exclusion::OnRun,
        Exclusion::SignedOff => wire::Exclusion::SignedOff,
        Exclusion::OutOfService => wire::Exclusion::OutOfService,
        Exclusion::AlreadyServing => wire::Exclusion::AlreadyServing,
        Exclusion::Promised => wire::Exclusion::Promised,
        Exclusion::Unanswered => wire::Exclusion::Unanswered,
        Exclusion::Returned => wire::Exclusion::Returned,
        Exclusion::StoodDown => wire::Exclusion::StoodDown,
    }
}
