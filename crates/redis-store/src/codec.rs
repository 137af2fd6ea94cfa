//! Texts in Redis and types in Rust.

use std::time::Duration;

use domain::{OperationId, RecordKey, StationId, UnitId, Version};
use jiff::Timestamp;
use redis::{Cmd, Value, cmd};
use store::{
    Change, ChangedRecord, Closed, Commit, Cursor, DeskHeard, Fingerprint, Lineage, Offer, Outcome, Place,
    PositionReport, Progress, QueueScore, Remembered, Retention, StoreError, limits,
};

use crate::{
    fault,
    keys::Keys,
    library,
    reply::{Reply, damaged},
};

/// The keys of a commit before those of records; `kezek.lua` counts on it.
const COMMIT_FIXED_KEYS: usize = 8;

/// The call of `kezek_commit_v3` for these steps.
pub(crate) fn commits(keys: &Keys, commits: &[Commit], retention: &Retention) -> Cmd {
    let records: usize = commits.iter().map(|commit| commit.reads.len() + commit.writes.len()).sum();
    let mut call = cmd("FCALL");
    call.arg(library::COMMIT).arg(COMMIT_FIXED_KEYS + records);
    for key in keys.fixed() {
        call.arg(key);
    }
    for key in commits.iter().flat_map(records_of) {
        call.arg(keys.record(key));
    }
    keeping_arguments(&mut call, retention);
    for commit in commits {
        let Commit { operation, fingerprint, answer, actor, cause, at, seen, reads, writes } = commit;
        let described =
            Described { operation, fingerprint, answer, actor, cause, at: *at, bytes: commit.stream_bytes() };
        described.arguments(&mut call, retention);
        call.arg(seen.map(|seen| seen.lineage.to_string()).unwrap_or_default())
            .arg(seen.map_or(0, |seen| seen.number.0))
            .arg(reads.len())
            .arg(writes.len());
        for read in reads {
            call.arg(read.version.0);
        }
        for write in writes {
            call.arg(write.version.0);
            record_arguments(&mut call, &write.key, write.place, &write.state);
        }
    }
    call
}

/// The records of a step, in the order in which it names them.
fn records_of(commit: &Commit) -> impl Iterator<Item = &RecordKey> {
    let reads = commit.reads.iter().map(|read| &read.key);
    reads.chain(commit.writes.iter().map(|write| &write.key))
}

/// The call of `kezek_put_back_v3`.
pub(crate) fn put_back(
    keys: &Keys,
    lineage: Lineage,
    after: Option<OperationId>,
    changes: &[Change],
    retention: &Retention,
) -> Cmd {
    let records = changes.iter().flat_map(|change| &change.records);
    let mut call = cmd("FCALL");
    call.arg(library::PUT_BACK).arg(COMMIT_FIXED_KEYS + 1 + records.clone().count());
    for key in keys.fixed() {
        call.arg(key);
    }
    call.arg(&keys.restoring);
    for record in records {
        call.arg(keys.record(&record.key));
    }
    call.arg(lineage.to_string()).arg(after.map(|after| after.to_string()).unwrap_or_default());
    call.arg(changes.first().map(|change| change.number.to_string()).unwrap_or_default());
    keeping_arguments(&mut call, retention);
    for change in changes {
        let Change { operation, fingerprint, answer, actor, cause, at, records, .. } = change;
        let described =
            Described { operation, fingerprint, answer, actor, cause, at: *at, bytes: change.stream_bytes() };
        described.arguments(&mut call, retention);
        call.arg(records.len());
        for record in records {
            record_arguments(&mut call, &record.key, record.place, &record.state);
        }
    }
    call
}

/// What commits and changes have in common: all but the records.
struct Described<'a> {
    operation: &'a OperationId,
    fingerprint: &'a Fingerprint,
    answer: &'a str,
    actor: &'a str,
    cause: &'a str,
    at: Timestamp,
    bytes: u64,
}

impl Described<'_> {
    fn arguments(&self, call: &mut Cmd, retention: &Retention) {
        let at_ms = self.at.as_millisecond();
        call.arg(self.operation.to_string())
            .arg(self.fingerprint.to_string())
            .arg(self.answer)
            .arg(self.actor)
            .arg(self.cause)
            .arg(self.at.to_string())
            .arg(at_ms)
            .arg(self.bytes)
            .arg(at_ms.saturating_sub(whole_milliseconds(retention.stream_keeps)))
            .arg(at_ms.saturating_sub(whole_milliseconds(retention.remembered_for)));
    }
}

fn keeping_arguments(call: &mut Cmd, retention: &Retention) {
    call.arg(retention.stream_bytes)
        .arg(limits::STREAM_AGED_PER_COMMIT_MAX)
        .arg(limits::FORGOTTEN_PER_COMMIT_MAX);
}

fn record_arguments(call: &mut Cmd, key: &RecordKey, place: Place, state: &str) {
    let Place { open, queue, closed_at } = place;
    let or_dash = |number: Option<String>| number.unwrap_or_else(|| "-".to_owned());
    call.arg(key.to_string())
        .arg(if open { "1" } else { "0" })
        .arg(or_dash(queue.map(|score| score.as_u64().to_string())))
        .arg(or_dash(closed_at.map(|at| at.as_millisecond().to_string())))
        .arg(state);
}

/// A duration as Redis takes it.
pub(crate) fn whole_milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// What the functions say of a restore, after their word.
pub(crate) fn progress(mut reply: Reply) -> Result<Progress, StoreError> {
    let lineage = reply.lineage()?;
    let (number, lost_up_to) = (reply.version()?, reply.version()?);
    let forked = reply.parsed::<u8>("yes or no")? == 1;
    let mut time = || {
        let text = reply.text()?;
        milliseconds(&text).ok_or_else(|| damaged("restoring", format!("`{text}` is no time")))
    };
    let (at, begun_at) = (time()?, time()?);
    let mut offers = reply.all(|reply| {
        let (node, first, last) = (reply.text()?, reply.version()?, reply.version()?);
        let operation = OperationId::from_uuid(reply.parsed("an operation")?);
        Ok(Offer { node, lineage, first, last, operation })
    })?;
    offers.sort_by(|one, other| one.node.cmp(&other.node));
    Ok(Progress { lineage, number, lost_up_to, forked, at, begun_at, offers })
}

/// What `kezek_commit_v3` said about this commit, which so many replicas have.
pub(crate) fn outcome(reply: &mut Reply, commit: &Commit, replicas: u32) -> Result<Outcome, StoreError> {
    let word = reply.text()?;
    match word.as_str() {
        "committed" => Ok(Outcome::Committed { number: reply.version()?, replicas }),
        "repeated" => Ok(Outcome::Repeated { number: reply.version()?, answer: reply.text()?.into() }),
        "other_content" => Ok(Outcome::OtherContent { number: reply.version()? }),
        "behind" => Ok(Outcome::Behind { tip: reply.cursor()? }),
        "conflict" => {
            let place: usize = reply.parsed("a place among the records")?;
            let key = place.checked_sub(1).and_then(|place| records_of(commit).nth(place));
            let key = key.cloned().ok_or_else(|| damaged(library::COMMIT, "a conflict about no record"))?;
            Ok(Outcome::Conflict { key, current: reply.version()? })
        }
        "failed" => Err(fault::said(&reply.text()?)),
        other => reply.unexpected(other),
    }
}

/// `<number> <fingerprint> <answer>`.
pub(crate) fn remembered(text: &str) -> Option<Remembered> {
    let mut parts = text.splitn(3, ' ');
    let number = Version(parts.next()?.parse().ok()?);
    let fingerprint = Fingerprint::from_hex(parts.next()?)?;
    Some(Remembered { number, fingerprint, answer: parts.next()?.into() })
}

/// What a blocking read of the stream gave, if those are the very changes that follow on `after`: entries of its lineage,
/// without a gap. Nothing if it gave none, or others.
pub(crate) fn followed(read: Value, after: Cursor) -> Result<Option<Vec<Change>>, StoreError> {
    let Some(entries) = streamed(read) else { return Ok(None) };
    let (mut changes, mut next) = (Vec::new(), after.number);
    for (lineage, change) in Reply::new(entries, "XREAD")?.all(entry)? {
        next = next.next();
        if lineage != after.lineage || change.number != next {
            return Ok(None);
        }
        changes.push(change);
    }
    Ok((!changes.is_empty()).then_some(changes))
}

/// The entries of the one stream that was read, as either version of the protocol gives them.
fn streamed(read: Value) -> Option<Value> {
    if let Value::Map(streams) = read {
        return streams.into_iter().next().map(|(_, entries)| entries);
    }
    let Value::Array(streams) = read else { return None };
    let Some(Value::Array(mut stream)) = streams.into_iter().next() else { return None };
    stream.pop()
}

/// One entry of the stream, its id and its fields: a change, and the lineage it belongs to.
pub(crate) fn entry(reply: &mut Reply) -> Result<(Lineage, Change), StoreError> {
    let mut entry = reply.list()?;
    let id = entry.text()?;
    let number = id.strip_suffix("-0").and_then(|number| number.parse().ok());
    let number = Version(number.ok_or_else(|| damaged(&id, "a change whose id is not a number"))?);
    let mut fields = entry.list()?;
    let lineage = named(&mut fields, "lineage", &id)?;
    let lineage = lineage.parse().map_err(|_| damaged(&id, format!("`{lineage}` is no lineage")))?;
    let operation = named(&mut fields, "operation", &id)?;
    let fingerprint = named(&mut fields, "fingerprint", &id)?;
    let answer = named(&mut fields, "answer", &id)?;
    let actor = named(&mut fields, "actor", &id)?;
    let cause = named(&mut fields, "cause", &id)?;
    let at = named(&mut fields, "at", &id)?;
    let records = fields.all(|fields| {
        let key = named(fields, "record", &id)?;
        let place_text = named(fields, "place", &id)?;
        Ok(ChangedRecord {
            key: key.parse::<RecordKey>().map_err(|error| damaged(&id, error.to_string()))?,
            place: place(&place_text).ok_or_else(|| damaged(&id, format!("`{place_text}` is no place")))?,
            state: named(fields, "state", &id)?.into(),
        })
    })?;
    let operation = operation.parse().map_err(|_| damaged(&id, "an operation that is no UUID"))?;
    let change = Change {
        number,
        operation: OperationId::from_uuid(operation),
        fingerprint: Fingerprint::from_hex(&fingerprint).ok_or_else(|| damaged(&id, "no fingerprint"))?,
        answer: answer.into(),
        actor,
        cause,
        at: at.parse().map_err(|_| damaged(&id, format!("`{at}` is no time")))?,
        records,
    };
    Ok((Lineage::from_uuid(lineage), change))
}

fn named(fields: &mut Reply, name: &str, id: &str) -> Result<String, StoreError> {
    let found = fields.text()?;
    if found == name {
        fields.text()
    } else {
        Err(damaged(id, format!("`{found}` where `{name}` should be")))
    }
}

/// `<1 or 0> <score or -> <closed ms or ->`.
fn place(text: &str) -> Option<Place> {
    let mut parts = text.split(' ');
    let open = match parts.next()? {
        "1" => true,
        "0" => false,
        _ => return None,
    };
    let queue = match parts.next()? {
        "-" => None,
        score => Some(QueueScore::from_u64(score.parse().ok()?)?),
    };
    let closed_at = match parts.next()? {
        "-" => None,
        ms => Some(Timestamp::from_millisecond(ms.parse().ok()?).ok()?),
    };
    parts.next().is_none().then_some(Place { open, queue, closed_at })
}

/// A closed record with the time by which it is listed.
pub(crate) fn closed(reply: &mut Reply) -> Result<Closed, StoreError> {
    let mut pair = reply.list()?;
    let (key, text) = (pair.key()?, pair.text()?);
    let at = scored_time(&text).ok_or_else(|| damaged("closed", format!("`{text}` is no time")))?;
    Ok(Closed { at, key })
}

/// A time as Redis says it in a score: every millisecond of the calendar is below 2^53.
fn scored_time(text: &str) -> Option<Timestamp> {
    let ms: f64 = text.parse().ok()?;
    let is_whole = ms.abs() < 9_007_199_254_740_992.0 && ms.fract() == 0.0;
    #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
    is_whole.then_some(ms as i64).and_then(|ms| Timestamp::from_millisecond(ms).ok())
}

/// A score as Redis says it: an integer, perhaps with a fraction of nothing.
pub(crate) fn score(text: &str) -> Option<QueueScore> {
    let score: f64 = text.parse().ok()?;
    let is_whole = (0.0..9_007_199_254_740_992.0).contains(&score) && score.fract() == 0.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and below 2^53")]
    is_whole.then_some(score as u64).and_then(QueueScore::from_u64)
}

/// A position as text that begins with the time of measuring; numbers read back exactly.
pub(crate) fn position_text(report: &PositionReport) -> String {
    let accuracy = report.accuracy_m.map_or_else(|| "-".to_owned(), |metres| metres.to_string());
    let (measured_ms, received_ms) =
        (report.measured_at.as_millisecond(), report.received_at.as_millisecond());
    format!("{measured_ms} {received_ms} {} {} {accuracy} {}", report.latitude, report.longitude, report.unit)
}

/// Reads what [`position_text`] writes.
pub(crate) fn position(text: &str) -> Option<PositionReport> {
    let mut parts = text.split(' ');
    let mut next = || parts.next();
    Some(PositionReport {
        measured_at: Timestamp::from_millisecond(next()?.parse().ok()?).ok()?,
        received_at: Timestamp::from_millisecond(next()?.parse().ok()?).ok()?,
        latitude: next()?.parse().ok()?,
        longitude: next()?.parse().ok()?,
        accuracy_m: match next()? {
            "-" => None,
            metres => Some(metres.parse().ok()?),
        },
        unit: UnitId::new(next()?).ok()?,
    })
}

/// Reads when a duty desk was last heard.
pub(crate) fn desk_heard(text: &str) -> Option<DeskHeard> {
    let (heard_ms, station) = text.split_once(' ')?;
    Some(DeskHeard { station: StationId::new(station).ok()?, heard_at: milliseconds(heard_ms)? })
}

/// Reads a time in milliseconds.
pub(crate) fn milliseconds(text: &str) -> Option<Timestamp> {
    Timestamp::from_millisecond(text.parse().ok()?).ok()
}

/// Lineage and number as the head keeps them; a store that holds nothing has neither.
pub(crate) fn tip(reply: &mut Reply) -> Result<Cursor, StoreError> {
    let (lineage, number) = (reply.text_or_nil()?, reply.text_or_nil()?);
    let (Some(lineage), Some(number)) = (lineage, number) else { return Ok(Cursor::NONE) };
    let lineage = lineage.parse().map_err(|_| damaged("head", format!("`{lineage}` is no lineage")))?;
    let number = number.parse().map_err(|_| damaged("head", format!("`{number}` is no number")))?;
    Ok(Cursor { lineage: Lineage::from_uuid(lineage), number: Version(number) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_position_reads_back_exactly(
            times in (0_i64..4_000_000_000_000, 0_i64..4_000_000_000_000),
            latitude in -90.0_f64..=90.0,
            longitude in -180.0_f64..=180.0,
            accuracy_m in proptest::option::of(0.0_f64..1e9),
        ) {
            let report = PositionReport {
                unit: UnitId::new("patrol-1").expect("a slug"),
                measured_at: Timestamp::from_millisecond(times.0).expect("a time"),
                received_at: Timestamp::from_millisecond(times.1).expect("a time"),
                latitude,
                longitude,
                accuracy_m,
            };
            prop_assert_eq!(position(&position_text(&report)), Some(report));
        }

        #[test]
        fn a_score_reads_back_exactly(priority: u8, since_ms in 0_i64..10_000_000_000_000) {
            let queue = QueueScore::new(priority, Timestamp::from_millisecond(since_ms).expect("a time"));
            #[expect(clippy::cast_precision_loss, reason = "it is below 2^53")]
            let redis = queue.as_u64() as f64;
            prop_assert_eq!(score(&redis.to_string()), Some(queue));
            prop_assert_eq!((queue.priority(), queue.since().as_millisecond()), (priority, since_ms));
        }
    }
}
