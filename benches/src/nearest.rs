//! The nearest ten of ten thousand units: those that a node keeps in memory against Redis's own GEOSEARCH, each answer checked
//! against one that looks at every unit and sorts.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    os::unix::net::UnixStream,
    path::Path,
    time::{Duration, Instant},
};

use geography::{Places, Position, distance};
use redis_store::scratch::Scratch;

use crate::{
    figures::{Comparison, Figure, Figures, Verdict, Wanted, count},
    load::{histogram, record},
    plan::{Cell, Load, Pace, Part, Turn, turns},
    report::{Told, Words},
    side::Fault,
};

/// Units that are looked among.
const UNITS: u32 = 10_000;

/// How many are wanted.
const WANTED: usize = 10;

/// How far GEOSEARCH looks, in metres: as little as finds ten almost always, and as much as holds every unit.
const NEAR_M: f64 = 5_000.0;
const WIDE_M: f64 = 200_000.0;

/// Where the units are: two degrees by one, as large as a country's most settled part.
const SOUTH_WEST: (f64, f64) = (42.0, 74.0);
const EXTENT: (f64, f64) = (1.0, 2.0);

/// Longest wait for Redis.
const WITHIN: Duration = Duration::from_secs(10);

/// One at a time.
const ONE: Load = Load::Closed { in_flight: 1 };

const KEZEK: &str = "kezek";
const NEAR: &str = "geosearch 5 km";
const WIDE: &str = "geosearch 200 km";

/// Percentiles of single queries: a histogram of whole microseconds would be too coarse.
const P50: &str = "p50, us";
const P99: &str = "p99, us";
const FOUND: &str = "found";

/// How it is measured.
pub struct Nearest {
    /// How long and how often.
    pub pace: Pace,
    /// What of it is measured.
    pub part: Part,
}

impl Nearest {
    /// Measures, and ends whatever it started.
    ///
    /// # Errors
    /// Redis cannot be started or asked.
    pub async fn run(self, tell: &dyn Fn(&str)) -> Result<Told, Fault> {
        let mut told = Told::new("nearest", "The nearest ten of ten thousand units", self.pace);
        told.words = Words { each: "query", done: "answered" };
        let units = units()?;
        let redis = Scratch::start().await.map_err(Fault::at("start a Redis"))?;
        let mut client = Client::connect(&redis.directory().join("redis.sock"))?;
        client.fill(&units.places)?;
        let cells = self.part.of(vec![Cell { load: ONE, sides: vec![KEZEK, NEAR, WIDE] }]);
        for round in 0..self.pace.rounds {
            for turn in turns(&cells, &self.pace, round) {
                let figure = take(&units, &mut client, turn, &self.pace, round + 1)?;
                tell(&format!("round {}  {:<17} {:?}", round + 1, turn.side, figure.beside));
                told.figures.0.push(figure);
            }
        }
        told.comparisons = comparisons(&told.figures);
        told.notes = NOTES.map(str::to_owned).into();
        told.not_measured.push("several who ask at once".to_owned());
        Ok(told)
    }
}

/// Where every unit is, as it is and ready to be asked.
struct Units {
    places: Vec<Position>,
    ready: Places<usize>,
}

/// A place of the country; neighbours in number lie far apart.
fn place(number: u64) -> Result<Position, Fault> {
    let part = |step: u64| {
        let part = u32::try_from(number.wrapping_mul(step) % 1_000_003).expect("it is below a million");
        f64::from(part) / 1_000_003.0
    };
    let (latitude, longitude) =
        (SOUTH_WEST.0 + EXTENT.0 * part(7_919), SOUTH_WEST.1 + EXTENT.1 * part(104_729));
    Position::new(latitude, longitude).map_err(Fault::at("place a unit"))
}

fn units() -> Result<Units, Fault> {
    let places: Vec<Position> = (0..UNITS).map(|number| place(number.into())).collect::<Result<_, _>>()?;
    let mut ready = Places::default();
    places.iter().enumerate().for_each(|(unit, place)| ready.insert(unit, (*place).into()));
    Ok(Units { places, ready })
}

/// Asks for as long as a load lasts, one query after the other.
fn take(units: &Units, client: &mut Client, turn: Turn, pace: &Pace, round: u32) -> Result<Figure, Fault> {
    let (mut waits, mut wrong, mut found) = (Vec::new(), 0, 0);
    let began = Instant::now();
    let mut latency_us = histogram();
    for number in 0_u64.. {
        if began.elapsed() >= pace.warm + pace.measured {
            break;
        }
        let from = place(number.wrapping_mul(31) + 999_000)?;
        let started = Instant::now();
        let answered = match turn.side {
            KEZEK => {
                let answer: Vec<usize> = units.ready.by_distance(from.into()).take(WANTED).copied().collect();
                let took = started.elapsed();
                // what is found is compared outside the time
                wrong += u64::from(number % CHECK_EVERY == 0 && !is_exact(&units.places, from, &answer));
                (took, answer.len())
            }
            NEAR => client.search(from, NEAR_M).map(|many| (started.elapsed(), many))?,
            _ => client.search(from, WIDE_M).map(|many| (started.elapsed(), many))?,
        };
        found += answered.1;
        if started >= began + pace.warm {
            waits.push(answered.0);
            record(&mut latency_us, answered.0);
        }
    }
    let measured: Duration = waits.iter().sum();
    waits.sort_unstable();
    let us = |part: usize| waits.get(waits.len() * part / 100).map_or(0.0, |wait| wait.as_secs_f64() * 1e6);
    let answered = waits.len() as u64;
    let beside = [(P50, us(50)), (P99, us(99)), (FOUND, count(found as u64) / count(answered.max(1)))].into();
    Ok(Figure {
        round,
        load: turn.load,
        side: turn.side,
        per_second: count(answered) / measured.as_secs_f64().max(f64::MIN_POSITIVE),
        latency_us,
        lateness_us: histogram(),
        work_us: BTreeMap::new(),
        failures: BTreeMap::new(),
        own_changes: None,
        beside,
        verdict: Verdict {
            sent: answered,
            acknowledged: answered,
            kept: Some(answered),
            lost: wrong,
            double: 0,
            unasked: 0,
            unanswered: 0,
        },
    })
}

/// One answer in so many is checked: looking at every unit and sorting takes a thousand times as long.
const CHECK_EVERY: u64 = 64;

/// True if the answer is what one gets who looks at every unit and sorts by the distance over the ground.
fn is_exact(places: &[Position], from: Position, answer: &[usize]) -> bool {
    let mut all: Vec<f64> = places.iter().map(|place| distance(from, *place).as_f64()).collect();
    all.sort_by(f64::total_cmp);
    // those equally near but for rounding may stand in either order
    let is_next =
        |(unit, expected): (&usize, &f64)| (distance(from, places[*unit]).as_f64() - expected).abs() < 0.01;
    answer.len() == WANTED && answer.iter().zip(&all).all(is_next)
}

/// Speaks to Redis in its own words, blocking: nothing stands between the clock and the answer.
struct Client {
    stream: BufReader<UnixStream>,
}

impl Client {
    fn connect(socket: &Path) -> Result<Self, Fault> {
        let stream = UnixStream::connect(socket).map_err(Fault::at("reach Redis"))?;
        stream.set_read_timeout(Some(WITHIN)).map_err(Fault::at("reach Redis"))?;
        Ok(Self { stream: BufReader::new(stream) })
    }

    fn fill(&mut self, places: &[Position]) -> Result<(), Fault> {
        for (index, place) in places.iter().enumerate() {
            let (longitude, latitude) = (place.longitude(), place.latitude());
            self.ask(&[
                "GEOADD",
                "units",
                &longitude.to_string(),
                &latitude.to_string(),
                &index.to_string(),
            ])?;
        }
        Ok(())
    }

    /// How many were found.
    fn search(&mut self, from: Position, radius_m: f64) -> Result<usize, Fault> {
        let (longitude, latitude) = (from.longitude().to_string(), from.latitude().to_string());
        let (radius, wanted) = (radius_m.to_string(), WANTED.to_string());
        self.ask(&[
            "GEOSEARCH",
            "units",
            "FROMLONLAT",
            &longitude,
            &latitude,
            "BYRADIUS",
            &radius,
            "m",
            "ASC",
            "COUNT",
            &wanted,
        ])
    }

    fn ask(&mut self, words: &[&str]) -> Result<usize, Fault> {
        let mut said = format!("*{}\r\n", words.len());
        for word in words {
            said.push_str(&format!("${}\r\n{word}\r\n", word.len()));
        }
        self.stream.get_mut().write_all(said.as_bytes()).map_err(Fault::at("ask Redis"))?;
        let mut line = String::new();
        self.stream.read_line(&mut line).map_err(Fault::at("hear Redis"))?;
        let number = line.get(1..).and_then(|rest| rest.trim().parse::<usize>().ok());
        match (line.chars().next(), number) {
            (Some(':'), Some(number)) => Ok(number),
            (Some('*'), Some(many)) => {
                for _ in 0..many {
                    self.skip_text()?;
                }
                Ok(many)
            }
            _ => Err(Fault(format!("Redis said {line:?}"))),
        }
    }

    fn skip_text(&mut self) -> Result<(), Fault> {
        let mut line = String::new();
        self.stream.read_line(&mut line).map_err(Fault::at("hear Redis"))?;
        let length: usize =
            line.trim_start_matches('$').trim().parse().map_err(Fault::at("understand Redis"))?;
        let mut text = vec![0; length + 2];
        self.stream.read_exact(&mut text).map_err(Fault::at("hear Redis"))
    }
}

fn comparisons(figures: &Figures) -> Vec<Comparison> {
    let mut all = Vec::new();
    for (other, wanted) in [(NEAR, Wanted::AtMost(0.1)), (WIDE, Wanted::AtMost(0.1))] {
        let ratios = figures.ratio((KEZEK, other), ONE, |figure| figure.beside.get(P50).copied());
        all.push(Comparison { what: format!("time of a query p50, kezek v {other}"), wanted, ratios });
        let ratios = figures.ratio((KEZEK, other), ONE, |figure| figure.beside.get(P99).copied());
        let what = format!("time of a query p99, kezek v {other}");
        all.push(Comparison { what, wanted: Wanted::Told, ratios });
    }
    all
}

const NOTES: [&str; 4] = [
    "kezek: the tree in memory that a node keeps for the units of each kind, and that a recommendation walks; there each unit stands \
     twice, where it was last and where it usually is.",
    "geosearch: the same places in a private Redis of its own, asked over a unix socket for `COUNT 10 ASC`, round trip and all: \
     within 5 km, which may find fewer than ten, and within 200 km, which holds every unit.",
    "One answer of kezek in 64 is compared with one that looks at every unit and sorts; one that differs counts as lost.",
    "Redis keeps places rounded to 52 bits; what it finds is counted and not compared.",
];
