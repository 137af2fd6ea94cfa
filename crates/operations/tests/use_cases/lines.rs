//! Typed lines where others are faster, and how much a line that is only looked at reads.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use command::{CommandRefusal, Verb};
use domain::{
    AssignmentId, IncidentId, OperationId, Priority, RecordKey, SpokenNumber, Version,
    assignment::Purpose,
    incident::{Incident, IncidentEvent, NewIncident},
    record::Record,
};
use futures::FutureExt as _;
use operations::{
    Ask, ControlRoom,
    commands::{CommandError, CommandMemory, Ran, Typed, preview, run},
    incidents::{ChangePriority, change_priority},
};
use store::{
    Answer as StoreAnswer, Commit, Fingerprint, Memory, Outcome, Place, SharedStore, Store, StoreError, Write,
};

use crate::{
    explained::in_force,
    largest::{assignment, shown},
    room::{NOW, ask, at_the_desk, bare, memory, operation, report, room_on, room_with, seed},
};

/// The verbs of somebody who may do everything.
fn every_verb() -> BTreeSet<Verb> {
    command::RULES.iter().map(|rule| rule.verb).collect()
}

fn typed<'a>(line: &'a str, selected: IncidentId, permitted: &'a BTreeSet<Verb>) -> Typed<'a> {
    Typed { line, selected: Some(selected), permitted, meaning: "" }
}

#[tokio::test]
async fn what_others_change_while_it_is_taken_back_stays() {
    let incident = bare("one");
    let (id, permitted, memory) = (incident.id, every_verb(), CommandMemory::default());
    let room = room_with(&[Record::Incident(incident)]).await;
    in_force(&room).await;
    let line = async |room: &ControlRoom, ask: &Ask, line: &str| -> Result<Ran, CommandError> {
        run(room, &memory, ask, typed(line, id, &permitted)).await
    };
    let typed_first = line(&room, &ask("first"), "P 2 nobody is hurt").await.expect("a priority");
    let number = typed_first.receipt.expect("a change").cursor.number;
    room.centre.reached(number, std::time::Duration::from_secs(5)).await.expect("shown in time");
    let priority = Priority::new(3).expect("a priority");
    let others = ChangePriority { incident: id, expected: None, priority, reason: "a cold trail".to_owned() };
    let changed = change_priority(&room, &ask("others"), &others).await.expect("a priority");
    // on one thread nobody has followed the stream since: the board still shows what is to be taken back
    let before = room.centre.read(|picture| picture.board.incidents()[&id].record.priority);
    assert_eq!(before.get(), 2);
    let refused = line(&room, &ask("undo"), "UNDO").await.expect_err("it is another's by now");
    assert_eq!(refused.code(), "VERSION_MOVED", "{refused}");
    shown(&room, changed).await;
    let after = room.centre.read(|picture| picture.board.incidents()[&id].record.priority);
    assert_eq!(after.get(), 3);
}

/// A store that counts what is read of it.
struct Counted {
    inner: Memory,
    pages: AtomicUsize,
    records: AtomicUsize,
}

impl Counted {
    /// The pages of the index of what is over and the records that were read since this was last asked.
    fn since(&self) -> (usize, usize) {
        (self.pages.swap(0, Ordering::Relaxed), self.records.swap(0, Ordering::Relaxed))
    }

    /// An incident of that number that is over.
    async fn end(&self, number: u32) {
        self.end_at(number, number).await;
    }

    /// The same, over since that second.
    async fn end_at(&self, number: u32, second: u32) {
        let name = number.to_string();
        let new = NewIncident {
            id: IncidentId::derived(operation(&name), "incident"),
            number: SpokenNumber::new(None, number.into()),
            incident_type: None,
            priority: Priority::TOP,
            summary: String::new(),
            needs: Vec::new(),
        };
        let mut incident = Incident::open(new, &report());
        let cancel =
            IncidentEvent::Cancel { reason: "by mistake".to_owned(), by: "others".to_owned(), at: NOW };
        incident.step(cancel).expect("an open incident may be cancelled");
        let record = Record::Incident(incident);
        let at = NOW + jiff::SignedDuration::from_secs(second.into());
        let held = self.inner.get(&[record.key()]).await.expect("memory answers").remove(0);
        let write = Write {
            key: record.key(),
            version: held.map_or(Version::ABSENT, |held| held.version),
            state: record.to_json().into(),
            place: Place::closed(at),
        };
        let commit = Commit {
            operation: OperationId::derived("others", &format!("{name}/{second}")),
            fingerprint: Fingerprint::of(b"others"),
            answer: "{}".into(),
            actor: "others".to_owned(),
            cause: "others".to_owned(),
            at: NOW,
            seen: Some(self.inner.tip().await.expect("memory answers")),
            reads: Vec::new(),
            writes: vec![write],
        };
        let outcome = self.inner.commit(commit).await.expect("memory takes it");
        assert!(matches!(outcome, Outcome::Committed { .. }), "{outcome:?}");
    }
}

impl Store for Counted {
    fn latest_closed(&self, skipped: usize, limit: usize) -> StoreAnswer<'_, Vec<RecordKey>> {
        self.pages.fetch_add(1, Ordering::Relaxed);
        self.inner.latest_closed(skipped, limit)
    }

    fn get<'a>(&'a self, keys: &'a [RecordKey]) -> StoreAnswer<'a, Vec<Option<store::Versioned>>> {
        self.records.fetch_add(keys.len(), Ordering::Relaxed);
        self.inner.get(keys)
    }

    store::forward!(inner: commit remembered open queue changes_after closed_before forget);
    store::forward!(inner: tip begin_lineage offer restoring put_back end_restore positions presence lease release time);
}

#[tokio::test]
async fn a_line_that_stands_reads_what_has_ended_since_and_nothing_else() {
    let counted =
        Arc::new(Counted { inner: memory(), pages: AtomicUsize::new(0), records: AtomicUsize::new(0) });
    let room = room_on(Arc::clone(&counted) as _).await;
    in_force(&room).await;
    for number in 2_000..3_000 {
        counted.end(number).await;
    }
    counted.since();
    let (permitted, memory, selected) = (every_verb(), CommandMemory::default(), bare("one").id);
    let asker = ask("look").asker;
    let look = async |line: &str| {
        let seen = preview(&room, &memory, &asker, typed(line, selected, &permitted)).await;
        seen.map(|seen| seen.value.incident.expect("it is about an incident").number)
    };
    let unknown = async || look("V 98765").await.expect_err("no incident has that number").code();
    assert_eq!(unknown().await, "UNKNOWN_NUMBER");
    assert_eq!(counted.since(), (5, 1_000), "all is read once");
    assert_eq!(unknown().await, "UNKNOWN_NUMBER");
    assert_eq!(counted.since(), (1, 0));
    counted.end(3_000).await;
    assert_eq!(unknown().await, "UNKNOWN_NUMBER");
    assert_eq!(counted.since(), (2, 1), "as far as all is known");
    // more than a page has ended since, and above it one that is known was opened again and has ended again
    for number in 3_001..3_301 {
        counted.end(number).await;
    }
    counted.end_at(2_000, 4_000).await;
    assert_eq!(unknown().await, "UNKNOWN_NUMBER");
    assert_eq!(counted.since(), (3, 300), "what is known hides nothing below it");
    for known in ["2000", "2999", "3000", "3001", "3300"] {
        assert_eq!(look(&format!("V {known}")).await.expect("it is over"), known);
    }
    assert_eq!(counted.since(), (5, 5), "each is read to see whether the asker may see it");
}

#[tokio::test]
async fn of_a_bare_number_that_several_open_incidents_end_on_the_words_are_a_choice_too() {
    let numbered = |name: &str, counter: u64| {
        let mut incident = bare(name);
        incident.number = SpokenNumber::new(Some('A'), counter);
        incident
    };
    let selected = bare("selected");
    let id = selected.id;
    let mut records = vec![Record::Incident(selected)];
    records.extend((1..=20).map(|n| Record::Incident(numbered(&n.to_string(), n * 1_000 + 103))));
    let room = room_with(&records).await;
    in_force(&room).await;
    let (permitted, memory) = (every_verb(), CommandMemory::default());
    for line in ["N 103 called", "RO 103 they called again"] {
        let refused = run(&room, &memory, &ask("note"), typed(line, id, &permitted)).await;
        let Err(CommandError::Line(CommandRefusal::Ambiguous { word, choices })) = refused else {
            panic!("{line}: {refused:?}")
        };
        assert_eq!((word.as_str(), choices.last().map(String::as_str)), ("103", Some("* 103")), "{line}");
        assert_eq!(choices.len(), 12, "{line}: {choices:?}");
    }
}

/// A store that takes so many changes more, and then cannot be asked to.
struct Failing {
    inner: Memory,
    takes: AtomicUsize,
}

impl Store for Failing {
    fn commit(&self, commit: Commit) -> StoreAnswer<'_, Outcome> {
        let taken =
            self.takes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |takes| takes.checked_sub(1));
        if taken.is_ok() {
            return self.inner.commit(commit);
        }
        let failed = StoreError::Unavailable { reason: "it takes no more".to_owned(), source: None };
        std::future::ready(Err(failed)).boxed()
    }

    store::forward!(inner: get remembered open queue changes_after closed_before latest_closed forget);
    store::forward!(inner: tip begin_lineage offer restoring put_back end_restore positions presence lease release time);
}

#[tokio::test]
async fn what_is_left_of_a_desks_line_that_another_node_began_is_said() {
    let failing = Arc::new(Failing { inner: memory(), takes: AtomicUsize::new(usize::MAX) });
    let mut incident = bare("one");
    let ids = ["first", "second", "third"].map(|name| AssignmentId::derived(operation(name), "assignment"));
    incident.assignments.extend(ids);
    let given = ids.map(|id| Record::Assignment(assignment(&incident, id, Purpose::Inform)));
    let id = incident.id;
    let records: Vec<_> = given.into_iter().chain([Record::Incident(incident)]).collect();
    let texts: Vec<_> = records.iter().map(|record| (record.key(), record.to_json(), true)).collect();
    seed(&(Arc::clone(&failing) as SharedStore), 0, &texts).await;
    let room = room_on(Arc::clone(&failing) as _).await;
    in_force(&room).await;
    let permitted = every_verb();
    let received = async |memory: &CommandMemory| {
        let line = typed("RC Lt Asanov by phone", id, &permitted);
        match run(&room, memory, &at_the_desk("received"), line).await {
            Err(CommandError::Partly { done, refused, error }) => {
                (done.join(","), refused.join(","), error.code())
            }
            other => panic!("{other:?}"),
        }
    };
    let told = |code| ("1".to_owned(), "2,3".to_owned(), code);
    failing.takes.store(1, Ordering::Relaxed);
    assert_eq!(received(&CommandMemory::default()).await, told("STORE_UNAVAILABLE"));
    failing.takes.store(usize::MAX, Ordering::Relaxed);
    // another node knows nothing of what was planned, whether its board shows the first step or not yet
    assert_eq!(received(&CommandMemory::default()).await, told("VERSION_MOVED"));
    let tip = room.store.tip().await.expect("memory answers");
    room.centre.reached(tip.number, std::time::Duration::from_secs(30)).await.expect("shown in time");
    assert_eq!(received(&CommandMemory::default()).await, told("VERSION_MOVED"));
}
