//! Follows a centre's change stream, keeps its board, its timers and the ring that watchers read.
//!
//! **Only the stream changes a board**: nothing here shows a write before the store's own stream told of it. It never
//! decides anything about an incident, never commits a record, and never knows how a frame travels.
//!
//! One task owns each centre (follows, applies, tells positions); everybody else copies out under a short lock that is
//! never held across an await. Nothing grows with a slow reader: watchers and subscribers keep a number, not a queue,
//! and read one bounded ring.

mod audience;
mod clock;
mod directory;
mod driver;
mod due;
mod frame;
mod handle;
pub mod limits;
mod live;
mod past;
mod picture;
mod presence;
mod redact;
mod ring;
mod scope;
mod seen_mark;
mod status;
mod subscription;
mod tellings;
mod view;
mod watch;

pub use audience::incident_of;
pub use clock::{Clock, SystemClock};
pub use due::Due;
pub use frame::{Body, Frame};
pub use handle::{Centre, CentreConfig, NotReached};
pub use limits::RingLimits;
pub use past::{Past, PastError, Withheld, readable_incidents};
pub use picture::Picture;
pub use presence::{Attendance, Sight, Sights};
pub use redact::redact;
pub use scope::{Scope, View, Watcher};
pub use seen_mark::{FileSeenMark, MemorySeenMark, SeenMark, SeenMarkError};
pub use status::{Status, StoreBehind, Unmade};
pub use subscription::{Applied, Heard, Subscription};
pub use view::ViewRecord;
pub use watch::Watch;
