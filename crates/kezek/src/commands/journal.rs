//! `kezek journal`: what a node's journal holds, read beside a node that runs or without one.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};
use domain::{OperationId, RecordKey, RecordKind};
use journal::{Damage, Entry, Found, Verification};
use serde_json::{Value, json};
use store::{Commit, Settlement};
use uuid::Uuid;

use crate::codes::ClientCode;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, print};
use crate::settings::{self, Settings};
use crate::table::{Table, plain};

/// What can be asked of a journal.
#[derive(Debug, Subcommand)]
pub(crate) enum JournalCommand {
    /// Show how much it holds, what waits for the store, and which changes it could give back
    Status(Whose),
    /// Show its entries, or some of them
    Inspect(Box<Inspect>),
    /// Read all of it; exit code 1 if something can no longer be read
    Verify(Whose),
}

/// Which journal.
#[derive(Args, Clone, Debug)]
pub(crate) struct Whose {
    /// The journal's folder; that in the data directory unless given
    #[arg(value_name = "DIR")]
    directory: Option<PathBuf>,
    /// The data directory; as `serve` would use unless given
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// A configuration file in TOML, for the data directory
    #[arg(long, value_name = "FILE", env = "KEZEK_CONFIG")]
    config: Option<PathBuf>,
}

/// Which entries of which journal.
#[derive(Args, Clone, Debug)]
pub(crate) struct Inspect {
    #[command(flatten)]
    whose: Whose,
    /// Only held calls that wait for the store
    #[arg(long)]
    unsettled: bool,
    /// Only what belongs to this operation
    #[arg(long)]
    operation: Option<Uuid>,
}

impl Whose {
    fn folder(&self) -> Result<PathBuf, Failure> {
        if let Some(directory) = &self.directory {
            return Ok(directory.clone());
        }
        let (config, data_dir) = (self.config.clone(), self.data_dir.clone());
        let loaded = settings::load(&Settings { config, data_dir, ..Settings::default() })?;
        Ok(loaded.configuration.data_dir.join("journal"))
    }
}

/// Does what is asked.
pub(crate) fn run(output: Output, command: JournalCommand) -> Result<(), Failure> {
    match command {
        JournalCommand::Status(whose) => status(output, &whose).map(drop),
        JournalCommand::Inspect(wanted) => inspect(output, &wanted),
        JournalCommand::Verify(whose) => verify(output, &whose),
    }
}

/// Shows what a journal amounts to.
fn status(output: Output, whose: &Whose) -> Result<Verification, Failure> {
    let verified = verified(whose)?;
    if output.is_json() {
        print(&pretty(&told(&verified)));
    } else {
        print(summary(&verified).trim_end());
    }
    Ok(verified)
}

fn verify(output: Output, whose: &Whose) -> Result<(), Failure> {
    let verified = status(output, whose)?;
    if !output.is_json() {
        for damage in &verified.damage {
            print(&format!("  DAMAGED  {}", said_of(damage)));
        }
        for stranger in &verified.strangers {
            print(&format!("  STRANGER {}: {:?}", plain(&stranger.name), stranger.why));
        }
        for torn in &verified.torn {
            print(&format!(
                "  torn     {} bytes at {} of {}: never answered for",
                torn.bytes, torn.at, torn.segment
            ));
        }
    }
    if verified.is_sound() {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Refused,
        ClientCode::Journal,
        format!(
            "{} places of the journal cannot be read, do not belong or are there twice",
            verified.damage.len() + verified.strangers.len() + verified.duplicates
        ),
        "deploy/runbook/JOURNAL_DAMAGED.md says what to do",
    ))
}

fn verified(whose: &Whose) -> Result<Verification, Failure> {
    journal::verify(&existing(whose)?).map_err(|error| unreadable(&error))
}

/// The folder, if there is one: a mistyped name must not look like an empty journal.
fn existing(whose: &Whose) -> Result<PathBuf, Failure> {
    let folder = whose.folder()?;
    if folder.is_dir() {
        return Ok(folder);
    }
    let message = format!("there is no journal in {}", folder.display());
    Err(Failure::not_found(message, "name its folder, or the data directory with --data-dir"))
}

fn unreadable(error: &journal::JournalError) -> Failure {
    Failure::new(Exit::Failed, ClientCode::Journal, settings::chain(error), "deploy/runbook/JOURNAL.md")
}

fn summary(verified: &Verification) -> String {
    let number = |sequence: Option<journal::Sequence>| sequence.map_or("-".to_owned(), |it| it.to_string());
    let mut table = Table::bare();
    let entries = format!("{} to {}", number(verified.first), number(verified.last));
    table.row(["segments".to_owned(), format!("{}, {} bytes", verified.segments, verified.bytes)]);
    table.row(["entries".to_owned(), entries]);
    table.row([
        "held calls".to_owned(),
        format!("{}, {} of them wait for the store", verified.held, verified.waiting.len()),
    ]);
    let tail = verified.tail.map_or("none".to_owned(), |tail| {
        format!("{} to {} without a gap, of lineage {}", tail.first, tail.last, tail.lineage)
    });
    table.row(["changes".to_owned(), format!("{}; {tail}", verified.changes)]);
    let state = if verified.is_sound() { "sound" } else { "DAMAGED" };
    table.row(["state".to_owned(), state.to_owned()]);
    table.render("")
}

fn told(verified: &Verification) -> Value {
    let tail = verified.tail.map(
        |tail| json!({ "lineage": tail.lineage.to_string(), "first": tail.first.0, "last": tail.last.0 }),
    );
    json!({
        "segments": verified.segments,
        "bytes": verified.bytes,
        "first": verified.first.map(journal::Sequence::as_u64),
        "last": verified.last.map(journal::Sequence::as_u64),
        "held": verified.held,
        "unsettled": verified.waiting.len(),
        "changes": verified.changes,
        "settled": verified.settled,
        "duplicates": verified.duplicates,
        "tail": tail,
        "damage": verified.damage.iter().map(said_of).collect::<Vec<_>>(),
        "torn_bytes": verified.torn.iter().map(|torn| torn.bytes).sum::<u64>(),
        "strangers": verified.strangers.iter().map(|stranger| stranger.name.clone()).collect::<Vec<_>>(),
        "sound": verified.is_sound(),
    })
}

fn said_of(damage: &Damage) -> String {
    let Damage { segment, at, bytes, first, entries, what } = damage;
    format!("{what:?} in {segment} at byte {at} ({bytes} bytes): {entries} entries from {first} on")
}

fn inspect(output: Output, wanted: &Inspect) -> Result<(), Failure> {
    let folder = existing(&wanted.whose)?;
    let waiting = wanted.unsettled.then(|| journal::verify(&folder)).transpose();
    let waiting = waiting.map_err(|error| unreadable(&error))?.map(|verified| verified.waiting);
    for found in journal::inspect(&folder).map_err(|error| unreadable(&error))? {
        let Found::Entry(located) = found.map_err(|error| unreadable(&error))? else { continue };
        let is_waiting = waiting.as_ref().is_none_or(|waiting| waiting.contains(&located.sequence));
        let operation = wanted.operation.map(OperationId::from_uuid);
        let is_wanted = operation.is_none_or(|operation| operation == operation_of(&located.entry));
        if !is_waiting || !is_wanted {
            continue;
        }
        let (sequence, at) = (located.sequence, located.written_at);
        if output.is_json() {
            let mut line = entry_told(&located.entry);
            line["sequence"] = sequence.as_u64().into();
            line["written_at"] = at.to_string().into();
            print(&line.to_string());
        } else {
            print(&format!("{sequence}  {at}  {}", entry_said(&located.entry, wanted.operation.is_some())));
        }
    }
    Ok(())
}

const fn operation_of(entry: &Entry) -> OperationId {
    match entry {
        Entry::Held(commit) => commit.operation,
        Entry::Change { change, .. } => change.operation,
        Entry::Settled { operation, .. } => *operation,
    }
}

/// An entry in one line; with every word of it if one operation was asked for.
fn entry_said(entry: &Entry, whole: bool) -> String {
    match entry {
        Entry::Held(commit) => {
            let number = number_of(commit).unwrap_or_default();
            let mut text = format!(
                "held     {}  {}  call {number} by {}",
                commit.operation,
                commit.at,
                plain(&commit.actor)
            );
            if whole {
                for write in &commit.writes {
                    text.push_str(&format!("\n    {}  {}", write.key, plain(&write.state)));
                }
            }
            text
        }
        Entry::Change { lineage, change } => {
            let (cause, actor) = (plain(&change.cause), plain(&change.actor));
            let records = change.records.len();
            let mut text = format!(
                "change   {}  {lineage}/{}  {cause} by {actor}, {records} records",
                change.operation, change.number
            );
            if whole {
                for record in &change.records {
                    text.push_str(&format!("\n    {}  {}", record.key, plain(&record.state)));
                }
            }
            text
        }
        Entry::Settled { operation, outcome: Settlement::Committed { number } } => {
            format!("settled  {operation}  the store has it as change {number}")
        }
        Entry::Settled { operation, outcome: Settlement::Refused { reason } } => {
            format!("settled  {operation}  refused: {}", plain(reason))
        }
    }
}

fn entry_told(entry: &Entry) -> Value {
    match entry {
        Entry::Held(commit) => {
            let records = states(commit.writes.iter().map(|write| (&write.key, &write.state)));
            json!({ "kind": "held", "operation": commit.operation.to_string(), "at": commit.at.to_string(), "actor": commit.actor, "records": records })
        }
        Entry::Change { lineage, change } => json!({
            "kind": "change", "operation": change.operation.to_string(), "lineage": lineage.to_string(),
            "number": change.number.0, "cause": change.cause, "actor": change.actor,
            "records": states(change.records.iter().map(|record| (&record.key, &record.state))),
        }),
        Entry::Settled { operation, outcome } => {
            let (committed, refused) = match outcome {
                Settlement::Committed { number } => (Some(number.0), None),
                Settlement::Refused { reason } => (None, Some(reason.as_str())),
            };
            json!({ "kind": "settled", "operation": operation.to_string(), "committed": committed, "refused": refused })
        }
    }
}

/// Records by their keys, each as JSON.
fn states<'a>(
    records: impl Iterator<Item = (&'a RecordKey, &'a Arc<str>)>,
) -> serde_json::Map<String, Value> {
    let states = records.map(|(key, state)| {
        (key.to_string(), serde_json::from_str(state).unwrap_or_else(|_| state.as_ref().into()))
    });
    states.collect()
}

/// The number that was said of a held call.
fn number_of(commit: &Commit) -> Option<String> {
    let call = commit.writes.iter().find(|write| write.key.kind == RecordKind::Call)?;
    let state: Value = serde_json::from_str(&call.state).ok()?;
    state["number"].as_str().map(plain)
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("these are texts and numbers")
}
