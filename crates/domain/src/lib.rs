//! The records of a control room, their lifecycles and limits: what is legal, and nothing else.
//!
//! It never reads a clock, a file or a network, draws no random number and writes no log: the same events always
//! give the same state or the same refusal.

pub mod alarm;
pub mod assignment;
pub mod board;
pub mod call;
pub mod causes;
pub mod change;
pub mod deadline;
pub mod desk;
pub mod directory;
pub mod dispatch;
pub mod fleet;
pub mod incident;
pub mod invariants;
pub mod limits;
pub mod location;
pub mod milestone;
pub mod note;
pub mod recommendation;
pub mod record;
pub mod refusal;
pub mod run;
pub mod service_level;
pub mod unit;
pub mod whereabouts;

mod ids;
mod key;
mod quantity;

pub use ids::{
    AlarmId, AssignmentId, CallId, CentreId, DistrictId, IdError, IncidentId, IncidentTypeId, NoteId,
    OperationId, RecommendationId, RunId, SpokenNumber, StationId, UnitId, UnitKindId, Version,
};
pub use key::{RecordKey, RecordKeyError, RecordKind};
pub use quantity::{Priority, PriorityError, Seconds};
