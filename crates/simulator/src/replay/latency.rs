//! Latencies in microseconds, as percentiles.

use std::{
    fmt,
    sync::Mutex,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use serde::Serialize;

/// The longest that is told apart: a day, in microseconds. What takes longer counts as a day.
const LONGEST_US: u64 = 86_400_000_000;

/// An empty histogram of microseconds or seconds, to three digits.
pub(crate) fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LONGEST_US, 3).expect("from 1 to a day with three digits is a range")
}

/// Latencies as they are measured, and when the first and the last came.
#[derive(Debug)]
pub struct Latency(Mutex<Measured>);

#[derive(Debug)]
struct Measured {
    histogram: Histogram<u64>,
    first: Option<Instant>,
    last: Option<Instant>,
}

impl Default for Latency {
    fn default() -> Self {
        Self(Mutex::new(Measured { histogram: histogram(), first: None, last: None }))
    }
}

impl Latency {
    /// One answer came after so long.
    pub fn record(&self, after: Duration) {
        let mut measured = self.0.lock().expect("nothing panics while it measures");
        measured.histogram.saturating_record(u64::try_from(after.as_micros()).unwrap_or(u64::MAX));
        let now = Instant::now();
        measured.last = Some(now);
        // the first call was asked for when its answer's latency began
        measured.first.get_or_insert_with(|| now.checked_sub(after).unwrap_or(now));
    }

    /// The percentiles.
    pub fn quantiles(&self) -> Quantiles {
        Quantiles::of(&self.0.lock().expect("nothing panics while it measures").histogram)
    }

    /// Answers a second, from the first question to the last answer; 0 before the first.
    pub fn per_second(&self) -> f64 {
        let measured = self.0.lock().expect("nothing panics while it measures");
        let (Some(first), Some(last)) = (measured.first, measured.last) else { return 0.0 };
        let seconds = last.duration_since(first).as_secs_f64();
        if seconds > 0.0 { measured.histogram.len() as f64 / seconds } else { 0.0 }
    }
}

/// Percentiles of what was measured, in its own unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Quantiles {
    /// How many were measured.
    pub count: u64,
    /// Half are below.
    pub p50: u64,
    /// Nine in ten are below.
    pub p90: u64,
    /// 99 in 100 are below.
    pub p99: u64,
    /// None is above.
    pub max: u64,
}

impl Quantiles {
    /// The percentiles of a histogram.
    pub fn of(histogram: &Histogram<u64>) -> Self {
        Self {
            count: histogram.len(),
            p50: histogram.value_at_quantile(0.5),
            p90: histogram.value_at_quantile(0.9),
            p99: histogram.value_at_quantile(0.99),
            max: histogram.max(),
        }
    }
}

/// In milliseconds, from microseconds.
pub(super) struct Milliseconds(pub(super) Quantiles);

impl fmt::Display for Milliseconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |us: u64| us as f64 / 1_000.0;
        let Quantiles { count, p50, p90, p99, max } = self.0;
        write!(
            f,
            "p50 {:.1} ms, p90 {:.1} ms, p99 {:.1} ms, max {:.1} ms ({count})",
            ms(p50),
            ms(p90),
            ms(p99),
            ms(max)
        )
    }
}

impl fmt::Display for Quantiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { count, p50, p90, p99, max } = self;
        write!(f, "p50 {p50} s, p90 {p90} s, p99 {p99} s, max {max} s ({count})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_what_was_measured() {
        let latency = Latency::default();
        for ms in 1..=100 {
            latency.record(Duration::from_millis(ms));
        }
        let quantiles = latency.quantiles();
        let near = |found: u64, wanted: u64| found.abs_diff(wanted) * 500 <= wanted;
        assert!(near(quantiles.p50, 50_000) && near(quantiles.p99, 99_000) && near(quantiles.max, 100_000));
        assert_eq!(quantiles.count, 100);
        assert!(latency.per_second() > 0.0);
        assert!(Milliseconds(quantiles).to_string().ends_with("(100)"));
    }

    #[test]
    fn nothing_measured_is_nothing_a_second() {
        let latency = Latency::default();
        assert!(latency.per_second() < f64::EPSILON);
        assert_eq!(latency.quantiles(), Quantiles::default());
    }
}
