//! The commit, its outcomes, the change stream and the Store trait, with the in-memory reference.
