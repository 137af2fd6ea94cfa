//! What a replay showed, as text and as JSON.

use std::{collections::BTreeMap, fmt, sync::atomic::Ordering, time::Duration};

use serde::Serialize;

use super::{
    Intake, ReplayOptions, Spacing,
    latency::{Milliseconds, Quantiles},
};
use crate::{
    connection::Access,
    crowd::{ClosedFigures, Crowd, Intervals},
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
    /// Real seconds from the first call to the last acknowledgement.
    pub taking_s: f64,
    /// Calls acknowledged a second of real time.
    pub calls_per_s: f64,
    /// From the moment a call was due to its acknowledgement.
    pub intake_us: Quantiles,
    /// Calls that may be about an open incident.
    pub suspected_duplicates: u64,
    /// What followed the calls; absent flat out, where nobody dispatched and nothing is claimed of it.
    #[serde(flatten)]
    pub dispatch: Option<DispatchReport>,
    /// Times that somebody else was faster.
    pub conflicts: u64,
    /// Requests that got their first answer again.
    pub repeats: u64,
    /// Attempts whose outcome was unknown, and that were sent again.
    pub unknown: u64,
    /// Refusals, by the centre's word for each.
    pub refused: BTreeMap<String, u64>,
}

/// What followed the calls of a replay with a crowd.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DispatchReport {
    /// Calls whose incidents were closed.
    pub calls_out: u64,
    /// Calls that were ended with their callers.
    pub calls_ended: u64,
    /// Real seconds until nothing was open.
    pub whole_s: f64,
    /// True if nothing was open at the end.
    pub quiet: bool,
    /// What was open at the end, a line for each incident as the operators saw it.
    pub still_open: Vec<String>,
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
    /// Assignments and runs whose answer did not come in time.
    pub expired: u64,
    /// Assignments given back.
    pub returned: u64,
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
        taking_s: times.taking.as_secs_f64(),
        calls_per_s: intake.latency.per_second(),
        intake_us: intake.latency.quantiles(),
        suspected_duplicates: intake.suspected.load(Ordering::Relaxed),
        dispatch: intake.crowd.as_ref().map(|crowd| dispatch(access, intake, crowd, &times)),
        conflicts: tally.conflicts,
        repeats: tally.repeated,
        unknown: tally.unknown,
        refused: tally.refused,
    }
}

/// What followed the calls.
fn dispatch(access: &Access, intake: &Intake, crowd: &Crowd, times: &Times) -> DispatchReport {
    let figures = crowd.figures();
    let closed = figures.closed_figures();
    let (by_centre, by_person) = figures.seen_after_us();
    let (units, seconds) = (crowd.city().units().count(), access.pace().passed(times.whole));
    DispatchReport {
        calls_out: closed.calls,
        calls_ended: intake.ended.load(Ordering::Relaxed),
        whole_s: times.whole.as_secs_f64(),
        quiet: times.quiet,
        still_open: crowd.still_open(),
        assigned_by_centre_us: Quantiles::of(&by_centre),
        assigned_by_person_us: Quantiles::of(&by_person),
        intervals: IntervalReport::of(&closed.intervals),
        incidents_closed: closed.incidents,
        assignments: closed.assignments,
        runs: closed.runs,
        utilisation: utilisation(&closed, units, seconds),
        shortfalls: figures.shortfalls(),
        expired: closed.expired,
        returned: closed.returned,
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
        writeln!(f, "suspected duplicates {}", self.suspected_duplicates)?;
        match &self.dispatch {
            Some(dispatch) => dispatch.fmt_at_rate(f, self.clock_rate)?,
            None => writeln!(f, "flat out: nobody dispatched, and nothing is claimed of it")?,
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
    /// What kept this replay from being whole, for a person: calls that were not taken. Absent if all were.
    pub fn not_taken(&self) -> Option<String> {
        let (failed, all) = (self.calls_failed, self.calls);
        (failed > 0 || self.calls_in < all)
            .then(|| format!("{} of {all} calls were not taken", all - self.calls_in))
    }

    /// What was left when patience was over, for a person: incidents that were still open. Absent if none was, and flat
    /// out, where nobody ends any.
    pub fn not_ended(&self) -> Option<String> {
        let dispatch = self.dispatch.as_ref().filter(|dispatch| !dispatch.quiet)?;
        Some(match dispatch.still_open.len() {
            // everything ended just after, or the operators' picture was not whole
            0 => "it is not known whether anything was still open when patience was over".to_owned(),
            1 => "1 incident was still open when patience was over".to_owned(),
            open => format!("{open} incidents were still open when patience was over"),
        })
    }
}

impl DispatchReport {
    fn fmt_at_rate(&self, f: &mut fmt::Formatter<'_>, clock_rate: f64) -> fmt::Result {
        let end = if self.quiet { "nothing was open" } else { "SOMETHING WAS STILL OPEN" };
        writeln!(f, "end                  after {:.1} s {end}, clock rate {clock_rate}", self.whole_s)?;
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
        writeln!(f, "went wrong           {expired} expired, {returned} returned, {shortfalls} shortfalls")
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

    fn flat_out() -> Report {
        Report {
            clock_rate: 1.0,
            scale: None,
            bad_rows: Vec::new(),
            calls: 9,
            calls_in: 9,
            calls_failed: 0,
            taking_s: 1.0,
            calls_per_s: 9.0,
            intake_us: Quantiles::default(),
            suspected_duplicates: 0,
            dispatch: None,
            conflicts: 0,
            repeats: 1,
            unknown: 0,
            refused: BTreeMap::new(),
        }
    }

    #[test]
    fn flat_out_nothing_is_claimed_of_dispatch() {
        let told = serde_json::to_value(flat_out()).unwrap();
        for claim in ["calls_out", "assignments", "utilisation", "expired", "returned", "quiet", "intervals"]
        {
            assert_eq!(told.get(claim), None, "{claim}");
        }
        assert_eq!(told["calls_in"], 9);
        let lived = Report { dispatch: Some(DispatchReport::default()), ..flat_out() };
        assert_eq!(serde_json::to_value(lived).unwrap()["assignments"], 0);
    }

    #[test]
    fn a_replay_is_whole_only_if_every_call_was_taken_and_nothing_is_open() {
        assert_eq!((flat_out().not_taken(), flat_out().not_ended()), (None, None));
        let failed = Report { calls_in: 7, calls_failed: 2, ..flat_out() };
        assert_eq!(failed.not_taken().as_deref(), Some("2 of 9 calls were not taken"));
        let open = |quiet, still_open: &[&str]| Report {
            dispatch: Some(DispatchReport {
                quiet,
                still_open: still_open.iter().map(ToString::to_string).collect(),
                ..DispatchReport::default()
            }),
            ..flat_out()
        };
        assert_eq!(open(true, &[]).not_ended(), None);
        assert!(open(false, &["a", "b"]).not_ended().is_some_and(|told| told.starts_with("2 incidents")));
        assert!(open(false, &[]).not_ended().is_some());
    }
}
