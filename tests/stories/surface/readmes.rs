//! What the READMEs say, held against what is there: commands that parse, requests that are taken, paths that exist.

use std::fs;

use jackfield_tests::components::workspace;
use jackfield_tests::host::{Setting, TestHost};
use serde_json::{Value, json};

use crate::child::Jackfield;

const READMES: [&str; 5] =
    ["README.md", "host/README.md", "sdk/README.md", "connectors/README.md", "tests/peers/README.md"];

fn read(path: &str) -> String {
    fs::read_to_string(workspace().join(path)).unwrap()
}

/// The lines of a README's blocks without a language that begin so.
fn commands(readme: &str, program: &str) -> Vec<Vec<String>> {
    let blocks = readme.split("\n```").skip(1).step_by(2);
    let lines = blocks.flat_map(str::lines).filter_map(|line| line.strip_prefix(program));
    lines.map(|line| line.split_whitespace().take_while(|word| *word != "#").map(str::to_owned).collect()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_of_a_readme_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let cli = Jackfield::in_folder(folder.path());
    let mut tried = 0;
    for readme in READMES {
        let text = read(readme);
        let typed = commands(&text, "jackfield ");
        let run = commands(&text, "cargo run -p jackfield-server --bin jackfield -- ");
        for words in typed.into_iter().chain(run) {
            // Asked for help, it does nothing, but a word it does not know is refused all the same.
            let arguments: Vec<&str> = words.iter().map(String::as_str).chain(["--help"]).collect();
            let ran = cli.run(&arguments).await;
            assert_eq!(ran.code, 0, "{readme}: jackfield {}: {}", words.join(" "), ran.err);
            tried += 1;
        }
    }
    assert!(tried >= 8, "{tried} commands found");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_requests_of_the_readme_are_taken() {
    let text = read("README.md");
    let host = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
    host.install("github").await.unwrap();
    host.client("github", "Iv1.example", "secret", json!({})).await.unwrap();
    let tenant = host.tenant("Acme").await.unwrap();
    let path = format!("/v1/tenants/{}", tenant.id);
    let change = Some(json!({ "return_urls": ["https://app.example/connected"] }));
    host.api(host.operator(), http::Method::PATCH, &path, change).await.unwrap();
    let mut requests = 0;
    for line in text.lines().filter(|line| line.starts_with("POST /v1/") || line.starts_with("ANY  /v1/")) {
        let (route, body) =
            line.split_once(" {").map_or((line, None), |(route, body)| (route, Some(format!("{{{body}"))));
        let path = route.split_whitespace().nth(1).unwrap().replace("{id}", "nothing");
        let body: Option<Value> = body.map(|body| serde_json::from_str(&body).unwrap());
        let answer = host.api(&tenant.key, http::Method::POST, &path, body).await.unwrap();
        let missing = answer.status == 404 && answer.code() == "not-found";
        assert!(answer.status == 201 || missing, "{line}: {} {}", answer.status, answer.json);
        requests += 1;
    }
    assert_eq!(requests, 5, "the README shows other requests now");
}

#[test]
fn every_place_a_walk_names_is_there() {
    let text = read("host/README.md");
    let folders = ["host", "host/server/src", "."].map(|folder| workspace().join(folder));
    let mut named = 0;
    for word in text
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| word.contains('/') && !word.starts_with('/') && !word.contains([' ', '*', '{', ':']))
    {
        let there =
            folders.iter().any(|folder| folder.join(word).exists() || folder.join(format!("{word}.rs")).exists());
        assert!(there, "host/README.md names {word}, which is not there");
        named += 1;
    }
    assert!(named >= 10, "{named} places found");
}
