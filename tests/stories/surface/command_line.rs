//! The operator's commands against a running host: connectors, tenants, clients, keys; words for people, JSON for programs.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use jackfield_tests::components;
use jackfield_tests::host::{RETURN_URL, Setting, TestHost};
use serde_json::{Value, json};

use crate::child::Jackfield;

#[tokio::test(flavor = "multi_thread")]
async fn connectors_are_checked_installed_approved_and_removed() {
    let host = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
    let cli = Jackfield::operating(&host);
    let file = components::path("api-token").unwrap();
    let file = file.to_str().unwrap();
    let checked = cli.run(&["connector", "check", file, "--json"]).await.json();
    assert_eq!((&checked["name"], &checked["class"]), (&json!("api-token"), &json!("pure")), "{checked}");
    let words = cli.run(&["connector", "check", file]).await.done();
    assert!(words.contains("It asks for:") && words.contains("could install"), "{words}");
    assert_eq!(cli.run(&["connector", "list"]).await.done().trim(), "none", "checking installs nothing");

    let left = cli.run(&["connector", "install", file]).await;
    assert!(left.err.contains("It asks for:") && left.err.contains("deserves a second look"), "{left:?}");
    assert!(left.done().contains("nothing of it runs until `jackfield connector approve api-token`"));
    let shown = cli.run(&["connector", "show", "api-token", "--json"]).await.json();
    assert_eq!((&shown["approved"], &shown["digest"]), (&json!(false), &checked["digest"]));
    assert_eq!(shown["requests"], checked["requests"], "check and install ask for the same");
    let declined = cli.run(&["connector", "approve", "api-token"]).await.failed(1);
    assert!(declined.contains("not approved") && declined.contains("--yes"), "{declined}");
    let other = cli.run(&["connector", "approve", "api-token", "--yes", "--digest", &"0".repeat(64)]).await.failed(1);
    assert!(other.contains("other-digest"), "{other}");
    assert!(cli.run(&["connector", "approve", "api-token", "--yes"]).await.done().contains("may run"));
    let installed = cli.run(&["connector", "install", file, "--approve", "--json"]).await.json();
    assert_eq!(installed["approved"], true);
    let table = cli.run(&["connector", "list"]).await.done();
    assert!(table.lines().nth(1).unwrap().starts_with("api-token"), "{table}");
    assert!(cli.run(&["connector", "remove", "api-token"]).await.done().contains("is removed"));
    let gone = cli.run(&["connector", "show", "api-token"]).await.failed(1);
    assert!(gone.contains("There is no such connector") && gone.contains("not-found, request req_"), "{gone}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_connector_is_said_to_be_none() {
    let host = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
    let cli = Jackfield::operating(&host);
    fs::write(host.folder().join("noise.wasm"), "not a component at all").unwrap();
    fs::write(host.folder().join("core.wasm"), b"\0asm\x01\0\0\0").unwrap();
    fs::create_dir(host.folder().join("empty")).unwrap();
    for file in ["noise.wasm", "core.wasm"] {
        let checked = cli.run(&["connector", "check", file]).await.failed(1);
        let installed = cli.run(&["connector", "install", file, "--approve"]).await.failed(1);
        assert!(installed.contains("component-refused"), "{installed}");
        assert!(checked.lines().last().unwrap().len() > 20, "{checked}");
    }
    assert!(cli.run(&["connector", "check", "nothing.wasm"]).await.failed(1).contains("there is no nothing.wasm"));
    assert!(!cli.run(&["connector", "build", "empty"]).await.failed(1).is_empty());
    assert_eq!(cli.run(&["connector", "list", "--json"]).await.json()["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn tenants_are_made_changed_and_removed() {
    let host = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
    let cli = Jackfield::operating(&host);
    let words = cli.run(&["tenant", "create", "North Wind"]).await.done();
    assert!(words.contains("Nobody can connect yet"), "{words}");
    let made = cli.run(&["tenant", "create", "Acme", "--return-url", RETURN_URL, "--json"]).await.json();
    let tenant = made["id"].as_str().unwrap();
    let changed = cli.run(&["tenant", "change", tenant, "--name", "Acme \u{1b}[31mCo"]).await;
    assert!(changed.failed(1).contains("name"), "control characters are no name");
    cli.run(&["tenant", "change", tenant, "--name", "Acme & Co"]).await.done();
    let shown = cli.run(&["tenant", "show", tenant, "--json"]).await.json();
    assert_eq!((&shown["name"], &shown["return_urls"]), (&json!("Acme & Co"), &json!([RETURN_URL])));
    assert!(cli.run(&["tenant", "change", tenant]).await.failed(2).contains("say what to change"));
    assert!(cli.run(&["tenant", "list"]).await.done().contains("Acme & Co"));
    cli.run(&["tenant", "remove", tenant]).await.done();
    assert!(cli.run(&["tenant", "show", tenant]).await.failed(1).contains("not-found"));
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_shown_once_or_written_to_a_file_of_their_own() {
    let host = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
    let cli = Jackfield::operating(&host);
    let tenant = host.tenant("Acme").await.unwrap();
    let create = ["key", "create", "app", "--permission", "connect", "--permission", "read", "--for", &tenant.id];
    let shown = cli.run(&create).await.done();
    assert!(shown.contains(" jf_") && shown.contains("not shown again"), "{shown}");
    let to_file = ["key", "create", "ops", "--permission", "operate", "--out", "ops.key", "--json"];
    let filed = cli.run(&to_file).await.json();
    assert_eq!(filed["key"], Value::Null);
    let file = host.folder().join("ops.key");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&file).unwrap();
    let over = cli.run(&to_file).await;
    assert!(!over.out.contains("jf_") && over.failed(1).contains("jackfield key remove key_"));
    assert_eq!(fs::read_to_string(&file).unwrap(), text, "a key file is never overwritten");
    let by_file = cli.clone().with("JACKFIELD_API_KEY_FILE", "ops.key");
    let listed = by_file.run(&["key", "list"]).await.done();
    assert!(listed.contains("first operator key") && listed.contains("connect, read"), "{listed}");
    assert!(!listed.contains(text.trim()));
    cli.run(&["key", "remove", filed["id"].as_str().unwrap()]).await.done();
    assert!(by_file.run(&["key", "list"]).await.failed(1).contains("key-unknown"));
    let unknown = cli.run(&["key", "create", "x", "--permission", "everything"]).await.failed(2);
    assert!(unknown.contains("operate, connect, read"), "{unknown}");
    assert!(cli.run(&["key", "create", "x"]).await.failed(2).contains("--permission"));
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_take_their_secret_from_a_file_or_from_standard_input_only() {
    let host = TestHost::start(Setting::plain(crate::PROGRAM)).await.unwrap();
    host.install("openid-connect").await.unwrap();
    let cli = Jackfield::operating(&host);
    let issuer = "issuer=https://login.example.com";
    let add = ["client", "add", "openid-connect", "--client-id", "jack", "--field", issuer];
    for argument in ["--secret", "--client-secret", "--secret=s3cret-argv"] {
        let refused = cli.run(&[&add[..], &[argument, "s3cret-argv"][..]].concat()).await.failed(2);
        assert!(refused.contains("unexpected argument"), "{refused}");
    }
    fs::write(host.folder().join("secret.txt"), "s3cret-of-a-file\n").unwrap();
    let made = cli.run(&[&add[..], &["--secret-file", "secret.txt", "--json"]].concat()).await.json();
    assert_eq!((&made["has_secret"], &made["client_id"]), (&json!(true), &json!("jack")));
    let id = made["id"].as_str().unwrap();
    let words = cli.run_with(&[&add[..], &["--secret-stdin"]].concat(), "s3cret-of-a-pipe\n").await.done();
    assert!(words.contains("/oauth/callback/openid-connect/cli_") && words.contains("exactly as it stands"), "{words}");
    let rotated = cli.run_with(&["client", "rotate", id, "--secret-stdin"], "s3cret-rotated").await.done();
    assert!(rotated.contains("new secret"));
    assert!(cli.run(&["client", "rotate", id]).await.failed(2).contains("--secret-file"));
    assert!(cli.run(&["client", "rotate", id, "--secret-stdin"]).await.failed(1).contains("empty"));
    let both = ["client", "rotate", id, "--secret-stdin", "--secret-file", "secret.txt"];
    assert!(cli.run(&both).await.failed(2).contains("cannot be used with"));
    let wrong = ["client", "add", "openid-connect", "--client-id", "x", "--field", "issuer=nowhere"];
    assert!(cli.run(&wrong).await.failed(1).contains("whole https URL"));
    assert!(
        cli.run(&["client", "add", "openid-connect", "--client-id", "x", "--field", "issuer"])
            .await
            .failed(2)
            .contains("KEY=VALUE")
    );
    let listed = cli.run(&["client", "list"]).await.done();
    assert!(listed.lines().count() == 3 && !listed.contains("s3cret"), "{listed}");
    assert!(cli.run(&["client", "remove", id]).await.done().contains("is removed"));
    assert_eq!(cli.run(&["client", "list", "--json"]).await.json()["items"].as_array().unwrap().len(), 1);
}
