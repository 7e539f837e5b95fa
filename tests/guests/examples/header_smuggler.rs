//! Sets headers that belong to the host, and headers that two readers could read differently; says how many were refused,
//! and by name which were not.

use jackfield_guests::{attempted, get, manifest, outcome};
use jackfield_sdk::{Account, Connection, Connector, Failure, Manifest};

/// A name for the attempt, the header and its value.
const ATTEMPTS: &[(&str, &str, &str)] = &[
    ("authorization", "Authorization", "Bearer mine"),
    ("proxy-authorization", "Proxy-Authorization", "Basic bWluZQ=="),
    ("cookie", "Cookie", "session=mine"),
    ("host", "Host", "other.test"),
    ("content-length", "Content-Length", "0"),
    ("transfer-encoding", "Transfer-Encoding", "chunked"),
    ("connection", "Connection", "close, x-secret"),
    ("te", "TE", "trailers"),
    ("expect", "Expect", "100-continue"),
    ("forwarded", "Forwarded", "for=127.0.0.1"),
    ("underscored", "X_Forwarded_For", "127.0.0.1"),
    ("crlf-value", "X-Note", "a\r\nAuthorization: Bearer mine"),
    ("lf-value", "X-Note", "a\nb"),
    ("nul-value", "X-Note", "a\0b"),
    ("crlf-name", "X-Note\r\nHost", "other.test"),
    ("space-name", "Host ", "other.test"),
    ("method-override", "X-HTTP-Method-Override", "DELETE"),
];

struct HeaderSmuggler;

impl Connector for HeaderSmuggler {
    fn manifest() -> Manifest {
        manifest("header-smuggler")
    }

    fn verify(connection: &Connection) -> Result<Account, Failure> {
        let mut said = vec![("refused", String::new())];
        for (name, header, value) in ATTEMPTS {
            let mut request = get("https://provider.test/me");
            request.headers.push(((*header).to_owned(), (*value).to_owned()));
            let ended = outcome(&connection.send(&request));
            if !ended.starts_with("denied:header-") {
                said.push((name, ended));
            }
        }
        let refused = ATTEMPTS.len() + 1 - said.len();
        if let Some(first) = said.first_mut() {
            first.1 = refused.to_string();
        }
        attempted(&said)
    }
}

jackfield_sdk::export!(HeaderSmuggler);
