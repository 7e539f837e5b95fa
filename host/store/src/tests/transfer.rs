//! Files of connections between hosts: what is written is read, and what is something else is said so.

#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use super::sample;
use crate::transfer::{Entry, Unread, read, write};

#[test]
fn what_is_written_is_read() {
    let entry = Entry::new(sample::connection(1), Some("client-1".to_owned()), &sample::tokens("rt"));
    let plain = write(vec![entry]).unwrap();
    let read = read(&plain).unwrap();
    let [one] = read.as_slice() else { unreachable!("one was written") };
    assert_eq!((&one.connection, one.client_id.as_deref()), (&sample::connection(1), Some("client-1")));
    assert_eq!(sample::refresh_token(&one.credential().unwrap()), "rt");
}

#[test]
fn a_later_version_is_named_whatever_it_holds() {
    let later = br#"{"kind":"jackfield-connections","version":2,"people":[1]}"#;
    assert_eq!(read(later).err(), Some(Unread::Version(2)));
    for foreign in
        [&b"{}"[..], b"", b"[]", br#"{"kind":"other","version":1}"#, br#"{"kind":"jackfield-connections","version":1}"#]
    {
        assert_eq!(read(foreign).err(), Some(Unread::Foreign));
    }
}
