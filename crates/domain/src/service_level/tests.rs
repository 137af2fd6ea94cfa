use proptest::prelude::*;

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

fn met(took: i64) -> Case {
    Case { began_at: at(0), outcome: Outcome::Met { at: at(took) } }
}

const NORM: Norm = norm("A", "b", Measure::Answer, 10, 900);

#[test]
fn each_case_is_counted_for_what_it_is() {
    let abandoned = |took| Case { began_at: at(0), outcome: Outcome::Abandoned { at: at(took) } };
    let waiting = |since| Case { began_at: at(since), outcome: Outcome::Waiting };
    let cases =
        [met(3), met(10), met(11), abandoned(10), abandoned(12), waiting(80), waiting(90), waiting(95)];
    let level = NORM.level(&cases, at(100));
    assert_eq!(
        (level.decided, level.within),
        (4, 2),
        "who hung up in time is not counted, who hung up late is late"
    );
    assert_eq!((level.waiting, level.waiting_late), (3, 1));
    assert_eq!(level.next_breach_at, Some(at(100)), "at the limit it is not late yet");
    assert_eq!(level.median, Some(Duration::from_secs(10)));
    assert_eq!(level.ninetieth, Some(Duration::from_secs(12)));
    assert_eq!(NORM.level(&[], at(0)), Level::default());
}

#[test]
fn clocks_that_differ_make_nothing_take_less_than_nothing() {
    let level = NORM.level(&[met(-5), Case { began_at: at(9), outcome: Outcome::Waiting }], at(0));
    assert_eq!((level.within, level.median), (1, Some(Duration::ZERO)));
    assert_eq!((level.waiting, level.waiting_late, level.next_breach_at), (1, 0, Some(at(19))));
}

#[test]
fn no_norm_has_the_name_of_another_and_each_aims_at_something() {
    let ids: std::collections::BTreeSet<_> = NORMS.iter().map(|norm| norm.id).collect();
    assert_eq!(ids.len(), NORMS.len());
    assert!(NORMS.iter().all(|norm| norm.limit.0 > 0 && (1..=1_000).contains(&norm.aim_per_mille)));
}

proptest! {
    /// So many late cases more keep the aim, and one more than that does not.
    #[test]
    fn the_late_that_are_allowed_are_the_most_that_are(
        within in 0_u64..5_000, late in 0_u64..5_000, aim in 1_u16..=1_000,
    ) {
        let decided = within + late;
        let keeps = |decided: u64| within * 1_000 >= u64::from(aim) * decided;
        let allowed = late_allowed(decided, within, aim);
        prop_assert!(allowed == 0 || keeps(decided + allowed));
        prop_assert!(!keeps(decided + allowed + 1));
    }

    #[test]
    fn a_level_is_what_counting_one_by_one_gives(delays in prop::collection::vec(0_i64..60, 0..200)) {
        let cases: Vec<Case> = delays.iter().map(|took| met(*took)).collect();
        let level = NORM.level(&cases, at(1_000));
        prop_assert_eq!(level.decided, delays.len() as u64);
        prop_assert_eq!(level.within, delays.iter().filter(|took| **took <= 10).count() as u64);
        for (found, percent) in [(level.median, 50), (level.ninetieth, 90)] {
            let Some(found) = found else { prop_assert!(delays.is_empty()); continue };
            let no_more_than = |than: Duration| delays.iter().filter(|took| **took as u64 <= than.as_secs()).count();
            prop_assert!(no_more_than(found) * 100 >= delays.len() * percent);
            let less = delays.iter().filter(|took| (**took as u64) < found.as_secs()).count();
            prop_assert!(less * 100 < delays.len() * percent);
        }
    }
}
