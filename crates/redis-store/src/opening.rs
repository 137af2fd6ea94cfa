//! Opening a centre's store at the start of a node: beginning a new one, or noticing that it is not the one we left.

use std::{
    fs::{self, DirBuilder, File},
    io::{self, Write as _},
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use domain::{CentreId, Version};
use store::{Cursor, Lineage, Retention, Store as _, StoreError};
use uuid::Uuid;

use crate::{Address, RedisStore, Settings};

/// What a node last knew of each centre's store, on the node's own disk: the witness that a store has been put back
/// to an older copy, or emptied, while nobody was looking.
#[derive(Clone, Debug)]
pub struct Marks {
    directory: PathBuf,
}

/// A store, and what was found when it was opened.
pub struct Opened {
    /// The store.
    pub store: RedisStore,
    /// Whether it is the one we left.
    pub found: Found,
}

/// Whether a store is the one we left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// It held nothing and nobody expected it to: it begins here.
    New(Cursor),
    /// It goes on.
    Known(Cursor),
    /// It is behind what this node knew, or of another lineage. Nothing may be committed before somebody has been told
    /// and a new lineage has been begun.
    Behind {
        /// What this node knew.
        marked: Cursor,
        /// Where the store is.
        tip: Cursor,
    },
}

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The store does not answer as it must.
    #[error("the store of `{centre}` cannot be opened")]
    Store {
        /// Whose.
        centre: CentreId,
        /// What went wrong.
        #[source]
        source: StoreError,
    },
    /// The mark cannot be read or written.
    #[error("what this node knew of `{centre}` cannot be read or written")]
    Mark {
        /// Whose.
        centre: CentreId,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
}

impl Marks {
    /// The marks in this directory, which is made if there is none.
    ///
    /// # Errors
    /// The directory cannot be made.
    pub fn open(directory: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        Ok(Self { directory: directory.to_owned() })
    }

    fn path(&self, centre: &CentreId) -> PathBuf {
        self.directory.join(format!("{centre}.mark"))
    }

    /// What was last known of a centre's store.
    ///
    /// # Errors
    /// The file cannot be read, or is no mark.
    pub fn read(&self, centre: &CentreId) -> io::Result<Option<Cursor>> {
        let text = match fs::read_to_string(self.path(centre)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let parsed = text.trim_end().split_once(' ').and_then(|(lineage, number)| {
            let lineage = Lineage::from_uuid(Uuid::try_parse(lineage).ok()?);
            Some(Cursor { lineage, number: Version(number.parse().ok()?) })
        });
        parsed.map(Some).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the file is no mark"))
    }

    /// Writes down how far the store is known, whole or not at all. Once a second is often enough: it catches any copy
    /// older than that.
    ///
    /// # Errors
    /// The disk fails.
    pub fn note(&self, centre: &CentreId, known: Cursor) -> io::Result<()> {
        let path = self.path(centre);
        let written = path.with_extension("written");
        let mut file = File::create(&written)?;
        writeln!(file, "{} {}", known.lineage, known.number)?;
        file.sync_all()?;
        fs::rename(&written, &path)?;
        File::open(&self.directory)?.sync_all()
    }
}

/// Opens the store of a centre. A store that holds nothing, and of which nothing was known, is begun; one that is not
/// the one this node left is returned as it is, for the caller to say so.
///
/// # Errors
/// See [`OpenError`].
pub async fn open(
    address: Address,
    centre: &CentreId,
    settings: Settings,
    retention: Retention,
    marks: &Marks,
) -> Result<Opened, OpenError> {
    let in_store = |source| OpenError::Store { centre: centre.clone(), source };
    let in_mark = |source| OpenError::Mark { centre: centre.clone(), source };
    let store = RedisStore::connect(address, centre, settings, retention).await.map_err(in_store)?;
    let tip = store.tip().await.map_err(in_store)?;
    let found = match marks.read(centre).map_err(in_mark)? {
        Some(marked) if marked.lineage != tip.lineage || marked.number > tip.number => {
            Found::Behind { marked, tip }
        }
        Some(_) => Found::Known(tip),
        None if tip == Cursor::NONE => {
            let new = Lineage::from_uuid(Uuid::new_v4());
            Found::New(store.begin_lineage(Lineage::NONE, new).await.map_err(in_store)?)
        }
        None => Found::Known(tip),
    };
    if let Found::New(known) | Found::Known(known) = found {
        marks.note(centre, known).map_err(in_mark)?;
    }
    Ok(Opened { store, found })
}
