//! Every method with every role, over the wire and in the documentation.

use std::fmt::Write as _;

use identity::Role;
use server::access_table;
use tonic::Code;

use crate::{
    node::{Node, reason},
    raw::{bearer, call},
};

#[tokio::test]
async fn every_role_may_call_what_the_contract_says_and_nothing_else() {
    let node = Node::start().await;
    let channel = node.channel().await;
    for role in Role::ALL {
        let token = node.token(role);
        for row in access_table() {
            let answer = call(&channel, &row.path, "", &[bearer(&token)]).await;
            let shut_out = answer.as_ref().is_err_and(|status| {
                status.code() == Code::PermissionDenied && reason(status) == "ROLE_NOT_ALLOWED"
            });
            assert_eq!(shut_out, !row.roles.contains(&role), "{role} and {}: {answer:?}", row.path);
            let unnamed = answer.as_ref().is_err_and(|status| reason(status).is_empty());
            assert!(!unnamed, "{role} and {}: {answer:?}", row.path);
        }
    }
}

#[tokio::test]
async fn what_no_contract_names_is_served_to_nobody() {
    let node = Node::start().await;
    let channel = node.channel().await;
    let token = node.token(Role::Supervisor);
    for path in [
        "/kezek.intake.v1.IntakeService/Erase",
        "/kezek.nothing.v1.Nothing/Get",
        "/grpc.health.v1.Health/Erase",
        "/grpc.reflection.v1.ServerReflection/Erase",
        "/grpc.reflection.x/y",
        "/x/y",
        "/",
    ] {
        let status = call(&channel, path, "", &[bearer(&token)]).await.unwrap_err();
        assert_eq!(
            (status.code(), reason(&status).as_str()),
            (Code::Unimplemented, "METHOD_UNKNOWN"),
            "{path}"
        );
        let status = call(&channel, path, "", &[]).await.unwrap_err();
        assert_eq!(status.code(), Code::Unauthenticated, "{path}");
    }
}

#[tokio::test]
async fn health_is_open_to_all_and_reflection_to_whoever_has_a_token() {
    let node = Node::start().await;
    let channel = node.channel().await;
    let health = call(&channel, "/grpc.health.v1.Health/Check", "", &[]).await.unwrap();
    assert_eq!(health.as_ref(), [8, 1], "field 1 is 1: serving");
    for service in ["v1", "v1alpha"] {
        let path = format!("/grpc.reflection.{service}.ServerReflection/ServerReflectionInfo");
        let status = call(&channel, &path, "", &[]).await.unwrap_err();
        assert_eq!(status.code(), Code::Unauthenticated);
        // field 7, list_services, empty
        let token = node.token(Role::Observer);
        let answer = call(&channel, &path, vec![0x3a, 0], &[bearer(&token)]).await.unwrap();
        assert!(String::from_utf8_lossy(&answer).contains("kezek.watch.v1.WatchService"));
    }
}

/// The table of the documentation is the one that is enforced. `UPDATE_EXPECT=1` writes it anew.
#[test]
fn the_documented_table_is_the_enforced_one() {
    let mut table = String::from(
        "# Who may call what\n\nWritten by a test from the contract that the server enforces; `UPDATE_EXPECT=1 cargo test -p server` \
         writes it anew.\nA method that is not here is served to nobody. Beside the role, each request is held to the \
         station or unit of its token.\n\n| method |",
    );
    for role in Role::ALL {
        let _ = write!(table, " {} |", role.as_str().replace('_', " "));
    }
    table.push_str("\n| --- |");
    table.push_str(&" :-: |".repeat(Role::ALL.len()));
    table.push('\n');
    for row in access_table() {
        let _ = write!(table, "| `{}` |", row.path.trim_start_matches("/kezek."));
        for role in Role::ALL {
            table.push_str(if row.roles.contains(&role) { " yes |" } else { "  |" });
        }
        table.push('\n');
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/ACCESS.md");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, &table).unwrap();
    }
    let documented = std::fs::read_to_string(path).unwrap_or_default();
    assert!(documented == table, "ACCESS.md is not what is enforced; UPDATE_EXPECT=1 writes it anew");
}
