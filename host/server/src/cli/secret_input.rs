//! Secrets coming in: from a file, from standard input, from one environment variable; never as an argument.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use clap::Args;
use jackfield_model::secret::Secret;

use super::failed::UsedWrongly;

/// Nothing we are given is longer.
const LIMIT: u64 = 16 * 1024;

/// Where a client's secret comes from.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(super) struct SecretSource {
    /// Read the secret from this file.
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// Read the secret from standard input.
    #[arg(long)]
    secret_stdin: bool,
}

impl SecretSource {
    /// The secret, where one was named.
    pub(super) fn read(&self) -> Result<Option<Secret>> {
        match (&self.secret_file, self.secret_stdin) {
            (Some(path), _) => from_file(path).map(Some),
            (None, true) => from(io::stdin().lock()).context("cannot read the secret from standard input").map(Some),
            (None, false) => Ok(None),
        }
    }

    /// The secret; used wrongly where none was named.
    pub(super) fn require(&self) -> Result<Secret> {
        self.read()?.ok_or_else(|| UsedWrongly("name the secret: --secret-file FILE or --secret-stdin").into())
    }
}

/// The API key: from the file named on the command line, or from `JACKFIELD_API_KEY_FILE`, or from `JACKFIELD_API_KEY`.
#[allow(clippy::disallowed_methods, reason = "the command line's own secret, read here and nowhere else")]
pub(super) fn api_key(file: Option<&Path>) -> Result<Secret> {
    let set = |name| std::env::var(name).ok().filter(|text| !text.trim().is_empty());
    match (file, set("JACKFIELD_API_KEY_FILE"), set("JACKFIELD_API_KEY")) {
        (Some(path), ..) => from_file(path),
        (None, Some(_), Some(_)) => Err(UsedWrongly(
            "both JACKFIELD_API_KEY and JACKFIELD_API_KEY_FILE are set: take one of them away, or name the file: --api-key-file FILE",
        )
        .into()),
        (None, Some(path), None) => from_file(Path::new(&path)),
        (None, None, Some(key)) => Ok(Secret::new(key.trim().to_owned())),
        (None, None, None) => Err(UsedWrongly(
            "no API key: set JACKFIELD_API_KEY_FILE (`serve` says where it wrote the first one) or JACKFIELD_API_KEY",
        )
        .into()),
    }
}

/// A file that holds secrets, whatever its length.
pub(super) fn whole(path: &Path) -> Result<Secret> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Secret::new(text))
}

/// The secret that is all of a file.
pub(super) fn from_file(path: &Path) -> Result<Secret> {
    let opened = fs::File::open(path).map_err(anyhow::Error::from);
    opened.and_then(from).with_context(|| format!("cannot read the secret in {}", path.display()))
}

/// The secret that is all of an input, without the newline that editors and `echo` leave at the end.
pub(super) fn from(input: impl Read) -> Result<Secret> {
    let mut text = String::new();
    let read = input.take(LIMIT + 1).read_to_string(&mut text)?;
    anyhow::ensure!(read as u64 <= LIMIT, "it is longer than any secret: at most {LIMIT} bytes");
    let trimmed = text.trim_end_matches(['\r', '\n']);
    anyhow::ensure!(!trimmed.is_empty(), "it is empty");
    Ok(Secret::new(trimmed.to_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    #[test]
    fn a_secret_loses_its_last_newline_and_nothing_else() {
        assert_eq!(from(" s3cret \r\n".as_bytes()).unwrap().expose(), " s3cret ");
        assert!(from("\n".as_bytes()).is_err());
        let longest = "s".repeat(usize::try_from(LIMIT).unwrap());
        assert_eq!(from(longest.as_bytes()).unwrap().expose(), longest);
        assert!(from(format!("{longest}s").as_bytes()).is_err(), "never cut");
    }
}
