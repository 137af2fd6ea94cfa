//! The rules of the records as a person can review them: each lifecycle as a table, what holds over any history, what
//! a record looks like after it was written and read, and what a board shows after any changes.

#![expect(clippy::unwrap_used, reason = "a test that cannot build its records has failed")]

mod board;
mod histories;
mod lifecycle;
mod records;
mod samples;
mod service_level;
mod strategies;
mod tables;
mod whereabouts;
