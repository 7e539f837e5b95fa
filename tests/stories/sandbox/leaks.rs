//! Looks for secrets, written in any way a careless service or a patient guest could write them.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::path::Path;

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD};

/// The shortest run that counts.
const RUN: usize = 12;

/// Every run of every secret, by how long it is as it is written.
pub(crate) struct Leaks {
    by_length: BTreeMap<usize, HashMap<Vec<u8>, String>>,
}

impl Leaks {
    /// What to look for: secrets by name.
    pub(crate) fn of<'a>(secrets: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut found = Self { by_length: BTreeMap::new() };
        for (name, secret) in secrets {
            assert!(secret.len() >= RUN, "{name} is too short to be looked for");
            for run in secret.as_bytes().windows(RUN) {
                found.learn(name, run);
            }
        }
        found
    }

    fn learn(&mut self, name: &str, run: &[u8]) {
        let each = |write: &dyn Fn(u8) -> String| run.iter().map(|byte| write(*byte)).collect::<String>().into_bytes();
        let decimals = run.iter().map(u8::to_string).collect::<Vec<_>>();
        // Mostly the same as plain, which then counts.
        let form = url::form_urlencoded::byte_serialize(run).collect::<String>();
        let mut written = vec![
            ("form", form.into_bytes()),
            ("plain", run.to_vec()),
            ("hex", each(&|byte| format!("{byte:02x}"))),
            ("upper-case hex", each(&|byte| format!("{byte:02X}"))),
            ("percent", each(&|byte| format!("%{byte:02x}"))),
            ("upper-case percent", each(&|byte| format!("%{byte:02X}"))),
            ("JSON", each(&|byte| format!("\\u{byte:04x}"))),
            ("upper-case JSON", each(&|byte| format!("\\u{byte:04X}"))),
            ("numbers", decimals.join(", ").into_bytes()),
            ("JSON numbers", decimals.join(",").into_bytes()),
        ];
        for offset in 0..3 {
            written.push(("base64", base64(&BASE64_NOPAD, run, offset)));
            written.push(("base64", base64(&BASE64URL_NOPAD, run, offset)));
        }
        for (how, bytes) in written {
            self.by_length.entry(bytes.len()).or_default().insert(bytes, format!("{name} as {how}"));
        }
    }

    /// Which secrets stand in the text, and how they are written there: as it is, without the breaks and separators
    /// that mailers and dumps put between, and in whatever the text shows as lists of bytes.
    pub(crate) fn within(&self, text: &[u8]) -> Vec<String> {
        let mut found = self.written_in(text);
        let escaped = String::from_utf8_lossy(text).replace("\\r", "").replace("\\n", "");
        let joined: Vec<u8> = escaped.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
        found.extend(self.written_in(&numbers(text)).into_iter().map(|leak| format!("{leak}, in bytes as numbers")));
        let bare: Vec<u8> = joined.iter().copied().filter(|byte| !matches!(byte, b':' | b'-' | b' ' | b'\t')).collect();
        found.extend(self.written_in(&joined));
        found.extend(self.written_in(&bare).into_iter().filter(|leak| leak.ends_with("hex")));
        found.sort();
        found.dedup();
        found
    }

    fn written_in(&self, text: &[u8]) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for (length, runs) in &self.by_length {
            let mut begins = vec![false; 1 << 16];
            for run in runs.keys() {
                begins[usize::from(run[0]) << 8 | usize::from(run[1])] = true;
            }
            for window in text.windows(*length) {
                if begins[usize::from(window[0]) << 8 | usize::from(window[1])] {
                    found.extend(runs.get(window).cloned());
                }
            }
        }
        found
    }

    /// The same in every file below a folder, with its path; and how many files there were.
    pub(crate) fn below(&self, folder: &Path) -> (Vec<String>, usize) {
        let (mut found, mut count) = (Vec::new(), 0);
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                let (inner, files) = self.below(&path);
                found.extend(inner);
                count += files;
            } else {
                let leaks = self.within(&std::fs::read(&path).unwrap());
                found.extend(leaks.into_iter().map(|leak| format!("{}: {leak}", path.display())));
                count += 1;
            }
        }
        (found, count)
    }
}

/// What the lists of bytes in a text say, as a guest writes them with `{:?}`; a line each.
pub(crate) fn numbers(text: &[u8]) -> Vec<u8> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(begin) = rest.iter().position(|byte| *byte == b'[') {
        rest = &rest[begin + 1..];
        let list =
            &rest[..rest.iter().position(|byte| !matches!(byte, b'0'..=b'9' | b',' | b' ')).unwrap_or(rest.len())];
        let bytes = std::str::from_utf8(list).unwrap().split(',').map(|number| number.trim().parse::<u8>());
        found.extend(bytes.collect::<Result<Vec<_>, _>>().unwrap_or_default());
        found.push(b'\n');
        rest = &rest[list.len()..];
    }
    found
}

/// The characters of a base64 text that this run alone decides, where `offset` bytes come before it in its group.
fn base64(encoding: &data_encoding::Encoding, run: &[u8], offset: usize) -> Vec<u8> {
    let padded = [vec![0; offset], run.to_vec()].concat();
    let text = encoding.encode(&padded).into_bytes();
    let whole = padded.len() * 8 / 6;
    text[(offset * 8).div_ceil(6)..whole].to_vec()
}

#[test]
fn each_way_of_writing_is_found() {
    let secret = "kR7z-Q2m/X9+vT4bW8nL3cF6";
    let leaks = Leaks::of([("it", secret)]);
    let bytes = secret.as_bytes();
    let base64 = |lead: &str| data_encoding::BASE64.encode([lead.as_bytes(), bytes, b"tail"].concat().as_slice());
    let each = |write: &dyn Fn(&u8) -> String| bytes.iter().map(write).collect::<String>();
    let written = [
        ("plain", secret.to_owned()),
        ("hex", data_encoding::HEXLOWER.encode(bytes)),
        ("upper-case percent", each(&|byte| format!("%{byte:02X}"))),
        ("form", url::form_urlencoded::byte_serialize(bytes).collect()),
        ("JSON", each(&|byte| format!("\\u{byte:04x}"))),
        ("numbers", format!("{bytes:?}")),
        ("base64", base64("")),
        ("base64", base64("a")),
        ("base64", base64("ab")),
        ("base64", data_encoding::BASE64URL.encode(bytes)),
        ("base64", base64("a mail").as_bytes().chunks(9).map(|line| String::from_utf8_lossy(line) + "\r\n").collect()),
        ("hex", each(&|byte| format!("{byte:02x}:"))),
        ("plain, in bytes as numbers", format!("[(\"x\", {bytes:?})]")),
        ("base64, in bytes as numbers", format!("{:?}", base64("a").as_bytes())),
    ];
    for (how, text) in written {
        let found = leaks.within(format!("before {text} after").as_bytes());
        assert!(found.contains(&format!("it as {how}")), "{how}: {found:?} in {text}");
    }
    assert_eq!(leaks.within(&bytes[..RUN]), ["it as plain"]);
    assert!(leaks.within(&bytes[..RUN - 1]).is_empty());
}
