//! What rows share: a provider, a host with few connections, a host with many. Made when the first row asks.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Result, anyhow};

use crate::api::text;
use crate::fill::fill;
use crate::host::{Host, Tenant, token_connection};
use crate::load::{Dice, Scripts};
use crate::parts;
use crate::process::Process;
use crate::report::say;
use crate::scale::{Scale, short};

/// A host with connections.
pub(crate) struct Site {
    /// The host.
    pub(crate) host: Host,
    /// Whose connections.
    pub(crate) tenant: Tenant,
    /// Their ids.
    pub(crate) ids: Arc<Vec<String>>,
}

/// What there is so far.
pub(crate) struct Stand {
    /// How much is measured.
    pub(crate) scale: Scale,
    upstream: Option<Process>,
    few: Option<Result<Site, String>>,
    many: Option<Result<Site, String>>,
}

impl Stand {
    /// Nothing yet.
    pub(crate) fn of(scale: Scale) -> Self {
        Self { scale, upstream: None, few: None, many: None }
    }

    /// What answers behind proxies and to connectors.
    pub(crate) fn upstream(&mut self) -> Result<SocketAddr> {
        if let Some(upstream) = &self.upstream {
            return Ok(upstream.address);
        }
        let process = Process::own(&["upstream"])?;
        let address = process.address;
        self.upstream = Some(process);
        Ok(address)
    }

    /// The host with few connections.
    pub(crate) fn few(&mut self) -> Result<&mut Site> {
        let (upstream, count) = (self.upstream()?, self.scale.few);
        let made = self.few.get_or_insert_with(|| Site::of(upstream, count).map_err(|error| format!("{error:#}")));
        made.as_mut().map_err(|error| anyhow!("{error}"))
    }

    /// The host with many.
    pub(crate) fn many(&mut self) -> Result<&mut Site> {
        // One store at a time keeps the machine's memory for the one that is measured.
        self.few = None;
        let (upstream, count) = (self.upstream()?, self.scale.many);
        let made = self.many.get_or_insert_with(|| Site::of(upstream, count).map_err(|error| format!("{error:#}")));
        made.as_mut().map_err(|error| anyhow!("{error}"))
    }
}

impl Site {
    fn of(upstream: SocketAddr, count: usize) -> Result<Self> {
        let mut host = Host::start()?;
        host.install(&parts::component("api-token")?)?;
        let tenant = host.tenant()?;
        let made = host.api(&tenant.key)?.post("/v1/connections", &token_connection(&format!("http://{upstream}")))?;
        let template = text(&made, "id")?;
        host.stop()?;
        let begun = Instant::now();
        let ids = fill(&host.data(), &host.keyring(), (&tenant.id, &template), count)?;
        say(&format!("  filled {} connections in {:.1} s", short(count), begun.elapsed().as_secs_f64()));
        host.start_again()?;
        Ok(Self { host, tenant, ids: Arc::new(ids) })
    }

    /// Requests for one connection after another, drawn by lot: the text of a request with `{id}` in it.
    pub(crate) fn drawn(&self, request: &str) -> Scripts {
        let (ids, request) = (Arc::clone(&self.ids), request.to_owned());
        Arc::new(move |number| {
            let (before, after) = request.split_once("{id}").unwrap_or((&request, ""));
            let (before, after) = (before.to_owned(), after.to_owned());
            let (ids, mut dice) = (Arc::clone(&ids), Dice::of(number));
            Box::new(move |out, _| {
                for part in [&before, &ids[dice.below(ids.len())], &after] {
                    out.extend_from_slice(part.as_bytes());
                }
            })
        })
    }

    /// A request of this tenant's.
    pub(crate) fn request(&self, method: &str, path: &str, body: &str) -> String {
        let length = if body.is_empty() {
            String::new()
        } else {
            format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len())
        };
        format!(
            "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {}\r\n{length}\r\n{body}",
            self.tenant.key
        )
    }
}
