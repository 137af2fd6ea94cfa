//! What the centre says when it refuses, in the words of the commands and screens of this program, or of the lines it takes.
//!
//! The facts of a refusal stay as the centre gave them, for scripts; only what a person reads is put into words here.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::names::Names;
use crate::table::plain;
use crate::time;

/// In whose words a refusal is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Surface {
    /// Those of this program's commands and options.
    #[default]
    Commands,
    /// Those of the lines that `kezek cmd` takes.
    Lines,
}

/// What a lifecycle of the domain calls a step, the command that asks for it and the line that does; nothing where none does.
const STEPS: [(&str, &str, &str, &str); 34] = [
    ("call", "answer", "call answer", "ANS"),
    ("call", "abandon", "call abandon", ""),
    ("call", "call_back", "call call-back", ""),
    ("call", "call_back_failed", "call call-back --outcome", ""),
    ("call", "end", "call end", ""),
    ("incident", "hold", "incident hold", "H"),
    ("incident", "release", "incident release", "RL"),
    ("incident", "merge", "incident merge", "DUP"),
    ("incident", "unmerge", "incident unmerge", "UNDUP"),
    ("incident", "close", "incident close", "CL"),
    ("incident", "cancel", "incident cancel", "CAN"),
    ("incident", "reopen", "incident reopen", "RO"),
    ("assignment", "deliver", "desk delivered", ""),
    ("assignment", "receive", "desk received", "RC"),
    ("assignment", "accept", "desk accept", "AC"),
    ("assignment", "finish", "", ""),
    ("assignment", "return", "desk return", "RT"),
    ("assignment", "stand_down", "incident stand-down", "SD"),
    ("assignment", "confirm_stand_down", "desk confirm", "CF"),
    ("run", "acknowledge", "unit ack", "AK"),
    ("run", "depart", "unit en-route", "EN"),
    ("run", "arrive", "unit on-scene", "A"),
    ("run", "clear", "unit clear", "C"),
    ("run", "stand_down", "incident stand-down", "SD"),
    ("run", "confirm_stand_down", "unit stood-down", "CF"),
    ("run", "correct", "--correction", ""),
    ("unit", "sign_on", "unit sign-on", "ST on"),
    ("unit", "sign_off", "unit sign-off", "ST off"),
    ("unit", "assign", "incident send", "D"),
    ("unit", "free", "unit clear", "C"),
    ("unit", "out_of_service", "unit out", "ST out"),
    ("unit", "return_to_service", "unit back", "ST in"),
    ("alarm", "acknowledge", "alarm ack", "ACK"),
    ("alarm", "end", "alarm end", ""),
];

/// States that screens call otherwise than by their name.
const STATES: [(&str, &str, &str); 3] = [
    ("unit", "assigned", "on a run"),
    ("assignment", "stand_down_sent", "stand-down not confirmed"),
    ("run", "stand_down_sent", "stand-down not confirmed"),
];

/// Fields of requests, and the option that sets each.
const OPTIONS: [(&str, &str); 20] = [
    ("person", "--person"),
    ("report.person", "--person"),
    ("report.occurred_at", "--occurred-at"),
    ("report.correction_reason", "--correction"),
    ("occurred_at", "--occurred-at"),
    ("reason", "--reason"),
    ("restrict.reason", "--reason"),
    ("disposition", "--disposition"),
    ("registration_number", "--registration"),
    ("lawful_reason", "--lawful-reason"),
    ("remark", "--remark"),
    ("narrative", "--narrative"),
    ("until", "--until"),
    ("rang_at", "--rang-at"),
    ("answered_at", "--answered-at"),
    ("ended_at", "--ended-at"),
    ("abandoned_at", "--abandoned-at"),
    ("measured_at", "--measured-at"),
    ("request_id", "--request-id"),
    ("page_token", "--page"),
];

/// The facts of a refusal, by name.
type Facts = BTreeMap<String, String>;

/// What happened, where the centre's own sentence speaks of its insides. `None`: its sentence is good.
pub(crate) fn message(reason: &str, facts: &Facts, surface: Surface) -> Option<String> {
    match reason {
        "ILLEGAL_STEP" => {
            let (lifecycle, event) = (facts.get("lifecycle")?, facts.get("event")?);
            let step = |lifecycle| step(lifecycle, event, surface);
            // what is said of a unit is a step of its run, also where it is on none
            let step = step(lifecycle).or_else(|| step("run")).filter(|step| !step.is_empty());
            let step = step.map_or_else(|| plain(&event.replace('_', " ")), str::to_owned);
            let whose = match facts.get("callsign") {
                Some(callsign) if lifecycle == "unit" => format!("unit {}", plain(callsign)),
                Some(callsign) => format!("the {} of unit {}", plain(lifecycle), plain(callsign)),
                None => format!("the {}", plain(lifecycle)),
            };
            Some(format!("{whose} does not allow `{step}` now"))
        }
        "ROLE_NOT_ALLOWED" => Some(format!("the role {} may not do this", plain(facts.get("role")?))),
        _ => None,
    }
}

/// True if a refusal of this kind names units, their kinds or times.
pub(crate) fn wants_names(reason: &str) -> bool {
    matches!(
        reason,
        "RUNS_OPEN" | "UNIT_NOT_AVAILABLE" | "UNIT_OF_ANOTHER_KIND" | "UNIT_CLOSING" | "TIME_NOT_BELIEVED"
    )
}

/// What happened, with callsigns and by the centre's clock.
pub(crate) fn message_with_names(
    reason: &str,
    facts: &Facts,
    names: &Names,
    now: Timestamp,
    surface: Surface,
) -> Option<String> {
    match reason {
        "RUNS_OPEN" => {
            let units = facts.get("units")?;
            let callsigns: Vec<&str> = units.split(',').map(|unit| names.callsign(unit)).collect();
            let (units, are) = if callsigns.len() == 1 { ("unit", "is") } else { ("units", "are") };
            Some(format!("{units} {} {are} still bound to it", plain(&callsigns.join(", "))))
        }
        "UNIT_NOT_AVAILABLE" => {
            let callsign = plain(names.callsign(facts.get("unit")?));
            let state = state("unit", facts.get("state")?);
            let incident = facts.get("incident_number").map(|number| format!(" to {}", plain(number)));
            let since = facts.get("since").and_then(|since| since.parse().ok());
            let since = since.map(|since| format!(" since {}", time::clock(since, now, &names.zone)));
            let on = incident.into_iter().chain(since).collect::<String>();
            Some(format!("unit {callsign} is {state}{on}; only an available unit can be sent"))
        }
        "UNIT_OF_ANOTHER_KIND" => {
            let callsign = plain(names.callsign(facts.get("unit")?));
            let (kind, needed) = (names.kind(facts.get("kind")?), names.kind(facts.get("needed")?));
            Some(format!("unit {callsign} is of the kind {kind}; this assignment asks for {needed}"))
        }
        "UNIT_CLOSING" => {
            let callsign = plain(names.callsign(facts.get("unit")?));
            Some(format!("unit {callsign} is being taken out of the directory; nothing new is given to it"))
        }
        "TIME_NOT_BELIEVED" => {
            let clock = |name: &str| {
                let at: Timestamp = facts.get(name)?.parse().ok()?;
                Some(time::clock(at, now, &names.zone))
            };
            let field = option(facts.get("field")?, surface);
            let (value, earliest, latest) = (clock("value")?, clock("earliest")?, clock("latest")?);
            Some(format!("`{field}` says {value}, which is not between {earliest} and {latest}"))
        }
        _ => None,
    }
}

/// True if the sentence says the fact already.
pub(crate) fn is_said(reason: &str, fact: &str) -> bool {
    match reason {
        "ILLEGAL_STEP" => matches!(fact, "lifecycle" | "event" | "unit" | "callsign"),
        "ROLE_NOT_ALLOWED" => fact == "role",
        "RUNS_OPEN" => matches!(fact, "runs" | "units" | "state"),
        "UNIT_NOT_AVAILABLE" => {
            matches!(fact, "unit" | "state" | "allowed" | "incident" | "incident_number" | "since")
        }
        "UNKNOWN_UNIT" | "UNKNOWN_STATION" | "UNKNOWN_KIND" | "UNKNOWN_TYPE" => {
            matches!(fact, "unit" | "station" | "kind" | "type" | "word" | "choices")
        }
        "UNIT_OF_ANOTHER_KIND" => matches!(fact, "unit" | "kind" | "needed"),
        "UNIT_CLOSING" => fact == "unit",
        "TIME_NOT_BELIEVED" => {
            matches!(fact, "field" | "value" | "earliest" | "latest") || fact.starts_with("field ")
        }
        _ => false,
    }
}

/// A fact as a person reads it: its name, and what it says.
pub(crate) fn fact(
    reason: &str,
    facts: &Facts,
    (name, value): (&str, &str),
    surface: Surface,
) -> (String, String) {
    let lifecycle = facts.get("lifecycle").map_or("", String::as_str);
    match name {
        "state" => ("it is now".to_owned(), state(lifecycle, value)),
        "allowed" if reason == "ILLEGAL_STEP" || surface == Surface::Lines => {
            (name.to_owned(), steps(lifecycle, value, facts, surface))
        }
        "allowed" => (name.to_owned(), value.replace(',', ", ")),
        other => match other.strip_prefix("field ") {
            Some(field) => (option(field, surface), value.to_owned()),
            None => (other.to_owned(), value.to_owned()),
        },
    }
}

/// The commands for the steps that are allowed, or the lines with the unit that they are about.
fn steps(lifecycle: &str, allowed: &str, facts: &Facts, surface: Surface) -> String {
    let named = allowed.split(',').filter(|event| !event.is_empty());
    let named = named.map(|event| {
        let step = step(lifecycle, event, surface).map_or_else(|| event.replace('_', " "), str::to_owned);
        match facts.get("callsign") {
            Some(callsign) if surface == Surface::Lines => about(&step, callsign),
            Some(_) | None => step,
        }
    });
    let named: Vec<String> = named.filter(|step| !step.is_empty()).collect();
    if named.is_empty() { "nothing".to_owned() } else { named.join(", ") }
}

/// A line about a unit: its callsign stands behind the verb.
fn about(line: &str, callsign: &str) -> String {
    match line.split_once(' ') {
        Some((verb, state)) => format!("{verb} {callsign} {state}"),
        None if line.is_empty() => String::new(),
        None => format!("{line} {callsign}"),
    }
}

fn step(lifecycle: &str, event: &str, surface: Surface) -> Option<&'static str> {
    // what is allowed of several records at once names no lifecycle: the step is called the same in each
    let is_of = |of: &str| lifecycle.is_empty() || of == lifecycle;
    let (.., command, line) = STEPS.iter().find(|(of, name, ..)| is_of(of) && *name == event)?;
    Some(match surface {
        Surface::Commands => command,
        Surface::Lines => line,
    })
}

fn state(lifecycle: &str, name: &str) -> String {
    let known = STATES.iter().find(|(of, state, _)| *of == lifecycle && *state == name);
    known.map_or_else(|| plain(&name.replace('_', " ")), |(_, _, words)| (*words).to_owned())
}

/// The option that sets a field, or what stands for it in a line; the field's own name where nothing does.
fn option(field: &str, surface: Surface) -> String {
    let known = match surface {
        Surface::Commands => OPTIONS.iter().find(|(name, _)| *name == field).map(|(_, option)| *option),
        Surface::Lines => match field.rsplit('.').next() {
            Some("occurred_at") => Some("at"),
            Some("person") => Some("from"),
            Some("disposition") => Some("result"),
            Some(_) | None => None,
        },
    };
    known.map_or_else(|| plain(field), str::to_owned)
}

#[cfg(test)]
mod tests {
    use domain::{
        RunId,
        run::{OpenStep, RunEvent, RunState},
        unit::{UnitEvent, UnitState},
    };
    use uuid::Uuid;

    use super::*;

    #[test]
    fn every_option_and_every_command_is_one_that_there_is() {
        use clap::CommandFactory;
        let root = crate::arguments::Arguments::command();
        for (_, event, command, _) in STEPS.iter().filter(|(_, _, command, _)| !command.is_empty()) {
            let words = command.split(' ').filter(|word| !word.starts_with("--"));
            let mut found = Some(&root);
            for word in words {
                found = found.and_then(|command| command.find_subcommand(word));
            }
            assert!(found.is_some(), "{event}: there is no `kezek {command}`");
        }
        let options: Vec<String> = all_options(&root);
        for (field, option) in OPTIONS {
            assert!(
                options.iter().any(|one| format!("--{one}") == option),
                "{field}: no command has {option}"
            );
        }
    }

    #[test]
    fn every_line_is_one_that_there_is() {
        for (_, event, _, line) in STEPS.iter().filter(|(.., line)| !line.is_empty()) {
            let typed = format!("{} 1043 of a burglary", about(line, "11"));
            assert!(command::verb_of(&typed).is_some(), "{event}: no line begins so: {typed}");
        }
    }

    fn all_options(command: &clap::Command) -> Vec<String> {
        let own = command.get_arguments().filter_map(|one| one.get_long()).map(str::to_owned);
        own.chain(command.get_subcommands().flat_map(all_options)).collect()
    }

    #[test]
    fn the_domains_own_refusals_are_in_the_table() {
        let run = RunId::from_uuid(Uuid::nil());
        let unit = UnitState::Assigned { run }.next(UnitEvent::SignOff).unwrap_err();
        let sent = RunState::Sent.next(RunEvent::Correct { to: OpenStep::OnScene }).unwrap_err();
        for refusal in [unit, sent] {
            let lifecycle = refusal.lifecycle.as_str();
            for event in std::iter::once(&refusal.event).chain(refusal.allowed) {
                assert!(step(lifecycle, event, Surface::Commands).is_some(), "{lifecycle} {event}");
            }
        }
    }
}
