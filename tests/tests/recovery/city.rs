//! A small town made for killing its centre: four stations, quick answers, a call every few hundred milliseconds.

use domain::{CentreId, Seconds, directory::Directory};
use simulator::trace::{CentrePlan, Mapping, Trace, centre_from_trace, read};

const STATIONS: &str = "station,latitude,longitude\n\
    1,42.825,74.525\n2,42.825,74.575\n3,42.875,74.525\n4,42.875,74.575\n";

/// How far apart calls come, in milliseconds.
const APART_MS: u64 = 200;

/// A town and what happens in it.
#[derive(Clone)]
pub(crate) struct Town {
    /// What the centre is told of it.
    pub(crate) directory: Directory,
    /// Who calls.
    pub(crate) trace: Trace,
}

impl Town {
    /// A town with so many calls, one in ten of them from nowhere known.
    pub(crate) fn new(calls: u64) -> Self {
        let rows: String = (0..calls).map(row).collect();
        let text = format!("call,received_at,latitude,longitude,type_code,type,emergent\n{rows}");
        let mapping = Mapping { time: simulator::trace::TimeColumn::default(), ..Mapping::default() };
        let trace = read(text.as_bytes(), &mapping).expect("the rows are calls");
        let centre = CentreId::new("town").expect("a slug");
        let plan = CentrePlan {
            units_per_station: 10,
            // the shortest that a directory may ask for
            desk_answer: Seconds(5),
            crew_answer: Seconds(5),
            ..CentrePlan::new(centre, "Town", "Asia/Bishkek")
        };
        let directory =
            centre_from_trace(STATIONS, &districts(), &trace, &plan).expect("the town is a centre");
        Self { directory, trace }
    }
}

/// One call: places walk through the town so that few are near each other.
fn row(number: u64) -> String {
    let at = jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_millis((number * APART_MS) as i64);
    let (north, east) = ((number * 37) % 100, (number * 61) % 100);
    let place = if number % 10 == 9 {
        ",".to_owned()
    } else {
        format!("{:.4},{:.4}", 42.8 + north as f64 / 1_000.0, 74.5 + east as f64 / 1_000.0)
    };
    let (code, title, emergent) =
        if number.is_multiple_of(3) { ("20", "Noise", "no") } else { ("10", "Fight", "yes") };
    format!("{number},{at},{place},{code},{title},{emergent}\n")
}

/// A square for each station.
fn districts() -> String {
    let square = |station: u32, south: f64, west: f64| {
        let (north, east) = (south + 0.05, west + 0.05);
        format!(
            r#"{{"type":"Feature","properties":{{"district":"{station}","station":{station}}},"geometry":{{"type":"Polygon",
            "coordinates":[[[{west:.3},{south:.3}],[{east:.3},{south:.3}],[{east:.3},{north:.3}],[{west:.3},{north:.3}],[{west:.3},{south:.3}]]]}}}}"#
        )
    };
    let squares =
        [square(1, 42.8, 74.5), square(2, 42.8, 74.55), square(3, 42.85, 74.5), square(4, 42.85, 74.55)];
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, squares.join(","))
}
