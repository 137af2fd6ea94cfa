//! How old the picture is. A picture whose age is not said would be taken for the truth.

use std::time::Duration;

use crate::output::Tone;
use crate::time;

/// Nothing for this long: the picture is old. Heartbeats come every 2 s, so two were missed.
pub(crate) const LATE_AFTER: Duration = Duration::from_secs(5);

/// Nothing for this long: the picture is history.
pub(crate) const LOST_AFTER: Duration = Duration::from_secs(10);

/// How the link to the centre, and the centre's to its store, is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// The whole picture is still being read.
    Loading,
    /// The picture is as fresh as it can be.
    Live {
        /// Since the picture was last known to be the store's.
        age: Duration,
    },
    /// The centre has not been heard for a while; the stream is still open.
    Late {
        /// Since the picture was last known to be the store's.
        age: Duration,
    },
    /// The stream is broken, or silent for so long that it may as well be.
    Lost {
        /// Since the picture was last known to be the store's. Absent: there never was one.
        age: Option<Duration>,
    },
}

impl Link {
    /// How it is, by what was last heard and whether a stream is open and its picture whole.
    pub(crate) fn of(age: Option<Duration>, is_open: bool, is_whole: bool) -> Self {
        match age {
            Some(age) if !is_open || age > LOST_AFTER => Self::Lost { age: Some(age) },
            None if !is_open => Self::Lost { age: None },
            Some(age) if age > LATE_AFTER => Self::Late { age },
            Some(age) if is_whole => Self::Live { age },
            Some(_) | None => Self::Loading,
        }
    }

    /// True only while what is shown may be acted on.
    pub(crate) const fn is_live(self) -> bool {
        match self {
            Self::Live { .. } => true,
            Self::Loading | Self::Late { .. } | Self::Lost { .. } => false,
        }
    }

    /// How loud it is said.
    pub(crate) const fn tone(self) -> Tone {
        match self {
            Self::Live { .. } => Tone::Good,
            Self::Loading | Self::Late { .. } => Tone::Warning,
            Self::Lost { .. } => Tone::Urgent,
        }
    }

    /// In words.
    pub(crate) fn words(self) -> String {
        match self {
            Self::Loading => "LOADING: the picture is not whole yet".to_owned(),
            Self::Live { age } => format!("LIVE, {} s old", age.as_secs()),
            Self::Late { age } => {
                format!("LATE: last true {} s ago; what follows may have changed", age.as_secs())
            }
            Self::Lost { age: Some(age) } => {
                let age =
                    time::duration(jiff::SignedDuration::try_from(age).unwrap_or(jiff::SignedDuration::MAX));
                format!("LOST: last true {age} ago; trying to reconnect. Use radio and telephone")
            }
            Self::Lost { age: None } => "LOST: not connected; trying to".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(seconds: u64, is_open: bool) -> Link {
        Link::of(Some(Duration::from_secs(seconds)), is_open, true)
    }

    #[test]
    fn a_picture_is_live_then_late_then_lost() {
        assert!(after(0, true).is_live() && after(5, true).is_live());
        assert_eq!(after(6, true), Link::Late { age: Duration::from_secs(6) });
        assert_eq!(after(10, true), Link::Late { age: Duration::from_secs(10) });
        assert_eq!(after(11, true), Link::Lost { age: Some(Duration::from_secs(11)) });
    }

    #[test]
    fn a_broken_stream_is_lost_at_once_however_fresh_the_picture() {
        assert_eq!(after(0, false), Link::Lost { age: Some(Duration::ZERO) });
        assert_eq!(Link::of(None, false, false), Link::Lost { age: None });
    }

    #[test]
    fn half_a_picture_is_never_live() {
        assert_eq!(Link::of(Some(Duration::ZERO), true, false), Link::Loading);
        assert_eq!(Link::of(None, true, false), Link::Loading);
        assert!(!Link::Loading.is_live());
    }

    #[test]
    fn each_state_says_what_it_means() {
        assert_eq!(after(1, true).words(), "LIVE, 1 s old");
        assert_eq!(
            after(75, true).words(),
            "LOST: last true 01:15 ago; trying to reconnect. Use radio and telephone"
        );
    }
}
