//! The doors of a real node on a real Redis, from the outside.
#![allow(clippy::unwrap_used, reason = "in a test a surprise is a failure")]

mod access;
mod bad_input;
mod command_line;
mod connections;
mod console;
mod desk_link;
mod directory;
mod drain;
mod flow;
mod gateway;
mod journal;
mod looking_back;
mod metrics;
mod node;
mod noted;
mod open_doors;
mod pages;
mod raw;
mod restricted;
mod store;
mod stories;
mod tokens;
mod transport;
mod watching;
mod web;
