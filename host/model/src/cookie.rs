//! Cookies as browsers send them (RFC 6265 section 4.2). Each is read by itself, as bytes: what a neighbour of the same domain
//! put there, in whatever letters, neither hides one of ours nor becomes one.

/// Names and values of a `Cookie` header, in its order. What is not plain ASCII is no cookie of ours, and is left out.
pub fn pairs(header: &[u8]) -> impl Iterator<Item = (&str, &str)> {
    header.split(|byte| *byte == b';').filter_map(pair)
}

/// The value of the one cookie of that name; none where there are two, as one of them could be a neighbour's.
pub fn only<'a>(headers: impl Iterator<Item = &'a [u8]>, name: &str) -> Option<&'a str> {
    let mut found = headers.flat_map(pairs).filter(|(own, _)| *own == name);
    let (_, value) = found.next()?;
    found.next().is_none().then_some(value)
}

fn pair(bytes: &[u8]) -> Option<(&str, &str)> {
    let text =
        std::str::from_utf8(bytes).ok().filter(|text| text.bytes().all(|c| c == b'\t' || (0x20..0x7f).contains(&c)))?;
    let (name, value) = text.split_once('=')?;
    // These two blanks only: a browser takes any other for a part of the name, and lets neighbours set such a one.
    let [name, value] = [name, value].map(|part| part.trim_matches([' ', '\t']));
    (!name.is_empty()).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &str) -> Vec<(&str, &str)> {
        pairs(header.as_bytes()).collect()
    }

    #[test]
    fn each_pair_is_a_name_and_a_value() {
        assert_eq!(read("a=1; b=2;c= 3 ;; =4; d; e=f=g"), [("a", "1"), ("b", "2"), ("c", "3"), ("e", "f=g")]);
        assert_eq!(read(""), []);
    }

    #[test]
    fn a_neighbours_letters_hide_nothing_and_become_nothing() {
        assert_eq!(read("name=Zoë; __Host-session=a"), [("__Host-session", "a")]);
        assert_eq!(pairs(b"x=\xff; b=2").collect::<Vec<_>>(), [("b", "2")]);
        assert_eq!(read("\u{2003}__Host-session=evil; \u{b}__Host-session=evil"), []);
    }

    #[test]
    fn two_of_a_name_are_none() {
        let of = |headers: &[&'static str]| only(headers.iter().map(|header| header.as_bytes()), "s");
        assert_eq!(of(&["t=1; s=2"]), Some("2"));
        assert_eq!(of(&["s=1; s=2"]), None);
        assert_eq!(of(&["s=1", "s=2"]), None);
        assert_eq!(of(&["t=1"]), None);
    }
}
