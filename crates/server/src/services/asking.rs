//! Who asks, under which request id, and how they say it happened.

use domain::refusal::Refusal;
use identity::Principal;
use operations::{
    Ask, Asker, Done, Durability, GivenReport, OperationError, Receipt, RequestId, queries::Name,
};
use protocol::{
    decode::{self, Fields},
    encode,
    record::v1 as wire,
};
use store::Cursor;
use tonic::{Request, Status};

use super::Services;
use crate::{limits::OWN_CHANGES_WAIT, status};

/// The principal that the entrance put beside the request, and what the request says.
pub(super) fn open<T>(request: Request<T>) -> (Principal, T) {
    let principal = request.extensions().get::<Principal>().cloned();
    (principal.expect("the entrance lets nobody in without a principal"), request.into_inner())
}

impl Services {
    /// The asker of a read, once the board shows what this node itself changed before: whoever was answered a moment ago
    /// must not be shown how it was before.
    pub(super) async fn reader(&self, principal: Principal) -> Asker {
        self.room.centre.own_changes(OWN_CHANGES_WAIT).await;
        asker(principal)
    }
}

/// Who asks.
const fn asker(principal: Principal) -> Asker {
    Asker::Principal(principal)
}

/// The asker of a change and the id of the request; a bad id is noted.
pub(super) fn ask(fields: &mut Fields, principal: Principal, request_id: String) -> Option<Ask> {
    match RequestId::new(request_id) {
        Ok(request) => Some(Ask::new(asker(principal), request)),
        Err(error) => {
            fields.refuse("request_id", error);
            None
        }
    }
}

/// What the request says, or every field that is wrong.
pub(super) fn all<T>(fields: Fields, build: impl FnOnce() -> Option<T>) -> Result<T, Status> {
    fields.all(build).map_err(status::malformed)
}

/// How somebody says that something happened.
pub(super) fn report(fields: &mut Fields, given: Option<wire::Report>) -> GivenReport {
    let decode::GivenReport { occurred_at, channel, person, correction } = decode::report(fields, given);
    GivenReport { occurred_at, channel, on_behalf_of: person, correction }
}

/// Whoever asks by the number people say must not learn that something hidden from them bears it.
pub(super) fn as_if_unnamed<Id>(name: &Name<Id>, error: OperationError) -> OperationError {
    match (name, &error) {
        (
            Name::Spoken(number),
            OperationError::Refused(Refusal::UnknownIncident(_) | Refusal::UnknownCall(_)),
        ) => Refusal::UnknownNumber(number.clone()).into(),
        (Name::Spoken(_) | Name::Id(_), _) => error,
    }
}

/// What became of a change.
pub(super) fn receipt<A>(done: &Done<A>) -> Option<wire::Receipt> {
    Some(receipt_of(done.receipt))
}

/// The same of a change whose answer is another's.
pub(super) fn receipt_of(receipt: Receipt) -> wire::Receipt {
    let (change, durability) = match receipt.durability {
        Durability::Stored => (Some(cursor(receipt.cursor)), wire::Durability::Stored),
        Durability::Replicated => (Some(cursor(receipt.cursor)), wire::Durability::Replicated),
        Durability::Journaled => (None, wire::Durability::Journaled),
    };
    wire::Receipt { change, durability: durability.into(), repeated: receipt.repeated }
}

/// A place in the centre's history.
pub(super) fn cursor(cursor: Cursor) -> wire::Cursor {
    wire::Cursor { lineage: cursor.lineage.to_string(), number: cursor.number.0 }
}

/// Where a page begins, from the token of the page before.
pub(super) fn page_start(fields: &mut Fields, token: &str) -> usize {
    if token.is_empty() {
        return 0;
    }
    token.parse().unwrap_or_else(|_| {
        fields.refuse("page_token", "is not one that an answer gave");
        0
    })
}

/// The size of a page: 1 to 500, a hundred unless said.
pub(super) fn page_size(fields: &mut Fields, asked: u32) -> usize {
    match asked {
        0 => 100,
        1..=500 => usize::try_from(asked).unwrap_or(500),
        _ => {
            fields.refuse("page_size", "is 1 to 500, or 0 for 100");
            100
        }
    }
}

/// A point on the wire from two numbers that were checked when they came in.
pub(super) fn position(report: &store::PositionReport) -> wire::UnitPosition {
    wire::UnitPosition {
        unit_id: report.unit.to_string(),
        position: Some(wire::Position { latitude: report.latitude, longitude: report.longitude }),
        measured_at: Some(encode::timestamp(report.measured_at)),
        uncertainty_m: report.accuracy_m.map(whole_metres),
    }
}

/// A radius rounded up, so that it still holds the place.
fn whole_metres(metres: f64) -> u32 {
    let whole = metres.ceil().clamp(0.0, f64::from(u32::MAX));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
    {
        whole as u32
    }
}
