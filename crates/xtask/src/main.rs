//! What a person or CI types: run, test.
fn main() {}
