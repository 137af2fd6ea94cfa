//! Tells cargo to embed the console anew once another one was built.
//!
//! It runs no npm: whoever builds without Node builds the same program, without the console in it.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // Where debug assertions hold, the files are read while the program runs. A folder that is not there counts as changed
    // each time, which is right for the one build in which it comes.
    let is_embedded = env::var_os("CARGO_FEATURE_EMBEDDED").is_some();
    if is_embedded && env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed=web/dist");
    }
}
