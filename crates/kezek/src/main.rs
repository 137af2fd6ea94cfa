//! The one binary: serve, demo, call, incident, unit, watch, directory, replay, token.
fn main() {}
