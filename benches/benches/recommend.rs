//! How long one recommendation takes: an incident with three needs in a centre of 2,000 units.
//!
//! Criterion reports the mean and its change; the median and the 99th percentile of single decisions are printed
//! before it, because the slow ones are the ones a caller waits for.

use std::{
    collections::{BTreeMap, BTreeSet},
    hint::black_box,
    sync::Arc,
    time::Instant,
};

use criterion::{Criterion, criterion_group, criterion_main};
use domain::{
    AssignmentId, CentreId, IncidentId, OperationId, Priority, RecordKey, RecordKind, RunId, Seconds,
    StationId, UnitId, UnitKindId, Version,
    assignment::Assignment,
    board::Shelf,
    desk::Desk,
    directory::{
        ChosenBy, Directory, DirectoryVersion, DuplicateRule, InForce, ResponsePlan, Station, Titles, Travel,
        UnitEntry, UnitKind,
    },
    fleet::Fleet,
    incident::{Incident, Need, NeedMode, NeedTime, Supply},
    record::{Record, Versioned},
    unit::{Unit, UnitEvent},
};
use geography::Position;
use jiff::Timestamp;
use policy::{Situation, full, recommend};

/// Nobody was taken a moment ago.
static NONE_TAKEN: BTreeSet<UnitId> = BTreeSet::new();

/// Units of the largest centre we plan for.
const UNITS: u32 = 2_000;
/// Stations with a duty desk among them.
const STATIONS: u32 = 24;
/// Single decisions timed for the percentiles.
const SAMPLES: usize = 20_000;

const KINDS: [(&str, ChosenBy); 3] = [
    ("patrol", ChosenBy::DutyDesk),
    ("crime-scene-group", ChosenBy::Centre),
    ("inspector", ChosenBy::Either),
];

const NOW: Timestamp = Timestamp::constant(1_800_000_000, 0);

/// Everything a situation borrows.
struct City {
    directory: InForce,
    incident: Incident,
    fleet: Fleet,
    desks: Shelf<StationId, Desk>,
    assignments: Shelf<AssignmentId, Assignment>,
    promised: BTreeSet<(UnitId, AssignmentId)>,
}

/// A place in a city of 20 by 20 km; neighbours in number lie far apart.
fn place(number: u32) -> Position {
    let north = f64::from(number.wrapping_mul(7_919) % 1_000) / 1_000.0;
    let east = f64::from(number.wrapping_mul(104_729) % 1_009) / 1_009.0;
    Position::new(42.8 + 0.18 * north, 74.5 + 0.25 * east).expect("the city lies on the Earth")
}

fn station(number: u32) -> StationId {
    StationId::new(format!("station-{number:02}")).expect("a slug")
}

fn directory() -> Directory {
    let stations = (0..STATIONS).map(|number| {
        let parent = (number % 4 != 0).then(|| station(number - number % 4));
        let title = Titles::default();
        (station(number), Station { title, position: place(number), parent, contact: "102".to_owned() })
    });
    let kinds = KINDS.map(|(name, chosen_by)| {
        let id = UnitKindId::new(name).expect("a slug");
        (id, UnitKind { title: Titles::default(), chosen_by, automatic: true })
    });
    let units = (0..UNITS).map(|number| {
        // of ten units seven are patrols, one is a group and two are inspectors
        let kind = [0, 0, 0, 0, 0, 0, 0, 1, 2, 2][number as usize % 10];
        let entry = UnitEntry {
            callsign: number.to_string(),
            kind: UnitKindId::new(KINDS[kind].0).expect("a slug"),
            command: String::new(),
            desk: station(number % STATIONS),
            beat: Some(place(number + 17)),
            talkgroup: String::new(),
            radio_only: false,
        };
        (unit(number), entry)
    });
    Directory {
        centre: CentreId::new("bench").expect("a slug"),
        title: Titles::default(),
        illustrative: true,
        languages: vec!["ky".to_owned()],
        time_zone: "Asia/Bishkek".to_owned(),
        contact: "102".to_owned(),
        duplicates: DuplicateRule::default(),
        travel: Travel::default(),
        districts: BTreeMap::new(),
        stations: stations.collect(),
        kinds: kinds.into(),
        units: units.collect(),
        types: BTreeMap::new(),
        untyped: ResponsePlan::default(),
        untyped_priority: Priority::TOP,
    }
}

fn unit(number: u32) -> UnitId {
    UnitId::new(format!("unit-{number:04}")).expect("a slug")
}

fn need(kind: &str, count: u8) -> Need {
    Need {
        kind: UnitKindId::new(kind).expect("a slug"),
        count,
        when: NeedTime::AtOnce,
        mode: NeedMode::Auto,
        desk_answer: Seconds(30),
        crew_answer: Seconds(60),
        serving: Vec::new(),
        supply: Supply::Enough,
    }
}

/// An open incident with three needs, read from as little as a record may say.
fn incident() -> Incident {
    let id = IncidentId::derived(OperationId::derived("bench", "incident"), "incident");
    let json = format!(
        r#"{{"id":"{id}","number":"1","priority":1,"location":{{}},"station":"{}","summary":"","created_at":"{NOW}",
        "milestones":[],"state":{{"is":"open"}}}}"#,
        station(4)
    );
    let Ok(Record::Incident(mut incident)) =
        Record::from_json(&RecordKey::new(RecordKind::Incident, id), &json)
    else {
        panic!("{json} is no incident");
    };
    incident.location.position = Some(place(3));
    incident.needs = vec![need("patrol", 3), need("crime-scene-group", 1), need("inspector", 2)];
    incident
}

/// Two units in three are on duty, of those one in four on a run; four in five on duty tell their position.
fn city() -> City {
    let mut units = Shelf::new();
    let mut positions = BTreeMap::new();
    for number in (0..UNITS).filter(|number| number % 3 != 0) {
        let id = unit(number);
        let mut record = Unit::signed_off(id.clone(), NOW);
        record.step(UnitEvent::SignOn).expect("nobody had signed on");
        if number % 4 == 1 {
            let run = RunId::derived(OperationId::derived("bench", id.as_str()), "run");
            record.step(UnitEvent::Assign { run }).expect("it is available");
        }
        units.insert(id.clone(), Versioned { version: Version(1), record: Arc::new(record) });
        if number % 5 != 2 {
            positions.insert(id, place(number + 31));
        }
    }
    let directory = InForce::new(DirectoryVersion(1), directory()).expect("a directory without districts");
    let mut fleet = Fleet::new(&directory.directory, &units);
    for (unit, place) in positions {
        fleet.seen(&unit, (place.latitude(), place.longitude()), NOW);
    }
    City {
        directory,
        incident: incident(),
        fleet,
        desks: Shelf::new(),
        assignments: Shelf::new(),
        promised: BTreeSet::new(),
    }
}

impl City {
    fn situation(&self) -> Situation<'_> {
        Situation {
            now: NOW,
            board: Version(1),
            directory: &self.directory,
            incident: &self.incident,
            fleet: &self.fleet,
            desks: &self.desks,
            assignments: &self.assignments,
            promised: &self.promised,
            taken: &NONE_TAKEN,
            closing: &[],
        }
    }
}

fn measure(criterion: &mut Criterion) {
    let city = city();
    let recommendation = recommend(&city.situation());
    assert!(recommendation.needs.len() == 3 && !recommendation.has_shortfall(), "the city is as intended");

    let mut samples: Vec<_> = (0..SAMPLES)
        .map(|_| {
            let start = Instant::now();
            let _ = black_box(recommend(black_box(&city.situation())));
            start.elapsed()
        })
        .collect();
    samples.sort_unstable();
    let (median, slow) = (samples[SAMPLES / 2], samples[SAMPLES * 99 / 100]);
    eprintln!(
        "recommend, three needs, {UNITS} units: p50 {median:?}, p99 {slow:?}, max {:?}",
        samples[SAMPLES - 1]
    );

    criterion.bench_function("recommend: three needs, 2,000 units", |bencher| {
        bencher.iter(|| recommend(black_box(&city.situation())));
    });
    criterion.bench_function("full list: three needs, 2,000 units", |bencher| {
        bencher.iter(|| full(black_box(&city.situation())));
    });
    let mut fleet = city.fleet.clone();
    let mut number = 0;
    criterion.bench_function("one position taken in, 2,000 units", |bencher| {
        bencher.iter(|| {
            number += 1;
            let at = place(number * 31);
            fleet.seen(&unit(number % UNITS), (at.latitude(), at.longitude()), NOW);
        });
    });
}

criterion_group!(benches, measure);
criterion_main!(benches);
