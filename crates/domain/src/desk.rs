//! A duty desk as it stands now. What it is (station, contact) is the directory's to say.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{StationId, limits::UNANSWERED_UNTIL_SILENT};

/// How a duty desk answers. A desk without a record answers and is reachable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desk {
    /// Whose desk.
    pub station: StationId,
    /// Assignments in a row that were not received in time.
    #[serde(default)]
    pub unanswered_in_a_row: u32,
    /// Whether anybody of the desk is connected.
    #[serde(default, skip_serializing_if = "DeskLink::is_unknown")]
    pub link: DeskLink,
}

/// Whether anybody of a duty desk is connected: a duty officer of that station who watches it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum DeskLink {
    /// Nobody of it ever was. It may be a desk that only asks and never watches, so its answers are awaited as those
    /// of any other.
    #[default]
    Unknown,
    /// Somebody is.
    Up,
    /// Somebody was, and nobody is: no answer is awaited from it. It is told by telephone or radio.
    Down {
        /// When somebody was last there.
        since: Timestamp,
    },
}

/// What can be seen of a desk's link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeskLinkEvent {
    /// Somebody of it is connected.
    Heard,
    /// Nobody of it has been connected for as long as it takes to come back.
    Lost {
        /// When somebody last was.
        since: Timestamp,
    },
}

impl Desk {
    /// A desk that has missed nothing.
    pub const fn answering(station: StationId) -> Self {
        Self { station, unanswered_in_a_row: 0, link: DeskLink::Unknown }
    }

    /// True if it missed so many in a row that it is ranked last until it answers.
    pub const fn is_silent(&self) -> bool {
        self.unanswered_in_a_row >= UNANSWERED_UNTIL_SILENT
    }

    /// True if it differs from a desk that has no record.
    pub const fn is_known(&self) -> bool {
        self.unanswered_in_a_row > 0 || !self.link.is_unknown()
    }
}

impl DeskLink {
    /// The word for it in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Up => "up",
            Self::Down { .. } => "down",
        }
    }

    /// True if nobody of the desk ever was connected.
    pub const fn is_unknown(&self) -> bool {
        match self {
            Self::Unknown => true,
            Self::Up | Self::Down { .. } => false,
        }
    }

    /// Since when it is down, if it is.
    pub const fn down_since(self) -> Option<Timestamp> {
        match self {
            Self::Down { since } => Some(since),
            Self::Unknown | Self::Up => None,
        }
    }

    /// The link after `event`. Nothing is refused: nobody asks for what is only seen. A link that nobody ever had cannot
    /// be lost, and one that is lost already keeps the time at which it was.
    #[must_use]
    pub const fn next(self, event: DeskLinkEvent) -> Self {
        match self {
            Self::Unknown => match event {
                DeskLinkEvent::Heard => Self::Up,
                DeskLinkEvent::Lost { .. } => Self::Unknown,
            },
            Self::Up => match event {
                DeskLinkEvent::Heard => Self::Up,
                DeskLinkEvent::Lost { since } => Self::Down { since },
            },
            Self::Down { since } => match event {
                DeskLinkEvent::Heard => Self::Up,
                DeskLinkEvent::Lost { .. } => Self::Down { since },
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_link_goes_up_down_and_up_again() {
        let up = DeskLink::Unknown.next(DeskLinkEvent::Heard);
        assert_eq!(up, DeskLink::Up);
        assert_eq!(up.next(DeskLinkEvent::Heard), DeskLink::Up);
        let down = up.next(DeskLinkEvent::Lost { since: at(5) });
        assert_eq!(down.down_since(), Some(at(5)));
        assert_eq!(down.next(DeskLinkEvent::Heard), DeskLink::Up);
    }

    #[test]
    fn what_was_lost_keeps_its_time() {
        let down = DeskLink::Down { since: at(5) };
        assert_eq!(down.next(DeskLinkEvent::Lost { since: at(9) }), down);
    }

    #[test]
    fn a_link_that_nobody_had_cannot_be_lost() {
        assert_eq!(DeskLink::Unknown.next(DeskLinkEvent::Lost { since: at(5) }), DeskLink::Unknown);
    }

    #[test]
    fn a_record_from_before_links_were_known_says_what_it_said() {
        let old = r#"{"station":"west","unanswered_in_a_row":1}"#;
        let desk: Desk = serde_json::from_str(old).unwrap();
        assert_eq!((desk.link, desk.unanswered_in_a_row), (DeskLink::Unknown, 1));
        assert_eq!(serde_json::to_string(&desk).unwrap(), old);
    }

    #[test]
    fn every_link_reads_back() {
        for link in [DeskLink::Unknown, DeskLink::Up, DeskLink::Down { since: at(5) }] {
            let desk = Desk { link, ..Desk::answering("west".parse().unwrap()) };
            let text = serde_json::to_string(&desk).unwrap();
            assert_eq!(serde_json::from_str::<Desk>(&text).unwrap(), desk, "{text}");
            assert_eq!(desk.is_known(), link != DeskLink::Unknown);
        }
    }
}
