//! One round trip: a bare commit, one at a time.

use std::{collections::BTreeMap, sync::Arc};

use domain::{CentreId, OperationId, RecordKey, RecordKind, UnitId, Version, record::Record, unit::Unit};
use jiff::Timestamp;
use redis_store::scratch::Scratch;
use store::{Commit, Cursor, Fingerprint, Outcome, Place, Retention, SharedStore, Write};

use super::COMMIT;
use crate::{
    figures::{Figure, Verdict, count},
    load::bear,
    plan::{Load, Pace, Turn},
    side::{Asked, Fault, Target, Watched},
};

/// Records in one commit: an incident, an assignment, a run and a unit.
const RECORDS: u64 = 4;

/// Who is on board: so many bytes that the four together are as large as what is committed when somebody is sent.
const CREW_BYTES: usize = 500;

/// Measures round trips for as long as a load lasts.
///
/// # Errors
/// The Redis cannot be started or asked.
pub(super) async fn alone(turn: Turn, pace: &Pace, round: u32) -> Result<Figure, Fault> {
    let redis = Scratch::start().await.map_err(Fault::at("start a Redis"))?;
    let centre = CentreId::new("city").map_err(Fault::at("name the centre"))?;
    let store = redis.store(&centre, Retention::default()).await.map_err(Fault::at("open a store"))?;
    let seen = store.tip().await.map_err(Fault::at("read a store"))?;
    let watched = [Watched { name: "redis", pid: redis.private().process().pid }];
    let target = Arc::new(Committing { store, seen });
    let borne = bear(Arc::clone(&target) as _, Load::Closed { in_flight: 1 }, pace, &watched).await;
    let tip = target.store.tip().await.map_err(Fault::at("read a store"))?;
    let (acknowledged, kept) = (borne.names.len() as u64, tip.number.0 - seen.number.0);
    let work = borne.worked.first().copied().flatten().filter(|_| borne.acknowledged > 0);
    Ok(Figure {
        round,
        load: turn.load,
        side: COMMIT,
        per_second: count(borne.acknowledged) / borne.measured.as_secs_f64(),
        work_us: [("redis", work.map(|work| work.as_secs_f64() * 1e6 / count(borne.acknowledged)))].into(),
        verdict: Verdict {
            sent: borne.sent,
            acknowledged,
            kept: Some(kept),
            lost: acknowledged.saturating_sub(kept),
            double: kept.saturating_sub(borne.sent),
            unasked: 0,
            unanswered: borne.sent.saturating_sub(acknowledged + borne.failed()),
        },
        latency_us: borne.latency_us,
        lateness_us: borne.lateness_us,
        failures: borne.failures,
        own_changes: None,
        beside: BTreeMap::new(),
    })
}

struct Committing {
    store: SharedStore,
    seen: Cursor,
}

fn writes(number: u64) -> Result<Vec<Write>, Fault> {
    let record = |place: u64| {
        let id = UnitId::new(format!("u{}", number * RECORDS + place)).map_err(Fault::at("name a unit"))?;
        let mut unit = Unit::signed_off(id.clone(), Timestamp::now());
        unit.crew = vec!["x".repeat(CREW_BYTES)];
        let key = RecordKey::new(RecordKind::Unit, id);
        let state = Record::Unit(unit).to_json().into();
        Ok(Write { key, version: Version::ABSENT, state, place: Place::OPEN })
    };
    (0..RECORDS).map(record).collect()
}

impl Target for Committing {
    fn ask(&self, number: u64) -> Asked {
        let (store, seen) = (Arc::clone(&self.store), self.seen);
        Box::pin(async move {
            let commit = Commit {
                operation: OperationId::derived("bench", &number.to_string()),
                fingerprint: Fingerprint::from_bytes([1; 32]),
                answer: "{}".into(),
                actor: "dispatcher".to_owned(),
                cause: "send".to_owned(),
                at: Timestamp::now(),
                seen: Some(seen),
                reads: Vec::new(),
                writes: writes(number)?,
            };
            match store.commit(commit).await.map_err(Fault::at("commit"))? {
                Outcome::Committed { .. } => Ok(number.into()),
                other @ (Outcome::Repeated { .. }
                | Outcome::OtherContent { .. }
                | Outcome::Conflict { .. }
                | Outcome::Behind { .. }) => Err(Fault(format!("not committed: {other:?}"))),
            }
        })
    }
}
