//! The bytes of a record: layout, revision, JSON. Self-describing, so that it can be read by eye and for ever.
//!
//! `layout 1 | revision 8, big-endian | JSON`

use std::ops::{Deref, DerefMut};

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    engine::Expect,
    error::{Cause, StoreError, Unreadable, unreadable},
    schema::Kind,
};

/// A record and how often it was changed: what compare-and-set compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned<T> {
    /// The record.
    pub record: T,
    pub(crate) revision: u64,
}

impl<T> Versioned<T> {
    /// Another record, as of the same moment: what is staged with it takes the place of the one that was read then.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Versioned<U> {
        Versioned { record: change(self.record), revision: self.revision }
    }
}

impl<T> Deref for Versioned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.record
    }
}

impl<T> DerefMut for Versioned<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.record
    }
}

/// One page of a list. What cannot be read is named and hides nothing.
#[derive(Debug)]
pub struct Page<T> {
    /// What could be read, in order.
    pub items: Vec<T>,
    /// What could not.
    pub unreadable: Vec<Unreadable>,
    /// Where the next page starts; none at the end.
    pub next: Option<String>,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self { items: vec![], unreadable: vec![], next: None }
    }
}

impl<T> Page<T> {
    pub(crate) fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), unreadable: self.unreadable, next: self.next }
    }

    pub(crate) fn add(&mut self, item: Result<T, Unreadable>) {
        match item {
            Ok(item) => self.items.push(item),
            Err(reason) => self.unreadable.push(reason),
        }
    }

    /// Takes what came of reading one more record: it, none where it is gone, or why it cannot be read. Any other error ends the list.
    pub(crate) fn take(&mut self, read: Result<Option<T>, StoreError>) -> Result<(), StoreError> {
        match read {
            Ok(found) => self.items.extend(found),
            Err(StoreError::Unreadable(reason)) => self.unreadable.push(reason),
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

fn head(kind: Kind, revision: u64) -> Vec<u8> {
    let mut bytes = vec![kind.layout];
    bytes.extend_from_slice(&revision.to_be_bytes());
    bytes
}

/// That a record is still at this revision.
pub(crate) fn unchanged(kind: Kind, revision: u64) -> Expect {
    Expect::StartsWith(head(kind, revision))
}

/// The first revision of a record that is not to be mixed up with an earlier one of its key: the upper half says which of them
/// it is, the lower half counts its changes.
pub(crate) fn beginning(which: [u8; 4]) -> u64 {
    u64::from(u32::from_be_bytes(which)) << 32
}

/// That a record is still the one that was read, whatever changed in it since.
pub(crate) fn same_beginning(kind: Kind, revision: u64) -> Expect {
    let mut bytes = vec![kind.layout];
    bytes.extend(revision.to_be_bytes().into_iter().take(4));
    Expect::StartsWith(bytes)
}

pub(crate) fn encode<T: Serialize>(kind: Kind, key: &[u8], revision: u64, record: &T) -> Result<Vec<u8>, StoreError> {
    let mut bytes = head(kind, revision);
    serde_json::to_writer(&mut bytes, record).map_err(|_| unreadable(key, Cause::Damaged))?;
    Ok(bytes)
}

pub(crate) fn decode<T: DeserializeOwned>(kind: Kind, key: &[u8], bytes: &[u8]) -> Result<Versioned<T>, Unreadable> {
    let (layout, rest) = bytes.split_first().ok_or_else(|| unreadable(key, Cause::Damaged))?;
    if *layout != kind.layout {
        return Err(unreadable(key, Cause::Layout(*layout)));
    }
    let (revision, json) = rest.split_first_chunk().ok_or_else(|| unreadable(key, Cause::Damaged))?;
    // serde's error may quote the record, so it is dropped.
    let record = serde_json::from_slice(json).map_err(|_| unreadable(key, Cause::Damaged))?;
    Ok(Versioned { record, revision: u64::from_be_bytes(*revision) })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;
    use crate::schema::TENANT;

    #[test]
    fn a_record_survives_its_bytes_and_names_its_revision() {
        let bytes = encode(TENANT, b"tenant/x", 7, &"text").unwrap();
        assert_eq!(bytes, b"\x01\0\0\0\0\0\0\0\x07\"text\"");
        let back: Versioned<String> = decode(TENANT, b"tenant/x", &bytes).unwrap();
        assert_eq!((back.as_str(), back.revision), ("text", 7));
        assert!(unchanged(TENANT, 7).holds(Some(&bytes)) && !unchanged(TENANT, 8).holds(Some(&bytes)));
    }

    #[test]
    fn unknown_layouts_and_damage_have_names() {
        let cause = |bytes: &[u8]| decode::<String>(TENANT, b"tenant/x", bytes).unwrap_err().cause;
        assert_eq!(cause(b"\x02\0\0\0\0\0\0\0\x07\"text\""), Cause::Layout(2));
        assert_eq!(cause(b""), Cause::Damaged);
        assert_eq!(cause(b"\x01\0\0"), Cause::Damaged);
        assert_eq!(cause(b"\x01\0\0\0\0\0\0\0\x07{}"), Cause::Damaged);
    }
}
