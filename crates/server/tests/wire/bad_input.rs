//! What nobody should send: a clean answer that says what is wrong, nothing changed, nobody else disturbed.

use identity::Role;
use prost::Message as _;
use protocol::{
    dispatch::v1::{
        CancelIncidentRequest, ListIncidentsRequest, OpenIncidentRequest, SetAutomaticDispatchRequest,
        dispatch_service_client::DispatchServiceClient, incident_service_client::IncidentServiceClient,
    },
    intake::v1::{
        EndCallRequest, GetCallRequest, TakeCallRequest, get_call_request::Name,
        intake_service_client::IntakeServiceClient,
    },
    record::v1::{CallFlag, CallOutcome, Location, Position, Report},
};
use tonic::{Code, Status};

use crate::{
    flow::{burglary, take},
    node::{Node, assert_refused, fields, request_id},
    raw::{bearer, call},
};

const TAKE_CALL: &str = "/kezek.intake.v1.IntakeService/TakeCall";

/// How many calls and incidents there are: what was refused must not add any.
fn number(node: &Node) -> usize {
    node.running().room().centre.read(|picture| picture.board.calls().len() + picture.board.incidents().len())
}

async fn try_take(node: &Node, request: TakeCallRequest) -> Result<(), Status> {
    let mut intake = IntakeServiceClient::new(node.client(Role::Integration).await);
    intake.take_call(request).await.map(|_| ())
}

#[tokio::test]
async fn what_a_frightened_person_says_is_accepted_as_it_is_and_flagged() {
    let node = Node::start().await;
    let gateway = node.client(Role::Integration).await;
    let nothing =
        take(&gateway, TakeCallRequest { request_id: request_id(), ..TakeCallRequest::default() }).await;
    for flag in [CallFlag::NoLocation, CallFlag::NoType, CallFlag::NoNarrative] {
        assert!(nothing.flags.contains(&flag.into()), "{flag:?}");
    }
    let hostile = [
        "a\0b",
        "\u{202e}evil\u{202c}",
        "\u{1b}[31mred",
        "zero\u{200b}width",
        "EVAL \"return 1\" 0\r\n*1\r\n$8\r\nFLUSHALL\r\n",
        "{kezek}:open",
        &"汉字🚨e\u{301}".repeat(1_000),
    ];
    for narrative in hostile {
        let request = TakeCallRequest {
            request_id: request_id(),
            narrative: narrative.to_owned(),
            caller_number: "звонил сосед".to_owned(),
            language: "tlh".to_owned(),
            incident_type_id: "no-such-type".to_owned(),
            rang_at: Some(prost_types::Timestamp { seconds: 0, nanos: 0 }),
            answered_at: Some(prost_types::Timestamp { seconds: 4_102_444_800, nanos: 0 }),
            ..TakeCallRequest::default()
        };
        let taken = take(&gateway, request).await;
        for flag in [CallFlag::UnknownType, CallFlag::UnknownLanguage, CallFlag::BadTime] {
            assert!(taken.flags.contains(&flag.into()), "{flag:?} of {narrative:?}");
        }
        let by_id = GetCallRequest { name: Some(Name::CallId(taken.call_id)) };
        let mut intake = IntakeServiceClient::new(node.client(Role::Operator).await);
        let call = intake.get_call(by_id).await.unwrap().into_inner().call.unwrap();
        assert_eq!((call.narrative.as_str(), call.caller_number.as_str()), (narrative, "звонил сосед"));
    }
    for caller_number in ["", "0", "1".repeat(40).as_str()] {
        take(&gateway, TakeCallRequest { caller_number: caller_number.to_owned(), ..burglary() }).await;
    }
}

#[tokio::test]
async fn what_is_malformed_is_named_field_by_field_and_changes_nothing() {
    let node = Node::start().await;
    let before = number(&node);
    let with_id = |id: &str| TakeCallRequest { request_id: id.to_owned(), ..burglary() };
    let cases: Vec<(TakeCallRequest, &str)> = vec![
        (with_id(""), "request_id"),
        (with_id(&"a".repeat(65)), "request_id"),
        (with_id("../../x"), "request_id"),
        (with_id("{tag}"), "request_id"),
        (with_id("a\nb"), "request_id"),
        (TakeCallRequest { narrative: "a".repeat(40_961), ..burglary() }, "narrative"),
        (TakeCallRequest { caller_number: "1".repeat(1_025), ..burglary() }, "caller_number"),
    ];
    for (request, field) in cases {
        let status = assert_refused(try_take(&node, request).await, Code::InvalidArgument, "MALFORMED");
        assert_eq!(fields(&status), [field]);
    }
    let (source, language) = ("s".repeat(1_025), "l".repeat(1_025));
    let several = TakeCallRequest { request_id: String::new(), source, language, ..burglary() };
    let status = try_take(&node, several).await.unwrap_err();
    assert_eq!(fields(&status), ["request_id", "language", "source"], "all at once");
    let at = |latitude, longitude| OpenIncidentRequest {
        request_id: request_id(),
        priority: Some(9),
        location: Some(Location { position: Some(Position { latitude, longitude }), ..Location::default() }),
        report: Some(Report {
            occurred_at: Some(prost_types::Timestamp { seconds: 0, nanos: 2_000_000_000 }),
            ..Report::default()
        }),
        ..OpenIncidentRequest::default()
    };
    let mut incidents = IncidentServiceClient::new(node.client(Role::Operator).await);
    for (latitude, longitude, part) in [
        (91.0, 0.0, "latitude"),
        (f64::NAN, 0.0, "latitude"),
        (0.0, f64::INFINITY, "longitude"),
        (74.56, 242.87, "longitude"),
    ] {
        let refused = incidents.open_incident(at(latitude, longitude)).await;
        let status = assert_refused(refused, Code::InvalidArgument, "MALFORMED");
        let place = format!("location.position.{part}");
        assert_eq!(fields(&status), ["priority", &place, "report.occurred_at"]);
    }
    assert_eq!(number(&node), before);
}

#[tokio::test]
async fn an_unknown_word_is_refused_where_it_decides_something() {
    let node = Node::start().await;
    let operator = node.client(Role::Supervisor).await;
    let taken = take(&operator, burglary()).await;
    let mut intake = IntakeServiceClient::new(operator.clone());
    for outcome in [0, 999, -1] {
        let request = EndCallRequest {
            request_id: request_id(),
            call_id: taken.call_id.clone(),
            outcome,
            ..EndCallRequest::default()
        };
        let status = assert_refused(intake.end_call(request).await, Code::InvalidArgument, "MALFORMED");
        assert_eq!(fields(&status), ["outcome"]);
    }
    let mut dispatch = DispatchServiceClient::new(operator.clone());
    let request =
        SetAutomaticDispatchRequest { request_id: request_id(), automatic: 7, ..Default::default() };
    let status =
        assert_refused(dispatch.set_automatic_dispatch(request).await, Code::InvalidArgument, "MALFORMED");
    assert_eq!(fields(&status), ["automatic", "reason"]);
    let mut incidents = IncidentServiceClient::new(operator);
    let request = ListIncidentsRequest {
        states: vec![9],
        priorities: vec![6],
        page_size: 501,
        page_token: "x".to_owned(),
        ..ListIncidentsRequest::default()
    };
    let status = assert_refused(incidents.list_incidents(request).await, Code::InvalidArgument, "MALFORMED");
    assert_eq!(fields(&status), ["states[0]", "priorities[0]", "page_token", "page_size"]);
}

#[tokio::test]
async fn what_is_known_already_or_not_at_all_is_said_by_name() {
    let node = Node::start().await;
    let operator = node.client(Role::Operator).await;
    let request = burglary();
    let taken = take(&operator, request.clone()).await;
    let mut intake = IntakeServiceClient::new(operator.clone());
    let reused = TakeCallRequest { narrative: "something else".to_owned(), ..request };
    assert_refused(intake.take_call(reused).await, Code::AlreadyExists, "REQUEST_ID_REUSED");
    let nobody = "00000000-0000-4000-8000-000000000000";
    let end = |call_id: &str, expected_version| EndCallRequest {
        request_id: request_id(),
        call_id: call_id.to_owned(),
        expected_version,
        outcome: CallOutcome::Advice.into(),
        ..EndCallRequest::default()
    };
    assert_refused(intake.end_call(end(nobody, None)).await, Code::NotFound, "UNKNOWN_CALL");
    let stale = intake.end_call(end(&taken.call_id, Some(1))).await;
    assert_refused(stale, Code::FailedPrecondition, "VERSION_MOVED");
    intake.end_call(end(&taken.call_id, None)).await.unwrap();
    assert_refused(
        intake.end_call(end(&taken.call_id, None)).await,
        Code::FailedPrecondition,
        "ILLEGAL_STEP",
    );
    let mut incidents = IncidentServiceClient::new(operator);
    let cancel = CancelIncidentRequest {
        request_id: request_id(),
        incident_id: nobody.to_owned(),
        reason: "a test".to_owned(),
        ..CancelIncidentRequest::default()
    };
    assert_refused(incidents.cancel_incident(cancel).await, Code::NotFound, "UNKNOWN_INCIDENT");
    let by_number = GetCallRequest { name: Some(Name::SpokenNumber("999999".to_owned())) };
    assert_refused(intake.get_call(by_number).await, Code::NotFound, "UNKNOWN_NUMBER");
}

#[tokio::test]
async fn bytes_that_are_no_message_end_one_request_and_no_more() {
    let node = Node::start().await;
    let before = number(&node);
    let channel = node.channel().await;
    let token = node.token(Role::Operator);
    let huge = TakeCallRequest { narrative: "a".repeat(5 * 1024 * 1024), ..burglary() }.encode_to_vec();
    // groups of a field that nobody knows, one in another
    let nested = |depth| [vec![0x7b; depth], vec![0x7c; depth]].concat();
    let malformed = (Code::InvalidArgument, "MALFORMED");
    let cases: Vec<(Vec<u8>, (Code, &str))> = vec![
        (huge, (Code::ResourceExhausted, "MESSAGE_TOO_LARGE")),
        // field 1 as a varint where a text is wanted
        (vec![0x08, 0x01], malformed),
        // a text that is no UTF-8
        (vec![0x0a, 0x02, 0xff, 0xfe], malformed),
        // a varint of eleven bytes
        ([vec![0x30], vec![0xff; 10], vec![0x01]].concat(), malformed),
        // a length that lies
        (vec![0x0a, 0x7f, 0x61], malformed),
        (nested(101), malformed),
        // a group where a message is wanted
        (vec![0x23, 0x24], malformed),
    ];
    for (message, (code, expected)) in cases {
        assert_refused(call(&channel, TAKE_CALL, message, &[bearer(&token)]).await, code, expected);
    }
    let compressed = [bearer(&token), ("grpc-encoding", "gzip".to_owned())];
    let refused = call(&channel, TAKE_CALL, "", &compressed).await;
    assert_refused(refused, Code::Unimplemented, "ENCODING_NOT_TAKEN");
    for timeout in ["garbage", "99999999H"] {
        let headers = [bearer(&token), ("grpc-timeout", timeout.to_owned())];
        let path = "/kezek.dispatch.v1.DispatchService/GetDispatch";
        assert!(call(&channel, path, "", &headers).await.is_ok(), "{timeout}");
    }
    assert_eq!(number(&node), before);
    // an unknown field is no mistake: a newer client may send one
    let mut newer = burglary().encode_to_vec();
    newer.extend([0xfa, 0x3f, 0x01, 0x61]);
    newer.extend(nested(50));
    assert!(call(&channel, TAKE_CALL, newer, &[bearer(&token)]).await.is_ok());
}
