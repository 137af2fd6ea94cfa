//! Taking calls, on every side.

use std::{collections::BTreeSet, time::Duration};

use benches::{
    intake::{Intake, Peers},
    node::Serving,
    plan::{Pace, Part},
};

use crate::serve;

/// As short as it can be: one round.
const PACE: Pace =
    Pace { rounds: 1, warm: Duration::from_millis(20), measured: Duration::from_millis(100), seed: 1 };

#[tokio::test(flavor = "multi_thread")]
async fn intake_keeps_what_it_acknowledges_on_every_side_and_leaves_a_report() {
    let serving = Serving::Here(serve);
    let intake = Intake { serving, echo: None, peers: Peers::None, pace: PACE, part: Part::default() };
    let told = Box::pin(intake.run(&|said| eprintln!("{said}"))).await.unwrap();

    assert_eq!(told.figures.faults(), Vec::<String>::new());
    let sides: BTreeSet<&str> = told.figures.0.iter().map(|figure| figure.side).collect();
    assert_eq!(sides, BTreeSet::from(["echo", "no-journal", "raw", "raw-grouped", "stream", "unary"]));
    for figure in &told.figures.0 {
        let (side, load, verdict) = (figure.side, figure.load, &figure.verdict);
        assert!(verdict.acknowledged > 0, "{side}, {load}: nothing was acknowledged: {:?}", figure.failures);
        let kept = (side != "echo").then_some(verdict.acknowledged);
        if figure.failures.is_empty() {
            assert_eq!(verdict.kept, kept, "{side}, {load}: {verdict:?}");
        }
    }

    let folder = tempfile::tempdir().unwrap();
    let files = told.write(folder.path()).unwrap();
    let read = |file| std::fs::read_to_string(file).unwrap();
    let figures: serde_json::Value = serde_json::from_str(&read(&files.figures)).unwrap();
    assert_eq!(figures["turns"].as_array().unwrap().len(), told.figures.0.len());
    assert!(read(&files.page).contains("<polyline") && read(&files.page).contains("0 lost, 0 double"));
    assert!(
        read(&files.table).contains("| latency p50, unary v raw, 1000/s | ≤ 1.40 |"),
        "{}",
        read(&files.table)
    );
}
