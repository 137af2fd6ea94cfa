//! The contract's states and enums as short words that can be read aloud.

pub(crate) mod refused;

use protocol::record::v1::{
    Alarm, AlarmLevel, Assignment, AutomaticDispatch, Call, CallFlag, Channel, Desk, Dispatch, Durability,
    Incident, Location, NeedTime, Note, NotedChange, Progress, Receipt, Run, Step, Unit, alarm_state,
    assignment_purpose, assignment_state, call_state, desk_link, incident_state, noted_change, run_state,
    unit_state,
};

use crate::show::Light;
use crate::table::{grouped, plain};

/// An enum's name without its prefix: `STEP_EN_ROUTE` is `en route`.
pub(crate) fn enum_word(name: &str, prefix: &str) -> String {
    name.strip_prefix(prefix).unwrap_or(name).to_lowercase().replace('_', " ")
}

/// True if a milestone was not entered by a person but by the centre itself.
pub(crate) fn is_the_centre(reported_by: &str) -> bool {
    reported_by.is_empty() || reported_by == "system" || reported_by.starts_with(identity::SYSTEM_NAME_PREFIX)
}

/// A step.
pub(crate) fn step(step: Step) -> String {
    enum_word(step.as_str_name(), "STEP_")
}

/// How a word came, to go on a sentence with; nothing where that is nothing to speak of.
pub(crate) const fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Radio => ", by radio",
        Channel::Phone => ", by telephone",
        Channel::Paper => ", from paper",
        Channel::Unspecified | Channel::Device | Channel::System => "",
    }
}

/// How far a response is.
pub(crate) fn progress(progress: Progress) -> String {
    match progress {
        Progress::Unspecified | Progress::None => "-".to_owned(),
        Progress::AllClear => "all clear".to_owned(),
        Progress::Waiting | Progress::Sent | Progress::Received | Progress::EnRoute | Progress::OnScene => {
            enum_word(progress.as_str_name(), "PROGRESS_")
        }
    }
}

/// What was odd about a call, separated by commas.
pub(crate) fn flags(flags: impl Iterator<Item = CallFlag>) -> String {
    flags.map(|flag| enum_word(flag.as_str_name(), "CALL_FLAG_")).collect::<Vec<_>>().join(", ")
}

/// When a need is to be filled.
pub(crate) fn need_time(time: NeedTime) -> String {
    enum_word(time.as_str_name(), "NEED_TIME_")
}

/// Who must act on an alarm.
pub(crate) fn level(level: AlarmLevel) -> String {
    enum_word(level.as_str_name(), "ALARM_LEVEL_")
}

/// How safe a change is and which number it has, as a line under every answer to a change.
pub(crate) fn receipt(receipt: Option<&Receipt>) -> String {
    let Some(receipt) = receipt else { return String::new() };
    let safe = match receipt.durability() {
        Durability::Unspecified => "accepted",
        Durability::Stored => "stored",
        Durability::Replicated => "stored and replicated",
        Durability::Journaled => "in the journal of the centre's disk; the store follows",
    };
    let number = receipt.change.as_ref().map(|change| format!(" as change {}", grouped(change.number)));
    let again = if receipt.repeated { "; asked before, and this is that first answer" } else { "" };
    format!("{safe}{}{again}\n", number.unwrap_or_default())
}

/// Where a call stands.
pub(crate) fn call_state(call: &Call) -> String {
    match call.state.as_ref().and_then(|state| state.state.as_ref()) {
        Some(call_state::State::Ringing(_)) => "ringing".to_owned(),
        Some(call_state::State::Answered(_)) => "answered".to_owned(),
        Some(call_state::State::Abandoned(_)) => "abandoned".to_owned(),
        Some(call_state::State::CallBack(back)) => format!("call back, attempt {}", back.attempt),
        Some(call_state::State::NeedsDecision(_)) => "needs a decision".to_owned(),
        Some(call_state::State::Ended(ended)) => {
            format!("ended: {}", enum_word(ended.outcome().as_str_name(), "CALL_OUTCOME_"))
        }
        None => "unknown".to_owned(),
    }
}

/// Where an incident stands.
pub(crate) fn incident_state(incident: &Incident) -> &'static str {
    match incident.state.as_ref().and_then(|state| state.state.as_ref()) {
        Some(incident_state::State::Held(_)) => "held",
        Some(incident_state::State::Open(_)) if incident.queued => "open, in the queue",
        Some(incident_state::State::Open(_)) => "open",
        Some(incident_state::State::Closed(_)) => "closed",
        Some(incident_state::State::Cancelled(_)) => "cancelled",
        Some(incident_state::State::Merged(_)) => "merged",
        None => "unknown",
    }
}

/// True while an incident is open or held.
pub(crate) fn incident_is_live(incident: &Incident) -> bool {
    match incident.state.as_ref().and_then(|state| state.state.as_ref()) {
        Some(incident_state::State::Held(_) | incident_state::State::Open(_)) => true,
        Some(
            incident_state::State::Closed(_)
            | incident_state::State::Cancelled(_)
            | incident_state::State::Merged(_),
        )
        | None => false,
    }
}

/// What an assignment is for: the desk sends somebody, or only knows.
pub(crate) fn purpose(assignment: &Assignment) -> &'static str {
    if is_asked_to_send(assignment) { "to send" } else { "to know" }
}

/// Where an assignment stands.
pub(crate) fn assignment_state(assignment: &Assignment) -> String {
    match assignment.state.as_ref().and_then(|state| state.state.as_ref()) {
        Some(assignment_state::State::Sent(_)) => "sent".to_owned(),
        Some(assignment_state::State::Delivered(_)) => "delivered".to_owned(),
        Some(assignment_state::State::Received(received)) => {
            format!("received by {}", plain(&received.person))
        }
        Some(assignment_state::State::Accepted(accepted)) => {
            format!("accepted by {}", plain(&accepted.person))
        }
        Some(assignment_state::State::Done(_)) => "done".to_owned(),
        Some(assignment_state::State::Returned(returned)) => format!("returned: {}", plain(&returned.reason)),
        Some(assignment_state::State::StandDownSent(_)) => "stand-down not confirmed".to_owned(),
        Some(assignment_state::State::StoodDown(_)) => "stood down".to_owned(),
        None => "unknown".to_owned(),
    }
}

/// True while an assignment is not over.
pub(crate) fn assignment_is_open(assignment: &Assignment) -> bool {
    match assignment.state.as_ref().and_then(|state| state.state.as_ref()) {
        Some(
            assignment_state::State::Sent(_)
            | assignment_state::State::Delivered(_)
            | assignment_state::State::Received(_)
            | assignment_state::State::Accepted(_)
            | assignment_state::State::StandDownSent(_),
        ) => true,
        Some(
            assignment_state::State::Done(_)
            | assignment_state::State::Returned(_)
            | assignment_state::State::StoodDown(_),
        )
        | None => false,
    }
}

/// True if the desk is asked to send somebody, and not only told to know.
pub(crate) fn is_asked_to_send(assignment: &Assignment) -> bool {
    match assignment.purpose.as_ref().and_then(|purpose| purpose.purpose.as_ref()) {
        Some(assignment_purpose::Purpose::Respond(_)) => true,
        Some(assignment_purpose::Purpose::Inform(_)) | None => false,
    }
}

/// True while nobody at the desk has said that the assignment is received.
pub(crate) fn assignment_awaits(assignment: &Assignment) -> bool {
    match assignment.state.as_ref().and_then(|state| state.state.as_ref()) {
        Some(assignment_state::State::Sent(_) | assignment_state::State::Delivered(_)) => true,
        Some(
            assignment_state::State::Received(_)
            | assignment_state::State::Accepted(_)
            | assignment_state::State::StandDownSent(_)
            | assignment_state::State::Done(_)
            | assignment_state::State::Returned(_)
            | assignment_state::State::StoodDown(_),
        )
        | None => false,
    }
}

/// Where a run stands.
pub(crate) fn run_state(run: &Run) -> &'static str {
    match run.state.as_ref().and_then(|state| state.state.as_ref()) {
        Some(run_state::State::Sent(_)) => "sent",
        Some(run_state::State::Acknowledged(_)) => "acknowledged",
        Some(run_state::State::EnRoute(_)) => "en route",
        Some(run_state::State::OnScene(_)) => "on scene",
        Some(run_state::State::Cleared(_)) => "cleared",
        Some(run_state::State::StandDownSent(_)) => "stand-down not confirmed",
        Some(run_state::State::StoodDown(_)) => "stood down",
        None => "unknown",
    }
}

/// True while a crew has something to do for a run; one that was stood down has only to say that it knows.
pub(crate) fn run_is_open(run: &Run) -> bool {
    run_progress(run) > Some(Progress::Waiting)
}

/// How far a response is with this run; `None` once it is over.
pub(crate) fn run_progress(run: &Run) -> Option<Progress> {
    match run.state.as_ref()?.state.as_ref()? {
        run_state::State::Sent(_) => Some(Progress::Sent),
        run_state::State::Acknowledged(_) => Some(Progress::Received),
        run_state::State::EnRoute(_) => Some(Progress::EnRoute),
        run_state::State::OnScene(_) => Some(Progress::OnScene),
        run_state::State::StandDownSent(_) => Some(Progress::Waiting),
        run_state::State::Cleared(_) | run_state::State::StoodDown(_) => None,
    }
}

/// How far a response is with this assignment alone; `None` once it is over or where it only informs. One that sent its units
/// is as far as they are; `goes_out` is whether anybody is out for the incident.
pub(crate) fn assignment_progress(assignment: &Assignment, goes_out: bool) -> Option<Progress> {
    if !is_asked_to_send(assignment) {
        return None;
    }
    match assignment.state.as_ref()?.state.as_ref()? {
        assignment_state::State::Sent(_) | assignment_state::State::Delivered(_) => Some(Progress::Sent),
        assignment_state::State::Received(_) => Some(Progress::Received),
        assignment_state::State::Accepted(_) => goes_out.then_some(Progress::Received),
        assignment_state::State::StandDownSent(_) => Some(Progress::Waiting),
        assignment_state::State::Done(_)
        | assignment_state::State::Returned(_)
        | assignment_state::State::StoodDown(_) => None,
    }
}

/// Where a unit stands.
pub(crate) fn unit_state(unit: &Unit) -> String {
    match unit.state.as_ref().and_then(|state| state.state.as_ref()) {
        Some(unit_state::State::SignedOff(_)) | None => "signed off".to_owned(),
        Some(unit_state::State::Available(_)) => "available".to_owned(),
        Some(unit_state::State::Assigned(_)) => "on a run".to_owned(),
        Some(unit_state::State::OutOfService(out)) => format!("out of service: {}", plain(&out.reason)),
    }
}

/// What a note says: what was changed with it, then its words.
pub(crate) fn note(note: &Note, light: Light<'_>) -> String {
    let changes =
        note.changes.iter().map(|change| noted_change(change, light)).collect::<Vec<_>>().join("; ");
    let said = [changes, plain(&note.text)];
    said.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ")
}

fn noted_change(change: &NotedChange, light: Light<'_>) -> String {
    let known = |id: &str| {
        if id.is_empty() { "not known".to_owned() } else { light.names.incident_type(id).to_owned() }
    };
    let place = |place: Option<&Location>| light.names.place(place, 60);
    match &change.change {
        Some(noted_change::Change::IncidentType(it)) => {
            format!("type {} -> {}", known(&it.from_incident_type_id), known(&it.to_incident_type_id))
        }
        Some(noted_change::Change::Place(it)) => {
            format!("place {} -> {}", place(it.from.as_ref()), place(it.to.as_ref()))
        }
        Some(noted_change::Change::Priority(it)) => format!("priority {} -> {}", it.from, it.to),
        Some(noted_change::Change::Reopened(_)) => "reopened".to_owned(),
        None => "changed in a way that this kezek does not know".to_owned(),
    }
}

/// How long the link of a duty desk has been down, as the light says it; `None` unless it is down.
pub(crate) fn link_down(desk: &Desk, light: Light<'_>) -> Option<String> {
    match desk.link.as_ref()?.state.as_ref()? {
        desk_link::State::Down(down) => Some(format!("link down {}", light.age(down.since.as_ref()))),
        desk_link::State::Unknown(_) | desk_link::State::Up(_) => None,
    }
}

/// Where an alarm stands.
pub(crate) fn alarm_state(alarm: &Alarm) -> String {
    match alarm.state.as_ref().and_then(|state| state.state.as_ref()) {
        Some(alarm_state::State::Raised(_)) => "raised".to_owned(),
        Some(alarm_state::State::Acknowledged(taken)) => format!("{} acts", plain(&taken.acknowledged_by)),
        Some(alarm_state::State::Ended(ended)) if is_the_centre(&ended.ended_by) => "ended".to_owned(),
        Some(alarm_state::State::Ended(ended)) => format!("ended by {}", plain(&ended.ended_by)),
        None => "unknown".to_owned(),
    }
}

/// True until an alarm has ended.
pub(crate) fn alarm_is_live(alarm: &Alarm) -> bool {
    match alarm.state.as_ref().and_then(|state| state.state.as_ref()) {
        Some(alarm_state::State::Raised(_) | alarm_state::State::Acknowledged(_)) => true,
        Some(alarm_state::State::Ended(_)) | None => false,
    }
}

/// Whether needs that may be sent for automatically are.
pub(crate) fn automatic(dispatch: &Dispatch) -> &'static str {
    match dispatch.automatic() {
        AutomaticDispatch::On => "ON",
        AutomaticDispatch::Off => "OFF",
        AutomaticDispatch::Unspecified => "not set",
    }
}

/// The first eight digits of an id: enough to tell a handful apart, and every command takes them.
pub(crate) fn short_id(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use protocol::record::v1::Cursor;

    use super::*;

    #[test]
    fn enums_read_as_words() {
        assert_eq!(step(Step::StandDownSent), "stand down sent");
        assert_eq!(progress(Progress::EnRoute), "en route");
        assert_eq!(
            flags([CallFlag::NoLocation, CallFlag::UnknownType].into_iter()),
            "no location, unknown type"
        );
    }

    #[test]
    fn a_receipt_says_how_safe_it_is() {
        let stored = Receipt {
            change: Some(Cursor { lineage: String::new(), number: 1_043 }),
            durability: Durability::Stored as i32,
            repeated: true,
        };
        assert_eq!(
            receipt(Some(&stored)),
            "stored as change 1,043; asked before, and this is that first answer\n"
        );
        assert_eq!(receipt(None), "");
    }
}
