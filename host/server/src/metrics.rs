//! Figures of a running host, for Prometheus and its kin: counted where things happen, written out when somebody asks.
//!
//! No label says whose something was: labels are routes, statuses, and words from closed lists.

use std::{fmt::Write as _, time::Duration};

use http::Method;
use jackfield_model::failure::Advice;
use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};

/// The media type of what [`Metrics::written`] answers.
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper ends of the durations that are told apart, in seconds: from a read to a slow provider.
const SECONDS: [f64; 11] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 180.0];

type Durations = Family<OfRoute, Histogram, fn() -> Histogram>;

/// Every figure there is.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    durations: Durations,
    refreshes: Family<Outcome, Counter>,
    verifications: Family<Outcome, Counter>,
    proxied: Family<Proxied, Counter>,
    connections: Gauge,
    waiting: Gauge,
    overdue: Gauge,
}

/// What is looked up when somebody asks, and not counted.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// Connections of all tenants.
    pub connections: i64,
    /// Connections that wait for their turn with the host, or have it.
    pub waiting: i64,
    /// How long the connection that waits longest has been due, in seconds.
    pub overdue: i64,
}

/// Where bytes of a proxied call go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// To the provider.
    Request,
    /// To the caller.
    Response,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRoute {
    method: &'static str,
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Proxied {
    direction: &'static str,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut all = Self {
            registry: Registry::with_prefix("jackfield"),
            requests: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            refreshes: Family::default(),
            verifications: Family::default(),
            proxied: Family::default(),
            connections: Gauge::default(),
            waiting: Gauge::default(),
            overdue: Gauge::default(),
        };
        all.register();
        all
    }
}

impl Metrics {
    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("requests", "Requests answered", self.requests.clone());
        let told = "How long a request took until its answer began";
        registry.register_with_unit("request_duration", told, Unit::Seconds, self.durations.clone());
        registry.register("refreshes", "Refreshes of tokens, by what came of them", self.refreshes.clone());
        let told = "Verifications of connections, by what the provider said";
        registry.register("verifications", told, self.verifications.clone());
        let told = "Bodies of proxied calls";
        registry.register_with_unit("proxied", told, Unit::Bytes, self.proxied.clone());
        registry.register("connections", "Connections of all tenants", self.connections.clone());
        let told = "Connections that wait for the host to look after them, or are looked after";
        registry.register("upkeep_waiting", told, self.waiting.clone());
        let told = "How long the connection that waits longest has been due";
        registry.register_with_unit("upkeep_overdue", told, Unit::Seconds, self.overdue.clone());
    }

    /// A request was answered. `route` is the route's own pattern, never a path.
    pub fn answered(&self, method: &Method, route: &str, status: u16, took: Duration) {
        let (method, route) = (known(method), route.to_owned());
        self.requests.get_or_create(&Answered { method, route: route.clone(), status }).inc();
        self.durations.get_or_create(&OfRoute { method, route }).observe(took.as_secs_f64());
    }

    /// A refresh came to this.
    pub fn refreshed(&self, outcome: &'static str) {
        self.refreshes.get_or_create(&Outcome { outcome }).inc();
    }

    /// A verification came to this; none where the credential works.
    pub fn verified(&self, advice: Option<&Advice>) {
        let outcome = match advice {
            None => "works",
            // A connector may say anything here.
            Some(Advice::Other(_)) => "other",
            Some(Advice::Reauthorize) => "reauthorize",
            Some(Advice::InsufficientScope(_)) => "insufficient-scope",
            Some(Advice::Misconfigured) => "misconfigured",
            Some(Advice::Retry(_)) => "retry",
            Some(Advice::ProviderDown) => "provider-down",
            Some(Advice::Unsupported) => "unsupported",
        };
        self.verifications.get_or_create(&Outcome { outcome }).inc();
    }

    /// The counter of bytes that go there.
    pub fn passed(&self, direction: Direction) -> Counter {
        let direction = match direction {
            Direction::Request => "request",
            Direction::Response => "response",
        };
        self.proxied.get_or_create_owned(&Proxied { direction })
    }

    /// Everything, as text.
    pub fn written(&self, standing: Standing) -> String {
        self.connections.set(standing.connections);
        self.waiting.set(standing.waiting);
        self.overdue.set(standing.overdue);
        let mut out = String::new();
        if text::encode(&mut out, &self.registry).is_err() {
            // Writing to a string does not fail.
            let _ = out.write_str("# EOF\n");
        }
        out
    }
}

/// The methods there are routes for; anybody may send another.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_anybody_can_make_up_is_no_label() {
        let metrics = Metrics::default();
        let odd = Method::from_bytes(b"MADEUP").unwrap_or_default();
        metrics.answered(&odd, "none", 404, Duration::from_millis(3));
        metrics.verified(Some(&Advice::Other("made up".into())));
        metrics.passed(Direction::Response).inc_by(7);
        let text = metrics.written(Standing { connections: 2, waiting: 0, overdue: 0 });
        assert!(!text.contains("MADEUP") && !text.contains("made up"), "{text}");
        for line in [
            r#"jackfield_requests_total{method="other",route="none",status="404"} 1"#,
            r#"jackfield_request_duration_seconds_bucket{le="0.005",method="other",route="none"} 1"#,
            r#"jackfield_verifications_total{outcome="other"} 1"#,
            r#"jackfield_proxied_bytes_total{direction="response"} 7"#,
            "jackfield_connections 2",
            "# EOF",
        ] {
            assert!(text.lines().any(|given| given == line), "{line}\n{text}");
        }
    }
}
