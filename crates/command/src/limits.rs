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

/// Names that are offered where nothing is called as was typed: as many as are read at a glance.
pub const NEAR_MAX: usize = 5;

/// Letters that may be wrong in a name that is still near.
pub const NEAR_MISTAKES_MAX: usize = 3;

/// Letters of a word's beginning that is compared: fewer with a wrong one are the beginning of anything.
pub const BEGINNING_CHARS_MIN: usize = 4;

/// Letters of what is compared with names: a title has fewer, and a line is looked at with each key.
pub const NEAR_CHARS_MAX: usize = 60;

const _: () =
    assert!(COUNT_MAX <= domain::limits::UNITS_PER_NEED_MAX, "no line asks for more than a need holds");
