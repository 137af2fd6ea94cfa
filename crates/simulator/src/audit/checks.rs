//! The checks, one a rule.

use std::collections::BTreeMap;

use domain::{
    IncidentId, RunId, UnitId,
    assignment::AssignmentState,
    call::Call,
    incident::{Incident, IncidentState},
    invariants::violations,
    milestone::{Milestone, Step},
    record::Record,
};
use jiff::Timestamp;

use super::{
    Claim, EXPLAINED_SHARE_MAX, Explanation, Finding, Verdict,
    collecting::{Evidence, call_of},
    watched,
};
use crate::connection::is_conflict;
use crate::history::{Answered, ClientHistory, Known, Outcome, RequestHistory, SaidCall, TakenCall};

/// Applies every rule.
pub(super) fn judge(evidence: &Evidence, known: &Known, claim: Claim) -> Verdict {
    let mut verdict = Verdict {
        calls_acknowledged: 0,
        calls_journaled: 0,
        calls_found: 0,
        incidents: 0,
        incidents_closed: 0,
        explained: BTreeMap::new(),
        runs: 0,
        records: evidence.records.len() as u64,
        archived: evidence.archived.len() as u64,
        expired: 0,
        returned: 0,
        conflicts: 0,
        repeats: 0,
        watchers: known.watchers.len() as u64,
        frames: known.watchers.iter().map(|watcher| watcher.frames.len() as u64).sum(),
        shown: 0,
        findings: Vec::new(),
    };
    calls(evidence, &known.clients, &mut verdict);
    answers(evidence, &known.clients, &mut verdict);
    watched::judge(evidence, &known.watchers, &mut verdict);
    record_versions(evidence, &mut verdict);
    indexes(evidence, &mut verdict);
    runs(evidence, &mut verdict);
    let records: Vec<_> = evidence.records.values().cloned().collect();
    verdict.findings.extend(violations(&records).into_iter().map(Finding::Invariant));
    match claim {
        Claim::Everything | Claim::ShortRun => incidents(evidence, &mut verdict),
        Claim::Intake => {}
    }
    teeth(evidence, claim, &mut verdict);
    verdict
}

/// Every acknowledged call is there and as it was said; none that was refused is.
fn calls(evidence: &Evidence, histories: &[ClientHistory], verdict: &mut Verdict) {
    let mut numbers: BTreeMap<&str, &str> = BTreeMap::new();
    for history in histories {
        for (request, known) in history.requests.iter().filter(|(_, known)| known.method == "TakeCall") {
            let Some(taken) = known.answers().find_map(|answer| answer.taken.as_ref()) else {
                let call = call_of(&history.client, request).to_string();
                if known.is_refused() && evidence.call(&call).is_some() {
                    let (client, request) = (history.client.clone(), request.clone());
                    verdict.findings.push(Finding::RefusedAndThere { client, request, call });
                }
                continue;
            };
            verdict.calls_acknowledged += 1;
            // what the store had would have the number of its change
            let is_journaled = known.answers().next().is_some_and(|first| first.number == 0);
            verdict.calls_journaled += u64::from(is_journaled);
            if let Some(first) = numbers.insert(&taken.number, &taken.call)
                && first != taken.call
            {
                let (number, second) = (taken.number.clone(), taken.call.clone());
                verdict.findings.push(Finding::NumberTwice { number, first: first.to_owned(), second });
            }
            let before = verdict.findings.len();
            match evidence.call(&taken.call) {
                Some(call) => as_said(call, taken, known.said.as_ref(), &mut verdict.findings),
                None => verdict.findings.push(Finding::CallLost {
                    client: history.client.clone(),
                    request: request.clone(),
                    call: taken.call.clone(),
                    number: taken.number.clone(),
                }),
            }
            verdict.calls_found += u64::from(verdict.findings.len() == before);
            let own = call_of(&history.client, request).to_string();
            if own != taken.call && evidence.call(&own).is_some() {
                let (client, request) = (history.client.clone(), request.clone());
                let second = taken.call.clone();
                verdict.findings.push(Finding::CallTwice { client, request, first: own, second });
            }
            the_incident(evidence, taken, verdict);
        }
    }
}

/// The incident that an acknowledgement named is there.
fn the_incident(evidence: &Evidence, taken: &TakenCall, verdict: &mut Verdict) {
    if taken.incident.is_empty() {
        return;
    }
    let found = taken.incident.parse().ok().and_then(|id: IncidentId| evidence.incident(id));
    if found.is_none() {
        verdict.findings.push(Finding::IncidentLost { incident: taken.incident.clone() });
    }
}

/// The call's number, words and place are those that were acknowledged and said.
fn as_said(call: &Call, taken: &TakenCall, said: Option<&SaidCall>, findings: &mut Vec<Finding>) {
    let mut same = |what, said: &str, found: &str| {
        if said != found {
            let (call, said, found) = (taken.call.clone(), said.to_owned(), found.to_owned());
            findings.push(Finding::CallChanged { call, what, said, found });
        }
    };
    same("number", &taken.number, call.number.as_str());
    let Some(said) = said else { return };
    same("narrative", &said.narrative, &call.narrative);
    same("caller's number", &said.caller_number, &call.caller_number);
    let found = call.location.position.map(|place| (place.latitude(), place.longitude()));
    if !is_same_place(said.position, found) {
        same("position", &format!("{:?}", said.position), &format!("{found:?}"));
    }
}

/// True if the two are one place. Reading a number from JSON may miss its last digit, which is less than an atom here.
fn is_same_place(said: Option<(f64, f64)>, found: Option<(f64, f64)>) -> bool {
    match (said, found) {
        (Some(said), Some(found)) => (said.0 - found.0).abs() < 1e-12 && (said.1 - found.1).abs() < 1e-12,
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// Answers to the same request are alike, and none speaks of what the store never had.
fn answers(evidence: &Evidence, histories: &[ClientHistory], verdict: &mut Verdict) {
    for history in histories {
        for (request, known) in &history.requests {
            verdict.repeats += known.answers().filter(|answer| answer.repeated).count() as u64;
            verdict.conflicts += known.outcomes.iter().filter(|outcome| was_slower(outcome)).count() as u64;
            alike(&history.client, request, known, &mut verdict.findings);
            for answer in known.answers() {
                versions_were_there(evidence, answer, &mut verdict.findings);
            }
        }
    }
}

/// True if somebody else was faster, by the reason and not by the code: most refusals have that of a race.
fn was_slower(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Refused { reason, .. } => is_conflict(reason),
        Outcome::Ok(_) | Outcome::Unknown => false,
    }
}

/// Every answer to a request names the same change and the same call.
fn alike(client: &str, request: &str, known: &RequestHistory, findings: &mut Vec<Finding>) {
    let mut answers = known.answers();
    let Some(first) = answers.next() else { return };
    for second in answers {
        // a call that joins another incident may have joined it between the two answers
        let taken = |answer: &Answered| answer.taken.as_ref().map(|it| (it.call.clone(), it.number.clone()));
        let same_line = first.lineage == second.lineage && first.number > 0 && second.number > 0;
        if taken(first) != taken(second) || (same_line && first.number != second.number) {
            let short = |answer: &Answered| format!("change {} of {:?}", answer.number, taken(answer));
            findings.push(Finding::AnswersDiffer {
                client: client.to_owned(),
                request: request.to_owned(),
                first: short(first),
                second: short(second),
            });
        }
    }
}

/// No record stands at an older version than an answer showed, and no answer names a change the store never reached.
fn versions_were_there(evidence: &Evidence, answer: &Answered, findings: &mut Vec<Finding>) {
    if answer.lineage != evidence.tip.lineage.to_string() {
        return;
    }
    let tip = evidence.tip.number.0;
    for (text, shown) in &answer.records {
        let Ok(key) = text.parse() else { continue };
        let found = evidence.records.get(&key).map_or(0, |record| record.version.0);
        if found < *shown {
            let why = format!("a client was shown version {shown}");
            findings.push(Finding::Version { key: text.clone(), found, why });
        }
    }
    if answer.number > tip {
        let why = format!("the store has only reached {tip}");
        findings.push(Finding::Version { key: "an answer's change".to_owned(), found: answer.number, why });
    }
}

/// Every record's version is the number of a change.
fn record_versions(evidence: &Evidence, verdict: &mut Verdict) {
    let tip = evidence.tip.number.0;
    for (key, record) in &evidence.records {
        let found = record.version.0;
        if found == 0 || found > tip {
            let why = format!("changes are numbered from 1 to {tip}");
            verdict.findings.push(Finding::Version { key: key.to_string(), found, why });
        }
    }
}

/// The store's lists agree with its records.
fn indexes(evidence: &Evidence, verdict: &mut Verdict) {
    let mut wrong = |list, key: &domain::RecordKey| {
        verdict.findings.push(Finding::Index { list, key: key.clone() });
    };
    for (key, record) in &evidence.records {
        if evidence.archived.contains(key) {
            continue;
        }
        if record.record.is_open() != evidence.open.contains(key) {
            wrong("open", key);
        }
        if record.record.queue_place().is_some() != evidence.queue.contains(key) {
            wrong("queued", key);
        }
    }
    // what is listed and is no record, or one that only the archive holds
    let is_there =
        |key: &&domain::RecordKey| evidence.records.contains_key(*key) && !evidence.archived.contains(*key);
    for (list, keys) in [("open", &evidence.open), ("queued", &evidence.queue)] {
        keys.iter().filter(|key| !is_there(key)).for_each(|key| wrong(list, key));
    }
}

/// No unit was on two runs at once, by what was recorded when.
fn runs(evidence: &Evidence, verdict: &mut Verdict) {
    let mut by_unit: BTreeMap<&UnitId, Vec<(Timestamp, Timestamp, RunId)>> = BTreeMap::new();
    for record in evidence.records.values() {
        let Record::Run(run) = &record.record else { continue };
        verdict.runs += 1;
        verdict.expired += late(&run.milestones);
        let recorded = |step: Step| {
            run.milestones
                .iter()
                .filter(move |milestone| milestone.step == step)
                .map(|milestone| milestone.recorded_at)
        };
        let Some(from) = recorded(Step::Sent).min() else { continue };
        let over = recorded(Step::Cleared).chain(recorded(Step::StoodDown)).max();
        let to = if run.state().is_open() { Timestamp::MAX } else { over.unwrap_or(Timestamp::MAX) };
        by_unit.entry(&run.unit).or_default().push((from, to, run.id));
    }
    for (unit, mut runs) in by_unit {
        runs.sort();
        let mut last: Option<(Timestamp, RunId)> = None;
        for (from, to, id) in runs {
            if let Some((until, first)) = last
                && from < until
            {
                verdict.findings.push(Finding::UnitTwice { unit: unit.clone(), first, second: id });
            }
            if last.is_none_or(|(until, _)| to > until) {
                last = Some((to, id));
            }
        }
    }
}

fn late(milestones: &[Milestone]) -> u64 {
    u64::from(milestones.iter().any(|milestone| milestone.step == Step::AnswerOverdue))
}

/// Every incident ended with a result, or is explained.
fn incidents(evidence: &Evidence, verdict: &mut Verdict) {
    for record in evidence.records.values() {
        let Record::Incident(incident) = &record.record else { continue };
        verdict.incidents += 1;
        match explanation(evidence, incident) {
            Ok(None) => verdict.incidents_closed += 1,
            Ok(Some(explanation)) => *verdict.explained.entry(explanation).or_default() += 1,
            Err(finding) => verdict.findings.push(finding),
        }
    }
    let explained: u64 = verdict.explained.values().sum();
    if explained as f64 > verdict.incidents as f64 * EXPLAINED_SHARE_MAX {
        verdict.findings.push(Finding::TooManyExplained { explained, all: verdict.incidents });
    }
}

/// Why an incident did not end with a result; absent if it did.
fn explanation(evidence: &Evidence, incident: &Incident) -> Result<Option<Explanation>, Finding> {
    match incident.state() {
        IncidentState::Closed { .. } => Ok(None),
        IncidentState::Cancelled { .. } => Ok(Some(Explanation::Cancelled)),
        IncidentState::Held { .. } => Ok(Some(Explanation::Held)),
        IncidentState::Merged { into } => match evidence.incident(*into) {
            Some(_) => Ok(Some(Explanation::Merged)),
            None => Err(Finding::IncidentLost { incident: into.to_string() }),
        },
        IncidentState::Open if incident.is_queued() => Ok(Some(Explanation::Waiting)),
        IncidentState::Open => {
            let assignments = incident.assignments.iter().filter_map(|id| evidence.assignment(*id));
            let somebody = assignments.into_iter().any(|assignment| {
                assignment.state().is_open()
                    && !matches!(assignment.purpose, domain::assignment::Purpose::Inform)
            });
            if somebody {
                Ok(Some(Explanation::UnderWay))
            } else {
                let runs =
                    evidence.runs_of(incident).map(|run| format!("{} {}", run.id, run.state().as_str()));
                Err(Finding::IncidentForgotten { incident: incident.id, runs: runs.collect() })
            }
        }
    }
}

/// A run in which nothing went wrong proves nothing.
fn teeth(evidence: &Evidence, claim: Claim, verdict: &mut Verdict) {
    for record in evidence.records.values() {
        let Record::Assignment(assignment) = &record.record else { continue };
        verdict.expired += late(&assignment.milestones);
        verdict.returned += u64::from(matches!(assignment.state(), AssignmentState::Returned { .. }));
    }
    let bites = [
        ("expired", verdict.expired),
        ("was returned", verdict.returned),
        ("conflicted", verdict.conflicts),
        ("was repeated", verdict.repeats),
    ];
    match claim {
        Claim::Everything => {
            let missing = bites.iter().filter(|(_, count)| *count == 0);
            verdict.findings.extend(missing.map(|(what, _)| Finding::Toothless(what)));
        }
        Claim::ShortRun if bites.iter().all(|(_, count)| *count == 0) => {
            verdict.findings.push(Finding::Toothless("expired, was returned, conflicted or was repeated"));
        }
        Claim::Intake if verdict.repeats == 0 => verdict.findings.push(Finding::Toothless("was repeated")),
        Claim::ShortRun | Claim::Intake => {}
    }
}
