//! Reading histories back, request by request.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, de::DeserializeOwned};

use super::{Answered, Entry, Event, HistoryError, SaidCall, ShownFrame, writing::failed};

/// Everything that the clients and the watchers of a centre know.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// What was asked and answered.
    pub clients: Vec<ClientHistory>,
    /// What was shown.
    pub watchers: Vec<WatcherHistory>,
}

/// Everything one watcher was shown, over all its connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatcherHistory {
    /// Who watched what.
    pub watcher: String,
    /// Its frames, in the order in which they came.
    pub frames: Vec<ShownFrame>,
}

/// Everything one client knows.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientHistory {
    /// The client's name: the principal that asked.
    pub client: String,
    /// Its requests, by their ids.
    pub requests: BTreeMap<String, RequestHistory>,
}

/// What became of one request, however often it was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestHistory {
    /// Which method.
    pub method: String,
    /// What a call said, where the request takes one.
    pub said: Option<SaidCall>,
    /// Every answer, in the order they came. Empty: it was sent and nothing more is known.
    pub outcomes: Vec<Outcome>,
}

/// One answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It was done.
    Ok(Answered),
    /// It was refused.
    Refused {
        /// The gRPC code.
        code: String,
        /// The centre's word for it.
        reason: String,
    },
    /// No answer came.
    Unknown,
}

impl RequestHistory {
    /// Every answer that said it was done.
    pub fn answers(&self) -> impl Iterator<Item = &Answered> {
        self.outcomes.iter().filter_map(|outcome| match outcome {
            Outcome::Ok(answer) => Some(answer),
            Outcome::Refused { .. } | Outcome::Unknown => None,
        })
    }

    /// True if it can not have been done: every time it was sent it was refused.
    pub fn is_refused(&self) -> bool {
        !self.outcomes.is_empty()
            && self.outcomes.iter().all(|outcome| matches!(outcome, Outcome::Refused { .. }))
    }
}

/// The first line of a client's file.
#[derive(Deserialize)]
struct ClientHeading {
    client: String,
}

/// The first line of a watcher's file.
#[derive(Deserialize)]
struct WatcherHeading {
    watcher: String,
}

/// Reads every history in a directory.
///
/// # Errors
/// A file cannot be read, or is damaged in the middle.
pub fn read_all(directory: &Path) -> Result<Known, HistoryError> {
    let entries = fs::read_dir(directory).map_err(failed("read", directory))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let mut known = Known::default();
    for path in &paths {
        let name = path.to_string_lossy();
        if name.ends_with(".history.jsonl") {
            known.clients.extend(read_client(path)?);
        } else if name.ends_with(".watch.jsonl") {
            known.watchers.extend(read_watcher(path)?);
        }
    }
    Ok(known)
}

/// Reads what one client knows; absent if not even its heading is whole.
fn read_client(path: &Path) -> Result<Option<ClientHistory>, HistoryError> {
    let Some((ClientHeading { client }, entries)) = read(path)? else { return Ok(None) };
    let mut requests = BTreeMap::new();
    for entry in entries {
        take(&mut requests, entry);
    }
    Ok(Some(ClientHistory { client, requests }))
}

/// Reads what one watcher was shown; absent if not even its heading is whole.
fn read_watcher(path: &Path) -> Result<Option<WatcherHistory>, HistoryError> {
    let read = read(path)?;
    Ok(read.map(|(WatcherHeading { watcher }, frames)| WatcherHistory { watcher, frames }))
}

/// Reads the whole lines of a file; nothing if not even the first is whole.
fn read<H: DeserializeOwned, L: DeserializeOwned>(path: &Path) -> Result<Option<(H, Vec<L>)>, HistoryError> {
    let text = fs::read_to_string(path).map_err(failed("read", path))?;
    // what follows the last line end was torn, and never counted as known
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let mut lines = whole.lines().enumerate();
    let Some((_, heading)) = lines.next() else { return Ok(None) };
    let damaged =
        |line: usize| move |source| HistoryError::Damaged { path: path.to_owned(), line: line + 1, source };
    let heading = serde_json::from_str(heading).map_err(damaged(0))?;
    let lines = lines.map(|(number, line)| serde_json::from_str(line).map_err(damaged(number)));
    Ok(Some((heading, lines.collect::<Result<_, _>>()?)))
}

/// Adds one line to what is known.
fn take(requests: &mut BTreeMap<String, RequestHistory>, entry: Entry) {
    let known = requests.entry(entry.request).or_insert_with(|| RequestHistory {
        method: entry.method,
        said: None,
        outcomes: Vec::new(),
    });
    match entry.event {
        Event::Invoked { call } => known.said = known.said.take().or(call),
        Event::Ok { answer } => known.outcomes.push(Outcome::Ok(answer)),
        Event::Refused { code, reason } => known.outcomes.push(Outcome::Refused { code, reason }),
        Event::Unknown { .. } => known.outcomes.push(Outcome::Unknown),
    }
}
