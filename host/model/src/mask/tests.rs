//! A guest that prints everything it receives prints no run of a secret, however the provider wrote it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]

use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use proptest::prelude::*;

use super::*;

const SECRET: &str = "gho_16C7e42F292c6912E7710c838347Ae178B4a";

fn masked(text: &str) -> String {
    let secret = Secret::new(SECRET.into());
    Masker::new([&secret]).text(text).into_owned()
}

fn percent(text: &str, upper: bool) -> String {
    text.bytes().map(|byte| if upper { format!("%{byte:02X}") } else { format!("%{byte:02x}") }).collect()
}

/// As a query or a form has it.
fn form(text: &str) -> String {
    text.bytes().fold(String::new(), |out, byte| match byte {
        b' ' => out + "+",
        b'*' | b'-' | b'.' | b'_' => out + &char::from(byte).to_string(),
        byte if byte.is_ascii_alphanumeric() => out + &char::from(byte).to_string(),
        byte => out + &format!("%{byte:02X}"),
    })
}

fn json(text: &str) -> String {
    text.encode_utf16().fold(String::new(), |text, unit| text + &format!("\\u{unit:04x}"))
}

/// Every way the issue names to write bytes down.
fn spellings(bytes: &str) -> Vec<String> {
    let raw = bytes.as_bytes();
    vec![
        bytes.to_owned(),
        percent(bytes, true),
        percent(bytes, false),
        form(bytes),
        json(bytes),
        HEXLOWER.encode(raw),
        HEXUPPER.encode(raw),
        BASE64.encode(raw),
        BASE64_NOPAD.encode(raw),
        BASE64URL.encode(raw),
        BASE64URL_NOPAD.encode(raw),
        percent(&BASE64.encode(raw), true),
        json(&BASE64.encode(raw)),
    ]
}

#[test]
fn an_echo_is_masked_and_the_rest_stays() {
    assert_eq!(
        masked(&format!(r#"{{"headers":{{"Authorization":"Bearer {SECRET}"}},"ok":true}}"#)),
        r#"{"headers":{"Authorization":"Bearer [masked]"},"ok":true}"#
    );
    assert_eq!(masked(&format!("{SECRET} and {SECRET}")), "[masked] and [masked]");
    assert_eq!(masked(SECRET), MASK);
    assert_eq!(masked("nothing here"), "nothing here");
}

#[test]
fn nothing_beside_the_mark_tells_how_long_a_secret_is() {
    for text in (0..4).map(|cut| &SECRET[cut..]) {
        let masker = Masker::new([&Secret::new(text.to_owned())]);
        for spelling in spellings(text) {
            assert_eq!(masker.text(&format!("<{spelling}>")), "<[masked]>", "{spelling}");
        }
    }
}

#[test]
fn the_mark_has_the_same_length_for_every_secret() {
    let long = Secret::new("x".repeat(200) + "yz");
    assert_eq!(Masker::new([&long]).text(&format!("a {} b", long.expose())), "a [masked] b");
}

#[test]
fn a_part_of_twelve_bytes_is_masked_and_one_of_eleven_is_not() {
    assert_eq!(masked(&format!("<{}>", &SECRET[5..17])), "<[masked]>");
    assert_eq!(masked(&format!("<{}>", &SECRET[5..16])), format!("<{}>", &SECRET[5..16]));
}

#[test]
fn a_short_secret_is_masked_as_a_whole() {
    let secret = Secret::new("hunter2".into());
    let masker = Masker::new([&secret]);
    assert_eq!(masker.text("password=hunter2"), "password=[masked]");
    assert_eq!(masker.text("hunter"), "hunter");
    assert_eq!(Masker::new([&Secret::new("abc".into())]).text("abc"), "abc");
}

#[test]
fn a_password_of_groups_is_masked_as_a_form_writes_it() {
    let secret = Secret::new("abcd efgh ijkl mnop".into());
    let masker = Masker::new([&secret]);
    assert_eq!(masker.text("q=1+2&key=abcd+efgh+ijkl+mnop&x=a+b"), "q=1+2&key=[masked]&x=a+b");
    assert_eq!(
        masker.text(r#"{"url":"https:\/\/a.example\/?key=abcd+efgh+ijkl"}"#),
        r#"{"url":"https:\/\/a.example\/?key=[masked]"}"#
    );
    assert_eq!(masker.text("%61bcd+%65fgh%20ijkl"), MASK);
    let short = Secret::new("my pass".into());
    assert_eq!(Masker::new([&short]).text("key=my+pass"), "key=[masked]");
}

#[test]
fn a_secret_in_a_long_text_of_escapes_and_breaks_is_found_in_its_place() {
    let filler = "%5c\\u000a\\\\\n: ".repeat(2_000);
    for spelling in spellings(SECRET) {
        let shown = masked(&format!("{filler} {spelling} {filler}"));
        // The last group of base64 may take a few of the letters behind it along.
        assert!(shown.starts_with(&filler) && shown.ends_with(&filler[8..]), "{spelling}");
        assert_eq!(shown.matches(MASK).count(), 1, "{spelling}");
        assert!(leaks(SECRET, &shown).is_none(), "{spelling}");
    }
}

#[test]
fn stretches_that_touch_share_a_mark() {
    let pair = [Secret::new("left-one".into()), Secret::new("right-one".into())];
    let masker = Masker::new(&pair);
    assert_eq!(masker.text("left-oneright-one, left-one right-one"), "[masked], [masked] [masked]");
}

#[test]
fn basic_credentials_hide_the_secret_inside() {
    let pair = BASE64.encode(format!("client-id:{SECRET}").as_bytes());
    let shown = masked(&format!("Basic {pair}"));
    assert!(shown.contains(MASK));
    assert!(leaks(SECRET, &shown).is_none(), "{shown}");
}

/// The first run of `RUN` bytes of the secret that a text shows in any spelling.
fn leaks(secret: &str, text: &str) -> Option<String> {
    let runs = secret.as_bytes().windows(RUN).map(|run| String::from_utf8(run.to_vec()).unwrap());
    for run in runs {
        for spelling in spellings(&run).into_iter().take(7) {
            if text.contains(&spelling) {
                return Some(spelling);
            }
        }
        // In base64 a run shows as what its bytes give at each of three offsets, without the letters it shares.
        for offset in 0..3 {
            let padded: Vec<u8> = std::iter::repeat_n(0u8, offset).chain(run.bytes()).collect();
            let code = BASE64_NOPAD.encode(&padded);
            let own = &code[if offset == 0 { 0 } else { offset + 1 }..(padded.len() * 8) / 6];
            if text.contains(own) || text.contains(&own.replace('+', "-").replace('/', "_")) {
                return Some(own.to_owned());
            }
        }
    }
    None
}

/// What a shown text reads as, to somebody who undoes one way of writing.
type Reading = fn(&str) -> String;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]
    #[test]
    fn no_run_shows_in_any_spelling(
        secret in "[A-Za-z0-9_.~+/=? -]{12,60}",
        before in "[ -~]{0,7}",
        after in "[ -~]{0,7}",
        from in 0usize..40,
        joined in any::<bool>(),
    ) {
        let known = Secret::new(secret.clone());
        let masker = Masker::new([&known]);
        let part = &secret[from.min(secret.len() - RUN)..];
        let texts = if joined { spellings(&format!("{before}{part}{after}")) } else { spellings(part).iter().map(|text| format!("{before} {text} {after}")).collect() };
        for text in texts {
            let shown = masker.text(&text).into_owned();
            prop_assert!(leaks(&secret, &shown).is_none(), "{text} became {shown}");
        }
    }

    /// A mailer breaks base64 over lines, a dump writes hex with something between, a careless escape strikes some letters only.
    #[test]
    fn no_run_shows_through_breaks_and_separators(
        secret in "[A-Za-z0-9_.~+/=? -]{12,60}",
        lead in "[ -~]{0,7}",
        width in 4usize..77,
        end in prop_oneof!["\n", "\r\n", r"\\n", r"\\r\\n", "%0D%0A"],
        between in "[: \\-]",
        escaped in any::<u64>(),
    ) {
        let known = Secret::new(secret.clone());
        let masker = Masker::new([&known]);
        let code = BASE64.encode(format!("{lead}{secret}").as_bytes());
        let lines: Vec<&str> = code.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
        let dump: Vec<String> = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        let some = secret.bytes().enumerate().map(|(at, byte)| {
            if escaped >> (at % 64) & 1 == 1 { format!("%{byte:02x}") } else { char::from(byte).to_string() }
        });
        let readings: [(String, Reading); 3] = [
            (lines.join(&end), |shown| shown.replace("\\r", "").replace("\\n", "").replace("%0D%0A", "").replace(['\r', '\n'], "")),
            (dump.join(&between), |shown| shown.replace([':', ' ', '-'], "")),
            (some.collect(), |shown| shown.to_owned()),
        ];
        for (text, read) in readings {
            let shown = read(&masker.text(&text));
            prop_assert!(leaks(&secret, &shown).is_none(), "{text} became {shown}");
        }
    }

    #[test]
    fn no_run_shows_at_any_offset(
        secret in "[A-Za-z0-9_.~+/=? -]{12,60}",
        before in "[a-z]{0,300}",
        after in "[a-z]{0,300}",
        how in 0usize..13,
    ) {
        let known = Secret::new(secret.clone());
        let text = format!("{before}{}{after}", spellings(&secret)[how]);
        let shown = Masker::new([&known]).text(&text).into_owned();
        prop_assert!(leaks(&secret, &shown).is_none(), "{text} became {shown}");
    }

    #[test]
    fn a_short_secret_shows_in_no_spelling(secret in "[A-Za-z0-9_.~+/=? -]{6,11}", lead in "[!-~]{0,3}") {
        let known = Secret::new(secret.clone());
        let masker = Masker::new([&known]);
        for text in spellings(&secret) {
            let shown = masker.text(&format!("<{text}>")).into_owned();
            prop_assert!(shown.contains(MASK), "{text} stayed");
        }
        let joined = masker.text(&format!("{lead}{secret}")).into_owned();
        prop_assert!(!joined.contains(&secret));
    }

    #[test]
    fn what_holds_no_secret_is_left_alone(text in "[ -~]{0,200}") {
        prop_assume!(leaks(SECRET, &text).is_none());
        prop_assert_eq!(masked(&text), text);
    }
}
