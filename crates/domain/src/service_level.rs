//! How well a centre answers: norms, and how each is kept, counted exactly from cases.
//!
//! A case is one thing that somebody waited for. It follows from a record alone, so whoever counts the same records in
//! whatever order comes to the same figures.

mod case;
mod tally;

use std::time::Duration;

use jiff::Timestamp;

use crate::Seconds;

pub use case::{Case, Outcome, answer, crew_receipt, desk_receipt};
pub use tally::{CASES_MAX, Levels, Tally, WINDOW_MAX, Waiting};

/// What a norm measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// From when a call rang until somebody answered it.
    Answer,
    /// From when a call was answered until the first unit was sent, for incidents of the two most urgent priorities.
    Dispatch,
    /// From when an assignment was sent until a named person at the duty desk had it.
    DeskReceipt,
    /// From when a unit was sent until its crew acknowledged it.
    CrewReceipt,
}

/// What is aimed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Norm {
    /// A word that stays the same across releases.
    pub id: &'static str,
    /// Where it is from.
    pub source: &'static str,
    /// What it measures.
    pub measure: Measure,
    /// Within how long.
    pub limit: Seconds,
    /// What share of cases must be within, in tenths of a percent.
    pub aim_per_mille: u16,
}

/// Every norm, in the order in which they are shown.
///
/// The Russian decree and the plan name no share for receipts: they ask for each.
pub const NORMS: [Norm; 7] = [
    norm("NENA_ANSWER_15", "NENA-STA-020.1-2020", Measure::Answer, 15, 900),
    norm("NENA_ANSWER_20", "NENA-STA-020.1-2020", Measure::Answer, 20, 950),
    norm("NFPA_ANSWER_10", "NFPA 1225-2022", Measure::Answer, 10, 900),
    norm("RU_ANSWER_20", "RF Government Decree 1931 of 2021-11-12", Measure::Answer, 20, 980),
    norm("NFPA_DISPATCH_60", "NFPA 1225-2022", Measure::Dispatch, 60, 900),
    norm("DESK_RECEIPT_30", "RF Government Decree 1931 of 2021-11-12", Measure::DeskReceipt, 30, 1_000),
    norm("CREW_RECEIPT_60", "response plan", Measure::CrewReceipt, 60, 1_000),
];

const fn norm(
    id: &'static str,
    source: &'static str,
    measure: Measure,
    limit_s: u32,
    aim_per_mille: u16,
) -> Norm {
    Norm { id, source, measure, limit: Seconds(limit_s), aim_per_mille }
}

/// How a norm is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Level {
    /// How many cases were decided.
    pub decided: u64,
    /// How many of them were within the limit.
    pub within: u64,
    /// How many wait now.
    pub waiting: u32,
    /// How many of those are late already.
    pub waiting_late: u32,
    /// When the one that has waited longest without being late becomes late. Absent: none waits, or all are late.
    pub next_breach_at: Option<Timestamp>,
    /// How many further cases in a row may be late before the share falls below the aim.
    pub late_allowed: u64,
    /// The median of the decided cases. Absent: none was decided.
    pub median: Option<Duration>,
    /// What nine tenths of the decided cases were within. Absent: none was decided.
    pub ninetieth: Option<Duration>,
}

impl Norm {
    /// How it is kept by these cases; those that wait, wait at `now`.
    pub fn level<'a>(&self, cases: impl IntoIterator<Item = &'a Case>, now: Timestamp) -> Level {
        let limit = Duration::from_secs(self.limit.0.into());
        let mut level = Level::default();
        let mut took = Vec::new();
        for case in cases {
            match case.outcome {
                Outcome::Waiting if now > case.began_at && case.took_until(now) > limit => {
                    level.waiting += 1;
                    level.waiting_late += 1;
                }
                Outcome::Waiting => {
                    level.waiting += 1;
                    let late_at = case.began_at.checked_add(limit).unwrap_or(Timestamp::MAX);
                    level.next_breach_at =
                        Some(level.next_breach_at.map_or(late_at, |known| known.min(late_at)));
                }
                // whoever hung up before the limit was kept waiting by nobody
                Outcome::Abandoned { at } if case.took_until(at) <= limit => {}
                Outcome::Met { at } | Outcome::Abandoned { at } => took.push(case.took_until(at)),
            }
        }
        took.sort_unstable();
        level.decided = took.len() as u64;
        level.within = took.partition_point(|delay| *delay <= limit) as u64;
        level.late_allowed = late_allowed(level.decided, level.within, self.aim_per_mille);
        (level.median, level.ninetieth) = (rank(&took, 50), rank(&took, 90));
        level
    }
}

/// How many further late cases leave at least `aim_per_mille` of all within.
fn late_allowed(decided: u64, within: u64, aim_per_mille: u16) -> u64 {
    let most = u128::from(within) * 1_000 / u128::from(aim_per_mille.max(1));
    u64::try_from(most).unwrap_or(u64::MAX).saturating_sub(decided)
}

/// The smallest of sorted delays that so many percent of them are within.
fn rank(sorted: &[Duration], percent: usize) -> Option<Duration> {
    let place = (sorted.len() * percent).div_ceil(100).checked_sub(1)?;
    sorted.get(place).copied()
}

#[cfg(test)]
mod tests;
