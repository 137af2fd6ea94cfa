//! What a replay showed, as text and as JSON.

use std::{collections::BTreeMap, fmt, sync::atomic::Ordering, time::Duration};

use serde::Serialize;

use super::{
    Intake, ReplayOptions, Spacing,
    latency::{Milliseconds, Quantiles},
};
use crate::{
    connection::Access,
    crowd::{ClosedFigures, Intervals},
    trace::{BadRow, Trace},
};

/// What a replay showed. Latencies are microseconds of real time, intervals seconds of the centre's clock.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Seconds of the centre's clock in one second.
    pub clock_rate: f64,
    /// How many times closer than in the trace calls followed on each other; absent flat out.
    pub scale: Option<f64>,
    /// Rows of the trace that could not be read.
    pub bad_rows: Vec<BadRow>,
    /// Calls of the trace.
    pub calls: u64,
    /// Calls acknowledged.
    pub calls_in: u64,
    /// Calls that were given up or refused.
    pub calls_failed: u64,
    /// Calls whose incidents were closed.
    pub calls_out: u64,
    /// Calls that were ended with their callers.
    pub calls_ended: u64,
    /// Real seconds from the first call to the last acknowledgement.
    pub taking_s: f64,
    /// Real seconds until nothing was open.
    pub whole_s: f64,
    /// True if nothing was open at the end.
    pub quiet: bool,
    /// What was open at the end, a line for each incident as the operators saw it.
    pub still_open: Vec<String>,
    /// Calls acknowledged a second of real time.
    pub calls_per_s: f64,
    /// From the moment a call was due to its acknowledgement.
    pub intake_us: Quantiles,
    /// From the acknowledgement to the assignment on the desk's stream, where the centre sent by itself.
    pub assigned_by_centre_us: Quantiles,
    /// The same where an operator had to confirm; it includes the time the operator took.
    pub assigned_by_person_us: Quantiles,
    /// Times between steps.
    pub intervals: IntervalReport,
    /// Incidents closed.
    pub incidents_closed: u64,
    /// Assignments that asked somebody to respond.
    pub assignments: u64,
    /// Runs.
    pub runs: u64,
    /// Share of all units' time in which they were bound to a run, 0 to 1.
    pub utilisation: f64,
    /// Needs for which nobody could be found at first.
    pub shortfalls: u64,
    /// Calls that may be about an open incident.
    pub suspected_duplicates: u64,
    /// Assignments and runs whose answer did not come in time.
    pub expired: u64,
    /// Assignments given back.
    pub returned: u64,
    /// Times that somebody else was faster.
    pub conflicts: u64,
    /// Requests that got their first answer again.
    pub repeats: u64,
    /// Attempts whose outcome was unknown, and that were sent again.
    pub unknown: u64,
    /// Refusals, by the centre's word for each.
    pub refused: BTreeMap<String, u64>,
}

/// Times between steps, in seconds of the centre's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct IntervalReport {
    /// From the call taken to the first desk or unit sent.
    pub taken_to_sent_s: Quantiles,
    /// From an assignment sent to received.
    pub sent_to_received_s: Quantiles,
    /// From a run sent to acknowledged.
    pub sent_to_acknowledged_s: Quantiles,
    /// From acknowledged to en route.
    pub acknowledged_to_en_route_s: Quantiles,
    /// From en route to on scene.
    pub en_route_to_scene_s: Quantiles,
    /// From the call taken to the first unit on scene.
    pub taken_to_scene_s: Quantiles,
}

/// How long a replay took.
pub(super) struct Times {
    pub(super) taking: Duration,
    pub(super) whole: Duration,
    pub(super) quiet: bool,
}

/// Puts a report together.
pub(super) fn of(
    access: &Access,
    trace: &Trace,
    options: &ReplayOptions,
    intake: &Intake,
    times: Times,
) -> Report {
    let figures = intake.crowd.as_ref().map(|crowd| crowd.figures());
    let closed = figures.map(|figures| figures.closed_figures()).unwrap_or_default();
    let (by_centre, by_person) = figures
        .map(|figures| figures.seen_after_us())
        .map(|(centre, person)| (Quantiles::of(&centre), Quantiles::of(&person)))
        .unwrap_or_default();
    let units = intake.crowd.as_ref().map_or(0, |crowd| crowd.city().units().count());
    let tally = access.tally();
    Report {
        clock_rate: access.pace().clock_rate(),
        scale: match options.spacing {
            Spacing::Scaled(scale) => Some(scale),
            Spacing::FlatOut { .. } => None,
        },
        bad_rows: trace.bad_rows.clone(),
        calls: trace.calls.len() as u64,
        calls_in: intake.taken.load(Ordering::Relaxed),
        calls_failed: intake.failed.load(Ordering::Relaxed),
        calls_out: closed.calls,
        calls_ended: intake.ended.load(Ordering::Relaxed),
        taking_s: times.taking.as_secs_f64(),
        whole_s: times.whole.as_secs_f64(),
        quiet: times.quiet,
        still_open: intake.crowd.as_ref().map(|crowd| crowd.still_open()).unwrap_or_default(),
        calls_per_s: intake.latency.per_second(),
        intake_us: intake.latency.quantiles(),
        assigned_by_centre_us: by_centre,
        assigned_by_person_us: by_person,
        intervals: IntervalReport::of(&closed.intervals),
        incidents_closed: closed.incidents,
        assignments: closed.assignments,
        runs: closed.runs,
        utilisation: utilisation(&closed, units, access.pace().passed(times.whole)),
        shortfalls: figures.map_or(0, |figures| figures.shortfalls()),
        suspected_duplicates: intake.suspected.load(Ordering::Relaxed),
        expired: closed.expired,
        returned: closed.returned,
        conflicts: tally.conflicts,
        repeats: tally.repeated,
        unknown: tally.unknown,
        refused: tally.refused,
    }
}

/// Share of all units' time in which they were bound.
fn utilisation(closed: &ClosedFigures, units: usize, seconds: f64) -> f64 {
    let all = units as f64 * seconds;
    if all > 0.0 { closed.busy_s / all } else { 0.0 }
}

impl IntervalReport {
    fn of(intervals: &Intervals) -> Self {
        Self {
            taken_to_sent_s: Quantiles::of(&intervals.taken_to_sent),
            sent_to_received_s: Quantiles::of(&intervals.sent_to_received),
            sent_to_acknowledged_s: Quantiles::of(&intervals.sent_to_acknowledged),
            acknowledged_to_en_route_s: Quantiles::of(&intervals.acknowledged_to_en_route),
            en_route_to_scene_s: Quantiles::of(&intervals.en_route_to_scene),
            taken_to_scene_s: Quantiles::of(&intervals.taken_to_scene),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failed = self.calls_failed;
        writeln!(
            f,
            "calls                {} in the trace, {} taken, {failed} not",
            self.calls, self.calls_in
        )?;
        for bad in &self.bad_rows {
            writeln!(f, "  left out           {bad}")?;
        }
        writeln!(f, "sustained            {:.1} calls/s over {:.1} s", self.calls_per_s, self.taking_s)?;
        writeln!(f, "request to ack       {}", Milliseconds(self.intake_us))?;
        if self.scale.is_none() {
            writeln!(f, "flat out: only what stands above is claimed")?;
        } else {
            self.fmt_dispatch(f)?;
        }
        let (conflicts, repeats, unknown) = (self.conflicts, self.repeats, self.unknown);
        writeln!(
            f,
            "requests             {conflicts} conflicts, {repeats} repeats, {unknown} sent again unknown"
        )?;
        for (reason, count) in &self.refused {
            writeln!(f, "  refused            {count} × {reason}")?;
        }
        Ok(())
    }
}

impl Report {
    fn fmt_dispatch(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = if self.quiet { "nothing was open" } else { "SOMETHING WAS STILL OPEN" };
        writeln!(
            f,
            "end                  after {:.1} s {end}, clock rate {}",
            self.whole_s, self.clock_rate
        )?;
        for open in &self.still_open {
            writeln!(f, "  open               {open}")?;
        }
        writeln!(f, "ack to desk, auto    {}", Milliseconds(self.assigned_by_centre_us))?;
        writeln!(f, "ack to desk, person  {}", Milliseconds(self.assigned_by_person_us))?;
        let intervals = &self.intervals;
        writeln!(f, "taken to sent        {}", intervals.taken_to_sent_s)?;
        writeln!(f, "sent to received     {}", intervals.sent_to_received_s)?;
        writeln!(f, "sent to acknowledged {}", intervals.sent_to_acknowledged_s)?;
        writeln!(f, "to en route          {}", intervals.acknowledged_to_en_route_s)?;
        writeln!(f, "to scene             {}", intervals.en_route_to_scene_s)?;
        writeln!(f, "taken to scene       {}", intervals.taken_to_scene_s)?;
        let (closed, out, ended) = (self.incidents_closed, self.calls_out, self.calls_ended);
        writeln!(f, "closed               {closed} incidents of {out} calls; {ended} calls ended")?;
        let (assignments, runs) = (self.assignments, self.runs);
        writeln!(
            f,
            "sent                 {assignments} assignments, {runs} runs; units busy {:.0} %",
            self.utilisation * 100.0
        )?;
        let (expired, returned, shortfalls) = (self.expired, self.returned, self.shortfalls);
        writeln!(f, "went wrong           {expired} expired, {returned} returned, {shortfalls} shortfalls")?;
        writeln!(f, "suspected duplicates {}", self.suspected_duplicates)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utilisation_is_the_share_of_all_units_time() {
        let closed = ClosedFigures { busy_s: 500.0, ..ClosedFigures::default() };
        assert!((utilisation(&closed, 10, 100.0) - 0.5).abs() < 1e-9);
        assert!(utilisation(&closed, 0, 100.0).abs() < 1e-9);
    }
}
