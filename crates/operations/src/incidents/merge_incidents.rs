//! Joining two incidents that are one, and parting them again. Assignments and runs move; nobody is recalled.

use std::collections::BTreeSet;

use domain::{
    AlarmId, IncidentId, RecordKey, RecordKind, Version,
    alarm::Alarm,
    assignment::{Assignment, Purpose},
    incident::{Incident, IncidentEvent, IncidentState, Need, NeedMode, NeedTime, Supply},
    limits::{NEEDS_PER_INCIDENT_MAX, RUNS_PER_INCIDENT_MAX},
    milestone::Step,
    record::Record,
    refusal::Refusal,
};
use serde::{Deserialize, Serialize};

use crate::{
    Answer, Ask, ControlRoom, Done, OperationError,
    asker::limit,
    draft::{Draft, Halt},
    responding::{
        end_alarms_where, must_be_open, must_have_room, need_of_kind, open_assignments, open_runs, recount,
        settle_lead,
    },
};

/// One incident is part of another.
#[derive(Clone, Debug, Serialize)]
pub struct MergeIncidents {
    /// The one that ends here.
    pub incident: IncidentId,
    /// The version the asker saw of it; absent means whatever is current.
    pub expected: Option<Version>,
    /// The one that survives.
    pub into: IncidentId,
}

/// Two incidents that were joined or parted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeAnswer {
    /// The one that is or was part of the other.
    pub incident: IncidentId,
    /// The other.
    pub other: IncidentId,
}

impl Answer for MergeAnswer {
    fn records(&self) -> Vec<RecordKey> {
        [self.incident, self.other].map(|id| RecordKey::new(RecordKind::Incident, id)).to_vec()
    }
}

/// Makes one incident part of another: its open assignments and runs move there.
///
/// # Errors
/// [`OperationError`]: no such incident, the same twice, one not open, too much on one, or the store.
pub async fn merge_incidents(
    room: &ControlRoom,
    ask: &Ask,
    request: &MergeIncidents,
) -> Result<Done<MergeAnswer>, OperationError> {
    if request.incident == request.into {
        return Err(Refusal::SameIncident.into());
    }
    room.commit(ask, "merge_incidents", request, |draft| {
        let mut merged = draft.incident(request.incident)?;
        draft.expect(RecordKind::Incident, request.incident, request.expected)?;
        let mut into = draft.incident(request.into)?;
        must_be_open(&into)?;
        merged.step(IncidentEvent::Merge { into: into.id })?;
        let moving = bound(draft, &merged)?;
        for assignment in &moving {
            move_assignment(draft, &mut merged, &mut into, assignment.clone())?;
        }
        let report = draft.report();
        merged.milestones.push(report.milestone(Step::Merged));
        // what moved took its alarms along, and what a caller is owed is not over because the matter is another's
        end_alarms_where(draft, &report, merged.id, |alarm| {
            alarm.call.is_none() && !moving.iter().any(|assignment| concerns(alarm, assignment))
        });
        into.merged_from.push(merged.id);
        into.take_callers_of(&merged);
        if into.suspected_duplicate_of == Some(merged.id) {
            into.suspected_duplicate_of = None;
        }
        must_have_room(&into)?;
        write_both(draft, merged, into)
    })
    .await
}

/// An incident is its own again.
#[derive(Clone, Debug, Serialize)]
pub struct UnmergeIncident {
    /// Which.
    pub incident: IncidentId,
    /// The version the asker saw; absent means whatever is current.
    pub expected: Option<Version>,
}

/// Parts an incident from the one it was merged into: of what came from it, what is still open moves back.
///
/// # Errors
/// [`OperationError`]: no such incident, not merged, the other one itself part of a third, or the store.
pub async fn unmerge_incident(
    room: &ControlRoom,
    ask: &Ask,
    request: &UnmergeIncident,
) -> Result<Done<MergeAnswer>, OperationError> {
    room.commit(ask, "unmerge_incident", request, |draft| {
        let mut parted = draft.incident(request.incident)?;
        draft.expect(RecordKind::Incident, request.incident, request.expected)?;
        let into = match parted.state() {
            IncidentState::Merged { into } => Some(*into),
            IncidentState::Held { .. }
            | IncidentState::Open
            | IncidentState::Closed { .. }
            | IncidentState::Cancelled { .. } => None,
        };
        parted.step(IncidentEvent::Unmerge)?;
        let mut from = draft.incident(into.expect("only a merged incident can be unmerged"))?;
        if let IncidentState::Merged { into: third } = *from.state() {
            // its work went on to the third, so the last merge is undone first
            return Err(Refusal::MergedFurther { incident: from.id, third }.into());
        }
        let origins = with_all_merged_into(draft, &parted)?;
        for assignment in bound(draft, &from)? {
            if assignment.moved_from.is_some_and(|origin| origins.contains(&origin)) {
                move_assignment(draft, &mut from, &mut parted, assignment)?;
            }
        }
        from.merged_from.retain(|id| *id != parted.id);
        from.part_with_callers_of(parted.id);
        parted.milestones.push(draft.report().milestone(Step::Unmerged));
        write_both(draft, parted, from)
    })
    .await
}

/// The assignments of an incident by which somebody is bound to it: the open ones, and one whose desk has confirmed that
/// it was stood down before its unit has.
fn bound(draft: &mut Draft<'_>, incident: &Incident) -> Result<Vec<Assignment>, Halt> {
    let mut bound = open_assignments(draft, incident)?;
    for run in open_runs(draft, incident)? {
        if !bound.iter().any(|assignment| assignment.id == run.assignment) {
            bound.push(draft.assignment(run.assignment)?);
        }
    }
    Ok(bound)
}

/// An incident and everything that was merged into it, or into those.
fn with_all_merged_into(draft: &mut Draft<'_>, incident: &Incident) -> Result<BTreeSet<IncidentId>, Halt> {
    let mut all = BTreeSet::from([incident.id]);
    let mut next = incident.merged_from.clone();
    while let Some(id) = next.pop() {
        if all.insert(id) {
            next.extend(draft.incident_unchecked(id)?.merged_from);
        }
    }
    Ok(all)
}

/// Moves one assignment, its runs and its alarms from one incident to the other. The callers write the incidents.
fn move_assignment(
    draft: &mut Draft<'_>,
    from: &mut Incident,
    to: &mut Incident,
    mut assignment: Assignment,
) -> Result<(), Halt> {
    limit("assignments of one incident", to.assignments.len() + 1, RUNS_PER_INCIDENT_MAX)?;
    limit("runs of one incident", to.runs.len() + assignment.runs.len(), RUNS_PER_INCIDENT_MAX)?;
    if let Purpose::Respond { need, kind } = assignment.purpose.clone()
        && let Some(old) = from.needs.get_mut(need)
    {
        old.release(assignment.id);
        let index = need_of_kind(to, &kind).unwrap_or_else(|| {
            to.needs.push(moved_need(old));
            to.needs.len() - 1
        });
        limit("needs of one incident", to.needs.len(), NEEDS_PER_INCIDENT_MAX)?;
        assignment.purpose = Purpose::Respond { need: index, kind };
        // who has not answered is no more on the way for being asked in another incident's name
        recount(draft, to, &assignment)?;
    }
    from.assignments.retain(|id| *id != assignment.id);
    to.assignments.push(assignment.id);
    for id in &assignment.runs {
        let mut run = draft.run(*id)?;
        from.runs.retain(|listed| listed != id);
        to.runs.push(*id);
        run.incident = to.id;
        draft.put(Record::Run(run));
    }
    for id in alarms_about(draft, &assignment) {
        let mut alarm = draft.alarm(id)?;
        alarm.incident = Some(to.id);
        draft.put(Record::Alarm(alarm));
    }
    // where it was first given stays known through any number of merges
    let origin = assignment.moved_from.unwrap_or(from.id);
    assignment.moved_from = (origin != to.id).then_some(origin);
    assignment.incident = to.id;
    draft.put(Record::Assignment(assignment));
    Ok(())
}

/// The alarms on the board that are about an assignment or a run under it.
fn alarms_about(draft: &Draft<'_>, assignment: &Assignment) -> BTreeSet<AlarmId> {
    let board = &draft.picture.board;
    let about_runs = assignment.runs.iter().flat_map(|run| board.alarms_about(*run));
    board.alarms_about(assignment.id).chain(about_runs).map(|held| held.record.id).collect()
}

/// True if an alarm is about the assignment or a run under it.
fn concerns(alarm: &Alarm, assignment: &Assignment) -> bool {
    alarm.assignment == Some(assignment.id) || alarm.run.is_some_and(|run| assignment.runs.contains(&run))
}

/// The need under which a moved assignment goes on where nothing of its kind was needed: it asks for nobody more.
fn moved_need(old: &Need) -> Need {
    Need {
        count: 1,
        when: NeedTime::OnRequest,
        mode: NeedMode::Recommend,
        serving: Vec::new(),
        supply: Supply::Enough,
        ..old.clone()
    }
}

/// Writes both, each led by a desk that responds to it, and answers.
fn write_both(
    draft: &mut Draft<'_>,
    mut incident: Incident,
    mut other: Incident,
) -> Result<MergeAnswer, Halt> {
    settle_lead(draft, &mut incident)?;
    settle_lead(draft, &mut other)?;
    let answer = MergeAnswer { incident: incident.id, other: other.id };
    draft.put(Record::Incident(incident));
    draft.put(Record::Incident(other));
    Ok(answer)
}
