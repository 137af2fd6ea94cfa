//! The first screen of a demo: where its console is, tokens for each role, five commands to try.

use std::path::{Path, PathBuf};

use domain::{
    StationId, UnitId,
    directory::{Directory, Titles},
};
use identity::{Claims, DEMO_LIFETIME_SECONDS, Role};
use server::DemoHolder;

use crate::commands::directory::sources;
use crate::failure::Failure;
use crate::keys::KeyRing;
use crate::output::{Paint, Tone};
use crate::session::ADDRESS_DEFAULT;
use crate::table::Table;

/// A token and the file it is kept in.
struct Badge {
    role: Role,
    holder: String,
    token: String,
    file: PathBuf,
}

/// What somebody answers for.
enum Place {
    /// For no place of their own.
    None,
    /// For a station.
    Station(StationId),
    /// For a unit.
    Unit(UnitId),
}

impl Place {
    /// The id of the station or unit; empty where there is none.
    fn id(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Station(station) => station.to_string(),
            Self::Unit(unit) => unit.to_string(),
        }
    }
}

/// What the station is called that somebody answers for, by language; empty for who answers for none.
fn titled(directory: &Directory, place: &Place) -> Titles {
    match place {
        Place::Station(station) => {
            directory.stations.get(station).map(|known| known.title.clone()).unwrap_or_default()
        }
        Place::None | Place::Unit(_) => Titles::default(),
    }
}

/// What a visitor is told.
pub(super) struct Welcome {
    /// This program as it was started, so that what is printed can be typed where it was.
    program: String,
    centre: String,
    badges: Vec<Badge>,
    /// Whom a visitor of the console can be.
    holders: Vec<DemoHolder>,
}

impl Welcome {
    /// Makes a token for each role, a duty officer and a crew of the first station and unit among them; and for the console
    /// one for the duty officer of every station.
    pub(super) fn make(
        ring: &KeyRing,
        configuration: &server::Configuration,
        folder: &Path,
    ) -> Result<Self, Failure> {
        let directory = directory::read(&sources(folder)?).map_err(|_| {
            Failure::usage(format!("`kezek directory check {}` names what is wrong", folder.display()))
        })?;
        // a crew with a device, so that it can speak for itself, of a desk that answers for a district
        let answers = |desk| directory.districts.values().any(|district| district.station == desk);
        let usual = directory.units.iter().find(|(_, unit)| !unit.radio_only && answers(unit.desk.clone()));
        let (unit, entry) = usual
            .or_else(|| directory.units.iter().next())
            .ok_or_else(|| Failure::usage("the centre has no units: there is nothing to show"))?;
        let token = |name, role, place| {
            let (station, unit) = match place {
                Place::None => (None, None),
                Place::Station(station) => (Some(station), None),
                Place::Unit(unit) => (None, Some(unit)),
            };
            let claims = Claims { name, role, centre: directory.centre.clone(), desk: None, station, unit };
            ring.token(&claims, &configuration.issuer, &configuration.audience, DEMO_LIFETIME_SECONDS)
        };
        let (mut badges, mut holders) = (Vec::new(), Vec::new());
        for role in Role::ALL {
            let (place, holder) = match role {
                Role::DutyOfficer => (Place::Station(entry.desk.clone()), format!("desk of {}", entry.desk)),
                Role::Crew => (Place::Unit(unit.clone()), format!("unit {}", entry.callsign)),
                Role::Operator
                | Role::Supervisor
                | Role::Administrator
                | Role::Integration
                | Role::Observer => (Place::None, String::new()),
            };
            let (known_as, title) = (place.id(), titled(&directory, &place));
            let token = token(format!("demo.{role}"), role, place)?;
            let file = ring.keep(role.as_str(), &token)?;
            holders.push(DemoHolder { role, holder: known_as, title, token: token.clone() });
            badges.push(Badge { role, holder, token, file });
        }
        for station in directory.stations.keys().filter(|station| **station != entry.desk) {
            let role = Role::DutyOfficer;
            let place = Place::Station(station.clone());
            let title = titled(&directory, &place);
            let token = token(format!("demo.{role}.{station}"), role, place)?;
            holders.push(DemoHolder { role, holder: station.to_string(), title, token });
        }
        let program = std::env::args().next().unwrap_or_else(|| "kezek".to_owned());
        Ok(Self { program, centre: directory.centre.to_string(), badges, holders })
    }

    /// The token of the supervisor, who sees everything.
    pub(super) fn supervisor_token(&self) -> &str {
        self.badges
            .iter()
            .find(|badge| badge.role == Role::Supervisor)
            .map_or("", |badge| badge.token.as_str())
    }

    /// Whom a visitor of the console can be.
    pub(super) fn holders(&self) -> Vec<DemoHolder> {
        self.holders.clone()
    }

    /// The screen of a demo that answers at `address`.
    pub(super) fn text(&self, address: &str, paint: Paint) -> String {
        let mut text = format!(
            "{}\n\nConsole: {address}/  choose a role there\n\nThe centre `{}` answers at {address}\n\n{}\n",
            paint.dye(Tone::Strong, "Kezek demo: a made-up shift in a real program"),
            self.centre,
            paint.dye(Tone::Strong, "Tokens, good for a day, on this machine only"),
        );
        let mut table = Table::bare();
        for badge in &self.badges {
            table.row([badge.role.to_string(), badge.holder.clone(), badge.file.display().to_string()]);
        }
        text.push_str(&table.render("  "));
        text.push('\n');
        for badge in &self.badges {
            text.push_str(&paint.dye(Tone::Faint, &format!("  {} {}\n", badge.role, badge.token)));
        }
        text.push_str(&format!(
            "\n{}\n",
            paint.dye(Tone::Strong, "Five commands to try in another terminal (Ctrl-C here ends the demo)")
        ));
        for command in self.commands(address) {
            text.push_str(&format!("  {command}\n"));
        }
        text.push_str(&format!("\n{}\n", paint.dye(Tone::Strong, "What happens now")));
        text
    }

    /// Five commands, ready to be copied.
    fn commands(&self, address: &str) -> [String; 5] {
        let with = |role: Role, command: &str| {
            let badge = self.badges.iter().find(|badge| badge.role == role);
            let file = badge.map(|badge| badge.file.display().to_string()).unwrap_or_default();
            let at = if address == ADDRESS_DEFAULT { String::new() } else { format!(" --address {address}") };
            format!("{} --token-file {file}{at} {command}", self.program)
        };
        [
            with(Role::Supervisor, "watch"),
            with(
                Role::Operator,
                "call take --type burglary --where 'prospekt Chuy 155' --at 42.8756,74.5950 --narrative 'the door is open'",
            ),
            with(Role::Operator, "incident list"),
            with(Role::DutyOfficer, "desk show"),
            with(Role::Crew, "unit get"),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_has_a_token_and_each_command_names_its_file() {
        let folder = tempfile::tempdir().unwrap();
        super::super::unpack(&folder.path().join("bishkek")).unwrap();
        let ring = KeyRing::open(folder.path()).unwrap();
        let configuration = server::Configuration::default();
        let address = "http://127.0.0.1:9";
        let welcome = Welcome::make(&ring, &configuration, &folder.path().join("bishkek")).unwrap();
        let text = welcome.text(address, Paint::Plain);
        assert!(text.contains("Console: http://127.0.0.1:9/ "), "{text}");
        for role in Role::ALL {
            assert!(text.contains(&format!("  {role} ey")), "{text}");
            assert!(folder.path().join(format!("demo-keys/{role}.token")).exists());
        }
        assert_eq!(text.matches("--address http://127.0.0.1:9").count(), 5);
        let started_as = std::env::args().next().unwrap();
        assert_eq!(text.matches(&format!("  {started_as} --token-file ")).count(), 5, "{text}");
        assert!(!welcome.supervisor_token().is_empty());
    }

    #[test]
    fn a_visitor_can_be_anybody_and_the_officer_of_every_station() {
        let folder = tempfile::tempdir().unwrap();
        let centre = folder.path().join("bishkek");
        super::super::unpack(&centre).unwrap();
        let ring = KeyRing::open(folder.path()).unwrap();
        let welcome = Welcome::make(&ring, &server::Configuration::default(), &centre).unwrap();
        let holders = welcome.holders();
        for role in Role::ALL {
            assert!(holders.iter().any(|holder| holder.role == role && !holder.token.is_empty()), "{role}");
        }
        let officers = holders.iter().filter(|holder| holder.role == Role::DutyOfficer);
        let mut stations: Vec<String> = officers.map(|holder| holder.holder.clone()).collect();
        stations.sort();
        let directory = directory::read(&sources(&centre).unwrap()).unwrap();
        assert_eq!(stations, directory.stations.keys().map(ToString::to_string).collect::<Vec<_>>());
    }
}
