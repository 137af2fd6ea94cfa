//! [`Store`] on Redis.

mod restoring;

use std::{sync::Arc, time::Duration};

use domain::{CentreId, OperationId, RecordKey, StationId};
use futures::FutureExt as _;
use jiff::Timestamp;
use redis::{Cmd, Value, cmd};
use store::{
    Answer, Change, Changes, Closed, Commit, Cursor, Ended, Ending, Forgotten, Lease, Lineage, Offer,
    Outcome, PositionReport, Presence, Progress, PutBack, QueueScore, Read, Refusal, Remembered, Restoring,
    Retention, Store, StoreError, Versioned, check_forget, check_holder, limits, within,
};

use crate::{
    Address, Settings, codec,
    commits::{Commits, Going},
    fault::Effect,
    keys::Keys,
    library,
    link::{Follower, Link},
    reply::{Reply, damaged, text_of},
};

/// The keys of `kezek_forget_v3` before those of records.
const FORGET_FIXED_KEYS: usize = 3;

/// The durable state of one centre, in Redis.
pub struct RedisStore {
    link: Arc<Link>,
    keys: Arc<Keys>,
    retention: Retention,
    commits: Arc<Commits>,
}

impl RedisStore {
    /// Connects to the Redis of a centre, refuses unsafe settings, and loads or verifies the functions. It begins no
    /// lineage: whoever knows what this node has seen before must judge the store first.
    ///
    /// # Errors
    /// Redis cannot be reached, may not be used, or has other functions under our name.
    pub async fn connect(
        address: Address,
        centre: &CentreId,
        settings: Settings,
        retention: Retention,
    ) -> Result<Self, StoreError> {
        let (link, keys) = (Arc::new(Link::connect(address, settings).await?), Arc::new(Keys::new(centre)));
        let commits = Commits::new(Arc::clone(&link), Arc::clone(&keys), retention, Going::default());
        Ok(Self { link, keys, retention, commits })
    }

    /// The same, but each commit waits until so many replicas have it on their disks, for
    /// [`REPLICATION`](crate::limits::REPLICATION) at most. What it is answered says how many have.
    #[must_use]
    pub fn waiting_for(self, replicas: u32) -> Self {
        let going = Going { replicas, ..self.commits.going() };
        self.send_so(going)
    }

    /// The same, but each commit is a call of its own, however many are under way: what it saves that many go together is
    /// measured against it.
    #[must_use]
    pub fn each_alone(self) -> Self {
        let going = Going { calls_max: usize::MAX, ..self.commits.going() };
        self.send_so(going)
    }

    fn send_so(self, going: Going) -> Self {
        let commits = Commits::new(Arc::clone(&self.link), Arc::clone(&self.keys), self.retention, going);
        Self { commits, ..self }
    }

    /// Calls a function, or sends a command whose answer is a list.
    async fn list(&self, command: Cmd, effect: Effect, from: &'static str) -> Result<Reply, StoreError> {
        Reply::new(self.link.ask(&command, effect).await?, from)
    }

    async fn read(&self, keys: &[RecordKey]) -> Result<Vec<Option<Versioned>>, StoreError> {
        let mut found = Vec::with_capacity(keys.len());
        for some in keys.chunks(limits::GET_KEYS_MAX) {
            let mut call = cmd("FCALL_RO");
            call.arg(library::GET).arg(some.len());
            for key in some {
                call.arg(self.keys.record(key));
            }
            let reply = self.list(call, Effect::Reads, library::GET).await?;
            let records = reply.all(|reply| match reply.text_or_nil()? {
                None => reply.next().map(|_| None),
                Some(version) => {
                    let version =
                        version.parse().map_err(|_| damaged(library::GET, "a version that is no number"))?;
                    Ok(Some(Versioned { version: domain::Version(version), state: reply.text()?.into() }))
                }
            })?;
            if records.len() != some.len() {
                return Err(damaged(library::GET, "not one answer for each record"));
            }
            found.extend(records);
        }
        Ok(found)
    }

    async fn look_up(&self, operation: OperationId) -> Result<Option<Remembered>, StoreError> {
        let mut command = cmd("HGET");
        command.arg(&self.keys.operations).arg(operation.to_string());
        let value = self.link.ask(&command, Effect::Reads).await?;
        if value == Value::Nil {
            return Ok(None);
        }
        let known = text_of(&value).and_then(|text| codec::remembered(&text));
        known.map(Some).ok_or_else(|| damaged(&self.keys.operations, format!("operation {operation}")))
    }

    async fn read_tip(&self) -> Result<Cursor, StoreError> {
        let mut command = cmd("HMGET");
        command.arg(&self.keys.head).arg("lineage").arg("number");
        codec::tip(&mut self.list(command, Effect::Reads, "head").await?)
    }

    async fn read_open(&self) -> Result<Vec<RecordKey>, StoreError> {
        let mut command = cmd("SMEMBERS");
        command.arg(&self.keys.open);
        let mut keys = self.list(command, Effect::Reads, "open").await?.all(Reply::key)?;
        keys.sort_by_cached_key(RecordKey::to_string);
        Ok(keys)
    }

    async fn read_queue(
        &self,
        skip: usize,
        limit: usize,
    ) -> Result<Vec<(RecordKey, QueueScore)>, StoreError> {
        let Some(further) = limit.min(limits::LIST_MAX).checked_sub(1) else { return Ok(Vec::new()) };
        // Redis counts in signed integers, and no queue is longer than those go
        let Ok(first) = i64::try_from(skip) else { return Ok(Vec::new()) };
        let last = first.saturating_add(i64::try_from(further).unwrap_or(i64::MAX));
        let mut command = cmd("ZRANGE");
        command.arg(&self.keys.queue).arg(first).arg(last).arg("WITHSCORES");
        let reply = self.list(command, Effect::Reads, "queue").await?;
        reply.all(|reply| {
            let mut pair = reply.list()?;
            let (key, text) = (pair.key()?, pair.text()?);
            let score =
                codec::score(&text).ok_or_else(|| damaged("queue", format!("`{text}` is no score")))?;
            Ok((key, score))
        })
    }

    async fn follow(&self, after: Cursor, limit: usize, wait: Duration) -> Result<Changes, StoreError> {
        let limit = limit.clamp(1, limits::CHANGES_MAX);
        let wait = wait.min(limits::CHANGES_WAIT_MAX);
        let mut follower = self.link.follower().await?;
        let mut found = None;
        if !wait.is_zero() {
            // entries of the lineage that follow on one another are what the function would give; anything else it explains
            let mut block = cmd("XREAD");
            block.arg("COUNT").arg(limit).arg("BLOCK").arg(wait.as_millis().max(1)).arg("STREAMS");
            block.arg(&self.keys.changes).arg(format!("{}-0", after.number));
            let read = follower.ask(&block, wait + crate::limits::BLOCKING_MARGIN).await?;
            found = codec::followed(read, after)?;
        }
        let found = match found {
            Some(changes) => Changes::Some(changes),
            None => self.ask_changes(&mut follower, after, limit).await?,
        };
        self.link.keep_follower(follower);
        Ok(found)
    }

    async fn ask_changes(
        &self,
        follower: &mut Follower,
        after: Cursor,
        limit: usize,
    ) -> Result<Changes, StoreError> {
        let mut call = cmd("FCALL_RO");
        call.arg(library::CHANGES).arg(3).arg(&self.keys.head).arg(&self.keys.changes).arg(&self.keys.trail);
        call.arg(after.lineage.to_string()).arg(after.number.0).arg(limit);
        let value = follower.ask(&call, crate::limits::RESPONSE).await?;
        let mut reply = Reply::new(value, library::CHANGES)?;
        let word = reply.text()?;
        match word.as_str() {
            "none" => Ok(Changes::None),
            "trimmed" => Ok(Changes::Trimmed { first: reply.version()? }),
            "behind" => Ok(Changes::Behind { tip: reply.cursor()? }),
            "some" => {
                let entries = reply.list()?.all(codec::entry)?;
                let mut next = after.number;
                for (_, change) in &entries {
                    next = next.next();
                    if change.number != next {
                        return Err(damaged(&self.keys.changes, format!("no change {next}")));
                    }
                }
                Ok(Changes::Some(entries.into_iter().map(|(_, change)| change).collect()))
            }
            other => reply.unexpected(other),
        }
    }

    async fn read_closed(
        &self,
        before: Timestamp,
        after: Option<Closed>,
        limit: usize,
    ) -> Result<Vec<Closed>, StoreError> {
        let limit = limit.min(limits::LIST_MAX);
        let from =
            after.as_ref().map_or_else(|| "-inf".to_owned(), |after| after.at.as_millisecond().to_string());
        let (mut found, mut passed) = (Vec::new(), 0);
        loop {
            let missing = limit - found.len();
            let mut command = cmd("ZRANGEBYSCORE");
            command.arg(&self.keys.closed).arg(&from).arg(format!("({}", before.as_millisecond()));
            command.arg("WITHSCORES").arg("LIMIT").arg(passed).arg(missing);
            let page = self.list(command, Effect::Reads, "closed").await?.all(codec::closed)?;
            let is_last = page.len() < missing;
            passed += page.len();
            // an index by time cannot begin in the midst of what was closed at once
            found.extend(page.into_iter().filter(|it| after.as_ref().is_none_or(|after| it > after)));
            if is_last || found.len() == limit {
                return Ok(found);
            }
        }
    }

    async fn read_latest_closed(&self, skipped: usize, limit: usize) -> Result<Vec<RecordKey>, StoreError> {
        let mut command = cmd("ZRANGE");
        command.arg(&self.keys.closed).arg("+inf").arg("-inf").arg("BYSCORE").arg("REV");
        command.arg("LIMIT").arg(i64::try_from(skipped).unwrap_or(i64::MAX)).arg(limit.min(limits::LIST_MAX));
        self.list(command, Effect::Reads, "closed").await?.all(Reply::key)
    }

    async fn send_forget(&self, records: Vec<Read>) -> Result<Forgotten, StoreError> {
        check_forget(&records)?;
        let mut call = cmd("FCALL");
        call.arg(library::FORGET).arg(FORGET_FIXED_KEYS + records.len());
        call.arg(&self.keys.open).arg(&self.keys.queue).arg(&self.keys.closed);
        for read in &records {
            call.arg(self.keys.record(&read.key));
        }
        for read in &records {
            call.arg(read.version.0).arg(read.key.to_string());
        }
        let mut reply = self.list(call, Effect::Writes, library::FORGET).await?;
        let word = reply.text()?;
        if word == "all" {
            return Ok(Forgotten::All);
        }
        let place: usize = reply.parsed("a place in KEYS")?;
        let record = place.checked_sub(FORGET_FIXED_KEYS + 1).and_then(|place| records.get(place));
        let key = record.map(|read| read.key.clone());
        let key = key.ok_or_else(|| damaged(library::FORGET, "an answer about no record"))?;
        match word.as_str() {
            "conflict" => Ok(Forgotten::Conflict { key, current: reply.version()? }),
            "open" => Ok(Forgotten::Open { key }),
            other => reply.unexpected(other),
        }
    }

    async fn send_lineage(&self, expected: Lineage, new: Lineage) -> Result<Cursor, StoreError> {
        if new == Lineage::NONE {
            return Err(Refusal::NoLineage.into());
        }
        let mut call = cmd("FCALL");
        let Keys { head, changes, trail, restoring, .. } = &*self.keys;
        call.arg(library::BEGIN_LINEAGE).arg(4).arg(head).arg(changes).arg(trail).arg(restoring);
        call.arg(expected.to_string()).arg(new.to_string());
        self.list(call, Effect::Writes, library::BEGIN_LINEAGE).await?.cursor()
    }

    async fn send_positions(&self, batch: Vec<PositionReport>) -> Result<Vec<PositionReport>, StoreError> {
        within("positions", batch.len(), limits::POSITIONS_MAX)?;
        let batch = batch.into_iter().map(PositionReport::checked).collect::<Result<Vec<_>, _>>()?;
        let mut call = cmd("FCALL");
        call.arg(library::POSITIONS).arg(1).arg(&self.keys.positions);
        for report in &batch {
            let text = codec::position_text(report);
            call.arg(report.unit.as_str()).arg(report.measured_at.as_millisecond()).arg(text);
        }
        let effect = if batch.is_empty() { Effect::Reads } else { Effect::Writes };
        let mut known = self.list(call, effect, library::POSITIONS).await?.all(|reply| {
            let text = reply.text()?;
            codec::position(&text).ok_or_else(|| damaged(&self.keys.positions, text))
        })?;
        known.sort_by(|one, other| one.unit.cmp(&other.unit));
        Ok(known)
    }

    async fn send_presence(&self, heard: Vec<StationId>) -> Result<Presence, StoreError> {
        within("desks", heard.len(), limits::DESKS_HEARD_MAX)?;
        let mut call = cmd("FCALL");
        call.arg(library::PRESENCE).arg(1).arg(&self.keys.presence);
        for station in &heard {
            call.arg(station.as_str());
        }
        let effect = if heard.is_empty() { Effect::Reads } else { Effect::Writes };
        let mut reply = self.list(call, effect, library::PRESENCE).await?;
        let at = codec::milliseconds(&reply.text()?);
        let at = at.ok_or_else(|| damaged(library::PRESENCE, "a time that is none"))?;
        let mut desks = reply.all(|reply| {
            let text = reply.text()?;
            codec::desk_heard(&text).ok_or_else(|| damaged(&self.keys.presence, text))
        })?;
        desks.sort_by(|one, other| one.station.cmp(&other.station));
        Ok(Presence { at, desks })
    }

    async fn send_lease(&self, holder: String, ttl: Duration) -> Result<Lease, StoreError> {
        check_holder(&holder)?;
        let ttl_ms = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).clamp(1, 1 << 40);
        let mut call = cmd("FCALL");
        call.arg(library::LEASE).arg(1).arg(&self.keys.lease).arg(holder).arg(ttl_ms);
        let mut reply = self.list(call, Effect::Writes, library::LEASE).await?;
        let word = reply.text()?;
        match word.as_str() {
            "held" => Ok(Lease::Held),
            "held_by" => {
                let holder = reply.text()?;
                let remaining_ms: i64 = reply.parsed("a time in ms")?;
                let remaining = Duration::from_millis(u64::try_from(remaining_ms).unwrap_or(0));
                Ok(Lease::HeldBy { holder, remaining })
            }
            other => reply.unexpected(other),
        }
    }

    async fn send_release(&self, holder: String) -> Result<(), StoreError> {
        check_holder(&holder)?;
        let mut call = cmd("FCALL");
        call.arg(library::RELEASE).arg(1).arg(&self.keys.lease).arg(holder);
        self.list(call, Effect::Writes, library::RELEASE).await.map(|_| ())
    }

    async fn read_time(&self) -> Result<Timestamp, StoreError> {
        let mut reply = self.list(cmd("TIME"), Effect::Reads, "TIME").await?;
        let (seconds, micros): (i64, i32) = (reply.parsed("seconds")?, reply.parsed("microseconds")?);
        let nanos = micros.saturating_mul(1_000);
        Timestamp::new(seconds, nanos).map_err(|error| damaged("TIME", error.to_string()))
    }
}

impl Store for RedisStore {
    fn commit(&self, commit: Commit) -> Answer<'_, Outcome> {
        self.commits.send(commit).boxed()
    }

    fn get<'a>(&'a self, keys: &'a [RecordKey]) -> Answer<'a, Vec<Option<Versioned>>> {
        self.read(keys).boxed()
    }

    fn remembered(&self, operation: OperationId) -> Answer<'_, Option<Remembered>> {
        self.look_up(operation).boxed()
    }

    fn tip(&self) -> Answer<'_, Cursor> {
        self.read_tip().boxed()
    }

    fn open(&self) -> Answer<'_, Vec<RecordKey>> {
        self.read_open().boxed()
    }

    fn queue(&self, skip: usize, limit: usize) -> Answer<'_, Vec<(RecordKey, QueueScore)>> {
        self.read_queue(skip, limit).boxed()
    }

    fn changes_after(&self, after: Cursor, limit: usize, wait: Duration) -> Answer<'_, Changes> {
        self.follow(after, limit, wait).boxed()
    }

    fn closed_before(
        &self,
        before: Timestamp,
        after: Option<Closed>,
        limit: usize,
    ) -> Answer<'_, Vec<Closed>> {
        self.read_closed(before, after, limit).boxed()
    }

    fn latest_closed(&self, skipped: usize, limit: usize) -> Answer<'_, Vec<RecordKey>> {
        self.read_latest_closed(skipped, limit).boxed()
    }

    fn forget(&self, records: Vec<Read>) -> Answer<'_, Forgotten> {
        self.send_forget(records).boxed()
    }

    fn begin_lineage(&self, expected: Lineage, new: Lineage) -> Answer<'_, Cursor> {
        self.send_lineage(expected, new).boxed()
    }

    fn offer(&self, offer: Offer) -> Answer<'_, Restoring> {
        self.send_offer(offer).boxed()
    }

    fn restoring(&self) -> Answer<'_, Option<Progress>> {
        self.read_restoring().boxed()
    }

    fn put_back(
        &self,
        lineage: Lineage,
        after: Option<OperationId>,
        changes: Vec<Change>,
    ) -> Answer<'_, PutBack> {
        self.send_put_back(lineage, after, changes).boxed()
    }

    fn end_restore(&self, lineage: Lineage, ending: Ending, grace: Duration) -> Answer<'_, Ended> {
        self.send_end_restore(lineage, ending, grace).boxed()
    }

    fn positions(&self, batch: Vec<PositionReport>) -> Answer<'_, Vec<PositionReport>> {
        self.send_positions(batch).boxed()
    }

    fn presence(&self, heard: Vec<StationId>) -> Answer<'_, Presence> {
        self.send_presence(heard).boxed()
    }

    fn lease(&self, holder: &str, ttl: Duration) -> Answer<'_, Lease> {
        self.send_lease(holder.to_owned(), ttl).boxed()
    }

    fn release(&self, holder: &str) -> Answer<'_, ()> {
        self.send_release(holder.to_owned()).boxed()
    }

    fn time(&self) -> Answer<'_, Timestamp> {
        self.read_time().boxed()
    }
}
