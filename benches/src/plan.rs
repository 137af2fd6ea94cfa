//! What is measured: cells of one load each, and how long.

use std::{fmt, str::FromStr, time::Duration};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How requests come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Load {
    /// So many at once, the next one as soon as one is acknowledged: how much can be done.
    Closed {
        /// Requests in flight.
        in_flight: usize,
    },
    /// At a constant rate, whatever becomes of them: how long somebody waits.
    Open {
        /// Requests in a second.
        per_second: u32,
    },
    /// Changes at a constant rate, each told to everybody who watches.
    Watched {
        /// Who watches.
        watchers: u32,
        /// Who has asked to watch and never reads, beside them.
        silent: u32,
        /// Changes in a second.
        per_second: u32,
    },
}

impl fmt::Display for Load {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed { in_flight } => write!(out, "{in_flight} in flight"),
            Self::Open { per_second } => write!(out, "{per_second}/s"),
            Self::Watched { watchers, silent: 0, per_second } => {
                write!(out, "{watchers} x {per_second}/s")
            }
            Self::Watched { watchers, silent, per_second } => {
                write!(out, "{watchers} x {per_second}/s, {silent} silent")
            }
        }
    }
}

/// A text that is no load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a load is a number of requests in flight, such as `256`, a rate, such as `1000/s`, or watchers and a rate, such as \
     `100x1000/s`, with those who never read `100+100x1000/s`"
)]
pub struct NoLoad;

impl FromStr for Load {
    type Err = NoLoad;

    fn from_str(text: &str) -> Result<Self, NoLoad> {
        let load = match text.strip_suffix("/s") {
            Some(rate) => match rate.split_once('x') {
                Some((who, rate)) => watched(who, rate),
                None => positive(rate).map(|per_second| Self::Open { per_second }),
            },
            None => text.parse().ok().filter(|many| *many > 0).map(|in_flight| Self::Closed { in_flight }),
        };
        load.ok_or(NoLoad)
    }
}

fn positive(text: &str) -> Option<u32> {
    text.parse().ok().filter(|number| *number > 0)
}

fn watched(who: &str, rate: &str) -> Option<Load> {
    let (watchers, silent) = who.split_once('+').unwrap_or((who, "0"));
    let (watchers, silent, per_second) = (positive(watchers)?, silent.parse().ok()?, positive(rate)?);
    Some(Load::Watched { watchers, silent, per_second })
}

/// A part of a measurement, for whoever looks into one thing.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// These loads alone; empty for all.
    pub loads: Vec<Load>,
    /// These sides alone; empty for all.
    pub sides: Vec<String>,
}

impl Part {
    /// The cells that are asked for.
    pub fn of(&self, cells: Vec<Cell>) -> Vec<Cell> {
        let is_wanted = |side: &&str| self.sides.is_empty() || self.sides.iter().any(|name| name == side);
        let cells = cells.into_iter().filter(|cell| self.loads.is_empty() || self.loads.contains(&cell.load));
        let cells = cells.map(|Cell { load, sides }| {
            let sides = sides.into_iter().filter(|side| is_wanted(side)).collect();
            Cell { load, sides }
        });
        cells.filter(|cell| !cell.sides.is_empty()).collect()
    }
}

/// One load, and the sides that bear it in turns.
#[derive(Clone, Debug)]
pub struct Cell {
    /// How requests come.
    pub load: Load,
    /// The names of the sides.
    pub sides: Vec<&'static str>,
}

/// How long and how often.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How often every side bears every load.
    pub rounds: u32,
    /// How long a load lasts before anything is measured.
    pub warm: Duration,
    /// How long is measured.
    pub measured: Duration,
    /// What the order within a round is drawn from.
    pub seed: u64,
}

/// One load on one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// How requests come.
    pub load: Load,
    /// Which side bears it.
    pub side: &'static str,
}

/// The turns of one round: each load once on each of its sides, one side right after the other, in an order that is
/// drawn, so that nobody always comes after the same other.
pub fn turns(cells: &[Cell], pace: &Pace, round: u32) -> Vec<Turn> {
    let mut dice = ChaCha8Rng::seed_from_u64(pace.seed.wrapping_add(u64::from(round)));
    let mut cells: Vec<&Cell> = cells.iter().collect();
    shuffle(&mut cells, &mut dice);
    let mut turns = Vec::new();
    for cell in cells {
        let mut sides = cell.sides.clone();
        shuffle(&mut sides, &mut dice);
        turns.extend(sides.into_iter().map(|side| Turn { load: cell.load, side }));
    }
    turns
}

fn shuffle<T>(things: &mut [T], dice: &mut ChaCha8Rng) {
    for last in (1..things.len()).rev() {
        things.swap(last, dice.random_range(0..=last));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_is_read_as_it_is_typed() {
        assert_eq!("256".parse(), Ok(Load::Closed { in_flight: 256 }));
        assert_eq!("1000/s".parse(), Ok(Load::Open { per_second: 1_000 }));
        let watched = |watchers, silent| Ok(Load::Watched { watchers, silent, per_second: 1_000 });
        assert_eq!("100x1000/s".parse(), watched(100, 0));
        assert_eq!("100+7x1000/s".parse(), watched(100, 7));
        for wrong in ["", "0", "x1000/s", "100x/s", "+x1/s", "0/s", "many", "256 in flight"] {
            assert_eq!(wrong.parse::<Load>(), Err(NoLoad), "{wrong}");
        }
    }

    #[test]
    fn a_part_leaves_only_what_is_asked_for() {
        let (alone, many) = (Load::Closed { in_flight: 1 }, Load::Closed { in_flight: 64 });
        let cells =
            || vec![Cell { load: alone, sides: vec!["a", "b"] }, Cell { load: many, sides: vec!["b"] }];
        assert_eq!(Part::default().of(cells()).len(), 2);
        let part = Part { loads: vec![], sides: vec!["a".to_owned()] };
        assert_eq!(part.of(cells()).len(), 1);
        let part = Part { loads: vec![many], sides: vec![] };
        assert_eq!(part.of(cells())[0].load, many);
    }

    #[test]
    fn a_round_holds_each_load_once_on_each_side_with_the_sides_together() {
        let cells = [
            Cell { load: Load::Closed { in_flight: 1 }, sides: vec!["a", "b", "c"] },
            Cell { load: Load::Open { per_second: 1_000 }, sides: vec!["a", "b"] },
        ];
        let pace = Pace { rounds: 9, warm: Duration::ZERO, measured: Duration::ZERO, seed: 7 };
        let orders: Vec<Vec<Turn>> = (0..pace.rounds).map(|round| turns(&cells, &pace, round)).collect();
        for order in &orders {
            assert_eq!(order.len(), 5);
            let changes = order.windows(2).filter(|pair| pair[0].load != pair[1].load).count();
            assert_eq!(changes, 1, "the sides of one load follow each other: {order:?}");
        }
        assert_eq!(orders[3], turns(&cells, &pace, 3), "the same seed is the same order");
        assert!(orders.iter().any(|order| *order != orders[0]), "not every round has the same order");
    }
}
