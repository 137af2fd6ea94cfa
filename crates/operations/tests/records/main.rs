//! What an operation does with records that are as large as they may be, and with those that cannot be read.

mod damaged;
mod explained;
mod largest;
mod room;
