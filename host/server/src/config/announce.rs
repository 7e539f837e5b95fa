//! What `serve` says before it starts: the defaults it took, and loudly what weakens it.

use super::Config;

impl Config {
    /// What an operator must not overlook, one sentence each: settings that let connectors or browsers do without TLS
    /// or reach private networks.
    pub fn warnings(&self) -> Vec<String> {
        let mut said = Vec::new();
        let egress = &self.egress;
        if egress.allow_loopback {
            said.push(
                "egress.allow_loopback is on: connectors may speak plain HTTP to this machine. For demos and tests only."
                    .to_owned(),
            );
        }
        for (connector, hosts) in &egress.allow_private {
            let hosts = hosts.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            said.push(format!("egress.allow_private lets the connector {connector} reach private addresses: {hosts}."));
        }
        for (host, address) in &egress.hosts {
            said.push(format!("egress.hosts sends everything meant for {host} to {address}."));
        }
        if let Some(file) = &egress.ca_file {
            said.push(format!(
                "egress.ca_file: certificates of the authorities in {} are trusted for every provider.",
                file.display()
            ));
        }
        if self.api.open_metrics {
            said.push("api.open_metrics is on: whoever reaches the host reads its figures at /metrics.".to_owned());
        }
        if self.public_url.as_ref().is_none_or(|url| url.scheme() == "http") {
            said.push(
                "The public URL is plain HTTP on this machine: browser cookies go without `Secure` and `__Host-`. Set public_url to an https address before others use it."
                    .to_owned(),
            );
        }
        said
    }
}
