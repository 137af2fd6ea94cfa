//! Who serves the needs of an incident, and which desk leads: both follow from its assignments and runs.

use domain::{
    RecordKind, UnitId, UnitKindId,
    assignment::{Assignment, AssignmentEvent, Purpose},
    incident::{Incident, Need, NeedMode},
    milestone::{Report, Step},
    record::Record,
};

use super::{assignment_answered, is_damaged, open_assignments};
use crate::draft::{Draft, Halt};

/// Counts anew with how many units an assignment serves its need, and gives that number; none if it serves no longer.
/// Whoever changed the assignment or a run under it does this last. The caller writes the incident.
pub(crate) fn recount(
    draft: &mut Draft<'_>,
    incident: &mut Incident,
    assignment: &Assignment,
) -> Result<Option<u8>, Halt> {
    let Purpose::Respond { need, .. } = assignment.purpose else { return Ok(None) };
    let mut runs = Vec::with_capacity(assignment.runs.len());
    for id in &assignment.runs {
        runs.push(draft.run(*id)?);
    }
    let units = assignment.serves_with(&runs);
    if let Some(need) = incident.needs.get_mut(need) {
        match units {
            Some(units) => need.serve(assignment.id, units),
            None => need.release(assignment.id),
        }
    }
    Ok(units)
}

/// A desk sent `units`, `spare` of them more than what `accepted` had a place for. What else the desk was asked for the
/// same need and has not decided is over, as far as those go: they are the units it was asked for. Nobody is stood down
/// by that, and nobody is left to be waited for who has come. The caller writes the incident.
pub(crate) fn cover_others(
    draft: &mut Draft<'_>,
    incident: &mut Incident,
    accepted: &Assignment,
    units: &[UnitId],
    spare: usize,
    report: &Report,
) -> Result<(), Halt> {
    if spare == 0 {
        return Ok(());
    }
    let is_sent =
        |other: &Assignment| other.recommended_unit.as_ref().is_some_and(|unit| units.contains(unit));
    let mut others = open_assignments(draft, incident)?;
    others.retain(|other| {
        other.id != accepted.id
            && other.desk == accepted.desk
            && other.purpose == accepted.purpose
            && other.is_undecided()
    });
    others.sort_by_key(|other| !is_sent(other));
    for mut other in others.into_iter().take(spare) {
        // whom the desk was late with has been sent, so nobody waits for it
        draft.put(Record::Incident(incident.clone()));
        assignment_answered(draft, &mut other, report)?;
        *incident = draft.incident_unchecked(incident.id)?;
        other.step(AssignmentEvent::Finish)?;
        other.milestones.push(report.milestone(Step::Done));
        recount(draft, incident, &other)?;
        draft.put(Record::Assignment(other));
    }
    Ok(())
}

/// Keeps one desk in the lead. When the one that led has given its part back or was stood down, the first of the others
/// that respond leads; if there is none, nobody does until the next is asked. The caller writes the incident.
pub(crate) fn settle_lead(draft: &mut Draft<'_>, incident: &mut Incident) -> Result<(), Halt> {
    let mut first = None;
    for id in &incident.assignments {
        // one that cannot be read must not keep the others from being stood down
        let is_read = !is_damaged(draft, RecordKind::Assignment, *id);
        if !is_read || !incident.needs.iter().any(|need| need.is_served_by(*id)) {
            continue;
        }
        let desk = draft.assignment(*id)?.desk;
        if incident.lead_desk.as_ref() == Some(&desk) {
            return Ok(());
        }
        first.get_or_insert(desk);
    }
    incident.lead_desk = first;
    Ok(())
}

/// The need of `kind` that one more unit should serve: the first unfilled, else the first of its kind.
pub(crate) fn need_of_kind(incident: &Incident, kind: &UnitKindId) -> Option<usize> {
    let of_kind = |need: &Need| &need.kind == kind;
    let unfilled = incident.needs.iter().position(|need| of_kind(need) && need.is_unfilled());
    unfilled.or_else(|| incident.needs.iter().position(of_kind))
}

/// The same need; a new one if the incident has none of the kind.
pub(crate) fn need_for(incident: &mut Incident, kind: &UnitKindId) -> usize {
    need_of_kind(incident, kind).unwrap_or_else(|| {
        let new = Need::asked_for(kind.clone(), 1, NeedMode::Recommend, incident.needs.first());
        incident.needs.push(new);
        incident.needs.len() - 1
    })
}
