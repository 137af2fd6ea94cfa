//! What the words of a line mean: units, stations, incidents and the rest, as far as the asker may see them.

mod titles;

use std::sync::Arc;

use command::{CommandRefusal, IncidentWord, Said, Verb, Word, comparable, nearest, nearest_past, zone};
use domain::{
    IncidentId, IncidentTypeId, RecordKey, RecordKind, StationId, UnitId, UnitKindId,
    directory::{InForce, UnitEntry},
    incident::Incident,
    limits::REPORT_AHEAD_MAX,
    record::Record,
    refusal::{Refusal, Sought},
    unit::UnitState,
};
use identity::may_see_unit;
use jiff::Timestamp;

use self::titles::Titled;
use super::{AffectedUnit, CommandError, Effect};
use crate::{
    Asker, ControlRoom, GivenReport, OperationError,
    queries::{self, SpokenNumbers},
    sight::{is_reader, may_see},
};

/// Digits by which people call an open incident where no other ends on the same.
const LAST_DIGITS: usize = 3;

/// Choices that a refusal names: as many as anybody reads, and few enough to travel with the answer, whatever was typed.
const CHOICES_MAX: usize = 12;

/// How a number is looked for beyond what is open.
#[derive(Clone, Copy, Debug)]
pub(super) enum Depth<'a> {
    /// Among the numbers that are kept: a line is looked at with each key.
    Kept(&'a SpokenNumbers),
    /// In the store.
    All,
}

/// Looks up what a line names.
pub(super) struct Look<'a> {
    pub(super) room: &'a ControlRoom,
    pub(super) asker: &'a Asker,
    pub(super) verb: Verb,
    pub(super) depth: Depth<'a>,
    pub(super) selected: Option<IncidentId>,
    pub(super) in_force: Arc<InForce>,
    pub(super) now: Timestamp,
}

impl Look<'_> {
    /// The unit of that callsign or id.
    pub(super) fn unit(&self, word: &Word) -> Result<(UnitId, UnitEntry), CommandError> {
        self.find_unit(word)?.ok_or_else(|| nothing_near(Sought::Unit, word, self.near_units(word)).into())
    }

    /// The same, or none. One that the asker's scope does not reach is refused, whoever it is.
    pub(super) fn find_unit(&self, word: &Word) -> Result<Option<(UnitId, UnitEntry)>, CommandError> {
        let units = &self.in_force.directory.units;
        for reading in word.readings() {
            let named = |(id, entry): &(&UnitId, &UnitEntry)| {
                comparable(&entry.callsign) == reading || id.as_str() == reading
            };
            let mut found = units.iter().filter(named);
            let Some((id, entry)) = found.next() else { continue };
            if let Some((other, _)) = found.next() {
                return Err(ambiguous(word.as_str(), [id, other].map(ToString::to_string)));
            }
            if let Some(principal) = self.asker.principal() {
                may_see_unit(principal, id, &entry.desk)?;
            }
            return Ok(Some((id.clone(), entry.clone())));
        }
        Ok(None)
    }

    /// What those units are called that are called nearly so, of those that the asker's scope reaches. One whose callsign would be
    /// read as several words is told by its id.
    pub(super) fn near_units(&self, word: &Word) -> Vec<String> {
        let units = self.in_force.directory.units.iter().filter(|(id, entry)| {
            let principal = self.asker.principal();
            principal.is_none_or(|principal| may_see_unit(principal, id, &entry.desk).is_ok())
        });
        let is_one_word =
            |name: &str| !name.contains(|letter: char| letter.is_whitespace() || ".,".contains(letter));
        let named = units.map(|(id, entry)| {
            let callsign = entry.callsign.as_str();
            (if is_one_word(callsign) { callsign } else { id.as_str() }, [callsign])
        });
        nearest(word, named).into_iter().map(str::to_owned).collect()
    }

    /// The station of that id or title.
    pub(super) fn station(&self, word: &Word) -> Result<StationId, CommandError> {
        let near = || titles::near(word, self.stations());
        self.find_station(word)?.ok_or_else(|| nothing_near(Sought::Station, word, near()).into())
    }

    /// The station of a word that no unit is called by, where either may stand.
    pub(super) fn station_or_unit(&self, word: &Word) -> Result<StationId, CommandError> {
        let near = || [self.near_units(word), titles::near(word, self.stations())].concat();
        self.find_station(word)?.ok_or_else(|| nothing_near(Sought::Station, word, near()).into())
    }

    fn find_station(&self, word: &Word) -> Result<Option<StationId>, CommandError> {
        titles::called(word, self.stations())
    }

    fn stations(&self) -> impl Iterator<Item = Titled<'_, StationId>> {
        self.in_force.directory.stations.iter().map(|(id, station)| (id, id.as_str(), &station.title))
    }

    /// The kind of unit of that id or title.
    pub(super) fn kind(&self, word: &Word) -> Result<UnitKindId, CommandError> {
        let kinds = || self.in_force.directory.kinds.iter().map(|(id, kind)| (id, id.as_str(), &kind.title));
        let near = || titles::near(word, kinds());
        titles::called(word, kinds())?.ok_or_else(|| nothing_near(Sought::Kind, word, near()).into())
    }

    /// The type of incident of that id or title.
    pub(super) fn incident_type(&self, words: &str) -> Result<IncidentTypeId, CommandError> {
        let word = &Word::new(words);
        let types =
            || self.in_force.directory.types.iter().map(|(id, known)| (id, id.as_str(), &known.title));
        let near = || titles::near(word, types());
        titles::called(word, types())?.ok_or_else(|| nothing_near(Sought::Type, word, near()).into())
    }

    /// The incident that a line is about.
    pub(super) async fn incident(&self, which: &IncidentWord) -> Result<Arc<Incident>, CommandError> {
        match which {
            IncidentWord::Named(word) => self.named_incident(word).await,
            IncidentWord::Bare(word) => self.bare_incident(word).await,
            IncidentWord::Selected => {
                let selected = self.selected.ok_or_else(|| CommandRefusal::no_incident(self.verb))?;
                self.incident_by_id(selected).await
            }
        }
    }

    /// The incident of a number that may as well begin words. One that is over is meant only where nothing open can be.
    async fn bare_incident(&self, word: &Word) -> Result<Arc<Incident>, CommandError> {
        let found = if self.verb == Verb::Reopen {
            self.named_incident(word).await.map(Some)
        } else {
            self.open_incident(word.as_str())
        };
        match found {
            Ok(Some(incident)) => Ok(incident),
            Ok(None) | Err(CommandError::Operation(OperationError::Refused(Refusal::UnknownNumber(_))))
                if self.selected.is_some() =>
            {
                Err(CommandRefusal::either_way(word.as_str()).into())
            }
            Ok(None) => Err(Refusal::UnknownNumber(word.as_str().to_owned()).into()),
            Err(CommandError::Line(CommandRefusal::Ambiguous { word, mut choices }))
                if self.selected.is_some() =>
            {
                choices.truncate(CHOICES_MAX - 1);
                choices.push(format!("* {word}"));
                Err(CommandRefusal::Ambiguous { word, choices }.into())
            }
            Err(error) => Err(error),
        }
    }

    /// The incident of that number, of those last three digits, or of that id.
    pub(super) async fn named_incident(&self, word: &Word) -> Result<Arc<Incident>, CommandError> {
        let unknown = || Refusal::UnknownNumber(word.as_str().to_owned());
        let readings = word.readings();
        if let Some(id) = readings.iter().find_map(|reading| reading.parse().ok()) {
            return self.incident_by_id(id).await;
        }
        for reading in &readings {
            if let Some(open) = self.open_incident(reading)? {
                return Ok(open);
            }
        }
        let is_number = |reading: &&String| reading.bytes().all(|byte| byte.is_ascii_alphanumeric());
        for reading in readings.iter().filter(is_number) {
            if let Some(id) = self.not_open(&reading.to_uppercase()).await? {
                // whoever asks by a number must not learn that something hidden from them bears it
                return self.visible(id).await?.ok_or_else(|| unknown().into());
            }
        }
        Err(unknown().into())
    }

    async fn not_open(&self, number: &str) -> Result<Option<IncidentId>, CommandError> {
        let found = match self.depth {
            Depth::Kept(numbers) => return Ok(numbers.find(self.room, number).await?),
            Depth::All => queries::spoken_incident(self.room, number).await,
        };
        match found {
            Ok(id) => Ok(Some(id)),
            Err(OperationError::Refused(Refusal::UnknownNumber(_))) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn incident_by_id(&self, id: IncidentId) -> Result<Arc<Incident>, CommandError> {
        self.visible(id).await?.ok_or_else(|| Refusal::UnknownIncident(id).into())
    }

    /// The incident, off the board or from the store, if the asker may see it.
    async fn visible(&self, id: IncidentId) -> Result<Option<Arc<Incident>>, CommandError> {
        let see = |incident: &Arc<Incident>| {
            self.room.centre.read(|picture| may_see(picture, self.asker, incident))
        };
        let on_board = self
            .room
            .centre
            .read(|picture| picture.board.incidents().get(&id).map(|held| Arc::clone(&held.record)));
        if let Some(incident) = on_board {
            return Ok(Some(incident).filter(see));
        }
        let key = RecordKey::new(RecordKind::Incident, id);
        let read = self.room.find(&key).await?;
        let Some(Record::Incident(incident)) = read.map(|held| held.record) else { return Ok(None) };
        Ok(Some(Arc::new(incident)).filter(see))
    }

    /// The incident on the board that is called so: by its whole number, else by its last three digits.
    fn open_incident(&self, reading: &str) -> Result<Option<Arc<Incident>>, CommandError> {
        let by_digits = reading.len() == LAST_DIGITS && reading.bytes().all(|byte| byte.is_ascii_digit());
        let (exact, ending) = self.room.centre.read(|picture| {
            let (mut exact, mut ending) = (None, Vec::new());
            for held in picture.board.incidents().values() {
                let number = held.record.number.as_str();
                let is_exact = number.eq_ignore_ascii_case(reading);
                if (is_exact || (by_digits && number.ends_with(reading)))
                    && may_see(picture, self.asker, &held.record)
                {
                    if is_exact {
                        exact = Some(Arc::clone(&held.record));
                    } else {
                        ending.push(Arc::clone(&held.record));
                    }
                }
            }
            (exact, ending)
        });
        match (exact, ending.as_slice()) {
            (Some(exact), _) => Ok(Some(exact)),
            (None, []) => Ok(None),
            (None, [one]) => Ok(Some(Arc::clone(one))),
            (None, several) => Err(ambiguous(reading, several.iter().map(|it| it.number.to_string()))),
        }
    }

    /// How a report was made, and the effect of that.
    pub(super) fn report(&self, said: &Said, effect: &mut Effect) -> GivenReport {
        let zone = || zone(&self.in_force.directory.time_zone);
        let occurred_at = said.at.map(|at| nearest_past(at, self.now, REPORT_AHEAD_MAX, &zone()));
        effect.occurred_at = occurred_at;
        effect.channel = said.by;
        effect.person.clone_from(&said.from);
        GivenReport { occurred_at, channel: said.by, on_behalf_of: said.from.clone(), correction: None }
    }

    /// A unit as it stands, for whoever types about it.
    pub(super) fn affected(&self, id: &UnitId, entry: &UnitEntry) -> AffectedUnit {
        let state = self.room.centre.read(|picture| {
            let Some(unit) = picture.board.units().get(id) else { return UnitState::SignedOff.as_str() };
            let run = unit.record.run().and_then(|run| picture.board.runs().get(&run));
            let readable = run.filter(|run| {
                let incident = picture.board.incidents().get(&run.record.incident);
                incident.is_some_and(|held| is_reader(self.asker, &held.record))
            });
            readable.map_or_else(|| unit.record.state().as_str(), |run| run.record.state().as_str())
        });
        AffectedUnit {
            unit: id.clone(),
            callsign: entry.callsign.clone(),
            station: entry.desk.clone(),
            state,
            travel: None,
            through_desk: false,
        }
    }
}

/// That nothing is meant by a word.
pub(super) fn nothing_so(sought: Sought, word: &str) -> Refusal {
    Refusal::NothingSo { sought, word: word.to_owned(), near: Vec::new() }
}

/// That nothing is called so, and what is called nearly so.
fn nothing_near(sought: Sought, word: &Word, near: Vec<String>) -> Refusal {
    Refusal::NothingSo { sought, word: word.as_str().to_owned(), near }
}

/// That a word fits several.
pub(super) fn ambiguous(word: &str, choices: impl IntoIterator<Item = String>) -> CommandError {
    CommandRefusal::Ambiguous {
        word: word.to_owned(),
        choices: choices.into_iter().take(CHOICES_MAX).collect(),
    }
    .into()
}

/// The word for what was found.
pub(super) fn found_incident(incident: &Incident) -> IncidentWord {
    IncidentWord::Named(Word::new(incident.number.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_no_more_choices_than_travel_with_it() {
        let several = ambiguous("a", (0..10_000).map(|id| id.to_string()));
        let CommandError::Line(CommandRefusal::Ambiguous { choices, .. }) = several else {
            panic!("{several:?}")
        };
        assert_eq!(choices.len(), CHOICES_MAX);
        assert_eq!(choices.first().map(String::as_str), Some("0"));
    }
}
