//! What a sealed value must withstand.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]

use std::collections::HashSet;

use jackfield_model::id::TenantId;
use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::seal::Scope;

fn tenant(number: u128) -> Scope {
    Scope::Tenant(TenantId::new(Timestamp::UNIX_EPOCH, number))
}

fn place() -> Context<'static> {
    Context { scope: tenant(1), kind: "credential", record: "conn_1", field: "credential", generation: 3 }
}

#[test]
fn what_is_sealed_opens_in_its_place() {
    let (id, key) = (KeyId::random().unwrap(), Key::random().unwrap());
    for length in [0, 1, 16, 1000, PLAINTEXT_LIMIT] {
        let plain = vec![0x5a; length];
        let sealed = seal(id, &key, &place(), &plain).unwrap();
        assert_eq!(open(&key, &place(), &sealed).unwrap().as_slice(), plain);
        assert_eq!(key_id(&sealed).unwrap(), id);
        assert_eq!(sealed.len(), length + 114);
    }
    assert_eq!(seal(id, &key, &place(), &vec![0; PLAINTEXT_LIMIT + 1]), Err(SealError::TooLarge(PLAINTEXT_LIMIT + 1)));
}

#[test]
fn every_flipped_byte_and_every_cut_is_refused() {
    let key = Key::random().unwrap();
    let sealed = seal(KeyId::random().unwrap(), &key, &place(), b"a refresh token").unwrap();
    for position in 0..sealed.len() {
        for bit in 0..8 {
            let mut changed = sealed.clone();
            changed[position] ^= 1 << bit;
            assert!(open(&key, &place(), &changed).is_err(), "byte {position}, bit {bit}");
        }
        assert!(open(&key, &place(), &sealed[..position]).is_err(), "cut at {position}");
    }
    assert!(open(&key, &place(), &[sealed.as_slice(), b"x"].concat()).is_err());
}

#[test]
fn nothing_opens_in_another_place() {
    let base = place();
    let places = [
        base,
        Context { scope: tenant(2), ..base },
        Context { scope: Scope::Operator, ..base },
        Context { kind: "journal", ..base },
        Context { record: "conn_2", ..base },
        Context { field: "refresh", ..base },
        Context { generation: 2, ..base },
        Context { generation: 4, ..base },
    ];
    let (id, key) = (KeyId::random().unwrap(), Key::random().unwrap());
    for from in &places {
        let sealed = seal(id, &key, from, b"secret").unwrap();
        for to in &places {
            assert_eq!(open(&key, to, &sealed).is_ok(), from == to, "{from:?} in {to:?}");
        }
        assert_eq!(open(&Key::random().unwrap(), from, &sealed), Err(SealError::Refused));
    }
}

#[test]
fn salts_and_nonces_do_not_repeat() {
    let (id, key) = (KeyId::random().unwrap(), Key::random().unwrap());
    let mut seen = HashSet::new();
    for _ in 0..5000 {
        let sealed = seal(id, &key, &place(), b"x").unwrap();
        let header = Header::parse(&sealed).unwrap();
        assert!(seen.insert(header.salt.to_vec()));
        assert!(seen.insert(header.nonce.to_vec()));
    }
}

#[test]
fn a_newer_format_is_named() {
    let key = Key::random().unwrap();
    let mut sealed = seal(KeyId::random().unwrap(), &key, &place(), b"x").unwrap();
    sealed[5] = 9;
    assert_eq!(open(&key, &place(), &sealed), Err(SealError::Algorithm(9)));
    sealed[4] = 7;
    assert_eq!(open(&key, &place(), &sealed), Err(SealError::Version(7)));
}

proptest! {
    #[test]
    fn any_bytes_are_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), headed: bool) {
        let key = Key::new([1; 32]);
        let bytes = if headed { [b"JFSE\x01\x02".as_slice(), &bytes].concat() } else { bytes };
        prop_assert!(open(&key, &place(), &bytes).is_err());
    }
}
