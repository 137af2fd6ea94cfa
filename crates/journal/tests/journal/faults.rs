//! Disks that fail, are full, are slow, or write less than they were told.

use std::{
    io,
    path::Path,
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    task::{Context, Waker},
};

use futures::{executor::block_on, future::join_all};
use journal::{
    AppendError, Journal, Sequence, State,
    disk::{Fault, HookedDisk, SharedDisk, Step},
};

use crate::{
    made::{append, change, entries, held, open_sound, options, settled},
    power_disk::PowerDisk,
};

const DIRECTORY: &str = "/journal";

fn hooked(disk: &PowerDisk, hook: impl Fn(Step, &Path) -> Fault + Send + Sync + 'static) -> SharedDisk {
    Arc::new(HookedDisk::new(Arc::new(disk.clone()), hook))
}

/// Fails the step of this kind that comes after so many others of it, once.
fn failing_once(
    step: Step,
    after: usize,
    error: io::ErrorKind,
) -> impl Fn(Step, &Path) -> Fault + Send + Sync {
    let seen = AtomicUsize::new(0);
    move |now, _path| {
        let fails = now == step && seen.fetch_add(1, Ordering::SeqCst) == after;
        if fails { Fault::Fail(error.into()) } else { Fault::None }
    }
}

#[test]
fn after_the_first_failed_write_or_fsync_nothing_is_acknowledged_and_nothing_before_it_is_lost() {
    let options = options(Path::new(DIRECTORY));
    let failures = [
        (Step::Write, io::ErrorKind::StorageFull),
        (Step::Write, io::ErrorKind::Other),
        (Step::Sync, io::ErrorKind::Other),
        (Step::Synced, io::ErrorKind::Other),
        (Step::SetLength, io::ErrorKind::Other),
        (Step::SyncDirectory, io::ErrorKind::Other),
        (Step::Create, io::ErrorKind::Other),
    ];
    for (step, error) in failures {
        let mut sealings = 0;
        for after in 0..30 {
            let disk = PowerDisk::default();
            let failing = hooked(&disk, failing_once(step, after, error));
            let Ok(opened) = Journal::open_on(failing, options.clone()) else { continue };
            let journal = opened.journal;
            let answers: Vec<_> =
                (1..24).map(|number| block_on(journal.append(held(number, 2_000)))).collect();
            let acknowledged = answers.iter().take_while(|answer| answer.is_ok()).count();
            for refused in &answers[acknowledged..] {
                assert!(matches!(refused, Err(AppendError::Sealed { .. })), "{step:?} {after}: {refused:?}");
            }
            if acknowledged < answers.len() {
                sealings += 1;
                assert!(matches!(journal.status().state, State::Sealed { .. }));
                assert!(block_on(journal.append(change(1))).is_err(), "a sealed journal took a change");
                assert_eq!(journal.status().last.as_u64(), acknowledged as u64);
            }
            drop(journal);
            let disk: SharedDisk = Arc::new(disk);
            let journal = Journal::open_on(Arc::clone(&disk), options.clone()).unwrap();
            assert!(journal.damage.is_empty(), "{:?}", journal.damage);
            let there = entries(&disk, Path::new(DIRECTORY));
            assert!(there.len() >= acknowledged, "{step:?} {after}: an acknowledged entry is lost");
            assert!(there.len() <= acknowledged + 1, "{step:?} {after}: something came after the failure");
        }
        assert!(sealings > 0, "{step:?} never failed while something was appended");
    }
}

/// A hook that lets nothing through a step until it is told to, and says when somebody has come there.
fn gate(step: Step) -> (impl Fn(Step, &Path) -> Fault + Send + Sync, mpsc::Receiver<()>, mpsc::Sender<()>) {
    let (arrived, arrivals) = mpsc::channel();
    let (opens, opened) = mpsc::channel::<()>();
    let opened = Mutex::new(opened);
    let hook = move |now: Step, _path: &Path| {
        if now == step {
            let _nobody_watches = arrived.send(());
            // once the sender is gone the gate stands open
            let _open_for_good = opened.lock().unwrap().recv();
        }
        Fault::None
    };
    (hook, arrivals, opens)
}

/// A disk whose fsyncs wait at a gate from the moment the journal is open.
fn gated(disk: &PowerDisk) -> (SharedDisk, Arc<AtomicBool>, mpsc::Receiver<()>, mpsc::Sender<()>) {
    let (hook, arrivals, opens) = gate(Step::Sync);
    let is_shut = Arc::new(AtomicBool::new(false));
    let shut = Arc::clone(&is_shut);
    let gated = hooked(
        disk,
        move |step, path| {
            if shut.load(Ordering::SeqCst) { hook(step, path) } else { Fault::None }
        },
    );
    (gated, is_shut, arrivals, opens)
}

/// A journal that needs no second segment, which would need fsyncs of its own.
fn roomy() -> journal::Options {
    journal::Options { segment_bytes: 64 << 20, ..options(Path::new(DIRECTORY)) }
}

#[test]
fn nobody_is_answered_before_the_fsync_and_one_fsync_answers_all_who_came_meanwhile() {
    let disk = PowerDisk::default();
    let (slow, is_shut, arrivals, opens) = gated(&disk);
    let journal = open_sound(&slow, &roomy());
    // a test that fails opens the gate before it waits for the writer
    let opens = opens;
    is_shut.store(true, Ordering::SeqCst);
    let mut nobody = Context::from_waker(Waker::noop());
    let mut first = pin!(journal.append(held(0, 10)));
    assert!(first.as_mut().poll(&mut nobody).is_pending());
    arrivals.recv().unwrap();
    let mut others: Vec<_> = (1..=100).map(|number| Box::pin(journal.append(held(number, 10)))).collect();
    for other in &mut others {
        assert!(other.as_mut().poll(&mut nobody).is_pending());
    }
    // whoever does not wait any longer hinders nobody, and may find the entry there
    drop(others.pop());
    assert!(first.as_mut().poll(&mut nobody).is_pending(), "answered before the fsync");
    assert_eq!(journal.status().last, Sequence::NONE);
    opens.send(()).unwrap();
    assert_eq!(block_on(first).unwrap().as_u64(), 1);
    opens.send(()).unwrap();
    let sequences: Vec<u64> =
        block_on(join_all(others)).into_iter().map(|answer| answer.unwrap().as_u64()).collect();
    assert_eq!(sequences, (2..=100).collect::<Vec<u64>>());
    is_shut.store(false, Ordering::SeqCst);
    drop(opens);
    assert_eq!(arrivals.try_iter().count(), 1, "one more fsync was enough for all the others");
}

#[test]
fn a_disk_that_stands_still_lets_no_more_wait_than_there_is_room_for() {
    let disk = PowerDisk::default();
    let (slow, is_shut, arrivals, opens) = gated(&disk);
    let journal = open_sound(&slow, &roomy());
    // a test that fails opens the gate before it waits for the writer
    let opens = opens;
    is_shut.store(true, Ordering::SeqCst);
    let mut nobody = Context::from_waker(Waker::noop());
    let mut many: Vec<_> = (0..40).map(|number| Box::pin(journal.append(held(number, 1_000_000)))).collect();
    for one in &mut many {
        assert!(one.as_mut().poll(&mut nobody).is_pending());
    }
    arrivals.recv().unwrap();
    is_shut.store(false, Ordering::SeqCst);
    drop(opens);
    let sequences: Vec<u64> =
        block_on(join_all(many)).into_iter().map(|answer| answer.unwrap().as_u64()).collect();
    assert_eq!(sequences, (1..=40).collect::<Vec<u64>>());
}

#[test]
fn a_disk_that_writes_little_at_a_time_loses_nothing() {
    let disk = PowerDisk::default();
    let short = hooked(&disk, |step, _| if step == Step::Write { Fault::Short(7) } else { Fault::None });
    let journal = open_sound(&short, &options(Path::new(DIRECTORY)));
    for number in 0..10 {
        append(&journal, held(number, 500));
    }
    drop(journal);
    let disk: SharedDisk = Arc::new(disk);
    assert_eq!(entries(&disk, Path::new(DIRECTORY)).len(), 10);
}

#[test]
fn below_the_reserve_no_call_is_held_and_what_settles_goes_on_until_there_is_room_again() {
    let disk = PowerDisk::default();
    let shared: SharedDisk = Arc::new(disk.clone());
    let options = journal::Options { reserve_bytes: 1_000_000, ..options(Path::new(DIRECTORY)) };
    let journal = open_sound(&shared, &options);
    append(&journal, held(1, 10));
    disk.leave_free(999_999);
    let refused = block_on(journal.append(held(2, 10)));
    assert_eq!(refused, Err(AppendError::NoSpace { free_bytes: 999_999, reserve_bytes: 1_000_000 }));
    assert_eq!(journal.status().state, State::Full);
    append(&journal, settled(1));
    append(&journal, change(1));
    disk.leave_free(1_000_000);
    append(&journal, held(2, 10));
    assert_eq!(journal.status().state, State::Open);
    assert_eq!(journal.status().last.as_u64(), 4);
}

#[test]
fn a_disk_with_no_room_for_another_segment_refuses_by_name_and_goes_on_when_there_is() {
    let disk = PowerDisk::default();
    let is_full = Arc::new(AtomicBool::new(false));
    let full = Arc::clone(&is_full);
    let filling = hooked(&disk, move |step, _| {
        if step == Step::Create && full.load(Ordering::SeqCst) {
            Fault::Fail(io::ErrorKind::StorageFull.into())
        } else {
            Fault::None
        }
    });
    let options = options(Path::new(DIRECTORY));
    let journal = open_sound(&filling, &options);
    is_full.store(true, Ordering::SeqCst);
    let mut taken = 0;
    while block_on(journal.append(change(taken + 1))).is_ok() {
        taken += 1;
    }
    assert!(taken > 10, "the room that was given in advance was not used");
    assert_eq!(journal.status().state, State::Full);
    assert!(matches!(block_on(journal.append(held(1, 10))), Err(AppendError::NoSpace { .. })));
    // a full disk keeps nobody from opening what is on it
    drop(journal);
    let journal = open_sound(&filling, &options);
    assert_eq!(journal.status().last.as_u64(), taken);
    is_full.store(false, Ordering::SeqCst);
    assert_eq!(append(&journal, change(taken + 1)).as_u64(), taken + 1);
}
