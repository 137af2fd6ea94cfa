//! `kezek watch`: the live board of a centre, a line per change, or its frames as JSON.

mod board;
mod follow;
mod lines;
mod link;
mod picture;

pub(crate) use follow::{Watch, run, tell};
