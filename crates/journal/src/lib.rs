//! What this node accepted and what it followed, in append-only segments on its own disk, fsynced before anybody is told.
//!
//! It decides nothing: it speaks to no store, applies nothing, and never removes what waits to be settled. It never
//! acknowledges after a failed write or fsync, never changes what it wrote, and never says that something is there which a
//! power cut could take.
//!
//! One thread writes. It takes whatever has queued, writes it at once, fsyncs it at once and answers all who wait; so the
//! fsync of a slow disk is shared by as many as come while it lasts, and nobody waits for company.

pub mod disk;
mod entry;
mod error;
mod followed;
pub mod format;
mod inspect;
mod journal;
mod ledger;
pub mod limits;
mod look;
mod node;
mod open;
mod quarantine;
pub mod scan;
mod standing;
mod survey;
mod writer;

pub use entry::{DecodeError, Entry, Kind, Sequence};
pub use error::{AppendError, JournalError};
pub use inspect::{Found, Inspection, Located, Verification, inspect, inspect_on, verify, verify_on};
pub use journal::{Journal, Medium, Options, State, Status};
pub use ledger::SegmentSummary;
pub use look::{Damage, DamageKind, Torn};
pub use open::{Opened, Quarantined};
pub use survey::{Stranger, StrangerReason};
