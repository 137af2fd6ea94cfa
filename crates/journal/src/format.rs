//! How a segment lies on the disk: two copies of a header, then records. Bytes in, bytes out; no file is touched here.
//!
//! ```text
//! header, twice, a page of 4,096 bytes each     record, a multiple of 8 bytes
//!  0  magic "KEZEKJNL"                           0  length of the payload    u32
//!  8  CRC-32C of the page but these four    u32   4  CRC-32C of all but these four, and of the journal's id
//! 12  format version                        u32   8  sequence                 u64
//! 16  id of the journal                 16 bytes 16  written at, ms of 1970   u64
//! 32  base: sequence of the first record    u64  24  distance to the last sequence known to be on the disk   u32
//! 40  made at, ms of 1970                   u64  28  kind, then three zeros
//! 48  length of the node's name, the name        32  payload, then zeros up to a multiple of 8
//! ```
//!
//! Numbers are little-endian. Zeros after the last record are the clean end.

use jiff::Timestamp;
use uuid::Uuid;

use crate::{Kind, Sequence, limits};

const MAGIC: [u8; 8] = *b"KEZEKJNL";

/// The version of all that is described above and of what the payloads hold.
pub const FORMAT_VERSION: u32 = 1;

/// One copy of the header: a page, so that what a disk loses at once is one copy.
const PAGE: usize = 4_096;

/// Where the first record begins.
pub const HEADER_BYTES: usize = 2 * PAGE;

/// What a record takes beside its payload.
pub const RECORD_HEADER_BYTES: usize = 32;

/// Records begin at multiples of this, so that the next one after damage is looked for in an eighth of the places.
pub const ALIGNMENT: usize = 8;

const NAME_AT: usize = 49;

/// What a segment says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The id of the journal it belongs to, drawn when the journal was begun.
    pub journal: Uuid,
    /// The node whose journal it is.
    pub node: String,
    /// The sequence of its first record.
    pub base: Sequence,
    /// When it was begun, in whole milliseconds.
    pub made_at: Timestamp,
}

/// What the header of a segment can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderRead {
    /// Both copies are as they were written.
    Whole(Header),
    /// One copy is damaged.
    OneCopy(Header),
    /// Written by another release, in a format this one does not know.
    Version(u32),
    /// No copy can be read.
    Unreadable,
}

impl Header {
    /// Both copies. The node's name is at most [`limits::NODE_BYTES_MAX`] bytes long.
    pub fn encode(&self) -> Vec<u8> {
        let mut page = vec![0; PAGE];
        page[..8].copy_from_slice(&MAGIC);
        page[12..16].copy_from_slice(&FORMAT_VERSION.to_le_bytes());
        page[16..32].copy_from_slice(self.journal.as_bytes());
        page[32..40].copy_from_slice(&self.base.as_u64().to_le_bytes());
        page[40..48].copy_from_slice(&milliseconds(self.made_at).to_le_bytes());
        let name = self.node.as_bytes();
        page[48] = u8::try_from(name.len()).expect("a name was checked when the journal was opened");
        page[NAME_AT..NAME_AT + name.len()].copy_from_slice(name);
        let crc = page_crc(&page);
        page[8..12].copy_from_slice(&crc.to_le_bytes());
        page.extend_from_within(..);
        page
    }

    /// Reads the header at the beginning of a segment.
    pub fn read(segment: &[u8]) -> HeaderRead {
        let copies = [0, PAGE].map(|at| segment.get(at..at + PAGE).and_then(read_page));
        match copies {
            [Some(Ok(first)), Some(Ok(second))] if first == second => HeaderRead::Whole(first),
            [Some(Ok(header)), _] | [_, Some(Ok(header))] => HeaderRead::OneCopy(header),
            [Some(Err(version)), _] | [_, Some(Err(version))] => HeaderRead::Version(version),
            [None, None] => HeaderRead::Unreadable,
        }
    }

    /// What the checksum of every record of this journal begins with, so that no record of another one fits.
    pub fn seed(&self) -> u32 {
        crc32c::crc32c(self.journal.as_bytes())
    }
}

fn page_crc(page: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&page[..8]), &page[12..])
}

/// One copy, or the version it has if that is another one.
fn read_page(page: &[u8]) -> Option<Result<Header, u32>> {
    if page[..8] != MAGIC || u32_at(page, 8)? != page_crc(page) {
        return None;
    }
    let version = u32_at(page, 12)?;
    if version != FORMAT_VERSION {
        return Some(Err(version));
    }
    let name = page.get(NAME_AT..NAME_AT + usize::from(page[48]))?;
    Some(Ok(Header {
        journal: Uuid::from_slice(&page[16..32]).ok()?,
        node: str::from_utf8(name).ok()?.to_owned(),
        base: Sequence::from_u64(u64_at(page, 32)?),
        made_at: time_of(u64_at(page, 40)?)?,
    }))
}

/// A record as it lies in a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Its place in the order.
    pub sequence: Sequence,
    /// The last sequence that was known to be on the disk when it was written: all before it were acknowledged.
    pub synced: Sequence,
    /// When it was written, in whole milliseconds.
    pub written_at: Timestamp,
    /// What it holds.
    pub kind: Kind,
    /// The encoded entry.
    pub payload: &'a [u8],
}

/// The bytes of a record with a payload of this length.
pub const fn record_bytes(payload: usize) -> usize {
    (RECORD_HEADER_BYTES + payload).next_multiple_of(ALIGNMENT)
}

impl<'a> Record<'a> {
    /// Adds the record to a buffer.
    pub fn encode_into(&self, seed: u32, buffer: &mut Vec<u8>) {
        let begin = buffer.len();
        let length = u32::try_from(self.payload.len()).expect("an entry is bounded by a limit");
        let distance = self.sequence.as_u64() - self.synced.as_u64();
        let distance = u32::try_from(distance).expect("a batch is bounded by a limit");
        buffer.extend_from_slice(&length.to_le_bytes());
        buffer.extend_from_slice(&[0; 4]);
        buffer.extend_from_slice(&self.sequence.as_u64().to_le_bytes());
        buffer.extend_from_slice(&milliseconds(self.written_at).to_le_bytes());
        buffer.extend_from_slice(&distance.to_le_bytes());
        buffer.extend_from_slice(&[self.kind.byte(), 0, 0, 0]);
        buffer.extend_from_slice(self.payload);
        buffer.resize(begin + record_bytes(self.payload.len()), 0);
        let crc = record_crc(seed, &buffer[begin..]);
        buffer[begin + 4..begin + 8].copy_from_slice(&crc.to_le_bytes());
    }

    /// The record that begins here, if one of these sequences does and it is as it was written.
    pub fn read(bytes: &'a [u8], seed: u32, sequences: std::ops::RangeInclusive<u64>) -> Option<Self> {
        let length = usize::try_from(u32_at(bytes, 0)?).ok()?;
        let sequence = u64_at(bytes, 8)?;
        if length == 0 || length > limits::ENTRY_BYTES_MAX || !sequences.contains(&sequence) {
            return None;
        }
        let whole = bytes.get(..record_bytes(length))?;
        if u32_at(whole, 4)? != record_crc(seed, whole) {
            return None;
        }
        Some(Self {
            sequence: Sequence::from_u64(sequence),
            synced: Sequence::from_u64(sequence.checked_sub(u64::from(u32_at(whole, 24)?))?),
            written_at: time_of(u64_at(whole, 16)?)?,
            kind: Kind::of_byte(whole[28])?,
            payload: &whole[RECORD_HEADER_BYTES..RECORD_HEADER_BYTES + length],
        })
    }

    /// The bytes it takes in a segment.
    pub const fn bytes(&self) -> usize {
        record_bytes(self.payload.len())
    }
}

fn record_crc(seed: u32, record: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c_append(seed, &record[..4]), &record[8..])
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().copied().map(u64::from_le_bytes)
}

/// Milliseconds since 1970; a clock that is before it counts as 1970.
fn milliseconds(time: Timestamp) -> u64 {
    u64::try_from(time.as_millisecond()).unwrap_or(0)
}

fn time_of(milliseconds: u64) -> Option<Timestamp> {
    Timestamp::from_millisecond(i64::try_from(milliseconds).ok()?).ok()
}
