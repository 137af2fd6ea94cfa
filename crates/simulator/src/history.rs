//! What each client knows: an append-only file of its own, one JSON line for each request it sent and each answer it
//! got, on the disk before the step counts as known; and what each watcher was shown, one line for each frame.
//!
//! The files are the audit's only witness beside the store. A line that was torn by the end of the process is not
//! knowledge and is left out; a damaged line in the middle is an error.

mod reading;
mod shown;
mod writing;

use std::{collections::BTreeMap, path::PathBuf};

use serde::{Deserialize, Serialize};

pub use reading::{ClientHistory, Known, Outcome, RequestHistory, WatcherHistory, read_all};
pub use shown::{ShownFrame, ShownRecord};
pub use writing::{Client, Histories, Watcher};

/// Why histories cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The disk failed.
    #[error("cannot {step} `{path}`")]
    File {
        /// What was tried.
        step: &'static str,
        /// With which file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: std::io::Error,
    },
    /// A line in the middle is not what was written.
    #[error("`{path}` line {line} is not a line of a history")]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// The thread that writes is gone.
    #[error("histories are no longer written: the disk failed before")]
    Sealed,
}

/// One line of a history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The client's id for the request.
    pub request: String,
    /// Which method.
    pub method: String,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened to a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Event {
    /// It is about to be sent for the first time.
    Invoked {
        /// What a call said, where the request takes one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<SaidCall>,
    },
    /// It was answered.
    Ok {
        /// With what.
        answer: Answered,
    },
    /// It was refused: nothing was done.
    Refused {
        /// The gRPC code.
        code: String,
        /// The centre's word for it; empty if there was none.
        reason: String,
    },
    /// No answer came: it may have been done or not.
    Unknown {
        /// What came instead.
        what: String,
    },
}

/// What a caller said, to be found again word by word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SaidCall {
    /// The caller's number as sent.
    pub caller_number: String,
    /// The words as sent.
    pub narrative: String,
    /// Latitude and longitude as sent; absent for a call without a location.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<(f64, f64)>,
}

/// An answer, as much of it as can be checked later.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// The line of history of the change that holds it; empty if the store had not numbered it yet.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub lineage: String,
    /// The number of that change; 0 if the store had not numbered it yet.
    #[serde(default)]
    pub number: u64,
    /// True if this was the first answer again.
    #[serde(default)]
    pub repeated: bool,
    /// Versions of the records that came with it, by the text of their keys.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub records: BTreeMap<String, u64>,
    /// The call that was taken, where one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<TakenCall>,
}

/// A call as its acknowledgement named it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenCall {
    /// Its id.
    pub call: String,
    /// The number people say.
    pub number: String,
    /// The incident it led to; empty if none yet.
    pub incident: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(request: &str, event: Event) -> Entry {
        Entry { request: request.to_owned(), method: "TakeCall".to_owned(), event }
    }

    fn said() -> SaidCall {
        SaidCall {
            caller_number: "102".to_owned(),
            narrative: "үй өрттөнүүдө".to_owned(),
            position: Some((42.1, 74.2)),
        }
    }

    #[tokio::test]
    async fn what_was_recorded_is_read_back_by_request() {
        let directory = tempfile::tempdir().unwrap();
        let histories = Histories::create(directory.path()).unwrap();
        let client = histories.client("operator 1/ночь");
        client.record(entry("r1", Event::Invoked { call: Some(said()) }));
        client.record(entry("r1", Event::Unknown { what: "deadline".to_owned() }));
        client.record(entry("r1", Event::Ok { answer: Answered { number: 7, ..Answered::default() } }));
        client.record(entry("r2", Event::Invoked { call: None }));
        assert_eq!(histories.settled().await.unwrap(), 4);
        let all = read_all(directory.path()).unwrap().clients;
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].client, "operator 1/ночь");
        let first = &all[0].requests["r1"];
        assert_eq!(first.said, Some(said()));
        assert!(
            matches!(first.outcomes.as_slice(), [Outcome::Unknown, Outcome::Ok(answer)] if answer.number == 7)
        );
        assert!(all[0].requests["r2"].outcomes.is_empty());
    }

    #[tokio::test]
    async fn a_torn_end_is_left_out_and_a_damaged_middle_is_said() {
        let directory = tempfile::tempdir().unwrap();
        let histories = Histories::create(directory.path()).unwrap();
        let client = histories.client("desk");
        for request in ["r1", "r2", "r3"] {
            client.record(entry(request, Event::Invoked { call: None }));
        }
        histories.settled().await.unwrap();
        let path = std::fs::read_dir(directory.path()).unwrap().next().unwrap().unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, &text[..text.len() - 9]).unwrap();
        assert_eq!(read_all(directory.path()).unwrap().clients[0].requests.len(), 2);
        std::fs::write(&path, text.replacen("\"r2\"", "\"r2", 1)).unwrap();
        assert!(matches!(read_all(directory.path()), Err(HistoryError::Damaged { line: 3, .. })));
    }

    #[tokio::test]
    async fn histories_go_on_after_those_of_an_earlier_run() {
        let directory = tempfile::tempdir().unwrap();
        for request in ["r1", "r2"] {
            let histories = Histories::create(directory.path()).unwrap();
            histories.client("desk").record(entry(request, Event::Invoked { call: None }));
            histories.settled().await.unwrap();
        }
        assert_eq!(read_all(directory.path()).unwrap().clients[0].requests.len(), 2);
    }

    #[tokio::test]
    async fn what_a_watcher_was_shown_is_read_back_frame_by_frame_beside_what_the_same_person_asked() {
        let directory = tempfile::tempdir().unwrap();
        let histories = Histories::create(directory.path()).unwrap();
        let record = ShownRecord { version: 3, digest: "d".to_owned() };
        let first = ShownFrame {
            lineage: "l".to_owned(),
            after: 0,
            through: 3,
            is_reset: true,
            records: [("unit:u1".to_owned(), record)].into(),
        };
        let second =
            ShownFrame { after: 3, through: 9, is_reset: false, records: BTreeMap::new(), ..first.clone() };
        histories.client("desk").record(entry("r1", Event::Invoked { call: None }));
        let watcher = histories.watcher("desk");
        watcher.record(&first);
        watcher.record(&second);
        histories.settled().await.unwrap();
        let known = read_all(directory.path()).unwrap();
        assert_eq!(known.clients[0].requests.len(), 1);
        assert_eq!(
            known.watchers,
            [WatcherHistory { watcher: "desk".to_owned(), frames: vec![first, second] }]
        );
    }
}
