//! A private server in a directory of its own that ends, with everything in it, when it is dropped: for tests,
//! benches and trying things out. Nothing in it outlives it.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use domain::CentreId;
use store::{Lineage, Retention, SharedStore, Store as _, StoreError};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::{Address, Private, PrivateError, PrivateOptions, RedisStore, Settings};

/// How often [`eventually`] looks.
const LOOK: Duration = Duration::from_millis(5);

/// How long [`eventually`] looks at most: far more than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A private server that ends with this value.
pub struct Scratch {
    root: PathBuf,
    options: PrivateOptions,
    private: Option<Private>,
}

/// The data of a [`Scratch`] at one moment.
pub struct DataCopy(PathBuf);

impl Scratch {
    /// Starts a server in a new directory.
    ///
    /// # Errors
    /// See [`PrivateError`].
    pub async fn start() -> Result<Self, PrivateError> {
        Self::start_with(PrivateOptions::default()).await
    }

    /// The same with options.
    ///
    /// # Errors
    /// See [`PrivateError`].
    pub async fn start_with(options: PrivateOptions) -> Result<Self, PrivateError> {
        let root = env::temp_dir().join(format!("kezek-{}", Uuid::new_v4().simple()));
        let mut scratch = Self { root, options, private: None };
        scratch.run().await?;
        Ok(scratch)
    }

    /// The server.
    ///
    /// # Panics
    /// Between a [`stop`](Self::stop) and a [`run`](Self::run).
    pub fn private(&self) -> &Private {
        self.private.as_ref().expect("the server runs: stop and run come in pairs")
    }

    /// Where it answers.
    ///
    /// # Panics
    /// Between a [`stop`](Self::stop) and a [`run`](Self::run).
    pub fn address(&self) -> Address {
        self.private().address().clone()
    }

    /// Where its data are.
    pub fn directory(&self) -> PathBuf {
        self.root.join("redis")
    }

    /// A new store of this centre, at the beginning of a new lineage.
    ///
    /// # Errors
    /// What [`RedisStore::connect`] gives.
    pub async fn store(&self, centre: &CentreId, retention: Retention) -> Result<SharedStore, StoreError> {
        Ok(Arc::new(self.redis_store(centre, retention).await?))
    }

    /// The same before it is shared, for who wants it to send otherwise.
    ///
    /// # Errors
    /// What [`RedisStore::connect`] gives.
    pub async fn redis_store(
        &self,
        centre: &CentreId,
        retention: Retention,
    ) -> Result<RedisStore, StoreError> {
        let store = RedisStore::connect(self.address(), centre, Settings::MustBeSafe, retention).await?;
        store.begin_lineage(Lineage::NONE, Lineage::from_uuid(Uuid::new_v4())).await?;
        Ok(store)
    }

    /// Starts the server, if it does not run.
    ///
    /// # Errors
    /// See [`PrivateError`].
    pub async fn run(&mut self) -> Result<(), PrivateError> {
        if self.private.is_none() {
            self.private = Some(Private::start(&self.directory(), self.options.clone()).await?);
        }
        Ok(())
    }

    /// Stops the server, as an administrator would.
    ///
    /// # Errors
    /// See [`PrivateError`].
    pub async fn stop(&mut self) -> Result<(), PrivateError> {
        if let Some(private) = self.private.take() {
            private.stop().await?;
        }
        Ok(())
    }

    /// Copies the data as they are on the disk now.
    ///
    /// # Errors
    /// A file cannot be copied.
    pub fn copy(&self) -> io::Result<DataCopy> {
        let to = self.root.join(format!("copy-{}", Uuid::new_v4().simple()));
        copy_files(&self.directory().join("appendonlydir"), &to)?;
        Ok(DataCopy(to))
    }

    /// Puts the data back to an older copy. The server must be stopped.
    ///
    /// # Errors
    /// A file cannot be copied.
    pub fn put_back(&self, copy: &DataCopy) -> io::Result<()> {
        let data = self.directory().join("appendonlydir");
        fs::remove_dir_all(&data)?;
        copy_files(&copy.0, &data)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Some(private) = self.private.take() {
            private.end();
        }
        if let Err(error) = fs::remove_dir_all(&self.root) {
            tracing::debug!(%error, "a scratch directory stays behind");
        }
    }
}

/// Asks again and again until there is an answer, for what happens in another process at a time of its own. `None`
/// if it does not happen within half a minute.
pub async fn eventually<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if let Some(answer) = ask().await {
            return Some(answer);
        }
        sleep(LOOK).await;
    }
    None
}

fn copy_files(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}
