//! Numbers read one after the other, and the small values that records are made of.

use domain::{
    AssignmentId, CallId, IncidentId, IncidentTypeId, NoteId, OperationId, Priority, RecommendationId, RunId,
    Seconds, SpokenNumber, StationId, UnitId, UnitKindId,
    incident::{Caller, CallerDigits},
    location::{Location, LocationMethod},
    milestone::{Channel, Milestone, Report, Reporter, Step},
};
use geography::Position;
use jiff::Timestamp;
use proptest::prelude::*;

/// Texts that break careless software.
const AWKWARD: [&str; 14] = [
    "",
    "Окуя: өрт, Чүй проспекти 123",
    "oʻgʻri",
    "\0",
    "\r\n*3\r\n$3\r\nSET\r\n",
    "+OK\r\n-ERR\r\n:1\r\n$-1\r\n",
    "مرحبا \u{202e}drowssap\u{202c} \u{200f}",
    "👩🏽‍🚒🔥",
    "e\u{301}\u{fffd}\u{feff}\u{2028}\u{2029}",
    "\u{1b}[31m\t\u{7f}\u{85}",
    r#""}]},{"id":null,"\u0000"#,
    "'; return redis.call('FLUSHALL') --",
    "{tag}:call:*",
    "\u{10ffff}",
];

/// A list of numbers read one after the other, again from the start when it ends.
pub(crate) struct Dice {
    numbers: Vec<u32>,
    at: usize,
}

/// Numbers enough for any record.
pub(crate) fn dice() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(any::<u32>(), 1..80)
}

impl Dice {
    pub(crate) fn new(numbers: &[u32]) -> Self {
        Self { numbers: numbers.to_vec(), at: 0 }
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        // the round is mixed in so that a short list does not repeat the same few records
        let round = u32::try_from(self.at / self.numbers.len()).unwrap();
        let number = self.numbers[self.at % self.numbers.len()].wrapping_add(round.wrapping_mul(0x9e37_79b9));
        self.at += 1;
        number % end
    }

    pub(super) fn yes(&mut self) -> bool {
        self.below(2) == 1
    }

    pub(super) fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(u32::try_from(of.len()).unwrap()) as usize].clone()
    }

    pub(super) fn maybe<T>(&mut self, value: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.yes().then(|| value(self))
    }

    pub(super) fn some<T>(&mut self, value: impl Fn(&mut Self) -> T) -> Vec<T> {
        (0..self.below(3)).map(|_| value(self)).collect()
    }

    pub(super) fn text(&mut self) -> String {
        (0..self.below(3)).map(|_| self.pick(&AWKWARD)).collect()
    }

    pub(super) fn time(&mut self) -> Timestamp {
        let nanoseconds = i32::try_from(self.below(1_000_000_000)).unwrap();
        Timestamp::new(i64::from(self.below(u32::MAX)), nanoseconds).unwrap()
    }

    pub(super) fn seconds(&mut self) -> Seconds {
        Seconds(self.below(u32::MAX))
    }

    /// One of a few operations, so that records drawn apart name each other.
    pub(super) fn operation(&mut self) -> OperationId {
        OperationId::derived("test", &self.below(3).to_string())
    }

    pub(super) fn incident_id(&mut self) -> IncidentId {
        IncidentId::derived(self.operation(), "incident")
    }
    pub(super) fn call_id(&mut self) -> CallId {
        CallId::derived(self.operation(), "call")
    }
    pub(super) fn assignment_id(&mut self) -> AssignmentId {
        AssignmentId::derived(self.operation(), "assignment")
    }
    pub(super) fn run_id(&mut self) -> RunId {
        RunId::derived(self.operation(), "run")
    }
    pub(super) fn note_id(&mut self) -> NoteId {
        NoteId::derived(self.operation(), "note")
    }
    pub(super) fn recommendation_id(&mut self) -> RecommendationId {
        RecommendationId::derived(self.operation(), "recommendation")
    }
    pub(super) fn station(&mut self) -> StationId {
        StationId::new(self.pick(&["leninsky", "oktyabrsky", "7"])).unwrap()
    }
    pub(super) fn unit_id(&mut self) -> UnitId {
        UnitId::new(self.pick(&["patrol-1", "patrol-2", "sog-1"])).unwrap()
    }
    pub(super) fn kind(&mut self) -> UnitKindId {
        UnitKindId::new(self.pick(&["patrol", "crime-scene-group"])).unwrap()
    }
    pub(super) fn incident_type(&mut self) -> IncidentTypeId {
        IncidentTypeId::new(self.pick(&["burglary", "fire"])).unwrap()
    }
    pub(super) fn caller(&mut self) -> Caller {
        let digits = CallerDigits::of(&format!("0555{:06}", self.below(1_000_000))).unwrap();
        Caller { digits, through: self.maybe(Self::incident_id) }
    }
    pub(super) fn number(&mut self) -> SpokenNumber {
        let node = self.maybe(|dice| dice.pick(&['A', 'Z']));
        SpokenNumber::new(node, u64::from(self.below(u32::MAX)))
    }
    pub(super) fn priority(&mut self) -> Priority {
        Priority::new(self.pick(&[1, 2, 3, 4, 5])).unwrap()
    }

    /// Anywhere on the Earth, with every digit a float has.
    pub(super) fn position(&mut self) -> Position {
        let degrees = |dice: &mut Self, most: f64| {
            let part = f64::from(dice.below(u32::MAX)) / f64::from(u32::MAX);
            (2.0 * part - 1.0) * most
        };
        Position::new(degrees(self, 90.0), degrees(self, 180.0)).unwrap()
    }

    pub(super) fn location(&mut self) -> Location {
        use LocationMethod::{Aml, Cell, Device, Map, Spoken, Unknown};
        Location {
            position: self.maybe(Self::position),
            uncertainty_m: self.maybe(|dice| dice.below(u32::MAX)),
            method: self.pick(&[Unknown, Spoken, Cell, Aml, Map, Device]),
            address: self.text(),
            landmark: self.text(),
        }
    }

    pub(super) fn report(&mut self) -> Report {
        Report::by_system(self.time(), &self.text())
    }

    pub(super) fn milestone(&mut self) -> Milestone {
        use Channel::{Device, Paper, Phone, Radio, System};
        let steps =
            [Step::Rang, Step::Answered, Step::Created, Step::EnRoute, Step::AnswerOverdue, Step::Reopened];
        Milestone {
            step: self.pick(&steps),
            occurred_at: self.time(),
            recorded_at: self.time(),
            by: Reporter { name: self.text(), role: self.text(), on_behalf_of: self.text() },
            channel: self.pick(&[Device, Radio, Phone, Paper, System]),
            correction: self.maybe(Self::text),
            detail: self.text(),
        }
    }
}
