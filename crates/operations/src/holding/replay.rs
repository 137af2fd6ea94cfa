//! Gives the store what the journal holds for it, as soon as it can be asked.

use std::{collections::BTreeSet, time::Duration};

use domain::{OperationId, RecordKind, Version, alarm::AlarmCode};
use store::{Commit, NotKept, Outcome, Refusal, Settlement, StoreError};

use super::{Holding, alarms};
use crate::{Ask, ControlRoom, OperationError};

/// How often it is looked at what waits, and how the journal is, without anybody having said that something does: what
/// was left by an earlier run, or by an answer that nobody waited for.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How long it is waited before the store is asked again that could not be asked.
const RETRY_AFTER: Duration = Duration::from_millis(500);

/// How long a call that was answered is left to be settled by its own change, whatever the centre's clock says meanwhile: giving
/// it to the store again would be of no use.
const LEFT_ALONE: Duration = Duration::from_secs(2);

/// Gives the store what the journal of this node holds, and tells people how the journal is, for as long as it runs. It
/// does nothing if this node has none.
pub async fn run(room: ControlRoom) {
    let Some(holding) = room.holding.clone() else { return std::future::pending().await };
    futures::join!(give_for_ever(&room, &holding), alarms::tell_unmade(&room));
}

async fn give_for_ever(room: &ControlRoom, holding: &Holding) {
    let mut given = Given { untold: holding.damaged.iter().cloned().collect(), ..Given::default() };
    loop {
        room.centre.current().await;
        for damage in std::mem::take(&mut given.untold) {
            let is_told = alarms::tell_damage(room, &damage).await;
            let of_its_kind = if is_told { &mut given.told } else { &mut given.untold };
            of_its_kind.insert(damage);
        }
        alarms::tell_condition(room, holding).await;
        let pause = match give_all(room, holding, &mut given).await {
            Ok(Rest::Nothing) => LOOK_EVERY,
            Ok(Rest::Young) => RETRY_AFTER,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "held calls wait on");
                tokio::time::sleep(RETRY_AFTER).await;
                continue;
            }
        };
        let _ = tokio::time::timeout(pause, holding.waits.notified()).await;
    }
}

/// What was learnt in this run.
#[derive(Default)]
struct Given {
    /// What the store has or will never have, though the journal could not note it: it is not given again.
    settled: BTreeSet<OperationId>,
    /// Damages of the journal that people are to be told of, and those that they were told of.
    untold: BTreeSet<String>,
    told: BTreeSet<String>,
}

/// What is left after a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rest {
    /// Nothing that this node could do something about.
    Nothing,
    /// Calls that were answered a moment ago.
    Young,
}

/// Why what is held waits on.
#[derive(Debug, thiserror::Error)]
enum WaitsOn {
    #[error("the store cannot be asked")]
    Store(#[source] StoreError),
    #[error("the store is behind what this node has seen")]
    Behind,
    #[error("the journal cannot be read")]
    Journal(#[source] NotKept),
    #[error("people cannot be told of a call that the store refused")]
    Untold(#[source] OperationError),
}

/// Gives the store all that waits, in the order it was held. What cannot be read or noted keeps nothing else.
async fn give_all(room: &ControlRoom, holding: &Holding, given: &mut Given) -> Result<Rest, WaitsOn> {
    let mut rest = Rest::Nothing;
    let mut place = 0;
    loop {
        let waiting = holding.journal.unsettled(place, LEFT_ALONE).await.map_err(WaitsOn::Journal)?;
        given.untold.extend(waiting.unreadable.into_iter().filter(|damage| !given.told.contains(damage)));
        if waiting.younger {
            rest = Rest::Young;
        }
        let Some(last) = waiting.last else {
            holding.let_settled_go().await;
            return Ok(rest);
        };
        place = last;
        for commit in waiting.commits {
            let operation = commit.operation;
            if given.settled.contains(&operation) {
                continue;
            }
            if holding.is_under_way(operation) {
                rest = Rest::Young;
                continue;
            }
            let Some(settlement) = give(room, &commit).await? else { continue };
            holding.lets_go(&commit);
            if let Err(error) = holding.journal.settle(operation, settlement).await {
                tracing::warn!(%operation, %error, "what became of a held call could not be noted");
                given.settled.insert(operation);
            }
        }
    }
}

/// Gives the store one held commit. What became of it; nothing if it waits on alone.
async fn give(room: &ControlRoom, commit: &Commit) -> Result<Option<Settlement>, WaitsOn> {
    let seen = room.centre.read(|picture| picture.cursor);
    let asked = Commit { seen: Some(seen), ..commit.clone() };
    let settlement = match room.tell_store(asked).await {
        Ok(Outcome::Committed { number, .. }) => Settlement::Committed { number },
        Ok(Outcome::Repeated { number, answer }) if answer == commit.answer => {
            Settlement::Committed { number }
        }
        Ok(Outcome::Repeated { number, .. }) => {
            refused(room, commit, &format!("another node answered it first, as change {number}")).await?
        }
        Ok(Outcome::OtherContent { number }) => {
            refused(room, commit, &format!("its request id had made change {number}")).await?
        }
        Ok(Outcome::Conflict { .. }) => match is_there(room, commit).await? {
            Some(number) => Settlement::Committed { number },
            None => refused(room, commit, "something else has its id").await?,
        },
        Ok(Outcome::Behind { .. }) => return Err(WaitsOn::Behind),
        Err(StoreError::Refused(refusal)) if is_of_the_commit(&refusal) => {
            refused(room, commit, &refusal.to_string()).await?
        }
        Err(error @ StoreError::Damaged { .. }) => {
            let operation = commit.operation;
            tracing::error!(%operation, error = &error as &dyn std::error::Error, "a held call waits on");
            return Ok(None);
        }
        Err(error) => return Err(WaitsOn::Store(error)),
    };
    let word = match &settlement {
        Settlement::Committed { .. } => "committed",
        Settlement::Refused { .. } => "refused",
    };
    metrics::counter!("kezek_held_calls_total", "outcome" => word).increment(1);
    Ok(Some(settlement))
}

/// True if the store will never take this commit, whatever is mended.
const fn is_of_the_commit(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::Limit { .. }
            | Refusal::Key { .. }
            | Refusal::WrittenTwice { .. }
            | Refusal::VersionWithoutLineage { .. }
    )
}

/// The version of the call that a held commit makes, if the store has it: its id is derived from the request's, and it was
/// answered so long ago that the store remembers the call and not the request.
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
    let told =
        alarms::tell_supervisor(room, &ask, "held_call_refused", AlarmCode::HeldCallRefused, detail).await;
    told.map_err(WaitsOn::Untold)?;
    Ok(Settlement::Refused { reason: why.to_owned() })
}
