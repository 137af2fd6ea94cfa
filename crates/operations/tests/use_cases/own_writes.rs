//! Whoever asks again at once is not refused for what they changed themselves a moment ago.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use std::time::Duration;

use domain::{
    OperationId, RecordKey, RecordKind, Version,
    call::{CallOutcome, CallState},
    record::Record,
};
use jiff::Timestamp;
use operations::calls::{EndCall, ReportAnswered, end_call, report_answered, report_ringing};
use store::{Answer as StoreAnswer, Commit, Cursor, Fingerprint, Memory, Outcome, Place, Store, Write};

use crate::room::{ask, memory, rings, room_on, room_with};

#[tokio::test]
async fn a_step_right_after_a_step_is_decided_on_what_the_first_one_made() {
    let room = room_with(&[]).await;
    let rang = report_ringing(&room, &ask("ring"), &rings()).await.expect("a call may ring");
    let call = rang.answer.call;
    room.centre.reached(rang.receipt.cursor.number, Duration::from_secs(5)).await.expect("shown in time");
    let answered = ReportAnswered { call, expected: None, desk: "4".to_owned(), answered_at: None };
    report_answered(&room, &ask("answer"), &answered).await.expect("a ringing call may be answered");
    // on one thread nobody has followed the stream since: the board still shows the call ringing
    let before = room.centre.read(|picture| picture.board.calls()[&call].record.state().as_str());
    assert_eq!(before, "ringing");
    let end =
        EndCall { call, expected: None, outcome: CallOutcome::Advice, remark: String::new(), ended_at: None };
    let ended = end_call(&room, &ask("end"), &end).await.expect("an answered call may be ended");
    let record = &ended.records.values().next().expect("the call comes with the answer").record;
    assert!(matches!(record, Record::Call(call) if matches!(call.state(), CallState::Ended { .. })));
}

/// A store that others change each time it is asked where it is.
struct Busy {
    inner: Memory,
    others: AtomicU64,
}

impl Busy {
    /// Somebody else writes something of their own.
    async fn change(&self) {
        let number = self.others.fetch_add(1, Ordering::Relaxed);
        let operation = OperationId::derived("others", &number.to_string());
        let other = Write {
            key: RecordKey::new(RecordKind::Desk, format_args!("other-{number}")),
            version: Version::ABSENT,
            state: format!(r#"{{"station":"other-{number}"}}"#).into(),
            place: Place::NOWHERE,
        };
        let commit = Commit {
            operation,
            fingerprint: Fingerprint::of(b"other"),
            answer: "{}".into(),
            actor: "others".to_owned(),
            cause: "other".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            seen: None,
            reads: Vec::new(),
            writes: vec![other],
        };
        let outcome = self.inner.commit(commit).await.expect("memory takes it");
        assert!(matches!(outcome, Outcome::Committed { .. }), "{outcome:?}");
    }
}

impl Store for Busy {
    fn tip(&self) -> StoreAnswer<'_, Cursor> {
        Box::pin(async {
            if self.inner.tip().await? != Cursor::NONE {
                self.change().await;
            }
            self.inner.tip().await
        })
    }

    store::forward!(inner: commit get remembered open queue changes_after closed_before latest_closed forget);
    store::forward!(inner: begin_lineage offer restoring put_back end_restore positions presence lease release time);
}

#[tokio::test]
async fn a_refusal_stays_a_refusal_however_busy_others_are() {
    let room = room_on(Arc::new(Busy { inner: memory(), others: AtomicU64::new(0) })).await;
    let call = report_ringing(&room, &ask("ring"), &rings()).await.expect("a call may ring").answer.call;
    let end =
        EndCall { call, expected: None, outcome: CallOutcome::Advice, remark: String::new(), ended_at: None };
    let error = end_call(&room, &ask("end"), &end).await.expect_err("a ringing call cannot be ended");
    assert_eq!(error.code(), "ILLEGAL_STEP", "{error}");
}
