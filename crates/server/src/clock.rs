//! The clock of a node: tied to the store's time, or, for a replay, faster and going on where it stood when the node is
//! started again.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use centre::SystemClock;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The file in the data directory that says how a faster clock runs.
const FILE: &str = "clock.json";

/// Why the clock cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ClockError {
    /// The data were written at another rate: their times would lie in the future.
    #[error(
        "the data in `{data_dir}` were written at clock rate {was}, not {wanted}: start with `clock_rate = {was}`, or \
         with another data directory"
    )]
    OtherRate {
        /// Where the data are.
        data_dir: PathBuf,
        /// The rate they were written at.
        was: u32,
        /// The rate that is set.
        wanted: u32,
    },
    /// The file that says how a faster clock runs cannot be used.
    #[error("`{path}` cannot be used")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Two times that belong together, and the rate from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Anchor {
    rate: u32,
    store_time: Timestamp,
    centre_time: Timestamp,
}

impl Anchor {
    /// The centre's time when it is `store_time` at the store.
    fn at(&self, store_time: Timestamp) -> Timestamp {
        let passed = store_time.duration_since(self.store_time).max(SignedDuration::ZERO);
        let told = passed.checked_mul(i32::try_from(self.rate).unwrap_or(i32::MAX));
        told.and_then(|told| self.centre_time.checked_add(told).ok()).unwrap_or(Timestamp::MAX)
    }
}

/// The clock of a node with this data directory, when it is `store_time` at the store.
///
/// # Errors
/// [`ClockError`].
pub(crate) fn clock(data_dir: &Path, rate: u32, store_time: Timestamp) -> Result<SystemClock, ClockError> {
    let path = data_dir.join(FILE);
    let unusable = |source| ClockError::File { path: path.clone(), source };
    let anchor = match fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| unusable(error.into()))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let anchor = Anchor { rate, store_time, centre_time: store_time };
            if rate != 1 {
                // whole or not at all: a node may be killed at any moment
                let unfinished = path.with_extension("unfinished");
                let text = serde_json::to_vec(&anchor).map_err(|error| unusable(error.into()))?;
                fs::write(&unfinished, text)
                    .and_then(|()| fs::rename(&unfinished, &path))
                    .map_err(unusable)?;
            }
            anchor
        }
        Err(error) => return Err(unusable(error)),
    };
    if anchor.rate != rate {
        return Err(ClockError::OtherRate { data_dir: data_dir.to_owned(), was: anchor.rate, wanted: rate });
    }
    Ok(SystemClock::at_rate(anchor.at(store_time), rate))
}

#[cfg(test)]
mod tests {
    use centre::Clock as _;

    use super::*;

    fn second(count: i64) -> Timestamp {
        Timestamp::from_second(count).expect("a time")
    }

    #[tokio::test(start_paused = true)]
    async fn a_faster_clock_goes_on_where_it_stood() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = clock(folder.path(), 60, second(1_000)).expect("it starts");
        assert_eq!(first.now(), second(1_000));
        let again = clock(folder.path(), 60, second(1_010)).expect("it starts again");
        assert_eq!(again.now(), second(1_600), "ten seconds at the store are ten minutes of the centre");
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_at_the_real_rate_shows_the_stores_time_and_leaves_no_file() {
        let folder = tempfile::tempdir().expect("a folder");
        clock(folder.path(), 1, second(1_000)).expect("it starts");
        let again = clock(folder.path(), 1, second(1_010)).expect("it starts again");
        assert_eq!((again.now(), folder.path().join(FILE).exists()), (second(1_010), false));
    }

    #[tokio::test(start_paused = true)]
    async fn data_of_one_rate_are_not_served_at_another() {
        let folder = tempfile::tempdir().expect("a folder");
        clock(folder.path(), 60, second(1_000)).expect("it starts");
        let error = clock(folder.path(), 1, second(1_010)).expect_err("their times lie in the future");
        assert!(matches!(error, ClockError::OtherRate { was: 60, wanted: 1, .. }), "{error}");
    }
}
