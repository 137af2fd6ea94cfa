//! What a dispatcher sees of the duty desks' links: pure, and forgotten whenever it could not look.
//!
//! A desk is there if the mark that its nodes make in the store moves, and gone if it has not moved for a whole grace of
//! this dispatcher's own unbroken looking. No two clocks are compared for it: after a restart, an outage or a store that
//! went back nobody is gone before they had the full time to come back.

use std::{collections::BTreeMap, time::Duration};

use centre::{Picture, Sight};
use domain::{
    StationId, Version,
    desk::{DeskLink, DeskLinkEvent},
    limits::DESK_LINK_GRACE,
};
use jiff::Timestamp;
use tokio::time::Instant;

/// How far apart two looks may be and still be one unbroken watch: sights come every second, and one or two may be lost.
const LOOKS_APART_MAX: Duration = Duration::from_secs(4);

/// What was seen of all links since nothing interrupted the looking.
#[derive(Debug, Default)]
pub(super) struct Links {
    looked: Option<Look>,
    desks: BTreeMap<StationId, Mark>,
}

/// The last look.
#[derive(Clone, Copy, Debug)]
struct Look {
    /// When, by this node's monotonic clock.
    at: Instant,
    /// When, by the store's.
    store_time: Timestamp,
}

/// A desk's mark in the store.
#[derive(Clone, Copy, Debug)]
struct Mark {
    heard_at: Timestamp,
    /// When it was seen to move, or was first seen.
    since: Instant,
    /// True once it was seen to move: one that stands may be of yesterday.
    moved: bool,
}

/// What is to be written of a desk's link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LinkNews {
    pub(super) station: StationId,
    /// The version at which the board shows the desk, 0 if it has no record.
    pub(super) version: Version,
    pub(super) event: DeskLinkEvent,
}

impl Links {
    /// Takes a look at the store's marks. Everything seen before is forgotten if too long a time lies between, or if a
    /// mark went back: then the store did.
    pub(super) fn look(&mut self, sight: &Sight) {
        let went_back = |desk: &store::DeskHeard| {
            self.desks.get(&desk.station).is_some_and(|mark| desk.heard_at < mark.heard_at)
        };
        let too_late = |look: Look| sight.seen_at.saturating_duration_since(look.at) > LOOKS_APART_MAX;
        if self.looked.is_none_or(too_late) || sight.presence.desks.iter().any(went_back) {
            self.forget();
        }
        let is_first = self.looked.is_none();
        for desk in &sight.presence.desks {
            let new = Mark { heard_at: desk.heard_at, since: sight.seen_at, moved: !is_first };
            let mark = self.desks.entry(desk.station.clone()).or_insert(new);
            if mark.heard_at < desk.heard_at {
                *mark = new;
            }
        }
        self.looked = Some(Look { at: sight.seen_at, store_time: sight.presence.at });
    }

    /// Forgets everything: the picture is not known to be the store's.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// What differs from the board, of stations that the directory knows. `now` is the centre's time.
    pub(super) fn news(&self, picture: &Picture, now: Timestamp) -> Vec<LinkNews> {
        let Some(in_force) = &picture.directory else { return Vec::new() };
        let known =
            self.desks.iter().filter(|(station, _)| in_force.directory.stations.contains_key(*station));
        let news = known.filter_map(|(station, mark)| {
            let event = self.event(mark, now)?;
            let (version, link) = match picture.board.desks().get(station) {
                Some(held) => (held.version, held.record.link),
                None => (Version::ABSENT, DeskLink::Unknown),
            };
            (link.next(event) != link).then(|| LinkNews { station: station.clone(), version, event })
        });
        news.collect()
    }

    /// What a mark says now; nothing while it stands and its grace runs.
    fn event(&self, mark: &Mark, now: Timestamp) -> Option<DeskLinkEvent> {
        let look = self.looked?;
        let stands = look.at.saturating_duration_since(mark.since);
        if mark.moved && stands.is_zero() {
            return Some(DeskLinkEvent::Heard);
        }
        // the silence is measured in the store, whose clock may not be the centre's
        let silence = look.store_time.duration_since(mark.heard_at).max(jiff::SignedDuration::ZERO);
        let since = now.checked_sub(silence).unwrap_or(now);
        (stands >= DESK_LINK_GRACE.duration().unsigned_abs()).then_some(DeskLinkEvent::Lost { since })
    }
}

#[cfg(test)]
mod tests {
    use store::{DeskHeard, Presence};

    use super::*;

    fn west() -> StationId {
        "west".parse().unwrap()
    }

    /// One dispatcher's looks, a second apart unless said otherwise.
    struct Watch {
        links: Links,
        began: Instant,
    }

    impl Watch {
        fn new() -> Self {
            Self { links: Links::default(), began: Instant::now() }
        }

        /// Looks in that second; the desk was last heard in that one.
        fn look(&mut self, second: u32, heard: i64) -> Option<DeskLinkEvent> {
            let at = |second| Timestamp::from_second(second).unwrap();
            let desks = vec![DeskHeard { station: west(), heard_at: at(heard) }];
            let presence = Presence { at: at(second.into()), desks };
            let seen_at = self.began + Duration::from_secs(second.into());
            self.links.look(&Sight { presence, seen_at });
            self.links.event(&self.links.desks[&west()], at(second.into()))
        }
    }

    #[test]
    fn a_mark_that_moves_is_heard_and_one_that_stands_for_the_grace_is_lost() {
        let mut watch = Watch::new();
        assert_eq!(watch.look(100, 100), None, "one look says nothing: the mark may be of yesterday");
        assert_eq!(watch.look(101, 101), Some(DeskLinkEvent::Heard));
        for second in 102..111 {
            assert_eq!(watch.look(second, 101), None, "after {second}");
        }
        let since = Timestamp::from_second(101).unwrap();
        assert_eq!(watch.look(111, 101), Some(DeskLinkEvent::Lost { since }));
        assert_eq!(watch.look(112, 112), Some(DeskLinkEvent::Heard));
    }

    #[test]
    fn a_dispatcher_that_begins_waits_a_whole_grace_and_knows_since_when() {
        let mut watch = Watch::new();
        for second in 500..510 {
            assert_eq!(watch.look(second, 100), None, "after {second}");
        }
        let since = Timestamp::from_second(100).unwrap();
        assert_eq!(watch.look(510, 100), Some(DeskLinkEvent::Lost { since }));
    }

    #[test]
    fn what_was_not_looked_at_is_no_silence() {
        let mut watch = Watch::new();
        watch.look(100, 99);
        watch.look(101, 101);
        assert_eq!(watch.look(140, 101), None, "the store was away");
        assert_eq!(watch.look(141, 141), Some(DeskLinkEvent::Heard));
        for second in 142..149 {
            assert_eq!(watch.look(second, 141), None);
        }
        assert_eq!(watch.look(149, 90), None, "the store went back, and everybody is looked at anew");
        assert_eq!(watch.look(150, 90), None);
    }

    #[test]
    fn a_desk_that_appears_while_others_are_watched_is_heard_at_once() {
        let mut watch = Watch::new();
        let empty = Presence { at: Timestamp::from_second(99).unwrap(), desks: Vec::new() };
        watch.links.look(&Sight { presence: empty, seen_at: watch.began + Duration::from_secs(99) });
        assert_eq!(watch.look(100, 100), Some(DeskLinkEvent::Heard));
    }
}
