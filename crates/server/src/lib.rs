//! The doors of a centre: gRPC, gRPC-Web, the web console, health and metrics on one port, with their configuration, telemetry and drain.
//!
//! It translates and nothing else: decode, operation, encode. It never decides what is legal, never keeps state of its
//! own beside a counter and a mark, and never logs a token or what a caller said.

mod access;
mod admission;
mod archiver;
mod basemap;
mod clock;
mod codes;
pub mod configuration;
mod door;
mod folder;
mod footing;
mod health;
mod hold;
mod identities;
mod journaling;
mod keys;
mod levels;
pub mod limits;
mod listen;
mod numbers;
mod pages;
mod plain;
mod remains;
mod reviews;
mod running;
mod services;
mod start;
mod status;
mod stream_end;
pub mod telemetry;
mod tls;
mod wall_clock;

pub use access::{AccessRow, access_table};
pub use codes::ServerCode;
pub use configuration::{
    Configuration, ConfigurationError, JournalSetting, Loaded, LogFormat, Origin, Setting, shown_settings,
};
pub use domain::causes::with_causes;
pub use folder::read_folder;
pub use footing::{Footing, Instead};
pub use keys::{KeysError, read_keys};
pub use numbers::{FileNumbers, NumbersError};
pub use pages::DemoHolder;
pub use redis_store::ArchiveError;
pub use remains::Remains;
pub use running::{Running, serve};
pub use start::{ServeError, start, start_on};

/// Archives what is over in the store of `room` to the folder, for as long as this is polled: what has been over for
/// `after`, first to a file, then out of the store. A running server does this by itself.
pub async fn archive(room: operations::ControlRoom, folder: std::path::PathBuf, after: domain::Seconds) {
    archiver::run(room, folder, after).await;
}
