//! Stores that lose what they held and get it back from those who hold it still, in pieces of any size.

use std::{sync::Arc, time::Duration};

use domain::{CentreId, Version};
use jiff::Timestamp;
use proptest::prelude::*;
use redis_store::{RedisStore, Settings};
use store::{
    Change, Changes, Cursor, Ended, Ending, Lineage, Memory, Offer, Outcome, Progress, PutBack, Restoring,
    Store as _,
};
use uuid::Uuid;

use super::{Checked, OPERATIONS, Pair, RECORDS, RETENTION, key, same};
use crate::{
    making::{Making as _, at, commit, incident},
    picture::Picture,
};

/// How what was lost is put back.
#[derive(Clone, Debug)]
pub(super) struct Way {
    /// How many changes at a time, over and over.
    pieces: Vec<usize>,
    /// At how many of 16 of what is held a second node's part begins.
    parted: usize,
    /// How many of 16 of it nobody holds any more, from its beginning.
    forgotten: usize,
    /// Whether an older copy takes something else before anybody notices.
    strays: bool,
}

impl Way {
    /// All of what is held, one change at a time, by one node.
    pub(super) fn whole(strays: bool) -> Self {
        Self { pieces: vec![1], parted: 0, forgotten: 0, strays }
    }
}

pub(super) fn way() -> impl Strategy<Value = Way> {
    let forgotten = prop_oneof![2 => Just(0_usize), 1 => 0..16_usize];
    let strays = prop::bool::weighted(0.25);
    (prop::collection::vec(1..5_usize, 1..4), 0..16_usize, forgotten, strays)
        .prop_map(|(pieces, parted, forgotten, strays)| Way { pieces, parted, forgotten, strays })
}

impl Pair<'_> {
    /// What both hold now: they were compared before.
    async fn picture(&self) -> Picture {
        let records: Vec<_> = (0..RECORDS).map(key).collect();
        let operations: Vec<_> = (0..OPERATIONS).map(|name| name.to_string()).collect();
        Picture::of(&*self.memory, &records, &operations).await
    }

    /// Notes the change of this number in the journal, which outlives whatever becomes of the stores.
    pub(super) async fn note(&mut self, number: Version) {
        let before = Cursor { number: Version(number.0 - 1), ..self.tip().await };
        let changes = self.memory.changes_after(before, 1, Duration::ZERO).await.expect("memory answers");
        let Changes::Some(changes) = changes else { panic!("the last change is always kept: {changes:?}") };
        self.follow(before.lineage, changes);
    }

    /// Keeps changes in the journal, in the place of others of their numbers.
    fn follow(&mut self, lineage: Lineage, changes: Vec<Change>) {
        self.journal.extend(changes.into_iter().map(|change| ((lineage, change.number), change)));
    }

    /// Forgets what the stores went back behind: nobody gives it back.
    pub(super) async fn lose_the_journal_too(&mut self) {
        let tip = self.tip().await;
        self.journal.retain(|(lineage, number), _| *lineage != tip.lineage || *number <= tip.number);
    }

    /// Both stores go back to the copy, if there is one, and get back what they lost.
    pub(super) async fn go_back_and_forth(&mut self, way: &Way) -> Checked {
        let before = self.picture().await;
        if !self.go_back().await? {
            return Ok(());
        }
        let older = self.tip().await;
        let mut stray = Vec::new();
        if way.strays {
            self.stray().await?;
            let changes = self.memory.changes_after(older, 1, Duration::ZERO).await.expect("memory answers");
            let Changes::Some(changes) = changes else { panic!("it was just made: {changes:?}") };
            stray = changes;
        }
        let is_same = older.lineage == before.tip.lineage && !self.has_forgotten_since_copy;
        self.get_back(older.lineage, way, is_same.then_some(before)).await?;
        // where nobody took it for a fork it is what happened, and who follows the store follows it
        if self.tip().await.lineage == older.lineage {
            self.follow(older.lineage, stray);
        }
        Ok(())
    }

    /// Both take a change that no node expects.
    async fn stray(&mut self) -> Checked {
        self.strayed += 1;
        let name = format!("stray-{}", self.strayed);
        let mut stray = commit(&name).creating(incident(&name));
        stray.at = at(self.now_s);
        let known = self.memory.commit(stray.clone()).await;
        prop_assert!(matches!(known, Ok(Outcome::Committed { .. })), "{:?}", known);
        (self.has_forgotten, self.has_forgotten_since_copy) = (true, true);
        same("commit", known, self.redis.commit(stray).await)
    }

    /// Both stores hold nothing any more, and get back what they held.
    pub(super) async fn begin_from_nothing(&mut self, way: &Way) -> Checked {
        let before = self.picture().await;
        self.emptied += 1;
        let centre = CentreId::new(format!("{}-{}", self.centre, self.emptied)).expect("a slug");
        let address = self.scratch.address();
        let store = RedisStore::connect(address, &centre, Settings::MustBeSafe, RETENTION).await;
        self.redis = Arc::new(store.expect("a store"));
        self.memory = Arc::new(Memory::with(Lineage::NONE, RETENTION, Arc::new(Timestamp::now)));
        self.copy = None;
        let lineage = before.tip.lineage;
        let is_same = !self.has_forgotten;
        self.get_back(lineage, way, is_same.then_some(before)).await
    }

    /// Gives both back what the journal holds of a lineage. Then they are as they were, if it holds all they lost.
    async fn get_back(&mut self, of: Lineage, way: &Way, before: Option<Picture>) -> Checked {
        let held = self.journal.iter().filter(|((lineage, _), _)| *lineage == of);
        let mut held: Vec<Change> = held.map(|(_, change)| change.clone()).collect();
        held.drain(..held.len() * way.forgotten / 16);
        let begin = self.tip().await;
        let (Some(first), Some(last)) = (held.first(), held.last()) else {
            return self.go_on_without_it(begin).await;
        };
        let (first, last) = (first.number, last.number);
        match self.offer_both(of, &held, way).await? {
            Some(Restoring::UnderWay(_)) => {}
            Some(Restoring::Forked { tip }) => {
                self.count("forked");
                return self.begin_another_lineage(tip.lineage).await;
            }
            Some(Restoring::Whole { .. } | Restoring::Other { .. }) | None => {
                self.count("whole");
                return self.compare().await;
            }
        }
        let is_empty = begin.number == Version::ABSENT;
        let tip = self.put_back_piece_by_piece(of, &held, way).await?;
        let is_forked = way.strays && first <= begin.number;
        if !is_empty && (is_forked || begin.number.next() < first) {
            self.count(if is_forked { "forked" } else { "gap" });
            prop_assert_eq!(tip, Cursor { lineage: self.new_lineage(), number: begin.number });
            self.lineages += 1;
            return Ok(());
        }
        prop_assert_eq!(tip, Cursor { lineage: of, number: last });
        if is_empty && first != Version(1) {
            self.count("part");
            (self.has_forgotten, self.has_forgotten_since_copy) = (true, true);
            return Ok(());
        }
        self.count(if is_empty { "emptied" } else { "restored" });
        if let Some(before) = before {
            self.count("as before");
            prop_assert_eq!(self.picture().await, before);
        }
        Ok(())
    }

    /// Nobody holds anything of its lineage.
    async fn go_on_without_it(&mut self, begin: Cursor) -> Checked {
        if begin.lineage != Lineage::NONE {
            return Ok(());
        }
        self.begin_another_lineage(Lineage::NONE).await
    }

    async fn begin_another_lineage(&mut self, expected: Lineage) -> Checked {
        let new = self.new_lineage();
        self.lineages += 1;
        let known = self.memory.begin_lineage(expected, new).await;
        prop_assert!(matches!(known, Ok(tip) if tip.lineage == new), "{:?}", known);
        same("begin_lineage", known, self.redis.begin_lineage(expected, new).await)
    }

    /// One node offers all, or two a part each: what the last of them was told.
    async fn offer_both(&self, of: Lineage, held: &[Change], way: &Way) -> Checked<Option<Restoring>> {
        let (one, other) = held.split_at(held.len() * way.parted / 16);
        let mut told = None;
        for (node, part) in [("one", one), ("other", other)] {
            let (Some(first), Some(last)) = (part.first(), part.last()) else { continue };
            let operation = last.operation;
            let offer = Offer {
                node: node.to_owned(),
                lineage: of,
                first: first.number,
                last: last.number,
                operation,
            };
            let known = self.memory.offer(offer.clone()).await.map(without_times);
            told = known.clone().ok();
            same("offer", known, self.redis.offer(offer).await.map(without_times))?;
        }
        Ok(told)
    }

    /// Puts back piece after piece, each twice, until the restore ends.
    async fn put_back_piece_by_piece(&mut self, of: Lineage, held: &[Change], way: &Way) -> Checked<Cursor> {
        for pieces in way.pieces.iter().cycle() {
            for ending in [Ending::Whole, Ending::Under { new: self.new_lineage() }] {
                let known =
                    self.memory.end_restore(of, ending, Duration::ZERO).await.map(ended_without_times);
                let redis = self.redis.end_restore(of, ending, Duration::ZERO).await.map(ended_without_times);
                same("end_restore", known.clone(), redis)?;
                if let Ok(Ended::Over { tip }) = known {
                    self.compare().await?;
                    return Ok(tip);
                }
            }
            let number = self.tip().await.number;
            let from = held.partition_point(|change| change.number <= number);
            let piece: Vec<_> = held[from..].iter().take(*pieces).cloned().collect();
            let after = held[..from].last().map(|change| change.operation);
            let done = self.memory.put_back(of, after, piece.clone()).await;
            same("put_back", done.clone(), self.redis.put_back(of, after, piece.clone()).await)?;
            if let Ok(PutBack::Forked { .. }) = done {
                continue;
            }
            prop_assert!(matches!(done, Ok(PutBack::Done { .. })), "{:?}", done);
            let again = self.memory.put_back(of, after, piece.clone()).await;
            same("put_back", again.clone(), self.redis.put_back(of, after, piece).await)?;
            prop_assert!(matches!(again, Ok(PutBack::Elsewhere { .. })), "{:?}", again);
            self.compare().await?;
        }
        unreachable!("pieces go round for ever")
    }

    fn new_lineage(&self) -> Lineage {
        Lineage::from_uuid(Uuid::from_u128(1_000 + self.lineages))
    }

    fn count(&mut self, word: &'static str) {
        *self.outcomes.entry(word).or_default() += 1;
    }
}

/// Each store has its own time.
pub(super) fn timeless(progress: Progress) -> Progress {
    Progress { at: Timestamp::UNIX_EPOCH, begun_at: Timestamp::UNIX_EPOCH, ..progress }
}

fn without_times(restoring: Restoring) -> Restoring {
    match restoring {
        Restoring::UnderWay(progress) => Restoring::UnderWay(timeless(progress)),
        Restoring::Whole { .. } | Restoring::Forked { .. } | Restoring::Other { .. } => restoring,
    }
}

fn ended_without_times(ended: Ended) -> Ended {
    match ended {
        Ended::NotYet(progress) => Ended::NotYet(timeless(progress)),
        Ended::Over { .. } => ended,
    }
}
