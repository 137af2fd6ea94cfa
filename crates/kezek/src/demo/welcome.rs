//! The first screen of a demo: where it is, tokens for each role, five commands to try.

use std::path::{Path, PathBuf};

use identity::{Claims, DEMO_LIFETIME_SECONDS, Role};

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

/// What a visitor is told.
pub(super) struct Welcome {
    /// This program as it was started, so that what is printed can be typed where it was.
    program: String,
    address: String,
    centre: String,
    badges: Vec<Badge>,
}

impl Welcome {
    /// Makes a token for each role, a duty officer and a crew of the first station and unit among them.
    pub(super) fn make(
        ring: &KeyRing,
        configuration: &server::Configuration,
        centre: &str,
        address: &str,
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
        let mut badges = Vec::new();
        for role in Role::ALL {
            let (station, unit, holder) = match role {
                Role::DutyOfficer => (Some(entry.desk.clone()), None, format!("desk of {}", entry.desk)),
                Role::Crew => (None, Some(unit.clone()), format!("unit {}", entry.callsign)),
                Role::Operator
                | Role::Supervisor
                | Role::Administrator
                | Role::Integration
                | Role::Observer => (None, None, String::new()),
            };
            let name = format!("demo.{role}");
            let claims = Claims { name, role, centre: directory.centre.clone(), desk: None, station, unit };
            let token =
                ring.token(&claims, &configuration.issuer, &configuration.audience, DEMO_LIFETIME_SECONDS)?;
            let file = ring.keep(role.as_str(), &token)?;
            badges.push(Badge { role, holder, token, file });
        }
        let program = std::env::args().next().unwrap_or_else(|| "kezek".to_owned());
        Ok(Self { program, address: address.to_owned(), centre: centre.to_owned(), badges })
    }

    /// The token of the supervisor, who sees everything.
    pub(super) fn supervisor_token(&self) -> &str {
        self.badges
            .iter()
            .find(|badge| badge.role == Role::Supervisor)
            .map_or("", |badge| badge.token.as_str())
    }

    /// The screen.
    pub(super) fn text(&self, paint: Paint) -> String {
        let mut text = format!(
            "{}\n\nThe centre `{}` answers at {}\n\n{}\n",
            paint.dye(Tone::Strong, "Kezek demo: a made-up shift in a real program"),
            self.centre,
            self.address,
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
        for command in self.commands() {
            text.push_str(&format!("  {command}\n"));
        }
        text.push_str(&format!("\n{}\n", paint.dye(Tone::Strong, "What happens now")));
        text
    }

    /// Five commands, ready to be copied.
    fn commands(&self) -> [String; 5] {
        let with = |role: Role, command: &str| {
            let badge = self.badges.iter().find(|badge| badge.role == role);
            let file = badge.map(|badge| badge.file.display().to_string()).unwrap_or_default();
            let address = if self.address == ADDRESS_DEFAULT {
                String::new()
            } else {
                format!(" --address {}", self.address)
            };
            format!("{} --token-file {file}{address} {command}", self.program)
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
        let welcome =
            Welcome::make(&ring, &configuration, "bishkek", address, &folder.path().join("bishkek")).unwrap();
        let text = welcome.text(Paint::Plain);
        for role in Role::ALL {
            assert!(text.contains(&format!("  {role} ey")), "{text}");
            assert!(folder.path().join(format!("demo-keys/{role}.token")).exists());
        }
        assert_eq!(text.matches("--address http://127.0.0.1:9").count(), 5);
        let started_as = std::env::args().next().unwrap();
        assert_eq!(text.matches(&format!("  {started_as} --token-file ")).count(), 5, "{text}");
        assert!(!welcome.supervisor_token().is_empty());
    }
}
