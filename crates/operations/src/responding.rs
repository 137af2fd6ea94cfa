//! What several use cases do to the same records: give, start, finish, and raise and end alarms. Whatever opens,
//! moves or ends an assignment or a run writes both sides here, and nowhere else.

mod serving;

use std::sync::Arc;

use domain::{
    AlarmId, AssignmentId, RecordKey, RecordKind, RunId, Seconds, StationId, UnitId,
    alarm::{About, Alarm, AlarmCode, AlarmEvent, AlarmLevel, Subject},
    assignment::{Assignment, AssignmentEvent, AssignmentState, NewAssignment, Purpose},
    incident::Incident,
    limits::{ALARMS_ENDED_MAX, INCIDENT_BYTES_MAX, RUNS_PER_INCIDENT_MAX},
    milestone::{Report, Step},
    record::{Record, Versioned},
    refusal::{OnRun, Refusal},
    run::Run,
    unit::{Unit, UnitEvent},
};
use identity::may_act_for_unit;

pub(crate) use serving::{cover_others, need_for, need_of_kind, recount, settle_lead};

use crate::{
    Asker,
    asker::{after, limit},
    desk_link::warn_if_down,
    draft::{Draft, Halt},
    sight::may_see,
};

/// What a desk is given.
pub(crate) struct Giving<'a> {
    /// The desk.
    pub(crate) desk: &'a StationId,
    /// What it is asked.
    pub(crate) purpose: Purpose,
    /// The unit recommended to it.
    pub(crate) recommended: Option<&'a UnitId>,
    /// Whether the desk itself must say that it is received.
    pub(crate) awaits: Awaits,
}

/// Who must answer an assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Awaits {
    /// The desk, in the time its need says.
    Desk,
    /// Nobody: the crew that is sent answers, or nobody needs to.
    Nobody,
}

/// Gives an incident to a desk. The caller writes the incident.
pub(crate) fn give(
    draft: &mut Draft<'_>,
    incident: &mut Incident,
    giving: Giving<'_>,
    id: AssignmentId,
    report: &Report,
) -> Result<Assignment, Halt> {
    limit("assignments of one incident", incident.assignments.len() + 1, RUNS_PER_INCIDENT_MAX)?;
    let answer = desk_answer(incident, &giving.purpose);
    let answer_due = match giving.awaits {
        Awaits::Desk => answer.map(|answer| after(report.recorded_at, answer)),
        Awaits::Nobody => None,
    };
    if let Purpose::Respond { need, .. } = &giving.purpose {
        settle_doubts(draft, incident, report);
        if let Some(need) = incident.needs.get_mut(*need) {
            need.serve(id, 1);
        }
        incident.lead_desk.get_or_insert_with(|| giving.desk.clone());
    }
    let new = NewAssignment {
        id,
        incident: incident.id,
        desk: giving.desk.clone(),
        purpose: giving.purpose,
        recommended_unit: giving.recommended.cloned(),
        answer_due,
    };
    let assignment = Assignment::sent(new, report);
    incident.assignments.push(id);
    draft.put(Record::Assignment(assignment.clone()));
    warn_if_down(draft, &assignment)?;
    Ok(assignment)
}

/// How long a desk has to say that it has an assignment with this purpose; absent where nothing is needed at all.
pub(crate) fn desk_answer(incident: &Incident, purpose: &Purpose) -> Option<Seconds> {
    let need = match purpose {
        Purpose::Respond { need, .. } => incident.needs.get(*need),
        Purpose::Inform => incident.needs.first(),
    };
    need.map(|need| need.desk_answer)
}

/// Somebody is asked: what was returned is given again, and if a person asks, it is no duplicate to them.
fn settle_doubts(draft: &mut Draft<'_>, incident: &mut Incident, report: &Report) {
    let by_person = draft.asker.principal().is_some();
    end_alarms_of(draft, report, incident.id, &[AlarmCode::AssignmentReturned]);
    if by_person {
        incident.suspected_duplicate_of = None;
        end_alarms_of(draft, report, incident.id, &[AlarmCode::SuspectedDuplicate]);
    }
}

/// Sends a unit under an assignment. The caller writes the incident; the assignment and the unit are written here.
pub(crate) fn start_run(
    draft: &mut Draft<'_>,
    incident: &mut Incident,
    assignment: &mut Assignment,
    unit: &UnitId,
    id: RunId,
    report: &Report,
) -> Result<Run, Halt> {
    limit("runs of one incident", incident.runs.len() + 1, RUNS_PER_INCIDENT_MAX)?;
    let mut sent = draft.unit(unit)?;
    sent.step(UnitEvent::Assign { run: id }).map_err(|refused| not_available(draft, &sent, refused.state))?;
    sent.since = report.recorded_at;
    let answer = match &assignment.purpose {
        Purpose::Respond { need, .. } => incident.needs.get(*need).map(|need| need.crew_answer),
        Purpose::Inform => return Err(Refusal::OnlyInforms.into()),
    };
    let answer_due = answer.map(|answer| after(report.recorded_at, answer));
    let run = Run::sent(id, assignment, unit.clone(), answer_due, report);
    incident.runs.push(id);
    assignment.runs.push(id);
    draft.put(Record::Unit(sent));
    draft.put(Record::Run(run.clone()));
    draft.put(Record::Assignment(assignment.clone()));
    recount(draft, incident, assignment)?;
    Ok(run)
}

/// That a unit cannot be sent, and what it is on as far as the asker may know.
fn not_available(draft: &Draft<'_>, unit: &Unit, state: &'static str) -> Refusal {
    let board = &draft.picture.board;
    let run = unit.run().and_then(|run| board.runs().get(&run));
    let incident = run.and_then(|run| board.incidents().get(&run.record.incident)).map(|held| &held.record);
    let on = incident
        .filter(|incident| may_see(draft.picture, draft.asker, incident))
        .map(|incident| OnRun { incident: incident.id, number: incident.number.clone(), since: unit.since });
    Refusal::UnitNotAvailable { unit: unit.id.clone(), state, on }
}

/// Frees the unit of a run that is over, and finishes its assignment if that was its last, unless that was stood down.
pub(crate) fn finish_run(draft: &mut Draft<'_>, run: &Run, report: &Report) -> Result<(), Halt> {
    let mut unit = draft.unit(&run.unit)?;
    unit.step(UnitEvent::Free { run: run.id })?;
    unit.since = report.recorded_at;
    draft.put(Record::Unit(unit));
    draft.put(Record::Run(run.clone()));
    let mut assignment = draft.assignment(run.assignment)?;
    if !open_runs_under(draft, &assignment)?.is_empty() {
        return Ok(());
    }
    // a desk that was stood down says itself that it knows
    let stood_down = matches!(assignment.state(), AssignmentState::StandDownSent { .. });
    if assignment.state().is_open() && !stood_down {
        assignment.step(AssignmentEvent::Finish)?;
        assignment.milestones.push(report.milestone(Step::Done));
        end_alarms(draft, report, assignment.id);
        draft.put(Record::Assignment(assignment));
    }
    Ok(())
}

/// The desk answered: it is not silent, and the assignment is answered.
pub(crate) fn desk_answered(
    draft: &mut Draft<'_>,
    assignment: &mut Assignment,
    report: &Report,
) -> Result<(), Halt> {
    let mut desk = draft.desk(&assignment.desk)?;
    if desk.unanswered_in_a_row > 0 {
        desk.unanswered_in_a_row = 0;
        draft.put(Record::Desk(desk));
    }
    end_alarms_of(draft, report, assignment.desk.clone(), &[AlarmCode::DeskSilent]);
    assignment_answered(draft, assignment, report)
}

/// An assignment is answered, late or not, by its desk or by the crew that goes under it: its need counts it again,
/// and nobody waits for an answer to it. That a crew answers says nothing of whether its desk does.
pub(crate) fn assignment_answered(
    draft: &mut Draft<'_>,
    assignment: &mut Assignment,
    report: &Report,
) -> Result<(), Halt> {
    if assignment.overdue {
        assignment.overdue = false;
        let mut incident = draft.incident_unchecked(assignment.incident)?;
        recount(draft, &mut incident, assignment)?;
        draft.put(Record::Incident(incident));
    }
    let unanswered = [AlarmCode::DeskUnanswered, AlarmCode::DeskLinkDown, AlarmCode::NobodySent];
    end_alarms_of(draft, report, assignment.id, &unanswered);
    Ok(())
}

/// Raises an alarm; several of one code in one operation are told apart by what they say.
pub(crate) fn raise(draft: &mut Draft<'_>, code: AlarmCode, level: AlarmLevel, about: About) -> AlarmId {
    let id = AlarmId::derived(draft.operation, &format!("{}/{}", code.as_str(), about.detail));
    raise_as(draft, id, code, level, about);
    id
}

/// Raises an alarm under an id of its own: one that several may raise, and that is raised once.
pub(crate) fn raise_as(draft: &mut Draft<'_>, id: AlarmId, code: AlarmCode, level: AlarmLevel, about: About) {
    draft.put(Record::Alarm(Alarm::raised(id, code, level, about, draft.now)));
}

/// Ends the alarms on the board that are about one thing; the picture may be a moment old, so an alarm that others changed
/// meanwhile makes the commit a conflict, and nothing is ended blindly.
pub(crate) fn end_alarms(draft: &mut Draft<'_>, report: &Report, subject: impl Into<Subject>) {
    end_alarms_where(draft, report, subject, |_| true);
}

/// Ends those of them that `ended` picks.
pub(crate) fn end_alarms_where(
    draft: &mut Draft<'_>,
    report: &Report,
    subject: impl Into<Subject>,
    ended: impl Fn(&Alarm) -> bool,
) {
    let alarms = draft.picture.board.alarms_about(subject);
    end_each(draft, report, alarms.filter(|alarm| ended(&alarm.record)));
}

/// Ends those of these codes. What else is open about the thing is not looked at.
pub(crate) fn end_alarms_of(
    draft: &mut Draft<'_>,
    report: &Report,
    subject: impl Into<Subject>,
    codes: &[AlarmCode],
) {
    let (picture, subject) = (draft.picture, subject.into());
    let alarms = codes.iter().flat_map(|code| picture.board.alarms_of(*code, subject.clone()));
    end_each(draft, report, alarms);
}

fn end_each<'p>(
    draft: &mut Draft<'_>,
    report: &Report,
    alarms: impl Iterator<Item = &'p Versioned<Arc<Alarm>>>,
) {
    let left = ALARMS_ENDED_MAX.saturating_sub(draft.alarms_ended());
    for id in alarms.take(left).map(|alarm| alarm.record.id).collect::<Vec<_>>() {
        end_this_alarm(draft, report, id);
    }
}

/// Ends an alarm, if it can be looked at and is not over.
pub(crate) fn end_this_alarm(draft: &mut Draft<'_>, report: &Report, id: AlarmId) {
    let Ok(mut alarm) = draft.alarm(id) else { return };
    let event = AlarmEvent::End { by: report.by.name.clone(), at: report.recorded_at };
    if alarm.step(event).is_ok() {
        draft.put(Record::Alarm(alarm));
    }
}

/// Refuses unless the asker may report for the unit; the centre itself always may.
pub(crate) fn may_report_for(draft: &Draft<'_>, unit: &UnitId, desk: &StationId) -> Result<(), Halt> {
    match draft.asker {
        Asker::Principal(principal) => Ok(may_act_for_unit(principal, unit, desk)?),
        Asker::System { .. } => Ok(()),
    }
}

/// Refuses unless the incident is open.
pub(crate) fn must_be_open(incident: &Incident) -> Result<(), Refusal> {
    if incident.state().is_open() {
        Ok(())
    } else {
        Err(Refusal::IncidentNotOpen { state: incident.state().as_str(), allowed: &["open"] })
    }
}

/// The runs of an incident that are still open.
pub(crate) fn open_runs(draft: &mut Draft<'_>, incident: &Incident) -> Result<Vec<Run>, Halt> {
    let unheard = is_unheard(draft, incident);
    let mut open = Vec::new();
    for id in &incident.runs {
        if unheard || draft.picture.board.runs().contains_key(id) || is_damaged(draft, RecordKind::Run, id) {
            let run = draft.run(*id)?;
            if run.state().is_open() {
                open.push(run);
            }
        }
    }
    Ok(open)
}

/// The runs under an assignment that are still open.
pub(crate) fn open_runs_under(draft: &mut Draft<'_>, assignment: &Assignment) -> Result<Vec<Run>, Halt> {
    let mut open = Vec::new();
    for id in &assignment.runs {
        let run = draft.run(*id)?;
        if run.state().is_open() {
            open.push(run);
        }
    }
    Ok(open)
}

/// The refusal that names these runs and the units on them.
pub(crate) fn runs_open(runs: &[Run]) -> Refusal {
    Refusal::RunsOpen {
        runs: runs.iter().map(|run| run.id).collect(),
        units: runs.iter().map(|run| run.unit.clone()).collect(),
    }
}

/// The assignments of an incident that are still open.
pub(crate) fn open_assignments(draft: &mut Draft<'_>, incident: &Incident) -> Result<Vec<Assignment>, Halt> {
    let unheard = is_unheard(draft, incident);
    let mut open = Vec::new();
    for id in &incident.assignments {
        let on_board = draft.picture.board.assignments().contains_key(id);
        if unheard || on_board || is_damaged(draft, RecordKind::Assignment, id) {
            let assignment = draft.assignment(*id)?;
            if assignment.state().is_open() {
                open.push(assignment);
            }
        }
    }
    Ok(open)
}

/// True if the record cannot be read, so that nobody knows whether it is over: asking for it refuses by its name.
pub(crate) fn is_damaged(draft: &Draft<'_>, kind: RecordKind, id: impl std::fmt::Display) -> bool {
    !draft.picture.damaged.is_empty() && draft.picture.damaged.contains_key(&RecordKey::new(kind, id))
}

/// True if the incident was read from the store as the board has not heard of it yet. A board that knows it shows
/// exactly those of its assignments and runs that are open; of one it does not know, each must be read.
fn is_unheard(draft: &Draft<'_>, incident: &Incident) -> bool {
    incident_version(draft, incident) > draft.picture.board.number()
}

/// Refuses to add to an incident whose record is so large that it might not be ended any more.
pub(crate) fn must_have_room(incident: &Incident) -> Result<(), Refusal> {
    let bytes = Record::Incident(incident.clone()).to_json().len();
    limit("bytes of one incident", bytes, INCIDENT_BYTES_MAX)
}

/// The version of an incident that the draft read.
pub(crate) fn incident_version(draft: &Draft<'_>, incident: &Incident) -> domain::Version {
    draft.version(RecordKind::Incident, incident.id)
}
