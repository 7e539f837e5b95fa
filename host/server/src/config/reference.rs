//! The reference of the configuration: every key with its variable, type, default and meaning, made from the code.
//!
//! Keys and defaults come from the settings themselves; a test holds this file to them.

use std::{collections::BTreeMap, path::Path};

use serde::Serialize;

use super::{Config, ConfigError, Environment, keys, place};

/// One key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// The key, its tables before it: `limits.cpu_ms`.
    pub key: String,
    /// Its environment variable.
    pub variable: String,
    /// What kind of value it takes.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What holds where nothing is said, as TOML or in words.
    pub default: String,
    /// What it means.
    pub meaning: &'static str,
}

/// Where a setting's value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Nobody said anything.
    Default,
    /// The file.
    File,
    /// This environment variable.
    Variable(String),
}

/// One key and where its value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// The key.
    pub key: String,
    /// Where its value comes from.
    pub source: Source,
}

const BYTES: &str = "integer, bytes";
const COUNT: &str = "integer";
const MILLISECONDS: &str = "integer, milliseconds";
const SECONDS: &str = "integer, seconds";
const SWITCH: &str = "true or false";
const PATH: &str = "path";

/// Key, type, meaning.
#[rustfmt::skip]
const MEANINGS: &[(&str, &str, &str)] = &[
    ("public_url", "URL", "Where browsers reach the host: scheme, host and port, https except on loopback. Begins every redirect URI."),
    ("listen", "address:port", "Where the host listens. Beyond loopback only with `behind_proxy` and an https `public_url`."),
    ("behind_proxy", SWITCH, "Whether a reverse proxy that speaks TLS stands before the host."),
    ("data_dir", PATH, "The store's folder, made at the first start."),
    ("keyring", PATH, "The file of the keys that seal the store. Outside `data_dir`; made with a new store, mode 0400."),
    ("operator_key", PATH, "Where the first operator key is written when the store has no API key yet."),
    ("store", "sled", "Which store."),
    ("languages_dir", PATH, "A folder of further languages for pages and mails: `<tag>/<area>.ftl` each, like those the host has."),
    ("log.format", "text or json", "Log lines for people, or one JSON object a line. The log goes to standard error."),
    ("log.level", "error, warn, info, debug or trace", "How much is logged of Jackfield's own; of its dependencies only warnings."),
    ("log.request_id_header", "header name", "The request header whose id is taken over where it is well-formed: 8 to 128 letters, digits, `-`, `_`, `.`. Only for a proxy of your own that sets it."),
    ("limits.cpu_ms", MILLISECONDS, "Time a connector's call computes."),
    ("limits.wall_ms", MILLISECONDS, "Time a connector's call takes, requests included."),
    ("limits.request_ms", MILLISECONDS, "Time one request of a connector takes."),
    ("limits.memory_bytes", BYTES, "Memory of a connector's instance."),
    ("limits.guest_runtime_memory_bytes", BYTES, "The same for connectors that bring a language runtime."),
    ("limits.memory_total_bytes", BYTES, "Memory of all calls of connectors together; those of one connector never hold more than they leave to the others. At least twice what one instance may have."),
    ("limits.table_elements", COUNT, "Elements of all tables of an instance."),
    ("limits.instances", COUNT, "Core instances, memories and tables of a component, each."),
    ("limits.guest_runtime_instances", COUNT, "The same for connectors that bring a language runtime."),
    ("limits.handles", COUNT, "Handles a call may hold."),
    ("limits.host_calls", COUNT, "Calls into the host during one call."),
    ("limits.host_call_bytes", BYTES, "What a connector may hand the host at once."),
    ("limits.requests", COUNT, "Requests a connector may send during one call."),
    ("limits.response_bytes", BYTES, "Size of one answer a connector reads."),
    ("limits.log_lines", COUNT, "Lines kept of a call's log."),
    ("limits.log_bytes", BYTES, "Size of what is kept of a call's log."),
    ("limits.calls_at_once", COUNT, "Calls of one connector at the same time, for each tenant."),
    ("limits.component_bytes", BYTES, "Size of a component."),
    ("limits.compile_cpu_s", SECONDS, "Processor time compiling a component takes."),
    ("limits.compile_wall_s", SECONDS, "Time compiling a component takes."),
    ("limits.compile_memory_bytes", BYTES, "Address space of the compiler's process."),
    ("limits.compiled_bytes", BYTES, "Size of the machine code of a component."),
    ("timeouts.connect_ms", MILLISECONDS, "How long a connection to a provider may take to come up, TLS included."),
    ("timeouts.token_ms", MILLISECONDS, "How long a token endpoint may take: slow is not lost."),
    ("timeouts.metadata_ms", MILLISECONDS, "How long an issuer's metadata or keys may take."),
    ("timeouts.webhook_ms", MILLISECONDS, "How long a webhook may take to answer before it counts as failed."),
    ("timeouts.request_idle_ms", MILLISECONDS, "How long the body of a request may stand still: in this time it ends or brings 8 KiB. For proxied calls `timeouts.proxy_idle_ms` holds."),
    ("timeouts.proxy_first_byte_ms", MILLISECONDS, "How long a proxied answer may wait for its first byte."),
    ("timeouts.proxy_idle_ms", MILLISECONDS, "How long nothing may move in either direction of a proxied call."),
    ("timeouts.proxy_total_ms", MILLISECONDS, "How long a whole proxied call may take."),
    ("timeouts.shutdown_ms", MILLISECONDS, "How long a host that is told to stop waits for requests, refreshes and completions under way."),
    ("api.requests_per_minute", COUNT, "How many requests an API key may send in a minute; 0 for any number."),
    ("api.starts_per_minute", COUNT, "How many connections one person may begin in a minute, through whatever links and pages; 0 for any number, and for any number of forms sent."),
    ("api.open_metrics", SWITCH, "Whether `/metrics` answers without an operator's key, to whoever reaches the host."),
    ("proxy.request_bytes", BYTES, "The longest body the proxy passes on to a provider."),
    ("proxy.response_bytes", BYTES, "The longest body the proxy passes back."),
    ("proxy.request_header_bytes", BYTES, "A caller's header names and values together."),
    ("proxy.response_header_bytes", BYTES, "A provider's header names and values together."),
    ("proxy.calls_per_connection", COUNT, "Proxied calls under way at once through one connection."),
    ("proxy.calls_per_tenant", COUNT, "Proxied calls under way at once through all connections of a tenant."),
    ("proxy.replay_bytes", BYTES, "The longest request body that is held, so that it can be sent again after a refresh."),
    ("egress.allow_loopback", SWITCH, "Whether connectors may speak plain HTTP to this machine: for development and tests."),
    ("egress.allow_private", "table: connector = [host, …]", "Hosts that may have private addresses, by connector."),
    ("egress.hosts", "table: host = \"address:port\"", "Addresses of host names, instead of the resolver's."),
    ("egress.ca_file", PATH, "Certificate authorities trusted for providers beside the system's: a PEM file."),
    ("mail.host", "host name", "The mail server that notices to people leave through (SMTP). Without it no mail is sent."),
    ("mail.port", COUNT, "Its port; where it is left out, 465 for implicit TLS, 587 for STARTTLS, 25 for none."),
    ("mail.tls", "implicit, starttls or none", "TLS from the first byte, after STARTTLS, or none: that only to this machine."),
    ("mail.user", "text", "The name to give the mail server."),
    ("mail.password_file", PATH, "The file that holds the password of `mail.user`."),
    ("mail.from", "address", "The address mails come from where a tenant's brand names no sender; bounces come back to it."),
    ("mail.ca_file", PATH, "A certificate authority trusted for the mail server beside the system's: a PEM file."),
    ("mail.timeout_ms", MILLISECONDS, "How long each step with the mail server may take."),
    ("sign_in.issuer", "URL", "The identity provider people sign in to the pages by (OpenID Connect): its issuer identifier, exactly. Register `<public_url>/sign-in/return` there."),
    ("sign_in.client_id", "text", "What the identity provider calls this host."),
    ("sign_in.client_secret_file", PATH, "The file that holds the client secret; none for a public client."),
    ("sign_in.scopes", "list", "What is asked for at the identity provider; `openid` is among it."),
    ("sign_in.person_claim", "claim", "The claim that holds the application's own id of a person. A name, or a JSON pointer that begins with `/`."),
    ("sign_in.name_claim", "claim", "The claim that holds what a person is called."),
    ("sign_in.tenant_claim", "claim", "The claim that says whose person somebody is; without it only operators sign in this way."),
    ("sign_in.tenants", "table: value = tenant id", "Tenants by the value of `tenant_claim`; where it is empty, the value is the tenant's id."),
    ("sign_in.administrators", "table: claim = [value, …]", "Who is an administrator of their tenant."),
    ("sign_in.operators", "table: claim = [value, …]", "Who is an operator of this host."),
];

/// Every key, tables after what stands alone.
pub fn reference() -> Vec<Reference> {
    let shape = serde_json::to_value(super::Settings::default()).unwrap_or_default();
    let resolved = resolved_defaults();
    let entry = |path: &Vec<String>| {
        let key = path.join(".");
        let said = MEANINGS.iter().find(|(known, ..)| *known == key);
        let (kind, meaning) = said.map_or(("", ""), |(_, kind, meaning)| (*kind, *meaning));
        let default = match shape.pointer(&format!("/{}", path.join("/"))) {
            None | Some(serde_json::Value::Null) => resolved.get(&key).cloned().unwrap_or_else(|| "none".to_owned()),
            Some(value) => value.to_string(),
        };
        Reference { variable: keys::variable(path), key, kind, default, meaning }
    };
    let mut entries: Vec<Reference> = keys::all().iter().map(entry).collect();
    let place = |key: &str| MEANINGS.iter().position(|(known, ..)| *known == key);
    entries.sort_by_key(|entry| place(&entry.key).unwrap_or(MEANINGS.len()));
    entries
}

/// What holds for the settings whose default follows from others.
fn resolved_defaults() -> BTreeMap<String, String> {
    let said = Config::load(None, &Environment::default()).map(|config| config.defaults).unwrap_or_default();
    let pair = |line: String| line.split_once(" = ").map(|(key, value)| (key.to_owned(), value.to_owned()));
    said.into_iter().filter_map(pair).collect()
}

impl Config {
    /// Where each setting's value comes from. Refused as `load` refuses.
    pub fn sources(file: Option<&Path>, environment: &Environment) -> Result<Vec<Setting>, ConfigError> {
        let table = match file {
            Some(path) => place::load(path)?,
            None => toml::Table::new(),
        };
        let said = |path: &[String]| {
            let mut value = table.get(path.first()?)?;
            for part in path.get(1..)? {
                value = value.as_table()?.get(part)?;
            }
            Some(value)
        };
        let setting = |path: Vec<String>| {
            let source = match (environment.setting(&path), said(&path)) {
                (Some(variable), _) => Source::Variable(variable),
                (None, Some(_)) => Source::File,
                (None, None) => Source::Default,
            };
            Setting { key: path.join("."), source }
        };
        Ok(keys::all().into_iter().map(setting).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_a_line_here_and_every_line_a_key() {
        let all: Vec<String> = keys::all().iter().map(|key| key.join(".")).collect();
        for key in &all {
            assert!(MEANINGS.iter().any(|(known, ..)| known == key), "{key} has no line in config/reference.rs");
        }
        for (key, kind, meaning) in MEANINGS {
            assert!(all.iter().any(|known| known == key), "{key} is no setting any more");
            assert!(!kind.is_empty() && meaning.ends_with('.'), "{key}");
        }
    }

    #[test]
    fn a_default_is_what_holds_where_nothing_is_said() {
        let default = |key: &str| reference().into_iter().find(|entry| entry.key == key).map(|entry| entry.default);
        assert_eq!(default("listen").as_deref(), Some("127.0.0.1:8080"));
        assert_eq!(default("data_dir").as_deref(), Some("./jackfield-data"));
        assert_eq!(default("limits.cpu_ms").as_deref(), Some("2000"));
        assert_eq!(default("egress.ca_file").as_deref(), Some("none"));
        assert_eq!(default("log.level").as_deref(), Some("\"info\""));
    }
}
