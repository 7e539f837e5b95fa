//! What shells and `man` are told of the commands, read by a real shell and a real `man`.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::child::Jackfield;

/// What bash would offer for these words.
fn offered(script: &Path, words: &[&str]) -> String {
    let line = words.join(" ");
    let place = words.len() - 1;
    let array = words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
    let program = format!(
        "source {script}; COMP_WORDS=({array}); COMP_CWORD={place}; COMP_LINE='{line}'; COMP_POINT=${{#COMP_LINE}}; \
         _jackfield jackfield '{current}' '{previous}'; printf '%s\\n' \"${{COMPREPLY[@]}}\"; complete -p jackfield",
        script = script.display(),
        current = words[place],
        previous = words[place - 1],
    );
    let ran = Command::new("bash").args(["--norc", "--noprofile", "-c", &program]).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn bash_completes_commands_and_options() {
    let folder = tempfile::tempdir().unwrap();
    let cli = Jackfield::in_folder(folder.path());
    let script = folder.path().join("jackfield.bash");
    fs::write(&script, cli.run(&["completions", "bash"]).await.done()).unwrap();
    let commands = offered(&script, &["jackfield", "con"]);
    for command in ["config", "connection", "connector", "complete "] {
        assert!(commands.contains(command), "{command} in {commands}");
    }
    assert!(!commands.contains("tenant"), "{commands}");
    assert!(offered(&script, &["jackfield", "connector", "ins"]).lines().any(|line| line == "install"));
    assert!(offered(&script, &["jackfield", "serve", "--co"]).contains("--config"));
    for shell in ["zsh", "fish", "elvish", "powershell"] {
        let script = cli.run(&["completions", shell]).await.done();
        assert!(script.contains("jackfield") && script.contains("connector"), "{shell}");
    }
    assert!(cli.run(&["completions", "tcsh"]).await.failed(2).contains("possible values"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_has_a_manual_page_that_man_reads() {
    let folder = tempfile::tempdir().unwrap();
    let cli = Jackfield::in_folder(folder.path());
    let written = cli.run(&["man", "pages", "--json"]).await.json();
    let pages = written["pages"].as_array().unwrap();
    assert!(pages.len() > 35, "{written}");
    for name in ["jackfield.1", "jackfield-serve.1", "jackfield-connector-install.1"] {
        assert!(pages.iter().any(|page| page == name), "{name} in {written}");
    }
    for page in pages {
        let path = folder.path().join("pages").join(page.as_str().unwrap());
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(".TH") && text.contains(".SH NAME") && text.contains(".SH SYNOPSIS"), "{page}");
        assert!(!page.as_str().unwrap().contains("compile-worker"));
    }
    // Where there is no man, the pages were still held against their sections above.
    let page = folder.path().join("pages/jackfield-serve.1");
    if let Ok(ran) = Command::new("man").args(["--warnings", "-l"]).arg(&page).env("MANPAGER", "cat").output() {
        let (text, warnings) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        assert!(ran.status.success() && warnings.is_empty(), "{warnings}");
        assert!(text.contains("jackfield serve") && text.contains("Example:"), "{text}");
    }
    fs::write(folder.path().join("taken"), "a file").unwrap();
    assert!(cli.run(&["man", "taken"]).await.failed(1).contains("cannot write the manual pages to taken"));
}
