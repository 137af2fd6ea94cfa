//! What a call and a delivery cost in a centre that grows: with ten and a hundred times the open incidents, the units and
//! those who watch, one of them at a time.

use crate::{
    city::Size,
    dispatch::send,
    fanout::{self, Fanout},
    figures::{Comparison, Figure, Figures, Wanted},
    intake::Peers,
    node::Serving,
    plan::{Load, Pace, Part, Turn},
    report::{Curve, Plot, Told, Words},
    side::Fault,
};

/// Calls a second: as many as a country makes, and few enough that nothing waits for anything.
const CALLS: u32 = 100;

/// A city's shift: enough units that each call has one, few enough that a hundred times as many fit a directory's file.
const INCIDENTS: u32 = 100;
const UNITS: u32 = 300;
const WATCHERS: u32 = 50;

/// Changes a second that watchers are told of.
const CHANGES: u32 = 200;

/// How often larger.
const FACTORS: [u32; 3] = [1, 10, 100];

/// Most that a cost may grow while what it depends on grows a hundredfold, and still be called flat: what runs differ by.
const FLAT: f64 = 1.25;

/// A side for each size of each thing that grows.
const BY_INCIDENTS: [&str; 3] = ["incidents x1", "incidents x10", "incidents x100"];
const BY_UNITS: [&str; 3] = ["units x1", "units x10", "units x100"];

/// How growth is measured.
pub struct Growth {
    /// How a centre is served.
    pub serving: Serving,
    /// How long and how often.
    pub pace: Pace,
    /// The largest factor that is tried.
    pub most: u32,
}

impl Growth {
    /// Measures, and ends whatever it started.
    ///
    /// # Errors
    /// The centre cannot be started or read.
    pub async fn run(self, tell: &dyn Fn(&str)) -> Result<Told, Fault> {
        let title = "A centre grows: what a call and a delivery cost then";
        let mut told = Told::new("growth", title, self.pace);
        told.words = Words { each: "call or delivery", done: "done" };
        let begins = format!(
            "{INCIDENTS} incidents open, {UNITS} units, {WATCHERS} who watch; calls at {CALLS}/s, changes at {CHANGES}/s"
        );
        told.facts.push(("x1".to_owned(), begins));
        let load = Load::Open { per_second: CALLS };
        let calls = (self.pace.warm + self.pace.measured).as_secs_f64() * f64::from(CALLS);
        if calls > f64::from(UNITS) {
            return Err(Fault(format!(
                "{calls:.0} calls are more than {UNITS} units: measure for a shorter time"
            )));
        }
        for round in 1..=self.pace.rounds {
            for (place, factor) in FACTORS.iter().enumerate().filter(|(_, factor)| **factor <= self.most) {
                let sizes = [
                    (BY_INCIDENTS[place], Size { units: UNITS, incidents: INCIDENTS * factor }),
                    (BY_UNITS[place], Size { units: UNITS * factor, incidents: INCIDENTS }),
                ];
                for (side, size) in sizes {
                    let turn = Turn { load, side };
                    let figure = send(&self.serving, size, turn, &self.pace, round).await?;
                    tell(&crate::dispatch::line(&figure));
                    told.figures.0.push(figure);
                }
            }
        }
        let fanned = self.fan_out(tell).await?;
        told.figures.0.extend(fanned.0);
        told.comparisons = comparisons(&told.figures, self.most);
        told.plots = plots(&told.figures);
        told.notes = NOTES.map(str::to_owned).into();
        told.not_measured.extend(NOT_MEASURED.map(str::to_owned));
        Ok(told)
    }

    async fn fan_out(&self, tell: &dyn Fn(&str)) -> Result<Figures, Fault> {
        let loads = FACTORS.iter().filter(|factor| **factor <= self.most).map(|factor| watched(*factor));
        let fanout = Fanout {
            serving: self.serving.clone(),
            plain: None,
            peers: Peers::None,
            pace: self.pace,
            part: Part { loads: Vec::new(), sides: vec![fanout::CENTRE.to_owned()] },
            loads: loads.collect(),
        };
        Ok(fanout.run(tell).await?.figures)
    }
}

const fn watched(factor: u32) -> Load {
    Load::Watched { watchers: WATCHERS * factor, silent: 0, per_second: CHANGES }
}

fn work(figure: &Figure) -> Option<f64> {
    figure.work_us.get("server").copied().flatten()
}

fn p50(figure: &Figure) -> Option<f64> {
    figure.latency_ms(50.0)
}

fn p99(figure: &Figure) -> Option<f64> {
    figure.latency_ms(99.0)
}

fn comparisons(figures: &Figures, most: u32) -> Vec<Comparison> {
    let load = Load::Open { per_second: CALLS };
    let mut all = Vec::new();
    for (place, factor) in FACTORS.iter().enumerate().skip(1).filter(|(_, factor)| **factor <= most) {
        for (what, sides) in [("open incidents", BY_INCIDENTS), ("units", BY_UNITS)] {
            let mut say = |value: &str, wanted, of| {
                let ratios = figures.ratio((sides[place], sides[0]), load, of);
                all.push(Comparison { what: format!("{value}, {factor} x the {what}"), wanted, ratios });
            };
            say("work of the server per call", Wanted::AtMost(FLAT), work as fn(&Figure) -> Option<f64>);
            say("acknowledgement to the desk p50", Wanted::Told, p50);
            say("acknowledgement to the desk p99", Wanted::Told, p99);
        }
        let ratios = across(figures, *factor);
        let what = format!("work of the server per delivery, {factor} x who watch");
        all.push(Comparison { what, wanted: Wanted::AtMost(FLAT), ratios });
    }
    all
}

/// The work of a delivery with so many times those who watch, by that with few, round by round.
fn across(figures: &Figures, factor: u32) -> Vec<f64> {
    let ratios = figures.of(fanout::CENTRE, watched(factor)).filter_map(|figure| {
        let few = figures.of(fanout::CENTRE, watched(1)).find(|few| few.round == figure.round)?;
        Some(work(figure)? / work(few)?)
    });
    ratios.collect()
}

/// Work and memory by size.
fn plots(figures: &Figures) -> Vec<Plot> {
    let load = Load::Open { per_second: CALLS };
    let median = |values: Vec<f64>| crate::figures::Spread::of(values).map(|spread| spread.median);
    let by_side = |name: &'static str, sides: [&'static str; 3], value: fn(&Figure) -> Option<f64>| {
        let points = FACTORS.iter().zip(sides).filter_map(|(factor, side)| {
            Some((f64::from(*factor), median(figures.of(side, load).filter_map(value).collect())?))
        });
        Curve { name, points: points.collect() }
    };
    let told = FACTORS.iter().filter_map(|factor| {
        let figures = figures.of(fanout::CENTRE, watched(*factor));
        Some((f64::from(*factor), median(figures.filter_map(work).collect())?))
    });
    let two = |value| vec![by_side("incidents", BY_INCIDENTS, value), by_side("units", BY_UNITS, value)];
    vec![
        Plot { title: "Work of the server per call, us, by how often larger", curves: two(work) },
        Plot { title: "Acknowledgement to the desk p50, ms, by how often larger", curves: two(p50) },
        Plot {
            title: "Memory of the server at most, MiB, by how often larger",
            curves: two(|figure| figure.beside.get(crate::dispatch::MEMORY).copied()),
        },
        Plot {
            title: "Work of the server per delivery, us, by how many times those who watch",
            curves: vec![Curve { name: "watchers", points: told.collect() }],
        },
    ]
}

const NOTES: [&str; 5] = [
    "One thing grows at a time; the others stay as they are in a city's shift.",
    "A call is taken, served and told to 24 desks, as in `dispatch`; each call and each delivery is verified as there and in \
     `fanout`.",
    "Who is sent stays out: of 300 units a good part is out in the end, of ten or a hundred times as many hardly anybody. The \
     nearest are free the more often, and fewer are told as passed over.",
    "The work per delivery falls as more watch, because following a change is done once; flat means that it does not grow.",
    "Each open incident has an assignment that its desk has received, and an alarm that somebody has taken: they wait for nothing.",
];

const NOT_MEASURED: [&str; 2] =
    ["TLS, a network, more than one node", "p99.9 and maxima: on a shared machine they are the machine's"];
