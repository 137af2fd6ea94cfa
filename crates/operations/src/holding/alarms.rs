//! Tells people how the journal of this node is: an alarm for as long as it does not take what it is given.

use std::collections::BTreeSet;

use domain::{
    AlarmId,
    alarm::{About, Alarm, AlarmCode, AlarmLevel},
};
use store::Condition;

use super::Holding;
use crate::{
    Ask, ControlRoom, OperationError,
    alarms::AlarmAnswer,
    decide::Decision,
    responding::{end_alarms, raise_as},
};

/// Raises the alarm of what the journal is now, and ends the other one.
pub(super) async fn tell_condition(room: &ControlRoom, holding: &Holding) {
    let (code, why) = match holding.condition() {
        Condition::Good => (None, String::new()),
        Condition::Full => (Some(AlarmCode::JournalFull), String::new()),
        Condition::Sealed { reason } => (Some(AlarmCode::JournalSealed), format!(": {reason}")),
    };
    let detail = format!("{}{why}", of_node(room));
    let board = room.centre.read(|picture| picture.board.number());
    let ask = Ask::by_dispatcher(format_args!("journal_condition:{}:{board}", room.node));
    let told = room.commit_if(&ask, "journal_condition", &room.node, |draft| {
        let report = draft.report();
        end_alarms(draft, &report, |alarm| is_of_journal(alarm, room) && Some(alarm.code) != code);
        let mut alarms = draft.picture.board.alarms().values();
        let is_told =
            alarms.any(|alarm| is_of_journal(&alarm.record, room) && Some(alarm.record.code) == code);
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

/// Tells people of each damage of the journal, that was found when it was opened or since. What they know already they are
/// not told again.
pub(super) async fn tell_damages(room: &ControlRoom, holding: &Holding, since: &BTreeSet<String>) {
    for damage in holding.damaged.iter().chain(since) {
        let ask = Ask::by_dispatcher(format_args!("journal_damaged:{}:{damage}", room.node));
        let detail = format!("{}: {damage}", of_node(room));
        let told = room.commit_if(&ask, "journal_damaged", &room.node, |draft| {
            let alarm = AlarmId::derived(draft.operation, "alarm");
            if draft.picture.board.alarms().contains_key(&alarm) {
                return Ok(Decision::Nothing);
            }
            let about = About { detail: detail.clone(), ..About::default() };
            raise_as(draft, alarm, AlarmCode::JournalDamaged, AlarmLevel::Supervisor, about);
            Ok(Decision::Commit(AlarmAnswer { alarm }))
        });
        match told.await {
            // a conflict: it was told so long ago that the store remembers the alarm and not the operation
            Ok(_) | Err(OperationError::Conflict { .. }) => {}
            Err(error) => {
                tracing::warn!(code = error.code(), damage, "a damage could not be told; it will be")
            }
        }
    }
}

/// How the detail of an alarm about this node's journal begins.
fn of_node(room: &ControlRoom) -> String {
    format!("node {}", room.node)
}

/// True if the alarm is about the journal of this node.
fn is_of_journal(alarm: &Alarm, room: &ControlRoom) -> bool {
    let is_about_journals = matches!(alarm.code, AlarmCode::JournalFull | AlarmCode::JournalSealed);
    let node = of_node(room);
    let rest = alarm.detail.strip_prefix(&node);
    is_about_journals && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', ' ']))
}
