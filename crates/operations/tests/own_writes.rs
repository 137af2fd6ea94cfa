//! Whoever asks again at once is not refused for what they changed themselves a moment ago.

use std::sync::Arc;

use centre::{Centre, CentreConfig, Clock, MemorySeenMark, RingLimits, SystemClock};
use domain::{
    CentreId,
    call::{CallOutcome, CallState},
    record::Record,
};
use identity::{Claims, Principal, Role};
use jiff::Timestamp;
use operations::{
    Ask, Asker, ControlRoom, MemoryNumbers, RequestId,
    calls::{EndCall, ReportAnswered, ReportRinging, end_call, report_answered, report_ringing},
};
use store::{Lineage, Memory, SharedStore};
use uuid::Uuid;

fn ask(request: &str) -> Ask {
    let claims = Claims {
        name: "a.ibraimova".to_owned(),
        role: Role::Operator,
        centre: CentreId::new("town").expect("a slug"),
        desk: None,
        station: None,
        unit: None,
    };
    let principal = Principal::new(claims, None, Timestamp::MAX).expect("a valid operator");
    Ask { asker: Asker::Principal(principal), request: RequestId::new(request).expect("a plain text") }
}

fn room(store: SharedStore) -> ControlRoom {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::starting_at(Timestamp::UNIX_EPOCH));
    let (centre, driver) = Centre::start(CentreConfig {
        store: Arc::clone(&store),
        clock: Arc::clone(&clock),
        seen: Arc::new(MemorySeenMark::default()),
        node: "one".to_owned(),
        new_lineage: Arc::new(|| Lineage::from_uuid(Uuid::from_u128(1))),
        ring: RingLimits::default(),
    });
    tokio::spawn(driver);
    let centre_id = CentreId::new("town").expect("a slug");
    let numbers = Arc::new(MemoryNumbers::default());
    ControlRoom { centre_id, store, centre, clock, numbers, node: "one".to_owned() }
}

#[tokio::test]
async fn a_step_right_after_a_step_is_decided_on_what_the_first_one_made() {
    let room = room(Arc::new(Memory::new(Lineage::from_uuid(Uuid::from_u128(1)))));
    room.centre.current().await;
    let ringing = ReportRinging {
        caller_number: "102".to_owned(),
        trunk: String::new(),
        source: String::new(),
        rang_at: None,
    };
    let rang = report_ringing(&room, &ask("ring"), &ringing).await.expect("a call may ring");
    let call = rang.answer.call;
    room.centre
        .reached(rang.receipt.cursor.number, std::time::Duration::from_secs(5))
        .await
        .expect("shown in time");
    let answered = ReportAnswered { call, expected: None, desk: "4".to_owned(), answered_at: None };
    report_answered(&room, &ask("answer"), &answered).await.expect("a ringing call may be answered");
    // on one thread nobody has followed the stream since: the board still shows the call ringing
    let before = room.centre.read(|picture| picture.board.calls()[&call].record.state.as_str());
    assert_eq!(before, "ringing");
    let end =
        EndCall { call, expected: None, outcome: CallOutcome::Advice, remark: String::new(), ended_at: None };
    let ended = end_call(&room, &ask("end"), &end).await.expect("an answered call may be ended");
    let record = &ended.records.values().next().expect("the call comes with the answer").record;
    assert!(matches!(record, Record::Call(call) if matches!(call.state, CallState::Ended { .. })));
}
