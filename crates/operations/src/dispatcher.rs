//! The dispatcher: hears every change, decides for its incident, and carries out what plans say is automatic.
//!
//! It never recalls anybody and never acts on anything but the board. Killed at any moment it loses nothing: what is to
//! be done follows from the board, and each thing it does is an operation derived from what it is done for.

mod deadlines;
mod lease;
mod line;
mod links;
mod serve;
mod telephone;
mod telling;
mod work;

use std::{collections::BTreeSet, time::Duration};

use centre::{Heard, Picture, StoreBehind};
use domain::{
    IncidentId, RecordKey, UnitId, Version,
    alarm::{About, AlarmCode, AlarmLevel, Subject},
    directory::InForce,
    incident::Incident,
    refusal::Refusal,
};
use jiff::Timestamp;
use policy::Situation;
use serde::{Deserialize, Serialize};

use crate::{
    Answer, Ask, ControlRoom, OperationError,
    alarms::AlarmAnswer,
    calls::{link_call, tell_without_incident},
    decide::Decision,
    draft::{Draft, Halt},
    responding::raise,
};
use deadlines::deadlines_passed;
use lease::Leadership;
use serve::{SERVED_TOGETHER_MAX, Served, Service, serve};
use store::StoreError;
use telephone::mind_links;
use telling::tell_not_served;
use tokio::time::Instant;
use work::{Piece, Work};

/// How long the dispatcher waits before it tries again what the store refused for now.
const RETRY_AFTER: Duration = Duration::from_millis(500);

/// Runs the dispatcher of this node until it is dropped. Any number of nodes may run one: the lease decides which of
/// them works, and the `dispatch` record among the reads of its commits keeps a former holder from doing anything.
pub async fn run(room: ControlRoom) {
    let mut leadership = Leadership::new(room.clone());
    loop {
        leadership.await_lease().await;
        if !take_over(&room).await {
            tokio::time::sleep(RETRY_AFTER).await;
            continue;
        }
        tracing::info!(node = %room.node, "this node dispatches");
        tokio::select! {
            biased;
            () = leadership.lost() => tracing::warn!(node = %room.node, "another node dispatches now"),
            () = dispatch(&room) => tracing::warn!(node = %room.node, "the store says that another node dispatches"),
        }
    }
}

/// Dispatches for as long as it is let and the board says that this node does. The duty desks' links are minded beside the
/// line: whoever waits for a unit does not wait until the link of each desk is noted, however many move and however slow the
/// store is.
async fn dispatch(room: &ControlRoom) {
    tokio::select! {
        biased;
        () = mind_links(room) => {}
        () = serve_line(room) => {}
    }
}

/// Serves whoever stands in line, and acts on deadlines before that: who is late is known before anybody is given what that
/// frees. Ends once the board says that this node does not dispatch.
async fn serve_line(room: &ControlRoom) {
    let mut changes = room.centre.changes();
    let mut due = room.centre.due();
    let mut work = Work::default();
    loop {
        let again_at = work.again_at();
        tokio::select! {
            biased;
            heard = changes.next() => {
                room.centre.read(|picture| match heard {
                    Heard::Changes(applied) => {
                        applied.iter().for_each(|applied| work.hear(picture, &applied.change));
                    }
                    Heard::Lost { behind } => work.missed_changes(picture, behind),
                });
                room.centre.read(|picture| work.hear_damaged(picture));
                // an older copy of the store may name another holder, and so may a take-over that this one missed
                if !holds(room) {
                    return;
                }
            }
            passed = due.next() => {
                deadlines_passed(room, passed).await;
                // with a slow store the next are due at once, and whoever waits for a unit must not wait for all of them
                if work.is_ready() {
                    step(room, &mut work).await;
                }
            }
            () = std::future::ready(()), if work.is_ready() => {
                step(room, &mut work).await;
                // pieces that come to nothing never wait: without this the desks' links would wait for thousands of them
                tokio::task::yield_now().await;
            }
            () = tokio::time::sleep_until(again_at.unwrap_or_else(Instant::now)), if again_at.is_some() => {
                room.centre.read(|picture| work.take_up_again(picture, Instant::now()));
            }
        }
    }
}

/// Does the next piece of work. What fails is set aside for a while, so that it keeps nobody else waiting.
async fn step(room: &ControlRoom, work: &mut Work) {
    let Some(next) = room.centre.read(|picture| work.next(picture)) else { return };
    let done = match next {
        Piece::StoreBehind(behind) => tell_store_behind(room, behind).await,
        Piece::StoreDamaged => tell_store_damaged(room).await,
        Piece::Call(call) => match link_call(room, call).await {
            // the store went back to before it was taken: its taker sends it again
            Err(OperationError::Refused(Refusal::UnknownCall(_))) => Ok(()),
            Err(error) if error.is_final() => tell_without_incident(room, call, &error).await,
            done => done.map(drop),
        },
        Piece::Incident(incident) => match serve_next(room, work, incident).await {
            Err(error) if error.is_final() => {
                // it will be refused until something changes, and a change is heard
                work.is_stuck(next);
                tell_not_served(room, incident, &error).await
            }
            done => done,
        },
    };
    let Err(error) = done else { return };
    tracing::warn!(code = error.code(), ?next, "the dispatcher could not do a piece of work");
    match error {
        // the store hiccups: the line is kept, and what failed is tried again
        OperationError::Behind
        | OperationError::Store(StoreError::Unavailable { .. } | StoreError::Unknown { .. }) => {
            work.again(next, Instant::now() + RETRY_AFTER);
        }
        OperationError::Conflict { .. } => {
            work.is_stuck(next);
            work.again(next, Instant::now() + RETRY_AFTER);
        }
        // it will be refused until something changes, and a change is heard
        OperationError::Refused(_)
        | OperationError::OutOfScope(_)
        | OperationError::OtherContent { .. }
        | OperationError::NoDirectory
        | OperationError::Store(StoreError::Refused(_) | StoreError::Damaged { .. }) => work.is_stuck(next),
    }
}

/// Serves an incident and who stands next behind it, and remembers whom each waits behind, who is recommended for it and
/// what it was given. Those that come after need not wait until the board shows that.
async fn serve_next(room: &ControlRoom, work: &mut Work, first: IncidentId) -> Result<(), OperationError> {
    let awaited = room.centre.read(|picture| work.ahead_of(picture, first));
    if let Some(number) = awaited
        && room.centre.reached(number, RETRY_AFTER).await.is_err()
    {
        work.again(Piece::Incident(first), Instant::now() + RETRY_AFTER);
        return Ok(());
    }
    let together = room.centre.read(|picture| work.with_next(picture, first, SERVED_TOGETHER_MAX));
    let mut done = serve(room, &together, work.line()).await;
    if done.is_err() {
        room.centre.read(|picture| work.take_up_all(picture, together.iter().skip(1).copied()));
    }
    // one that is refused must not keep those from being served that stand beside it
    if together.len() > 1 && done.as_ref().is_err_and(keeps_others_waiting) {
        done = serve(room, &[first], work.line()).await;
    }
    let done = done?;
    let before = done.iter().find_map(|service| match service.served {
        Served::Before(number) => Some(number),
        Served::Changed(_) | Served::Nothing | Served::After(_) | Served::Later => None,
    });
    if let Some(number) = before {
        let _late = room.centre.reached(number, RETRY_AFTER).await;
    }
    for Service { incident, served, recommended } in done {
        work.is_recommended(incident, recommended);
        match served {
            Served::Changed(given) => work.is_served(incident, given),
            Served::Nothing => {}
            Served::After(other) => room.centre.read(|picture| work.serve_after(picture, other, incident)),
            Served::Before(_) | Served::Later => {
                room.centre.read(|picture| work.take_up(picture, incident));
            }
        }
    }
    Ok(())
}

/// True if what was refused may be about one incident of several.
const fn keeps_others_waiting(error: &OperationError) -> bool {
    error.is_final() || matches!(error, OperationError::Conflict { .. })
}

/// True if the board says that this node dispatches.
fn holds(room: &ControlRoom) -> bool {
    room.centre.read(|picture| picture.board.dispatch().is_some_and(|held| held.record.holder == room.node))
}

/// True if this node dispatches by the record that the draft reads: its commit fails if another takes over meanwhile.
fn is_holder(draft: &mut Draft<'_>, room: &ControlRoom) -> Result<bool, Halt> {
    Ok(draft.dispatch()?.holder == room.node)
}

/// What others did meanwhile is as good as what was refused for it.
fn refused_is_nothing<T>(done: Result<T, OperationError>) -> Result<(), OperationError> {
    match done {
        Ok(_) | Err(OperationError::Refused(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Becomes the holder, if this node is not already. True once the board says so: a board that was late may have been
/// asked on a record that another node has replaced since.
async fn take_over(room: &ControlRoom) -> bool {
    room.centre.current().await;
    let before =
        room.centre.read(|picture| picture.board.dispatch().map(|held| held.version)).unwrap_or_default();
    let ask = Ask::by_dispatcher(format_args!("take_over:{}:{before}", room.node));
    let done = room
        .commit_if(&ask, "take_over", &room.node, |draft| {
            let mut dispatch = draft.dispatch()?;
            if dispatch.holder == room.node {
                return Ok(Decision::Nothing);
            }
            dispatch.holder.clone_from(&room.node);
            let automatic = dispatch.automatic;
            draft.put(domain::record::Record::Dispatch(dispatch));
            Ok(Decision::Commit(crate::dispatch::AutomaticAnswer { automatic }))
        })
        .await;
    if let Ok(Some(done)) = done {
        let _ = room.centre.reached(done.receipt.cursor.number, RETRY_AFTER).await;
    }
    holds(room)
}

/// Tells the supervisor that the store lost changes, and whether it was given them back.
async fn tell_store_behind(room: &ControlRoom, behind: StoreBehind) -> Result<(), OperationError> {
    let StoreBehind { seen, found, now, missing_up_to, unmade: _ } = behind;
    let is_whole = now.lineage == seen.lineage && missing_up_to == Version::ABSENT;
    let (code, what) = if is_whole {
        (AlarmCode::StoreRestored, format!("{}:{}", found.number, seen.number))
    } else {
        (AlarmCode::StoreBehind, missing_up_to.to_string())
    };
    let ask = Ask::by_dispatcher(format_args!("store_behind:{}:{what}", now.lineage));
    let mut detail = format!("seen {} but found {}", seen.number, found.number);
    if missing_up_to > Version::ABSENT {
        detail.push_str(&format!("; what no change after {missing_up_to} wrote is missing"));
    }
    room.commit(&ask, "store_behind", &now.lineage, |draft| {
        let about = About { detail: detail.clone(), ..About::default() };
        let alarm = raise(draft, code, AlarmLevel::Supervisor, about);
        Ok(AlarmAnswer { alarm })
    })
    .await
    .map(drop)
}

/// Tells the supervisor that the store holds records that cannot be read; once, until that alarm is ended.
async fn tell_store_damaged(room: &ControlRoom) -> Result<(), OperationError> {
    let cursor = room.centre.read(|picture| picture.cursor);
    let ask = Ask::by_dispatcher(format_args!("store_damaged:{}:{}", cursor.lineage, cursor.number));
    room.commit_if(&ask, "store_damaged", &cursor.number, |draft| {
        let picture = draft.picture;
        let is_told = picture.board.has_alarm(AlarmCode::StoreDamaged, Subject::Centre);
        let Some(first) = picture.damaged.keys().next().filter(|_| !is_told) else {
            return Ok(Decision::Nothing);
        };
        let detail = format!("{} cannot be read, and {} more", first, picture.damaged.len() - 1);
        let about = About { detail, ..About::default() };
        let alarm = raise(draft, AlarmCode::StoreDamaged, AlarmLevel::Supervisor, about);
        Ok(Decision::Commit(AlarmAnswer { alarm }))
    })
    .await
    .map(drop)
}

/// What the dispatcher answers itself where it does something for several: which they were, and what became of them, stands in
/// the change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct OwnAnswer {}

impl Answer for OwnAnswer {
    fn records(&self) -> Vec<RecordKey> {
        Vec::new()
    }
}

/// What a recommendation for `incident` is made from.
pub(crate) fn situation<'a>(
    picture: &'a Picture,
    directory: &'a InForce,
    incident: &'a Incident,
    taken: &'a BTreeSet<UnitId>,
    now: Timestamp,
) -> Situation<'a> {
    Situation {
        now,
        board: picture.cursor.number,
        directory,
        incident,
        fleet: &picture.fleet,
        desks: picture.board.desks(),
        assignments: picture.board.assignments(),
        promised: picture.board.promised(),
        taken,
        closing: picture.board.directory().map_or(&[], |head| head.record.closing.as_slice()),
    }
}
