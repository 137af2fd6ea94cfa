use std::time::Duration;

use protocol::record::v1::{
    AlarmLevel, AlarmState, Assignment, AssignmentState, AutomaticDispatch, Desk, DeskLink, Dispatch,
    IncidentState, Need, Run, RunState, Unit, UnitState, alarm_state, assignment_state, desk_link,
    incident_state, run_state,
};
use protocol::watch::v1::record::Record;

use super::*;
use crate::names::Names;
use crate::show::tests::{ago, noon};
use crate::watch::picture::tests::frame;

fn incident(id: &str, number: &str, priority: u32, age: i64, queued: bool) -> Incident {
    Incident {
        incident_id: id.to_owned(),
        spoken_number: number.to_owned(),
        incident_type_id: "shooting".to_owned(),
        district_id: "leninsky".to_owned(),
        priority,
        created_at: ago(age),
        queued,
        state: Some(IncidentState { state: Some(incident_state::State::Open(incident_state::Open {})) }),
        ..Incident::default()
    }
}

fn unit(id: &str, state: unit_state::State) -> Record {
    Record::Unit(Unit {
        unit_id: id.to_owned(),
        state: Some(UnitState { state: Some(state) }),
        ..Unit::default()
    })
}

fn records() -> Vec<Record> {
    let missing = Need {
        unit_kind_id: "patrol".to_owned(),
        units: 2,
        units_missing: 2,
        shortfall: true,
        ..Need::default()
    };
    let mut waiting = incident("i-1", "1043", 1, 41, true);
    waiting.needs = vec![missing];
    waiting.assignment_ids = vec!["a-1".to_owned()];
    let mut driving = incident("i-2", "1041", 3, 250, false);
    driving.run_ids = vec!["r-1".to_owned()];
    vec![
        Record::Incident(waiting),
        Record::Incident(driving),
        Record::Assignment(Assignment {
            assignment_id: "a-1".to_owned(),
            incident_id: "i-1".to_owned(),
            station_id: "leninsky".to_owned(),
            answer_due: ago(-21),
            state: Some(AssignmentState {
                state: Some(assignment_state::State::Sent(assignment_state::Sent {})),
            }),
            ..Assignment::default()
        }),
        Record::Run(Run {
            run_id: "r-1".to_owned(),
            incident_id: "i-2".to_owned(),
            unit_id: "leninsky-11".to_owned(),
            state: Some(RunState { state: Some(run_state::State::EnRoute(run_state::EnRoute {})) }),
            ..Run::default()
        }),
        unit("leninsky-11", unit_state::State::Assigned(unit_state::Assigned { run_id: "r-1".to_owned() })),
        unit("leninsky-12", unit_state::State::Available(unit_state::Available {})),
        Record::Alarm(Alarm {
            alarm_id: "0123456789".to_owned(),
            code: "SHORTFALL".to_owned(),
            level: AlarmLevel::Supervisor.into(),
            incident_id: "i-1".to_owned(),
            raised_at: ago(30),
            state: Some(AlarmState { state: Some(alarm_state::State::Raised(alarm_state::Raised {})) }),
            ..Alarm::default()
        }),
        Record::Desk(Desk {
            station_id: "leninsky".to_owned(),
            silent: true,
            link: Some(DeskLink { state: Some(desk_link::State::Down(desk_link::Down { since: ago(133) })) }),
            ..Desk::default()
        }),
        Record::Dispatch(Dispatch { automatic: AutomaticDispatch::On.into(), ..Dispatch::default() }),
    ]
}

#[test]
fn the_board_shows_the_most_urgent_first() {
    let names = Names::new(crate::names::tests::small_centre(), "en");
    let light = Light { names: &names, now: noon(), paint: Paint::Plain };
    let mut picture = Picture::default();
    picture.apply(&frame(0, 1_043, true, records())).unwrap();
    let live = Link::Live { age: Duration::from_millis(400) };
    insta::assert_snapshot!(board(&picture, live, light, None, None), @r"
    City of Bishkek  14:03:20  LIVE, 0 s old  change 1,043  automatic sending ON
    SILENT desks: Leninsky District Police
    By TELEPHONE or radio: Leninsky District Police link down 02:13
    ALARMS  1
      ALARM     AGE    FOR         INCIDENT  CODE       STATE   ABOUT
      01234567  00:30  supervisor  1043      SHORTFALL  raised
    QUEUE  1 waiting: 1 of priority 1 (oldest 00:41)
      P  NUMBER  WAITS  PROGRESS  MISSING             WHAT      WHERE
      1  1043    00:41  sent      2 Patrol SHORTFALL  Shooting  Leninsky: place not known
    IN HAND  1
      P  NUMBER  AGE    PROGRESS  UNITS  WHAT      WHERE
      3  1041    04:10  en route  11     Shooting  Leninsky: place not known
    AWAITING AN ANSWER  1
      ANSWER    WHO                            INCIDENT  STATE
      in 00:21  desk Leninsky District Police  1043      sent
    UNITS  2 units on duty
      available  1  Лев 12
      en route   1  11
    ");
}

#[test]
fn an_old_picture_says_so_before_anything_else() {
    let names = Names::default();
    let light = Light { names: &names, now: noon(), paint: Paint::Plain };
    let lost = Link::Lost { age: Some(Duration::from_secs(42)) };
    let text = board(&Picture::default(), lost, light, None, None);
    assert!(text.lines().next().unwrap().contains("LOST: last true 00:42 ago"), "{text}");
}

#[test]
fn what_does_not_fit_is_counted() {
    let names = Names::default();
    let light = Light { names: &names, now: noon(), paint: Paint::Plain };
    let mut picture = Picture::default();
    let many = (0..30)
        .map(|index| Record::Incident(incident(&format!("i-{index:02}"), "1", 3, index, true)))
        .collect();
    picture.apply(&frame(0, 1, true, many)).unwrap();
    let text = board(&picture, Link::Live { age: Duration::ZERO }, light, Some(24), Some(30));
    assert!(text.contains("… and 20 more"), "{text}");
    assert!(text.lines().count() <= 24, "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 30), "{text}");
    assert_eq!(text.lines().next().unwrap().chars().count(), 30);
}

#[test]
fn colours_are_not_counted_as_width() {
    let dyed = Paint::Colours.dye(Tone::Urgent, "abcdef");
    assert_eq!(cut(&dyed, 3), "\u{1b}[1;31mabc\u{1b}[0m");
}
