//! Configuration: one TOML file, every key also an environment variable, checked once before anything starts.
//!
//! The configuration holds no secret: the key ring and the first operator key are files of their own, named here.
//! What it means for each part is that part's business.

mod announce;
mod api;
mod check;
mod environment;
mod error;
mod keys;
mod mail;
mod place;
mod proxy;
mod reference;
mod settings;
mod sign_in;
#[cfg(test)]
mod tests;
mod timeouts;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use jackfield_runtime::Limits;
use url::Url;

pub use api::Api;
pub(crate) use check::is_loopback;
pub use environment::Environment;
pub use error::ConfigError;
pub use mail::{MailServer, MailTls};
pub use proxy::ProxyBounds;
pub use reference::{Reference, Setting, Source, reference};
use settings::Settings;
pub use settings::{LogFormat, LogLevel, StoreKind};
pub use sign_in::SignIn;
pub use timeouts::Timeouts;

/// The port `serve` takes where none is given.
pub const DEFAULT_PORT: u16 = 8080;
/// The folder `serve` keeps its store in where none is given.
pub const DEFAULT_DATA_DIR: &str = "./jackfield-data";

/// How a host runs. Checked: holding one means that it may start.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where browsers reach it; none: the address it listens on, over plain HTTP.
    pub public_url: Option<Url>,
    /// Where it listens.
    pub listen: SocketAddr,
    /// Whether a reverse proxy that speaks TLS stands before it.
    pub behind_proxy: bool,
    /// The store's folder.
    pub data_dir: PathBuf,
    /// The key ring's file, outside the store's folder.
    pub keyring: PathBuf,
    /// Where the first operator key is written.
    pub operator_key: PathBuf,
    /// Which store.
    pub store: StoreKind,
    /// What is logged.
    pub log: Log,
    /// What a connector's call may use.
    pub limits: Limits,
    /// How long providers may take.
    pub timeouts: Timeouts,
    /// What the API allows its callers.
    pub api: Api,
    /// What proxied calls may carry.
    pub proxy: ProxyBounds,
    /// The mail server; none where no mail is sent.
    pub mail: Option<MailServer>,
    /// Where connectors may reach beyond the public internet.
    pub egress: Egress,
    /// A folder of further languages, `<tag>/<area>.ftl`.
    pub languages_dir: Option<PathBuf>,
    /// How people sign in to the pages by the operator's identity provider.
    pub sign_in: SignIn,
    /// The settings nobody made, as `key = value`.
    pub defaults: Vec<String>,
}

/// What is logged, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Lines for people or JSON.
    pub format: LogFormat,
    /// How much of Jackfield's own; of its dependencies only warnings.
    pub level: LogLevel,
    /// The header whose request id is taken over from a caller; none: every request gets an id of our own.
    pub request_id_header: Option<String>,
}

/// What the operator allows connectors beyond public https origins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Egress {
    /// Plain HTTP to loopback addresses.
    pub allow_loopback: bool,
    /// Hosts that may have private addresses, by connector.
    pub allow_private: BTreeMap<String, BTreeSet<String>>,
    /// Addresses of host names, instead of the resolver's.
    pub hosts: BTreeMap<String, SocketAddr>,
    /// Certificate authorities trusted beside the system's: a PEM file.
    pub ca_file: Option<PathBuf>,
}

impl Config {
    /// Reads the file, if one is named, and the environment over it.
    pub fn load(file: Option<&Path>, environment: &Environment) -> Result<Self, ConfigError> {
        let table = match file {
            Some(path) => place::load(path)?,
            None => toml::Table::new(),
        };
        let settings = environment.over(table)?;
        Self::resolve(settings)
    }

    /// Everything default, below a folder of the caller's, on a free port: for tests and the demo.
    pub fn below(folder: &Path) -> Self {
        let data_dir = folder.join("data");
        Self {
            public_url: None,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            behind_proxy: false,
            keyring: beside(&data_dir, "keyring"),
            operator_key: beside(&data_dir, "operator-key"),
            data_dir,
            store: StoreKind::Sled,
            log: Log { format: LogFormat::Text, level: LogLevel::Warn, request_id_header: None },
            limits: Limits::default(),
            timeouts: Timeouts::default(),
            api: Api::default(),
            proxy: ProxyBounds::default(),
            mail: None,
            egress: Egress::default(),
            languages_dir: None,
            sign_in: SignIn::default(),
            defaults: Vec::new(),
        }
    }

    fn resolve(settings: Settings) -> Result<Self, ConfigError> {
        let mut defaults = Defaults(Vec::new());
        let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, DEFAULT_PORT));
        let listen = defaults.take("listen", settings.listen, loopback, SocketAddr::to_string);
        let shown = |path: &PathBuf| path.display().to_string();
        let data_dir = defaults.take("data_dir", settings.data_dir, PathBuf::from(DEFAULT_DATA_DIR), shown);
        let keyring = defaults.take("keyring", settings.keyring, beside(&data_dir, "keyring"), shown);
        let operator_key =
            defaults.take("operator_key", settings.operator_key, beside(&data_dir, "operator-key"), shown);
        let store = defaults.take("store", settings.store, StoreKind::Sled, |kind| kind.name().to_owned());
        if settings.public_url.is_none() {
            defaults.0.push("public_url = where it listens, over plain HTTP".to_owned());
        }
        let egress = settings.egress;
        let mail = settings.mail.resolve().map_err(|sentence| ConfigError::Mail { sentence })?;
        let config = Self {
            public_url: settings.public_url,
            listen,
            behind_proxy: settings.behind_proxy,
            data_dir,
            keyring,
            operator_key,
            store,
            log: settings.log.into(),
            limits: settings.limits,
            timeouts: settings.timeouts,
            api: settings.api,
            proxy: settings.proxy,
            mail,
            egress: Egress {
                allow_loopback: egress.allow_loopback,
                allow_private: egress.allow_private,
                hosts: egress.hosts,
                ca_file: egress.ca_file,
            },
            languages_dir: settings.languages_dir,
            sign_in: settings.sign_in,
            defaults: defaults.0,
        };
        config.check()?;
        Ok(config)
    }
}

/// Notes which settings were left to their defaults.
struct Defaults(Vec<String>);

impl Defaults {
    fn take<T>(&mut self, key: &str, given: Option<T>, default: T, show: impl Fn(&T) -> String) -> T {
        given.unwrap_or_else(|| {
            self.0.push(format!("{key} = {}", show(&default)));
            default
        })
    }
}

/// A file next to the store's folder: `jackfield-data` and `jackfield-data.keyring`.
fn beside(data_dir: &Path, what: &str) -> PathBuf {
    let mut name = data_dir.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(what);
    data_dir.with_file_name(name)
}
