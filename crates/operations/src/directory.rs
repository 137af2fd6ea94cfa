//! Putting a directory in force. Nothing with open work is ever removed.

use domain::{
    RecordKey, RecordKind, Version,
    directory::{Directory, DirectoryVersion, InForce, InForceError},
    record::{DirectoryHead, DirectoryPart, Dropped, Record, THE_ONE},
    refusal::Refusal,
};
use serde::{Deserialize, Serialize};
use store::Fingerprint;

use crate::{
    Answer, Ask, ControlRoom, Done, OperationError,
    asker::limit,
    draft::{Draft, Halt},
};

/// Bytes of one part: with its envelope it fits one commit.
const PART_BYTES: usize = 40 * 1024;

/// Parts of one directory: ten megabytes of text, a country's centre with surveyed borders.
const PARTS_MAX: usize = 256;

/// Units and stations that one directory may drop against the one before; more are dropped in several steps.
const DROPPED_MAX: usize = 40;

/// How long the board may take to show the first of two steps.
const BOARD_WAIT: std::time::Duration = std::time::Duration::from_secs(5);

/// A directory that was put in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// Which one it is.
    pub version: DirectoryVersion,
}

impl Answer for Applied {
    fn records(&self) -> Vec<RecordKey> {
        vec![RecordKey::new(RecordKind::Directory, THE_ONE)]
    }
}

/// Why a directory could not be put in force.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// A district is no area.
    #[error(transparent)]
    District(#[from] InForceError),
    /// It is another centre's.
    #[error("this directory is of centre `{found}`, not of `{expected}`")]
    OtherCentre {
        /// This one.
        expected: domain::CentreId,
        /// That one.
        found: domain::CentreId,
    },
    /// The operation was refused or failed.
    #[error(transparent)]
    Operation(#[from] OperationError),
}

/// Puts a directory in force. Its parts are written first, then units and stations it drops are closed to new work,
/// then, if none of them has open work, it comes into force.
///
/// # Errors
/// [`ApplyError`]: a district that is no area, another centre's directory, too large, work open on what it drops, the
/// version the asker saw has moved, or the store.
pub async fn apply_directory(
    room: &ControlRoom,
    ask: &Ask,
    directory: &Directory,
    expected: Option<Version>,
) -> Result<Done<Applied>, ApplyError> {
    if directory.centre != room.centre_id {
        let (expected, found) = (room.centre_id.clone(), directory.centre.clone());
        return Err(ApplyError::OtherCentre { expected, found });
    }
    InForce::new(DirectoryVersion::default(), directory.clone())?;
    let content =
        serde_json::to_string(directory).expect("a directory has only text keys and finite numbers");
    let sha256 = Fingerprint::of(content.as_bytes()).to_string();
    let parts = split(&content);
    limit("parts of a directory", parts.len(), PARTS_MAX).map_err(OperationError::Refused)?;
    let before = room.centre.read(|picture| picture.board.directory().map(|head| head.version));
    for (number, text) in parts.iter().enumerate() {
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        write_part(room, &sha256, number, text, before.unwrap_or_default()).await?;
    }
    let dropped = close_dropped(room, ask, directory, &sha256).await?;
    let count = u32::try_from(parts.len()).unwrap_or(u32::MAX);
    let done = room
        .commit(ask, "apply_directory", &(&sha256, expected), |draft| {
            let head = draft.directory_head()?;
            draft.expect(RecordKind::Directory, THE_ONE, expected)?;
            let version = DirectoryVersion(head.as_ref().map_or(1, |head| head.version.0 + 1));
            let replaced = head.map(|head| head.replaced_by(&sha256, draft.now)).unwrap_or_default();
            // a part written for an earlier one may have left the store since: then they are written again
            for part in 0..count {
                if draft.find(Record::directory_part_key(&sha256, part))?.is_none() {
                    return Err(Halt::Ended(OperationError::Conflict { tries: 1 }));
                }
            }
            for what in &dropped {
                must_be_idle(draft, what)?;
            }
            draft.put(Record::Directory(DirectoryHead {
                version,
                parts: count,
                sha256: sha256.clone(),
                closing: Vec::new(),
                applied_by: draft.asker.name(),
                applied_at: draft.now,
                replaced,
            }));
            Ok(Applied { version })
        })
        .await;
    if done.is_err() && !dropped.is_empty() {
        open_again(room, ask).await;
    }
    Ok(done?)
}

/// Writes one part; one that is there already is the same, for its key is the hash of the whole.
///
/// `head` is the version of the directory record that it is written on: parts that left the store under an earlier one are
/// written again, though the store remembers that they were written.
async fn write_part(
    room: &ControlRoom,
    sha256: &str,
    part: u32,
    text: &str,
    head: Version,
) -> Result<(), OperationError> {
    let key = Record::directory_part_key(sha256, part);
    if !room.read(&[key]).await?.is_empty() {
        return Ok(());
    }
    let ask = Ask::by_dispatcher(format_args!("directory_part:{sha256}:{part}:{head}"));
    let version = DirectoryVersion::default();
    let written = DirectoryPart { version, sha256: sha256.to_owned(), part, text: text.to_owned() };
    room.commit(&ask, "write_directory_part", &(sha256, part), |draft| {
        draft.find(written_key(&written))?;
        draft.put(Record::DirectoryPart(written.clone()));
        Ok(Applied { version })
    })
    .await?;
    Ok(())
}

fn written_key(part: &DirectoryPart) -> RecordKey {
    Record::directory_part_key(&part.sha256, part.part)
}

/// Closes what the directory drops to new work, so that none can begin while it is looked at.
async fn close_dropped(
    room: &ControlRoom,
    ask: &Ask,
    next: &Directory,
    sha256: &str,
) -> Result<Vec<Dropped>, OperationError> {
    let dropped = room.centre.read(|picture| match &picture.directory {
        Some(now) => {
            let units = now.directory.units.keys().filter(|id| !next.units.contains_key(*id)).cloned();
            let stations =
                now.directory.stations.keys().filter(|id| !next.stations.contains_key(*id)).cloned();
            units.map(Dropped::Unit).chain(stations.map(Dropped::Station)).collect::<Vec<_>>()
        }
        None => Vec::new(),
    });
    limit("units and stations dropped at once", dropped.len(), DROPPED_MAX)?;
    if dropped.is_empty() {
        return Ok(dropped);
    }
    // closed for this request and opened again, they are closed anew when it is repeated
    let head = room.centre.read(|picture| picture.board.directory().map(|head| head.version));
    let step = ask.step(&format!("closing:{}", head.unwrap_or_default()));
    let done = room
        .commit(&step, "close_dropped", &(sha256, &dropped), |draft| {
            let Some(mut head) = draft.directory_head()? else {
                return Err(Halt::Ended(OperationError::NoDirectory));
            };
            head.closing.clone_from(&dropped);
            let version = head.version;
            draft.put(Record::Directory(head));
            Ok(Applied { version })
        })
        .await?;
    let reached = room.centre.reached(done.receipt.cursor.number, BOARD_WAIT).await;
    reached.map_err(|_| OperationError::Behind)?;
    Ok(dropped)
}

/// Refuses if a dropped unit is on a run, or a dropped station's desk owes something.
fn must_be_idle(draft: &mut Draft<'_>, dropped: &Dropped) -> Result<(), Halt> {
    let busy = match dropped {
        Dropped::Unit(id) => draft.unit(id)?.run().is_some(),
        Dropped::Station(id) => {
            let mut open = draft.picture.board.assignments().values();
            open.any(|assignment| &assignment.record.desk == id)
        }
    };
    if busy { Err(Refusal::OpenWork { what: dropped.to_string() }.into()) } else { Ok(()) }
}

/// Opens to new work again what was closed for a directory that did not come into force.
async fn open_again(room: &ControlRoom, ask: &Ask) {
    let head = room.centre.read(|picture| picture.board.directory().map(|head| head.version));
    let opened = room
        .commit(&ask.step(&format!("opening:{}", head.unwrap_or_default())), "open_again", &(), |draft| {
            let Some(mut head) = draft.directory_head()? else {
                return Err(Halt::Ended(OperationError::NoDirectory));
            };
            head.closing.clear();
            let version = head.version;
            draft.put(Record::Directory(head));
            Ok(Applied { version })
        })
        .await;
    if let Err(error) = opened {
        tracing::error!(
            code = error.code(),
            "units and stations stay closed to new work; apply the directory again"
        );
    }
}

/// Splits a text into parts at letters.
fn split(content: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = content;
    while !rest.is_empty() {
        let (part, after) = rest.split_at(rest.floor_char_boundary(PART_BYTES));
        parts.push(part);
        rest = after;
    }
    parts
}
