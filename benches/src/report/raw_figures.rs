//! Every figure of every round as JSON, for programs and for whoever doubts a median.

use serde_json::{Value, json};

use super::Told;
use crate::figures::{Comparison, Figure, Wanted};

/// Percentiles that are told.
const PERCENTILES: [f64; 6] = [10.0, 50.0, 90.0, 99.0, 99.9, 100.0];

/// The whole file.
pub(super) fn json(told: &Told) -> String {
    let whole = json!({
        "measurement": told.name,
        "each": told.words.each,
        "done": told.words.done,
        "rounds": told.pace.rounds,
        "seed": told.pace.seed,
        "warm_s": told.pace.warm.as_secs_f64(),
        "measured_s": told.pace.measured.as_secs_f64(),
        "facts": told.facts.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
        "not_measured": told.not_measured,
        "totals": told.totals.iter().copied().collect::<std::collections::BTreeMap<_, _>>(),
        "comparisons": told.comparisons.iter().map(comparison).collect::<Vec<_>>(),
        "turns": told.figures.0.iter().map(turn).collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&whole).expect("figures are plain data, so they always become JSON")
}

fn comparison(comparison: &Comparison) -> Value {
    let (at_most, at_least) = match comparison.wanted {
        Wanted::AtMost(most) => (Some(most), None),
        Wanted::AtLeast(least) => (None, Some(least)),
        Wanted::Told => (None, None),
    };
    json!({ "what": comparison.what, "at_most": at_most, "at_least": at_least, "ratios": comparison.ratios })
}

fn turn(figure: &Figure) -> Value {
    let percentiles = |histogram: &hdrhistogram::Histogram<u64>| -> Value {
        let each =
            PERCENTILES.map(|percent| (format!("p{percent}"), json!(histogram.value_at_percentile(percent))));
        Value::Object(each.into_iter().collect())
    };
    json!({
        "round": figure.round,
        "load": figure.load.to_string(),
        "side": figure.side,
        "done_per_s": figure.per_second,
        "latency_us": percentiles(&figure.latency_us),
        "latencies": figure.latency_us.len(),
        "sent_late_us": (!figure.lateness_us.is_empty()).then(|| percentiles(&figure.lateness_us)),
        "work_us_each": figure.work_us,
        "failures": figure.failures,
        "own_changes": figure.own_changes,
        "beside": figure.beside,
        "verdict": figure.verdict,
    })
}
