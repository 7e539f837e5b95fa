//! The process itself: what it would hand over in a core dump, and what is seen of it from outside.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use jackfield_tests::suite::Suite;

use crate::leaks::Leaks;

/// What the host would give its mail server.
const MAIL_PASSWORD: &str = "pL8mK3xW6vT1qZ5n-of-the-mailer";

/// A host in a process of its own, ended when dropped.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _ended = self.0.wait();
    }
}

/// A secret of each kind that an operator hands to a host in a file: its name and what is in the file.
fn handed_over(folder: &Path) -> Vec<(&'static str, String)> {
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let ring = read("jackfield-data.keyring");
    let words = ring.split(|c: char| !(c.is_ascii_alphanumeric() || "+/=-_".contains(c)));
    let mut secrets: Vec<(&str, String)> =
        words.filter(|word| word.len() >= 40).map(|word| ("a key of the ring", word.to_owned())).collect();
    assert!(!secrets.is_empty(), "the ring has a key");
    secrets.push(("the operator's key", read("jackfield-data.operator-key").trim().to_owned()));
    secrets.push(("the mailer's password", MAIL_PASSWORD.to_owned()));
    secrets
}

/// A host with a mail server that takes a password, as soon as it listens.
fn serving(folder: &Path) -> Process {
    std::fs::write(folder.join("mail-password"), MAIL_PASSWORD).unwrap();
    let mut command = Command::new(crate::PROGRAM);
    command.arg("serve").current_dir(folder).env("JACKFIELD_LISTEN", "127.0.0.1:0");
    for (name, value) in [
        ("HOST", "localhost"),
        ("FROM", "connections@host.example"),
        ("USER", "jackfield"),
        ("PASSWORD_FILE", "mail-password"),
    ] {
        command.env(format!("JACKFIELD_MAIL_{name}"), value);
    }
    command.env_remove("JACKFIELD_CONFIG").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut process = Process(command.spawn().unwrap());
    let mut line = String::new();
    BufReader::new(process.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("Jackfield listens on "), "{line}");
    process
}

#[test]
fn lk_1_a_running_host_dumps_no_core_and_shows_no_secret_from_outside() {
    let mut suite = Suite::named("secret-process");
    let folder = tempfile::tempdir().unwrap();
    let process = serving(folder.path());
    let seen = |name: &str| std::fs::read(format!("/proc/{}/{name}", process.0.id())).unwrap();
    let limits = String::from_utf8(seen("limits")).unwrap();
    let core: Vec<&str> =
        limits.lines().find(|line| line.starts_with("Max core file size")).unwrap().split_whitespace().collect();
    suite.check("a core dump has at most one byte", core[4..6] == ["1", "1"]);
    let secrets = handed_over(folder.path());
    let leaks = Leaks::of(secrets.iter().map(|(name, secret)| (*name, secret.as_str())));
    for name in ["cmdline", "environ", "comm", "maps"] {
        let found = leaks.within(&seen(name));
        suite
            .case(format!("no secret is in its {name}"), if found.is_empty() { Ok(()) } else { Err(found.join(", ")) });
    }
    // One of them alone would be found: a search that never finds anything shows nothing.
    let environment = String::from_utf8_lossy(&seen("environ")).into_owned();
    for (name, secret) in &secrets {
        let shown = leaks.within(format!("{environment}\0ONE={secret}\0").as_bytes());
        suite.check(format!("{name} would be found"), shown.iter().any(|found| found.starts_with(name)));
    }
    suite.finish();
}
