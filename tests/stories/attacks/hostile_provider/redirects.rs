//! Redirects: away, inside, to plain HTTP, in a circle; a request that carries a secret follows none of them.

use std::collections::BTreeSet;

use jackfield_tests::doubles::hostile::{Deed, Endpoint};

use super::row::{Class, Row};

const STATUSES: [&str; 5] =
    ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"];
const PLACES: [(&str, &str); 6] = [
    ("to another origin", "https://trap.hostile.test/x"),
    ("to a metadata service", "https://169.254.169.254/latest/meta-data"),
    ("to plain HTTP", "http://as.hostile.test/x"),
    ("to nowhere", ""),
    ("to what is no URL", "https://:99999/%zz"),
    ("in a circle", "?again"),
];

/// The statuses under which a whole request would be sent again, with all that is in it.
const WHOLE: [&str; 2] = [STATUSES[3], STATUSES[4]];

pub(super) fn rows() -> Vec<Row> {
    let endpoints = [
        (Endpoint::Token, Class::Down),
        (Endpoint::Refresh, Class::Uncertain),
        (Endpoint::Metadata, Class::Down),
        (Endpoint::Keys, Class::Refused),
        (Endpoint::Me, Class::Misconfigured),
        (Endpoint::Revoke, Class::Refused),
    ];
    let mut rows = Vec::new();
    for (at, (place, url)) in PLACES.into_iter().enumerate() {
        for (turn, (on, class)) in endpoints.into_iter().enumerate() {
            let mut statuses = BTreeSet::from([STATUSES[(at + turn) % STATUSES.len()]]);
            if on.takes_secrets() {
                statuses.extend(WHOLE);
            }
            // What stays within the origin is followed by a check, and not for ever.
            let class = if on == Endpoint::Me && stays(place) { Class::Refused } else { class };
            for status in statuses {
                let deed = Deed::answer(status, &format!("location: {url}\r\n"), "");
                rows.push(Row::new(on, format!("{status} {place}"), deed, class).once());
            }
        }
    }
    rows
}

fn stays(place: &str) -> bool {
    matches!(place, "to nowhere" | "in a circle")
}
