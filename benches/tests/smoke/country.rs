//! The day of a country still can be lived: as small as it can be, and no figure believed.

use std::sync::Mutex;

use benches::country::Country;

#[tokio::test]
async fn the_day_of_a_small_country_is_lived_and_leaves_a_report() {
    let heard = Mutex::new(Vec::new());
    let tell = |said: &str| heard.lock().unwrap().push(said.to_owned());
    let told = Country { centres: 2, calls: 5, seed: 1 }.run(&tell).await.unwrap();

    assert_eq!(told.figures.faults(), Vec::<String>::new());
    assert_eq!(told.figures.0.iter().map(|figure| figure.round).collect::<Vec<_>>(), [1, 2]);
    for figure in &told.figures.0 {
        assert!((..=5).contains(&figure.verdict.acknowledged), "{:?}", figure.verdict);
    }
    let heard = heard.into_inner().unwrap();
    assert!(heard.len() == 2 && heard[1].starts_with("   2 of 2 centres"), "{heard:?}");

    let folder = tempfile::tempdir().unwrap();
    let files = told.write(folder.path()).unwrap();
    let read = |file| std::fs::read_to_string(file).unwrap();
    let (page, table) = (read(&files.page), read(&files.table));
    assert!(page.contains("<h2>In all</h2>") && !page.contains("Latency by percentile"), "{page}");
    assert!(table.contains("| calls that came | 10.00 |") && table.contains("0 lost, 0 double"), "{table}");
    let figures: serde_json::Value = serde_json::from_str(&read(&files.figures)).unwrap();
    for what in ["changes", "CPU, s", "CPU per call, ms", "memory of the process at most, MiB", "time, s"] {
        assert!(figures["totals"][what].as_f64().is_some_and(|value| value > 0.0), "{what}: {figures}");
    }
}
