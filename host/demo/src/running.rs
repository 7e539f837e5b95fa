//! Starting and stopping the demo's provider, and what its starter may ask of it.

use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use url::Url;

use crate::ambient::NoRandomness;
use crate::books::Books;
use crate::clients::RegisterError;
use crate::counts::Counts;
use crate::options::DemoOptions;
use crate::people::Login;
use crate::provider::Provider;
use crate::secret::DemoSecret;
use crate::signing::{SigningError, SigningKey};
use crate::{api, authserver};

/// How long `stop` waits for open connections before it drops them.
const STOP_PATIENCE: Duration = Duration::from_secs(2);

/// Why the demo's provider did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No port on loopback could be opened.
    #[error("no port on 127.0.0.1 could be opened")]
    Listen(#[from] io::Error),
    /// The address of an opened port is not a URL.
    #[error("the provider's own address is not a URL")]
    Address(#[from] url::ParseError),
    /// The signing key could not be made.
    #[error("the signing key could not be made")]
    Key(#[from] SigningError),
    /// The making of the signing key was interrupted.
    #[error("the making of the signing key was interrupted")]
    Interrupted(#[from] tokio::task::JoinError),
    /// No secret could be drawn.
    #[error("no secret could be drawn")]
    Secret(#[from] NoRandomness),
    /// The first client could not be registered.
    #[error("the first client could not be registered")]
    Client(#[from] RegisterError),
}

/// The id and secret of a registered client.
#[derive(Debug, Clone)]
pub struct DemoClient {
    /// The client id (RFC 6749 section 2.2).
    pub id: String,
    /// The client secret.
    pub secret: DemoSecret,
}

/// The demo's provider, before it runs.
#[derive(Debug, Clone, Copy)]
pub struct DemoProvider;

impl DemoProvider {
    /// Opens two ports on `127.0.0.1`, one for the authorization server and one for the API, and
    /// serves both until [`Running::stop`] is called or the [`Running`] is dropped.
    pub async fn start(options: DemoOptions) -> Result<Running, StartError> {
        let key = tokio::task::spawn_blocking(SigningKey::generate).await??;
        let (auth_listener, issuer) = listen().await?;
        let (api_listener, api_url) = listen().await?;
        let DemoOptions { client_id, redirect_uris, access_token_lifetime: lifetime, ambient } = options;
        let client = DemoClient { id: client_id, secret: DemoSecret::new(ambient.draw()?) };
        let api_token: DemoSecret = DemoSecret::new(ambient.draw()?);
        let mut books = Books::new(Url::parse(&issuer)?, &ambient, lifetime);
        books.clients.register(&client.id, &client.secret, &redirect_uris)?;
        books.api_tokens.insert(api_token.expose().to_owned(), Login::demo());
        let provider = Arc::new(Provider { issuer, ambient, lifetime, key, books: Mutex::new(books) });
        let (stop, stopped) = watch::channel(());
        let auth = authserver::router().merge(api::router());
        let tasks = vec![
            serve(auth_listener, auth, &provider, stopped.clone()),
            serve(api_listener, api::router(), &provider, stopped),
        ];
        Ok(Running { provider, api_url, client, api_token, stop, tasks })
    }
}

/// The demo's provider while it runs. Dropping it stops it at once.
pub struct Running {
    provider: Arc<Provider>,
    api_url: String,
    client: DemoClient,
    api_token: DemoSecret,
    stop: watch::Sender<()>,
    tasks: Vec<JoinHandle<io::Result<()>>>,
}

impl Running {
    /// The issuer identifier, `http://127.0.0.1:PORT`: discovery starts here.
    pub fn issuer(&self) -> &str {
        &self.provider.issuer
    }

    /// The API's own address, `http://127.0.0.1:PORT`. The same API also answers beside the
    /// authorization server, as it does with services that have a single host.
    pub fn api_url(&self) -> &str {
        &self.api_url
    }

    /// The client registered from the start.
    pub fn client(&self) -> &DemoClient {
        &self.client
    }

    /// A token the API takes without OAuth, in the name of the person `demo`.
    pub fn api_token(&self) -> &DemoSecret {
        &self.api_token
    }

    /// Registers a client, or replaces the one of that id with all its redirect URIs.
    pub fn register_client(&self, id: &str, secret: &DemoSecret, redirect_uris: &[Url]) -> Result<(), RegisterError> {
        let mut books = self.provider.books();
        books.clients.register(id, secret, redirect_uris)
    }

    /// What the provider saw so far.
    pub fn counts(&self) -> Counts {
        self.provider.books().counts
    }

    /// Takes no more connections, lets open ones finish for two seconds, and ends.
    pub async fn stop(mut self) {
        self.stop.send_replace(());
        for task in &mut self.tasks {
            let ended = tokio::time::timeout(STOP_PATIENCE, &mut *task).await;
            if ended.is_err() {
                task.abort();
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

async fn listen() -> Result<(TcpListener, String), io::Error> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    Ok((listener, format!("http://{address}")))
}

fn serve(
    listener: TcpListener,
    router: Router<Arc<Provider>>,
    provider: &Arc<Provider>,
    mut stopped: watch::Receiver<()>,
) -> JoinHandle<io::Result<()>> {
    let app = router.with_state(Arc::clone(provider));
    let until_stopped = async move {
        // An error means that the sender is gone, which is a stop as well.
        let _gone = stopped.changed().await;
    };
    tokio::spawn(async move { axum::serve(listener, app).with_graceful_shutdown(until_stopped).await })
}
