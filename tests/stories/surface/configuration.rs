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
    ran.failed(1)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_understood_is_named_with_its_line() {
    for (text, parts) in [
        ("listen = \"127.0.0.1:0\"\ntelemtry = true\n", ["telemtry", "line 2"]),
        ("listen = 8080\n", ["listen", "line 1"]),
        ("\n[egress]\nallow_loopback = \"yes\"\n", ["allow_loopback", "line 3"]),
        ("[limits]\nmemory_bytes = \"lots\"\n", ["memory_bytes", "line 2"]),
        ("store = \"cupboard\"\n", ["sled", "line 1"]),
        ("listen = \n", ["jackfield.toml", "line 1"]),
        ("[limits]\ncpu_ms = 0\n", ["limits.cpu_ms", "0"]),
    ] {
        let said = refused(text, &[]).await;
        for part in parts {
            assert!(said.contains(part), "{part} in {said}");
        }
    }
    for (variable, value, part) in [
        ("JACKFIELD_LISTN", "127.0.0.1:0", "JACKFIELD_LISTN names no setting"),
        ("JACKFIELD_BEHIND_PROXY", "perhaps", "`behind_proxy`"),
        ("JACKFIELD_LISTEN", "nowhere", "`listen`"),
    ] {
        let said = refused("", &[(variable, value)]).await;
        assert!(said.contains(part) && said.contains(variable), "{said}");
    }
    let folder = tempfile::tempdir().unwrap();
    let missing =
        Jackfield::in_folder(folder.path()).serve(&["--config", "nothing.toml"]).await.err().unwrap().failed(1);
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
    ] {
        let said = refused(&text, &[]).await;
        assert!(said.contains("behind_proxy") && said.contains("public_url"), "{said}");
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
