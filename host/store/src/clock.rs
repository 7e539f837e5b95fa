//! How far the clock had come that this store was written by: whoever starts over it sees whether it was set back meanwhile.

use jiff::Timestamp;

use crate::{
    change::Change,
    core::Core,
    engine::number,
    error::StoreError,
    schema::{CLOCK, META},
};

/// The clock of whoever wrote here last.
pub struct Clock<'a>(pub(crate) &'a Core);

impl Clock<'_> {
    /// What it said when it was last noted; nothing in a store where it never was.
    pub async fn noted(&self) -> Result<Option<Timestamp>, StoreError> {
        let bytes = self.0.engine.get(&META.key(&[&CLOCK])).await?;
        Ok(bytes.and_then(|bytes| number(&bytes)).and_then(|at| Timestamp::from_millisecond(at).ok()))
    }

    /// Notes what it says, in place of what was noted before.
    pub async fn note(&self, now: Timestamp) -> Result<(), StoreError> {
        let mut change = Change::new();
        change.write(META.key(&[&CLOCK]), now.as_millisecond().to_be_bytes().to_vec());
        self.0.commit(change).await
    }
}
