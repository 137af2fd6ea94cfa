//! `kezek serve` as a process of its own: how it ends, and what its log holds.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod centre;
mod log;
mod stopping;
