//! A watcher of the whole centre, who ends with exactly what is open.

use std::{collections::BTreeMap, sync::Arc};

use centre::{Scope, View, Watcher};
use domain::{RecordKey, Version, board::Board, record::Record};
use rand::RngExt as _;
use store::Cursor;

use super::{Span, city::City};

/// Watches through a node until the day ends, and compares what it holds with what was open then.
pub async fn mirror(city: Arc<City>, node: &'static str) {
    let watcher = Watcher { scope: Scope::Centre, view: View::Full, reader: "op".to_owned() };
    let mut held: BTreeMap<RecordKey, Record> = BTreeMap::new();
    let mut cursor: Option<Cursor> = None;
    let mut frames = 0_u32;
    let mut dice = city.dice(&format!("the watcher of {node}"));
    loop {
        let mut watch = city.room(node).centre.watch(watcher.clone(), cursor);
        let mut through = cursor.map_or(Version::ABSENT, |cursor| cursor.number);
        // a node that was started again is another node: who hears nothing for long connects anew
        while let Ok(frame) = tokio::time::timeout(SILENCE, watch.next()).await {
            if frame.reset {
                city.count("watchers were told everything anew");
                held.clear();
                through = Version::ABSENT;
            }
            if frame.after != through {
                city.watchdog.bark(format!("a frame after {} came after {through}", frame.after));
            }
            for record in &frame.records {
                held.insert(record.key.clone(), record.record.clone());
            }
            for key in &frame.left {
                held.remove(key);
            }
            through = frame.through;
            if frame.incomplete {
                continue;
            }
            cursor = Some(Cursor { lineage: frame.lineage, number: through });
            frames += 1;
            if city.span() == Span::WholeDay && dice.random_bool(GOES) {
                break;
            }
            let compared_every =
                if city.calls().is_some() { COMPARED_EVERY_ON_A_BUSY_DAY } else { COMPARED_EVERY };
            if frames.is_multiple_of(compared_every)
                && !city.memory().going_back
                && cursor.map(|it| it.lineage) == Some(city.lineage())
                && let Some(board) = city.watchdog.board_at(through)
                && !is_same(&held, &board)
            {
                city.watchdog.bark(format!("a watcher of {node} does not hold what is open at {through}"));
            }
        }
        if city.span() == Span::WholeDay && dice.random_bool(0.5) {
            city.rest(dice.random_range(0..AWAY_MS)).await;
        }
    }
}

/// How likely it is that a watcher of a whole day goes after a frame, of which there is one every two seconds at least.
const GOES: f64 = 0.0005;

/// The longest that it is away, in milliseconds: longer than the store keeps its changes.
const AWAY_MS: u64 = 45 * 60_000;

/// How many frames there are between two looks at all it holds.
const COMPARED_EVERY: u32 = 5;

/// The same on a day of many calls, on which a look is at more: what a watcher misses is held wrongly until it changes again.
const COMPARED_EVERY_ON_A_BUSY_DAY: u32 = 50;

/// How long a watcher hears nothing before it connects anew: three heartbeats.
const SILENCE: std::time::Duration = std::time::Duration::from_millis(6_003);

fn is_same(held: &BTreeMap<RecordKey, Record>, board: &Board) -> bool {
    board.records().count() == held.len()
        && board.records().all(|open| held.get(&open.record.key()) == Some(&open.record))
}
