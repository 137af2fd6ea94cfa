//! Incidents.

use domain::{
    Version,
    incident::{
        Closing, Incident, IncidentState, Need, NeedMode, NeedTime, PassedOver, PassedOverReason, Responder,
        Restriction, Supply,
    },
};

use super::{location, milestone::milestones, text_or_empty, texts, timestamp};
use crate::record::v1::{
    self as wire,
    incident_state::{self, State, closed::Basis},
    passed_over::Who,
};

/// An incident.
pub fn incident(incident: &Incident, version: Version) -> wire::Incident {
    wire::Incident {
        incident_id: incident.id.to_string(),
        version: version.0,
        spoken_number: incident.number.to_string(),
        incident_type_id: text_or_empty(incident.incident_type.as_ref()),
        priority: u32::from(incident.priority.get()),
        location: Some(location(&incident.location)),
        district_id: text_or_empty(incident.district.as_ref()),
        station_id: text_or_empty(incident.station.as_ref()),
        lead_station_id: text_or_empty(incident.lead_desk.as_ref()),
        restriction: incident.restriction.as_ref().map(restriction),
        summary: incident.summary.clone(),
        call_ids: texts(&incident.calls),
        needs: incident.needs.iter().map(need).collect(),
        assignment_ids: texts(&incident.assignments),
        run_ids: texts(&incident.runs),
        passed_over: incident.passed_over.iter().map(passed_over).collect(),
        suspected_duplicate_of: text_or_empty(incident.suspected_duplicate_of.as_ref()),
        recommendation_id: text_or_empty(incident.recommendation.as_ref()),
        note_ids: texts(&incident.notes),
        created_at: Some(timestamp(incident.created_at)),
        queued: incident.is_queued(),
        milestones: milestones(&incident.milestones),
        state: Some(wire::IncidentState { state: Some(state(incident.state())) }),
        merged_from: texts(&incident.merged_from),
        earlier_recommendation_ids: texts(&incident.earlier_recommendations),
    }
}

fn restriction(restriction: &Restriction) -> wire::Restriction {
    wire::Restriction {
        readers: restriction.readers.iter().cloned().collect(),
        reason: restriction.reason.clone(),
        restricted_by: restriction.by.clone(),
    }
}

fn need(need: &Need) -> wire::Need {
    wire::Need {
        unit_kind_id: need.kind.to_string(),
        units: u32::from(need.count),
        time: need_time(need.when).into(),
        mode: need_mode(need.mode).into(),
        desk_answer_s: need.desk_answer.0,
        crew_answer_s: need.crew_answer.0,
        serving: need
            .serving
            .iter()
            .map(|serving| wire::Serving {
                assignment_id: serving.assignment.to_string(),
                overdue: serving.units == 0,
                units: serving.units.into(),
            })
            .collect(),
        shortfall: need.is_short(),
        eased: need.supply == Supply::Eased,
        units_missing: u32::try_from(need.missing()).unwrap_or(u32::MAX),
    }
}

/// When a need is to be filled.
pub(super) const fn need_time(time: NeedTime) -> wire::NeedTime {
    match time {
        NeedTime::AtOnce => wire::NeedTime::AtOnce,
        NeedTime::OnRequest => wire::NeedTime::OnRequest,
        NeedTime::Requested => wire::NeedTime::Requested,
    }
}

/// Whether the centre sends by itself.
pub(super) const fn need_mode(mode: NeedMode) -> wire::NeedMode {
    match mode {
        NeedMode::Recommend => wire::NeedMode::Recommend,
        NeedMode::Auto => wire::NeedMode::Automatic,
    }
}

fn passed_over(entry: &PassedOver) -> wire::PassedOver {
    let who = match &entry.who {
        Responder::Desk { station } => Who::StationId(station.to_string()),
        Responder::Unit { unit } => Who::UnitId(unit.to_string()),
    };
    let reason = match entry.why {
        PassedOverReason::Unanswered => wire::PassedOverReason::Unanswered,
        PassedOverReason::Returned => wire::PassedOverReason::Returned,
        PassedOverReason::StoodDown => wire::PassedOverReason::StoodDown,
    };
    wire::PassedOver { who: Some(who), reason: reason.into(), since: Some(timestamp(entry.at)) }
}

fn state(state: &IncidentState) -> State {
    match state {
        IncidentState::Held { by, until, why } => State::Held(incident_state::Held {
            held_by: by.clone(),
            until: Some(timestamp(*until)),
            reason: why.clone(),
        }),
        IncidentState::Open => State::Open(incident_state::Open {}),
        IncidentState::Merged { into } => {
            State::Merged(incident_state::Merged { into_incident_id: into.to_string() })
        }
        IncidentState::Closed { closing } => State::Closed(closed(closing)),
        IncidentState::Cancelled { reason, by, at } => State::Cancelled(incident_state::Cancelled {
            reason: reason.clone(),
            cancelled_by: by.clone(),
            cancelled_at: Some(timestamp(*at)),
        }),
    }
}

fn closed(closing: &Closing) -> incident_state::Closed {
    let basis = if closing.registration_number.is_empty() {
        Basis::LawfulReason(closing.lawful_reason.clone())
    } else {
        Basis::RegistrationNumber(closing.registration_number.clone())
    };
    incident_state::Closed {
        disposition: closing.disposition.clone(),
        closed_by: closing.by.clone(),
        closed_at: Some(timestamp(closing.at)),
        basis: Some(basis),
    }
}
