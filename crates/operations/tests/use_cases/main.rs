//! Use cases on a control room in memory: what its own writes, its desks, its largest records and its
//! damaged ones do to it, and what is measured of it.

mod answer_times;
mod damaged;
mod desks;
mod desks_of_calls;
mod explained;
mod largest;
mod lines;
mod own_writes;
mod room;
mod rush;
