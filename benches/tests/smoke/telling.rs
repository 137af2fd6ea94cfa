//! Telling, sending, finding and growing.

use std::{collections::BTreeSet, time::Duration};

use benches::{
    dispatch::Dispatch,
    fanout::Fanout,
    growth::Growth,
    intake::Peers,
    nearest::Nearest,
    node::Serving,
    plan::{Load, Pace, Part},
    report::Told,
};

use crate::serve;

/// As short as it can be: one round.
const PACE: Pace =
    Pace { rounds: 1, warm: Duration::from_millis(20), measured: Duration::from_millis(200), seed: 1 };

/// Everything is as it should be, and a report of it can be read.
fn check(told: &Told, sides: &[&str], on_the_page: &str) {
    assert_eq!(told.figures.faults(), Vec::<String>::new());
    let measured: BTreeSet<&str> = told.figures.0.iter().map(|figure| figure.side).collect();
    assert_eq!(measured, BTreeSet::from_iter(sides.iter().copied()));
    for figure in &told.figures.0 {
        let (side, load) = (figure.side, figure.load);
        assert!(
            figure.verdict.acknowledged > 0,
            "{side}, {load}: nothing came of anything: {:?}",
            figure.failures
        );
        assert!(figure.failures.is_empty(), "{side}, {load}: {:?}", figure.failures);
    }
    let folder = tempfile::tempdir().unwrap();
    let files = told.write(folder.path()).unwrap();
    let page = std::fs::read_to_string(files.page).unwrap();
    assert!(page.contains(on_the_page) && page.contains("0 lost, 0 double"), "{page}");
    let figures = std::fs::read_to_string(files.figures).unwrap();
    let figures: serde_json::Value = serde_json::from_str(&figures).unwrap();
    assert_eq!(figures["turns"].as_array().unwrap().len(), told.figures.0.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_who_watches_is_told_of_every_change_once_also_beside_those_who_never_read() {
    let load = |silent| Load::Watched { watchers: 10, silent, per_second: 100 };
    let fanout = Fanout {
        serving: Serving::Here(serve),
        plain: None,
        peers: Peers::None,
        pace: PACE,
        part: Part::default(),
        loads: vec![load(0), load(5)],
    };
    let told = Box::pin(fanout.run(&|said| eprintln!("{said}"))).await.unwrap();
    check(&told, &["kezek", "plain"], "10 x 100/s, 5 silent");
    for figure in &told.figures.0 {
        // 220 ms, and before them two seconds in which the silent are filled
        let wanted = if figure.load == load(5) { 2_220 } else { 220 };
        assert_eq!(figure.verdict.acknowledged, wanted, "{}, {}", figure.side, figure.load);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_that_is_acknowledged_is_sent_somebody_once() {
    let part = Part { loads: vec![Load::Open { per_second: 100 }], sides: Vec::new() };
    let dispatch = Dispatch { serving: Serving::Here(serve), pace: PACE, part };
    let told = Box::pin(dispatch.run(&|said| eprintln!("{said}"))).await.unwrap();
    check(&told, &["commit", "kezek"], "from when the call was due p99");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_nearest_that_are_found_are_the_nearest() {
    let told = Box::pin(Nearest { pace: PACE, part: Part::default() }.run(&|said| eprintln!("{said}")));
    let told = told.await.unwrap();
    check(&told, &["geosearch 200 km", "geosearch 5 km", "kezek"], "p50, us");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_centre_as_it_is_serves_every_call_and_tells_every_change_and_growth_is_drawn() {
    let growth = Growth { serving: Serving::Here(serve), pace: PACE, most: 1 };
    let told = Box::pin(growth.run(&|said| eprintln!("{said}"))).await.unwrap();
    check(&told, &["incidents x1", "kezek", "units x1"], "by how often larger");
}
