//! A configuration that cannot be: `serve` says which key, and makes nothing.

use std::fs;

use crate::child::{Jackfield, Ran};

/// Starts `serve` with this file, which must not start.
async fn refused(text: &str, variables: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("jackfield.toml"), text).unwrap();
    let mut cli = Jackfield::in_folder(folder.path());
    for (name, value) in variables {
        cli = cli.with(name, value);
    }
    let ran: Ran = cli.serve(&["--config", "jackfield.toml"]).await.err().expect("it started");
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["jackfield.toml"], "a refused start left something behind");
    ran.failed(2)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_understood_is_named_with_its_line() {
    for (text, parts) in [
        ("listen = \"127.0.0.1:0\"\ntelemtry = true\n", ["`telemtry`", "jackfield.toml:2: "]),
        ("[limits]\ncpu_sm = 1\n", ["did you mean `limits.cpu_ms`?", "jackfield.toml:2: "]),
        ("[egress]\ncpu_ms = 1\n", ["did you mean `limits.cpu_ms`?", "`egress.cpu_ms`"]),
        ("[timeouts]\nshutdown_ms = 0\n", ["timeouts.shutdown_ms", "0"]),
        ("[log]\nrequest_id_header = \"cookie\"\n", ["log.request_id_header", "x-request-id"]),
        ("listen = 8080\n", ["listen", ":1: "]),
        ("\n[egress]\nallow_loopback = \"yes\"\n", ["allow_loopback", ":3: "]),
        ("[limits]\nmemory_bytes = \"lots\"\n", ["memory_bytes", ":2: "]),
        ("store = \"cupboard\"\n", ["sled", ":1: "]),
        ("listen = \n", ["jackfield.toml", ":1: "]),
        ("[limits]\ncpu_ms = 0\n", ["limits.cpu_ms", "0"]),
    ] {
        let said = refused(text, &[]).await;
        for part in parts {
            assert!(said.contains(part), "{part} in {said}");
        }
    }
    for (variable, value, part) in [
        ("JACKFIELD_LISTN", "127.0.0.1:0", "did you mean `JACKFIELD_LISTEN`?"),
        ("JACKFIELD_LISTEN_FILE", "/nowhere/at/all", "cannot read /nowhere/at/all"),
        ("JACKFIELD_BEHIND_PROXY", "perhaps", "`behind_proxy`"),
        ("JACKFIELD_LISTEN", "nowhere", "`listen`"),
    ] {
        let said = refused("", &[(variable, value)]).await;
        assert!(said.contains(part) && said.contains(variable), "{said}");
    }
    let folder = tempfile::tempdir().unwrap();
    let missing =
        Jackfield::in_folder(folder.path()).serve(&["--config", "nothing.toml"]).await.err().unwrap().failed(2);
    assert!(missing.contains("cannot read the configuration nothing.toml"), "{missing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn others_reach_a_host_only_behind_a_proxy_that_speaks_tls() {
    let open = "listen = \"0.0.0.0:0\"\n";
    for text in [
        open.to_owned(),
        format!("{open}behind_proxy = true\n"),
        format!("{open}public_url = \"https://connect.example.com\"\n"),
        "listen = \"[::]:0\"\n".to_owned(),
        // One address of many is no less open, nor is one that only looks like this machine's.
        "listen = \"192.0.2.1:0\"\n".to_owned(),
        "listen = \"[::ffff:0.0.0.0]:0\"\n".to_owned(),
        format!("{open}behind_proxy = true\npublic_url = \"http://localhost\"\n"),
        format!("{open}[egress]\nallow_loopback = true\n"),
    ] {
        let said = refused(&text, &[]).await;
        assert!(said.contains("behind_proxy") && said.contains("public_url"), "{text}: {said}");
    }
    // The environment is held to it too, whatever the file says.
    for (name, value) in [("JACKFIELD_LISTEN", "0.0.0.0:0"), ("JACKFIELD_BEHIND_PROXY", "false")] {
        let text = "listen = \"0.0.0.0:0\"\nbehind_proxy = true\npublic_url = \"https://connect.example.com\"\n";
        let text = if name == "JACKFIELD_LISTEN" { "" } else { text };
        let said = refused(text, &[(name, value)]).await;
        assert!(said.contains("behind_proxy") && said.contains("public_url"), "{name}: {said}");
    }
    let plain = refused("public_url = \"http://connect.example.com\"\n", &[]).await;
    assert!(plain.contains("must be https"), "{plain}");
    let inside = refused("data_dir = \"data\"\nkeyring = \"data/keyring\"\n", &[]).await;
    assert!(inside.contains("keep it elsewhere"), "{inside}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environment_stands_over_the_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("j.toml"), "listen = \"0.0.0.0:1\"\ndata_dir = \"from-the-file\"\n").unwrap();
    let cli =
        Jackfield::in_folder(folder.path()).with("JACKFIELD_CONFIG", "j.toml").with("JACKFIELD_LISTEN", "127.0.0.1:0");
    let cli = cli.with("JACKFIELD_DATA_DIR", "from-the-environment").with("JACKFIELD_EGRESS_ALLOW_LOOPBACK", "true");
    let host = cli.serve(&[]).await.unwrap_or_else(|ran| panic!("{ran:?}"));
    assert!(host.said().contains("WARNING: egress.allow_loopback is on"), "{}", host.said());
    assert!(folder.path().join("from-the-environment.keyring").is_file());
    assert!(!folder.path().join("from-the-file").exists());
    assert_eq!(host.stop().await.0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variable_with_file_behind_its_name_names_a_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("listen"), "127.0.0.1:0\n").unwrap();
    let cli = Jackfield::in_folder(folder.path()).with("JACKFIELD_LISTEN_FILE", "listen");
    let host = cli.serve(&[]).await.unwrap_or_else(|ran| panic!("{ran:?}"));
    assert_eq!(host.stop().await.0, 0);
    let both = cli.with("JACKFIELD_LISTEN", "127.0.0.1:0").serve(&[]).await.err().unwrap().failed(2);
    assert!(both.contains("both JACKFIELD_LISTEN and JACKFIELD_LISTEN_FILE are set"), "{both}");
    let key = Jackfield::in_folder(folder.path()).with("JACKFIELD_API_KEY", "jf_x");
    let both = key.with("JACKFIELD_API_KEY_FILE", "listen").run(&["tenant", "list"]).await.failed(2);
    assert!(both.contains("both JACKFIELD_API_KEY and JACKFIELD_API_KEY_FILE are set"), "{both}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("taken"), "a file").unwrap();
    let cli = Jackfield::in_folder(folder.path()).with("JACKFIELD_LISTEN", "127.0.0.1:0");
    // /proc takes no folders, not even from root; below a file there are none.
    for place in ["taken/data", "/proc/jackfield-data"] {
        let cli = cli.clone().with("JACKFIELD_DATA_DIR", place);
        let cli = cli.with("JACKFIELD_KEYRING", "keyring").with("JACKFIELD_OPERATOR_KEY", "operator-key");
        let said = cli.serve(&[]).await.err().unwrap().failed(1);
        assert!(said.contains(place) && said.contains("`data_dir`"), "{said}");
        assert!(!folder.path().join("keyring").exists(), "nothing is made for a store that cannot be");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_lists_every_setting_and_is_a_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let cli = Jackfield::in_folder(folder.path());
    let listed = cli.run(&["config", "reference", "--json"]).await.json();
    let listed = listed["items"].as_array().unwrap();
    let words = cli.run(&["config", "reference"]).await.done();
    let toml = cli.run(&["config", "reference", "--toml"]).await.done();
    assert!(listed.len() > 30, "{words}");
    for entry in listed {
        for part in ["key", "variable", "type", "default", "meaning"] {
            let text = entry[part].as_str().unwrap();
            assert!(!text.is_empty() && words.contains(text), "{part} of {entry}");
        }
        let (tables, key) =
            entry["key"].as_str().unwrap().rsplit_once('.').unwrap_or(("", entry["key"].as_str().unwrap()));
        assert!(toml.contains(&format!("\n# {key} = ")) || toml.starts_with(&format!("# {key} = ")), "{key}");
        assert!(tables.is_empty() || toml.contains(&format!("\n[{tables}]\n")), "{tables}");
        // It is a setting of `serve` too: a value it cannot have is refused by its name.
        let wrong = format!("{} = [[1979-05-27]]\n", entry["key"].as_str().unwrap());
        fs::write(folder.path().join("wrong.toml"), wrong).unwrap();
        let said = cli.run(&["config", "check", "--config", "wrong.toml"]).await.failed(2);
        assert!(said.contains("wrong.toml:1: ") && said.contains("is not understood"), "{said}");
    }
    fs::write(folder.path().join("all.toml"), toml).unwrap();
    let said = cli.run(&["config", "check", "--config", "all.toml"]).await.done();
    assert!(said.contains("This configuration is good") && said.contains("default: listen = 127.0.0.1:8080"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_says_where_each_setting_comes_from() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("j.toml"), "data_dir = \"here\"\n[egress]\nallow_loopback = true\n").unwrap();
    let cli = Jackfield::in_folder(folder.path()).with("JACKFIELD_LOG_LEVEL", "debug");
    let cli = cli.with("JACKFIELD_CONFIG", "j.toml");
    let said = cli.run(&["config", "check"]).await.done();
    for line in ["data_dir", "the file", "log.level", "JACKFIELD_LOG_LEVEL", "WARNING: egress.allow_loopback is on"] {
        assert!(said.contains(line), "{line} in {said}");
    }
    let json = cli.run(&["config", "check", "--json"]).await.json();
    assert_eq!(json["items"].as_array().unwrap().len(), 3, "{json}");
    let wrong = cli.with("JACKFIELD_LOG_LEVEL", "loud").run(&["config", "check", "--json"]).await;
    assert!(wrong.out.contains("\"code\": \"configuration\"") && wrong.code == 2, "{wrong:?}");
    assert!(!folder.path().join("here").exists(), "checking makes nothing");
}
