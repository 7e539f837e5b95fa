//! Files of connections from another host: age around them, and what is inside.

use jackfield_model::secret::Secret;
use jackfield_store::transfer::{Entry, Lock, TransferKey, TransferSealError, Unread, open, read, write};

/// The private key that the cases open with. It opens nothing anywhere else.
pub const IDENTITY: &str = "AGE-SECRET-KEY-130J5Q05UZRDZPMGYNY5MSLEWA9CRY720XS5TXZHS5HLYS6EEXHFQF6Q39P";
/// Its public key.
pub const RECIPIENT: &str = "age10hvusl9fpvrndwgz5d3a33vs8pcg26gjev56wr549xvnus38myuskd3ccj";
/// What was sealed in the cases that open.
const SEALED: [&[u8]; 2] = [b"what was sealed", b""];

/// A file opens to what somebody sealed in it, all of it, or not at all.
pub fn transfer_file(bytes: &[u8]) {
    let identity = || TransferKey::Identity(Secret::new(IDENTITY.to_owned()));
    match open(bytes, identity()) {
        Ok(plain) => assert!(SEALED.contains(&plain.as_slice()), "a file that nobody sealed was opened"),
        Err(TransferSealError::Damaged | TransferSealError::WrongKey | TransferSealError::Work) => {}
        Err(other) => unreachable!("opening ends with {other:?}"),
    }
    let Ok(lock) = Lock::new(TransferKey::Recipient(RECIPIENT.to_owned())) else { unreachable!("the key is one") };
    let Ok(file) = lock.close(bytes) else { unreachable!("whatever there is can be sealed") };
    assert!(open(file.as_bytes(), identity()).is_ok_and(|opened| opened.as_slice() == bytes));
    let at = bytes.iter().fold(bytes.len(), |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    let cut = file.as_bytes().get(..at % file.trim_end().len()).unwrap_or_default();
    assert!(open(cut, identity()).is_err(), "cut at {}", cut.len());
}

/// What was in a file is read whole, and written and read again it is the same.
pub fn transfer(bytes: &[u8]) {
    let entries = match read(bytes) {
        Ok(entries) => entries,
        Err(Unread::Version(version)) => return assert_ne!(version, 1),
        Err(Unread::Foreign) => return,
    };
    let again: Vec<Entry> = entries
        .iter()
        .filter_map(|entry| Some(Entry::new(entry.connection.clone(), entry.client_id.clone(), &entry.credential()?)))
        .collect();
    let (count, sound) = (entries.len(), again.len());
    let written = write(entries);
    let written = written.as_deref().map(Vec::as_slice).unwrap_or_default();
    let whole = read(written).and_then(write);
    assert!(
        whole.is_ok_and(|whole| whole.as_slice() == written),
        "{count} entries are others when they are read again"
    );
    let written = write(again);
    let written = written.as_deref().map(Vec::as_slice).unwrap_or_default();
    let kept = read(written).is_ok_and(|kept| kept.len() == sound && kept.iter().all(|one| one.credential().is_some()));
    assert!(kept, "a credential is lost on the way");
    let cut = bytes.trim_ascii_end().split_last().map(|(_, before)| before).unwrap_or_default();
    assert!(read(cut).is_err(), "a file cut short is believed");
}
