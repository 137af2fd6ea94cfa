//! What a store holds, and what each request does to it.

mod restoring;

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use domain::{OperationId, RecordKey, StationId, UnitId, Version};
use jiff::{SignedDuration, Timestamp};

use crate::{
    Change, ChangedRecord, Changes, Closed, Commit, Cursor, DeskHeard, Forgotten, Lease, Lineage, Outcome,
    Place, PositionReport, Presence, QueueScore, Read, Remembered, Retention, Versioned,
    commit::whole_milliseconds, limits,
};

use restoring::Restore;

/// Everything a store holds.
#[derive(Clone, Debug)]
pub(super) struct State {
    tip: Cursor,
    /// While there is one, the tip's lineage is none.
    restore: Option<Restore>,
    records: BTreeMap<RecordKey, Record>,
    operations: HashMap<OperationId, Remembered>,
    /// The remembered operations, oldest commit first.
    ages: VecDeque<(i64, OperationId)>,
    stream: VecDeque<Kept>,
    stream_bytes: u64,
    positions: BTreeMap<UnitId, PositionReport>,
    desks: BTreeMap<StationId, Timestamp>,
    lease: Option<(String, Timestamp)>,
}

#[derive(Clone, Debug)]
struct Record {
    version: Version,
    state: Arc<str>,
    place: Place,
}

/// A change in the stream, with what it is trimmed by.
#[derive(Clone, Debug)]
struct Kept {
    change: Change,
    at_ms: i64,
    bytes: u64,
}

impl State {
    pub(super) fn new(lineage: Lineage) -> Self {
        Self {
            tip: Cursor { lineage, number: Version::ABSENT },
            restore: None,
            records: BTreeMap::new(),
            operations: HashMap::new(),
            ages: VecDeque::new(),
            stream: VecDeque::new(),
            stream_bytes: 0,
            positions: BTreeMap::new(),
            desks: BTreeMap::new(),
            lease: None,
        }
    }

    pub(super) fn commit(&mut self, commit: Commit, retention: &Retention) -> Outcome {
        if let Some(known) = self.operations.get(&commit.operation) {
            let number = known.number;
            return if known.fingerprint == commit.fingerprint {
                Outcome::Repeated { number, answer: Arc::clone(&known.answer) }
            } else {
                Outcome::OtherContent { number }
            };
        }
        let is_other = |seen: Cursor| seen.lineage != self.tip.lineage || seen.number > self.tip.number;
        if self.tip.lineage == Lineage::NONE || commit.seen.is_some_and(is_other) {
            return Outcome::Behind { tip: self.tip };
        }
        let reads = commit.reads.iter().map(|read| (&read.key, read.version));
        let writes = commit.writes.iter().map(|write| (&write.key, write.version));
        for (key, expected) in reads.chain(writes) {
            let current = self.version(key);
            if current != expected {
                return Outcome::Conflict { key: key.clone(), current };
            }
        }
        let number = self.tip.number.next();
        let records = commit.writes.into_iter();
        let records =
            records.map(|write| ChangedRecord { key: write.key, state: write.state, place: write.place });
        let change = Change {
            number,
            operation: commit.operation,
            fingerprint: commit.fingerprint,
            answer: commit.answer,
            actor: commit.actor,
            cause: commit.cause,
            at: commit.at,
            records: records.collect(),
        };
        self.write(change, retention);
        Outcome::committed(number)
    }

    /// Writes one change, new or put back; nothing can stop it.
    fn write(&mut self, mut change: Change, retention: &Retention) {
        let number = change.number;
        let (at_ms, bytes) = (change.at.as_millisecond(), change.stream_bytes());
        for ChangedRecord { key, state, place } in &mut change.records {
            *place = place.in_milliseconds();
            let record = Record { version: number, state: Arc::clone(state), place: *place };
            self.records.insert(key.clone(), record);
        }
        let remembered =
            Remembered { number, fingerprint: change.fingerprint, answer: Arc::clone(&change.answer) };
        self.operations.insert(change.operation, remembered);
        self.ages.push_back((at_ms, change.operation));
        self.stream.push_back(Kept { change, at_ms, bytes });
        self.stream_bytes += bytes;
        self.tip.number = number;
        self.trim_stream(at_ms, retention);
        self.forget_operations(at_ms, retention);
    }

    fn trim_stream(&mut self, now_ms: i64, retention: &Retention) {
        let oldest_ms = now_ms.saturating_sub(milliseconds(retention.stream_keeps));
        let mut aged = 0;
        while self.stream.len() > 1 {
            let Some(oldest) = self.stream.front() else { return };
            if self.stream_bytes <= retention.stream_bytes {
                if oldest.at_ms >= oldest_ms || aged == limits::STREAM_AGED_PER_COMMIT_MAX {
                    return;
                }
                aged += 1;
            }
            self.stream_bytes -= oldest.bytes;
            self.stream.pop_front();
        }
    }

    fn forget_operations(&mut self, now_ms: i64, retention: &Retention) {
        let oldest_ms = now_ms.saturating_sub(milliseconds(retention.remembered_for));
        for _ in 0..limits::FORGOTTEN_PER_COMMIT_MAX {
            match self.ages.front() {
                Some((at_ms, operation)) if *at_ms < oldest_ms => {
                    self.operations.remove(operation);
                    self.ages.pop_front();
                }
                Some(_) | None => return,
            }
        }
    }

    fn version(&self, key: &RecordKey) -> Version {
        self.records.get(key).map_or(Version::ABSENT, |record| record.version)
    }

    pub(super) fn get(&self, key: &RecordKey) -> Option<Versioned> {
        let record = self.records.get(key)?;
        Some(Versioned { version: record.version, state: Arc::clone(&record.state) })
    }

    pub(super) fn remembered(&self, operation: OperationId) -> Option<Remembered> {
        self.operations.get(&operation).cloned()
    }

    pub(super) fn tip(&self) -> Cursor {
        self.tip
    }

    pub(super) fn open(&self) -> Vec<RecordKey> {
        let open = self.records.iter().filter(|(_, record)| record.place.open);
        let mut keys: Vec<_> = open.map(|(key, _)| key.clone()).collect();
        keys.sort_by_cached_key(RecordKey::to_string);
        keys
    }

    pub(super) fn queue(&self, skip: usize, limit: usize) -> Vec<(RecordKey, QueueScore)> {
        let queued = self.records.iter().filter_map(|(key, record)| Some((key.clone(), record.place.queue?)));
        let mut queue: Vec<_> = queued.collect();
        queue.sort_by_cached_key(|(key, score)| (*score, key.to_string()));
        queue.into_iter().skip(skip).take(limit).collect()
    }

    pub(super) fn closed_before(
        &self,
        before: Timestamp,
        after: Option<&Closed>,
        limit: usize,
    ) -> Vec<Closed> {
        let before_ms = before.as_millisecond();
        let mut closed = self.closed(|at| at.as_millisecond() < before_ms);
        closed.retain(|it| after.is_none_or(|after| it > after));
        closed.truncate(limit);
        closed
    }

    pub(super) fn latest_closed(&self, skipped: usize, limit: usize) -> Vec<RecordKey> {
        self.closed(|_| true).into_iter().rev().map(|it| it.key).skip(skipped).take(limit).collect()
    }

    /// What was closed at a time that is wanted, the longest closed first.
    fn closed(&self, is_wanted: impl Fn(Timestamp) -> bool) -> Vec<Closed> {
        let closed = self.records.iter().filter_map(|(key, record)| {
            let at = record.place.closed_at.map(whole_milliseconds).filter(|at| is_wanted(*at))?;
            Some(Closed { at, key: key.clone() })
        });
        let mut closed: Vec<_> = closed.collect();
        closed.sort_by_cached_key(|it| (it.at, it.key.to_string()));
        closed
    }

    pub(super) fn changes_after(&self, after: Cursor, limit: usize) -> Changes {
        // numbers without a lineage are those of a store that is being restored: nobody may go on from them
        let is_nowhere = self.tip.lineage == Lineage::NONE && self.tip != Cursor::NONE;
        if is_nowhere || after.lineage != self.tip.lineage || after.number > self.tip.number {
            return Changes::Behind { tip: self.tip };
        }
        if after.number == self.tip.number {
            return Changes::None;
        }
        let Some(first) = self.stream.front().map(|kept| kept.change.number) else {
            return Changes::Trimmed { first: self.tip.number.next() };
        };
        if after.number.next() < first {
            return Changes::Trimmed { first };
        }
        // numbers are dense, so the place of the next one is known
        let known = usize::try_from(after.number.next().0 - first.0).unwrap_or(usize::MAX);
        let next = self.stream.iter().skip(known).take(limit).map(|kept| kept.change.clone());
        let next: Vec<_> = next.collect();
        debug_assert!(next.first().is_none_or(|change| change.number == after.number.next()));
        Changes::Some(next)
    }

    pub(super) fn forget(&mut self, records: &[Read]) -> Forgotten {
        for Read { key, version } in records {
            let Some(record) = self.records.get(key) else { continue };
            if record.version != *version {
                return Forgotten::Conflict { key: key.clone(), current: record.version };
            }
            if record.place.open || record.place.queue.is_some() {
                return Forgotten::Open { key: key.clone() };
            }
        }
        for Read { key, .. } in records {
            self.records.remove(key);
        }
        Forgotten::All
    }

    pub(super) fn begin_lineage(&mut self, expected: Lineage, new: Lineage) -> Cursor {
        if self.tip.lineage == expected && self.restore.is_none() {
            self.tip.lineage = new;
        }
        self.tip
    }

    pub(super) fn positions(&mut self, batch: Vec<PositionReport>) -> Vec<PositionReport> {
        for report in batch {
            let known = self.positions.get(&report.unit);
            if known.is_none_or(|known| known.measured_at < report.measured_at) {
                self.positions.insert(report.unit.clone(), report);
            }
        }
        self.positions.values().cloned().collect()
    }

    pub(super) fn presence(&mut self, heard: Vec<StationId>, now: Timestamp) -> Presence {
        let at = whole_milliseconds(now);
        self.desks.extend(heard.into_iter().map(|station| (station, at)));
        let desks = self.desks.iter();
        let desks =
            desks.map(|(station, heard_at)| DeskHeard { station: station.clone(), heard_at: *heard_at });
        Presence { at, desks: desks.collect() }
    }

    pub(super) fn lease(&mut self, asker: &str, ttl: Duration, now: Timestamp) -> Lease {
        match &self.lease {
            Some((holder, until)) if holder != asker && *until > now => {
                let remaining = until.duration_since(now).unsigned_abs();
                Lease::HeldBy { holder: holder.clone(), remaining }
            }
            Some(_) | None => {
                let ttl = SignedDuration::from_millis(milliseconds(ttl).max(1));
                let until = now.saturating_add(ttl).expect("a duration without calendar units can be added");
                self.lease = Some((asker.to_owned(), until));
                Lease::Held
            }
        }
    }

    pub(super) fn release(&mut self, asker: &str) {
        if self.lease.as_ref().is_some_and(|(holder, _)| holder == asker) {
            self.lease = None;
        }
    }
}

/// A duration in whole milliseconds.
fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
