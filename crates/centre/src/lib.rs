//! Follows a centre's change stream, keeps its board, its timers and the ring that watchers read.
