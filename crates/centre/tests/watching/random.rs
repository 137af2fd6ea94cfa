//! Random histories: whatever happens, whoever reconnects ends with exactly the store's state in its scope.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use centre::{RingLimits, Scope, View, Watcher};
use domain::{
    RecordKey, Version, alarm::AlarmEvent, assignment::AssignmentState, call::CallState, desk::Desk,
    directory::InForce, fleet::Fleet, incident::IncidentEvent, record::Record, run::RunState,
    unit::UnitState,
};
use proptest::prelude::*;
use store::{Cursor, PositionReport, Retention};

use crate::{
    client::{Client, Plain, watcher},
    world::{
        Node, World, alarm, answered, assignment, begin, call, directory, incident, incident_id, lineage,
        note, only, run, run_id, station, unit, unit_id,
    },
};

const DESKS: [&str; 2] = ["north", "south"];
const UNITS: [&str; 3] = ["patrol-1", "patrol-2", "dogs"];
const READERS: [&str; 2] = ["aida", "bakyt"];

/// Something that happens.
#[derive(Clone, Debug)]
enum Happening {
    /// Records are written as one change.
    Write(Vec<Written>),
    /// A directory comes into force: desks of the three units.
    Directory([usize; 3]),
    /// A client takes a few frames in.
    Read(usize, usize),
    /// A client connects anew.
    Reconnect(usize),
    /// A client claims to have been somewhere it was not.
    Forge(usize, u128, u64),
    /// The node ends and another starts.
    Restart,
    /// A unit tells where it is, so many seconds after the beginning.
    Seen(usize, u8),
    /// Time passes.
    Wait,
}

/// A record, told by small numbers.
#[derive(Clone, Debug)]
enum Written {
    Incident { number: u128, open: bool, station: Option<usize>, reader: Option<usize> },
    Assignment { number: u128, desk: usize, open: bool },
    Run { number: u128, desk: usize, open: bool },
    Call { number: u128, incident: Option<u128>, open: bool },
    Alarm { number: u128, incident: Option<u128>, desk: Option<usize>, unit: Option<usize>, open: bool },
    Unit { unit: usize, run: Option<u128>, on_duty: bool },
    Desk { desk: usize, missed: u32 },
    Note { number: u128, incident: u128 },
}

/// Which incident the assignment and the run of a number belong to, for good.
const fn home(number: u128) -> u128 {
    number % 3
}

/// Which unit the run of a number is of, for good.
const fn goer(number: u128) -> usize {
    (number % 3) as usize
}

impl Written {
    fn record(&self) -> Record {
        match *self {
            Self::Incident { number, open, station: own, reader } => {
                let listed: Vec<_> = (0..6).filter(|listed| home(*listed) == number).collect();
                let mut incident = incident(number, &listed);
                incident.station = own.map(|desk| station(DESKS[desk]));
                incident.restriction = reader.map(|reader| only(READERS[reader]));
                if !open {
                    let (reason, by) = ("over".to_owned(), "operator".to_owned());
                    incident.step(IncidentEvent::Cancel { reason, by, at: begin() }).expect("it is open");
                }
                Record::Incident(incident)
            }
            Self::Assignment { number, desk, open } => {
                let state = if open { AssignmentState::Sent } else { AssignmentState::Done };
                Record::Assignment(assignment(number, home(number), DESKS[desk], state))
            }
            Self::Run { number, desk, open } => {
                let cleared = RunState::Cleared { disposition: "done".to_owned() };
                let state = if open { RunState::EnRoute } else { cleared };
                Record::Run(run(number, home(number), UNITS[goer(number)], DESKS[desk], state))
            }
            Self::Call { number, incident, open } => {
                let ended = CallState::Ended {
                    disposition: domain::call::CallDisposition {
                        outcome: domain::call::CallOutcome::Advice,
                        remark: String::new(),
                        by: "operator".to_owned(),
                    },
                };
                Record::Call(call(number, incident, if open { answered() } else { ended }))
            }
            Self::Alarm { number, incident, desk, unit, open } => {
                let mut alarm = alarm(number, incident);
                alarm.desk = desk.map(|desk| station(DESKS[desk]));
                alarm.unit = unit.map(|unit| unit_id(UNITS[unit]));
                if !open {
                    alarm
                        .step(AlarmEvent::End { by: "operator".to_owned(), at: begin() })
                        .expect("it is raised");
                }
                Record::Alarm(alarm)
            }
            Self::Unit { unit: number, run, on_duty } => {
                let state = match run {
                    Some(run) if goer(run) == number => UnitState::Assigned { run: run_id(run) },
                    Some(_) => UnitState::Available,
                    None if on_duty => UnitState::Available,
                    None => UnitState::SignedOff,
                };
                Record::Unit(unit(UNITS[number], state))
            }
            Self::Desk { desk, missed } => {
                Record::Desk(Desk { unanswered_in_a_row: missed, ..Desk::answering(station(DESKS[desk])) })
            }
            Self::Note { number, incident } => Record::Note(note(number, incident)),
        }
    }
}

fn written() -> impl Strategy<Value = Written> {
    let desk = 0..DESKS.len();
    let unit = 0..UNITS.len();
    let some_incident = proptest::option::of(0..3_u128);
    prop_oneof![
        3 => (0..3_u128, any::<bool>(), proptest::option::of(desk.clone()), proptest::option::weighted(0.3, 0..2_usize))
            .prop_map(|(number, open, station, reader)| Written::Incident { number, open, station, reader }),
        3 => (0..6_u128, desk.clone(), any::<bool>())
            .prop_map(|(number, desk, open)| Written::Assignment { number, desk, open }),
        3 => (0..6_u128, desk.clone(), any::<bool>())
            .prop_map(|(number, desk, open)| Written::Run { number, desk, open }),
        2 => (0..3_u128, some_incident.clone(), any::<bool>())
            .prop_map(|(number, incident, open)| Written::Call { number, incident, open }),
        2 => (0..3_u128, some_incident, proptest::option::of(desk.clone()), proptest::option::of(unit.clone()), any::<bool>())
            .prop_map(|(number, incident, desk, unit, open)| Written::Alarm { number, incident, desk, unit, open }),
        2 => (unit, proptest::option::of(0..6_u128), any::<bool>())
            .prop_map(|(unit, run, on_duty)| Written::Unit { unit, run, on_duty }),
        1 => (desk, 0..3_u32).prop_map(|(desk, missed)| Written::Desk { desk, missed }),
        1 => (0..100_u128, 0..3_u128).prop_map(|(number, incident)| Written::Note { number, incident }),
    ]
}

fn happening() -> impl Strategy<Value = Happening> {
    let client = 0..watchers().len();
    prop_oneof![
        8 => proptest::collection::vec(written(), 1..4).prop_map(Happening::Write),
        1 => proptest::array::uniform3(0..DESKS.len()).prop_map(Happening::Directory),
        4 => (client.clone(), 1..4_usize).prop_map(|(client, frames)| Happening::Read(client, frames)),
        2 => client.clone().prop_map(Happening::Reconnect),
        1 => (client, 0..3_u128, 0..200_u64).prop_map(|(client, line, at)| Happening::Forge(client, line, at)),
        1 => Just(Happening::Restart),
        2 => (0..UNITS.len(), any::<u8>()).prop_map(|(unit, seconds)| Happening::Seen(unit, seconds)),
        1 => Just(Happening::Wait),
    ]
}

fn watchers() -> Vec<Watcher> {
    vec![
        watcher(Scope::Centre, "aida"),
        watcher(Scope::Centre, "nobody"),
        watcher(Scope::Station(station("north")), "aida"),
        watcher(Scope::Station(station("south")), "nobody"),
        watcher(Scope::Unit(unit_id("patrol-1")), "nobody"),
        watcher(Scope::Unit(unit_id("dogs")), "bakyt"),
        watcher(Scope::Incident(incident_id(1)), "nobody"),
        Watcher { view: View::Redacted, ..watcher(Scope::Centre, "nobody") },
    ]
}

/// A history, its clients and every key it ever wrote.
struct Play {
    world: World,
    node: Node,
    ring: RingLimits,
    clients: Vec<Client>,
    keys: BTreeSet<RecordKey>,
    directories: u64,
}

impl Play {
    async fn begin(ring: RingLimits) -> Self {
        let world = World::keeping(Retention { stream_bytes: 20_000, ..Retention::default() });
        let node = world.node(ring).await;
        let clients = watchers().into_iter().map(|watcher| Client::new(&node.centre, watcher)).collect();
        Self { world, node, ring, clients, keys: BTreeSet::new(), directories: 0 }
    }

    async fn happen(&mut self, happening: &Happening) {
        match happening {
            Happening::Write(written) => {
                let mut keys = BTreeSet::new();
                let mut records: Vec<_> = written.iter().map(Written::record).collect();
                records.retain(|record| keys.insert(record.key()));
                self.keys.extend(keys);
                self.world.write(records).await;
            }
            Happening::Directory(desks) => {
                self.directories += 1;
                let units: Vec<_> = UNITS.into_iter().zip(desks.map(|desk| DESKS[desk])).collect();
                let mut records = directory(self.directories, &units);
                // a part that the store has already, from an equal directory, is not written again
                let known = self.world.read(&records.iter().map(Record::key).collect::<Vec<_>>()).await;
                records.retain(|record| {
                    !matches!(record, Record::DirectoryPart(_))
                        || known.iter().all(|known| known.key() != record.key())
                });
                self.keys.extend(records.iter().map(Record::key));
                self.world.write(records).await;
            }
            Happening::Read(client, frames) => {
                for _ in 0..*frames {
                    self.clients[*client].frame().await;
                }
            }
            Happening::Reconnect(client) => self.clients[*client].reconnect(&self.node.centre),
            Happening::Forge(client, line, number) => {
                let client = &mut self.clients[*client];
                // what is or will be a place of this lineage is a lie that nobody can see through, so none is told
                let far = if *line == 1 { 1_000_000 } else { 0 };
                let forged = Cursor { lineage: lineage(*line), number: Version(*number + far) };
                client.resume(&self.node.centre, Some(forged));
                client.cursor = None;
            }
            Happening::Restart => {
                let seen = self.node.seen.clone();
                self.node = self.world.node_that_saw(self.ring, seen).await;
                for client in &mut self.clients {
                    client.reconnect(&self.node.centre);
                }
            }
            Happening::Seen(unit, seconds) => {
                let told = PositionReport {
                    unit: unit_id(UNITS[*unit]),
                    measured_at: begin() + jiff::SignedDuration::from_secs(i64::from(*seconds)),
                    received_at: begin(),
                    latitude: 42.0 + f64::from(*seconds) / 1_000.0,
                    longitude: 74.0,
                    accuracy_m: None,
                };
                self.node.centre.report_positions(vec![told]).expect("a place on the Earth");
            }
            Happening::Wait => tokio::time::sleep(Duration::from_secs(3)).await,
        }
    }

    async fn end(mut self) {
        let tip = self.world.tip().await;
        let keys: Vec<_> = self.keys.into_iter().collect();
        let records = self.world.read(&keys).await;
        self.node.catch_up(&self.world).await;
        self.node.centre.read(|picture| {
            let muster = |in_force: &Arc<InForce>| {
                let mut fleet = Fleet::new(&in_force.directory, picture.board.units());
                for (unit, told) in &picture.positions {
                    fleet.seen(unit, (told.latitude, told.longitude), told.measured_at);
                }
                fleet
            };
            assert_eq!(picture.fleet, picture.directory.as_ref().map(muster).unwrap_or_default());
        });
        let directory = self.node.centre.read(|picture| picture.directory.clone());
        let plain = Plain { records: &records, directory: directory.as_deref() };
        for client in &mut self.clients {
            client.catch_up(tip).await;
            assert_eq!(client.held, plain.in_scope(&client.watcher), "{:?}", client.watcher);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn who_reconnects_at_random_ends_with_the_stores_state_in_its_scope(
        happenings in proptest::collection::vec(happening(), 1..60),
        changes in 1..12_usize,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let mut play = Play::begin(RingLimits { changes, bytes: 1 << 20 }).await;
            for happening in &happenings {
                play.happen(happening).await;
            }
            play.end().await;
        });
    }
}
