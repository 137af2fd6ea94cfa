//! What the control room can do: one use case per file, and the dispatcher that runs them.
