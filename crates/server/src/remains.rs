//! What a centre holds, opened beside it or after it has ended: for an audit, which asks no centre about itself.

use std::path::PathBuf;

use redis_store::{Archive, ArchiveError, Private};
use store::SharedStore;

use crate::{
    Configuration,
    start::{ServeError, open_store},
};

/// A centre's store and archive. A private Redis that did not run is started for it.
pub struct Remains {
    store: SharedStore,
    archive: PathBuf,
    private: Option<Private>,
}

impl Remains {
    /// Opens what the centre that this configuration names holds, whether it runs or not.
    ///
    /// # Errors
    /// [`ServeError::NoCentre`], [`ServeError::Private`] or [`ServeError::Store`].
    pub async fn open(configuration: &Configuration) -> Result<Self, ServeError> {
        let centre = configuration.centre.as_ref().ok_or(ServeError::NoCentre)?;
        let (store, private) = open_store(configuration, centre).await?;
        Ok(Self { store, archive: configuration.data_dir.join("archive"), private })
    }

    /// Redis itself.
    pub const fn store(&self) -> &SharedStore {
        &self.store
    }

    /// Every line of the archive, as it is now; none before anything was archived.
    ///
    /// # Errors
    /// A file of the archive cannot be read.
    pub fn archive(&self) -> Result<Vec<String>, ArchiveError> {
        let mut lines = Vec::new();
        if !self.archive.exists() {
            return Ok(lines);
        }
        for day in Archive::days(&self.archive)? {
            lines.extend(Archive::read(&self.archive, day)?.records);
        }
        Ok(lines)
    }

    /// Leaves the store; a private Redis that nobody else uses ends.
    ///
    /// # Errors
    /// [`ServeError::Private`] if it does not end.
    pub async fn close(self) -> Result<(), ServeError> {
        match self.private {
            Some(private) => private.stop().await.map(drop).map_err(ServeError::Private),
            None => Ok(()),
        }
    }
}
