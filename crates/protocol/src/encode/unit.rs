//! Units and duty desks as they stand.

use domain::{
    Version,
    desk::{Desk, DeskLink},
    unit::{Unit, UnitState},
};

use super::timestamp;
use crate::record::v1::{
    self as wire, desk_link,
    unit_state::{self, State},
};

/// A unit. One that was never written has no time since when it stands so.
pub fn unit(unit: &Unit, version: Version) -> wire::Unit {
    wire::Unit {
        unit_id: unit.id.to_string(),
        version: version.0,
        crew: unit.crew.clone(),
        since: (version != Version::ABSENT).then(|| timestamp(unit.since)),
        unanswered_in_a_row: unit.unanswered_in_a_row,
        state: Some(wire::UnitState { state: Some(state(unit.state())) }),
    }
}

fn state(state: &UnitState) -> State {
    match state {
        UnitState::SignedOff => State::SignedOff(unit_state::SignedOff {}),
        UnitState::Available => State::Available(unit_state::Available {}),
        UnitState::Assigned { run } => State::Assigned(unit_state::Assigned { run_id: run.to_string() }),
        UnitState::OutOfService { reason } => {
            State::OutOfService(unit_state::OutOfService { reason: reason.clone() })
        }
    }
}

/// A duty desk.
pub fn desk(desk: &Desk, version: Version) -> wire::Desk {
    wire::Desk {
        station_id: desk.station.to_string(),
        version: version.0,
        unanswered_in_a_row: desk.unanswered_in_a_row,
        silent: desk.is_silent(),
        link: Some(wire::DeskLink { state: Some(link(desk.link)) }),
    }
}

fn link(link: DeskLink) -> desk_link::State {
    match link {
        DeskLink::Unknown => desk_link::State::Unknown(desk_link::Unknown {}),
        DeskLink::Up => desk_link::State::Up(desk_link::Up {}),
        DeskLink::Down { since } => desk_link::State::Down(desk_link::Down { since: Some(timestamp(since)) }),
    }
}
