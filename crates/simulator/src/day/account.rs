//! Tells changes in words a dispatcher could read, with short names for what has only a long one.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use domain::{
    RecordKey, RecordKind, Version,
    alarm::{Alarm, AlarmState},
    assignment::{Assignment, AssignmentState, Purpose},
    call::{Call, CallState},
    desk::DeskLink,
    dispatch::Automatic,
    incident::{Incident, Need, NeedMode, PassedOverReason, Responder, Supply},
    recommendation::{NeedRecommendation, Recommendation},
    record::Record,
    run::{Run, RunState},
    unit::UnitState,
};
use jiff::Timestamp;

use super::ledger::Entry;

/// Short names for records, given in the order in which they appear: `i1`, `a2`, `r1` …
#[derive(Clone, Debug, Default)]
pub struct Names {
    by_key: BTreeMap<RecordKey, String>,
    by_name: BTreeMap<String, RecordKey>,
    counts: BTreeMap<RecordKind, usize>,
    told: BTreeMap<RecordKey, String>,
}

impl Names {
    /// The name of a record, given now if it has none.
    pub fn of(&mut self, key: RecordKey) -> String {
        let letter = match key.kind {
            RecordKind::Call => 'c',
            RecordKind::Incident => 'i',
            RecordKind::Assignment => 'a',
            RecordKind::Run => 'r',
            RecordKind::Alarm => '!',
            RecordKind::Note => 'n',
            RecordKind::Recommendation => 's',
            RecordKind::Unit
            | RecordKind::Desk
            | RecordKind::Dispatch
            | RecordKind::Directory
            | RecordKind::DirectoryPart => return key.id,
        };
        if let Some(name) = self.by_key.get(&key) {
            return name.clone();
        }
        let count = self.counts.entry(key.kind).or_default();
        *count += 1;
        let name = format!("{letter}{count}");
        self.by_key.insert(key.clone(), name.clone());
        self.by_name.insert(name.clone(), key);
        name
    }

    /// The record of that name, if it was given.
    pub fn key(&self, name: &str) -> Option<&RecordKey> {
        self.by_name.get(name)
    }

    /// A text with the names that were given in the place of ids.
    pub fn in_words(&self, text: &str) -> String {
        self.by_key.iter().fold(text.to_owned(), |text, (key, name)| text.replace(&key.id, name))
    }

    fn named(&mut self, kind: RecordKind, id: impl std::fmt::Display) -> String {
        self.of(RecordKey::new(kind, id))
    }

    /// One line for a change: when, who, what, and how each record stands now if it stands otherwise than told before.
    pub fn tell(&mut self, entry: &Entry, began: Timestamp) -> String {
        // calls, incidents and assignments are named before what belongs to them
        let mut records: Vec<&Record> = entry.records.iter().collect();
        records.sort_by_key(|record| (record.key().kind, self.place_in(entry, &record.key())));
        let mut told = Vec::new();
        for record in records {
            let key = record.key();
            let text = self.record(record);
            if !text.is_empty() && self.told.insert(key, text.clone()).as_ref() != Some(&text) {
                told.push(text);
            }
        }
        let since = entry.at.duration_since(began).as_secs();
        let actor = entry.actor.strip_prefix("kezek:").unwrap_or(&entry.actor);
        let mut line = format!("{:02}:{:02} {actor} {}", since / 60, since % 60, entry.cause);
        for text in told {
            let _ = write!(line, "\n    {text}");
        }
        line
    }

    /// The place of a record in what its incident lists, so that names do not depend on ids.
    fn place_in(&self, entry: &Entry, key: &RecordKey) -> usize {
        let listed = |incident: &Incident| {
            let assignments =
                incident.assignments.iter().map(|id| RecordKey::new(RecordKind::Assignment, id));
            let runs = incident.runs.iter().map(|id| RecordKey::new(RecordKind::Run, id));
            assignments.chain(runs).position(|listed| &listed == key)
        };
        let incidents = entry.records.iter().filter_map(Record::as_incident);
        incidents.filter_map(listed).next().unwrap_or_default()
    }

    /// How a record stands; empty for one that says nothing to a person.
    fn record(&mut self, record: &Record) -> String {
        match record {
            Record::Call(call) => self.call(call),
            Record::Incident(incident) => self.incident(incident),
            Record::Assignment(assignment) => self.assignment(assignment),
            Record::Run(run) => self.run(run),
            Record::Unit(unit) => {
                let state = match unit.state() {
                    UnitState::Assigned { run } => {
                        format!("assigned to {}", self.named(RecordKind::Run, run))
                    }
                    UnitState::SignedOff | UnitState::Available | UnitState::OutOfService { .. } => {
                        unit.state().as_str().replace('_', " ")
                    }
                };
                format!("{} {state}{}", unit.id, missed(unit.unanswered_in_a_row))
            }
            Record::Desk(desk) => {
                let link = match desk.link {
                    DeskLink::Unknown => "",
                    DeskLink::Up => ", link up",
                    DeskLink::Down { .. } => ", link down",
                };
                format!("desk {}{link}{}", desk.station, missed(desk.unanswered_in_a_row))
            }
            Record::Note(note) => {
                let incident = self.named(RecordKind::Incident, note.incident);
                format!("{} on {incident}: {}", self.named(RecordKind::Note, note.id), note)
            }
            Record::Recommendation(recommendation) => self.recommendation(recommendation),
            Record::Alarm(alarm) => self.alarm(alarm),
            Record::Dispatch(dispatch) => {
                let automatic = match dispatch.automatic {
                    Automatic::On => "on",
                    Automatic::Off => "off",
                };
                format!("{} dispatches, automatic {automatic}", dispatch.holder)
            }
            Record::Directory(head) => {
                let closing = if head.closing.is_empty() {
                    String::new()
                } else {
                    let named: Vec<_> = head.closing.iter().map(ToString::to_string).collect();
                    format!(", closing {}", named.join(", "))
                };
                format!("directory {}{closing}", head.version.0)
            }
            Record::DirectoryPart(_) => String::new(),
        }
    }

    fn call(&mut self, call: &Call) -> String {
        let mut text = self.named(RecordKind::Call, call.id);
        let state = match call.state() {
            CallState::CallBack { attempt, .. } => format!("call back, attempt {attempt}"),
            CallState::Ringing { .. }
            | CallState::Answered { .. }
            | CallState::Abandoned
            | CallState::NeedsDecision
            | CallState::Ended { .. } => call.state().as_str().replace('_', " "),
        };
        let _ = write!(text, " {state}");
        if let Some(incident) = call.incident {
            let _ = write!(text, ", led to {}", self.named(RecordKind::Incident, incident));
        }
        for flag in &call.flags {
            let _ = write!(text, ", {}", flag.as_str());
        }
        if !call.additions.is_empty() {
            let _ = write!(text, ", {} additions", call.additions.len());
        }
        text
    }

    fn incident(&mut self, incident: &Incident) -> String {
        let mut text = self.named(RecordKind::Incident, incident.id);
        let _ = write!(text, " {} p{}", incident.state().as_str(), incident.priority);
        if let domain::incident::IncidentState::Merged { into } = incident.state() {
            let _ = write!(text, " into {}", self.named(RecordKind::Incident, into));
        }
        let named = incident.incident_type.as_ref().map_or("untyped", |known| known.as_str());
        let district = incident.district.as_ref().map_or("no district", |district| district.as_str());
        let _ = write!(text, " {named} in {district}");
        for need in &incident.needs {
            let _ = write!(text, "; {}", need_text(need));
        }
        if incident.is_queued() {
            text.push_str("; in the queue");
        }
        if let Some(lead) = &incident.lead_desk {
            let _ = write!(text, "; {lead} leads");
        }
        for passed in &incident.passed_over {
            let why = match passed.why {
                PassedOverReason::Unanswered => "did not answer",
                PassedOverReason::Returned => "gave it back",
                PassedOverReason::StoodDown => "was stood down",
            };
            let who = match &passed.who {
                Responder::Desk { station } => format!("desk {station}"),
                Responder::Unit { unit } => unit.to_string(),
            };
            let _ = write!(text, "; {who} {why}");
        }
        if let Some(other) = incident.suspected_duplicate_of {
            let _ = write!(text, "; like {}", self.named(RecordKind::Incident, other));
        }
        if incident.restriction.is_some() {
            text.push_str("; restricted");
        }
        for merged in &incident.merged_from {
            let _ = write!(text, "; with {}", self.named(RecordKind::Incident, merged));
        }
        for call in &incident.calls {
            let _ = write!(text, " {}", self.named(RecordKind::Call, call));
        }
        text
    }

    fn assignment(&mut self, assignment: &Assignment) -> String {
        let mut text = self.named(RecordKind::Assignment, assignment.id);
        let incident = self.named(RecordKind::Incident, assignment.incident);
        let asked = match &assignment.purpose {
            Purpose::Respond { kind, .. } => kind.as_str(),
            Purpose::Inform => "to know",
        };
        let _ = write!(text, " {incident} to desk {} ({asked}): ", assignment.desk);
        match assignment.state() {
            AssignmentState::Received { person } => {
                let _ = write!(text, "received by {person}");
            }
            AssignmentState::Sent
            | AssignmentState::Delivered
            | AssignmentState::Accepted { .. }
            | AssignmentState::Done
            | AssignmentState::Returned { .. }
            | AssignmentState::StandDownSent { .. }
            | AssignmentState::StoodDown { .. } => {
                text.push_str(&assignment.state().as_str().replace('_', " "))
            }
        }
        if let Some(unit) = &assignment.recommended_unit {
            let _ = write!(text, ", {unit} recommended");
        }
        if assignment.overdue {
            text.push_str(", overdue");
        }
        text
    }

    fn run(&mut self, run: &Run) -> String {
        let name = self.named(RecordKind::Run, run.id);
        let incident = self.named(RecordKind::Incident, run.incident);
        let overdue = if run.overdue { ", overdue" } else { "" };
        let disposition = match run.state() {
            RunState::Cleared { disposition } if !disposition.is_empty() => format!(" ({disposition})"),
            RunState::Cleared { .. }
            | RunState::Sent
            | RunState::Acknowledged
            | RunState::EnRoute
            | RunState::OnScene
            | RunState::StandDownSent { .. }
            | RunState::StoodDown { .. } => String::new(),
        };
        let reports = run.milestones.len();
        let state = run.state().as_str().replace('_', " ");
        format!("{name} {} to {incident}: {state}{disposition}{overdue}, {reports} reports", run.unit)
    }

    fn recommendation(&mut self, recommendation: &Recommendation) -> String {
        let mut text = format!("for {}:", self.named(RecordKind::Incident, recommendation.incident));
        for need in &recommendation.needs {
            let _ = write!(text, " {}", recommended(need));
        }
        text
    }

    fn alarm(&mut self, alarm: &Alarm) -> String {
        let mut text = format!("alarm {} {}", self.named(RecordKind::Alarm, alarm.id), alarm.code.as_str());
        if let Some(incident) = alarm.incident {
            let _ = write!(text, " {}", self.named(RecordKind::Incident, incident));
        }
        if let Some(call) = alarm.call {
            let _ = write!(text, " {}", self.named(RecordKind::Call, call));
        }
        if let Some(desk) = &alarm.desk {
            let _ = write!(text, " desk {desk}");
        }
        if let Some(unit) = &alarm.unit {
            let _ = write!(text, " {unit}");
        }
        let state = match alarm.state() {
            AlarmState::Raised => match alarm.level {
                domain::alarm::AlarmLevel::Operator => "for an operator".to_owned(),
                domain::alarm::AlarmLevel::Supervisor => "for the supervisor".to_owned(),
            },
            AlarmState::Acknowledged { by, .. } => format!("taken by {by}"),
            AlarmState::Ended { .. } => "over".to_owned(),
        };
        let _ = write!(text, ": {state}");
        text
    }
}

fn need_text(need: &Need) -> String {
    let counted = need.units();
    let mode = match need.mode {
        NeedMode::Auto => "",
        NeedMode::Recommend => " by hand",
    };
    let short = match need.supply {
        Supply::Enough => "",
        Supply::Short => " short",
        Supply::Eased => " eased",
    };
    if need.is_active() {
        format!("{} {counted}/{}{mode}{short}", need.kind, need.count)
    } else {
        format!("{} on request", need.kind)
    }
}

fn recommended(need: &NeedRecommendation) -> String {
    let list = |units: &[domain::recommendation::Candidate]| {
        units.iter().map(|candidate| candidate.unit.to_string()).collect::<Vec<_>>().join(", ")
    };
    let mut text = if need.chosen.is_empty() { "nobody".to_owned() } else { list(&need.chosen) };
    if !need.next.is_empty() {
        let _ = write!(text, ", else {}", list(&need.next));
    }
    for (why, count) in &need.excluded {
        let _ = write!(text, "; {count} {}", why.as_str());
    }
    if need.shortfall > 0 {
        let _ = write!(text, "; {} missing", need.shortfall);
    }
    format!("[{} {text}]", need.kind)
}

fn missed(count: u32) -> String {
    if count == 0 { String::new() } else { format!(", {count} unanswered in a row") }
}

/// Everything that happened after change `after`, one line for each change and its records indented beneath.
pub fn tell_since(names: &mut Names, entries: &[Entry], after: Version, began: Timestamp) -> Vec<String> {
    let new = entries.iter().filter(|entry| entry.number > after);
    let said = new.filter(|entry| entry.cause != "write_directory_part");
    said.map(|entry| names.tell(entry, began)).collect()
}
