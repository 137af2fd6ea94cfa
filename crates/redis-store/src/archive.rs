//! The archive: closed incidents, one line of JSON each, in a file a day, on the disk before Redis may forget them.
//!
//! A line is `{"crc":"<CRC-32C of the record>","record":<record>}`, so any tool that reads lines of JSON reads it. A
//! line that was torn by a crash was never acknowledged and is cut off before the next one is written; a line damaged
//! in the middle is kept, and said. After an error of the disk nothing more is written: an fsync that is tried again
//! may succeed without the data.

mod crc;

use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use jiff::civil::Date;
use serde::de::IgnoredAny;

/// Longest record, in bytes: an incident of a whole day with thousands of notes.
pub const RECORD_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Most files kept open for writing: incidents closed today, and some found late.
const OPEN_FILES_MAX: usize = 4;

const BEFORE_CRC: &str = "{\"crc\":\"";
const BEFORE_RECORD: &str = "\",\"record\":";

/// Why the archive cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The disk failed. Nothing more is written until the archive is opened again.
    #[error("cannot {step} `{path}`")]
    File {
        /// What was tried.
        step: &'static str,
        /// With which file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// The disk failed before, so nothing more is written.
    #[error("the archive in `{directory}` failed before; nothing more is written until it is opened again")]
    Sealed {
        /// The directory.
        directory: PathBuf,
    },
    /// Another process writes here.
    #[error("another process writes the archive in `{directory}`")]
    InUse {
        /// The directory.
        directory: PathBuf,
    },
    /// Not one line of JSON, or too long.
    #[error("a record must be one line of JSON of at most {RECORD_BYTES_MAX} bytes")]
    Record,
}

/// An archive open for writing, by one process at a time.
pub struct Archive {
    directory: PathBuf,
    files: BTreeMap<Date, File>,
    is_sealed: bool,
    _lock: File,
}

/// What a day's file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// Its records, in the order they were written.
    pub records: Vec<String>,
    /// The lines, counted from 1, that are not what was written.
    pub damaged: Vec<usize>,
    /// Bytes at the end that were never acknowledged.
    pub torn_bytes: u64,
}

impl Archive {
    /// Opens the archive in a directory, which is made if there is none.
    ///
    /// # Errors
    /// The directory cannot be used, or another process writes there.
    pub fn open(directory: &Path) -> Result<Self, ArchiveError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
        made.map_err(failed("make", directory))?;
        let path = directory.join("archive.lock");
        let mut options = OpenOptions::new();
        let lock = options.read(true).write(true).create(true).truncate(false).mode(0o600).open(&path);
        let lock = lock.map_err(failed("open", &path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(ArchiveError::InUse { directory: directory.to_owned() });
            }
            Err(TryLockError::Error(source)) => return Err(failed("lock", &path)(source)),
        }
        Ok(Self { directory: directory.to_owned(), files: BTreeMap::new(), is_sealed: false, _lock: lock })
    }

    /// Adds a record to a day's file, and answers once it is on the disk. It blocks on the disk.
    ///
    /// # Errors
    /// [`ArchiveError::Record`] with nothing written; any other means that the record may not be there.
    pub fn append(&mut self, day: Date, record: &str) -> Result<(), ArchiveError> {
        if record.len() > RECORD_BYTES_MAX
            || record.contains('\n')
            || serde_json::from_str::<IgnoredAny>(record).is_err()
        {
            return Err(ArchiveError::Record);
        }
        if self.is_sealed {
            return Err(ArchiveError::Sealed { directory: self.directory.clone() });
        }
        let written = self.write(day, record);
        self.is_sealed = written.is_err();
        written
    }

    fn write(&mut self, day: Date, record: &str) -> Result<(), ArchiveError> {
        let path = path_of(&self.directory, day);
        if !self.files.contains_key(&day) {
            if self.files.len() == OPEN_FILES_MAX {
                self.files.pop_first();
            }
            self.files.insert(day, open_for_writing(&self.directory, &path)?);
        }
        let file = self.files.get_mut(&day).expect("the file was opened above");
        let crc = crc::crc32c(record.as_bytes());
        let line = format!("{BEFORE_CRC}{crc:08x}{BEFORE_RECORD}{record}}}\n");
        file.write_all(line.as_bytes()).map_err(failed("write", &path))?;
        file.sync_data().map_err(failed("write to the disk", &path))
    }

    /// What a day's file holds. It needs no open archive, so it may be read while another process writes.
    ///
    /// # Errors
    /// The file cannot be read; a day without a file holds nothing.
    pub fn read(directory: &Path, day: Date) -> Result<Day, ArchiveError> {
        let path = path_of(directory, day);
        match fs::read(&path) {
            Ok(bytes) => Ok(parse(&bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Day::default()),
            Err(source) => Err(failed("read", &path)(source)),
        }
    }

    /// The days that have a file, in order.
    ///
    /// # Errors
    /// The directory cannot be read.
    pub fn days(directory: &Path) -> Result<Vec<Date>, ArchiveError> {
        let entries = fs::read_dir(directory).map_err(failed("read", directory))?;
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut days: Vec<Date> =
            names.filter_map(|name| name.strip_suffix(".jsonl")?.parse().ok()).collect();
        days.sort_unstable();
        Ok(days)
    }
}

fn path_of(directory: &Path, day: Date) -> PathBuf {
    directory.join(format!("{day}.jsonl"))
}

fn failed(step: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ArchiveError + use<> {
    let path = path.to_owned();
    move |source| ArchiveError::File { step, path, source }
}

/// Opens a day's file at its end, cuts off what a crash tore, and makes sure that the file itself survives one.
fn open_for_writing(directory: &Path, path: &Path) -> Result<File, ArchiveError> {
    let file = OpenOptions::new().append(true).read(true).create(true).mode(0o600).open(path);
    let file = file.map_err(failed("open", path))?;
    let bytes = fs::read(path).map_err(failed("read", path))?;
    let torn_bytes = parse(&bytes).torn_bytes;
    if torn_bytes > 0 {
        let cut = failed("cut", path);
        let path = path.display();
        tracing::warn!(%path, torn_bytes, "the end of an archive file was torn by a crash and is cut off");
        file.set_len(bytes.len() as u64 - torn_bytes).map_err(cut)?;
    }
    file.sync_all().map_err(failed("write to the disk", path))?;
    let listing = File::open(directory).and_then(|directory| directory.sync_all());
    listing.map_err(failed("write to the disk", directory))?;
    Ok(file)
}

/// Reads a file. What follows the last whole line is torn, and so is a last line that does not match its checksum.
fn parse(bytes: &[u8]) -> Day {
    let mut day = Day::default();
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
    day.torn_bytes = (bytes.len() - whole) as u64;
    let mut lines = bytes[..whole].split_inclusive(|byte| *byte == b'\n').enumerate().peekable();
    while let Some((index, line)) = lines.next() {
        match record_in(line) {
            Some(record) => day.records.push(record.to_owned()),
            None if lines.peek().is_none() => day.torn_bytes += line.len() as u64,
            None => day.damaged.push(index + 1),
        }
    }
    day
}

/// The record in a line, if it is the one that was written.
fn record_in(line: &[u8]) -> Option<&str> {
    let line = str::from_utf8(line).ok()?;
    let (crc, record) = line.strip_prefix(BEFORE_CRC)?.split_once(BEFORE_RECORD)?;
    let record = record.strip_suffix("}\n")?;
    (u32::from_str_radix(crc, 16).ok()? == crc::crc32c(record.as_bytes())).then_some(record)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day() -> Date {
        Date::constant(2030, 5, 9)
    }

    fn archived(directory: &Path) -> PathBuf {
        let mut archive = Archive::open(directory).expect("an archive");
        for record in ["{\"id\":1}", "{\"id\":2,\"title\":\"пожар\"}", "{\"id\":3}"] {
            archive.append(day(), record).expect("written");
        }
        path_of(directory, day())
    }

    #[test]
    fn what_is_written_is_read_and_is_json() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = archived(directory.path());
        let found = Archive::read(directory.path(), day()).expect("read");
        assert_eq!(found.records, ["{\"id\":1}", "{\"id\":2,\"title\":\"пожар\"}", "{\"id\":3}"]);
        assert_eq!((found.damaged, found.torn_bytes), (Vec::new(), 0));
        for line in fs::read_to_string(path).expect("text").lines() {
            serde_json::from_str::<IgnoredAny>(line).expect("JSON");
        }
        assert_eq!(Archive::days(directory.path()).expect("read"), [day()]);
        assert_eq!(
            Archive::read(directory.path(), Date::constant(2031, 1, 1)).expect("read"),
            Day::default()
        );
    }

    #[test]
    fn wherever_the_end_is_torn_the_whole_lines_stay_and_the_next_line_is_whole() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = archived(directory.path());
        let whole = fs::read(&path).expect("bytes");
        let two_lines = whole.len() - "{\"crc\":\"00000000\",\"record\":{\"id\":3}}\n".len();
        for length in two_lines..whole.len() {
            fs::write(&path, &whole[..length]).expect("written");
            let torn = Archive::read(directory.path(), day()).expect("read");
            assert_eq!((torn.records.len(), torn.torn_bytes), (2, (length - two_lines) as u64));
            let mut archive = Archive::open(directory.path()).expect("an archive");
            archive.append(day(), "4").expect("written");
            let found = Archive::read(directory.path(), day()).expect("read");
            assert_eq!((found.records.len(), found.records[2].as_str(), found.torn_bytes), (3, "4", 0));
        }
    }

    #[test]
    fn a_flipped_bit_in_the_middle_costs_one_line_and_is_said() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = archived(directory.path());
        let mut bytes = fs::read(&path).expect("bytes");
        bytes[30] ^= 1;
        fs::write(&path, bytes).expect("written");
        let found = Archive::read(directory.path(), day()).expect("read");
        assert_eq!((found.records.len(), found.damaged, found.torn_bytes), (2, vec![1], 0));
    }

    #[test]
    fn only_one_process_writes_and_only_json_is_written() {
        let directory = tempfile::tempdir().expect("a directory");
        let mut archive = Archive::open(directory.path()).expect("an archive");
        assert!(matches!(Archive::open(directory.path()), Err(ArchiveError::InUse { .. })));
        for bad in ["", "{", "{}\n{}", "{}\n"] {
            assert!(matches!(archive.append(day(), bad), Err(ArchiveError::Record)), "{bad:?} was written");
        }
        archive.append(day(), "{}").expect("a refused record does no harm");
    }
}
