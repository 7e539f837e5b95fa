//! The process itself: what it would hand over in a core dump, and what is seen of it from outside.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use jackfield_tests::suite::Suite;

/// A host in a process of its own, ended when dropped.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _ended = self.0.wait();
    }
}

#[test]
fn a_running_host_dumps_no_core_and_shows_no_secret_from_outside() {
    let mut suite = Suite::named("secret-process");
    let folder = tempfile::tempdir().unwrap();
    let password = "pL8mK3xW6vT1qZ5n-of-the-mailer";
    std::fs::write(folder.path().join("mail-password"), password).unwrap();
    let mut command = Command::new(crate::PROGRAM);
    command.arg("serve").current_dir(folder.path()).env("JACKFIELD_LISTEN", "127.0.0.1:0");
    command.env_remove("JACKFIELD_CONFIG").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut process = Process(command.spawn().unwrap());
    let mut line = String::new();
    BufReader::new(process.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("Jackfield listens on "), "{line}");
    let seen = |name: &str| std::fs::read(format!("/proc/{}/{name}", process.0.id())).unwrap();
    let limits = String::from_utf8(seen("limits")).unwrap();
    let core: Vec<&str> =
        limits.lines().find(|line| line.starts_with("Max core file size")).unwrap().split_whitespace().collect();
    suite.check("a core dump has at most one byte", core[4..6] == ["1", "1"]);
    let operator = std::fs::read_to_string(folder.path().join("jackfield-data.operator-key")).unwrap();
    let ring = std::fs::read_to_string(folder.path().join("jackfield-data.keyring")).unwrap();
    for name in ["cmdline", "environ"] {
        let text = String::from_utf8_lossy(&seen(name)).into_owned();
        let shown = text.contains(operator.trim()) || text.contains(ring.trim());
        suite.check(format!("no key is in its {name}"), !shown);
    }
    suite.finish();
}
