//! How much one line may hold, each number with its reason.

/// Bytes of a line: a note of a few sentences in any script, and far more than anybody types in one breath.
pub const LINE_BYTES_MAX: usize = 2_048;

/// Units that one line may name: each is sent by a commit of its own, and whoever sends more than this at once sends them
/// by what the plan asks for.
pub const UNITS_MAX: usize = 10;

/// Minutes that a line may hold an incident for; how long is allowed is for whoever holds it to say.
pub const MINUTES_MAX: u32 = 9_999;

/// Units that one line may ask for.
pub const COUNT_MAX: u8 = 40;

const _: () =
    assert!(COUNT_MAX <= domain::limits::UNITS_PER_NEED_MAX, "no line asks for more than a need holds");
