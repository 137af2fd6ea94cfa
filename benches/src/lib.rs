//! Measurements that explain the figures the documents quote: every side of a comparison in one run, in turns.
//!
//! It never judges by a figure of its own: a machine is fast today and slow tomorrow, so what it states are ratios of
//! runs a moment apart, and every side proves that it kept what it acknowledged. It changes nothing of the product and
//! is never shipped.
//!
//! A measurement is a module such as [`intake`]: its sides ([`side::Side`]), its cells ([`plan::Cell`]) and its goals.
//! Loads, rounds, figures and reports are the same for all.

mod city;
pub mod country;
pub mod dispatch;
pub mod fanout;
pub mod figures;
pub mod growth;
pub mod intake;
pub mod load;
pub mod machine;
pub mod nearest;
pub mod node;
mod own_server;
pub mod plan;
pub mod processes;
pub mod report;
pub mod rounds;
pub mod side;
