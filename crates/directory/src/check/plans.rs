//! Incident types, and whether anyone could do what their plans say.

use std::collections::BTreeMap;

use domain::{
    Seconds, UnitKindId,
    directory::{Directory, PlanNeed, ResponsePlan},
    incident::NeedMode,
};

use super::{parent_cycles, reference, texts};
use crate::{
    ProblemCode,
    findings::{Findings, Part, Subject},
    read::{answers_allowed, counts_allowed},
};

pub(super) fn check(directory: &Directory, found: &mut Findings) {
    let mut parents = BTreeMap::new();
    for (id, incident_type) in &directory.types {
        let subject = Subject::entry(Part::Types, id);
        texts::titles(&subject, &incident_type.title, &directory.languages, found);
        if let Some(parent) = &incident_type.parent {
            let types = (Part::Types, &directory.types);
            reference(subject.field("parent"), ProblemCode::UnknownParent, types, parent, found);
            parents.insert(id.clone(), parent.clone());
        }
        plan(&subject, &incident_type.plan, directory, found);
    }
    parent_cycles(Part::Types, &parents, found);
    plan(&Subject::whole(Part::Centre).field("untyped"), &directory.untyped, directory, found);
}

fn plan(owner: &Subject, plan: &ResponsePlan, directory: &Directory, found: &mut Findings) {
    let subject = owner.field("plan");
    if plan.needs.len() > domain::limits::NEEDS_PER_INCIDENT_MAX {
        let sentence = format!(
            "has {} needs; an incident has {} at most",
            plan.needs.len(),
            domain::limits::NEEDS_PER_INCIDENT_MAX
        );
        found.report(subject.clone(), ProblemCode::TooManyNeeds, sentence);
    }
    let mut wanted: BTreeMap<&UnitKindId, u32> = BTreeMap::new();
    for (number, need) in plan.needs.iter().enumerate() {
        let subject = subject.field(number);
        need_itself(&subject, need, directory, found);
        let total = wanted.entry(&need.kind).or_default();
        *total += u32::from(need.count);
        enough_units(&subject, need, *total, directory, found);
    }
}

fn need_itself(subject: &Subject, need: &PlanNeed, directory: &Directory, found: &mut Findings) {
    let kinds = (Part::Kinds, &directory.kinds);
    reference(subject.field("kind"), ProblemCode::UnknownKind, kinds, &need.kind, found);
    if !(1..=domain::limits::UNITS_PER_NEED_MAX).contains(&need.count) {
        let sentence = format!("`count` is {}; write {}", need.count, counts_allowed());
        found.report(subject.field("count"), ProblemCode::CountOutOfRange, sentence);
    }
    answer(subject, "desk_answer_s", need.desk_answer, found);
    answer(subject, "crew_answer_s", need.crew_answer, found);
    let kind = directory.kinds.get(&need.kind);
    if need.mode == NeedMode::Auto && kind.is_some_and(|kind| !kind.automatic) {
        let sentence = format!(
            "sends a `{}` automatically, which kinds.toml forbids; write mode = \"recommend\", or allow it there",
            need.kind
        );
        found.report(subject.field("mode"), ProblemCode::AutoNotAllowed, sentence);
    }
}

fn answer(subject: &Subject, name: &str, answer: Seconds, found: &mut Findings) {
    if !super::answer_fits(answer) {
        let sentence = format!("`{name}` is {}; write {}", answer.0, answers_allowed());
        found.report(subject.field(name), ProblemCode::AnswerTimeOutOfRange, sentence);
    }
}

/// Reports a need that could never be filled, with those for the same kind before it in the plan.
fn enough_units(
    subject: &Subject,
    need: &PlanNeed,
    wanted: u32,
    directory: &Directory,
    found: &mut Findings,
) {
    // units that could not be read, or whose kind is misspelt, may be those that seem to be missing
    let counted = found.sound(Part::Units)
        && directory.units.values().all(|unit| directory.kinds.contains_key(&unit.kind));
    if !counted || !directory.kinds.contains_key(&need.kind) {
        return;
    }
    let there = directory.units.values().filter(|unit| unit.kind == need.kind).count();
    if there == 0 {
        let sentence = format!("asks for a `{}`, and no unit is one; add one to units.toml", need.kind);
        found.report(subject.field("kind"), ProblemCode::KindNobodyHas, sentence);
    } else if usize::try_from(wanted).is_ok_and(|wanted| wanted > there) {
        let sentence = format!(
            "its plan asks for {wanted} of `{}`, and there are {there}; ask for fewer, or add units",
            need.kind
        );
        found.report(subject.field("count"), ProblemCode::MoreThanExist, sentence);
    }
}
