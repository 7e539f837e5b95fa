//! The text of an `Idempotency-Key`: a string in double quotes (RFC 9651 section 3.3.3), or the same without them.

/// The longest key, in bytes.
pub const KEY_LIMIT: usize = 255;

/// Reads a key; none where the text is none, or more than one thing.
pub fn read(text: &str) -> Option<String> {
    let text = text.trim_matches(' ');
    let key = match text.strip_prefix('"') {
        Some(quoted) => unquoted(quoted)?,
        None => Some(text.to_owned()).filter(|text| !text.contains(['"', '\\', ' ', ',']))?,
    };
    let fits = (1..=KEY_LIMIT).contains(&key.len()) && key.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    fits.then_some(key)
}

/// What is in a quoted string, behind its first quote.
fn unquoted(rest: &str) -> Option<String> {
    let mut text = String::new();
    let mut characters = rest.chars();
    loop {
        match characters.next()? {
            '"' => return characters.as_str().is_empty().then_some(text),
            '\\' => text.push(characters.next().filter(|next| matches!(next, '"' | '\\'))?),
            other => text.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_is_one_string_with_quotes_or_without() {
        assert_eq!(read("\"8e03978e\"").as_deref(), Some("8e03978e"));
        assert_eq!(read(" 8e03978e ").as_deref(), Some("8e03978e"));
        assert_eq!(read("\"a \\\"b\\\\\"").as_deref(), Some("a \"b\\"));
        assert_eq!(read(&"x".repeat(255)).map(|key| key.len()), Some(255));
        for bad in ["", "\"\"", "\"a", "a\"", "\"a\" b", "a b", "\"a\\b\"", "a, b", "\"a\";v=1", "ä", &"x".repeat(256)]
        {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_in_a_key_reads_the_same_in_quotes(text in "[ -~]{1,255}") {
            let quoted = format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
            prop_assert_eq!(read(&quoted), Some(text));
        }
    }
}
