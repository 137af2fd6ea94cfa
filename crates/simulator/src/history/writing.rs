//! Writing histories: one thread for all files, which syncs in groups and counts what is on the disk.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{DirBuilder, File, OpenOptions},
    io::Write as _,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
};

use serde_json::json;
use tokio::sync::watch;

use super::{Entry, HistoryError, ShownFrame};

/// Lines written before the disk is asked: a group that waits for one sync is one sync for all.
const GROUP: usize = 512;

/// The histories of all clients of one run.
#[derive(Clone, Debug)]
pub struct Histories {
    lines: mpsc::Sender<Line>,
    sent: Arc<AtomicU64>,
    synced: watch::Receiver<u64>,
}

/// One client's own history.
#[derive(Clone, Debug)]
pub struct Client {
    name: Arc<str>,
    histories: Histories,
}

/// The record of one watcher's stream.
#[derive(Clone, Debug)]
pub struct Watcher {
    name: Arc<str>,
    histories: Histories,
}

/// Whose file a line goes to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Writer {
    /// A client's: each line is on the disk before it counts.
    Client(Arc<str>),
    /// A watcher's: written and not fsynced. It speaks against a centre that dies, not against the machine that it writes on,
    /// and an fsync for each frame of each watcher would slow down the centre whose disk it shares.
    Watcher(Arc<str>),
}

/// A line on its way to its file.
struct Line {
    writer: Writer,
    text: String,
}

impl Histories {
    /// Histories in a directory, which is made if there is none. Those already there are continued.
    ///
    /// # Errors
    /// The directory cannot be made.
    pub fn create(directory: &Path) -> Result<Self, HistoryError> {
        // what callers said is in them, so nobody else of the machine reads them
        let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
        made.map_err(failed("make", directory))?;
        let (lines, waiting) = mpsc::channel();
        let (count, synced) = watch::channel(0);
        let directory = directory.to_owned();
        thread::spawn(move || {
            if let Err(error) = write_all(&directory, &waiting, &count) {
                tracing::error!(%error, "a history could not be written; what clients know is no longer counted");
            }
        });
        Ok(Self { lines, sent: Arc::default(), synced })
    }

    /// The history of the client with this name.
    pub fn client(&self, name: &str) -> Client {
        Client { name: name.into(), histories: self.clone() }
    }

    /// The record of what the watcher with this name is shown.
    pub fn watcher(&self, name: &str) -> Watcher {
        Watcher { name: name.into(), histories: self.clone() }
    }

    /// How many lines are on the disk, or written where they are a watcher's: what the clients know.
    pub fn known(&self) -> u64 {
        *self.synced.borrow()
    }

    /// Waits until everything recorded so far is on the disk, and answers how many lines that is.
    ///
    /// # Errors
    /// [`HistoryError::Sealed`] if the disk failed.
    pub async fn settled(&self) -> Result<u64, HistoryError> {
        let sent = self.sent.load(Ordering::SeqCst);
        let mut synced = self.synced.clone();
        let known = synced.wait_for(|known| *known >= sent).await.map_err(|_| HistoryError::Sealed)?;
        Ok(*known)
    }

    fn write(&self, line: Line) {
        self.sent.fetch_add(1, Ordering::SeqCst);
        if self.lines.send(line).is_err() {
            tracing::debug!("a line of a history is lost: the disk failed before");
        }
    }
}

impl Client {
    /// The client's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Records one line. It counts as known once [`Histories::known`] says so.
    pub fn record(&self, entry: Entry) {
        let text = serde_json::to_string(&entry).expect("an entry of texts and numbers is JSON");
        self.histories.write(Line { writer: Writer::Client(Arc::clone(&self.name)), text });
    }
}

impl Watcher {
    /// Records one frame.
    pub fn record(&self, frame: &ShownFrame) {
        let text = serde_json::to_string(frame).expect("a frame of texts and numbers is JSON");
        self.histories.write(Line { writer: Writer::Watcher(Arc::clone(&self.name)), text });
    }
}

/// Writes lines until nobody sends any more.
fn write_all(
    directory: &Path,
    lines: &mpsc::Receiver<Line>,
    synced: &watch::Sender<u64>,
) -> Result<(), HistoryError> {
    let mut files: BTreeMap<Writer, (PathBuf, File)> = BTreeMap::new();
    while let Ok(first) = lines.recv() {
        let mut touched = BTreeSet::new();
        let mut written = 0;
        for line in std::iter::once(first).chain(lines.try_iter().take(GROUP - 1)) {
            if !files.contains_key(&line.writer) {
                files.insert(line.writer.clone(), open(directory, &line.writer)?);
            }
            let (path, file) = files.get_mut(&line.writer).expect("the file was opened above");
            writeln!(file, "{}", line.text).map_err(failed("write", path))?;
            touched.insert(line.writer);
            written += 1;
        }
        for writer in touched.iter().filter(|writer| matches!(writer, Writer::Client(_))) {
            let (path, file) = files.get(writer).expect("only open files were written");
            file.sync_data().map_err(failed("write to the disk", path))?;
        }
        synced.send_modify(|known| *known += written);
    }
    Ok(())
}

/// Opens a file at its end; a new one begins with whose it is.
fn open(directory: &Path, writer: &Writer) -> Result<(PathBuf, File), HistoryError> {
    let (name, kind, heading) = match writer {
        Writer::Client(name) => (name, "history", json!({ "client": name })),
        Writer::Watcher(name) => (name, "watch", json!({ "watcher": name })),
    };
    let path = directory.join(file_name(name, kind));
    let is_new = !path.exists();
    let opened = OpenOptions::new().append(true).create(true).open(&path);
    let mut file = opened.map_err(failed("open", &path))?;
    if is_new {
        writeln!(file, "{heading}").map_err(failed("write", &path))?;
    }
    Ok((path, file))
}

/// A file name for any name: what is not plain becomes a hyphen, and a hash keeps two apart.
fn file_name(name: &str, kind: &str) -> String {
    let plain: String = name
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' })
        .take(60)
        .collect();
    let hash = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, name.as_bytes()).simple().to_string();
    format!("{plain}-{}.{kind}.jsonl", &hash[..8])
}

pub(super) fn failed(step: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> HistoryError + use<> {
    let path = path.to_owned();
    move |source| HistoryError::File { step, path, source }
}
