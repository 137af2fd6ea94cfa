//! What whoever types a line reads.

use std::process::Output;

use crate::centre::{asked, centre};

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test]
async fn whoever_types_lines_reads_incidents_and_is_refused_in_the_words_of_lines() {
    let folder = tempfile::tempdir().unwrap();
    let (mut process, address, _) = centre(folder.path(), &[]).await;
    let asked = |words: &[&str]| asked(folder.path(), address, words);
    let opened = asked(&["--json", "cmd", "NEW noise @42.8740, 74.5660 Chuy 114"]);
    let opened: serde_json::Value = serde_json::from_str(&told(&opened)).unwrap();
    let number = opened["effect"]["incident_number"].as_str().unwrap();

    let heading = |output: &Output| told(output).lines().next().map(str::to_owned);
    let typed = asked(&["cmd", &format!("V #{number}")]);
    assert_eq!(heading(&typed), heading(&asked(&["incident", "get", number])));
    assert!(told(&typed).contains("Needs"), "{}", told(&typed));
    let as_json: serde_json::Value =
        serde_json::from_str(&told(&asked(&["--json", "cmd", &format!("V #{number}")]))).unwrap();
    assert_eq!(as_json["incident"]["spoken_number"], number);
    let again = told(&asked(&["cmd", "--preview", "NEW noise @42.8741, 74.5661 Chuy 114"]));
    assert!(again.contains("May be the same matter:\n  NUMBER"), "{again}");
    assert!(again.ends_with("Nothing was done.\n"), "{again}");

    let refused = asked(&["cmd", "A 11"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("unit 11 does not allow `A` now") && said.contains("ST 11 on"), "{said}");
    assert!(!said.contains("get, show or list"), "{said}");
    process.stop().await.unwrap_or_else(|error| panic!("{error}"));
}
