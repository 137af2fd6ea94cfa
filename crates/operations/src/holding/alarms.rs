//! Tells people how the journal of this node is: an alarm for as long as it does not take what it is given.

use std::time::Duration;

use centre::{Heard, StoreBehind, Unmade};
use domain::{
    AlarmId,
    alarm::{About, Alarm, AlarmCode, AlarmLevel, Subject},
};
use store::Condition;

use super::Holding;
use crate::{
    Ask, ControlRoom, OperationError,
    alarms::AlarmAnswer,
    decide::Decision,
    responding::{end_alarms_where, raise, raise_as},
};

/// How long it is waited before something is told again that could not be told.
const TELL_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Raises the alarm of what the journal is now, and ends the other one.
pub(super) async fn tell_condition(room: &ControlRoom, holding: &Holding) {
    let (code, why) = match holding.condition() {
        Condition::Good => (None, String::new()),
        Condition::Full => (Some(AlarmCode::JournalFull), String::new()),
        Condition::Sealed { reason } => (Some(AlarmCode::JournalSealed), format!(": {reason}")),
    };
    let node = of_node(room);
    let detail = format!("{node}{why}");
    let board = room.centre.read(|picture| picture.board.number());
    let ask = Ask::by_dispatcher(format_args!("journal_condition:{}:{board}", room.node));
    let told = room.commit_if(&ask, "journal_condition", &room.node, |draft| {
        let report = draft.report();
        end_alarms_where(draft, &report, Subject::Centre, |alarm| {
            is_of_journal(alarm, &node) && Some(alarm.code) != code
        });
        let mut alarms = draft.picture.board.alarms_about(Subject::Centre);
        let is_told =
            alarms.any(|alarm| is_of_journal(&alarm.record, &node) && Some(alarm.record.code) == code);
        let alarm = AlarmId::derived(draft.operation, "alarm");
        if let Some(code) = code.filter(|_| !is_told) {
            let about = About { detail: detail.clone(), ..About::default() };
            raise_as(draft, alarm, code, AlarmLevel::Supervisor, about);
        }
        let is_nothing = draft.is_empty();
        Ok(if is_nothing { Decision::Nothing } else { Decision::Commit(AlarmAnswer { alarm }) })
    });
    if let Err(error) = told.await {
        tracing::warn!(code = error.code(), "how the journal is could not be told; it will be");
    }
}

/// Tells people of a damage of the journal; false if they could not be told.
pub(super) async fn tell_damage(room: &ControlRoom, damage: &str) -> bool {
    let ask = Ask::by_dispatcher(format_args!("journal_damaged:{}:{damage}", room.node));
    let detail = format!("{}: {damage}", of_node(room));
    let told = tell_supervisor(room, &ask, "journal_damaged", AlarmCode::JournalDamaged, detail).await;
    told.inspect_err(|error| {
        tracing::warn!(code = error.code(), damage, "a damage could not be told; it will be");
    })
    .is_ok()
}

/// Raises an alarm that says all there is to say by itself, once for an operation: one that was told so long ago that the
/// store remembers the alarm and not the operation is told.
pub(super) async fn tell_supervisor(
    room: &ControlRoom,
    ask: &Ask,
    cause: &'static str,
    code: AlarmCode,
    detail: String,
) -> Result<(), OperationError> {
    let told = room.commit(ask, cause, &room.node, |draft| {
        let about = About { detail: detail.clone(), ..About::default() };
        Ok(AlarmAnswer { alarm: raise(draft, code, AlarmLevel::Supervisor, about) })
    });
    match told.await {
        Ok(_) | Err(OperationError::Conflict { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Tells people, for as long as it runs, of changes that the store will never have and this node's journal holds. Each node
/// tells of its own: another one may dispatch.
pub(super) async fn tell_unmade(room: &ControlRoom) {
    let mut changes = room.centre.changes();
    loop {
        let Heard::Lost { behind: Some(StoreBehind { unmade: Some(unmade), .. }) } = changes.next().await
        else {
            continue;
        };
        let Unmade { lineage, first, last } = unmade;
        let ask = Ask::by_dispatcher(format_args!("unmade:{}:{lineage}:{first}:{last}", room.node));
        let detail = format!(
            "{}: its journal has what was lost and cannot be made again: changes {first} to {last} of lineage {lineage}",
            of_node(room)
        );
        while let Err(error) =
            tell_supervisor(room, &ask, "unmade", AlarmCode::StoreBehind, detail.clone()).await
        {
            tracing::warn!(code = error.code(), "what was lost could not be told; it will be");
            tokio::time::sleep(TELL_AGAIN_AFTER).await;
        }
    }
}

/// How the detail of an alarm about this node's journal begins.
fn of_node(room: &ControlRoom) -> String {
    format!("node {}", room.node)
}

/// True if the alarm is about the journal of this node, which is called so.
fn is_of_journal(alarm: &Alarm, node: &str) -> bool {
    let is_about_journals = matches!(alarm.code, AlarmCode::JournalFull | AlarmCode::JournalSealed);
    let rest = alarm.detail.strip_prefix(node);
    is_about_journals && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', ' ']))
}
