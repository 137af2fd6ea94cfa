//! Scenarios as texts: what people say to the control room, and everything that happens then.
//!
//! A line that starts with `>` is said, one with `#` explains, and what is indented beneath is what the centre did.
//! `UPDATE_EXPECT=1 cargo test -p tests --test scenarios` writes the texts anew; read the difference before keeping it.

#[path = "scenarios/said.rs"]
mod said;
#[path = "scenarios/stage.rs"]
mod stage;
#[path = "scenarios/words.rs"]
mod words;

use std::{fs, path::PathBuf};

use stage::Stage;

/// Where the texts are.
fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

/// Plays a text and compares what happens with what it says.
async fn play(name: &str) {
    let path = folder().join(format!("{name}.txt"));
    let expected = fs::read_to_string(&path).expect("the scenario is a file");
    let mut stage = Stage::open().await;
    let mut played = String::new();
    for line in expected.lines() {
        if line.starts_with('#') || line.is_empty() {
            played.push_str(line);
            played.push('\n');
        } else if let Some(said) = line.strip_prefix("> ") {
            played.push_str(line);
            played.push('\n');
            for told in stage.say(said).await {
                played.push_str(&told);
                played.push('\n');
            }
        }
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, played).expect("the scenario can be written");
        return;
    }
    if played != expected {
        let differs = played.lines().zip(expected.lines()).position(|(played, expected)| played != expected);
        let at = differs.unwrap_or_else(|| played.lines().count().min(expected.lines().count()));
        let text: Vec<_> = played.lines().skip(at.saturating_sub(8)).take(24).collect();
        panic!(
            "{name}: something else happened from line {} on (UPDATE_EXPECT=1 writes it down):\n{}",
            at + 1,
            text.join("\n")
        );
    }
}

macro_rules! scenarios {
    ($($name:ident)*) => {
        $(
            #[tokio::test(start_paused = true)]
            async fn $name() {
                play(stringify!($name)).await;
            }
        )*

        #[test]
        fn every_text_is_played() {
            let mut texts: Vec<_> = fs::read_dir(folder())
                .expect("the folder of scenarios is there")
                .filter_map(|entry| entry.expect("the folder can be read").file_name().into_string().ok())
                .filter_map(|name| name.strip_suffix(".txt").map(str::to_owned))
                .collect();
            texts.sort_unstable();
            let mut played = vec![$(stringify!($name).to_owned()),*];
            played.sort_unstable();
            assert_eq!(texts, played);
        }
    };
}

scenarios! {
    a_board_is_late
    a_call_is_served
    a_call_concerns_those_who_take_it
    a_call_gets_an_incident_whatever_is_refused
    a_call_goes_on_with_none
    a_call_is_taken_whatever_it_lacks
    a_crew_answers_and_its_desk_does_not
    a_desk_is_cut_off
    a_desk_is_cut_off_while_nobody_looks
    a_desk_receives_twice_and_sends_nobody
    a_desk_returns
    a_desk_sends_what_is_needed
    a_desk_with_a_unit_out_keeps_its_assignment
    a_directory_drops_a_unit
    a_dispatcher_dies
    a_duplicate_is_suspected
    a_duplicate_stays_in_doubt
    a_freed_patrol_of_the_same_desk
    a_line_is_kept
    a_need_counts_units
    a_parted_incident_knows_its_station
    a_promise_lapses
    a_request_is_repeated
    a_restricted_incident
    a_run_can_always_end
    a_scene_group_is_asked_for
    a_second_node_takes_over
    a_shortfall_eases
    a_shortfall_stays_true
    a_station_is_told_anew_once_the_archive_has_it
    a_store_goes_back
    a_unit_is_freed_for_the_queue
    an_alarm_is_for_whom_it_concerns
    an_incident_is_not_served
    alarms_follow_what_they_are_about
    automatic_is_switched
    callers_are_called_back
    crews_report_as_they_can
    desks_and_crews_are_silent
    incidents_are_changed
    incidents_are_merged
    incidents_end_and_begin_again
    one_crew_is_late
    somebody_else_leads
    somebody_is_stood_down
    the_same_matter
    two_lines_of_one_kind
    what_is_owed
}
