//! What the contract itself must hold, checked on the descriptor that clients get by reflection.

use std::collections::BTreeSet;

use prost_reflect::{Kind, MessageDescriptor, MethodDescriptor};
use protocol::{access::v1::Role, descriptor_pool, roles};

/// Methods that change nothing, so that sending them twice is harmless without a request id.
const READS: [&str; 18] = [
    "/kezek.command.v1.CommandService/ListCommands",
    "/kezek.command.v1.CommandService/PreviewCommand",
    "/kezek.crew.v1.RunService/GetRun",
    "/kezek.crew.v1.UnitService/GetUnit",
    "/kezek.crew.v1.UnitService/ListUnits",
    "/kezek.desk.v1.DeskService/GetDesk",
    "/kezek.directory.v1.DirectoryService/CheckDirectory",
    "/kezek.directory.v1.DirectoryService/GetDirectory",
    "/kezek.dispatch.v1.AlarmService/ListAlarms",
    "/kezek.dispatch.v1.DispatchService/GetDispatch",
    "/kezek.dispatch.v1.DispatchService/Recommend",
    "/kezek.dispatch.v1.IncidentService/GetIncident",
    "/kezek.dispatch.v1.IncidentService/ListIncidents",
    "/kezek.intake.v1.IntakeService/FindLikelyDuplicates",
    "/kezek.review.v1.ReviewService/GetServiceLevels",
    "/kezek.review.v1.ReviewService/ReviewChanges",
    "/kezek.intake.v1.IntakeService/GetCall",
    "/kezek.watch.v1.WatchService/Watch",
];

/// The one method whose messages carry no request id although it changes something: the latest measurement wins.
const POSITIONS: &str = "/kezek.crew.v1.UnitService/StreamPositions";

fn methods() -> Vec<(String, MethodDescriptor)> {
    descriptor_pool()
        .services()
        .flat_map(|service| service.methods().collect::<Vec<_>>())
        .map(|method| (format!("/{}/{}", method.parent_service().full_name(), method.name()), method))
        .collect()
}

fn is_mutating(path: &str) -> bool {
    !READS.contains(&path) && path != POSITIONS
}

fn has_field(message: &MessageDescriptor, name: &str, kind: &Kind) -> bool {
    message.get_field_by_name(name).is_some_and(|field| &field.kind() == kind)
}

/// The message in a field of this one.
fn carried(message: &MessageDescriptor, name: &str) -> MessageDescriptor {
    match message.get_field_by_name(name).map(|field| field.kind()) {
        Some(Kind::Message(carried)) => carried,
        other => panic!("`{}` carries no `{name}`: {other:?}", message.full_name()),
    }
}

#[test]
fn every_method_names_at_least_one_role() {
    let roles = roles();
    let without: Vec<_> =
        methods().into_iter().map(|(path, _)| path).filter(|path| !roles.contains_key(path)).collect();
    assert!(without.is_empty(), "methods that nobody may call: {without:?}");
    assert_eq!(roles.len(), methods().len());
    for (path, allowed) in &roles {
        let distinct: BTreeSet<i32> = allowed.iter().map(|role| i32::from(*role)).collect();
        assert_eq!(distinct.len(), allowed.len(), "{path} names a role twice");
    }
}

#[test]
fn observers_change_nothing_and_administrators_see_no_calls() {
    for (path, allowed) in roles() {
        if is_mutating(&path) || path == POSITIONS {
            assert!(!allowed.contains(&Role::Observer), "an observer may call {path}");
        }
        if path.starts_with("/kezek.intake.") {
            assert!(!allowed.contains(&Role::Administrator), "an administrator may call {path}");
        }
    }
}

#[test]
fn a_supervisor_may_do_what_an_operator_may() {
    for (path, allowed) in roles() {
        if allowed.contains(&Role::Operator) {
            assert!(allowed.contains(&Role::Supervisor), "an operator may call {path}, a supervisor may not");
        }
    }
}

#[test]
fn every_change_has_a_request_id_and_answers_with_a_receipt() {
    let receipt = descriptor_pool().get_message_by_name("kezek.record.v1.Receipt").map(Kind::Message);
    let receipt = receipt.expect("the contract has receipts");
    let mut mutating = 0;
    for (path, method) in methods().into_iter().filter(|(path, _)| is_mutating(path)) {
        mutating += 1;
        // on a stream of changes each message carries one, and each answer what became of it
        let is_stream = method.is_client_streaming();
        let (asked, answered) = match is_stream {
            true => (carried(&method.input(), "call"), carried(&method.output(), "taken")),
            false => (method.input(), method.output()),
        };
        assert!(has_field(&asked, "request_id", &Kind::String), "{path} has no request id");
        assert!(has_field(&answered, "receipt", &receipt), "{path} answers without a receipt");
        let is_named = !is_stream || has_field(&method.output(), "request_id", &Kind::String);
        assert!(is_named, "{path} does not say what it answers");
    }
    assert_eq!(mutating + READS.len() + 1, methods().len(), "a read in the list is gone");
}

#[test]
fn no_read_asks_for_a_request_id() {
    for (path, method) in methods().into_iter().filter(|(path, _)| !is_mutating(path)) {
        assert!(
            method.input().get_field_by_name("request_id").is_none(),
            "{path} changes nothing and has a request id"
        );
    }
}

#[test]
fn every_record_of_the_stream_has_a_kind_and_a_version() {
    let pool = descriptor_pool();
    let record = pool.get_message_by_name("kezek.watch.v1.Record").expect("the stream carries records");
    let kinds = pool.get_enum_by_name("kezek.watch.v1.RecordKind").expect("the stream names kinds");
    for field in record.fields() {
        let value = kinds.get_value(i32::try_from(field.number()).expect("field numbers are small"));
        let kind = format!("RECORD_KIND_{}", field.name().to_uppercase());
        assert_eq!(value.map(|value| value.name().to_owned()), Some(kind), "the kind of `{}`", field.name());
        let Kind::Message(message) = field.kind() else { panic!("`{}` is no message", field.name()) };
        assert!(has_field(&message, "version", &Kind::Uint64), "`{}` has no version", message.full_name());
    }
    assert_eq!(record.fields().count() + 1, kinds.values().count(), "a kind without a record");
}
