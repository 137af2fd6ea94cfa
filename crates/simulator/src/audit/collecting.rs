//! Collecting the evidence: every record that a history names, that the store lists, or that another record names.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use domain::{
    AssignmentId, CallId, IncidentId, RecordKey, RecordKind, Version,
    record::{Record, Versioned},
};
use jiff::Timestamp;
use store::{
    Change, Changes, Cursor, SharedStore,
    limits::{CHANGES_MAX, LIST_MAX},
};

use super::AuditError;
use crate::{
    archived::{Kept, Line},
    history::{ClientHistory, Known},
};

/// How often the store is read again because it moved meanwhile: a dispatcher may still raise an alarm.
const READINGS_MAX: usize = 20;

/// Everything there is.
pub(super) struct Evidence {
    /// Where the store stood.
    pub(super) tip: Cursor,
    /// Every record, by its key.
    pub(super) records: BTreeMap<RecordKey, Versioned<Record>>,
    /// Those that only the archive holds.
    pub(super) archived: BTreeSet<RecordKey>,
    /// What the store lists as open.
    pub(super) open: BTreeSet<RecordKey>,
    /// What the store lists as the queue.
    pub(super) queue: BTreeSet<RecordKey>,
    /// The changes that the store still keeps, in order.
    pub(super) changes: Vec<Change>,
}

impl Evidence {
    /// Collects it at one moment of the store.
    pub(super) async fn collect(
        store: &SharedStore,
        known: &Known,
        archive: &[String],
    ) -> Result<Self, AuditError> {
        let archive = read_archive(archive)?;
        let mut told = told(&known.clients);
        let frames = known.watchers.iter().flat_map(|watcher| &watcher.frames);
        told.extend(frames.flat_map(|frame| frame.records.keys()).filter_map(|key| key.parse().ok()));
        for _ in 0..READINGS_MAX {
            let before = store.tip().await.map_err(AuditError::Store)?;
            let evidence = Self::read(store, before, &told, &archive).await?;
            if store.tip().await.map_err(AuditError::Store)? == before {
                return Ok(evidence);
            }
        }
        Err(AuditError::Moving)
    }

    async fn read(
        store: &SharedStore,
        tip: Cursor,
        told: &BTreeSet<RecordKey>,
        archive: &BTreeMap<RecordKey, Versioned<Record>>,
    ) -> Result<Self, AuditError> {
        let open: BTreeSet<RecordKey> = store.open().await.map_err(AuditError::Store)?.into_iter().collect();
        let queue = whole_queue(store).await?;
        let closed = closed(store).await?;
        let mut records: BTreeMap<RecordKey, Versioned<Record>> = BTreeMap::new();
        let mut archived = BTreeSet::new();
        let mut asked = BTreeSet::new();
        let mut wanted: Vec<RecordKey> =
            told.iter().chain(&open).chain(&queue).chain(&closed).chain(archive.keys()).cloned().collect();
        while !wanted.is_empty() {
            wanted.retain(|key| asked.insert(key.clone()));
            let found = store.get(&wanted).await.map_err(AuditError::Store)?;
            let mut next = Vec::new();
            for (key, found) in wanted.into_iter().zip(found) {
                let record = match found {
                    Some(found) => Versioned {
                        version: found.version,
                        record: Record::from_json(&key, &found.state).map_err(AuditError::Record)?,
                    },
                    None => match archive.get(&key) {
                        Some(record) => {
                            archived.insert(key.clone());
                            record.clone()
                        }
                        None => continue,
                    },
                };
                next.extend(named(&record.record));
                records.insert(key, record);
            }
            wanted = next;
        }
        let changes = changes(store, tip).await?;
        Ok(Self { tip, records, archived, open, queue, changes })
    }

    /// The call, if it is anywhere.
    pub(super) fn call(&self, id: &str) -> Option<&domain::call::Call> {
        let id: CallId = id.parse().ok()?;
        self.records.get(&RecordKey::new(RecordKind::Call, id))?.record.as_call()
    }

    /// The incident, if it is anywhere.
    pub(super) fn incident(&self, id: IncidentId) -> Option<&domain::incident::Incident> {
        self.records.get(&RecordKey::new(RecordKind::Incident, id))?.record.as_incident()
    }

    /// The runs of an incident that are anywhere.
    pub(super) fn runs_of<'a>(
        &'a self,
        incident: &'a domain::incident::Incident,
    ) -> impl Iterator<Item = &'a domain::run::Run> {
        incident
            .runs
            .iter()
            .filter_map(|id| self.records.get(&RecordKey::new(RecordKind::Run, id))?.record.as_run())
    }

    /// The assignment, if it is anywhere.
    pub(super) fn assignment(&self, id: AssignmentId) -> Option<&domain::assignment::Assignment> {
        self.records.get(&RecordKey::new(RecordKind::Assignment, id))?.record.as_assignment()
    }
}

/// The queue, page by page. It is whole if the store stood still meanwhile, which whoever collects sees to.
async fn whole_queue(store: &SharedStore) -> Result<BTreeSet<RecordKey>, AuditError> {
    let mut queue = BTreeSet::new();
    for skip in (0..).step_by(LIST_MAX) {
        let page = store.queue(skip, LIST_MAX).await.map_err(AuditError::Store)?;
        let is_last = page.len() < LIST_MAX;
        queue.extend(page.into_iter().map(|(key, _)| key));
        if is_last {
            break;
        }
    }
    Ok(queue)
}

/// Every change that the store still keeps. They follow on if the store stood still meanwhile.
async fn changes(store: &SharedStore, tip: Cursor) -> Result<Vec<Change>, AuditError> {
    let mut changes: Vec<Change> = Vec::new();
    let mut after = Cursor { number: Version::ABSENT, ..tip };
    while after.number < tip.number {
        let more = store.changes_after(after, CHANGES_MAX, Duration::ZERO).await;
        match more.map_err(AuditError::Store)? {
            Changes::Some(more) => {
                after.number = more.last().map_or(tip.number, |last| last.number);
                changes.extend(more);
            }
            Changes::Trimmed { first } => {
                changes.clear();
                after.number = Version(first.0.saturating_sub(1));
            }
            Changes::None | Changes::Behind { .. } => break,
        }
    }
    Ok(changes)
}

/// Every record that an answer named.
fn told(histories: &[ClientHistory]) -> BTreeSet<RecordKey> {
    let mut keys = BTreeSet::new();
    for request in histories.iter().flat_map(|history| history.requests.values()) {
        for answer in request.answers() {
            keys.extend(answer.records.keys().filter_map(|key| key.parse().ok()));
            if let Some(taken) = &answer.taken {
                keys.insert(RecordKey::new(RecordKind::Call, &taken.call));
                if !taken.incident.is_empty() {
                    keys.insert(RecordKey::new(RecordKind::Incident, &taken.incident));
                }
            }
        }
        // what was asked and refused, or never answered, may be there all the same
    }
    for history in histories {
        for (request, known) in &history.requests {
            if known.method == "TakeCall" {
                keys.insert(RecordKey::new(RecordKind::Call, call_of(&history.client, request)));
            }
        }
    }
    keys
}

/// The call that a request to take one creates: it derives from who asks and the request id.
pub(super) fn call_of(client: &str, request: &str) -> CallId {
    CallId::derived(domain::OperationId::derived(client, request), "call")
}

/// The records that a record names.
fn named(record: &Record) -> Vec<RecordKey> {
    let incident = |id: &IncidentId| RecordKey::new(RecordKind::Incident, id);
    match record {
        Record::Call(call) => call.incident.iter().map(incident).collect(),
        Record::Incident(it) => {
            let calls = it.calls.iter().map(|id| RecordKey::new(RecordKind::Call, id));
            let assignments = it.assignments.iter().map(|id| RecordKey::new(RecordKind::Assignment, id));
            let runs = it.runs.iter().map(|id| RecordKey::new(RecordKind::Run, id));
            let notes = it.notes.iter().map(|id| RecordKey::new(RecordKind::Note, id));
            let kept = it.recommendation.iter().chain(&it.earlier_recommendations);
            let recommendations = kept.map(|id| RecordKey::new(RecordKind::Recommendation, id));
            let merged = it.merged_from.iter().map(incident);
            let into = match it.state() {
                domain::incident::IncidentState::Merged { into } => Some(incident(into)),
                domain::incident::IncidentState::Held { .. }
                | domain::incident::IncidentState::Open
                | domain::incident::IncidentState::Closed { .. }
                | domain::incident::IncidentState::Cancelled { .. } => None,
            };
            calls
                .chain(assignments)
                .chain(runs)
                .chain(notes)
                .chain(recommendations)
                .chain(merged)
                .chain(into)
                .collect()
        }
        Record::Assignment(it) => {
            let runs = it.runs.iter().map(|id| RecordKey::new(RecordKind::Run, id));
            runs.chain([incident(&it.incident)]).collect()
        }
        Record::Run(run) => vec![
            incident(&run.incident),
            RecordKey::new(RecordKind::Assignment, run.assignment),
            RecordKey::new(RecordKind::Unit, &run.unit),
        ],
        Record::Unit(unit) => {
            unit.run().map(|run| RecordKey::new(RecordKind::Run, run)).into_iter().collect()
        }
        Record::Note(note) => vec![incident(&note.incident)],
        Record::Alarm(alarm) => alarm.incident.iter().map(incident).collect(),
        Record::Recommendation(it) => vec![incident(&it.incident)],
        Record::Desk(_) | Record::Dispatch(_) | Record::Directory(_) | Record::DirectoryPart(_) => Vec::new(),
    }
}

/// Everything that the store lists as closed.
async fn closed(store: &SharedStore) -> Result<Vec<RecordKey>, AuditError> {
    let (mut keys, mut last) = (Vec::new(), None);
    loop {
        let page = store.closed_before(Timestamp::MAX, last, LIST_MAX).await.map_err(AuditError::Store)?;
        last = page.last().cloned();
        if last.is_none() {
            return Ok(keys);
        }
        keys.extend(page.into_iter().map(|closed| closed.key));
    }
}

/// Reads the archive's lines. A line that stands twice, after a crash, counts once.
fn read_archive(lines: &[String]) -> Result<BTreeMap<RecordKey, Versioned<Record>>, AuditError> {
    let mut records: BTreeMap<RecordKey, Versioned<Record>> = BTreeMap::new();
    for line in lines {
        let line = Line::read(line).map_err(AuditError::Archive)?;
        for (key, Kept { version, state }) in line.records {
            let record = Record::from_json(&key, &state.to_string()).map_err(AuditError::Record)?;
            let newer = records.get(&key).is_none_or(|known| known.version < version);
            if newer {
                records.insert(key, Versioned { version, record });
            }
        }
    }
    Ok(records)
}
