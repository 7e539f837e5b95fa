//! A provider that means harm, behaviour by behaviour: each is put into the right class, nothing hangs, nothing panics, what
//! is said can be read by a person and holds no secret, and the next honest answer works.

mod api;
mod documents;
mod errors;
mod identity;
mod redirects;
mod row;
mod run;
mod tokens;
mod transport;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::StreamExt;
use jackfield_tests::host_log;
use jackfield_tests::suite::{Slice, Suite};

use self::row::Row;
use self::run::Runner;

/// How many rows are tried at the same time.
const AT_ONCE: usize = 6;

static PANICS: AtomicUsize = AtomicUsize::new(0);

/// Counts panics of this process from now on.
fn count_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |told| {
        PANICS.fetch_add(1, Ordering::SeqCst);
        usual(told);
    }));
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_provider_does_is_put_into_its_class_and_harms_nothing() {
    let mut suite = Suite::named("hostile-provider");
    let log = host_log::captured();
    count_panics();
    let rows = all();
    let behaviours: std::collections::BTreeSet<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    assert!(behaviours.len() >= 120, "{}", behaviours.len());
    suite.figure("behaviours", behaviours.len());
    let runner = Arc::new(Runner::set().await.unwrap());
    let tried = futures::stream::iter(rows.into_iter().enumerate()).map(|(number, row)| {
        let runner = Arc::clone(&runner);
        async move {
            let held = runner.run(number, &row).await;
            (format!("{:?} {}", row.on, row.name), held)
        }
    });
    let mut tried = tried.buffer_unordered(AT_ONCE);
    while let Some((name, held)) = tried.next().await {
        suite.case(name, held);
    }
    suite.case(
        "nothing panicked",
        match PANICS.load(Ordering::SeqCst) {
            0 => Ok(()),
            count => Err(format!("{count} times")),
        },
    );
    suite.check("no log line tells of a panic", log.lines_with("panicked").is_empty());
    let elsewhere = runner.elsewhere();
    suite.check(format!("no request went elsewhere: {elsewhere:?}"), elsewhere.is_empty());
    suite.finish();
}

/// Every row; what a connection does to bytes is tried at each endpoint in the long slice, at one of them in turn in the short.
fn all() -> Vec<Row> {
    let everywhere = Slice::asked() == Slice::Long;
    let tables = [tokens::rows(), errors::rows(), documents::rows(), identity::rows(), api::rows(), redirects::rows()];
    transport::rows(everywhere).into_iter().chain(tables.into_iter().flatten()).collect()
}
