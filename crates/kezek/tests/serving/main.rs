//! `kezek serve` as a process of its own: how it ends, what its log holds, and what lines are answered.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod centre;
mod lines;
mod log;
mod stopping;
