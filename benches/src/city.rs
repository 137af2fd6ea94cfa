//! A centre of any size as the files of a directory, and what stands on its board before anybody calls.

use std::{fmt::Write as _, fs, path::Path};

use domain::{
    AlarmId, AssignmentId, IncidentId, OperationId, Priority, SpokenNumber, StationId, UnitId, Version,
    alarm::{About, Alarm, AlarmCode, AlarmEvent, AlarmLevel},
    assignment::{Assignment, AssignmentEvent, NewAssignment, Purpose},
    incident::{Incident, NewIncident},
    milestone::Report,
    record::Record,
    unit::{Unit, UnitEvent},
};
use geography::Position;
use jiff::Timestamp;
use store::{Commit, Cursor, Fingerprint, Outcome, Place, SharedStore, Write, limits::WRITES_MAX};

use crate::side::Fault;

/// The centre's name.
pub(crate) const CENTRE: &str = "city";

/// What callers report: one patrol is sent to it by the centre itself.
pub(crate) const TYPE: &str = "burglary";

/// Districts from west to east and from south to north, each with a station that answers for it.
const COLUMNS: u32 = 6;
const ROWS: u32 = 4;

/// Where the city begins and how far it goes, in degrees: 20 by 20 km.
const SOUTH_WEST: (f64, f64) = (42.8, 74.5);
const EXTENT: (f64, f64) = (0.18, 0.25);

/// How large a city is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    /// Units on duty.
    pub(crate) units: u32,
    /// Incidents open before the first call, each with an assignment and an alarm; nothing waits for them.
    pub(crate) incidents: u32,
}

/// The names of all stations.
pub(crate) fn stations() -> impl Iterator<Item = String> {
    (0..COLUMNS * ROWS).map(station)
}

fn station(number: u32) -> String {
    format!("station-{number:02}")
}

fn unit(number: u32) -> String {
    format!("unit-{number:06}")
}

/// A place in the city; neighbours in number lie far apart.
pub(crate) fn place(number: u64) -> (f64, f64) {
    let part = |step: u64| {
        let part = u32::try_from(number.wrapping_mul(step) % 1_000_003).expect("it is below a million");
        f64::from(part) / 1_000_003.0
    };
    (SOUTH_WEST.0 + EXTENT.0 * part(7_919), SOUTH_WEST.1 + EXTENT.1 * part(104_729))
}

/// Writes the directory's files into a folder, which is made.
///
/// # Errors
/// A file cannot be written.
pub(crate) fn write_directory(folder: &Path, units: u32) -> Result<(), Fault> {
    fs::create_dir_all(folder).map_err(Fault::at("make the directory's folder"))?;
    let kinds = "[patrol]\ntitle = { en = \"Patrol\" }\nchosen_by = \"centre\"\nautomatic = true\n";
    let types = format!(
        "[{TYPE}]\ntitle = {{ en = \"Burglary\" }}\npriority = 2\nplan = [\n  {{ kind = \"patrol\", mode = \"auto\" }},\n]\n"
    );
    let files = [
        ("centre.toml", centre()),
        ("kinds.toml", kinds.to_owned()),
        ("types.toml", types),
        ("stations.toml", all_stations()),
        ("units.toml", all_units(units)),
        ("districts.geojson", districts()),
    ];
    for (name, text) in files {
        fs::write(folder.join(name), text).map_err(Fault::at("write the directory"))?;
    }
    Ok(())
}

fn centre() -> String {
    format!(
        "id = \"{CENTRE}\"\ntitle = {{ en = \"City\" }}\nillustrative = true\nlanguages = [\"en\"]\n\
         time_zone = \"Asia/Bishkek\"\ncontact = \"102\"\n[duplicates]\nwithin_m = 80\nwithin_s = 600\n[travel]\ndetour_factor = 1.3\n\
         speed_km_h = 40\n[answers]\ndesk_s = 30\ncrew_s = 60\n[untyped]\npriority = 3\nplan = [{{ kind = \"patrol\" }}]\n"
    )
}

/// South-west and north-east corner of a district.
fn corners(number: u32) -> ((f64, f64), (f64, f64)) {
    let corner = |row: u32, column: u32| {
        let north = EXTENT.0 * f64::from(row) / f64::from(ROWS);
        let east = EXTENT.1 * f64::from(column) / f64::from(COLUMNS);
        (SOUTH_WEST.0 + north, SOUTH_WEST.1 + east)
    };
    let (row, column) = (number / COLUMNS, number % COLUMNS);
    (corner(row, column), corner(row + 1, column + 1))
}

fn all_stations() -> String {
    let mut out = String::new();
    for number in 0..COLUMNS * ROWS {
        let ((south, west), (north, east)) = corners(number);
        let (latitude, longitude) = (f64::midpoint(south, north), f64::midpoint(west, east));
        let name = station(number);
        write!(
            out,
            "[{name}]\ntitle = {{ en = \"{name}\" }}\nposition = \"{latitude:.5}, {longitude:.5}\"\ncontact = \"102\"\n"
        )
        .expect("a text takes more text");
    }
    out
}

fn all_units(units: u32) -> String {
    let mut out = String::new();
    for number in 0..units {
        let (latitude, longitude) = place(u64::from(number) + 17);
        let (name, desk) = (unit(number), station(number % (COLUMNS * ROWS)));
        writeln!(
            out,
            "{name} = {{ callsign = \"{number}\", kind = \"patrol\", desk = \"{desk}\", beat = \"{latitude:.5}, {longitude:.5}\" }}"
        )
        .expect("a text takes more text");
    }
    out
}

fn districts() -> String {
    let features: Vec<String> = (0..COLUMNS * ROWS)
        .map(|number| {
            let ((south, west), (north, east)) = corners(number);
            let name = station(number);
            format!(
                r#"{{"type":"Feature","properties":{{"id":"district-{number:02}","station":"{name}","title_en":"{name}"}},
                "geometry":{{"type":"Polygon","coordinates":[[[{west:.6},{south:.6}],[{east:.6},{south:.6}],[{east:.6},{north:.6}],[{west:.6},{north:.6}],[{west:.6},{south:.6}]]]}}}}"#
            )
        })
        .collect();
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

/// Puts everybody on duty and what is open on the board. Gives the number of the last change.
///
/// # Errors
/// The store does not take it.
pub(crate) async fn begin_shift(store: &SharedStore, size: Size) -> Result<Version, Fault> {
    let seen = store.tip().await.map_err(Fault::at("read the centre's store"))?;
    let units = (0..size.units).map(|number| Ok(vec![on_duty(number)?]));
    let incidents = (0..size.incidents).map(|number| Ok(open_incident(number)?.into()));
    // whatever belongs together is written together
    let mut written_together = units.chain(incidents);
    let mut last = seen.number;
    for number in 0_u32.. {
        let mut writes: Vec<Write> = Vec::new();
        while writes.len() < WRITES_MAX / 2
            && let Some(together) = written_together.next()
        {
            writes.extend(together?);
        }
        if writes.is_empty() {
            break;
        }
        let commit = Commit {
            operation: OperationId::derived("shift", &number.to_string()),
            fingerprint: Fingerprint::from_bytes([2; 32]),
            answer: "{}".into(),
            actor: "shift".to_owned(),
            cause: "sign_on".to_owned(),
            at: Timestamp::now(),
            seen: Some(Cursor { number: last, ..seen }),
            reads: Vec::new(),
            writes,
        };
        match store.commit(commit).await.map_err(Fault::at("begin the shift"))? {
            Outcome::Committed { number, .. } => last = number,
            other @ (Outcome::Repeated { .. }
            | Outcome::OtherContent { .. }
            | Outcome::Conflict { .. }
            | Outcome::Behind { .. }) => {
                return Err(Fault(format!("the shift does not begin: {other:?}")));
            }
        }
    }
    Ok(last)
}

fn on_duty(number: u32) -> Result<Write, Fault> {
    let id = UnitId::new(unit(number)).map_err(Fault::at("name a unit"))?;
    let mut record = Unit::signed_off(id, Timestamp::now());
    record.step(UnitEvent::SignOn).map_err(Fault::at("sign a unit on"))?;
    Ok(written(Record::Unit(record)))
}

/// An incident that somebody works on, its assignment, and an alarm about that: nothing waits for any of them.
fn open_incident(number: u32) -> Result<[Write; 3], Fault> {
    let operation = OperationId::derived("shift", &format!("incident {number}"));
    let now = Timestamp::now();
    let report = Report::by_system(now, "shift");
    let new = NewIncident {
        id: IncidentId::derived(operation, "incident"),
        number: SpokenNumber::new(Some('Z'), u64::from(number)),
        incident_type: None,
        priority: Priority::new(2).map_err(Fault::at("say how urgent it is"))?,
        summary: "Дверь взломана, соседи слышат шум".to_owned(),
        needs: Vec::new(),
    };
    let mut incident = Incident::open(new, &report);
    let (latitude, longitude) = place(u64::from(number) + 500_000);
    let position = Position::new(latitude, longitude).map_err(Fault::at("say where it is"))?;
    incident.location.position = Some(position);
    let desk = StationId::new(station(number % (COLUMNS * ROWS))).map_err(Fault::at("name a station"))?;
    incident.station = Some(desk.clone());
    let given = NewAssignment {
        id: AssignmentId::derived(operation, "assignment"),
        incident: incident.id,
        desk,
        purpose: Purpose::Inform,
        recommended_unit: None,
        answer_due: None,
    };
    let mut assignment = Assignment::sent(given, &report);
    let person = "duty".to_owned();
    assignment.step(AssignmentEvent::Receive { person }).map_err(Fault::at("receive an assignment"))?;
    incident.assignments.push(assignment.id);
    let id = AlarmId::derived(operation, "alarm");
    let (code, level) = (AlarmCode::DeskUnanswered, AlarmLevel::Supervisor);
    let mut alarm = Alarm::raised(id, code, level, About::assignment(&assignment), now);
    let taken = AlarmEvent::Acknowledge { by: "supervisor".to_owned(), at: now };
    alarm.step(taken).map_err(Fault::at("take an alarm"))?;
    Ok([Record::Incident(incident), Record::Assignment(assignment), Record::Alarm(alarm)].map(written))
}

fn written(record: Record) -> Write {
    let state = record.to_json().into();
    Write { key: record.key(), version: Version::ABSENT, state, place: Place::OPEN }
}
