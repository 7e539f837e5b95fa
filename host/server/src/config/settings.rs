//! The shape of the configuration file: every key there is, none of them required.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    path::PathBuf,
};

use jackfield_runtime::Limits;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Api, Log, ProxyBounds, SignIn, Timeouts, mail::MailSettings};

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    pub(super) public_url: Option<Url>,
    pub(super) listen: Option<SocketAddr>,
    pub(super) behind_proxy: bool,
    pub(super) data_dir: Option<PathBuf>,
    pub(super) keyring: Option<PathBuf>,
    pub(super) operator_key: Option<PathBuf>,
    pub(super) store: Option<StoreKind>,
    pub(super) languages_dir: Option<PathBuf>,
    pub(super) log: LogSettings,
    pub(super) limits: Limits,
    pub(super) timeouts: Timeouts,
    pub(super) api: Api,
    pub(super) proxy: ProxyBounds,
    pub(super) egress: EgressSettings,
    pub(super) mail: MailSettings,
    pub(super) sign_in: SignIn,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct LogSettings {
    pub(super) format: LogFormat,
    pub(super) level: LogLevel,
    pub(super) request_id_header: Option<String>,
}

impl From<LogSettings> for Log {
    fn from(settings: LogSettings) -> Self {
        let LogSettings { format, level, request_id_header } = settings;
        Self { format, level, request_id_header }
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct EgressSettings {
    pub(super) allow_loopback: bool,
    pub(super) allow_private: BTreeMap<String, BTreeSet<String>>,
    pub(super) hosts: BTreeMap<String, SocketAddr>,
    pub(super) ca_file: Option<PathBuf>,
}

/// Which store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StoreKind {
    /// Embedded, for one machine.
    Sled,
}

impl StoreKind {
    /// Its name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sled => "sled",
        }
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// How much is logged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogLevel {
    /// Only what failed.
    Error,
    /// And what an operator should look at.
    Warn,
    /// And what happens.
    #[default]
    Info,
    /// And how.
    Debug,
    /// Everything.
    Trace,
}
