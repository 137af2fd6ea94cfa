//! The laws by which the simulated people act: how long each step takes, and how often somebody does not act.
//!
//! Every law is drawn from a seed and a label, so what one desk does never depends on how many others there are.
//! Times are seconds of the centre's own clock.

use std::{f64::consts::TAU, sync::Mutex};

use rand::{RngExt as _, SeedableRng as _, seq::SliceRandom as _};
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

/// What a whole simulation is drawn from: the same seed, the same city.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Seed(pub u64);

/// The namespace of dice; any fixed value would do, this one is ours.
const DICE: Uuid = Uuid::from_u128(0x6b65_7a65_6b00_4449_8000_0000_0000_0002);

impl Seed {
    /// Dice of their own for whatever the label names.
    pub fn dice(self, label: &str) -> ChaCha8Rng {
        let name = Uuid::new_v5(&DICE, format!("{}/{label}", self.0).as_bytes());
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(name.as_bytes());
        bytes[16..].copy_from_slice(Uuid::new_v5(&name, b"second half").as_bytes());
        ChaCha8Rng::from_seed(bytes)
    }

    /// True in `share` of all labels.
    pub fn chance(self, label: &str, share: f64) -> bool {
        self.dice(label).random::<f64>() < share
    }
}

/// A log-normal law: people are rarely much faster than usual and sometimes much slower.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogNormal {
    /// Half of all are faster, in seconds.
    pub median_s: f64,
    /// Standard deviation of the logarithm: 0.5 means that one in forty takes 2.7 times the median.
    pub sigma: f64,
    /// Nobody takes longer, in seconds: a simulation must end.
    pub longest_s: f64,
}

impl LogNormal {
    /// A law cut at eight times its median.
    pub const fn new(median_s: f64, sigma: f64) -> Self {
        Self { median_s, sigma, longest_s: 8.0 * median_s }
    }

    /// One draw, in seconds.
    pub fn draw(&self, dice: &mut ChaCha8Rng) -> f64 {
        // Box and Muller; 1 - u is never 0, so its logarithm is finite
        let (u, v): (f64, f64) = (dice.random(), dice.random());
        let normal = (-2.0 * (1.0 - u).ln()).sqrt() * (TAU * v).cos();
        (self.median_s * (self.sigma * normal).exp()).min(self.longest_s)
    }
}

/// How the people of a city act.
#[derive(Clone, Debug, PartialEq)]
pub struct Laws {
    /// From an assignment on the desk's screen to "received". Decree 1931 of the Russian Federation asks for 30 s.
    pub receive: LogNormal,
    /// From received to the choice of a crew.
    pub accept: LogNormal,
    /// From a run on the crew's screen to "acknowledged".
    pub acknowledge: LogNormal,
    /// From acknowledged to en route; 38 s from dispatch in the San Francisco record.
    pub depart: LogNormal,
    /// From on scene to clear.
    pub on_scene: LogNormal,
    /// From what a radio-only crew says to when somebody has typed it.
    pub radio: LogNormal,
    /// From an incident waiting in the queue to the operator's confirmation.
    pub confirm: LogNormal,
    /// From an alarm to the operator's telephone call.
    pub alarm: LogNormal,
    /// From the last unit clear to the incident closed.
    pub close: LogNormal,
    /// From a call taken to its end.
    pub end_call: LogNormal,
    /// From a stand-down on the screen to its confirmation.
    pub stand_down: LogNormal,
    /// How long a desk that is late at last keeps its answer back, in seconds: longer than plans allow.
    pub late_desk_s: f64,
    /// How long a crew that is late does, in seconds.
    pub late_crew_s: f64,
    /// How long operators leave to the centre what it may serve by itself, in seconds.
    pub automatic_s: f64,
    /// How long a decision is left to show on the screen, in seconds.
    pub settle_s: f64,
    /// How long an incident is left alone for which nobody can be found, in seconds.
    pub nobody_s: f64,
    /// How many times faster than their cars crews drive; 1 is life.
    pub haste: f64,
    /// How fast units drive on the straight line with its detour, in kilometres an hour.
    pub speed_km_h: f64,
    /// How much longer the way is than the straight line.
    pub detour: f64,
    /// Share of operators' requests that are sent twice with the same request id, as after a lost answer.
    pub repeated: f64,
    /// Share of confirmations for which a second operator reaches for the same unit or incident at the same moment.
    pub raced: f64,
    /// Share of suspected duplicates that an operator merges.
    pub merged: f64,
    /// Share of radio reports that skip a step, and of those that are corrected later.
    pub skipped: f64,
    /// See [`Self::skipped`].
    pub corrected: f64,
    /// Share of units that have a radio and nothing else.
    pub radio_only: f64,
}

impl Default for Laws {
    fn default() -> Self {
        Self {
            receive: LogNormal::new(8.0, 0.45),
            accept: LogNormal::new(12.0, 0.5),
            acknowledge: LogNormal { median_s: 20.0, sigma: 0.4, longest_s: 55.0 },
            depart: LogNormal::new(18.0, 0.6),
            on_scene: LogNormal::new(720.0, 0.5),
            radio: LogNormal::new(20.0, 0.6),
            confirm: LogNormal::new(9.0, 0.5),
            alarm: LogNormal::new(15.0, 0.5),
            close: LogNormal::new(30.0, 0.5),
            end_call: LogNormal::new(75.0, 0.5),
            stand_down: LogNormal::new(10.0, 0.5),
            late_desk_s: 90.0,
            late_crew_s: 150.0,
            automatic_s: 20.0,
            settle_s: 5.0,
            nobody_s: 60.0,
            haste: 1.0,
            speed_km_h: 40.0,
            detour: 1.3,
            repeated: 0.02,
            raced: 0.04,
            merged: 0.02,
            skipped: 0.15,
            corrected: 0.05,
            radio_only: 0.2,
        }
    }
}

impl Laws {
    /// The same people so many times faster, on a clock that runs at the real rate. Plans must allow them that much
    /// less time, or nobody is ever late.
    #[must_use]
    pub fn hurried(self, times: f64) -> Self {
        let law = |law: LogNormal| LogNormal {
            median_s: law.median_s / times,
            sigma: law.sigma,
            longest_s: law.longest_s / times,
        };
        Self {
            receive: law(self.receive),
            accept: law(self.accept),
            acknowledge: law(self.acknowledge),
            depart: law(self.depart),
            on_scene: law(self.on_scene),
            radio: law(self.radio),
            confirm: law(self.confirm),
            alarm: law(self.alarm),
            close: law(self.close),
            end_call: law(self.end_call),
            stand_down: law(self.stand_down),
            late_desk_s: self.late_desk_s / times,
            late_crew_s: self.late_crew_s / times,
            automatic_s: self.automatic_s / times,
            settle_s: self.settle_s / times,
            nobody_s: self.nobody_s / times,
            haste: self.haste * times,
            ..self
        }
    }
}

/// What a desk or a crew does with one thing it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// It answers.
    Answers,
    /// A desk gives it back; a crew is never dealt this.
    Returns,
    /// It answers long after its time was over.
    Late,
    /// It never answers this one.
    Never,
}

/// Fates, dealt from shuffled decks: of any forty in a row the shares are exact, so a short run has its teeth too.
#[derive(Debug)]
pub struct Deck {
    cards: Vec<Fate>,
    dealt: Mutex<(ChaCha8Rng, Vec<Fate>)>,
}

/// Cards in a deck.
const DECK: usize = 40;

impl Deck {
    /// The deck of duty desks: 3 of 40 returned (7.5 %), 1 late and 2 never answered (7.5 % silent).
    pub fn desks(seed: Seed) -> Self {
        Self::of(seed, "desks", &[(Fate::Returns, 3), (Fate::Late, 1), (Fate::Never, 2)])
    }

    /// The deck of crews: 1 of 40 late and 1 never (5 % silent).
    pub fn crews(seed: Seed) -> Self {
        Self::of(seed, "crews", &[(Fate::Late, 1), (Fate::Never, 1)])
    }

    /// A deck in which everybody answers.
    pub fn obedient(seed: Seed) -> Self {
        Self::of(seed, "obedient", &[])
    }

    fn of(seed: Seed, label: &str, unusual: &[(Fate, usize)]) -> Self {
        let mut cards: Vec<Fate> =
            unusual.iter().flat_map(|(fate, count)| std::iter::repeat_n(*fate, *count)).collect();
        cards.resize(DECK, Fate::Answers);
        Self { cards, dealt: Mutex::new((seed.dice(&format!("deck/{label}")), Vec::new())) }
    }

    /// The next fate.
    pub fn deal(&self) -> Fate {
        let mut dealt = self.dealt.lock().expect("nothing panics while it deals");
        let (dice, cards) = &mut *dealt;
        if cards.is_empty() {
            cards.clone_from(&self.cards);
            cards.shuffle(dice);
        }
        cards.pop().expect("a deck has forty cards")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_label_draw_the_same_and_others_draw_others() {
        let law = LogNormal::new(8.0, 0.45);
        let draw = |seed, label: &str| law.draw(&mut Seed(seed).dice(label)).to_bits();
        assert_eq!(draw(1, "a"), draw(1, "a"));
        assert_ne!(draw(1, "a"), draw(1, "b"));
        assert_ne!(draw(1, "a"), draw(2, "a"));
    }

    #[test]
    fn half_of_all_draws_are_below_the_median_and_none_beyond_the_longest() {
        let law = LogNormal::new(8.0, 0.45);
        let mut dice = Seed(3).dice("law");
        let draws: Vec<f64> = (0..4_000).map(|_| law.draw(&mut dice)).collect();
        let below = draws.iter().filter(|draw| **draw < 8.0).count();
        assert!((1_850..2_150).contains(&below), "{below} of 4000 are below the median");
        assert!(draws.iter().all(|draw| *draw > 0.0 && *draw <= law.longest_s));
    }

    #[test]
    fn people_in_a_hurry_take_the_same_time_divided() {
        let (calm, hurried) = (Laws::default(), Laws::default().hurried(10.0));
        let draw = |laws: &Laws| laws.on_scene.draw(&mut Seed(1).dice("scene"));
        assert!((draw(&calm) - 10.0 * draw(&hurried)).abs() < 1e-6);
        assert!((hurried.late_desk_s - 9.0).abs() < 1e-9 && (hurried.repeated - calm.repeated).abs() < 1e-9);
    }

    #[test]
    fn every_forty_fates_have_their_shares_in_an_order_the_seed_decides() {
        let dealt = |seed| {
            let deck = Deck::desks(Seed(seed));
            (0..120).map(|_| deck.deal()).collect::<Vec<_>>()
        };
        for forty in dealt(7).chunks(40) {
            let count = |fate| forty.iter().filter(|dealt| **dealt == fate).count();
            assert_eq!((count(Fate::Returns), count(Fate::Late) + count(Fate::Never)), (3, 3));
        }
        assert_eq!(dealt(7), dealt(7));
        assert_ne!(dealt(7), dealt(8));
    }

    #[test]
    fn a_chance_is_kept_and_its_share_comes_out() {
        let hits = (0..2_000).filter(|n| Seed(1).chance(&format!("c{n}"), 0.2)).count();
        assert!((330..470).contains(&hits), "{hits} of 2000");
        assert_eq!(Seed(1).chance("c1", 0.2), Seed(1).chance("c1", 0.2));
    }
}
