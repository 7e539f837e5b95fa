//! What the demo plays on: the built connectors, a provider, an application and a host, each on a port of its own.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use jackfield_build::{Artifact, BuildRequest};
use jackfield_demo::{DemoOptions, DemoProvider, Running};
use jackfield_model::secret::Secret;
use tempfile::TempDir;

use super::{application::Application, playbill::Playbill};
use crate::{
    cli::{host::Host, secret_input},
    config::Config,
    private_file,
    serve::{self, Parts, RunningHost},
};

/// The packages of the connectors that the demo connects through.
const PACKAGES: [&str; 2] = ["jackfield-api-token", "jackfield-openid-connect"];

/// Everything that runs.
pub(super) struct Scenery {
    /// The two components.
    pub(super) components: Vec<Artifact>,
    /// The provider.
    pub(super) provider: Running,
    /// The application that asks for connections.
    pub(super) application: Application,
    host: RunningHost,
    operator_key: PathBuf,
    // Last: the store in it is closed before it goes.
    folder: TempDir,
}

impl Scenery {
    /// Builds the connectors and starts the servers.
    pub(super) async fn set(sources: Option<&Path>, playbill: &mut Playbill) -> Result<Self> {
        let components = build(sources, playbill).await?;
        let provider = DemoProvider::start(DemoOptions::default()).await?;
        playbill.tell(
            "provider",
            &format!(
                "A small provider runs: its authorization server at {}, its API at {}.",
                provider.issuer(),
                provider.api_url()
            ),
        );
        let folder = tempfile::Builder::new().prefix("jackfield-demo-").tempdir()?;
        let mut config = Config::below(folder.path());
        config.egress.allow_loopback = true;
        let operator_key = config.operator_key.clone();
        let host = Box::pin(serve::start(config, Parts::system()?)).await?;
        let application = Application::start().await?;
        playbill.tell(
            "host",
            &format!(
                "The host runs at {} on a fresh store, with a key ring of its own. For this demo it may speak plain HTTP to this machine.",
                host.public_url
            ),
        );
        Ok(Self { components, provider, application, host, operator_key, folder })
    }

    /// Where the host is.
    pub(super) fn host_url(&self) -> &str {
        self.host.public_url.as_str()
    }

    /// The file with the operator's key.
    pub(super) fn operator_key_file(&self) -> &Path {
        &self.operator_key
    }

    /// The file with what it takes to play the application, for a shell to read.
    pub(super) fn application_file(&self) -> PathBuf {
        self.folder.path().join("application.env")
    }

    /// Writes that file, for whoever follows the guide for applications. Loopback URLs and keys need no quoting.
    pub(super) fn lend(&self, key: &Secret) -> std::io::Result<()> {
        let lines = format!(
            "export JACKFIELD_URL={}\nexport APPLICATION_KEY={}\nexport RETURN_URL={}\nexport SERVICE_URL={}\nexport SERVICE_TOKEN={}",
            self.host_url().trim_end_matches('/'),
            key.expose(),
            self.application.by_hand_url(),
            self.provider.api_url(),
            self.provider.api_token().expose(),
        );
        private_file::write(&self.application_file(), &Secret::new(lines))
    }

    /// The host, asked as the operator.
    pub(super) fn operator(&self) -> Result<Host> {
        let key = secret_input::api_key(Some(&self.operator_key))?;
        Ok(Host::new(self.host_url(), key, None)?)
    }

    /// Stops everything, in order, and removes the folder.
    pub(super) async fn strike(self) {
        self.application.stop().await;
        self.host.stop().await;
        self.provider.stop().await;
        if let Err(error) = self.folder.close() {
            tracing::warn!(%error, "the demo's folder could not be removed");
        }
    }
}

async fn build(sources: Option<&Path>, playbill: &mut Playbill) -> Result<Vec<Artifact>> {
    let workspace = match sources {
        Some(folder) => folder.to_owned(),
        None => workspace()?,
    };
    Playbill::wait("Building the connectors; the first time takes a minute …");
    let request = BuildRequest::packages(workspace, PACKAGES);
    let built = tokio::task::spawn_blocking(move || jackfield_build::build(&request)).await??;
    let sizes: Vec<String> =
        built.iter().map(|artifact| format!("{} ({} KB)", artifact.name, artifact.size / 1024)).collect();
    playbill.tell("built", &format!("Built the connectors from their sources: {}.", sizes.join(", ")));
    Ok(built)
}

/// The folder of the sources: around the current one, or where this program was built.
fn workspace() -> Result<PathBuf> {
    let here = std::env::current_dir()?;
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let around = here.ancestors().map(Path::to_owned).chain([built]);
    let has_connectors = |folder: &PathBuf| folder.join("connectors/openid-connect/Cargo.toml").is_file();
    around.into_iter().find(has_connectors).context(
        "the connectors' sources are not here: run the demo in a copy of Jackfield's repository or name it with --sources",
    )
}
