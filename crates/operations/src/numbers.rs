//! The numbers people say aloud: a counter that never gives one twice.

use std::sync::atomic::{AtomicU64, Ordering};

use domain::SpokenNumber;

/// A source of spoken numbers. Gaps are allowed, repeats are not, not even after a crash.
pub trait Numbers: Send + Sync + 'static {
    /// The next number.
    fn next(&self) -> SpokenNumber;
}

/// Numbers that last as long as the process: for simulations and tests.
#[derive(Debug, Default)]
pub struct MemoryNumbers(AtomicU64);

impl Numbers for MemoryNumbers {
    fn next(&self) -> SpokenNumber {
        SpokenNumber::new(None, self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }
}
