//! Bugs that are planted in a centre, each of which the audit must find.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::{OperationId, Version};
use futures::{FutureExt as _, stream::BoxStream};
use serde::{Deserialize, Serialize};
use store::{
    Change, Commit, Condition, Kept, Lineage, NodeJournal, Settlement, SharedJournal, Tail, Waiting,
};

/// What is wrong with a centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Bug {
    /// A call is acknowledged before it is fsynced.
    AcknowledgesBeforeFsync,
    /// The journal says that it keeps a call, and drops it.
    DropsAfterOk,
    /// A change is shown before it is fsynced.
    ShowsBeforeFsync,
}

impl Bug {
    /// The journal with this bug.
    pub(crate) fn in_journal(self, beneath: SharedJournal) -> SharedJournal {
        Arc::new(BuggyJournal { beneath, bug: self, told: Mutex::default() })
    }
}

struct BuggyJournal {
    beneath: SharedJournal,
    bug: Bug,
    /// Changes that it says it keeps, and has in memory alone.
    told: Mutex<Vec<(Lineage, Vec<Change>)>>,
}

impl NodeJournal for BuggyJournal {
    fn hold(&self, commit: Commit) -> Kept<'_, ()> {
        if self.bug == Bug::DropsAfterOk {
            return std::future::ready(Ok(())).boxed();
        }
        self.beneath.hold(commit)
    }

    fn follow(&self, lineage: Lineage, changes: Vec<Change>) -> Kept<'_, ()> {
        if self.bug == Bug::ShowsBeforeFsync {
            self.told.lock().expect("nothing panics while it holds the changes").push((lineage, changes));
            return std::future::ready(Ok(())).boxed();
        }
        self.beneath.follow(lineage, changes)
    }

    fn settle(&self, operation: OperationId, settlement: Settlement) -> Kept<'_, ()> {
        self.beneath.settle(operation, settlement)
    }

    fn held(&self, operation: OperationId) -> Kept<'_, Option<Commit>> {
        self.beneath.held(operation)
    }

    fn followed(&self, operation: OperationId) -> Kept<'_, Option<(Lineage, Change)>> {
        self.beneath.followed(operation)
    }

    fn unsettled(&self, after: u64, older_than: Duration) -> Kept<'_, Waiting> {
        self.beneath.unsettled(after, older_than)
    }

    fn tail(&self) -> Option<Tail> {
        self.beneath.tail()
    }

    fn changes_after(&self, number: Version) -> BoxStream<'static, Change> {
        self.beneath.changes_after(number)
    }

    fn condition(&self) -> Condition {
        self.beneath.condition()
    }
}
