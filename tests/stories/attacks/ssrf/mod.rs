//! Every spelling of something inside, by every way a URL gets in: refused by name, and nobody is even called.

mod scene;
mod spellings;
mod turning;
mod ways;

use std::net::IpAddr;

use jackfield_tests::suite::Suite;

use self::scene::{Scene, has_host};
use self::ways::WAYS;

#[tokio::test(flavor = "multi_thread")]
async fn no_spelling_of_an_address_inside_is_reached_by_any_way() {
    let mut suite = Suite::named("ssrf-table");
    let scene = Scene::set().await;
    let spellings = spellings::all();
    assert!(spellings.len() >= 200, "{}", spellings.len());
    let mut seen = 0;
    for (row, spelling) in spellings.iter().enumerate() {
        let port = scene.canaries[row % scene.canaries.len()].address.port();
        let host = if spelling.whole { spelling.text.clone() } else { format!("{}:{port}", spelling.text) };
        let url = format!("https://{host}/x");
        for (name, way) in WAYS {
            let refused = way.lead(&scene, row, &url).await;
            let strayed = scene.strayed().split_off(seen);
            seen += strayed.len();
            let held = if strayed.is_empty() { refused } else { Err(format!("connections were tried to {strayed:?}")) };
            suite.case(format!("{name} {}", spelling.text.escape_debug()), held);
        }
    }
    scene.answers_that_are_good_are_followed(&mut suite).await;
    turning::tried(&mut suite).await;
    for canary in &scene.canaries {
        suite.check(format!("nobody came to {}", canary.address), canary.is_untouched());
        suite.check(format!("{} could be reached", canary.address), canary.is_reachable().await);
    }
    suite.figure("spellings", spellings.len());
    suite.figure("ways", WAYS.len());
    suite.figure("connections", scene.strayed().len());
    suite.finish();
}

/// The address a spelling means, for the names that turn to it: loopback where it means none.
fn meant(url: &str) -> IpAddr {
    let loopback = IpAddr::from([127, 0, 0, 1]);
    let parsed = url::Url::parse(url).ok().filter(has_host);
    match parsed.as_ref().and_then(url::Url::host) {
        Some(url::Host::Ipv4(address)) => address.into(),
        Some(url::Host::Ipv6(address)) => address.into(),
        _ => loopback,
    }
}
