//! The dispatcher: hears every change, decides for its incident, and carries out what plans say is automatic.
//!
//! It never recalls anybody and never acts on anything but the board. Killed at any moment it loses nothing: what is to
//! be done follows from the board, and each thing it does is an operation derived from what it is done for.

mod deadlines;
mod lease;
mod serve;
mod work;

use std::time::Duration;

use centre::{Heard, Picture, StoreBehind};
use domain::{
    UnitId,
    alarm::{AlarmCode, AlarmLevel},
    directory::InForce,
    incident::Incident,
};
use jiff::Timestamp;
use policy::{KnownPosition, Situation};

use crate::{
    Ask, ControlRoom, OperationError,
    alarms::AlarmAnswer,
    calls::link_call,
    responding::{About, raise},
};
use deadlines::deadline_passed;
use lease::Leadership;
use serve::serve;
use work::Work;

/// How long the dispatcher waits before it tries again what the store refused for now.
const RETRY_AFTER: Duration = Duration::from_millis(500);

/// Runs the dispatcher of this node until it is dropped. Any number of nodes may run one: the lease decides which of
/// them works, and the `dispatch` record among the reads of its commits keeps a former holder from doing anything.
pub async fn run(room: ControlRoom) {
    let mut leadership = Leadership::new(room.clone());
    loop {
        leadership.await_lease().await;
        if take_over(&room).await.is_err() {
            tokio::time::sleep(RETRY_AFTER).await;
            continue;
        }
        tracing::info!(node = %room.node, "this node dispatches");
        tokio::select! {
            biased;
            () = leadership.lost() => tracing::warn!(node = %room.node, "another node dispatches now"),
            () = dispatch(&room) => {}
        }
    }
}

/// Dispatches for as long as it is let.
async fn dispatch(room: &ControlRoom) {
    let mut changes = room.centre.changes();
    let mut due = room.centre.due();
    let mut work = Work::default();
    loop {
        tokio::select! {
            biased;
            heard = changes.next() => match heard {
                Heard::Changes(applied) => {
                    room.centre.read(|picture| {
                        for applied in &applied {
                            work.hear(picture, &applied.change);
                        }
                    });
                }
                Heard::Lost { behind } => {
                    room.centre.read(|picture| work.hear_everything(picture));
                    if let Some(behind) = behind {
                        tell_store_behind(room, behind).await;
                    }
                }
            },
            passed = due.next() => {
                for deadline in passed {
                    if let Err(error) = deadline_passed(room, deadline).await {
                        tracing::warn!(code = error.code(), ?deadline, "a deadline could not be acted on; it will be again");
                    }
                }
            }
            () = std::future::ready(()), if !work.is_empty() => step(room, &mut work).await,
        }
    }
}

/// Does the next piece of work.
async fn step(room: &ControlRoom, work: &mut Work) {
    if let Some(call) = work.next_call() {
        if let Err(error) = link_call(room, call).await {
            tracing::warn!(code = error.code(), %call, "a call could not be joined to its incident; trying again");
            work.again_call(call);
            tokio::time::sleep(RETRY_AFTER).await;
        }
        return;
    }
    let Some(incident) = room.centre.read(|picture| work.next_incident(picture)) else { return };
    match serve(room, incident).await {
        Ok(Some(number)) => {
            // what was just committed must be on the board before the next choice is made
            let _ = room.centre.reached(number, RETRY_AFTER).await;
        }
        Ok(None) => {}
        Err(error) => {
            tracing::warn!(code = error.code(), %incident, "an incident could not be served; trying again");
            work.again(incident);
            tokio::time::sleep(RETRY_AFTER).await;
        }
    }
}

/// Becomes the holder, if this node is not already.
async fn take_over(room: &ControlRoom) -> Result<(), OperationError> {
    room.centre.current().await;
    let before =
        room.centre.read(|picture| picture.board.dispatch().map(|held| held.version)).unwrap_or_default();
    let ask = Ask::by_dispatcher(format_args!("take_over:{}:{before}", room.node));
    let done = room
        .commit_if(&ask, "take_over", &room.node, |draft| {
            let mut dispatch = draft.dispatch()?;
            if dispatch.holder == room.node {
                return Ok(crate::decide::Decision::Nothing);
            }
            dispatch.holder.clone_from(&room.node);
            let automatic = dispatch.automatic;
            draft.put(domain::record::Record::Dispatch(dispatch));
            Ok(crate::decide::Decision::Commit(crate::dispatch::AutomaticAnswer { automatic }))
        })
        .await?;
    if let Some(done) = done {
        let _ = room.centre.reached(done.receipt.cursor.number, RETRY_AFTER).await;
    }
    Ok(())
}

/// Tells the supervisor that the store lost changes.
async fn tell_store_behind(room: &ControlRoom, behind: StoreBehind) {
    let ask = Ask::by_dispatcher(format_args!("store_behind:{}", behind.now.lineage));
    let detail = format!("seen {} but found {}", behind.seen.number, behind.found.number);
    let told = room
        .commit(&ask, "store_behind", &detail, |draft| {
            let about = About { detail: detail.clone(), ..About::default() };
            let alarm = raise(draft, AlarmCode::StoreBehind, AlarmLevel::Supervisor, about);
            Ok(AlarmAnswer { alarm })
        })
        .await;
    if let Err(error) = told {
        tracing::error!(code = error.code(), %detail, "the store lost changes, and the alarm for it could not be raised");
    }
}

/// Where units were last seen, as the picture has it.
pub(crate) struct Positions<'a>(pub(crate) &'a Picture);

impl policy::Positions for Positions<'_> {
    fn in_order(&self) -> Box<dyn Iterator<Item = (&UnitId, KnownPosition)> + '_> {
        Box::new(self.0.positions.iter().filter_map(|(unit, told)| {
            let position = geography::Position::new(told.latitude, told.longitude).ok()?;
            Some((unit, KnownPosition { position, measured_at: told.measured_at }))
        }))
    }
}

/// What a recommendation for `incident` is made from.
pub(crate) fn situation<'a>(
    picture: &'a Picture,
    directory: &'a InForce,
    incident: &'a Incident,
    positions: &'a Positions<'a>,
    now: Timestamp,
) -> Situation<'a> {
    Situation {
        now,
        board: picture.cursor.number,
        directory,
        incident,
        units: picture.board.units(),
        desks: picture.board.desks(),
        assignments: picture.board.assignments(),
        closing: picture.board.directory().map_or(&[], |head| head.record.closing.as_slice()),
        positions,
    }
}
