//! Answers as a person reads them: short, aligned, in the centre's own time, fit to be read aloud.

pub(crate) mod alarm;
pub(crate) mod call;
pub(crate) mod desk;
pub(crate) mod history;
pub(crate) mod incident;
pub(crate) mod recommendation;
pub(crate) mod unit;

use jiff::{SignedDuration, Timestamp};

use crate::names::Names;
use crate::output::Paint;
use crate::time;

/// What every text needs: names, the time, and whether colours may be used.
#[derive(Clone, Copy)]
pub(crate) struct Light<'a> {
    /// What things are called.
    pub(crate) names: &'a Names,
    /// The time it is.
    pub(crate) now: Timestamp,
    /// Whether colours may be used.
    pub(crate) paint: Paint,
}

impl<'a> Light<'a> {
    /// Now.
    pub(crate) fn now(names: &'a Names, paint: Paint) -> Self {
        Self { names, now: Timestamp::now(), paint }
    }

    /// A time as it is shown.
    pub(crate) fn clock(&self, time: Option<&prost_types::Timestamp>) -> String {
        self.names.clock(time, self.now)
    }

    /// How long ago.
    pub(crate) fn age(&self, time: Option<&prost_types::Timestamp>) -> String {
        let since = time.and_then(time::to_timestamp);
        since.map_or_else(|| "-".to_owned(), |since| time::duration(self.now.duration_since(since)))
    }

    /// How long until an answer is due: `in 00:21`, or `LATE 00:12`.
    pub(crate) fn due(&self, time: Option<&prost_types::Timestamp>) -> String {
        let Some(due) = time.and_then(time::to_timestamp) else { return "-".to_owned() };
        let left = due.duration_since(self.now);
        if left >= SignedDuration::ZERO {
            format!("in {}", time::duration(left))
        } else {
            format!("LATE {}", time::duration(left.abs()))
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A fixed moment, 14:03:20 in Bishkek.
    pub(crate) const NOW_SECONDS: i64 = 1_777_881_800;

    /// That moment.
    pub(crate) fn noon() -> Timestamp {
        Timestamp::from_second(NOW_SECONDS).unwrap()
    }

    /// So many seconds before (or, negative, after) that moment, on the wire.
    pub(crate) fn ago(seconds: i64) -> Option<prost_types::Timestamp> {
        Some(prost_types::Timestamp { seconds: NOW_SECONDS - seconds, nanos: 0 })
    }

    #[test]
    fn deadlines_count_down_and_then_say_late() {
        let names = Names::new(crate::names::tests::small_centre(), "en");
        let light = Light { names: &names, now: noon(), paint: Paint::Plain };
        assert_eq!(light.clock(ago(0).as_ref()), "14:03:20");
        assert_eq!(light.due(ago(-21).as_ref()), "in 00:21");
        assert_eq!(light.due(ago(12).as_ref()), "LATE 00:12");
        assert_eq!((light.due(None), light.age(ago(41).as_ref())), ("-".to_owned(), "00:41".to_owned()));
    }
}
