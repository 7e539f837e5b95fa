//! The command line used wrongly, without a host, with a wrong key; every command's help.

use jackfield_tests::host::{Setting, TestHost};
use tokio::net::TcpSocket;

use crate::child::Jackfield;

const COMMANDS: [&str; 30] = [
    "serve",
    "demo",
    "connector build",
    "connector check",
    "connector install",
    "connector list",
    "connector show",
    "connector approve",
    "connector remove",
    "client add",
    "client list",
    "client rotate",
    "client accept-endpoints",
    "client remove",
    "tenant create",
    "tenant list",
    "tenant show",
    "tenant change",
    "tenant remove",
    "key create",
    "key list",
    "key remove",
    "keyring init",
    "keyring status",
    "connection list",
    "connection show",
    "connection verify",
    "connection rename",
    "connection reauthorize",
    "connection delete",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_command_helps_with_an_example_and_takes_json() {
    let folder = tempfile::tempdir().unwrap();
    let cli = Jackfield::in_folder(folder.path());
    for command in COMMANDS {
        let words: Vec<&str> = command.split(' ').collect();
        let help = cli.run(&[&words[..], &["--help"]].concat()).await.done();
        assert!(help.contains("Example:") && help.contains(&format!("jackfield {command}")), "{command}: {help}");
        assert!(help.contains("--json"), "{command}: {help}");
    }
    let top = cli.run(&["--help"]).await.done();
    for noun in ["serve", "demo", "connector", "client", "tenant", "key", "keyring", "connection"] {
        assert!(top.contains(&format!("\n  {noun} ")), "{noun} in {top}");
    }
    assert!(!top.contains("compile-worker"), "{top}");
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
    let plain = cli.run(&["tenant", "list", "--url", "http://connect.example.com"]).await.failed(1);
    assert!(plain.contains("in the clear") && plain.contains("https"), "{plain}");
    let none = cli.run(&["tenant", "list", "--url", "connect.example.com"]).await.failed(1);
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
