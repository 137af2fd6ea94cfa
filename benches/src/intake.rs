//! What it costs that a call is taken over gRPC by a centre, against the bare commit, bare gRPC, and what others offer.

mod call;
pub mod echo;
pub(crate) mod gateways;
mod jetstream;
mod kezek;
pub(crate) mod peer;
mod postgres;
mod raw;

use std::{path::PathBuf, sync::Arc};

use crate::{
    figures::{Comparison, Figure, Figures, Wanted},
    node::Serving,
    plan::{Cell, Load, Pace, Part},
    report::Told,
    rounds,
    side::{Fault, Side},
};

use echo::EchoSide;
use jetstream::{JetStream, Syncs};
use kezek::{Centre, Way};
use postgres::Postgres;
use raw::Raw;

/// Requests at once that sides of our own are asked with; one alone, and enough to fill every queue on the way.
const IN_FLIGHT: [usize; 3] = [1, 64, 256];

/// The same for others, whose best is taken.
const IN_FLIGHT_OF_PEERS: [usize; 2] = [16, 64];

/// Constant rates, in requests a second.
const RATES: [u32; 2] = [1_000, 5_000];

/// The sides that are a centre.
const UNARY: &str = Way::Unary.name();
const STREAM: &str = Way::Stream.name();
const WITHOUT_JOURNAL: &str = Way::WithoutJournal.name();

/// Where everything is full.
const FULL: Load = Load::Closed { in_flight: 256 };

/// Who is compared with.
#[derive(Clone, Debug)]
pub enum Peers {
    /// Nobody else's programs.
    None,
    /// Those that are installed; a newer nats-server may be named.
    Installed {
        /// The nats-server to use; absent: the one on the path.
        nats_server: Option<PathBuf>,
    },
}

/// How intake is measured.
pub struct Intake {
    /// How a centre is served.
    pub serving: Serving,
    /// The program that serves an echo when it is told to; absent: it is served here.
    pub echo: Option<PathBuf>,
    /// Who else is asked.
    pub peers: Peers,
    /// How long and how often.
    pub pace: Pace,
    /// What of it is measured.
    pub part: Part,
}

impl Intake {
    /// Measures, and ends whatever it started.
    ///
    /// # Errors
    /// One of our own sides cannot be started or read. Others that are not there are left out, and the report says so.
    pub async fn run(self, tell: &dyn Fn(&str)) -> Result<Told, Fault> {
        let centre = |way| Centre::new(self.serving.clone(), way);
        tell("taking a few calls, to see what a centre commits for one");
        let sample = Arc::new(centre(Way::Unary).sample().await?);
        let sizes = sample.sizes();
        tell(&sizes);
        let mut told = Told::new("intake", "A call is taken: what it costs and how long it takes", self.pace);
        told.facts.push(("a call".to_owned(), sizes));
        let echo = EchoSide::new(Arc::clone(&sample), self.echo);
        let raw = Raw::alone(Arc::clone(&sample));
        let mut sides: Vec<Box<dyn Side>> =
            vec![Box::new(raw), Box::new(Raw::grouped(sample)), Box::new(echo)];
        for way in [Way::Unary, Way::Stream, Way::WithoutJournal] {
            sides.push(Box::new(centre(way)));
        }
        let (mut peers, mut syncs) = (Vec::new(), None);
        if let Peers::Installed { nats_server } = self.peers {
            match JetStream::start(nats_server.as_deref()).await {
                Ok(jetstream) => {
                    told.facts.push(("NATS".to_owned(), jetstream.version().to_owned()));
                    peers.push(JetStream::NAME);
                    syncs = Some(jetstream.syncs());
                    sides.push(Box::new(jetstream));
                }
                Err(absent) => leave_out(&mut told, &absent.0, tell),
            }
            match Postgres::start().await {
                Ok(postgres) => {
                    told.facts.push(("PostgreSQL".to_owned(), postgres.version().to_owned()));
                    peers.push(Postgres::NAME);
                    sides.push(Box::new(postgres));
                }
                Err(absent) => leave_out(&mut told, &absent.0, tell),
            }
        } else {
            leave_out(&mut told, "NATS JetStream and PostgreSQL: not asked for", tell);
        }
        let figures = rounds::run(&mut sides, &self.part.of(cells(&peers)), &self.pace, tell).await;
        for side in &mut sides {
            side.end().await;
        }
        told.figures = figures?;
        told.comparisons = comparisons(&told.figures, syncs);
        told.notes = NOTES.map(str::to_owned).into();
        if syncs == Some(Syncs::Later) {
            told.notes.push(JETSTREAM_SYNCS_LATER.to_owned());
        }
        told.not_measured.extend(NOT_MEASURED.map(str::to_owned));
        Ok(told)
    }
}

fn leave_out(told: &mut Told, why: &str, tell: &dyn Fn(&str)) {
    tell(&format!("left out: {why}"));
    told.not_measured.push(why.to_owned());
}

/// Every load, and who bears it.
fn cells(peers: &[&'static str]) -> Vec<Cell> {
    let ours = [Raw::NAME, Raw::GROUPED, UNARY, STREAM, WITHOUT_JOURNAL, EchoSide::NAME];
    let with = |others: &[&'static str]| ours.iter().chain(others).copied().collect();
    let mut cells = Vec::new();
    for in_flight in IN_FLIGHT {
        let others = if IN_FLIGHT_OF_PEERS.contains(&in_flight) { peers } else { &[] };
        let mut sides: Vec<&'static str> = with(others);
        // one alone has nobody to go with
        sides.retain(|side| in_flight > 1 || *side != Raw::GROUPED);
        cells.push(Cell { load: Load::Closed { in_flight }, sides });
    }
    for in_flight in
        IN_FLIGHT_OF_PEERS.into_iter().filter(|few| !peers.is_empty() && !IN_FLIGHT.contains(few))
    {
        cells.push(Cell { load: Load::Closed { in_flight }, sides: peers.to_vec() });
    }
    for per_second in RATES {
        // what others make of more than they can take says nothing about waiting
        let others = if per_second == RATES[0] { peers } else { &[] };
        cells.push(Cell { load: Load::Open { per_second }, sides: with(others) });
    }
    cells
}

/// What is said of the figures, with what was aimed at.
fn comparisons(figures: &Figures, jetstream: Option<Syncs>) -> Vec<Comparison> {
    let mut all = Vec::new();
    let mut say = |what: String, wanted, ratios: Vec<f64>| all.push(Comparison { what, wanted, ratios });
    for (side, per_second, half, most) in [
        (UNARY, RATES[0], 1.4, 1.5),
        (STREAM, RATES[0], 1.25, 1.4),
        (UNARY, RATES[1], 1.3, 1.3),
        (STREAM, RATES[1], 1.3, 1.3),
    ] {
        let load = Load::Open { per_second };
        let ratio = |value| figures.ratio((side, Raw::NAME), load, value);
        say(format!("latency p50, {side} v raw, {load}"), Wanted::AtMost(half), ratio(p50));
        say(format!("latency p99, {side} v raw, {load}"), Wanted::AtMost(most), ratio(p99));
    }
    for (side, least) in [(UNARY, 0.70), (STREAM, 1.75)] {
        for in_flight in IN_FLIGHT {
            let load = Load::Closed { in_flight };
            let wanted = if in_flight == 1 { Wanted::Told } else { Wanted::AtLeast(least) };
            say(
                format!("calls/s, {side} v raw, {load}"),
                wanted,
                figures.ratio((side, Raw::NAME), load, rate),
            );
        }
        let to_grouped = figures.ratio((side, Raw::GROUPED), FULL, rate);
        say(format!("calls/s, {side} v raw-grouped, {FULL}"), Wanted::Told, to_grouped);
    }
    let unary_to_echo = (UNARY, EchoSide::NAME);
    say(
        format!("work of the server per call, unary v echo, {FULL}"),
        Wanted::AtMost(1.25),
        figures.ratio(unary_to_echo, FULL, server_work),
    );
    say(format!("calls/s, unary v echo, {FULL}"), Wanted::Told, figures.ratio(unary_to_echo, FULL, rate));
    let with_to_without = (UNARY, WITHOUT_JOURNAL);
    let what = format!("calls/s, with a journal v without, {FULL}");
    say(what, Wanted::Told, figures.ratio(with_to_without, FULL, rate));
    let load = Load::Open { per_second: RATES[0] };
    let what = format!("latency p50, with a journal v without, {load}");
    say(what, Wanted::Told, figures.ratio(with_to_without, load, p50));
    for (peer, name, of_unary, of_stream) in
        [(JetStream::NAME, "JetStream", 4.0, 10.0), (Postgres::NAME, "PostgreSQL", 1.8, 4.0)]
    {
        for (side, least) in [(UNARY, of_unary), (STREAM, of_stream)] {
            let (wanted, when) = match jetstream.filter(|_| peer == JetStream::NAME) {
                // no match for what is on a disk
                Some(Syncs::Later) => (Wanted::Told, ", which has nothing on the disk then"),
                Some(Syncs::First) | None => (Wanted::AtLeast(least), ""),
            };
            let what = format!("durable acknowledgements/s, {side} v {name}{when}, best of each");
            say(what, wanted, figures.best_ratio(side, peer));
            let what = format!("latency p99, {side} v {name}, {load}");
            say(what, Wanted::Told, figures.ratio((side, peer), load, p99));
        }
        // what the store alone acknowledges, on which all that is ours is built
        for beneath in [Raw::NAME, Raw::GROUPED] {
            let what = format!("durable acknowledgements/s, {beneath} v {name}, best of each");
            say(what, Wanted::Told, figures.best_ratio(beneath, peer));
        }
    }
    all
}

fn p50(figure: &Figure) -> Option<f64> {
    figure.latency_ms(50.0)
}

fn p99(figure: &Figure) -> Option<f64> {
    figure.latency_ms(99.0)
}

fn rate(figure: &Figure) -> Option<f64> {
    (figure.per_second > 0.0).then_some(figure.per_second)
}

fn server_work(figure: &Figure) -> Option<f64> {
    figure.work_us.get("server").copied().flatten()
}

const NOTES: [&str; 10] = [
    "Who asks, who answers and who keeps share the cores of one machine: what one saves, another gets.",
    "raw: redis-store's own commit of what a centre committed for such a call, one function call for each, on one connection \
     over a unix socket, with appendfsync always; started anew for each turn.",
    "raw-grouped: the same, but sent as a centre sends it: alone while few are under way, up to 32 in one function call once \
     many have queued.",
    "unary: TakeCall over loopback to `kezek serve` as it is deployed, in a process of its own with a private Redis \
     (appendfsync always), the directory of Bishkek, and eight gateways with a token and a connection each; started anew \
     for each turn. Its dispatcher works on every incident meanwhile, and what that commits counts in its work.",
    "stream: the same calls over TakeCalls, one stream of each gateway; an answer leaves out the call's record.",
    "no-journal: unary, to a centre that keeps no journal (`journal = \"off\"`): what the journal costs.",
    "echo: a tonic server in a process of its own that decodes the same request and encodes an answer of the same size.",
    "jetstream and postgres keep the request as it came and decide nothing; each speaks its own protocol, not gRPC.",
    "Latency under a constant rate counts from the moment a request was due, so it holds whatever made it late.",
    "After each turn what was kept is compared name by name with what was acknowledged.",
];

/// What must be known of an older JetStream.
const JETSTREAM_SYNCS_LATER: &str = "jetstream: this version has no `sync_interval: always` (2.10 has; name one with \
     --nats-server). It acknowledges what only its memory has, and writes it to the disk within two minutes: its figures show \
     what that saves, and are no aim.";

const NOT_MEASURED: [&str; 4] = [
    "TLS, a network, more than one node, a replica",
    "hours: what grows with what is kept shows in seconds only where it grows fast",
    "p99.9 and maxima: on a shared machine they are the machine's",
    "power loss: that every acknowledgement survives `kill -9` is what tests/tests/recovery.rs proves",
];
