//! Carries out what is seen of the duty desks' links: one change for each link that moved, one alarm for each assignment
//! that must be told by telephone, and time anew for a desk that is back.
//!
//! What is to be done follows from the board, so whatever a dispatcher that died left undone the next one does.

use std::collections::BTreeSet;

use centre::{Picture, Sight};
use domain::{
    AlarmId, AssignmentId, RecordKey, RecordKind, StationId, Version,
    alarm::{Alarm, AlarmCode},
    assignment::Assignment,
    desk::{DeskLink, DeskLinkEvent},
    record::{Record, Versioned},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    RETRY_AFTER, is_holder,
    links::{LinkNews, Links},
    refused_is_nothing,
};
use crate::{
    Answer, Ask, ControlRoom, OperationError,
    alarms::AlarmAnswer,
    decide::Decision,
    desk::AssignmentAnswer,
    desk_link::{alarm_id, give_time, warn},
    responding::end_this_alarm,
};

/// How many alarms are raised or ended after one look; the rest follows after the next. So many commits take a fraction
/// of the second between two looks.
const ALARMS_PER_LOOK_MAX: usize = 64;

/// Takes each look at the duty desks and does what follows from it, for ever.
pub(super) async fn mind_links(room: &ControlRoom) {
    let mut sights = room.centre.sights();
    let mut telephone = Telephone::default();
    loop {
        if let Err(error) = telephone.look(room, &sights.next().await).await {
            tracing::warn!(
                code = error.code(),
                "what is seen of the duty desks could not be written; it will be"
            );
        }
    }
}

/// Who is connected, and who was told of it.
#[derive(Debug, Default)]
struct Telephone {
    links: Links,
    /// Alarms that are known to have been raised, though a person may have ended them since.
    raised: BTreeSet<AlarmId>,
}

/// A desk's link that moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct LinkAnswer {
    desk: StationId,
}

impl Answer for LinkAnswer {
    fn records(&self) -> Vec<RecordKey> {
        vec![RecordKey::new(RecordKind::Desk, &self.desk)]
    }
}

/// An assignment whose desk must be told by telephone, and since when.
struct Unheard {
    assignment: AssignmentId,
    alarm: AlarmId,
    since: Timestamp,
}

impl Telephone {
    /// Takes a look, and does what follows from it.
    ///
    /// # Errors
    /// What the store says; the rest is done after the next look.
    async fn look(&mut self, room: &ControlRoom, sight: &Sight) -> Result<(), OperationError> {
        if !room.centre.status().is_current() {
            self.links.forget();
            return Ok(());
        }
        self.links.look(sight);
        let now = room.clock.now();
        for news in room.centre.read(|picture| self.links.news(picture, now)) {
            write(room, news).await?;
        }
        let (unheard, over) = room.centre.read(|picture| (unheard(picture), over(picture)));
        self.raised.retain(|alarm| unheard.iter().any(|waiting| waiting.alarm == *alarm));
        let new: Vec<_> =
            unheard.into_iter().filter(|waiting| !self.raised.contains(&waiting.alarm)).collect();
        for waiting in new.into_iter().take(ALARMS_PER_LOOK_MAX) {
            raise(room, &waiting).await?;
            self.raised.insert(waiting.alarm);
        }
        for (alarm, version) in over.into_iter().take(ALARMS_PER_LOOK_MAX) {
            end(room, alarm, version).await?;
        }
        Ok(())
    }
}

/// Writes that a link moved. A desk that is back is first given time anew, while nothing counts against it yet.
async fn write(room: &ControlRoom, news: LinkNews) -> Result<(), OperationError> {
    let (cause, is_back) = match news.event {
        DeskLinkEvent::Heard => ("desk_link_up", true),
        DeskLinkEvent::Lost { .. } => ("desk_link_down", false),
    };
    if is_back {
        let waiting = room.centre.read(|picture| waiting(picture, &news.station));
        for (assignment, version) in waiting {
            renew(room, assignment, version).await?;
        }
    }
    let LinkNews { station, version, event } = news;
    let ask = Ask::by_dispatcher(format_args!("{cause}:{station}:{version}"));
    let done = room
        .commit_if(&ask, cause, &station, |draft| {
            let mut desk = draft.desk(&station)?;
            let link = desk.link.next(event);
            if link == desk.link || !is_holder(draft, room)? {
                return Ok(Decision::Nothing);
            }
            desk.link = link;
            draft.put(Record::Desk(desk));
            Ok(Decision::Commit(LinkAnswer { desk: station.clone() }))
        })
        .await?;
    if let Some(done) = done {
        tracing::info!(node = %room.node, desk = %station, cause, "a duty desk's link moved");
        let _ = room.centre.reached(done.receipt.cursor.number, RETRY_AFTER).await;
    }
    Ok(())
}

/// Gives the desk of an assignment a full answer time.
async fn renew(room: &ControlRoom, id: AssignmentId, version: Version) -> Result<(), OperationError> {
    let ask = Ask::by_dispatcher(format_args!("desk_answer_renewed:{id}:{version}"));
    let renewed = room.commit_if(&ask, "desk_answer_renewed", &id, |draft| {
        let assignment = draft.assignment(id)?;
        let answer = AssignmentAnswer { assignment: id, incident: assignment.incident };
        let is_down = draft.desk(&assignment.desk)?.link.down_since().is_some();
        let renewed = is_down && is_holder(draft, room)? && give_time(draft, assignment)?;
        Ok(if renewed { Decision::Commit(answer) } else { Decision::Nothing })
    });
    refused_is_nothing(renewed.await)
}

/// Tells an operator that a desk must be told by telephone.
async fn raise(room: &ControlRoom, waiting: &Unheard) -> Result<(), OperationError> {
    let Unheard { assignment: id, alarm, since } = *waiting;
    let ask = Ask::by_dispatcher(format_args!("desk_by_telephone:{alarm}"));
    let raised = room.commit_if(&ask, "desk_by_telephone", &id, |draft| {
        let assignment = draft.assignment(id)?;
        let is_down = draft.desk(&assignment.desk)?.link == (DeskLink::Down { since });
        let was_told = draft.find(RecordKey::new(RecordKind::Alarm, alarm))?.is_some();
        if !is_down || was_told || !assignment.awaits_desk() || !is_holder(draft, room)? {
            return Ok(Decision::Nothing);
        }
        Ok(Decision::Commit(AlarmAnswer { alarm: warn(draft, &assignment, since) }))
    });
    refused_is_nothing(raised.await)
}

/// Ends an alarm that is over.
async fn end(room: &ControlRoom, id: AlarmId, version: Version) -> Result<(), OperationError> {
    let ask = Ask::by_dispatcher(format_args!("desk_by_telephone_over:{id}:{version}"));
    let ended = room.commit_if(&ask, "desk_by_telephone_over", &id, |draft| {
        let is_over = |held: &Versioned<std::sync::Arc<Alarm>>| is_unjustified(draft.picture, &held.record);
        if !draft.picture.board.alarms().get(&id).is_some_and(is_over) || !is_holder(draft, room)? {
            return Ok(Decision::Nothing);
        }
        let report = draft.report();
        end_this_alarm(draft, &report, id);
        Ok(Decision::Commit(AlarmAnswer { alarm: id }))
    });
    refused_is_nothing(ended.await)
}

/// What a desk was asked and has not answered, with its version.
fn waiting(picture: &Picture, station: &StationId) -> Vec<(AssignmentId, Version)> {
    let assignments = picture.board.assignments().values();
    let waiting = assignments.filter(|held| &held.record.desk == station && held.record.awaits_desk());
    waiting.map(|held| (held.record.id, held.version)).collect()
}

/// Since when the link of an assignment's desk is down, if it is.
fn down_since(picture: &Picture, assignment: &Assignment) -> Option<Timestamp> {
    picture.board.desks().get(&assignment.desk)?.record.link.down_since()
}

/// The assignments that desks cannot see, and of which nobody is being told. On a day on which all links stand nothing is
/// looked at.
fn unheard(picture: &Picture) -> Vec<Unheard> {
    if picture.board.desks().values().all(|held| held.record.link.down_since().is_none()) {
        return Vec::new();
    }
    let unheard = picture.board.assignments().values().filter_map(|held| {
        let assignment = &held.record;
        let since = down_since(picture, assignment).filter(|_| assignment.awaits_desk())?;
        let alarm = alarm_id(assignment, since);
        let is_told = picture.board.alarms().contains_key(&alarm);
        (!is_told).then_some(Unheard { assignment: assignment.id, alarm, since })
    });
    unheard.collect()
}

/// The open alarms about desks that need nobody's telephone any more.
fn over(picture: &Picture) -> Vec<(AlarmId, Version)> {
    let alarms = picture.board.alarms().values();
    let over = alarms.filter(|held| is_unjustified(picture, &held.record));
    over.map(|held| (held.record.id, held.version)).collect()
}

fn is_unjustified(picture: &Picture, alarm: &Alarm) -> bool {
    if alarm.code != AlarmCode::DeskLinkDown {
        return false;
    }
    let is_needed = |assignment: &Assignment| {
        let since = down_since(picture, assignment);
        assignment.awaits_desk() && since.is_some_and(|since| alarm_id(assignment, since) == alarm.id)
    };
    let assignment = alarm.assignment.and_then(|id| picture.board.assignments().get(&id));
    !assignment.is_some_and(|held| is_needed(&held.record))
}
