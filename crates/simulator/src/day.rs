//! Whole days of a small centre on virtual time: the same use cases, dispatcher and board that a server runs, over the
//! store in memory, with everything that can go wrong drawn from a seed.
//!
//! It drives `operations` and nothing else: no network, no disk, and no time but the one it is given. A day that fails
//! says why and names its seed, and the same seed is the same day.

pub mod account;
pub mod ledger;
pub mod model;
pub mod wire;
pub mod world;
