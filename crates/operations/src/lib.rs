//! What the control room can do: one use case per file, and the dispatcher that runs them.
//!
//! Every use case checks scope first, decides on the picture of the centre, and commits with the versions it read. It
//! never changes a board, never retries a refusal, and never sends anyone except through a commit.

mod answered;
mod asker;
mod control_room;
mod decide;
mod draft;
mod error;
pub mod holding;
mod numbers;
mod responding;
mod sight;

pub mod alarms;
pub mod calls;
pub mod commands;
pub mod desk;
mod desk_link;
pub mod directory;
pub mod dispatch;
pub mod dispatcher;
pub mod incidents;
pub mod queries;
pub mod units;

pub use asker::{Ask, Asker, GivenReport, RequestId, RequestIdError};
pub use control_room::ControlRoom;
pub use decide::{Answer, COMMIT_OUTCOMES, Done, Durability, Receipt};
pub use error::OperationError;
pub use numbers::{MemoryNumbers, Numbers};
pub use sight::readable;
