//! The host killed under load, and the power of its disk cut: nothing that was acknowledged is lost.

use jackfield_tests::suite::{Slice, Suite};

use crate::forgetful::Forgetful;
use crate::siege::Siege;

/// What every choice and moment follows from.
const SEED: u64 = 0x6a61_636b;

#[tokio::test(flavor = "multi_thread")]
async fn a_host_killed_under_load_keeps_what_it_acknowledged() {
    let mut suite = Suite::named("kill-loop");
    let mut siege = Siege::lay(SEED, None).await;
    siege.endure(&mut suite, Slice::asked().of(16, 2000)).await;
    siege.lift(&mut suite).await;
    suite.finish();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "part of make soak: needs root and /dev/fuse"]
async fn a_host_whose_power_is_cut_keeps_what_it_acknowledged() {
    let mut suite = Suite::named("power-cut");
    let mut siege = Siege::lay(SEED, Some(Forgetful::mount().await)).await;
    siege.endure(&mut suite, Slice::asked().of(40, 1000)).await;
    siege.lift(&mut suite).await;
    suite.finish();
}
