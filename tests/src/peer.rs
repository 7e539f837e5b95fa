//! Real authorization servers, as child processes that end with the test, however it ends.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use url::Url;

use crate::components::workspace;

/// A registration at a peer.
#[derive(Clone, Debug, Serialize)]
pub struct PeerClient {
    /// The client id, any text.
    pub client_id: String,
    /// Its secret; none for a public client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// Where codes may be sent.
    pub redirect_uris: Vec<String>,
    /// `client_secret_basic`, `client_secret_post` or `none`.
    pub token_endpoint_auth_method: String,
    /// `authorization_code`, `refresh_token`, `client_credentials`.
    pub grant_types: Vec<String>,
}

impl PeerClient {
    /// A confidential client of the code flow, with basic authentication.
    pub fn code(client_id: &str, client_secret: &str, redirect_uri: &str) -> Self {
        Self {
            client_id: client_id.to_owned(),
            client_secret: Some(client_secret.to_owned()),
            redirect_uris: vec![redirect_uri.to_owned()],
            token_endpoint_auth_method: "client_secret_basic".to_owned(),
            grant_types: vec!["authorization_code".to_owned(), "refresh_token".to_owned()],
        }
    }

    /// A client that acts for itself, with basic authentication.
    pub fn machine(client_id: &str, client_secret: &str) -> Self {
        Self {
            client_id: client_id.to_owned(),
            client_secret: Some(client_secret.to_owned()),
            redirect_uris: Vec::new(),
            token_endpoint_auth_method: "client_secret_basic".to_owned(),
            grant_types: vec!["client_credentials".to_owned()],
        }
    }
}

/// What a peer is told when it starts.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PeerSettings {
    /// The registrations.
    pub clients: Vec<PeerClient>,
    /// How long its access tokens live.
    pub access_token_seconds: u32,
    /// The issuer to go by, where a relay answers under that name; else its own address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
}

/// Which authorization server runs, and how it treats a refresh token that was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// `oidc-provider` from npm: a refresh token used twice ends the grant.
    OidcProvider,
    /// Django OAuth Toolkit from `PyPI`: the same.
    DjangoStrict,
    /// Django OAuth Toolkit, by whose clock a used refresh token stays good for a minute.
    DjangoGrace,
}

/// How long the used refresh token stays good, in seconds.
const GRACE: u32 = 60;

impl Server {
    /// Where it gives tokens.
    pub fn token_path(self) -> &'static str {
        if self == Self::OidcProvider { "/token" } else { "/o/token/" }
    }

    /// Where people consent.
    pub fn authorization_path(self) -> &'static str {
        if self == Self::OidcProvider { "/auth" } else { "/o/authorize/" }
    }

    /// Its issuer identifier, at a name where something in front of it answers.
    pub fn issuer_at(self, name: &str) -> String {
        let path = if self == Self::OidcProvider { "" } else { "/o" };
        format!("https://{name}{path}")
    }

    /// Whether a used refresh token stays good for a while.
    pub fn has_grace(self) -> bool {
        self == Self::DjangoGrace
    }

    fn command(self) -> Result<Command> {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
        if self == Self::OidcProvider {
            let folder = tests.join("peers/oidc-provider");
            installed(&folder.join("node_modules/oidc-provider"), "oidc-provider")?;
            let mut command = Command::new(node(&folder));
            command.arg("server.mjs").current_dir(folder);
            return Ok(command);
        }
        let packages = workspace().join("target/peers/django-oauth-toolkit");
        installed(&packages.join("oauth2_provider"), "django-oauth-toolkit")?;
        let mut command = Command::new("python3");
        command.args(["-B", "server.py"]).env("PYTHONPATH", packages);
        command.current_dir(tests.join("peers/django-oauth-toolkit"));
        Ok(command)
    }
}

fn installed(folder: &Path, peer: &str) -> Result<()> {
    ensure!(folder.is_dir(), "the peer {peer} is not installed: run `make setup`");
    Ok(())
}

impl PeerSettings {
    /// Tokens of one minute, the peer's own address as issuer.
    pub fn of(clients: Vec<PeerClient>) -> Self {
        Self { clients, access_token_seconds: 60, issuer: None }
    }
}

/// An authorization server, running.
pub struct Peer {
    issuer: Url,
    listening: Url,
    // Closing it is what ends the process; the kill on drop is only for one that hangs.
    _input: ChildStdin,
    _process: Child,
}

/// What is said on its standard input.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    #[serde(flatten)]
    settings: &'a PeerSettings,
    #[serde(skip_serializing_if = "Option::is_none")]
    grace_seconds: Option<u32>,
}

#[derive(Deserialize)]
struct Ready {
    issuer: Url,
    listening: Url,
}

impl Peer {
    /// Starts it and returns once it answers requests.
    pub async fn start(server: Server, settings: &PeerSettings) -> Result<Self> {
        let mut process = server
            .command()?
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("the peer does not start: run `make setup`")?;
        let mut input = process.stdin.take().context("standard input was piped")?;
        let settings = Told { settings, grace_seconds: server.has_grace().then_some(GRACE) };
        let mut line = serde_json::to_string(&settings)?;
        line.push('\n');
        input.write_all(line.as_bytes()).await?;
        let ready = ready(&mut process).await?;
        Ok(Self { issuer: ready.issuer, listening: ready.listening, _input: input, _process: process })
    }

    /// The issuer identifier, exactly as the peer's metadata has it.
    pub fn issuer(&self) -> &str {
        self.issuer.as_str().trim_end_matches('/')
    }

    /// Its address on this machine, whatever its issuer is.
    pub fn listening(&self) -> &Url {
        &self.listening
    }

    /// A path of its, by the issuer's name.
    pub fn at(&self, path: &str) -> Result<Url> {
        Ok(self.issuer.join(path)?)
    }
}

/// The version pinned beside the peer, on the platforms it is published for; else whatever is installed.
fn node(folder: &Path) -> PathBuf {
    let pinned = folder.join("node_modules/.bin/node");
    if pinned.exists() { pinned } else { PathBuf::from("node") }
}

/// Reads the ready line; where there is none, the error is what the process said.
async fn ready(process: &mut Child) -> Result<Ready> {
    let output = process.stdout.take().context("standard output was piped")?;
    let mut errors = process.stderr.take().context("standard error was piped")?;
    let said = tokio::spawn(async move {
        let mut text = String::new();
        let read = errors.read_to_string(&mut text).await;
        read.map(|_| text)
    });
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line).await?;
    if line.is_empty() {
        anyhow::bail!("the peer did not start: {}", said.await??);
    }
    serde_json::from_str(&line).context("the peer's ready line is not what was agreed")
}

/// Stories told at every real authorization server: functions with the server as their parameter.
#[macro_export]
macro_rules! at_every_server {
    ($($story:ident),+ $(,)?) => {
        $(
            mod $story {
                use $crate::peer::Server;

                #[tokio::test(flavor = "multi_thread")]
                async fn oidc_provider() {
                    super::$story(Server::OidcProvider).await;
                }

                #[tokio::test(flavor = "multi_thread")]
                async fn django_strict() {
                    super::$story(Server::DjangoStrict).await;
                }

                #[tokio::test(flavor = "multi_thread")]
                async fn django_grace() {
                    super::$story(Server::DjangoGrace).await;
                }
            }
        )+
    };
}
