//! A seeded city of callers, duty desks, crews and operators that drives a running centre over gRPC, the replay of
//! recorded traces, and the audit that reads what is left in the store.
//!
//! It knows the centre by its contract alone: nothing here reaches into a server. The audit never asks the centre it
//! judges; it reads the clients' own histories and the store.

mod archived;
pub mod audit;
pub mod connection;
pub mod crowd;
pub mod day;
pub mod faults;
pub mod history;
pub mod laws;
pub mod pace;
pub mod process;
pub mod replay;
pub mod trace;
pub mod watching;
