//! Which files of a directory are the segments of one journal, and which are not.

use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::{
    JournalError, Sequence,
    disk::Disk,
    error::failed,
    format::{HEADER_BYTES, Header, HeaderRead},
    scan::{Piece, scan},
};

const SUFFIX: &str = ".segment";

/// The name of the segment that begins with this sequence: names sort as the sequences do.
pub(crate) fn name_of(base: Sequence) -> String {
    format!("{:020}{SUFFIX}", base.as_u64())
}

fn base_of(name: &str) -> Option<Sequence> {
    let base = Sequence::from_u64(name.strip_suffix(SUFFIX)?.parse().ok()?);
    (name_of(base) == name).then_some(base)
}

/// A file that looks like a segment and is none of this journal's. Opening sets it aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stranger {
    /// Its name.
    pub name: String,
    /// Why it is none.
    pub why: StrangerReason,
}

/// Why a file is no segment of a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StrangerReason {
    /// It is a segment of another node.
    OtherNode {
        /// Which one.
        node: String,
    },
    /// It begins with another sequence than its name says: a copy.
    Misnamed {
        /// The sequence it begins with.
        base: Sequence,
    },
    /// It has no header and no record that fits.
    Unreadable,
}

/// The segments of one journal, in order, and what else there is.
#[derive(Debug)]
pub(crate) struct Survey {
    pub(crate) segments: Vec<SegmentFile>,
    pub(crate) strangers: Vec<Stranger>,
    /// Segments whose making was not finished: no entry was ever written there.
    pub(crate) unfinished: Vec<PathBuf>,
    /// The id of the journal, if there is one.
    pub(crate) journal: Option<Uuid>,
}

#[derive(Clone, Debug)]
pub(crate) struct SegmentFile {
    pub(crate) path: PathBuf,
    pub(crate) name: String,
    pub(crate) base: Sequence,
    pub(crate) seed: u32,
    pub(crate) is_header_damaged: bool,
}

/// Looks at every header. Without a node's name, the journal is that of the first segment that can be read.
pub(crate) fn survey(disk: &dyn Disk, directory: &Path, node: Option<&str>) -> Result<Survey, JournalError> {
    let names = disk.list(directory).map_err(failed("list", directory))?;
    let mut headers = Vec::new();
    for name in names.into_iter().filter(|name| name.ends_with(SUFFIX)) {
        let path = directory.join(&name);
        let bytes = disk.read(&path, 0, HEADER_BYTES).map_err(failed("read", &path))?;
        let (header, is_damaged) = match Header::read(&bytes) {
            HeaderRead::Whole(header) => (Some(header), false),
            HeaderRead::OneCopy(header) => (Some(header), true),
            HeaderRead::Unreadable => (None, true),
            HeaderRead::Version(found) => return Err(JournalError::Version { path, found }),
        };
        headers.push((name, header, is_damaged));
    }
    let known = headers.iter().filter_map(|(_, header, _)| header.as_ref());
    let ours = ours(directory, known, node)?;
    let journal = ours.map(|header| header.journal);
    let ours = ours.cloned();
    let mut survey = Survey { segments: Vec::new(), strangers: Vec::new(), unfinished: Vec::new(), journal };
    for (name, header, is_damaged) in headers {
        survey.place(disk, directory.join(&name), name, header, is_damaged, ours.as_ref())?;
    }
    Ok(survey)
}

/// A header of the journal that is meant.
fn ours<'a>(
    directory: &Path,
    known: impl Iterator<Item = &'a Header> + Clone,
    node: Option<&str>,
) -> Result<Option<&'a Header>, JournalError> {
    let Some(first) = known.clone().next() else { return Ok(None) };
    let node = node.unwrap_or(&first.node);
    let mut of_node = known.filter(|header| header.node == node);
    let Some(ours) = of_node.next() else {
        let (directory, found) = (directory.to_owned(), first.node.clone());
        return Err(JournalError::OtherNode { directory, node: node.to_owned(), found });
    };
    if of_node.any(|header| header.journal != ours.journal) {
        return Err(JournalError::TwoJournals { directory: directory.to_owned(), node: node.to_owned() });
    }
    Ok(Some(ours))
}

impl Survey {
    fn place(
        &mut self,
        disk: &dyn Disk,
        path: PathBuf,
        name: String,
        header: Option<Header>,
        is_header_damaged: bool,
        ours: Option<&Header>,
    ) -> Result<(), JournalError> {
        let whole = if is_header_damaged {
            disk.read(&path, 0, usize::MAX).map_err(failed("read", &path))?
        } else {
            Vec::new()
        };
        if is_header_damaged && whole.iter().skip(HEADER_BYTES).all(|byte| *byte == 0) {
            // an entry is written only once the whole header is on the disk
            self.unfinished.push(path);
            return Ok(());
        }
        let Some(ours) = ours else { return Err(JournalError::Unreadable { path }) };
        let (seed, named) = (ours.seed(), base_of(&name));
        let why = match (header, named) {
            (Some(header), _) if header.node != ours.node => StrangerReason::OtherNode { node: header.node },
            (Some(Header { base, .. }), named) if named != Some(base) => StrangerReason::Misnamed { base },
            // a segment without a header is one if its records are of this journal
            (None, Some(base)) if !has_records(&whole, seed, base) => StrangerReason::Unreadable,
            (_, None) => StrangerReason::Unreadable,
            (_, Some(base)) => {
                self.segments.push(SegmentFile { path, name, base, seed, is_header_damaged });
                return Ok(());
            }
        };
        self.strangers.push(Stranger { name, why });
        Ok(())
    }
}

fn has_records(segment: &[u8], seed: u32, base: Sequence) -> bool {
    scan(segment, seed, base).any(|piece| matches!(piece, Piece::Record { .. }))
}
