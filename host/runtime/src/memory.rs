//! Memory of all calls together, shared out so that a connector never holds more than it leaves to the others.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What all guests together may hold, in bytes.
///
/// A connector gets more only while no less would be left than it would hold: alone it has half, the next one half of the rest,
/// and however many take what they get, something is left for a small one.
pub(crate) struct Memory {
    size: u64,
    used: Mutex<u64>,
}

/// What the calls of one connector hold; changed while the count of all is held.
pub(crate) struct Holder {
    memory: Arc<Memory>,
    held: Mutex<u64>,
}

/// What one call holds, until it is dropped.
pub(crate) struct Holding {
    holder: Arc<Holder>,
    bytes: u64,
}

impl Memory {
    pub(crate) fn of(size: u64) -> Arc<Self> {
        Arc::new(Self { size, used: Mutex::new(0) })
    }

    /// A connector that holds nothing yet.
    pub(crate) fn holder(self: &Arc<Self>) -> Arc<Holder> {
        Arc::new(Holder { memory: Arc::clone(self), held: Mutex::new(0) })
    }
}

impl Holder {
    /// A call that holds nothing yet.
    pub(crate) fn begin(self: &Arc<Self>) -> Holding {
        Holding { holder: Arc::clone(self), bytes: 0 }
    }
}

impl Holding {
    /// Takes more; false, and nothing is taken, where the connector would then hold more than is left.
    pub(crate) fn grow(&mut self, more: u64) -> bool {
        let memory = &self.holder.memory;
        let (mut used, mut held) = (locked(&memory.used), locked(&self.holder.held));
        let (will_use, will_hold) = (used.saturating_add(more), held.saturating_add(more));
        if more > 0 && memory.size.saturating_sub(will_use) < will_hold {
            return false;
        }
        (*used, *held) = (will_use, will_hold);
        self.bytes = self.bytes.saturating_add(more);
        true
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        let (mut used, mut held) = (locked(&self.holder.memory.used), locked(&self.holder.held));
        *used = used.saturating_sub(self.bytes);
        *held = held.saturating_sub(self.bytes);
    }
}

impl std::fmt::Debug for Holding {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Holding({})", self.bytes)
    }
}

fn locked(count: &Mutex<u64>) -> MutexGuard<'_, u64> {
    count.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    /// What a connector gets that begins call after call and grows each, a MiB at a time, to 256 MiB.
    fn fill(holder: &Arc<Holder>) -> Vec<Holding> {
        let grown = || {
            let mut call = holder.begin();
            (0..256).take_while(|_| call.grow(MIB)).count();
            call
        };
        std::iter::repeat_with(grown).take(16).collect()
    }

    fn sum(calls: &[Holding]) -> u64 {
        calls.iter().map(|call| call.bytes).sum()
    }

    #[test]
    fn one_alone_gets_half_and_gives_it_back() {
        let memory = Memory::of(2048 * MIB);
        let holder = memory.holder();
        assert_eq!(sum(&fill(&holder)), 1024 * MIB);
        assert_eq!(sum(&fill(&holder)), 1024 * MIB, "what was dropped is there again");
        assert_eq!((*locked(&memory.used), *locked(&holder.held)), (0, 0));
    }

    #[test]
    fn eight_that_take_what_they_get_leave_some_for_a_ninth_and_never_pass_the_total() {
        let memory = Memory::of(2048 * MIB);
        let holders: Vec<_> = (0..8).map(|_| memory.holder()).collect();
        let mut held: Vec<_> = holders.iter().map(fill).collect();
        held.extend(holders.iter().map(fill));
        let all: u64 = held.iter().map(|calls| sum(calls)).sum();
        assert!((2000 * MIB..=2044 * MIB).contains(&all), "{} MiB", all / MIB);
        let mut ninth = memory.holder().begin();
        assert!(ninth.grow(2 * MIB), "an ordinary call of a ninth works");
    }

    #[test]
    fn what_is_too_much_takes_nothing_and_nothing_is_always_granted() {
        let memory = Memory::of(10);
        let (one, other) = (memory.holder(), memory.holder());
        let (mut large, mut small) = (one.begin(), other.begin());
        assert!(!large.grow(6) && large.grow(5) && !large.grow(1));
        assert!(small.grow(2) && !small.grow(1) && !small.grow(u64::MAX));
        assert!(large.grow(0), "asking for the size is no growth");
        assert_eq!(*locked(&memory.used), 7);
    }
}
