//! A guide as its reader follows it: its shell blocks run one after the other in one shell, and what the guide says
//! they print is held against what they print.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use jackfield_tests::components::workspace;
use rustix::process::{Pid, Signal, kill_process_group, test_kill_process};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// Stands in a guide for what differs from run to run.
const ANYTHING: &str = "…";
/// Ends what a block printed.
const END: &str = "\u{1e}";

/// A fenced block: its language and its text.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) language: String,
    pub(crate) text: String,
    /// The heading it stands under.
    pub(crate) heading: String,
}

/// The fenced blocks of a guide, in order.
pub(crate) fn blocks(path: &str) -> Vec<Block> {
    let text = std::fs::read_to_string(workspace().join(path)).unwrap();
    let (mut blocks, mut open, mut heading) = (Vec::new(), None::<Block>, String::new());
    for line in text.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(language), None) => {
                open = Some(Block { language: language.to_owned(), text: String::new(), heading: heading.clone() });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => block.text.extend([line, "\n"]),
            (None, None) => heading = line.strip_prefix("## ").map_or(heading, str::to_owned),
        }
    }
    assert!(open.is_none(), "{path}: a block is not closed");
    blocks
}

/// A reader at a shell, in a folder of their own.
pub(crate) struct Reader {
    shell: Child,
    group: Group,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    folder: PathBuf,
    typed: usize,
}

impl Reader {
    /// With `jackfield` on the path and these variables set.
    pub(crate) fn sits_down(folder: &Path, variables: &[(&str, &str)]) -> Self {
        let programs = folder.join("programs");
        std::fs::create_dir_all(&programs).unwrap();
        std::os::unix::fs::symlink(crate::PROGRAM, programs.join("jackfield")).unwrap();
        #[allow(clippy::disallowed_methods, reason = "a reader has the programs of this machine")]
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-euo", "pipefail"]).current_dir(folder).env("PATH", path);
        crate::child::without_settings(&mut command);
        // A group of its own: what a block left running in the background ends with the reader, however the test ends.
        command.envs(variables.iter().copied()).process_group(0);
        let errors = std::fs::File::create(folder.join("errors.log")).unwrap();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors);
        let mut shell = command.spawn().unwrap();
        let group = Pid::from_raw(i32::try_from(shell.id().unwrap()).unwrap()).unwrap();
        let (input, output) = (shell.stdin.take().unwrap(), BufReader::new(shell.stdout.take().unwrap()));
        Self { shell, group: Group(group), input, output, folder: folder.to_owned(), typed: 0 }
    }

    /// Types a block; what it printed.
    pub(crate) async fn types(&mut self, text: &str) -> String {
        self.typed += 1;
        let file = self.folder.join(format!("typed-{}.sh", self.typed));
        std::fs::write(&file, text).unwrap();
        let line = format!("source {} </dev/null; printf '{END}\\n'\n", file.display());
        self.input.write_all(line.as_bytes()).await.unwrap();
        let mut printed = String::new();
        loop {
            let mut line = String::new();
            let read = self.output.read_line(&mut line).await.unwrap();
            if read == 0 {
                let errors = std::fs::read_to_string(self.folder.join("errors.log")).unwrap();
                panic!("this failed:\n{text}\nit printed:\n{printed}\nand said:\n{errors}");
            }
            match line.strip_suffix(&format!("{END}\n")) {
                Some(rest) => return printed + rest,
                None => printed.push_str(&line),
            }
        }
    }

    /// Follows the blocks of one heading: types what is `sh`, and holds `json` and `text` against what it printed.
    pub(crate) async fn follows(&mut self, blocks: &[Block], heading: &str) -> String {
        let mut printed = String::new();
        let mut tried = 0;
        for block in blocks.iter().filter(|block| block.heading == heading) {
            match block.language.as_str() {
                "sh" => printed = self.types(&block.text).await,
                "toml" => printed = self.configures(&block.text).await,
                "js" => printed = self.reads_script(&block.text).await,
                "json" => holds_json(&block.text, &printed),
                "text" => holds_lines(&block.text, &printed),
                other => panic!("{heading}: a block in `{other}` is tried by nobody"),
            }
            tried += 1;
        }
        assert!(tried > 0, "the guide has nothing to type under `{heading}`");
        printed
    }

    /// Has a configuration file checked; what was said about it.
    async fn configures(&mut self, text: &str) -> String {
        let file = self.folder.join(format!("typed-{}.toml", self.typed + 1));
        std::fs::write(&file, text).unwrap();
        self.types(&format!("jackfield config check --config {}", file.display())).await
    }

    /// Has a script read by an engine, which finds it well-formed.
    async fn reads_script(&mut self, text: &str) -> String {
        let file = self.folder.join(format!("typed-{}.js", self.typed + 1));
        std::fs::write(&file, text).unwrap();
        self.types(&format!("node --check {}", file.display())).await
    }

    /// Leaves the shell as a reader does.
    pub(crate) async fn leaves(self) {
        let Self { mut shell, group, input, .. } = self;
        drop(input);
        assert!(shell.wait().await.unwrap().success());
        drop(group);
    }
}

/// The shell and what it started, ended when dropped. The group keeps its number while anything of it lives.
struct Group(Pid);

impl Drop for Group {
    fn drop(&mut self) {
        // Where nothing of it lives any more there is nothing to end.
        let _gone = kill_process_group(self.0, Signal::KILL);
    }
}

/// The guide's lines stand in what was printed, in their order.
fn holds_lines(promised: &str, printed: &str) {
    let mut rest = printed.lines();
    for line in promised.lines().filter(|line| line.trim() != ANYTHING) {
        assert!(
            rest.any(|got| is_like(line.trim(), got.trim())),
            "`{line}` is promised, and this was printed:\n{printed}"
        );
    }
}

/// The guide's members stand in the printed object; others may stand beside them.
fn holds_json(promised: &str, printed: &str) {
    let promised: Value = serde_json::from_str(promised).unwrap_or_else(|error| panic!("{error}: {promised}"));
    let printed_json: Value = serde_json::from_str(printed).unwrap_or_else(|error| panic!("{error}: {printed}"));
    if let Err(place) = contains(&promised, &printed_json, String::new()) {
        panic!("{place} is promised otherwise than it is:\n{promised:#}\nprinted:\n{printed_json:#}");
    }
}

fn contains(promised: &Value, printed: &Value, place: String) -> Result<(), String> {
    match (promised, printed) {
        (Value::Object(promised), Value::Object(printed)) => promised.iter().try_for_each(|(key, value)| {
            let place = format!("{place}/{key}");
            contains(value, printed.get(key).ok_or_else(|| place.clone())?, place)
        }),
        (Value::Array(promised), Value::Array(printed)) if promised.len() == printed.len() => promised
            .iter()
            .zip(printed)
            .enumerate()
            .try_for_each(|(at, (a, b))| contains(a, b, format!("{place}/{at}"))),
        (Value::String(promised), Value::String(printed)) if is_like(promised, printed) => Ok(()),
        (promised, printed) if promised == printed => Ok(()),
        _ => Err(place),
    }
}

/// Whether a text is the promised one, where `…` stands for anything.
fn is_like(promised: &str, printed: &str) -> bool {
    let Some((first, others)) = promised.split_once(ANYTHING) else { return promised == printed };
    let Some(mut rest) = printed.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = others.split(ANYTHING).collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.ends_with(last)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_reader_left_running_ends_with_the_reader() {
    let folder = tempfile::tempdir().unwrap();
    let mut reader = Reader::sits_down(folder.path(), &[]);
    let printed = reader.types("sleep 600 &\necho $!").await;
    let left = Pid::from_raw(printed.trim().parse().unwrap()).unwrap();
    assert!(test_kill_process(left).is_ok(), "the control: it runs");
    drop(reader);
    let ended = async {
        // Ended, and then taken off the list of processes by whoever is its parent by now.
        while test_kill_process(left).is_ok() && !is_zombie(left) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), ended).await.unwrap();
}

fn is_zombie(process: Pid) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero()));
    stat.is_ok_and(|stat| stat.contains(") Z "))
}

#[test]
fn a_promise_may_leave_out_what_differs() {
    assert!(is_like("conn_…", "conn_01"));
    assert!(is_like("a … b … c", "a 1 b 2 c"));
    assert!(!is_like("a … b … c", "a 1 2 c"));
    assert!(!is_like("done", "done."));
    assert!(
        contains(&serde_json::json!({ "a": "…" }), &serde_json::json!({ "a": "1", "b": 2 }), String::new()).is_ok()
    );
    assert!(contains(&serde_json::json!({ "a": 1 }), &serde_json::json!({ "a": "1" }), String::new()).is_err());
}
