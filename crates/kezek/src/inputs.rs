//! Groups of options that several commands share, and how a person names a record.

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use protocol::crew::v1::GetUnitRequest;
use protocol::desk::v1::GetDeskRequest;
use protocol::dispatch::v1::{GetIncidentRequest, GetIncidentResponse, get_incident_request};
use protocol::intake::v1::{GetCallRequest, get_call_request};
use protocol::record::v1::{Assignment, Channel, Location, LocationMethod, Position, Report, Run};
use uuid::Uuid;

use crate::failure::Failure;
use crate::session::Session;
use crate::table::plain;
use crate::{time, words};

/// Under which id a change is asked, and on what it was decided.
#[derive(Args, Clone, Debug)]
pub(crate) struct Identity {
    /// Ask under this id (1 to 64 of A-Z a-z 0-9 . _ : -); the same id never does anything twice. Made anew unless given
    #[arg(long, value_name = "ID", help_heading = "Repeating safely")]
    pub(crate) request_id: Option<String>,
    /// Refuse if the record has another version by now
    #[arg(long, value_name = "NUMBER", help_heading = "Repeating safely")]
    pub(crate) expected_version: Option<u64>,
}

impl Identity {
    /// The id given, else a new one.
    pub(crate) fn request_id(&self) -> String {
        self.request_id.clone().unwrap_or_else(new_request_id)
    }
}

/// An id that nobody used before.
pub(crate) fn new_request_id() -> String {
    Uuid::now_v7().to_string()
}

/// Where something is.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Place {
    /// The point, as LATITUDE,LONGITUDE in degrees
    #[arg(long, value_name = "LAT,LON", value_parser = position, allow_hyphen_values = true)]
    pub(crate) at: Option<Position>,
    /// Radius around the point that holds the true place, in metres
    #[arg(long, value_name = "METRES", requires = "at")]
    pub(crate) uncertainty: Option<u32>,
    /// How the point was come by
    #[arg(long, value_enum, requires = "at")]
    pub(crate) method: Option<Method>,
    /// The address as said, in any language
    #[arg(id = "place_address", long = "where", value_name = "TEXT")]
    pub(crate) address: Option<String>,
    /// The landmark as said
    #[arg(long, value_name = "TEXT")]
    pub(crate) landmark: Option<String>,
}

impl Place {
    /// The place; `None` if nothing of it was said.
    pub(crate) fn location(&self) -> Option<Location> {
        let said = self.at.is_some() || self.address.is_some() || self.landmark.is_some();
        said.then(|| Location {
            position: self.at,
            uncertainty_m: self.uncertainty,
            method: self.method.map_or(LocationMethod::Unspecified, Method::on_the_wire).into(),
            address: self.address.clone().unwrap_or_default(),
            landmark: self.landmark.clone().unwrap_or_default(),
        })
    }
}

/// How a point was come by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Method {
    /// The caller said it
    Spoken,
    /// The mobile network's cell
    Cell,
    /// Advanced Mobile Location, sent by the handset
    Aml,
    /// A click on the map
    Map,
    /// A device with a fix of its own
    Device,
}

impl Method {
    const fn on_the_wire(self) -> LocationMethod {
        match self {
            Self::Spoken => LocationMethod::Spoken,
            Self::Cell => LocationMethod::Cell,
            Self::Aml => LocationMethod::Aml,
            Self::Map => LocationMethod::Map,
            Self::Device => LocationMethod::Device,
        }
    }
}

/// The circumstances of a report that did not come now, from the person who enters it.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Circumstances {
    /// When it happened: `14:05`, `5m ago`, or RFC 3339; now unless given
    #[arg(long, value_name = "TIME", help_heading = "Entered for somebody, or late")]
    pub(crate) occurred_at: Option<String>,
    /// How the word came
    #[arg(long, value_enum, help_heading = "Entered for somebody, or late")]
    pub(crate) channel: Option<Means>,
    /// Name or badge of the person on whose word it is entered
    #[arg(long, value_name = "NAME", help_heading = "Entered for somebody, or late")]
    pub(crate) person: Option<String>,
    /// Why an earlier report was wrong: this one corrects it, and both stay on record
    #[arg(long, value_name = "WHY", help_heading = "Entered for somebody, or late")]
    pub(crate) correction: Option<String>,
}

impl Circumstances {
    /// The report; `None` if all of it is as usual.
    pub(crate) async fn report(&self, session: &Session) -> Result<Option<Report>, Failure> {
        let occurred_at = optional_time(session, self.occurred_at.as_deref()).await?;
        let usual = occurred_at.is_none()
            && self.channel.is_none()
            && self.person.is_none()
            && self.correction.is_none();
        Ok((!usual).then(|| Report {
            occurred_at,
            channel: self.channel.map_or(Channel::Unspecified, Means::on_the_wire).into(),
            person: self.person.clone().unwrap_or_default(),
            correction_reason: self.correction.clone().unwrap_or_default(),
        }))
    }

    /// The person on whose word it is entered. Empty: the caller.
    pub(crate) fn person(&self) -> String {
        self.person.clone().unwrap_or_default()
    }
}

/// How a report reached the centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Means {
    /// The reporter's own device
    Device,
    /// Voice radio
    Radio,
    /// Telephone
    Phone,
    /// Written down and entered later
    Paper,
}

impl Means {
    const fn on_the_wire(self) -> Channel {
        match self {
            Self::Device => Channel::Device,
            Self::Radio => Channel::Radio,
            Self::Phone => Channel::Phone,
            Self::Paper => Channel::Paper,
        }
    }
}

/// A time that was given, in the centre's zone.
pub(crate) async fn optional_time(
    session: &Session,
    said: Option<&str>,
) -> Result<Option<prost_types::Timestamp>, Failure> {
    match said {
        None => Ok(None),
        Some(text) => required_time(session, text).await.map(Some),
    }
}

/// A time, in the centre's zone.
pub(crate) async fn required_time(session: &Session, said: &str) -> Result<prost_types::Timestamp, Failure> {
    let zone = &session.names().await.zone;
    time::parse(said, Timestamp::now(), zone).map(time::to_wire)
}

/// Whether a text is a whole id.
fn is_id(said: &str) -> bool {
    Uuid::try_parse(said).is_ok()
}

/// The id of an incident named by its id or by the number people say.
pub(crate) async fn incident_id(session: &Session, said: &str) -> Result<String, Failure> {
    if is_id(said) {
        return Ok(said.to_owned());
    }
    let found = incident(session, said).await?;
    Ok(found.incident.unwrap_or_default().incident_id)
}

/// An incident with all that belongs to it, named by its id or by the number people say.
pub(crate) async fn incident(session: &Session, said: &str) -> Result<GetIncidentResponse, Failure> {
    let name = if is_id(said) {
        get_incident_request::Name::IncidentId(said.to_owned())
    } else {
        get_incident_request::Name::SpokenNumber(said.to_owned())
    };
    let question = GetIncidentRequest { name: Some(name) };
    session.read(question, async |request| session.incidents().get_incident(request).await).await
}

/// How a call is asked for.
pub(crate) fn call_name(said: &str) -> GetCallRequest {
    let name = if is_id(said) {
        get_call_request::Name::CallId(said.to_owned())
    } else {
        get_call_request::Name::SpokenNumber(said.to_owned())
    };
    GetCallRequest { name: Some(name) }
}

/// The id of a call named by its id or by the number people say.
pub(crate) async fn call_id(session: &Session, said: &str) -> Result<String, Failure> {
    if is_id(said) {
        return Ok(said.to_owned());
    }
    let answer =
        session.read(call_name(said), async |request| session.intake().get_call(request).await).await?;
    Ok(answer.call.unwrap_or_default().call_id)
}

/// The id of an open assignment, named by its id, by the first digits of it, or by the number of its incident. A duty
/// officer's own desk is looked at first; anybody else says which station where there are several.
pub(crate) async fn assignment_id(
    session: &Session,
    said: &str,
    station: Option<&str>,
) -> Result<String, Failure> {
    if is_id(said) {
        return Ok(said.to_owned());
    }
    let question = GetDeskRequest { station_id: station.unwrap_or_default().to_owned() };
    let desk = session.read(question, async |request| session.desks().get_desk(request).await).await;
    let (assignments, numbers) = match desk {
        Ok(desk) => {
            let numbers =
                desk.incidents.into_iter().map(|incident| (incident.incident_id, incident.spoken_number));
            (desk.assignments, numbers.collect::<Vec<_>>())
        }
        Err(failure) if station.is_some() => return Err(failure),
        Err(_) => {
            let answer = incident(session, said).await?;
            let incident = answer.incident.unwrap_or_default();
            (answer.assignments, vec![(incident.incident_id, incident.spoken_number)])
        }
    };
    one_assignment(said, &assignments, &numbers)
}

/// The one open assignment that is meant.
fn one_assignment(
    said: &str,
    assignments: &[Assignment],
    numbers: &[(String, String)],
) -> Result<String, Failure> {
    let of_incident = |assignment: &Assignment| {
        numbers.iter().any(|(id, number)| *id == assignment.incident_id && number == said)
    };
    let begins = |assignment: &Assignment| said.len() >= 6 && assignment.assignment_id.starts_with(said);
    let meant: Vec<&Assignment> = assignments
        .iter()
        .filter(|assignment| words::assignment_is_open(assignment))
        .filter(|assignment| of_incident(assignment) || begins(assignment))
        .collect();
    // where a desk was asked to send somebody and also told to know, the first is what it answers
    let asked: Vec<&Assignment> =
        meant.iter().copied().filter(|assignment| words::is_asked_to_send(assignment)).collect();
    match if asked.is_empty() { meant.as_slice() } else { asked.as_slice() } {
        [one] => Ok(one.assignment_id.clone()),
        [] => Err(Failure::not_found(
            format!("no open assignment is meant by `{}`", plain(said)),
            "`kezek desk show` lists what is open at a desk",
        )),
        several => {
            let ids = several.iter().map(|one| {
                format!(
                    "{} at {} ({})",
                    words::short_id(&one.assignment_id),
                    one.station_id,
                    words::assignment_state(one)
                )
            });
            Err(Failure::usage(format!(
                "`{}` may mean {} assignments: {}; name one by those digits, or add --station",
                plain(said),
                several.len(),
                ids.collect::<Vec<_>>().join(", ")
            )))
        }
    }
}

/// The run that a unit is on. Without a unit: the one in the token.
pub(crate) async fn run_of_unit(session: &Session, unit: Option<&str>) -> Result<Run, Failure> {
    let unit_id = optional_unit(session, unit).await?;
    let question = GetUnitRequest { unit_id };
    let answer = session.read(question, async |request| session.units().get_unit(request).await).await?;
    let row = answer.unit.unwrap_or_default();
    let callsign = plain(&row.callsign);
    row.run.ok_or_else(|| {
        Failure::not_found(format!("unit {callsign} is on no run"), "`kezek unit get` shows what it is doing")
    })
}

/// The id of a unit named by its id or callsign. Without one: empty, which means the one in the token.
pub(crate) async fn optional_unit(session: &Session, said: Option<&str>) -> Result<String, Failure> {
    match said {
        None => Ok(String::new()),
        Some(said) => session.names().await.unit_id(said),
    }
}

/// The id of a station named by its id or title. Without one: empty, which means the one in the token.
pub(crate) async fn optional_station(session: &Session, said: Option<&str>) -> Result<String, Failure> {
    match said {
        None => Ok(String::new()),
        Some(said) => session.names().await.station_id(said),
    }
}

/// A position as typed.
pub(crate) fn position(text: &str) -> Result<Position, String> {
    let read = || {
        let (latitude, longitude) = text.split_once(',')?;
        let position =
            Position { latitude: latitude.trim().parse().ok()?, longitude: longitude.trim().parse().ok()? };
        let possible = position.latitude.abs() <= 90.0 && position.longitude.abs() <= 180.0;
        possible.then_some(position)
    };
    read().ok_or_else(|| "say LATITUDE,LONGITUDE in degrees, such as 42.8746,74.5698".to_owned())
}

#[cfg(test)]
mod tests {
    use protocol::record::v1::{AssignmentPurpose, AssignmentState, assignment_purpose, assignment_state};

    use super::*;

    #[test]
    fn a_position_is_two_numbers_that_can_be() {
        assert_eq!(position("42.8746, 74.5698"), Ok(Position { latitude: 42.8746, longitude: 74.5698 }));
        for bad in ["", "42.8", "74.5698;42.8", "142.8,74.5", "42.8,274.5", "NaN,1", "a,b"] {
            assert!(position(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_place_of_which_nothing_is_said_is_none() {
        assert_eq!(Place::default().location(), None);
        let place = Place { landmark: Some("by the bazaar".to_owned()), ..Place::default() };
        assert_eq!(place.location().unwrap().landmark, "by the bazaar");
    }

    fn assignment(id: &str, incident: &str, state: assignment_state::State) -> Assignment {
        Assignment {
            assignment_id: id.to_owned(),
            incident_id: incident.to_owned(),
            station_id: "leninsky".to_owned(),
            state: Some(AssignmentState { state: Some(state) }),
            ..Assignment::default()
        }
    }

    #[test]
    fn an_assignment_is_named_by_its_incident_or_its_first_digits() {
        let sent = || assignment_state::State::Sent(assignment_state::Sent {});
        let done = assignment_state::State::Done(assignment_state::Done {});
        let all = [
            assignment("aaaaaaaa-1", "i-1", sent()),
            assignment("bbbbbbbb-1", "i-2", sent()),
            assignment("cccccccc-1", "i-2", sent()),
            assignment("dddddddd-1", "i-1", done),
        ];
        let numbers =
            [("i-1", "1043"), ("i-2", "1044")].map(|(id, number)| (id.to_owned(), number.to_owned()));
        assert_eq!(one_assignment("1043", &all, &numbers).unwrap(), "aaaaaaaa-1");
        assert_eq!(one_assignment("cccccc", &all, &numbers).unwrap(), "cccccccc-1");
        let mut two = all[..2].to_vec();
        two[1].incident_id = "i-1".to_owned();
        let respond = assignment_purpose::Purpose::Respond(assignment_purpose::Respond::default());
        two[1].purpose = Some(AssignmentPurpose { purpose: Some(respond) });
        assert_eq!(
            one_assignment("1043", &two, &numbers).unwrap(),
            "bbbbbbbb-1",
            "who is asked to send answers that"
        );
        assert_eq!(one_assignment("1099", &all, &numbers).unwrap_err().exit.code(), 4);
        let failure = one_assignment("1044", &all, &numbers).unwrap_err();
        assert_eq!(failure.exit.code(), 2);
        assert!(
            failure.message.contains("bbbbbbbb at leninsky (sent), cccccccc at leninsky (sent)"),
            "{failure}"
        );
    }
}
