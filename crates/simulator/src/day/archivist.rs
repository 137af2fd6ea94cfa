//! Whoever moves what is over out of the store, and what must be true of it: nothing leaves before the archive holds it.
//!
//! Which archive that is, and what it is written by, is not known here: a server's own is given from outside.

use std::collections::BTreeMap;

use domain::{RecordKey, Version, record::Record};
use futures::future::BoxFuture;
use operations::ControlRoom;
use serde_json::Value;

use super::ledger::Books;
use crate::archived::Line;

/// Moves what is over from the store of a node to an archive.
pub trait Archivist: Send + Sync {
    /// Archives for as long as the node lives. Dropped at any moment, it is started again with the node.
    fn archive(&self, node: &'static str, room: ControlRoom) -> BoxFuture<'static, ()>;

    /// Everything in the archives of all nodes: each line as it was written.
    ///
    /// # Errors
    /// What is wrong with them, for a person.
    fn lines(&self) -> Result<Vec<String>, String>;
}

/// Every record that the store let go of stands in the archive as it was.
///
/// # Errors
/// What is not there.
pub fn all_kept(books: &Books, lines: &[String]) -> Result<(), String> {
    let mut kept: BTreeMap<(RecordKey, Version), Value> = BTreeMap::new();
    for line in lines {
        let line = Line::read(line).map_err(|error| format!("no line of an archive: {error}"))?;
        kept.extend(line.records.into_iter().map(|(key, kept)| ((key, kept.version), kept.state)));
    }
    for key in &books.forgotten {
        let held =
            books.records.get(key).ok_or_else(|| format!("{key} left the store and never was in it"))?;
        let state = kept
            .get(&(key.clone(), held.version))
            .ok_or_else(|| format!("{key} left the store at {} and no archive holds it", held.version))?;
        let record = Record::from_json(key, &state.to_string()).map_err(|error| format!("{key}: {error}"))?;
        if record != held.record {
            return Err(format!("{key} is in the archive otherwise than it was"));
        }
    }
    Ok(())
}
