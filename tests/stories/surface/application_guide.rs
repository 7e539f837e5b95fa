//! `host/guides/application.md` as an application's developer follows it, against the demo it tells them to start.

use std::collections::BTreeMap;

use jackfield_tests::browser::Browser;
use jackfield_tests::components::workspace;
use jackfield_tests::scene;

use crate::child::Jackfield;
use crate::guide::{Reader, blocks};

const GUIDE: &str = "host/guides/application.md";

/// What the demo lends to whoever plays the application.
fn lent(file: &str) -> BTreeMap<String, String> {
    let lines = std::fs::read_to_string(file).unwrap();
    let pairs = lines.lines().filter_map(|line| line.strip_prefix("export ")?.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The person the link is for: agrees on the host's page and at the provider; the ticket they come back with.
async fn agrees(link: &str) -> String {
    let mut browser: Browser = scene::browser();
    let consent = scene::at_provider(&mut browser, link).await.unwrap();
    let allow = consent.form().unwrap().press("Allow").unwrap();
    let back = browser.submit(&consent, &allow).await.unwrap().page().unwrap();
    let ticket = scene::returned(&back.url)["ticket"].clone();
    assert!(back.body.contains(&format!("TICKET={ticket}")), "{}", back.body);
    ticket
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_for_applications_is_true() {
    let folder = tempfile::tempdir().unwrap();
    let cli = Jackfield::in_folder(folder.path()).with("TMPDIR", folder.path().to_str().unwrap());
    let demo = cli.demo(&["--sources", workspace().to_str().unwrap()]).await;
    let lent = lent(demo.after("  source "));
    let variables: Vec<(&str, &str)> = lent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let typing = tempfile::tempdir().unwrap();
    let mut reader = Reader::sits_down(typing.path(), &variables);
    let guide = blocks(GUIDE);
    for heading in ["Begin", "Ask for a connection"] {
        reader.follows(&guide, heading).await;
    }
    let link = reader.types("jq -r .url session.json").await;
    let ticket = agrees(link.trim()).await;
    reader.types(&format!("TICKET={ticket}")).await;
    let rest: Vec<&str> = {
        let mut headings: Vec<&str> = guide.iter().map(|block| block.heading.as_str()).collect();
        headings.dedup();
        headings.into_iter().skip(2).collect()
    };
    for heading in rest {
        reader.follows(&guide, heading).await;
    }
    reader.leaves().await;
    demo.stop().await;
}

#[test]
fn every_code_of_the_guide_is_one() {
    let guide = std::fs::read_to_string(workspace().join(GUIDE)).unwrap();
    let description = jackfield_server::app::description();
    let known = description.pointer("/components/examples").unwrap().as_object().unwrap();
    let codes: Vec<&str> = guide.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert!(codes.len() >= 8, "{codes:?}");
    for code in codes {
        assert!(known.contains_key(code), "{code} is no code of the API");
    }
}
