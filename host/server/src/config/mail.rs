//! The mail server that notices leave through. Without a host there is none, and no mail.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The mail server, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct MailSettings {
    pub(super) host: Option<String>,
    pub(super) port: Option<u16>,
    pub(super) tls: MailTls,
    pub(super) user: Option<String>,
    pub(super) password_file: Option<PathBuf>,
    pub(super) from: Option<String>,
    pub(super) ca_file: Option<PathBuf>,
    pub(super) timeout_ms: u64,
}

impl Default for MailSettings {
    fn default() -> Self {
        Self {
            host: None,
            port: None,
            tls: MailTls::default(),
            user: None,
            password_file: None,
            from: None,
            ca_file: None,
            timeout_ms: 30_000,
        }
    }
}

/// How what is said to the mail server is kept from others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MailTls {
    /// TLS from the first byte.
    Implicit,
    /// TLS once both have said hello; nothing else is said without.
    #[default]
    Starttls,
    /// None: to this machine only.
    None,
}

/// A mail server to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailServer {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How what is said is kept from others.
    pub tls: MailTls,
    /// The name to say.
    pub user: Option<String>,
    /// The file of the password.
    pub password_file: Option<PathBuf>,
    /// The address mails come from, where a brand names none.
    pub from: String,
    /// Certificate authorities trusted beside the system's.
    pub ca_file: Option<PathBuf>,
    /// How long one step may take, in milliseconds.
    pub timeout_ms: u64,
}

/// What is wrong with the settings, in a sentence.
pub(super) type Wrong = &'static str;

impl MailSettings {
    /// The server they name; none where they name none.
    pub(super) fn resolve(self) -> Result<Option<MailServer>, Wrong> {
        let Some(host) = self.host else {
            let alone = self.user.is_none() && self.password_file.is_none() && self.from.is_none();
            return if alone { Ok(None) } else { Err("`mail.host` is missing: name the mail server") };
        };
        let from = self.from.ok_or("`mail.from` is missing: the address that mails come from")?;
        if !jackfield_model::brand::is_mailbox(&from) {
            return Err("`mail.from` is no address: write it like connections@example.com");
        }
        if self.user.is_some() != self.password_file.is_some() {
            return Err("`mail.user` and `mail.password_file` belong together: set both or neither");
        }
        let address = host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
        if self.tls == MailTls::None && !(address || host == "localhost") {
            return Err("`mail.tls = \"none\"` is for a mail server on this machine: use \"starttls\" or \"implicit\"");
        }
        let port = self.port.unwrap_or(match self.tls {
            MailTls::Implicit => 465,
            MailTls::Starttls => 587,
            MailTls::None => 25,
        });
        let Self { tls, user, password_file, ca_file, timeout_ms, .. } = self;
        Ok(Some(MailServer { host, port, tls, user, password_file, from, ca_file, timeout_ms }))
    }
}
