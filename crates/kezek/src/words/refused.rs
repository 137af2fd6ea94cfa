//! What the centre says when it refuses, in the words of the commands and screens of this program.
//!
//! The facts of a refusal stay as the centre gave them, for scripts; only what a person reads is put into words here.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::names::Names;
use crate::table::plain;
use crate::time;

/// What a lifecycle of the domain calls a step, and the command that asks for it; nothing where the centre does it itself.
const STEPS: [(&str, &str, &str); 34] = [
    ("call", "answer", "call answer"),
    ("call", "abandon", "call abandon"),
    ("call", "call_back", "call call-back"),
    ("call", "call_back_failed", "call call-back --outcome"),
    ("call", "end", "call end"),
    ("incident", "hold", "incident hold"),
    ("incident", "release", "incident release"),
    ("incident", "merge", "incident merge"),
    ("incident", "unmerge", "incident unmerge"),
    ("incident", "close", "incident close"),
    ("incident", "cancel", "incident cancel"),
    ("incident", "reopen", "incident reopen"),
    ("assignment", "deliver", "desk delivered"),
    ("assignment", "receive", "desk received"),
    ("assignment", "accept", "desk accept"),
    ("assignment", "finish", ""),
    ("assignment", "return", "desk return"),
    ("assignment", "stand_down", "incident stand-down"),
    ("assignment", "confirm_stand_down", "desk confirm"),
    ("run", "acknowledge", "unit ack"),
    ("run", "depart", "unit en-route"),
    ("run", "arrive", "unit on-scene"),
    ("run", "clear", "unit clear"),
    ("run", "stand_down", "incident stand-down"),
    ("run", "confirm_stand_down", "unit stood-down"),
    ("run", "correct", "--correction"),
    ("unit", "sign_on", "unit sign-on"),
    ("unit", "sign_off", "unit sign-off"),
    ("unit", "assign", "incident send"),
    ("unit", "free", "unit clear"),
    ("unit", "out_of_service", "unit out"),
    ("unit", "return_to_service", "unit back"),
    ("alarm", "acknowledge", "alarm ack"),
    ("alarm", "end", "alarm end"),
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
pub(crate) fn message(reason: &str, facts: &Facts) -> Option<String> {
    match reason {
        "ILLEGAL_STEP" => {
            let (lifecycle, event) = (facts.get("lifecycle")?, facts.get("event")?);
            // what is said of a unit is a step of its run, also where it is on none
            let step = step(lifecycle, event).or_else(|| step("run", event)).filter(|step| !step.is_empty());
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
            Some(format!("unit {callsign} is {state}; only an available unit can be sent"))
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
            let field = option(facts.get("field")?);
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
        "UNIT_NOT_AVAILABLE" => matches!(fact, "unit" | "state" | "allowed"),
        "UNIT_OF_ANOTHER_KIND" => matches!(fact, "unit" | "kind" | "needed"),
        "UNIT_CLOSING" => fact == "unit",
        "TIME_NOT_BELIEVED" => {
            matches!(fact, "field" | "value" | "earliest" | "latest") || fact.starts_with("field ")
        }
        _ => false,
    }
}

/// A fact as a person reads it: its name, and what it says.
pub(crate) fn fact(reason: &str, facts: &Facts, name: &str, value: &str) -> (String, String) {
    let lifecycle = facts.get("lifecycle").map_or("", String::as_str);
    match name {
        "state" => ("it is now".to_owned(), state(lifecycle, value)),
        "allowed" if reason == "ILLEGAL_STEP" => (name.to_owned(), steps(lifecycle, value)),
        "allowed" => (name.to_owned(), value.replace(',', ", ")),
        other => match other.strip_prefix("field ") {
            Some(field) => (option(field), value.to_owned()),
            None => (other.to_owned(), value.to_owned()),
        },
    }
}

/// The commands for the steps that are allowed.
fn steps(lifecycle: &str, allowed: &str) -> String {
    let named = allowed
        .split(',')
        .filter(|event| !event.is_empty())
        .map(|event| step(lifecycle, event).map_or_else(|| event.replace('_', " "), str::to_owned));
    let named: Vec<String> = named.filter(|step| !step.is_empty()).collect();
    if named.is_empty() { "nothing".to_owned() } else { named.join(", ") }
}

fn step<'a>(lifecycle: &str, event: &str) -> Option<&'a str> {
    let mut known = STEPS.iter();
    known.find(|(of, name, _)| *of == lifecycle && *name == event).map(|(_, _, command)| *command)
}

fn state(lifecycle: &str, name: &str) -> String {
    let known = STATES.iter().find(|(of, state, _)| *of == lifecycle && *state == name);
    known.map_or_else(|| plain(&name.replace('_', " ")), |(_, _, words)| (*words).to_owned())
}

/// The option that sets a field; the field's own name where none does.
fn option(field: &str) -> String {
    let known = OPTIONS.iter().find(|(name, _)| *name == field);
    known.map_or_else(|| plain(field), |(_, option)| (*option).to_owned())
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
        for (_, event, command) in STEPS.iter().filter(|(_, _, command)| !command.is_empty()) {
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
                assert!(step(lifecycle, event).is_some(), "{lifecycle} {event}");
            }
        }
    }
}
