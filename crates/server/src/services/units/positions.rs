//! Positions as they are measured: each is taken or counted as left out, and none ends the stream.

use domain::UnitId;
use identity::{Principal, Role};
use jiff::Timestamp;
use metrics::counter;
use protocol::{
    crew::v1::{StreamPositionsRequest, StreamPositionsResponse},
    decode::{Fields, timestamp},
    record::v1::UnitPosition,
};
use store::PositionReport;
use tonic::{Status, Streaming};

use crate::{
    limits::POSITIONS_PER_MESSAGE_MAX,
    services::{Services, asking::all},
    stream_end::StreamEnd,
};

/// Takes positions until the client ends the stream, or the stream's time is over: the client then starts another.
pub(super) async fn take_all(
    services: &Services,
    principal: Principal,
    mut stream: Streaming<StreamPositionsRequest>,
) -> Result<StreamPositionsResponse, Status> {
    let mut answer = StreamPositionsResponse::default();
    let end = StreamEnd::new(&services.ending, &principal).wait();
    tokio::pin!(end);
    loop {
        let message = tokio::select! {
            _ = &mut end => return Ok(answer),
            message = stream.message() => message?,
        };
        let Some(message) = message else { return Ok(answer) };
        if message.positions.len() > POSITIONS_PER_MESSAGE_MAX {
            let mut fields = Fields::new();
            let sentence = format!(
                "has {} entries, at most {POSITIONS_PER_MESSAGE_MAX} are taken",
                message.positions.len()
            );
            fields.refuse("positions", sentence);
            all(fields, || Some(()))?;
        }
        let given = message.positions.len();
        let taken = take(services, &principal, message.positions);
        answer.taken += u64::try_from(taken).unwrap_or_default();
        answer.left_out += u64::try_from(given - taken).unwrap_or_default();
    }
}

/// Takes what is good of one message, and says how many that is.
fn take(services: &Services, principal: &Principal, positions: Vec<UnitPosition>) -> usize {
    let now = services.room.clock.now();
    let given = positions.len();
    let good: Vec<PositionReport> =
        positions.into_iter().filter_map(|position| good(services, principal, position, now)).collect();
    let taken = good.len();
    let taken = if taken > 0 && services.room.centre.report_positions(good).is_err() { 0 } else { taken };
    counter!("kezek_positions_total", "outcome" => "taken")
        .increment(u64::try_from(taken).unwrap_or_default());
    counter!("kezek_positions_total", "outcome" => "left_out")
        .increment(u64::try_from(given - taken).unwrap_or_default());
    taken
}

/// A position that can be one, of a unit that the sender may speak for.
fn good(
    services: &Services,
    principal: &Principal,
    given: UnitPosition,
    now: Timestamp,
) -> Option<PositionReport> {
    let unit = match (principal.unit(), given.unit_id.as_str()) {
        (Some(own), "") => own.clone(),
        (_, named) => UnitId::new(named).ok()?,
    };
    let may_speak = match principal.role() {
        Role::Crew => principal.unit() == Some(&unit),
        Role::Integration => true,
        Role::Operator | Role::DutyOfficer | Role::Supervisor | Role::Administrator | Role::Observer => false,
    };
    let is_known = services.room.centre.read(|picture| {
        picture.directory.as_ref().is_some_and(|in_force| in_force.directory.units.contains_key(&unit))
    });
    let point = given.position.filter(|_| may_speak && is_known)?;
    let measured_at = timestamp(given.measured_at?).ok()?;
    let report = PositionReport {
        unit,
        measured_at,
        received_at: now,
        latitude: point.latitude,
        longitude: point.longitude,
        accuracy_m: given.uncertainty_m.map(f64::from),
    };
    report.checked().ok()
}
