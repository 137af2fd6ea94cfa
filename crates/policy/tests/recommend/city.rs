//! Small cities: everything a situation borrows, owned in one place.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use domain::{
    AssignmentId, CentreId, DistrictId, IncidentId, OperationId, Priority, RecordKey, RecordKind, RunId,
    Seconds, StationId, UnitId, UnitKindId, Version,
    assignment::Assignment,
    board::Shelf,
    desk::Desk,
    directory::{
        ChosenBy, Directory, DirectoryVersion, District, DuplicateRule, InForce, ResponsePlan, Station,
        Titles, Travel, UnitEntry, UnitKind,
    },
    fleet::Fleet,
    incident::{Incident, Need, NeedMode, NeedTime, Supply},
    record::{Dropped, Record, Versioned},
    unit::{Unit, UnitEvent},
};
use geography::Position;
use jiff::Timestamp;
use policy::{NeedSurvey, Recommendation, Situation};

/// Nobody was taken a moment ago.
static NONE_TAKEN: BTreeSet<UnitId> = BTreeSet::new();

/// What a [`Situation`] borrows.
pub(crate) struct City {
    pub(crate) directory: InForce,
    pub(crate) incident: Incident,
    pub(crate) units: Shelf<UnitId, Unit>,
    pub(crate) desks: Shelf<StationId, Desk>,
    pub(crate) assignments: Shelf<AssignmentId, Assignment>,
    pub(crate) closing: Vec<Dropped>,
    /// Where units were seen, and when.
    pub(crate) positions: BTreeMap<UnitId, (Position, Timestamp)>,
}

pub(crate) const NOW: Timestamp = Timestamp::constant(1_800_000_000, 0);

pub(crate) fn before(seconds: i64) -> Timestamp {
    NOW - jiff::SignedDuration::from_secs(seconds)
}

pub(crate) fn station(name: &str) -> StationId {
    StationId::new(name).unwrap()
}

pub(crate) fn unit(name: &str) -> UnitId {
    UnitId::new(name).unwrap()
}

pub(crate) fn kind(name: &str) -> UnitKindId {
    UnitKindId::new(name).unwrap()
}

pub(crate) fn operation(name: &str) -> OperationId {
    OperationId::derived("test", name)
}

pub(crate) fn run(name: &str) -> RunId {
    RunId::derived(operation(name), "run")
}

pub(crate) fn assignment(name: &str) -> AssignmentId {
    AssignmentId::derived(operation(name), "assignment")
}

/// A place some metres north and east of the middle of the city.
pub(crate) fn at(north_m: f64, east_m: f64) -> Position {
    Position::new(42.87 + north_m / 111_195.0, 74.6 + east_m / 81_500.0).unwrap()
}

pub(crate) fn need(of: &str, count: u8) -> Need {
    Need {
        kind: kind(of),
        count,
        when: NeedTime::AtOnce,
        mode: NeedMode::Auto,
        desk_answer: Seconds(30),
        crew_answer: Seconds(60),
        serving: Vec::new(),
        supply: Supply::Enough,
    }
}

/// An open incident in the middle that needs one patrol, read from as little as a record may say.
pub(crate) fn incident(name: &str) -> Incident {
    let id = IncidentId::derived(operation(name), "incident");
    let json = format!(
        r#"{{"id":"{id}","number":"1","priority":1,"location":{{}},"district":"middle","station":"own","summary":"",
        "created_at":"{}","milestones":[],"state":{{"is":"open"}}}}"#,
        before(30)
    );
    let Ok(Record::Incident(mut incident)) =
        Record::from_json(&RecordKey::new(RecordKind::Incident, id), &json)
    else {
        panic!("{json} is no incident");
    };
    incident.location.position = Some(at(0.0, 0.0));
    incident.needs = vec![need("patrol", 1)];
    incident
}

/// A directory with the stations `own`, its substation `own-sub`, and `other`; three kinds, one for each way to choose.
fn directory() -> Directory {
    let stand = |position, parent: Option<&str>| Station {
        title: Titles::default(),
        position,
        parent: parent.map(station),
        contact: "102".to_owned(),
    };
    let kinds = [
        ("patrol", ChosenBy::DutyDesk, true),
        ("crime-scene-group", ChosenBy::Centre, false),
        ("dog-team", ChosenBy::Either, true),
    ];
    let corner = |north, east| at(north, east);
    let side = 9_000.0;
    let ring = vec![
        corner(-side, -side),
        corner(-side, side),
        corner(side, side),
        corner(side, -side),
        corner(-side, -side),
    ];
    Directory {
        centre: CentreId::new("test").unwrap(),
        title: Titles::default(),
        illustrative: true,
        languages: vec!["ky".to_owned()],
        time_zone: "Asia/Bishkek".to_owned(),
        contact: "102".to_owned(),
        duplicates: DuplicateRule::default(),
        travel: Travel::default(),
        districts: BTreeMap::from([(
            DistrictId::new("middle").unwrap(),
            District { title: Titles::default(), station: station("own"), outlines: vec![vec![ring]] },
        )]),
        stations: BTreeMap::from([
            (station("other"), stand(at(4_000.0, 0.0), None)),
            (station("own"), stand(at(0.0, 3_000.0), None)),
            (station("own-sub"), stand(at(-2_000.0, 0.0), Some("own"))),
        ]),
        kinds: kinds
            .into_iter()
            .map(|(name, chosen_by, automatic)| {
                (kind(name), UnitKind { title: Titles::default(), chosen_by, automatic })
            })
            .collect(),
        units: BTreeMap::new(),
        types: BTreeMap::new(),
        untyped: ResponsePlan::default(),
        untyped_priority: Priority::TOP,
    }
}

impl City {
    pub(crate) fn new() -> Self {
        Self {
            directory: InForce::new(DirectoryVersion(7), directory()).unwrap(),
            incident: incident("fire"),
            units: Shelf::new(),
            desks: Shelf::new(),
            assignments: Shelf::new(),
            closing: Vec::new(),
            positions: BTreeMap::new(),
        }
    }

    pub(crate) fn recommend(&self) -> Recommendation {
        self.with_situation(policy::recommend)
    }

    pub(crate) fn full(&self) -> Vec<NeedSurvey> {
        self.with_situation(policy::full)
    }

    fn with_situation<T>(&self, ask: impl FnOnce(&Situation<'_>) -> T) -> T {
        let fleet = self.fleet();
        let promises = self.assignments.values().map(|held| &held.record);
        let promised = promises.filter_map(|held| Some((held.promised_unit()?.clone(), held.id))).collect();
        ask(&Situation {
            now: NOW,
            board: Version(99),
            directory: &self.directory,
            incident: &self.incident,
            fleet: &fleet,
            desks: &self.desks,
            assignments: &self.assignments,
            promised: &promised,
            taken: &NONE_TAKEN,
            closing: &self.closing,
        })
    }

    /// The units as they stand, some having stood and been elsewhere before: what became of them is what they are.
    fn fleet(&self) -> Fleet {
        let degrees = |place: &Position| (place.latitude(), place.longitude());
        let mut fleet = Fleet::new(&self.directory.directory, &self.units);
        let mut moved = Fleet::new(&self.directory.directory, &Shelf::new());
        for unit in self.units.keys() {
            let mut before = Unit::signed_off(unit.clone(), before(900));
            before.step(UnitEvent::SignOn).unwrap();
            before.step(UnitEvent::Assign { run: run("before") }).unwrap();
            moved.stands(unit, Some(Arc::new(before)));
        }
        for (unit, (place, measured_at)) in &self.positions {
            fleet.seen(unit, degrees(place), *measured_at);
            moved.seen(unit, degrees(&at(-700.0, 300.0)), before(900));
            moved.seen(unit, degrees(place), *measured_at);
        }
        for (unit, held) in self.units.iter() {
            moved.stands(unit, Some(Arc::clone(&held.record)));
        }
        assert_eq!(moved, fleet);
        moved
    }

    /// Lists a unit in the directory; it is signed off until [`Self::set`].
    pub(crate) fn list(&mut self, name: &str, of: &str, desk: &str, beat: Option<Position>) {
        let entry = UnitEntry {
            callsign: name.to_owned(),
            kind: kind(of),
            command: desk.to_owned(),
            desk: station(desk),
            beat,
            talkgroup: String::new(),
            radio_only: false,
        };
        self.directory.directory.units.insert(unit(name), entry);
    }

    /// Has a unit be as it is after these events.
    pub(crate) fn set<const N: usize>(&mut self, name: &str, events: [UnitEvent; N], unanswered: u32) {
        let mut record = Unit::signed_off(unit(name), before(600));
        record.unanswered_in_a_row = unanswered;
        for event in events {
            record.step(event).unwrap();
        }
        self.units.insert(unit(name), Versioned { version: Version(5), record: Arc::new(record) });
    }

    /// Lists an available unit that just told its position.
    pub(crate) fn patrol(&mut self, name: &str, desk: &str, position: Position) {
        self.list(name, "patrol", desk, None);
        self.set(name, [UnitEvent::SignOn], 0);
        self.seen(name, position, 5);
    }

    pub(crate) fn seen(&mut self, name: &str, position: Position, age: i64) {
        self.positions.insert(unit(name), (position, before(age)));
    }

    pub(crate) fn desk_missed(&mut self, name: &str, in_a_row: u32) {
        let record = Desk { unanswered_in_a_row: in_a_row, ..Desk::answering(station(name)) };
        self.desks.insert(station(name), Versioned { version: Version(5), record: Arc::new(record) });
    }

    /// Gives the incident to a desk.
    pub(crate) fn assign(
        &mut self,
        name: &str,
        desk: &str,
        need: usize,
        recommended: Option<&str>,
        runs: &[RunId],
    ) -> AssignmentId {
        let (id, incident) = (assignment(name), self.incident.id);
        let kind = &self.incident.needs[need].kind;
        let json = format!(
            r#"{{"id":"{id}","incident":"{incident}","desk":"{desk}","milestones":[],
            "purpose":{{"is":"respond","need":{need},"kind":"{kind}"}},"state":{{"is":"sent"}}}}"#
        );
        let key = RecordKey::new(RecordKind::Assignment, id);
        let Ok(Record::Assignment(mut record)) = Record::from_json(&key, &json) else {
            panic!("{json} is no assignment");
        };
        record.recommended_unit = recommended.map(unit);
        record.runs = runs.to_vec();
        self.incident.assignments.push(id);
        self.incident.runs.extend(runs);
        self.incident.needs[need].serve(id, 1);
        self.assignments.insert(id, Versioned { version: Version(5), record: Arc::new(record) });
        id
    }
}
