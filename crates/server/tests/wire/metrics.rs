//! Every metric has a row in the table, and every row of the table is a metric.

use std::{collections::BTreeSet, fs, path::Path};

use identity::Role;

use crate::{
    flow::{assign, burglary, drive, receive_and_accept, sign_on, take},
    node::{Node, repository},
    raw::{bearer, call, get},
};

/// The names in the table.
fn documented() -> BTreeSet<String> {
    let table = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/METRICS.md")).unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `kezek_"));
    rows.filter_map(|row| row.split('`').next()).map(|name| format!("kezek_{name}")).collect()
}

/// What the table's row of a counter tells apart.
fn told_apart(name: &str) -> Vec<String> {
    let table = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/METRICS.md")).unwrap();
    let row = table.lines().find(|line| line.starts_with(&format!("| `{name}`"))).unwrap();
    let meaning = row.trim_end_matches(" |").rsplit('|').next().unwrap();
    meaning.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Every Rust file below a folder, as one text.
fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text.push_str(&sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
    text
}

#[tokio::test]
async fn what_is_measured_stands_in_the_table() {
    let node = Node::start().await;
    take(&node.client(Role::Operator).await, burglary()).await;
    let channel = node.channel().await;
    let token = node.token(Role::Observer);
    call(&channel, "/kezek.watch.v1.WatchService/Watch", "", &[bearer(&token)]).await.unwrap();
    let answer = get(&node, "/metrics").await;
    assert!(answer.starts_with("HTTP/1.1 200"));
    let types = answer.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let exported: BTreeSet<String> =
        types.filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
    let documented = documented();
    let unknown: Vec<_> = exported.difference(&documented).collect();
    assert!(unknown.is_empty(), "measured and not in METRICS.md: {unknown:?}");
    for expected in [
        "kezek_intake_seconds",
        "kezek_commit_total",
        "kezek_queue_length",
        "kezek_store_up",
        "kezek_watchers",
    ] {
        assert!(exported.contains(expected), "{expected} is missing of {exported:?}");
    }
}

#[tokio::test]
async fn what_is_told_apart_is_there_before_the_first_of_it() {
    let node = Node::start().await;
    let answer = get(&node, "/metrics").await;
    for (name, label, number) in [
        ("kezek_commit_total", "outcome", 6),
        ("kezek_watch_resets_total", "cause", 6),
        ("kezek_connections_refused_total", "cause", 5),
    ] {
        let told_apart = told_apart(name);
        assert_eq!(told_apart.len(), number, "{name}: {told_apart:?}");
        let counted = answer.lines().filter(|line| line.starts_with(&format!("{name}{{"))).count();
        assert_eq!(counted, number, "{name} has another {label}: {answer}");
        for word in told_apart {
            assert!(
                answer.contains(&format!("{name}{{{label}=\"{word}\"}}")),
                "{name} has no {word}: {answer}"
            );
        }
    }
}

#[tokio::test]
async fn the_answers_of_desks_and_crews_are_measured_in_seconds_to_minutes() {
    let node = Node::start().await;
    sign_on(&node).await;
    let operator = node.client(Role::Operator).await;
    let taken = take(&operator, burglary()).await;
    let assignment = assign(&operator, &taken.incident_id).await;
    let run = receive_and_accept(&node, &assignment).await;
    drive(&node, &run).await;
    let answer = get(&node, "/metrics").await;
    for name in ["kezek_desk_answer_seconds", "kezek_crew_answer_seconds"] {
        let buckets: Vec<_> =
            answer.lines().filter(|line| line.starts_with(&format!("{name}_bucket{{"))).collect();
        let labelled = |label: &str| buckets.iter().filter(|line| line.contains(label)).count();
        assert!(labelled("outcome=\"in_time\"") > 0 && labelled("priority=\"") > 0, "{name}: {buckets:?}");
        assert!(labelled("le=\"30\"") > 0 && labelled("le=\"0.") == 0, "{name}: {buckets:?}");
    }
}

#[test]
fn every_row_of_the_table_is_measured_somewhere_and_every_alert_reads_one() {
    let crates = repository().join("crates");
    let measured: String = ["server", "centre", "operations", "redis-store"]
        .map(|name| sources(&crates.join(name).join("src")))
        .concat();
    for name in documented() {
        assert!(
            measured.contains(&format!("\"{name}\"")),
            "{name} stands in METRICS.md and is measured nowhere"
        );
    }
    let alerts = fs::read_to_string(repository().join("deploy/prometheus/alerts.yml")).unwrap();
    let words = alerts.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    for word in words.filter(|word| word.starts_with("kezek_")) {
        let name = word.trim_end_matches("_bucket");
        assert!(documented().contains(name), "alerts.yml reads {name}, which METRICS.md does not know");
    }
}
