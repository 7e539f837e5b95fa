//! Every key there is: one page. A record's layout is the first byte of its value; old ones stay readable.
//!
//! A key is its kind and its parts with `/` between. Ids sort by time, so the order of keys is the order of
//! making. Parts are ids, connector names, host names, hex hashes and padded numbers: never text somebody typed.
//!
//! | kind | parts | holds |
//! | --- | --- | --- |
//! | `meta` | `format` | the format of the whole store |
//! | `meta` | `connection-count` | how many connections there are, eight bytes |
//! | `meta` | `clock` | what the clock said when it was last noted, milliseconds in eight bytes |
//! | `meta` | `connection-order` | there once every connection has its entries in that index |
//! | `key-check` | key id | what shows that a key of the ring is the right one |
//! | `host-key` | `lookup`, `cache` | envelope: the host's own keys, wrapped by a key of the ring |
//! | `data-key` | scope, data key id | envelope: a data key, wrapped by a key of the ring |
//! | `data-key-current` | scope | the id of the data key that seals new records |
//! | `connector` | name | head of a connector: digest of its text, number of parts |
//! | `connector-part` | name, digest of the text, number | a piece of the connector's JSON |
//! | `made` | `connector` and name, or `tenant` and tenant | how much was made of it that keeps it from ending, eight bytes |
//! | `tenant` | tenant | `Tenant` |
//! | `tenant-by-host` | host name | its id |
//! | `brand-file` | tenant, digest | media type of a file of the tenant's brand, number of parts |
//! | `brand-file-part` | tenant, digest, number | a piece of its bytes |
//! | `client` | client | `Client` and the generation of its secret |
//! | `client-secret` | client, generation | envelope: the client secret |
//! | `api-key` | key | `ApiKey` and its hash |
//! | `api-key-by-hash` | hash | its id |
//! | `session` | session | `ConnectSession` and the hash of its token |
//! | `session-by-token` | hash | its id |
//! | `sign-in` | hash of the link | `SignIn` |
//! | `page-session` | hash of the token | `PageSession` |
//! | `authorization` | authorization | `Authorization`, hashes it is found by, generation of what is sealed |
//! | `authorization-secret` | authorization, generation | envelope: verifier, nonce, code, typed secrets |
//! | `authorization-by-state` | hash | its id, until the state is taken |
//! | `authorization-by-ticket` | hash | its id, until the ticket is taken |
//! | `connection` | tenant, connection | `Connection` |
//! | `credential` | tenant, connection, version | envelope: the credential of that version |
//! | `connection-by-user` | tenant, hash of the end user, connection | nothing |
//! | `connection-by-account` | tenant, hash of connector and account, connection | nothing |
//! | `connection-order` | tenant, list (`all`, `shared` or `of-` and the hash of the end user), order, name in hex or padded number, connection | nothing |
//! | `connection-refreshing` | tenant, connection | nothing; there while a refresh is open or a step of the exchange is left |
//! | `choice` | session | `Choice`: another account's connection to be, until the application chooses |
//! | `choice-secret` | session | envelope: its credential |
//! | `choice-due` | milliseconds, session | nothing |
//! | `connection-due` | milliseconds, tenant, connection | nothing; there while the host has to look at it some time |
//! | `journal` | tenant, connection, version, attempt, milliseconds of sending | a token response that was received and not yet stored |
//! | `journal-part` | the same, number | envelope: a piece of the raw response |
//! | `revocation` | revocation | what a retry needs |
//! | `revocation-secret` | revocation | envelope: the credential to revoke |
//! | `revocation-due` | milliseconds, revocation | nothing |
//! | `timeline` | tenant, connection, event | `Event` |
//! | `audit` | event | `AuditLine`; in layout 2, several that were written together, under the newest one's id |
//! | `audit-by-tenant` | tenant, event | nothing, or the id of the record that the tenant's lines share with others |
//! | `use` | tenant, connection, hash of the reference | `Use` |
//! | `outbox` | event | `Told`: a change nobody outside was written about yet |
//! | `webhook` | tenant, webhook | `Webhook` |
//! | `webhook-secret` | webhook, generation | envelope: its secret |
//! | `message` | tenant, message | `Message` |
//! | `message-due` | milliseconds, tenant, message | nothing; there while the host has to look at it some time |
//! | `message-queue` | tenant, webhook or hash of the address, connection or `all`, message | nothing; there while it waits |
//! | `digest` | tenant, connector, kind of notice | `Digest`: how much was said of late |
//! | `digest-held` | the same, connection | `Held`: what is said in one mail once the time is over |
//! | `digest-due` | milliseconds, tenant, connector, kind of notice | nothing |
//! | `contact` | tenant, hash of the end user | `Reached` |
//! | `idempotency` | API key, hash of route and key | what became of a request that creates |
//! | `idempotency-answer` | the same, number | envelope: a piece of its answer |
//!
//! Indexes are written in the batch of their record and can be rebuilt from records.

use std::fmt::{Display, Write};

/// The format of the whole store; a number this version does not know is refused.
pub(crate) const FORMAT: u8 = 1;

/// A kind of record: what its keys start with, and the layout new ones are written in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) layout: u8,
}

const fn kind(name: &'static str, layout: u8) -> Kind {
    Kind { name, layout }
}

pub(crate) const META: Kind = kind("meta", 1);
pub(crate) const KEY_CHECK: Kind = kind("key-check", 1);
pub(crate) const HOST_KEY: Kind = kind("host-key", 1);
pub(crate) const DATA_KEY: Kind = kind("data-key", 1);
pub(crate) const DATA_KEY_CURRENT: Kind = kind("data-key-current", 1);
pub(crate) const CONNECTOR: Kind = kind("connector", 1);
pub(crate) const CONNECTOR_PART: Kind = kind("connector-part", 1);
pub(crate) const MADE: Kind = kind("made", 1);
pub(crate) const TENANT: Kind = kind("tenant", 1);
pub(crate) const TENANT_BY_HOST: Kind = kind("tenant-by-host", 1);
pub(crate) const BRAND_FILE: Kind = kind("brand-file", 1);
pub(crate) const BRAND_FILE_PART: Kind = kind("brand-file-part", 1);
pub(crate) const CLIENT: Kind = kind("client", 1);
pub(crate) const CLIENT_SECRET: Kind = kind("client-secret", 1);
pub(crate) const API_KEY: Kind = kind("api-key", 1);
pub(crate) const API_KEY_BY_HASH: Kind = kind("api-key-by-hash", 1);
pub(crate) const SESSION: Kind = kind("session", 1);
pub(crate) const SESSION_BY_TOKEN: Kind = kind("session-by-token", 1);
pub(crate) const SIGN_IN: Kind = kind("sign-in", 1);
pub(crate) const PAGE_SESSION: Kind = kind("page-session", 1);
pub(crate) const AUTHORIZATION: Kind = kind("authorization", 1);
pub(crate) const AUTHORIZATION_SECRET: Kind = kind("authorization-secret", 1);
pub(crate) const AUTHORIZATION_BY_STATE: Kind = kind("authorization-by-state", 1);
pub(crate) const AUTHORIZATION_BY_TICKET: Kind = kind("authorization-by-ticket", 1);
pub(crate) const CONNECTION: Kind = kind("connection", 1);
pub(crate) const CREDENTIAL: Kind = kind("credential", 1);
pub(crate) const CONNECTION_BY_USER: Kind = kind("connection-by-user", 1);
pub(crate) const CONNECTION_BY_ACCOUNT: Kind = kind("connection-by-account", 1);
pub(crate) const CONNECTION_ORDER: Kind = kind("connection-order", 1);
/// Where `meta` says how many connections there are.
pub(crate) const CONNECTION_COUNT: &str = "connection-count";
/// Where `meta` says how far the clock had come.
pub(crate) const CLOCK: &str = "clock";
pub(crate) const CONNECTION_REFRESHING: Kind = kind("connection-refreshing", 1);
pub(crate) const CONNECTION_DUE: Kind = kind("connection-due", 1);
pub(crate) const CHOICE: Kind = kind("choice", 1);
pub(crate) const CHOICE_SECRET: Kind = kind("choice-secret", 1);
pub(crate) const CHOICE_DUE: Kind = kind("choice-due", 1);
pub(crate) const JOURNAL: Kind = kind("journal", 1);
pub(crate) const JOURNAL_PART: Kind = kind("journal-part", 1);
pub(crate) const REVOCATION: Kind = kind("revocation", 1);
pub(crate) const REVOCATION_SECRET: Kind = kind("revocation-secret", 1);
pub(crate) const REVOCATION_DUE: Kind = kind("revocation-due", 1);
pub(crate) const TIMELINE: Kind = kind("timeline", 1);
pub(crate) const AUDIT: Kind = kind("audit", 1);
/// Lines written together, beside single ones.
pub(crate) const AUDIT_TOGETHER: Kind = kind("audit", 2);
pub(crate) const AUDIT_BY_TENANT: Kind = kind("audit-by-tenant", 1);
pub(crate) const USE: Kind = kind("use", 1);
pub(crate) const OUTBOX: Kind = kind("outbox", 1);
pub(crate) const WEBHOOK: Kind = kind("webhook", 1);
pub(crate) const WEBHOOK_SECRET: Kind = kind("webhook-secret", 1);
pub(crate) const MESSAGE: Kind = kind("message", 1);
pub(crate) const MESSAGE_DUE: Kind = kind("message-due", 1);
pub(crate) const MESSAGE_QUEUE: Kind = kind("message-queue", 1);
pub(crate) const DIGEST: Kind = kind("digest", 1);
pub(crate) const DIGEST_HELD: Kind = kind("digest-held", 1);
pub(crate) const DIGEST_DUE: Kind = kind("digest-due", 1);
pub(crate) const CONTACT: Kind = kind("contact", 1);
pub(crate) const IDEMPOTENCY: Kind = kind("idempotency", 1);
pub(crate) const IDEMPOTENCY_ANSWER: Kind = kind("idempotency-answer", 1);

impl Kind {
    /// The key with these parts.
    pub(crate) fn key(self, parts: &[&(dyn Display + Sync)]) -> Vec<u8> {
        let mut key = String::from(self.name);
        for part in parts {
            // Writing to a string cannot fail.
            let _ = write!(key, "/{part}");
        }
        key.into_bytes()
    }

    /// What every key that continues these parts starts with.
    pub(crate) fn prefix(self, parts: &[&(dyn Display + Sync)]) -> Vec<u8> {
        let mut prefix = self.key(parts);
        prefix.push(b'/');
        prefix
    }
}

/// A number as a part of a key, so that keys sort as numbers do.
pub(crate) struct Padded(pub(crate) u64);

impl Display for Padded {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:020}", self.0)
    }
}
