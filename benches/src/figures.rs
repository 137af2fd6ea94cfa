//! Figures of single turns, and what is said of many: a median with its range, and ratios of turns of the same round.

use std::collections::BTreeMap;

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::{
    load::Borne,
    plan::{Load, Turn},
    side::{Kept, Name, Watched},
};

/// What one side did with one load in one round.
#[derive(Clone, Debug)]
pub struct Figure {
    /// The round, from 1.
    pub round: u32,
    /// How requests came.
    pub load: Load,
    /// Which side bore it.
    pub side: &'static str,
    /// Acknowledgements a second.
    pub per_second: f64,
    /// Latencies, in microseconds.
    pub latency_us: Histogram<u64>,
    /// How late requests were sent, in microseconds; empty for a closed load.
    pub lateness_us: Histogram<u64>,
    /// Work of each process per acknowledgement, in microseconds; absent where it could not be read.
    pub work_us: BTreeMap<&'static str, Option<f64>>,
    /// Failures, by what was said.
    pub failures: BTreeMap<String, u64>,
    /// What the side wrote by itself meanwhile, in changes; absent where that means nothing.
    pub own_changes: Option<u64>,
    /// What else was measured, by what it is and in which unit.
    pub beside: BTreeMap<&'static str, f64>,
    /// Whether it kept what it acknowledged.
    pub verdict: Verdict,
}

impl Figure {
    /// Puts together what was measured in one turn.
    pub fn new(round: u32, turn: Turn, mut borne: Borne, watched: &[Watched], kept: Kept) -> Self {
        let failed = borne.failed();
        let verdict = Verdict::of(borne.sent, failed, &mut borne.names, kept.names);
        let worked = watched.iter().zip(&borne.worked);
        let work_us = worked.map(|(process, worked)| {
            let each = worked.filter(|_| borne.acknowledged > 0);
            (process.name, each.map(|worked| worked.as_secs_f64() * 1e6 / count(borne.acknowledged)))
        });
        Self {
            round,
            load: turn.load,
            side: turn.side,
            per_second: count(borne.acknowledged) / borne.measured.as_secs_f64(),
            work_us: work_us.collect(),
            latency_us: borne.latency_us,
            lateness_us: borne.lateness_us,
            failures: borne.failures,
            own_changes: kept.own_changes,
            beside: BTreeMap::new(),
            verdict,
        }
    }

    /// A latency that so many percent were below, in milliseconds; absent if there was none.
    pub fn latency_ms(&self, percent: f64) -> Option<f64> {
        milliseconds(&self.latency_us, percent)
    }

    /// How late so many percent of the requests were sent at most, in milliseconds; absent for a closed load.
    pub fn late_ms(&self, percent: f64) -> Option<f64> {
        milliseconds(&self.lateness_us, percent)
    }

    /// How many requests came to nothing that is known.
    pub fn failed(&self) -> u64 {
        self.failures.values().sum()
    }
}

fn milliseconds(histogram: &Histogram<u64>, percent: f64) -> Option<f64> {
    (!histogram.is_empty()).then(|| count(histogram.value_at_percentile(percent)) / 1_000.0)
}

/// A count as a number to calculate with.
#[expect(clippy::cast_precision_loss, reason = "no run counts to 2^53")]
pub(crate) fn count(count: u64) -> f64 {
    count as f64
}

/// Whether a side kept exactly what it acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Requests sent.
    pub sent: u64,
    /// Requests acknowledged.
    pub acknowledged: u64,
    /// Things kept; absent for a side that keeps nothing.
    pub kept: Option<u64>,
    /// Acknowledged and not kept.
    pub lost: u64,
    /// Acknowledged twice under one name, or kept twice.
    pub double: u64,
    /// Kept without an acknowledgement, beyond as many as failed: what failed may have been kept all the same.
    pub unasked: u64,
    /// Sent, and neither acknowledged nor failed.
    pub unanswered: u64,
}

impl Verdict {
    /// Compares what was acknowledged with what was kept.
    fn of(sent: u64, failed: u64, acknowledged: &mut Vec<Name>, kept: Option<Vec<Name>>) -> Self {
        let answered = acknowledged.len() as u64;
        let mut double = dedup(acknowledged);
        let mut verdict = Self {
            sent,
            acknowledged: answered,
            kept: None,
            lost: 0,
            double,
            unasked: 0,
            unanswered: sent.saturating_sub(answered + failed),
        };
        let Some(mut kept) = kept else { return verdict };
        verdict.kept = Some(kept.len() as u64);
        double += dedup(&mut kept);
        verdict.double = double;
        let is_kept = |name: &&Name| kept.binary_search(name).is_ok();
        let found = acknowledged.iter().filter(is_kept).count();
        verdict.lost = (acknowledged.len() - found) as u64;
        verdict.unasked = ((kept.len() - found) as u64).saturating_sub(failed);
        verdict
    }

    /// True if nothing is wrong.
    pub const fn is_clean(&self) -> bool {
        self.lost == 0 && self.double == 0 && self.unasked == 0 && self.unanswered == 0
    }
}

/// Sorts names and leaves each once; says how many were left out.
fn dedup(names: &mut Vec<Name>) -> u64 {
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    (all - names.len()) as u64
}

/// A median and its range.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// The one in the middle; of two the mean.
    pub median: f64,
    /// The lowest.
    pub min: f64,
    /// The highest.
    pub max: f64,
    /// How many there are.
    pub count: usize,
}

impl Spread {
    /// The spread of values, if there are any.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let (min, max) = (*values.first()?, *values.last()?);
        let (low, high) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
        Some(Self { median: f64::midpoint(low, high), min, max, count: values.len() })
    }
}

/// What a ratio should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wanted {
    /// So much or less.
    AtMost(f64),
    /// So much or more.
    AtLeast(f64),
    /// It is only told.
    Told,
}

impl Wanted {
    /// Whether a ratio is as wanted; nothing where nothing is.
    pub fn is_met(self, ratio: f64) -> Option<bool> {
        match self {
            Self::AtMost(most) => Some(ratio <= most),
            Self::AtLeast(least) => Some(ratio >= least),
            Self::Told => None,
        }
    }
}

/// One ratio, round by round.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// What is compared with what.
    pub what: String,
    /// What it should be.
    pub wanted: Wanted,
    /// The ratio in each round that has both.
    pub ratios: Vec<f64>,
}

/// All figures of a run.
#[derive(Clone, Debug, Default)]
pub struct Figures(pub Vec<Figure>);

impl Figures {
    /// What a side did with a load, round by round.
    pub fn of<'a>(&'a self, side: &'a str, load: Load) -> impl Iterator<Item = &'a Figure> {
        self.0.iter().filter(move |figure| figure.side == side && figure.load == load)
    }

    /// One side's value divided by another's under the same load, for each round that has both.
    pub fn ratio(
        &self,
        (side, other): (&str, &str),
        load: Load,
        value: fn(&Figure) -> Option<f64>,
    ) -> Vec<f64> {
        let pairs = self.of(side, load).filter_map(|figure| {
            let mut same_round = self.of(other, load).filter(|other| other.round == figure.round);
            Some((value(figure)?, value(same_round.next()?)?))
        });
        quotients(pairs)
    }

    /// The highest rate of a side under any closed load divided by the other's, for each round that has both.
    pub fn best_ratio(&self, side: &str, other: &str) -> Vec<f64> {
        let (ours, theirs) = (self.best(side), self.best(other));
        quotients(ours.into_iter().filter_map(|(round, best)| Some((best, *theirs.get(&round)?))))
    }

    /// The highest rate of a side under any closed load, by round.
    fn best(&self, side: &str) -> BTreeMap<u32, f64> {
        let mut best = BTreeMap::new();
        for figure in self.0.iter().filter(|figure| figure.side == side) {
            if matches!(figure.load, Load::Closed { .. }) {
                let known = best.entry(figure.round).or_insert(0.0_f64);
                *known = known.max(figure.per_second);
            }
        }
        best
    }

    /// Everything that is wrong, one line for each turn.
    pub fn faults(&self) -> Vec<String> {
        let wrong = self.0.iter().filter(|figure| !figure.verdict.is_clean());
        wrong
            .map(|Figure { round, side, load, verdict, .. }| {
                let Verdict { sent, acknowledged, kept, lost, double, unasked, unanswered } = verdict;
                let kept = kept.map_or_else(|| "nothing".to_owned(), |kept| kept.to_string());
                format!(
                    "round {round}, {side}, {load}: sent {sent}, acknowledged {acknowledged}, kept {kept}: {lost} lost, \
                     {double} double, {unasked} unasked, {unanswered} unanswered"
                )
            })
            .collect()
    }
}

/// Quotients of pairs whose divisor is one.
fn quotients(pairs: impl Iterator<Item = (f64, f64)>) -> Vec<f64> {
    pairs.filter(|(_, divisor)| *divisor > 0.0).map(|(one, other)| one / other).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_double_or_unasked_is_found() {
        let judged = |acknowledged: &[Name], kept: &[Name], failed| {
            let sent = acknowledged.len() as u64 + failed;
            Verdict::of(sent, failed, &mut acknowledged.to_vec(), Some(kept.to_vec()))
        };
        assert!(judged(&[1, 2, 3], &[3, 2, 1], 0).is_clean());
        assert_eq!(judged(&[1, 2, 3], &[1, 3], 0).lost, 1);
        assert_eq!(judged(&[1, 2], &[1, 2, 2], 0).double, 1);
        assert_eq!(judged(&[1, 1], &[1], 0).double, 1);
        assert_eq!(judged(&[1], &[1, 9], 0).unasked, 1);
        assert!(judged(&[1], &[1, 9], 1).is_clean(), "what failed may have been kept");
        assert_eq!(Verdict::of(3, 1, &mut vec![1], None).unanswered, 1);
    }

    #[test]
    fn a_spread_is_a_median_and_its_range() {
        assert_eq!(Spread::of([]), None);
        assert_eq!(Spread::of([3.0, 1.0, 2.0]), Some(Spread { median: 2.0, min: 1.0, max: 3.0, count: 3 }));
        assert_eq!(Spread::of([4.0, 1.0]).map(|spread| spread.median), Some(2.5));
    }
}
