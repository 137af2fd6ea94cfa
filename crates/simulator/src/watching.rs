//! Following a scope of a centre for good, as any console does, and writing down every frame before anything is done with it.

mod shown;

use std::time::Duration;

use protocol::{
    record::v1::Cursor,
    watch::v1::{Scope, WatchRequest, WatchResponse, scope, watch_service_client::WatchServiceClient},
};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};
use tonic::{Code, Streaming};

pub(crate) use shown::digest;
use shown::shown;

use crate::{connection::Person, crowd::from_wire, history::Watcher};

/// Nothing for this long, not even a heartbeat: the connection is dead. The contract calls a picture old after 5 s.
const SILENCE: Duration = Duration::from_secs(10);

/// Pause before a broken watch is begun again.
const PAUSE: Duration = Duration::from_millis(100);

/// The largest frame the contract allows is 1 MiB; a little more for the rest of the message.
const FRAME_BYTES_MAX: usize = 2 << 20;

/// What frames are shown on.
pub(crate) trait Screen {
    /// Where to go on after a broken connection; absent where only the whole picture helps.
    fn place(&self) -> Option<Cursor>;

    /// Takes in a frame; false if it does not follow on.
    fn show(&self, frame: &WatchResponse) -> bool;
}

/// Follows a scope for good: a broken stream is resumed where it broke. Every frame is in the person's own history before it
/// is on the screen.
pub(crate) async fn follow(person: &Person, scope: scope::Scope, screen: &impl Screen) {
    let history = person.access().histories().watcher(&format!("{} {}", person.name(), name_of(&scope)));
    let mut record = Record { history, place: None };
    loop {
        let request = WatchRequest {
            scope: Some(Scope { scope: Some(scope.clone()) }),
            view: 0,
            resume_after: screen.place(),
        };
        if let Ok(request) = person.signed(request) {
            let mut client =
                WatchServiceClient::new(person.channel()).max_decoding_message_size(FRAME_BYTES_MAX);
            match timeout(SILENCE, client.watch(request)).await {
                Ok(Ok(stream)) => listen(person, stream.into_inner(), &mut record, screen).await,
                Ok(Err(status)) if status.code() == Code::Unauthenticated => person.renew_token(),
                Ok(Err(status)) => {
                    tracing::debug!(person = person.name(), code = ?status.code(), "a watch was not begun");
                }
                Err(_) => {}
            }
        }
        sleep(PAUSE).await;
    }
}

/// Takes frames until the stream breaks or does not follow on.
async fn listen(
    person: &Person,
    mut stream: Streaming<WatchResponse>,
    record: &mut Record,
    screen: &impl Screen,
) {
    while let Ok(Ok(Some(frame))) = timeout(SILENCE, stream.message()).await {
        if let Some(time) = from_wire(frame.server_time.as_ref()) {
            person.access().clock().tell(time);
        }
        record.take(&frame);
        if !screen.show(&frame) {
            tracing::warn!(person = person.name(), after = frame.after, "a frame does not follow on");
            return;
        }
    }
    person.renew_token();
}

/// What a watcher is shown, on its way to its history.
struct Record {
    history: Watcher,
    place: Option<(String, u64)>,
}

impl Record {
    /// Writes a frame down, unless it says nothing but that all is well.
    fn take(&mut self, frame: &WatchResponse) {
        let place = Some((frame.lineage.clone(), frame.through));
        let is_quiet = !frame.reset && frame.records.is_empty() && frame.after == frame.through;
        if is_quiet && self.place == place {
            return;
        }
        self.place = place;
        self.history.record(&shown(frame));
    }
}

fn name_of(scope: &scope::Scope) -> String {
    match scope {
        scope::Scope::Centre(_) => "centre".to_owned(),
        scope::Scope::StationId(id) => format!("station {id}"),
        scope::Scope::UnitId(id) => format!("unit {id}"),
        scope::Scope::IncidentId(id) => format!("incident {id}"),
    }
}

/// Somebody who watches a scope and does nothing about it.
#[derive(Clone, Debug)]
pub struct Onlooker(watch::Sender<Seen>);

/// How far an onlooker has come.
#[derive(Debug, Default)]
struct Seen {
    place: Option<Cursor>,
    /// False until the picture is whole.
    is_whole: bool,
}

impl Default for Onlooker {
    fn default() -> Self {
        Self(watch::Sender::new(Seen::default()))
    }
}

impl Onlooker {
    /// Watches for good.
    pub async fn watch(&self, person: &Person, scope: scope::Scope) {
        follow(person, scope, self).await;
    }

    /// Waits until it was shown everything up to this change, in whatever line of history.
    pub async fn reached(&self, number: u64) {
        let mut seen = self.0.subscribe();
        let is_there = |seen: &Seen| seen.place.as_ref().is_some_and(|place| place.number >= number);
        seen.wait_for(is_there).await.expect("the onlooker holds the sender");
    }
}

impl Screen for Onlooker {
    fn place(&self) -> Option<Cursor> {
        let seen = self.0.borrow();
        if seen.is_whole { seen.place.clone() } else { None }
    }

    fn show(&self, frame: &WatchResponse) -> bool {
        let mut follows = frame.reset;
        self.0.send_modify(|seen| {
            follows |= seen.place.as_ref().is_some_and(|place| place.number == frame.after);
            let goes_on = frame.incomplete && (frame.reset || !seen.is_whole);
            seen.is_whole = follows && !goes_on;
            seen.place = Some(Cursor { lineage: frame.lineage.clone(), number: frame.through });
        });
        follows
    }
}

#[cfg(test)]
mod tests {
    use protocol::{
        record::v1::Unit,
        watch::v1::{Record as Wire, record},
    };

    use super::*;
    use crate::history::{Histories, read_all};

    fn frame(after: u64, through: u64, units: &[&str]) -> WatchResponse {
        let unit = |id: &&str| Wire {
            record: Some(record::Record::Unit(Unit {
                unit_id: (*id).to_owned(),
                version: through,
                ..Unit::default()
            })),
        };
        let records = units.iter().map(unit).collect();
        WatchResponse { lineage: "l".to_owned(), after, through, records, ..WatchResponse::default() }
    }

    #[tokio::test]
    async fn every_frame_that_says_something_is_written_down() {
        let directory = tempfile::tempdir().unwrap();
        let histories = Histories::create(directory.path()).unwrap();
        let mut record = Record { history: histories.watcher("somebody"), place: None };
        for frame in [
            WatchResponse { reset: true, ..frame(0, 3, &["a"]) },
            frame(3, 3, &[]),
            frame(3, 5, &[]),
            frame(5, 6, &["b"]),
            // one that does not follow on is evidence
            frame(8, 8, &[]),
        ] {
            record.take(&frame);
        }
        histories.settled().await.unwrap();
        let frames = &read_all(directory.path()).unwrap().watchers[0].frames;
        let places: Vec<_> =
            frames.iter().map(|frame| (frame.after, frame.through, frame.is_reset)).collect();
        assert_eq!(places, [(0, 3, true), (3, 5, false), (5, 6, false), (8, 8, false)]);
        assert_eq!(frames[2].records["unit:b"].version, 6);
        assert_ne!(frames[2].records["unit:b"].digest, frames[0].records["unit:a"].digest);
    }

    #[test]
    fn who_was_cut_off_in_the_middle_of_a_whole_picture_begins_anew() {
        let onlooker = Onlooker::default();
        assert!(onlooker.show(&WatchResponse { reset: true, incomplete: true, ..frame(0, 0, &["a"]) }));
        assert_eq!(onlooker.place(), None);
        assert!(onlooker.show(&frame(0, 4, &["b"])));
        assert_eq!(onlooker.place().map(|place| place.number), Some(4));
        assert!(onlooker.show(&WatchResponse { incomplete: true, ..frame(4, 4, &["b"]) }));
        assert_eq!(onlooker.place().map(|place| place.number), Some(4));
        assert!(!onlooker.show(&frame(5, 6, &[])));
        assert_eq!(onlooker.place(), None);
    }
}
