//! The journal of this node: opened at start, told of in metrics, and made smaller when nothing in it is needed.

use std::{path::Path, sync::Arc, time::Duration};

use centre::Centre;
use journal::{
    Journal, JournalError, Medium, Opened, Options, Quarantined, SegmentSummary, State, Stranger,
    disk::SharedDisk,
};
use metrics::{describe_counter, describe_gauge, gauge};
use store::Cursor;
use tokio::time::Instant;

use crate::{
    configuration::{Configuration, JournalSetting},
    limits::JOURNAL_RETIRE_EVERY,
};

/// How long whoever had the data directory before may take to let go of the journal, having let go of the directory.
const LEFT_WITHIN: Duration = Duration::from_secs(5);

/// How often it is looked whether they have.
const LEFT_LOOKED_EVERY: Duration = Duration::from_millis(20);

/// How often the metrics of the journal are taken.
const MEASURE_EVERY: Duration = Duration::from_secs(1);

/// Opens the journal in the data directory on this disk, off this task because it reads all of it; none if it is switched off.
///
/// # Errors
/// [`JournalError`].
pub(crate) async fn open(
    configuration: &Configuration,
    node: &str,
    disk: SharedDisk,
) -> Result<Option<Opened>, JournalError> {
    let medium = match configuration.journal {
        JournalSetting::Off => return Ok(None),
        JournalSetting::Disk => Medium::Disk,
        JournalSetting::Anywhere => Medium::MayBeInMemory,
    };
    let directory = configuration.data_dir.join("journal");
    let kept_longer = Duration::from_secs(configuration.archive_after_s.into());
    let options = Options::new(&directory, node);
    // what is over stays in the store until the archive has it, and as long it can be given back to it
    let options = Options { medium, keep: options.keep + kept_longer, ..options };
    let until = Instant::now() + LEFT_WITHIN;
    loop {
        let (options, disk) = (options.clone(), Arc::clone(&disk));
        let opened = tokio::task::spawn_blocking(move || Journal::open_on(disk, options)).await;
        match opened.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic())) {
            Err(JournalError::InUse { .. }) if Instant::now() < until => {
                tokio::time::sleep(LEFT_LOOKED_EVERY).await;
            }
            opened => {
                let opened = opened?;
                tell(&directory, &opened);
                return Ok(Some(opened));
            }
        }
    }
}

/// Logs what was found.
fn tell(directory: &Path, opened: &Opened) {
    let status = opened.journal.status();
    let directory = directory.display();
    tracing::info!(%directory, bytes = status.bytes, unsettled = status.unsettled, "the journal is open");
    for torn in &opened.torn {
        tracing::warn!(
            segment = torn.segment,
            bytes = torn.bytes,
            "a crash tore the end of the journal; nobody was answered for it"
        );
    }
    for damaged in &opened.damage {
        let damage = &damaged.damage;
        tracing::error!(segment = damage.segment, entries = damage.entries, what = ?damage.what, "the journal is damaged");
    }
    for stranger in &opened.strangers {
        tracing::error!(name = stranger.name, why = ?stranger.why, "a file of the journal does not belong and is set aside");
    }
}

/// What can no longer be read, each in a few words that are the same at every start.
pub(crate) fn damages(damage: &[Quarantined], strangers: &[Stranger]) -> Vec<String> {
    let damaged = damage.iter().map(|Quarantined { damage, .. }| {
        let journal::Damage { segment, at, entries, .. } = damage;
        format!("{segment} at byte {at}, {entries} entries")
    });
    damaged.chain(strangers.iter().map(|stranger| format!("{} does not belong", stranger.name))).collect()
}

/// Shows how the journal is.
pub(crate) async fn measure(journal: Arc<Journal>) {
    describe();
    loop {
        let status = journal.status();
        let (sealed, full) = match status.state {
            State::Open => (0, 0),
            State::Full => (0, 1),
            State::Sealed { .. } => (1, 0),
        };
        gauge!("kezek_journal_sealed").set(sealed);
        gauge!("kezek_journal_full").set(full);
        gauge!("kezek_journal_bytes").set(status.bytes as f64);
        gauge!("kezek_journal_free_bytes").set(status.free_bytes as f64);
        gauge!("kezek_held_calls").set(u32::try_from(status.unsettled).unwrap_or(u32::MAX));
        tokio::time::sleep(MEASURE_EVERY).await;
    }
}

fn describe() {
    describe_gauge!("kezek_journal_sealed", "1 once the disk of the journal failed, else 0");
    describe_gauge!("kezek_journal_full", "1 while the disk of the journal is nearly full, else 0");
    describe_gauge!("kezek_journal_bytes", metrics::Unit::Bytes, "what the journal takes on its disk");
    describe_gauge!(
        "kezek_journal_free_bytes",
        metrics::Unit::Bytes,
        "what is free on the disk of the journal"
    );
    describe_gauge!("kezek_held_calls", "calls that the journal holds and the store may not have yet");
    describe_counter!(
        "kezek_held_calls_total",
        "held calls given to the store, by outcome: committed, refused"
    );
    describe_counter!(
        "kezek_acknowledged_total",
        "calls acknowledged, by durability: replicated, stored, journaled"
    );
}

/// Removes from time to time what is old, settled, and of nothing that is still going on.
pub(crate) async fn retire(journal: Arc<Journal>, centre: Centre) {
    loop {
        tokio::time::sleep(JOURNAL_RETIRE_EVERY).await;
        let Some(going_on) = oldest_going_on(&centre) else { continue };
        let journal = Arc::clone(&journal);
        let retired =
            tokio::task::spawn_blocking(move || journal.retire(|segment| is_of_the_past(segment, going_on)));
        match retired.await {
            Ok(Ok(gone)) if gone.is_empty() => {}
            Ok(Ok(gone)) => tracing::info!(segments = gone.len(), "old segments of the journal are removed"),
            Ok(Err(error)) => {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "old segments of the journal stay");
            }
            Err(error) => tracing::error!(%error, "old segments of the journal stay"),
        }
    }
}

/// The change that last wrote whichever record of something going on has not changed for longest; absent while nobody
/// knows.
fn oldest_going_on(centre: &Centre) -> Option<Cursor> {
    centre.read(|picture| {
        let board = &picture.board;
        let incidents = board.incidents().values().map(|held| held.version);
        let calls = board.calls().values().map(|held| held.version);
        let assignments = board.assignments().values().map(|held| held.version);
        let runs = board.runs().values().map(|held| held.version);
        let alarms = board.alarms().values().map(|held| held.version);
        let oldest = incidents.chain(calls).chain(assignments).chain(runs).chain(alarms).min();
        let number = oldest.unwrap_or(picture.cursor.number);
        picture.status.is_current().then_some(Cursor { number, ..picture.cursor })
    })
}

/// True if every change of a segment was before all that is going on; one of another history was before all of this one.
fn is_of_the_past(segment: &SegmentSummary, going_on: Cursor) -> bool {
    segment.last_change.is_none_or(|last| last.lineage != going_on.lineage || last.number < going_on.number)
}
