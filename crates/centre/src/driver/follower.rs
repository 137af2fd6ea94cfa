//! Follows the store's changes, and starts anew when they do not follow on what is known.

use std::{sync::Arc, time::Duration};

use domain::{causes::with_causes, record::Record};
use store::{Changes, Cursor, StoreError, limits::CHANGES_MAX};
use tokio::time::Instant;

use super::readable::{self, Decoded};
use crate::{
    directory,
    due::grace_from,
    handle::{CentreConfig, Shared},
    limits,
    live::DirectoryAfter,
    status::{Status, StoreBehind},
};

/// Follows one store.
pub(super) struct Follower {
    pub(super) shared: Arc<Shared>,
    pub(super) config: CentreConfig,
    /// Why the picture must be loaded; absent while it can be followed.
    pub(super) load: Option<&'static str>,
    /// The store was found behind, and nobody was told yet.
    pub(super) behind: Option<StoreBehind>,
    /// When the journal last failed to keep what was followed; absent while it has all of it.
    pub(super) journal_failed_at: Option<Instant>,
}

/// Why a step of following was not made.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The store did not answer, or not so that it can be understood: try again later.
    Away(Arc<str>),
    /// What the store has does not follow on what is known: load it anew.
    Reload(&'static str),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Away(with_causes(&error).into())
    }
}

impl Follower {
    pub(super) fn new(shared: Arc<Shared>, config: CentreConfig) -> Self {
        metrics::gauge!("kezek_store_up").set(0);
        Self { shared, config, load: Some("start"), behind: None, journal_failed_at: None }
    }

    pub(super) async fn follow_for_ever(mut self) {
        let mut pause = limits::RETRY_MIN;
        loop {
            let step = match self.load {
                Some(cause) => self.load(cause).await,
                None => self.follow().await,
            };
            match step {
                Ok(()) => pause = limits::RETRY_MIN,
                Err(trouble) => {
                    match trouble {
                        Trouble::Away(why) => self.go_away(why),
                        Trouble::Reload(cause) => {
                            tracing::warn!(node = self.config.node, cause, "the picture is loaded anew");
                            self.load = Some(cause);
                            self.go_away("the picture is loaded anew".into());
                        }
                    }
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(limits::RETRY_MAX);
                }
            }
        }
    }

    /// Takes in what follows; waits for it for a while if the picture is current.
    async fn follow(&mut self) -> Result<(), Trouble> {
        let (cursor, was_current) = {
            let picture = &self.shared.live().picture;
            (picture.cursor, picture.status.is_current())
        };
        let wait = if was_current { limits::FOLLOW_WAIT } else { Duration::ZERO };
        let changes = match self.config.store.changes_after(cursor, CHANGES_MAX, wait).await? {
            Changes::Some(changes) => changes,
            Changes::None => Vec::new(),
            Changes::Trimmed { .. } => return Err(Trouble::Reload("reload")),
            Changes::Behind { .. } => return Err(Trouble::Reload("lineage")),
        };
        // a full answer may have more behind it
        let is_all = changes.len() < CHANGES_MAX;
        let answered_at = Instant::now();
        if !was_current && !self.is_as_it_was(cursor).await? {
            return Err(Trouble::Reload("lineage"));
        }
        self.keep_up(cursor, &changes).await?;
        self.apply_all(cursor, changes).await?;
        if is_all {
            if was_current {
                self.shared.live_mut().picture.current_at = Some(answered_at);
            } else {
                self.become_current().await?;
            }
        }
        Ok(())
    }

    /// Applies changes that were followed, and tells of those that were: once for all of them, unless the store must be asked
    /// between.
    async fn apply_all(&self, at: Cursor, changes: Vec<store::Change>) -> Result<(), Trouble> {
        let applying = async {
            for change in changes {
                self.apply(at, change).await?;
            }
            Ok(())
        };
        let applied = applying.await;
        self.tell_applied(at);
        applied
    }

    /// Writes the mark of what was seen, and wakes whoever waits for it.
    fn tell_applied(&self, at: Cursor) {
        let number = self.shared.live().picture.cursor.number;
        if number > at.number {
            self.config.seen.record(Cursor { number, ..at });
            self.shared.applied.send_replace(number);
        }
    }

    async fn apply(&self, at: Cursor, change: store::Change) -> Result<(), Trouble> {
        let Decoded { change, sizes, damaged } = readable::decode(change);
        if damaged.iter().any(|(key, _)| self.shared.live().knows(key)) {
            // what is shown of it is not true any more, and nobody knows what is
            return Err(Trouble::Reload("damaged"));
        }
        let head = change.records.iter().find_map(Record::as_directory);
        let directory = match head {
            Some(head) => {
                // what is shown already is told of before the store is asked, however long that takes
                self.tell_applied(at);
                DirectoryAfter::New(directory::load(&*self.config.store, head).await?)
            }
            None => DirectoryAfter::Same,
        };
        let unknown = self.shared.live().unknown_incidents(&change);
        if !unknown.is_empty() {
            self.tell_applied(at);
        }
        let ended = self.incidents(unknown).await?;
        let known = {
            let mut live = self.shared.live_mut();
            live.apply(change, &sizes, directory, ended).map_err(|_| Trouble::Reload("reload"))?;
            live.picture.damaged.extend(damaged);
            live.picture.damaged.len()
        };
        readable::count(known);
        Ok(())
    }

    /// Says that the picture is the store's, after an outage or a load.
    pub(super) async fn become_current(&self) -> Result<(), Trouble> {
        self.config.clock.tie(self.config.store.time().await?);
        let now = self.config.clock.now();
        {
            let mut live = self.shared.live_mut();
            live.picture.status = Status::Current;
            live.picture.current_at = Some(Instant::now());
            live.grace_until = grace_from(now);
        }
        metrics::gauge!("kezek_store_up").set(1);
        tracing::info!(node = self.config.node, "the picture is the store's");
        self.shared.stir();
        Ok(())
    }

    fn go_away(&self, why: Arc<str>) {
        let now = self.config.clock.now();
        {
            let mut live = self.shared.live_mut();
            match &mut live.picture.status {
                status @ Status::Current => *status = Status::Away { since: now, why: Arc::clone(&why) },
                Status::Away { why: last, .. } => *last = Arc::clone(&why),
                Status::Starting | Status::Behind { .. } => {}
            }
        }
        metrics::gauge!("kezek_store_up").set(0);
        tracing::warn!(node = self.config.node, %why, "the store cannot be followed");
        self.shared.stir();
    }
}
