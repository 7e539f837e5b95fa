//! Real authorization servers, as child processes that end with the test, however it ends.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use url::Url;

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

impl PeerSettings {
    /// Tokens of one minute, the peer's own address as issuer.
    pub fn of(clients: Vec<PeerClient>) -> Self {
        Self { clients, access_token_seconds: 60, issuer: None }
    }
}

/// `oidc-provider` from npm, running.
pub struct OidcProvider {
    issuer: Url,
    listening: Url,
    // Closing it is what ends the process; the kill on drop is only for one that hangs.
    _input: ChildStdin,
    _process: Child,
}

#[derive(Deserialize)]
struct Ready {
    issuer: Url,
    listening: Url,
}

impl OidcProvider {
    /// Starts it and returns once it answers requests.
    pub async fn start(settings: &PeerSettings) -> Result<Self> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("peers/oidc-provider");
        ensure!(
            folder.join("node_modules/oidc-provider").is_dir(),
            "the peer oidc-provider is not installed: run `make setup`"
        );
        let mut process = Command::new(node(&folder))
            .arg("server.mjs")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("node does not start: run `make setup`")?;
        let mut input = process.stdin.take().context("standard input was piped")?;
        let mut line = serde_json::to_string(settings)?;
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
