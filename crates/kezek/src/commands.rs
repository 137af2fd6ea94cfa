//! One file per command: what it takes on the command line, what it asks, what it prints.

pub(crate) mod alarm;
pub(crate) mod call;
pub(crate) mod cmd;
pub(crate) mod desk;
pub(crate) mod directory;
pub(crate) mod dispatching;
pub(crate) mod incident;
pub(crate) mod journal;
pub(crate) mod replay;
pub(crate) mod serve;
pub(crate) mod token;
pub(crate) mod unit;
