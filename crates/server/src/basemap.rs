//! The streets below the map: one file, of which browsers read the parts they show.
//!
//! The file is opened once, so that however many read it, it costs the process no file of those that connections need.

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt as _,
    path::Path,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{
    body::Body,
    http::{
        HeaderMap, HeaderValue, Response, StatusCode,
        header::{
            ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
            IF_RANGE, RANGE, RETRY_AFTER,
        },
    },
};
use bytes::Bytes;
use console::SECURITY_HEADERS;
use futures::stream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::{BASEMAP_PIECE_BYTES, BASEMAP_READS_MAX};

/// How a PMTiles file of the version that the console reads begins.
const BEGINNING: [u8; 8] = *b"PMTiles\x03";

/// Why a file is no basemap.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BasemapError {
    /// It cannot be read.
    #[error("it cannot be read")]
    Unreadable(#[from] io::Error),
    /// It is something else.
    #[error("it is no PMTiles file of version 3")]
    NoBasemap,
}

/// A basemap, open.
#[derive(Debug)]
pub(crate) struct Basemap {
    file: File,
    bytes: u64,
    /// Tells this file from another that takes its place with the next start.
    tag: HeaderValue,
    places: Arc<Semaphore>,
}

impl Basemap {
    /// Opens a basemap and looks whether it is one.
    pub(crate) fn open(path: &Path) -> Result<Self, BasemapError> {
        let file = File::open(path)?;
        let known = file.metadata()?;
        let mut beginning = [0; BEGINNING.len()];
        let begins = file.read_exact_at(&mut beginning, 0);
        if !known.is_file() || begins.is_err() || beginning != BEGINNING {
            return Err(BasemapError::NoBasemap);
        }
        let changed = known.modified().unwrap_or(SystemTime::UNIX_EPOCH).duration_since(UNIX_EPOCH);
        let changed = changed.map(|since| since.as_nanos()).unwrap_or_default();
        let tag = HeaderValue::from_str(&format!("\"{:x}-{changed:x}\"", known.len()));
        let tag = tag.expect("hexadecimal digits are fit for a header");
        Ok(Self { file, bytes: known.len(), tag, places: Arc::new(Semaphore::new(BASEMAP_READS_MAX)) })
    }

    /// Answers with the part that is asked for, or with the whole.
    pub(crate) fn answer(self: Arc<Self>, headers: &HeaderMap) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        for (name, value) in SECURITY_HEADERS {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        let told = response.headers_mut();
        told.insert(CONTENT_TYPE, HeaderValue::from_static("application/vnd.pmtiles"));
        told.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        told.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        told.insert(ETAG, self.tag.clone());
        if headers.get(IF_NONE_MATCH) == Some(&self.tag) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        // a part of what the browser does not have any more would be put beside parts of another file
        let is_same = headers.get(IF_RANGE).is_none_or(|tag| *tag == self.tag);
        let range = headers.get(RANGE).filter(|_| is_same).and_then(|range| range.to_str().ok());
        let (from, end) = match range.map_or(Wanted::Whole, |range| wanted(range, self.bytes)) {
            Wanted::Whole => (0, self.bytes),
            Wanted::Part(from, end) => {
                *response.status_mut() = StatusCode::PARTIAL_CONTENT;
                response
                    .headers_mut()
                    .insert(CONTENT_RANGE, part(&format!("{from}-{}", end - 1), self.bytes));
                (from, end)
            }
            Wanted::Nothing => {
                *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
                response.headers_mut().insert(CONTENT_RANGE, part("*", self.bytes));
                return response;
            }
        };
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
            return response;
        };
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(end - from));
        *response.body_mut() = self.read(from, end, place);
        response
    }

    /// The bytes from `from` up to `end`, read as the browser takes them.
    fn read(self: Arc<Self>, from: u64, end: u64, place: OwnedSemaphorePermit) -> Body {
        Body::from_stream(stream::try_unfold((self, from, place), move |(basemap, at, place)| async move {
            if at >= end {
                return Ok::<_, io::Error>(None);
            }
            let length = usize::try_from(end - at).unwrap_or(usize::MAX).min(BASEMAP_PIECE_BYTES);
            let reading = Arc::clone(&basemap);
            let read = tokio::task::spawn_blocking(move || {
                let mut piece = vec![0; length];
                reading.file.read_exact_at(&mut piece, at)?;
                Ok::<_, io::Error>(Bytes::from(piece))
            });
            let piece = read.await.map_err(io::Error::other)??;
            let next = at + piece.len() as u64;
            Ok(Some((piece, (basemap, next, place))))
        }))
    }
}

/// The value that says which part an answer is.
fn part(which: &str, bytes: u64) -> HeaderValue {
    HeaderValue::from_str(&format!("bytes {which}/{bytes}")).expect("digits are fit for a header")
}

/// What a header `range` asks for.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    /// Everything: there is no header, or one that may be left unheard, such as several parts at once.
    Whole,
    /// From the first up to before the second.
    Part(u64, u64),
    /// Nothing that is there.
    Nothing,
}

fn wanted(range: &str, bytes: u64) -> Wanted {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|part| part.split_once('-')) else {
        return Wanted::Whole;
    };
    let number =
        |text: &str| text.bytes().all(|digit| digit.is_ascii_digit()).then(|| text.parse::<u64>().ok());
    match (number(first).flatten(), number(last).flatten()) {
        (None, Some(length)) if first.is_empty() => match length.min(bytes) {
            0 => Wanted::Nothing,
            length => Wanted::Part(bytes - length, bytes),
        },
        (Some(from), last_known) if last.is_empty() || last_known.is_some() => {
            let end = last_known.map_or(bytes, |last| last.saturating_add(1).min(bytes));
            if last_known.is_some_and(|last| last < from) {
                Wanted::Whole
            } else if from >= bytes {
                Wanted::Nothing
            } else {
                Wanted::Part(from, end)
            }
        }
        (Some(_) | None, Some(_) | None) => Wanted::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_the_standard_says() {
        assert_eq!(wanted("bytes=0-0", 10), Wanted::Part(0, 1));
        assert_eq!(wanted("bytes=2-5", 10), Wanted::Part(2, 6));
        assert_eq!(wanted("bytes=2-", 10), Wanted::Part(2, 10));
        assert_eq!(wanted("bytes=2-99", 10), Wanted::Part(2, 10));
        assert_eq!(wanted("bytes=-3", 10), Wanted::Part(7, 10));
        assert_eq!(wanted("bytes=-99", 10), Wanted::Part(0, 10));
        assert_eq!(wanted("bytes=10-", 10), Wanted::Nothing);
        assert_eq!(wanted("bytes=-0", 10), Wanted::Nothing);
        for unheard in ["bytes=5-2", "bytes=0-1,4-5", "bytes=-", "bytes=a-b", "bytes=+1-2", "lines=0-1", ""] {
            assert_eq!(wanted(unheard, 10), Wanted::Whole, "{unheard}");
        }
        let largest = u64::MAX.to_string();
        assert_eq!(wanted(&format!("bytes=0-{largest}"), 10), Wanted::Part(0, 10));
    }

    #[test]
    fn what_is_no_basemap_is_not_taken_for_one() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.pmtiles");
        assert!(matches!(Basemap::open(&file), Err(BasemapError::Unreadable(_))));
        for other in [b"".as_slice(), b"PMTiles", b"PMTiles\x02 and more", b"something else"] {
            std::fs::write(&file, other).unwrap();
            assert!(matches!(Basemap::open(&file), Err(BasemapError::NoBasemap)), "{other:?}");
        }
        assert!(matches!(Basemap::open(folder.path()), Err(BasemapError::NoBasemap)));
        std::fs::write(&file, b"PMTiles\x03 and more").unwrap();
        assert!(Basemap::open(&file).is_ok());
    }
}
