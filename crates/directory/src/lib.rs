//! Reads a centre's files, as text, into a Directory or into every error they hold.
