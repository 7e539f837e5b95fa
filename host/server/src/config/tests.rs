//! Tests of the configuration: files, environment, defaults, and each thing that is refused.

#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use std::io::Write as _;

use super::*;

fn load(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let pairs = variables.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    Config::load(Some(file.path()), &Environment::new(pairs))
}

fn refused(text: &str, variables: &[(&str, &str)]) -> String {
    load(text, variables).unwrap_err().to_string()
}

#[test]
fn without_any_setting_it_listens_on_loopback_and_says_which_defaults_it_took() {
    let config = Config::load(None, &Environment::default()).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.data_dir, Path::new("./jackfield-data"));
    assert_eq!(config.keyring, Path::new("./jackfield-data.keyring"));
    for said in ["listen = 127.0.0.1:8080", "data_dir = ./jackfield-data", "store = sled"] {
        assert!(config.defaults.iter().any(|default| default == said), "{said} in {:?}", config.defaults);
    }
}

#[test]
fn an_unknown_key_is_an_error_that_names_the_key_and_the_line() {
    let said = refused("listen = \"127.0.0.1:1\"\n\ntelemtry = true\n", &[]);
    assert!(said.contains("telemtry") && said.contains(":3: "), "{said}");
    let said = refused("[egress]\nallow_everything = true\n", &[]);
    assert!(said.contains("`egress.allow_everything`") && said.contains(":2: "), "{said}");
}

#[test]
fn a_value_of_another_type_is_an_error_that_names_the_line() {
    let said = refused("behind_proxy = \"perhaps\"\n", &[]);
    assert!(said.contains("`behind_proxy`") && said.contains(":1: "), "{said}");
    assert!(refused("listen = \"here\"\n", &[]).contains(":1: "));
    assert!(refused("store = \"cupboard\"\n", &[]).contains("sled"));
    assert!(refused("listen = \n", &[]).contains(":1: "));
}

#[test]
fn the_environment_stands_over_the_file() {
    let variables = [
        ("JACKFIELD_LISTEN", "127.0.0.1:9000"),
        ("JACKFIELD_EGRESS_ALLOW_LOOPBACK", "true"),
        ("JACKFIELD_EGRESS_HOSTS", "{ \"api.example.com\" = \"127.0.0.1:8443\" }"),
        ("JACKFIELD_LOG_FORMAT", "json"),
        ("JACKFIELD_DATA_DIR", "/srv/1"),
        ("JACKFIELD_TENANT", "not a setting"),
        ("PATH", "/bin"),
    ];
    let config = load("listen = \"127.0.0.1:1\"\n[log]\nlevel = \"debug\"\n", &variables).unwrap();
    assert_eq!(config.listen.port(), 9000);
    assert!(config.egress.allow_loopback);
    assert_eq!(config.egress.hosts.get("api.example.com").unwrap().port(), 8443);
    assert_eq!(config.log, Log { format: LogFormat::Json, level: LogLevel::Debug, request_id_header: None });
    assert_eq!(config.keyring, Path::new("/srv/1.keyring"));
}

#[test]
fn an_unknown_or_unfitting_variable_is_an_error_that_names_it() {
    assert!(refused("", &[("JACKFIELD_LISTN", "127.0.0.1:1")]).contains("JACKFIELD_LISTN"));
    let said = refused("", &[("JACKFIELD_BEHIND_PROXY", "perhaps")]);
    assert!(said.contains("JACKFIELD_BEHIND_PROXY") && said.contains("`behind_proxy`"), "{said}");
}

#[test]
fn the_nearest_key_is_suggested() {
    assert!(refused("[limits]\ncpu_sm = 1\n", &[]).contains("did you mean `limits.cpu_ms`?"));
    assert!(refused("cpu_ms = 1\n", &[]).contains("did you mean `limits.cpu_ms`?"));
    assert!(refused("", &[("JACKFIELD_LISTN", "x")]).contains("did you mean `JACKFIELD_LISTEN`?"));
    assert!(refused("door = true\n", &[]).contains("jackfield config reference"));
}

#[test]
fn a_variable_may_name_a_file_but_not_beside_itself() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("listen");
    std::fs::write(&file, "127.0.0.1:9\n").unwrap();
    let file = file.to_str().unwrap();
    assert_eq!(load("", &[("JACKFIELD_LISTEN_FILE", file)]).unwrap().listen.port(), 9);
    let both = refused("", &[("JACKFIELD_LISTEN_FILE", file), ("JACKFIELD_LISTEN", "127.0.0.1:1")]);
    assert!(both.contains("JACKFIELD_LISTEN_FILE") && both.contains("take one of them away"), "{both}");
    let missing = refused("", &[("JACKFIELD_LISTEN_FILE", "/nowhere/at/all")]);
    assert!(missing.contains("/nowhere/at/all") && missing.contains("JACKFIELD_LISTEN_FILE"), "{missing}");
}

#[test]
fn a_header_for_request_ids_is_one_of_its_own() {
    assert!(load("[log]\nrequest_id_header = \"X-Request-Id\"\n", &[]).is_ok());
    for bad in ["cookie", "Authorization", "two words", ""] {
        let said = load(&format!("[log]\nrequest_id_header = \"{bad}\"\n"), &[]);
        assert!(matches!(said, Err(ConfigError::RequestIdHeader { .. })), "{bad}");
    }
}

#[test]
fn others_reach_it_only_through_a_declared_proxy_with_tls() {
    let open = "listen = \"0.0.0.0:8080\"\n";
    let https = "public_url = \"https://connect.example.com\"\n";
    assert!(matches!(load(open, &[]), Err(ConfigError::Exposed { .. })));
    assert!(matches!(load(&format!("{open}{https}"), &[]), Err(ConfigError::Exposed { .. })));
    assert!(matches!(load(&format!("{open}behind_proxy = true"), &[]), Err(ConfigError::Exposed { .. })));
    load(&format!("{open}{https}behind_proxy = true"), &[]).unwrap();
}

#[test]
fn the_public_url_is_an_https_origin() {
    let of = |url: &str| load(&format!("public_url = \"{url}\"\n"), &[]);
    for good in ["https://connect.example.com", "http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:9"] {
        of(good).unwrap();
    }
    assert!(matches!(of("http://connect.example.com"), Err(ConfigError::PlainPublicUrl { .. })));
    assert!(matches!(of("http://localhost.example.com"), Err(ConfigError::PlainPublicUrl { .. })));
    for bad in ["https://a@b.example", "https://b.example/path", "https://b.example/?q", "https://b.example/#f"] {
        assert!(matches!(of(bad), Err(ConfigError::PublicUrlParts { .. })), "{bad}");
    }
}

#[test]
fn the_key_ring_is_kept_outside_the_store_s_folder() {
    for inside in ["./jackfield-data/keyring", "jackfield-data/../jackfield-data/k"] {
        let said = load(&format!("keyring = \"{inside}\"\n"), &[]);
        assert!(matches!(said, Err(ConfigError::KeyringInside { .. })), "{inside}");
    }
}

#[test]
fn a_limit_of_nothing_is_refused() {
    let said = refused("[limits]\ncpu_ms = 0\n", &[]);
    assert!(said.contains("limits.cpu_ms"), "{said}");
    assert!(refused("[timeouts]\nshutdown_ms = 0\n", &[]).contains("timeouts.shutdown_ms"));
    assert_eq!(load("", &[("JACKFIELD_LIMITS_CPU_MS", "50")]).unwrap().limits.cpu_ms, 50);
}

#[test]
fn one_instance_fits_into_a_connectors_share_of_all_memory() {
    let said = refused("[limits]\nmemory_total_bytes = 500_000_000\n", &[]);
    assert!(said.contains("twice `limits.guest_runtime_memory_bytes`"), "{said}");
    let said = refused("[limits]\nmemory_bytes = 2_000_000_000\n", &[]);
    assert!(said.contains("twice `limits.memory_bytes`"), "{said}");
    assert!(load("[limits]\nmemory_total_bytes = 536_870_912\n", &[]).is_ok(), "two of the largest");
}

#[test]
fn what_weakens_the_host_is_announced() {
    let config = load("[egress]\nallow_loopback = true\n[egress.allow_private]\nwiki = [\"wiki.internal\"]\n", &[]);
    let said = config.unwrap().warnings().join("\n");
    for part in ["allow_loopback", "wiki.internal", "plain HTTP"] {
        assert!(said.contains(part), "{part} in {said}");
    }
    let quiet = load("public_url = \"https://connect.example.com\"\n", &[]).unwrap();
    assert_eq!(quiet.warnings(), Vec::<String>::new());
}
