//! Taking and ending alarms.

use domain::{AlarmId, RecordKey, RecordKind, Version, alarm::AlarmEvent, record::Record};
use serde::{Deserialize, Serialize};

use crate::{
    Answer, Ask, ControlRoom, Done, OperationError,
    asker::line,
    draft::{Draft, Halt},
};

/// An operation on one alarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmAnswer {
    /// Which alarm.
    pub alarm: AlarmId,
}

impl Answer for AlarmAnswer {
    fn records(&self) -> Vec<RecordKey> {
        vec![RecordKey::new(RecordKind::Alarm, self.alarm)]
    }
}

/// Somebody takes an alarm.
#[derive(Clone, Debug, Serialize)]
pub struct AcknowledgeAlarm {
    /// Which.
    pub alarm: AlarmId,
    /// The version the asker saw; absent means whatever is current.
    pub expected: Option<Version>,
}

/// Takes an alarm: whoever does owns it.
///
/// # Errors
/// [`OperationError`]: no such alarm, over already, or the store.
pub async fn acknowledge_alarm(
    room: &ControlRoom,
    ask: &Ask,
    request: &AcknowledgeAlarm,
) -> Result<Done<AlarmAnswer>, OperationError> {
    room.commit(ask, "acknowledge_alarm", request, |draft| {
        let (by, at) = (draft.asker.name(), draft.now);
        change(draft, request.alarm, request.expected, AlarmEvent::Acknowledge { by, at }, "")
    })
    .await
}

/// Somebody ends an alarm.
#[derive(Clone, Debug, Serialize)]
pub struct EndAlarm {
    /// Which.
    pub alarm: AlarmId,
    /// The version the asker saw; absent means whatever is current.
    pub expected: Option<Version>,
    /// What was done about it; may be empty.
    pub remark: String,
}

/// Ends an alarm.
///
/// # Errors
/// [`OperationError`]: no such alarm, over already, or the store.
pub async fn end_alarm(
    room: &ControlRoom,
    ask: &Ask,
    request: &EndAlarm,
) -> Result<Done<AlarmAnswer>, OperationError> {
    line("remark", &request.remark)?;
    room.commit(ask, "end_alarm", request, |draft| {
        let (by, at) = (draft.asker.name(), draft.now);
        change(draft, request.alarm, request.expected, AlarmEvent::End { by, at }, &request.remark)
    })
    .await
}

/// Changes one alarm; one that the asker may not see does not exist.
fn change(
    draft: &mut Draft<'_>,
    id: AlarmId,
    expected: Option<Version>,
    event: AlarmEvent,
    remark: &str,
) -> Result<AlarmAnswer, Halt> {
    let mut alarm = draft.visible_alarm(id)?;
    draft.expect(RecordKind::Alarm, id, expected)?;
    alarm.step(event)?;
    if !remark.is_empty() {
        alarm.detail = [alarm.detail.as_str(), remark]
            .iter()
            .filter(|text| !text.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join(" | ");
    }
    draft.put(Record::Alarm(alarm));
    Ok(AlarmAnswer { alarm: id })
}
