//! How long it takes from the acknowledgement of a call until the station's desk sees whom the centre has sent, against
//! one bare commit to Redis.

mod commit;
mod desks;
mod turn;

use crate::{
    city::Size,
    figures::{Comparison, Figure, Figures, Wanted},
    node::Serving,
    plan::{Cell, Load, Pace, Part, turns},
    report::{Told, Words},
    side::Fault,
};

/// Calls a second.
const RATES: [u32; 2] = [100, 1_000];

/// The largest centre that is planned for.
const SIZE: Size = Size { units: 2_000, incidents: 100 };

/// The two sides.
pub(crate) const SENDING: &str = "kezek";
pub(crate) const COMMIT: &str = "commit";

/// What is measured beside.
pub(crate) const TAKEN_P50: &str = "call acknowledged p50, ms";
pub(crate) const TAKEN_P99: &str = "call acknowledged p99, ms";
pub(crate) const WHOLE_P99: &str = "from when the call was due p99, ms";
pub(crate) const MEMORY: &str = "memory at most, MiB";

pub(crate) use turn::{line, send};

/// How dispatch is measured.
pub struct Dispatch {
    /// How a centre is served.
    pub serving: Serving,
    /// How long and how often.
    pub pace: Pace,
    /// What of it is measured.
    pub part: Part,
}

impl Dispatch {
    /// Measures, and ends whatever it started.
    ///
    /// # Errors
    /// The centre or a Redis cannot be started or read.
    pub async fn run(self, tell: &dyn Fn(&str)) -> Result<Told, Fault> {
        let title = "A call is acknowledged: when the desk sees whom the centre sends";
        let mut told = Told::new("dispatch", title, self.pace);
        told.words = Words { each: "call", done: "sent for" };
        told.facts.push(("centre".to_owned(), format!("{} units, 24 stations", SIZE.units)));
        let cells =
            RATES.map(|per_second| Cell { load: Load::Open { per_second }, sides: vec![SENDING, COMMIT] });
        let cells = self.part.of(cells.into());
        for round in 0..self.pace.rounds {
            for turn in turns(&cells, &self.pace, round) {
                let figure = if turn.side == SENDING {
                    turn::send(&self.serving, SIZE, turn, &self.pace, round + 1).await?
                } else {
                    commit::alone(turn, &self.pace, round + 1).await?
                };
                tell(&turn::line(&figure));
                told.figures.0.push(figure);
            }
        }
        told.comparisons = comparisons(&told.figures);
        told.notes = NOTES.map(str::to_owned).into();
        told.not_measured.extend(NOT_MEASURED.map(str::to_owned));
        Ok(told)
    }
}

fn comparisons(figures: &Figures) -> Vec<Comparison> {
    let sides = (SENDING, COMMIT);
    let mut all = Vec::new();
    for per_second in RATES {
        let load = Load::Open { per_second };
        let mut say = |what: &str, wanted, value| {
            let what = format!("acknowledgement to the desk's stream, {what}, {load}");
            all.push(Comparison { what, wanted, ratios: figures.ratio(sides, load, value) });
        };
        say("p50 v one commit's p50", Wanted::Told, p50);
        say("p99 v one commit's p50", Wanted::AtMost(6.0), late_to_usual);
        say("p99 v one commit's p99", Wanted::Told, p99);
    }
    all
}

fn p50(figure: &Figure) -> Option<f64> {
    figure.latency_ms(50.0)
}

fn p99(figure: &Figure) -> Option<f64> {
    figure.latency_ms(99.0)
}

/// The late ones of a centre, in round trips as they usually are.
fn late_to_usual(figure: &Figure) -> Option<f64> {
    figure.latency_ms(if figure.side == COMMIT { 50.0 } else { 99.0 })
}

const NOTES: [&str; 4] = [
    "kezek: `kezek serve` as it is deployed, with a private Redis (appendfsync always) and its journal; calls come over gRPC \
     at a constant rate, each needs one patrol, and the centre sends it by itself. A duty officer of each of 24 stations \
     watches it. Latency counts from the moment the caller was told that the call is taken until the assignment is in a \
     frame of the station's stream: a decision, a commit, the way of a change through the journal to the board and out. \
     Started anew for each turn.",
    "commit: one commit of four records of such a size to a Redis of its own (appendfsync always), one at a time, nobody \
     else there: one round trip.",
    "After each turn every call that was acknowledged must have an assignment on a desk's stream, and one only.",
    "The work of the server per call is of taking it, sending, and telling 24 desks, together.",
];

const NOT_MEASURED: [&str; 3] = [
    "desks that answer and crews that drive: `kezek replay` does that",
    "TLS, a network, more than one node",
    "p99.9 and maxima: on a shared machine they are the machine's",
];
