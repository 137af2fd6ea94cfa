//! What goes wrong on a day: dispatchers die, nodes are cut off and start again, the directory changes, an old copy of
//! the store is put back.

use std::{ops::Range, sync::Arc, time::Duration};

use operations::directory::ApplyError;
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

use super::{
    Span,
    city::{City, NODES},
    deadlines, model,
};

/// Calm enough that every deadline must be kept: a dispatcher that is gone is followed within its lease, a board that
/// was away gives ten seconds of grace, and what is lost on the way is tried again after five, ten and twenty.
const CALM: Duration = Duration::from_secs(75);

/// How long a node may be cut off on a whole day, in milliseconds: longer than the store keeps its changes.
const AWAY_MS: Range<u64> = 20 * 60_000..3 * 3_600_000;

/// How long a node is cut off at the beginning of a whole day, in milliseconds: long enough for calls to come meanwhile.
const LONG_AWAY_MS: Range<u64> = 3 * 3_600_000..5 * 3_600_000;

/// Between two looks at boards and deadlines, in milliseconds; more on a day of many calls, where each look is at more.
const LOOKS_MS: u64 = 2_500;
const LOOKS_ON_A_BUSY_DAY_MS: u64 = 180_000;

/// How many looks there are between two at the indexes.
const INDEXES_EVERY: u32 = 8;

/// Makes trouble until the day ends.
pub async fn happen(city: Arc<City>, restores: bool) {
    let mut dice = city.dice("troubles");
    if city.span() == Span::WholeDay {
        // once at least, whatever is drawn below
        let node = NODES[dice.random_range(0..NODES.len())];
        is_cut_off(&city, node, dice.random_range(LONG_AWAY_MS)).await;
    }
    loop {
        let calm = dice.random_bool(0.25);
        let wait = match city.span() {
            Span::Rush if calm => dice.random_range(80_000..120_000),
            Span::Rush => dice.random_range(2_000..25_000),
            Span::WholeDay => dice.random_range(2_000..40 * 60_000),
        };
        city.rest(wait).await;
        let node = NODES[dice.random_range(0..NODES.len())];
        match dice.random_range(0..100) {
            0..45 => dispatcher_dies(&city, &mut dice, node).await,
            45..65 => {
                let is_long = city.span() == Span::WholeDay && dice.random_bool(0.2);
                let away_ms = dice.random_range(if is_long { AWAY_MS } else { 200..20_000 });
                is_cut_off(&city, node, away_ms).await;
            }
            65..80 => starts_again(&city, &mut dice, node).await,
            80..92 => directory_changes(&city, &mut dice).await,
            _ if restores => goes_back(&city, &mut dice).await,
            _ => {}
        }
        city.disturb();
    }
}

async fn dispatcher_dies(city: &City, dice: &mut ChaCha8Rng, node: &str) {
    city.disturb();
    city.at_post(node, |post| post.node.kill_dispatcher());
    city.count("dispatchers died");
    city.rest(dice.random_range(5..15_000)).await;
    city.at_post(node, |post| post.start_dispatcher(&city.world));
}

async fn is_cut_off(city: &City, node: &str, away_ms: u64) {
    city.disturb();
    city.at_post(node, |post| post.set_cut(true));
    city.count("nodes were cut off");
    city.rest(away_ms).await;
    city.at_post(node, |post| post.set_cut(false));
}

async fn starts_again(city: &City, dice: &mut ChaCha8Rng, node: &'static str) {
    city.disturb();
    let rest = Duration::from_millis(dice.random_range(10..3_000));
    city.world.pace.rest_until_round(rest).await;
    city.start(node);
    city.count("nodes started again");
    city.rest(5).await;
}

async fn directory_changes(city: &City, dice: &mut ChaCha8Rng) {
    let dropped: &[&str] = [&[][..], &["w2"], &["k1"], &["e2", "k1"], &["g2"]][dice.random_range(0..5)];
    let directory = model::directory_without(dropped);
    city.watchdog.tell_directory(&directory);
    let asked = city.request("adm");
    for _ in 0..10 {
        let room = city.some_room(dice);
        match operations::directory::apply_directory(&room, &asked, &directory, None).await {
            Ok(_) => {
                city.count("directories applied");
                return;
            }
            Err(ApplyError::Operation(operations::OperationError::Refused(_))) => {
                city.count("directories refused");
                return;
            }
            Err(_) => city.rest(700).await,
        }
    }
}

/// An older copy is put back: both nodes find it, and go on under a new lineage.
async fn goes_back(city: &City, dice: &mut ChaCha8Rng) {
    let copy = city.world.ledger.copy();
    let longest = match city.span() {
        Span::Rush => 30_000,
        Span::WholeDay => 20 * 60_000,
    };
    city.rest(dice.random_range(500..longest)).await;
    city.disturb();
    city.memory().going_back = true;
    city.world.ledger.restore(copy);
    city.watchdog.went_back(&city.world.ledger.books());
    let (tip, number) = (city.world.ledger.now_at(), city.world.ledger.books().number());
    // what was acknowledged after the copy was made is gone with the disk, and nobody claims otherwise
    city.memory().acknowledged.retain(|call| call.number <= number);
    city.count("old copies put back");
    for _ in 0..600 {
        if city.world.ledger.now_at().lineage != tip.lineage {
            city.memory().going_back = false;
            return;
        }
        city.rest(100).await;
    }
}

/// Looks every few seconds, or every few minutes of a day of many calls, whether deadlines are kept and boards are the store's.
pub async fn inspect(city: Arc<City>) {
    let mut looks = 0_u32;
    loop {
        city.rest_or_lull(if city.calls().is_some() { LOOKS_ON_A_BUSY_DAY_MS } else { LOOKS_MS }).await;
        for node in NODES {
            boards(&city, node);
        }
        looks += 1;
        if looks.is_multiple_of(INDEXES_EVERY) {
            for violation in city.world.index_violations().await {
                city.watchdog.bark(violation);
            }
        }
        let calm = city.world.age().saturating_sub(city.memory().calm_since);
        if calm > CALM {
            city.count("calm looks at deadlines");
            let missed = deadlines::missed(&city.world.ledger.books(), city.now());
            missed.into_iter().for_each(|missed| city.watchdog.bark(missed));
        }
    }
}

/// A board shows what the store held after the same change.
fn boards(city: &City, node: &str) {
    let (board, cursor) = city.room(node).centre.read(|picture| (picture.board.clone(), picture.cursor));
    if cursor.lineage != city.lineage() || city.memory().going_back {
        return;
    }
    let Some(expected) = city.watchdog.board_at(cursor.number) else {
        if cursor.number > city.world.ledger.books().number() {
            city.watchdog
                .bark(format!("the board of {node} shows change {}, which is not made", cursor.number));
        }
        return;
    };
    if board != expected {
        city.watchdog.bark(format!("the board of {node} is not the store's at {}", cursor.number));
    }
}
