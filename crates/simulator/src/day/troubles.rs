//! What goes wrong on a day: dispatchers die, nodes are cut off and start again, the directory changes, an old copy of
//! the store is put back.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use domain::{AssignmentId, RecordKey, RecordKind, alarm::AlarmCode, deadline::Awaited, record::Record};
use jiff::Timestamp;
use operations::directory::ApplyError;
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

use super::{
    city::{City, NODES},
    ledger::Books,
    model,
};

/// Calm enough that every deadline must be kept: a dispatcher that is gone is followed within its lease, a board that
/// was away gives ten seconds of grace, and what is lost on the way is tried again after five, ten and twenty.
const CALM: Duration = Duration::from_secs(75);

/// How late a deadline may be on a calm day.
const LATE: jiff::SignedDuration = jiff::SignedDuration::from_secs(45);

/// How many looks there are between two at the indexes.
const INDEXES_EVERY: u32 = 8;

/// Makes trouble until the day ends.
pub async fn happen(city: Arc<City>, restores: bool) {
    let mut dice = city.dice("troubles");
    loop {
        let calm = dice.random_bool(0.25);
        let wait = if calm { dice.random_range(80_000..120_000) } else { dice.random_range(2_000..25_000) };
        city.rest(wait).await;
        let node = NODES[dice.random_range(0..NODES.len())];
        match dice.random_range(0..100) {
            0..45 => dispatcher_dies(&city, &mut dice, node).await,
            45..65 => is_cut_off(&city, &mut dice, node).await,
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

async fn is_cut_off(city: &City, dice: &mut ChaCha8Rng, node: &str) {
    city.disturb();
    city.at_post(node, |post| post.wire.set_cut(true));
    city.count("nodes were cut off");
    city.rest(dice.random_range(200..20_000)).await;
    city.at_post(node, |post| post.wire.set_cut(false));
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
    city.rest(dice.random_range(500..30_000)).await;
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

/// Looks every few seconds whether deadlines are kept and boards are the store's.
pub async fn inspect(city: Arc<City>) {
    let mut looks = 0_u32;
    loop {
        city.rest(2_500).await;
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
            deadlines(&city);
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

/// Whoever did not answer in time is known to be late, unless it is a desk that is cut off: then somebody is told.
fn deadlines(city: &City) {
    let now = city.world.began() + jiff::SignedDuration::try_from(city.world.age()).unwrap_or_default();
    let books = city.world.ledger.books();
    let open = books.records.values().filter_map(|held| domain::deadline::Deadline::of(&held.record));
    let late = open.filter(|deadline| deadline.due + LATE < now).find(|deadline| match deadline.what {
        Awaited::Receipt(id) => cut_off_since(&books, id).is_none(),
        Awaited::Acceptance(_) | Awaited::Acknowledgement(_) => true,
        Awaited::Answer(_)
        | Awaited::CallBack(_)
        | Awaited::Release(_)
        | Awaited::Service(_)
        | Awaited::DeskStandDown(_)
        | Awaited::CrewStandDown(_)
        | Awaited::Attention(_) => false,
    });
    if let Some(late) = late {
        city.watchdog.bark(format!("nobody noticed that {:?} was due at {}", late.what, late.due));
    }
    for assignment in untold(&books, now) {
        city.watchdog.bark(format!("nobody was told to telephone for {assignment}"));
    }
}

/// Since when the desk of an assignment is cut off, if it is.
fn cut_off_since(books: &Books, id: AssignmentId) -> Option<Timestamp> {
    let found = |kind, id: String| books.records.get(&RecordKey::new(kind, id)).map(|held| &held.record);
    let Record::Assignment(assignment) = found(RecordKind::Assignment, id.to_string())? else { return None };
    let Record::Desk(desk) = found(RecordKind::Desk, assignment.desk.to_string())? else { return None };
    desk.link.down_since()
}

/// The assignments that wait for desks that have been cut off for long, and for which no alarm was ever raised.
fn untold(books: &Books, now: Timestamp) -> Vec<AssignmentId> {
    let (mut waiting, mut told) = (Vec::new(), BTreeSet::new());
    for held in books.records.values() {
        match &held.record {
            Record::Assignment(assignment) => {
                let since = cut_off_since(books, assignment.id);
                let sent = assignment.milestones.first().map(|milestone| milestone.recorded_at);
                let is_long = since.max(sent).is_some_and(|since| since + LATE < now);
                if assignment.awaits_desk() && since.is_some() && is_long {
                    waiting.push(assignment.id);
                }
            }
            Record::Alarm(alarm) if alarm.code == AlarmCode::DeskLinkDown => told.extend(alarm.assignment),
            Record::Call(_)
            | Record::Incident(_)
            | Record::Run(_)
            | Record::Unit(_)
            | Record::Desk(_)
            | Record::Note(_)
            | Record::Recommendation(_)
            | Record::Alarm(_)
            | Record::Dispatch(_)
            | Record::Directory(_)
            | Record::DirectoryPart(_) => {}
        }
    }
    waiting.retain(|assignment| !told.contains(assignment));
    waiting
}
