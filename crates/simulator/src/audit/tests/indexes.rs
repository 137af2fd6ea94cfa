//! The store's lists against its records.

use super::*;

#[tokio::test]
async fn an_index_left_behind_is_found() {
    let verdict = World::new().judged_with("incident:", Claim::Everything).await;
    let is_index = |finding: &&Finding| matches!(finding, Finding::Index { list: "open", .. });
    assert_eq!(verdict.findings.iter().filter(is_index).count(), 2, "{verdict}");
}

#[tokio::test]
async fn a_queue_longer_than_one_answer_is_read_whole_and_its_ghosts_are_found() {
    let mut world = World::new();
    let waiting = store::limits::LIST_MAX + 1;
    for number in 0..u32::try_from(waiting).expect("it is a small number") {
        let id = id("waiting", number);
        let state = json!({"id": id, "number": format!("W{number}"), "priority": 3, "location": {}, "summary": "",
            "created_at": at(1), "milestones": [milestone("created", 1)], "state": {"is": "open"},
            "needs": [{"kind": "patrol", "count": 1, "when": "at_once", "mode": "auto", "desk_answer": 30,
                       "crew_answer": 60}]});
        world.records.insert(format!("incident:{id}"), state);
    }
    let store = world.store("").await;
    let mut evidence = Evidence::collect(&store, &Known::default(), &[]).await.expect("it can be read");
    assert_eq!(evidence.queue.len(), waiting);
    let findings = |evidence: &Evidence| checks::judge(evidence, &Known::default(), Claim::Intake).findings;
    // nobody asked twice, and nothing else is wrong
    assert_eq!(findings(&evidence), [Finding::Toothless("was repeated")]);
    let ghost: RecordKey = format!("incident:{}", id("ghost", 1)).parse().expect("a key");
    evidence.queue.insert(ghost.clone());
    assert!(findings(&evidence).contains(&Finding::Index { list: "queued", key: ghost }));
}
