//! What a line would do, or did, for whoever typed it to see.

use std::collections::BTreeSet;

use command::Verb;
use domain::{
    AlarmId, CallId, IncidentId, IncidentTypeId, Priority, Seconds, StationId, UnitId, UnitKindId,
    alarm::AlarmCode,
    incident::Incident,
    milestone::{Channel, Milestone, Step},
};
use jiff::Timestamp;

use crate::queries::Likely;

/// How exactly people say when something was.
const SECONDS_PER_MINUTE: i64 = 60;

/// A record and the number people say for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named<Id> {
    /// Which.
    pub id: Id,
    /// The number people say.
    pub number: String,
}

impl From<&Incident> for Named<IncidentId> {
    fn from(incident: &Incident) -> Self {
        Self { id: incident.id, number: incident.number.to_string() }
    }
}

/// What to think of before doing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Caution {
    /// Somebody is nearer.
    NotNearest,
    /// No need of this kind is open.
    NotNeeded,
    /// It was typed in another keyboard layout.
    WrongLayout,
    /// Units are still under way.
    OpenWork,
    /// The place has words and no point on the map, so no district and no travel time follow from it.
    PlaceWithoutPosition,
    /// It is said to have happened before the unit was sent or the desk was asked.
    BeforeSent,
    /// The unit that is to be free has not arrived.
    NotArrived,
    /// A time stands among its words, where it is not read as when it happened.
    TimeInWords,
    /// What it opens may be the same matter as what is open.
    LikelyDuplicate,
}

impl Caution {
    /// The word for it, which stays the same across releases.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotNearest => "NOT_NEAREST",
            Self::NotNeeded => "NOT_NEEDED",
            Self::WrongLayout => "WRONG_LAYOUT",
            Self::OpenWork => "OPEN_WORK",
            Self::PlaceWithoutPosition => "PLACE_WITHOUT_POSITION",
            Self::BeforeSent => "BEFORE_SENT",
            Self::NotArrived => "NOT_ARRIVED",
            Self::TimeInWords => "TIME_IN_WORDS",
            Self::LikelyDuplicate => "LIKELY_DUPLICATE",
        }
    }
}

/// A unit that a line is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AffectedUnit {
    /// Which.
    pub unit: UnitId,
    /// Its callsign.
    pub callsign: String,
    /// The station whose desk is told.
    pub station: StationId,
    /// Where it stands now: its own state, or that of its run as far as the asker may read it.
    pub state: &'static str,
    /// Estimated time to the incident; absent if it is not of interest or the place is unknown.
    pub travel: Option<Seconds>,
    /// True if its desk is asked for it and chooses.
    pub through_desk: bool,
}

/// What a line would do, or did. What does not belong to its verb is absent.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    missing_docs,
    reason = "the fields are those of the message `Effect` of the contract, where each is explained"
)]
pub struct Effect {
    pub verb: Verb,
    pub canonical: String,
    pub incident: Option<Named<IncidentId>>,
    pub other: Option<Named<IncidentId>>,
    pub units: Vec<AffectedUnit>,
    pub station: Option<StationId>,
    pub priority: Option<Priority>,
    pub incident_type: Option<IncidentTypeId>,
    pub kind: Option<UnitKindId>,
    pub count: u8,
    pub text: String,
    pub occurred_at: Option<Timestamp>,
    pub channel: Option<Channel>,
    pub person: String,
    pub until: Option<Timestamp>,
    pub alarm: Option<(AlarmId, AlarmCode)>,
    pub call: Option<Named<CallId>>,
    pub state: &'static str,
    pub cautions: BTreeSet<Caution>,
    pub likely: Vec<Likely>,
    pub meaning: String,
}

impl Effect {
    /// One of which nothing is known yet but the verb and the line.
    pub(super) const fn of(verb: Verb, canonical: String) -> Self {
        Self {
            verb,
            canonical,
            incident: None,
            other: None,
            units: Vec::new(),
            station: None,
            priority: None,
            incident_type: None,
            kind: None,
            count: 0,
            text: String::new(),
            occurred_at: None,
            channel: None,
            person: String::new(),
            until: None,
            alarm: None,
            call: None,
            state: "",
            cautions: BTreeSet::new(),
            likely: Vec::new(),
            meaning: String::new(),
        }
    }

    /// Cautions where it is said to have happened before whoever it is about was sent or asked. People say minutes, so
    /// the minute of the sending is not before it.
    pub(super) fn caution_before_sent(&mut self, milestones: &[Milestone]) {
        let sent = milestones.iter().find(|milestone| milestone.step == Step::Sent);
        let minute = |time: Timestamp| time.as_second().div_euclid(SECONDS_PER_MINUTE);
        if let (Some(sent), Some(said)) = (sent, self.occurred_at)
            && minute(said) < minute(sent.occurred_at)
        {
            self.cautions.insert(Caution::BeforeSent);
        }
    }
}
