//! Gives the store what the journal holds for it, as soon as it can be asked.

use std::time::Duration;

use domain::{
    AlarmId, RecordKind, Version,
    alarm::{About, AlarmCode, AlarmLevel},
};
use store::{Commit, NotKept, Outcome, Settlement, StoreError};

use super::{Holding, alarms};
use crate::{Ask, ControlRoom, OperationError, alarms::AlarmAnswer, responding::raise_as};

/// How often it is looked at what waits, and how the journal is, without anybody having said that something does: what
/// was left by an earlier run, or by an answer that nobody waited for.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How long it is waited before the store is asked again that could not be asked.
const RETRY_AFTER: Duration = Duration::from_millis(500);

/// Gives the store what the journal of this node holds, and tells people how the journal is, for as long as it runs. It
/// ends at once if this node has none.
pub async fn run(room: ControlRoom) {
    let Some(holding) = room.holding.clone() else { return std::future::pending().await };
    let mut is_damage_told = false;
    loop {
        room.centre.current().await;
        is_damage_told = is_damage_told || alarms::tell_damages(&room, &holding).await.is_ok();
        alarms::tell_condition(&room, &holding).await;
        match give_all(&room, &holding).await {
            Ok(()) => {
                let _ = tokio::time::timeout(LOOK_EVERY, holding.waits.notified()).await;
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "held calls wait on");
                tokio::time::sleep(RETRY_AFTER).await;
            }
        }
    }
}

/// Why what is held waits on.
#[derive(Debug, thiserror::Error)]
enum WaitsOn {
    #[error("the store cannot be asked")]
    Store(#[source] StoreError),
    #[error("the store is behind what this node has seen")]
    Behind,
    #[error("the journal cannot be read or written")]
    Journal(#[source] NotKept),
    #[error("people cannot be told of a call that the store refused")]
    Untold(#[source] OperationError),
}

/// Gives the store all that waits, in the order it was held.
async fn give_all(room: &ControlRoom, holding: &Holding) -> Result<(), WaitsOn> {
    loop {
        let waiting = holding.journal.unsettled().await.map_err(WaitsOn::Journal)?;
        let waiting: Vec<Commit> =
            waiting.into_iter().filter(|commit| !holding.is_under_way(commit.operation)).collect();
        if waiting.is_empty() {
            return Ok(());
        }
        tracing::info!(calls = waiting.len(), "the store is given what the journal holds");
        for commit in waiting {
            give(room, holding, commit).await?;
        }
    }
}

/// Gives the store one held commit, and notes what became of it.
async fn give(room: &ControlRoom, holding: &Holding, commit: Commit) -> Result<(), WaitsOn> {
    let seen = room.centre.read(|picture| picture.cursor);
    let asked = Commit { seen: Some(seen), ..commit.clone() };
    let settlement = match room.tell_store(asked).await {
        Ok(Outcome::Committed { number }) => Settlement::Committed { number },
        Ok(Outcome::Repeated { number, answer }) if answer == commit.answer => {
            Settlement::Committed { number }
        }
        Ok(Outcome::Repeated { number, .. }) => {
            refused(room, &commit, &format!("another node answered it first, as change {number}")).await?
        }
        Ok(Outcome::OtherContent { number }) => {
            refused(room, &commit, &format!("its request id had made change {number}")).await?
        }
        Ok(Outcome::Conflict { .. }) => match is_there(room, &commit).await? {
            Some(number) => Settlement::Committed { number },
            None => refused(room, &commit, "something else has its id").await?,
        },
        Ok(Outcome::Behind { .. }) => return Err(WaitsOn::Behind),
        Err(StoreError::Refused(refusal)) => refused(room, &commit, &refusal.to_string()).await?,
        Err(error) => return Err(WaitsOn::Store(error)),
    };
    let word = match &settlement {
        Settlement::Committed { .. } => "committed",
        Settlement::Refused { .. } => "refused",
    };
    metrics::counter!("kezek_held_calls_total", "outcome" => word).increment(1);
    holding.journal.settle(commit.operation, settlement).await.map_err(WaitsOn::Journal)
}

/// The version of the call that a held commit makes, if the store has that very call: it was answered so long ago that the
/// store remembers the call and not the request.
async fn is_there(room: &ControlRoom, commit: &Commit) -> Result<Option<Version>, WaitsOn> {
    let Some(call) = commit.writes.iter().find(|write| write.key.kind == RecordKind::Call) else {
        return Ok(None);
    };
    let found = room.store.get(std::slice::from_ref(&call.key)).await.map_err(WaitsOn::Store)?;
    Ok(found.into_iter().flatten().next().map(|found| found.version))
}

/// Tells people of a call that the store will never have as it was answered; what was said stays in the journal.
async fn refused(room: &ControlRoom, commit: &Commit, why: &str) -> Result<Settlement, WaitsOn> {
    let operation = commit.operation;
    tracing::error!(%operation, why, "a held call could not be stored as it was answered");
    let ask = Ask::by_dispatcher(format_args!("held_call_refused:{operation}"));
    let detail = format!("node {}, operation {operation}: {why}", room.node);
    let told = room.commit(&ask, "held_call_refused", &operation, |draft| {
        let alarm = AlarmId::derived(draft.operation, "alarm");
        let about = About { detail: detail.clone(), ..About::default() };
        raise_as(draft, alarm, AlarmCode::HeldCallRefused, AlarmLevel::Supervisor, about);
        Ok(AlarmAnswer { alarm })
    });
    told.await.map_err(WaitsOn::Untold)?;
    Ok(Settlement::Refused { reason: why.to_owned() })
}
