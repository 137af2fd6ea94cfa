//! One turn: everybody watches, changes come, and it is over when everybody has everything.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::time::sleep_until;

use super::{
    Crowd, FanSide, MEMORY_BEFORE, MEMORY_MOST, PER_FRAME, RESETS, SINCE_ACKNOWLEDGED_P50,
    SINCE_ACKNOWLEDGED_P99, arrivals::Arrivals, kezek::Centre,
};
use crate::{
    figures::{Figure, Verdict, count},
    load::bear_from,
    plan::{Load, Pace, Turn},
    processes::{all_worked, resident_mib},
    side::{Fault, Watched},
};

/// How long what is on its way at the end may take.
const GRACE: Duration = Duration::from_secs(60);

/// How much longer it goes on before anything is measured where some never read: until nothing more of what they are sent has
/// room on the way.
const SILENT_FILL: Duration = Duration::from_secs(2);

/// Between the last preparation and the first change.
const PAUSE: Duration = Duration::from_millis(100);

/// Takes one turn.
///
/// # Errors
/// The side cannot be started, or is no load of this kind.
pub(super) async fn take(
    side: &mut dyn FanSide,
    turn: Turn,
    pace: &Pace,
    round: u32,
) -> Result<Figure, Fault> {
    let Load::Watched { watchers, silent, per_second } = turn.load else {
        return Err(Fault(format!("{} says nothing of who watches", turn.load)));
    };
    let told = |fault: Fault| Fault(format!("{}, {}: {fault}", turn.side, turn.load));
    let warm = if silent > 0 { pace.warm + SILENT_FILL } else { pace.warm };
    let pace = &Pace { warm, ..*pace };
    let arrivals = Arc::new(Arrivals::new(watchers, per_second, pace.warm, pace.measured));
    let opened = side.open(Crowd { watchers, silent }, &arrivals).await.map_err(told)?;
    let mut watched = opened.processes();
    let server = watched.iter().find(|process| process.name == "server").copied();
    // who asks works too: where that is as much as a core has, the side was not what was full
    watched.push(Watched { name: "asking", pid: std::process::id() });
    let before = server.and_then(|server| resident_mib(server.pid));

    let begin = Instant::now() + PAUSE;
    arrivals.begin(begin);
    let load = Load::Open { per_second };
    let from = async {
        sleep_until((begin + pace.warm).into()).await;
        Moment::now(&arrivals, &watched)
    };
    let until = async {
        let ended = arrivals.all_within(pace.warm + pace.measured + GRACE).await;
        Moment { at: ended.unwrap_or_else(Instant::now), ..Moment::now(&arrivals, &watched) }
    };
    let making = bear_from(begin, opened.target(), load, pace, &[]);
    let (borne, from, until) = tokio::join!(making, from, until);
    let after = server.and_then(|server| resident_mib(server.pid));

    let delivered = until.arrived - from.arrived;
    let worked = from.worked.iter().zip(&until.worked);
    let each = |(process, (before, after)): (&Watched, (&Option<Duration>, &Option<Duration>))| {
        let worked = after.and_then(|after| after.checked_sub((*before)?)).filter(|_| delivered > 0);
        (process.name, worked.map(|worked| worked.as_secs_f64() * 1e6 / count(delivered)))
    };
    let work_us = watched.iter().zip(worked).map(each).collect();
    Ok(Figure {
        round,
        load: turn.load,
        side: turn.side,
        per_second: count(delivered) / until.at.duration_since(from.at).as_secs_f64(),
        latency_us: arrivals.waits().since_due,
        lateness_us: borne.lateness_us,
        work_us,
        own_changes: None,
        beside: beside(&arrivals, turn.side, before, after),
        verdict: verdict(&arrivals),
        failures: borne.failures,
    })
}

/// What is known at one moment.
struct Moment {
    at: Instant,
    arrived: u64,
    worked: Vec<Option<Duration>>,
}

impl Moment {
    fn now(arrivals: &Arrivals, watched: &[Watched]) -> Self {
        Self { at: Instant::now(), arrived: arrivals.arrived(), worked: all_worked(watched) }
    }
}

fn verdict(arrivals: &Arrivals) -> Verdict {
    let (wanted, arrived) = (arrivals.wanted(), arrivals.arrived());
    Verdict {
        sent: wanted,
        acknowledged: arrived,
        kept: Some(arrived),
        lost: wanted - arrived,
        double: arrivals.double(),
        unasked: arrivals.unasked(),
        unanswered: 0,
    }
}

fn beside(
    arrivals: &Arrivals,
    side: &str,
    before: Option<(f64, f64)>,
    after: Option<(f64, f64)>,
) -> BTreeMap<&'static str, f64> {
    let mut beside = BTreeMap::new();
    if side == Centre::NAME {
        let waits = arrivals.waits().since_acknowledged;
        for (name, percent) in [(SINCE_ACKNOWLEDGED_P50, 50.0), (SINCE_ACKNOWLEDGED_P99, 99.0)] {
            beside.insert(name, count(waits.value_at_percentile(percent)) / 1_000.0);
        }
        beside.insert(RESETS, count(arrivals.resets()));
    }
    if arrivals.frames() > 0 {
        beside.insert(PER_FRAME, count(arrivals.arrived()) / count(arrivals.frames()));
    }
    if let (Some((before, _)), Some((_, most))) = (before, after) {
        beside.insert(MEMORY_BEFORE, before);
        beside.insert(MEMORY_MOST, most);
    }
    beside
}

/// One turn, for whoever waits.
pub(super) fn line(figure: &Figure) -> String {
    let wrong = if figure.verdict.is_clean() { "" } else { "  NOT ALL DELIVERED ONCE" };
    let latency =
        |percent| figure.latency_ms(percent).map_or_else(|| "-".to_owned(), |ms| format!("{ms:.2}"));
    let work: Vec<String> = figure
        .work_us
        .iter()
        .filter_map(|(process, work)| work.map(|work| format!("{process} {work:.2}")))
        .collect();
    let beside: Vec<String> =
        figure.beside.iter().map(|(name, value)| format!("{name} {value:.2}")).collect();
    format!(
        "round {}  {:<24} {:<6} {:>9.0}/s  p50 {} ms  p99 {} ms  us per delivery: {}  {}{wrong}",
        figure.round,
        figure.load.to_string(),
        figure.side,
        figure.per_second,
        latency(50.0),
        latency(99.0),
        work.join(", "),
        beside.join(", "),
    )
}
