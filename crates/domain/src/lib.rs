//! The records of a control room, their lifecycles and limits: what is legal, and nothing else.
//!
//! It never reads a clock, a file or a network, draws no random number and writes no log: the same events always
//! give the same state or the same refusal.

mod ids;
mod key;

pub use ids::{
    AlarmId, AssignmentId, CallId, CentreId, DistrictId, IdError, IncidentId, IncidentTypeId, NoteId, OperationId,
    RecommendationId, RunId, SpokenNumber, StationId, UnitId, UnitKindId, Version,
};
pub use key::{RecordKey, RecordKeyError, RecordKind};
