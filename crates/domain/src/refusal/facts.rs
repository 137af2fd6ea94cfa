//! What a refusal says beside its sentence, for whoever acts on it: names and values that stay the same across releases.

use std::fmt;

use super::{OnRun, Refusal, StepRefusal};

/// A fact, by its name.
type Fact = (&'static str, String);

impl StepRefusal {
    /// Where it stands and what would be allowed.
    fn facts(&self) -> Vec<Fact> {
        vec![
            ("lifecycle", self.lifecycle.as_str().to_owned()),
            ("state", self.state.to_owned()),
            ("event", self.event.to_owned()),
            ("allowed", self.allowed.join(",")),
        ]
    }
}

impl Refusal {
    /// The facts a console can act on, beside the sentence: the present state, what is allowed, what is in the way.
    pub fn facts(&self) -> Vec<Fact> {
        match self {
            Self::Step(step) => step.facts(),
            Self::UnknownCall(id) => vec![("call", id.to_string())],
            Self::UnknownIncident(id) => vec![("incident", id.to_string())],
            Self::UnknownAssignment(id) => vec![("assignment", id.to_string())],
            Self::UnknownRun(id) => vec![("run", id.to_string())],
            Self::UnknownAlarm(id) => vec![("alarm", id.to_string())],
            Self::UnknownUnit(id) => vec![("unit", id.to_string())],
            Self::UnknownStation(id) => vec![("station", id.to_string())],
            Self::UnknownKind(id) => vec![("kind", id.to_string())],
            Self::UnknownType(id) => vec![("type", id.to_string())],
            Self::UnknownNumber(number) => vec![("number", number.clone())],
            Self::NothingSo { sought, word, near } => nothing_so(sought.as_str(), word, near),
            Self::UnitNotAvailable { unit, state, on } => {
                let on = on.iter().flat_map(on_run);
                standing(state, "available", [("unit", unit.to_string())].into_iter().chain(on).collect())
            }
            Self::UnitOfAnotherDesk { unit, desk } => {
                vec![("unit", unit.to_string()), ("desk", desk.to_string())]
            }
            Self::UnitOfAnotherKind { unit, kind, needed } => {
                vec![("unit", unit.to_string()), ("kind", kind.to_string()), ("needed", needed.to_string())]
            }
            Self::UnitClosing { unit } => vec![("unit", unit.to_string())],
            Self::DeskChooses { kind, desk } => vec![("kind", kind.to_string()), ("desk", desk.to_string())],
            Self::DeskAlreadyAssigned { desk, assignment } => {
                let facts = vec![("desk", desk.to_string()), ("assignment", assignment.to_string())];
                standing("assigned", "stand_down", facts)
            }
            Self::IncidentNotOpen { state, allowed } => standing(state, &allowed.join(","), Vec::new()),
            Self::MergedFurther { incident, third } => standing(
                "merged",
                "unmerge",
                vec![("incident", incident.to_string()), ("into", third.to_string())],
            ),
            Self::NoIncidentOfCall(call) => standing(
                "without_incident",
                "open_incident,advice,transferred,suspected_hoax,silent,unreachable",
                vec![("call", call.to_string())],
            ),
            Self::RunsOpen { runs, units } => standing(
                "runs_open",
                "clear,stand_down",
                vec![("runs", joined(runs)), ("units", joined(units))],
            ),
            Self::OpenWork { what } => vec![("what", what.clone())],
            Self::UnknownNeed { asked, have } => {
                vec![("asked", asked.to_string()), ("needs", have.to_string())]
            }
            Self::OnlyInforms => standing("informs", "assign_desk", Vec::new()),
            Self::SameIncident => standing("same", "another_incident", Vec::new()),
            Self::ClosingIncomplete => {
                standing("incomplete", "registration_number,lawful_reason", Vec::new())
            }
            Self::Limit { what, limit, value } => {
                vec![("what", (*what).to_owned()), ("limit", limit.to_string()), ("value", value.to_string())]
            }
            Self::Time { field, value, earliest, latest } => vec![
                ("field", (*field).to_owned()),
                ("value", value.to_string()),
                ("earliest", earliest.to_string()),
                ("latest", latest.to_string()),
            ],
            Self::VersionMoved { expected, current } => {
                vec![("expected_version", expected.to_string()), ("current_version", current.to_string())]
            }
        }
    }
}

/// Facts with the present state and what would be allowed.
fn standing(state: &str, allowed: &str, mut facts: Vec<Fact>) -> Vec<Fact> {
    facts.extend([("state", state.to_owned()), ("allowed", allowed.to_owned())]);
    facts
}

/// Ids as one fact.
fn joined<T: fmt::Display>(ids: &[T]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// A word that means nothing, and whatever can be put in its place.
fn nothing_so(sought: &'static str, word: &str, near: &[String]) -> Vec<Fact> {
    let mut facts = vec![(sought, word.to_owned())];
    if !near.is_empty() {
        facts.extend([("word", word.to_owned()), ("choices", near.join(","))]);
    }
    facts
}

/// The run that keeps a unit.
fn on_run(on: &OnRun) -> [Fact; 3] {
    [
        ("incident", on.incident.to_string()),
        ("incident_number", on.number.to_string()),
        ("since", on.since.to_string()),
    ]
}
