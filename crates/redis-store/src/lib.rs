//! Store on Redis: the function library, the change stream and the private redis-server of one machine.
//!
//! It decides nothing about calls or units and never decodes a record: what it compares is versions. It never sends a
//! request twice; a request that was not answered is [unknown](store::StoreError::Unknown).

mod address;
pub mod archive;
mod codec;
mod commits;
mod fault;
mod keys;
mod library;
pub mod limits;
mod link;
pub mod private;
mod redis_store;
mod reply;
pub mod scratch;
mod settings;

pub use address::Address;
pub use archive::{Archive, ArchiveError};
pub use library::{LIBRARIES, Library};
pub use private::{Private, PrivateError, PrivateOptions};
pub use redis_store::RedisStore;
pub use settings::{Finding, Settings};
