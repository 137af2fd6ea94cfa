//! Reads replies of Redis, and says what is wrong with one that cannot be read.

use std::{collections::VecDeque, str::FromStr};

use domain::{RecordKey, Version};
use redis::Value;
use store::{Cursor, Lineage, StoreError};
use uuid::Uuid;

/// A reply that is a list, read from its front.
pub(crate) struct Reply {
    items: VecDeque<Value>,
    /// Which function or command it came from.
    from: &'static str,
}

impl Reply {
    pub(crate) fn new(value: Value, from: &'static str) -> Result<Self, StoreError> {
        if let Value::Array(items) | Value::Set(items) = value {
            return Ok(Self { items: items.into(), from });
        }
        Err(damaged(from, format!("not a list but {value:?}")))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub(crate) fn next(&mut self) -> Result<Value, StoreError> {
        self.items.pop_front().ok_or_else(|| damaged(self.from, "the list is too short"))
    }

    pub(crate) fn list(&mut self) -> Result<Self, StoreError> {
        Self::new(self.next()?, self.from)
    }

    pub(crate) fn text(&mut self) -> Result<String, StoreError> {
        let value = self.next()?;
        text_of(&value).ok_or_else(|| damaged(self.from, format!("not a text but {value:?}")))
    }

    /// A text, or nothing where Redis says nil.
    pub(crate) fn text_or_nil(&mut self) -> Result<Option<String>, StoreError> {
        let value = self.next()?;
        if value == Value::Nil {
            return Ok(None);
        }
        text_of(&value).map(Some).ok_or_else(|| damaged(self.from, format!("not a text but {value:?}")))
    }

    pub(crate) fn parsed<T: FromStr>(&mut self, what: &str) -> Result<T, StoreError> {
        let text = self.text()?;
        text.parse().map_err(|_| damaged(self.from, format!("`{text}` is not {what}")))
    }

    pub(crate) fn version(&mut self) -> Result<Version, StoreError> {
        self.parsed("a version").map(Version)
    }

    pub(crate) fn key(&mut self) -> Result<RecordKey, StoreError> {
        self.parsed("the key of a record")
    }

    pub(crate) fn lineage(&mut self) -> Result<Lineage, StoreError> {
        self.parsed::<Uuid>("a lineage").map(Lineage::from_uuid)
    }

    pub(crate) fn cursor(&mut self) -> Result<Cursor, StoreError> {
        Ok(Cursor { lineage: self.lineage()?, number: self.version()? })
    }

    /// The rest, each read by `read`.
    pub(crate) fn all<T>(
        mut self,
        mut read: impl FnMut(&mut Self) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::with_capacity(self.items.len());
        while !self.is_empty() {
            found.push(read(&mut self)?);
        }
        Ok(found)
    }

    /// For a word that no function says.
    pub(crate) fn unexpected<T>(&self, word: &str) -> Result<T, StoreError> {
        Err(damaged(self.from, format!("`{word}` is not one of its words")))
    }
}

/// An error that names what cannot be read.
pub(crate) fn damaged(place: &str, found: impl Into<String>) -> StoreError {
    StoreError::Damaged { place: place.to_owned(), found: found.into() }
}

/// The text of a value that has one.
pub(crate) fn text_of(value: &Value) -> Option<String> {
    if let Value::BulkString(bytes) = value {
        return String::from_utf8(bytes.clone()).ok();
    }
    if let Value::SimpleString(text) | Value::VerbatimString { text, .. } = value {
        return Some(text.clone());
    }
    if let Value::Int(number) = value {
        return Some(number.to_string());
    }
    if let Value::Double(number) = value {
        return Some(number.to_string());
    }
    None
}
