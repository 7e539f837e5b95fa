//! The command line used wrongly, without a host, with a wrong key; every command's help.

use jackfield_tests::host::{Setting, TestHost};
use tokio::net::TcpSocket;

use crate::child::Jackfield;

/// The commands a help text lists.
fn listed(help: &str) -> Vec<String> {
    let section = help.split("\nCommands:\n").nth(1).unwrap_or_default();
    let lines = section.lines().take_while(|line| line.starts_with("  "));
    // A longer description goes on further to the right.
    let names = lines.filter(|line| !line.starts_with("   ")).filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_helps_with_an_example_and_takes_json() {
    let folder = tempfile::tempdir().unwrap();
    let cli = Jackfield::in_folder(folder.path());
    let mut open: Vec<Vec<String>> = vec![vec![]];
    let mut leaves = Vec::new();
    while let Some(path) = open.pop() {
        let words: Vec<&str> = path.iter().map(String::as_str).chain(["--help"]).collect();
        let help = cli.run(&words).await.done();
        let inner = listed(&help);
        let command = path.join(" ");
        if inner.is_empty() {
            assert!(help.contains("Example:") && help.contains(&format!("jackfield {command}")), "{command}: {help}");
            assert!(help.contains("--json"), "{command}: {help}");
            leaves.push(command);
        }
        open.extend(inner.into_iter().map(|name| path.iter().cloned().chain([name]).collect()));
    }
    for known in ["serve", "demo", "connector install", "client add", "keyring status", "connection delete", "man"] {
        assert!(leaves.iter().any(|leaf| leaf == known), "{known} in {leaves:?}");
    }
    assert!(leaves.len() > 30 && !leaves.iter().any(|leaf| leaf == "compile-worker"), "{leaves:?}");
    assert!(cli.run(&["--version"]).await.done().starts_with("jackfield "));
}

#[tokio::test(flavor = "multi_thread")]
async fn used_wrongly_is_exit_code_two() {
    let folder = tempfile::tempdir().unwrap();
    let cli = Jackfield::in_folder(folder.path()).with("JACKFIELD_API_KEY", "jf_x");
    for wrong in [
        &[][..],
        &["fly"],
        &["tenant"],
        &["tenant", "create"],
        &["tenant", "list", "--surprise"],
        &["serve", "now"],
        &["connection", "rename", "conn_x"],
    ] {
        let ran = cli.run(wrong).await;
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{wrong:?}: {ran:?}");
        assert!(ran.err.contains("Usage:"), "{ran:?}");
    }
    let keyless = Jackfield::in_folder(folder.path());
    let said = keyless.run(&["tenant", "list"]).await.failed(2);
    assert!(said.contains("JACKFIELD_API_KEY_FILE") && said.contains("JACKFIELD_API_KEY"), "{said}");
    let json = keyless.run(&["tenant", "list", "--json"]).await;
    let answer: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((json.code, answer["error"]["code"].as_str()), (2, Some("used-wrongly")));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_host_a_foreign_host_and_a_wrong_key_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let cli = Jackfield::in_folder(folder.path()).with("JACKFIELD_API_KEY", "jf_wrong-key-0123456789");
    // A port that is held, so that nobody else takes it, and not listened on.
    let held = TcpSocket::new_v4().unwrap();
    held.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}", held.local_addr().unwrap());
    let nobody = cli.run(&["tenant", "list", "--url", &url]).await.failed(1);
    assert!(nobody.contains("no host answers") && nobody.contains("jackfield serve"), "{nobody}");
    let plain = cli.run(&["tenant", "list", "--url", "http://connect.example.com"]).await.failed(2);
    assert!(plain.contains("in the clear") && plain.contains("https"), "{plain}");
    let none = cli.run(&["tenant", "list", "--url", "connect.example.com"]).await.failed(2);
    assert!(none.contains("is no address of a host"), "{none}");

    let host = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
    let url = host.url().unwrap();
    let ran = cli.run(&["tenant", "list", "--url", &url, "--json"]).await;
    let answer: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(answer["error"]["code"], "key-unknown", "{answer}");
    let said = ran.failed(1);
    assert!(said.contains("This API key is not one of this host's") && !said.contains("wrong-key"), "{said}");
    let missing = cli.run(&["tenant", "list", "--url", &url, "--api-key-file", "nothing.key"]).await;
    assert!(missing.failed(1).contains("cannot read the secret in nothing.key"));
    // Something else listens there: its answer is not taken for ours.
    let elsewhere = format!("{url}/healthz?");
    let foreign = cli.run(&["tenant", "list", "--url", &elsewhere]).await;
    assert_eq!(foreign.code, 1, "{foreign:?}");
}
