//! Addresses of senders: `local@domain` in plain ASCII (RFC 5321 section 4.1.2, without quotes and address literals).

use super::HostName;

/// The longest local part and the longest address, in bytes (RFC 5321 section 4.5.3.1).
const LOCAL_LIMIT: usize = 64;
const ADDRESS_LIMIT: usize = 254;

/// Whether a text is the address of a mailbox, and nothing beside it.
pub fn is_mailbox(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let atom = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    text.len() <= ADDRESS_LIMIT
        && (1..=LOCAL_LIMIT).contains(&local.len())
        && local.split('.').all(|part| !part.is_empty() && part.bytes().all(atom))
        && domain.is_ascii()
        && domain.parse::<HostName>().is_ok_and(|name| name.as_str().eq_ignore_ascii_case(domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_local_part_and_domain() {
        for good in ["connections@make.example", "a.b+c@mail.example.com", "x@acme.localhost"] {
            assert!(is_mailbox(good), "{good}");
        }
        let long = format!("{}@example.com", "x".repeat(65));
        let bad =
            ["", "a", "@example.com", "a@", "a@b", "a b@example.com", "a..b@example.com", "<a@example.com>", &long];
        for bad in
            bad.into_iter().chain(["a@example.com\r\nBcc: b@example.com", "ä@example.com", "a@[10.0.0.1]", "a@b@c.d e"])
        {
            assert!(!is_mailbox(bad), "{bad:?}");
        }
    }
}
