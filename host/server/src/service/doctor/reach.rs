//! Egress as it really is: every origin that is known without a connection is resolved, judged and reached, and its
//! `Date` compared with this host's clock (RFC 9110 section 6.6.1).

use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use jackfield_model::{client::Client, connector::Connector, manifest::OriginPlace, origin::Origin};
use jackfield_runtime::{Outbound, SendError};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use url::Url;

use super::Check;
use crate::service::Service;

/// How long one origin may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How far clocks may be apart: ID tokens and signed requests are judged within a minute.
const APART: SignedDuration = SignedDuration::from_secs(60);
/// Where cloud machines hand out credentials to whoever asks.
const METADATA: IpAddr = IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254));

impl Service {
    pub(super) async fn reach_checks(&self) -> Vec<Check> {
        let connectors = match self.connectors().await {
            Ok(connectors) => connectors,
            Err(error) => {
                return vec![Check::failed("egress", format!("The store does not answer: {error}."), "See the log.")];
            }
        };
        let clients = self.clients().await.unwrap_or_default();
        let mut checks = Vec::new();
        let mut dated = None;
        for connector in connectors.iter().filter(|connector| connector.is_approved()) {
            checks.push(self.metadata_check(&connector.name));
            for origin in origins(connector, &clients) {
                let (check, date) = self.reach(&connector.name, &origin).await;
                checks.push(check);
                dated = dated.or(date.map(|date| (origin, date, self.now())));
            }
        }
        if checks.is_empty() {
            checks.push(Check::skipped("egress", "No connector is approved, so none reaches out."));
        }
        checks.push(match dated {
            Some((origin, theirs, ours)) => judge_clock(&origin.to_string(), theirs, ours),
            None => Check::skipped("clock", "No provider that answered said what time it is."),
        });
        checks
    }

    async fn reach(&self, connector: &str, origin: &Origin) -> (Check, Option<Timestamp>) {
        let request = http::Request::head(format!("{origin}/")).body(Vec::new());
        let Ok(request) = request else {
            return (
                Check::failed("egress", format!("{origin} makes no request."), "Correct the client's fields."),
                None,
            );
        };
        let asked = Outbound {
            request,
            origin: origin.clone(),
            connector: connector.to_owned(),
            tenant: None,
            max_response_bytes: 64 * 1024,
            timeout: PATIENCE,
        };
        match self.parts.outbound.send_once(asked).await {
            Ok(answer) => (Check::ok("egress", format!("{connector} reaches {origin}.")), date(answer.headers())),
            Err(SendError::TooLarge { .. }) => (Check::ok("egress", format!("{connector} reaches {origin}.")), None),
            Err(SendError::Denied(denial)) => {
                let said = format!("{connector} may not reach {origin}: {denial}.");
                (
                    Check::failed(
                        "egress",
                        said,
                        "Correct the name's address, or allow it where that is what you want.",
                    ),
                    None,
                )
            }
            Err(error) => {
                let todo = "Check the name, the firewall and the route from this machine: connectors connect by themselves, \
                            and a proxy named in the environment is never used.";
                (Check::failed("egress", format!("{connector} does not reach {origin}: it {error}."), todo), None)
            }
        }
    }

    /// No setting may open the way to the address where machines keep their own credentials.
    fn metadata_check(&self, connector: &str) -> Check {
        const NAME: &str = "metadata-address";
        let egress = self.parts.outbound.egress();
        let mapped = egress.hosts.iter().find(|(_, address)| address.ip() == METADATA).map(|(host, _)| host.clone());
        let literal = Url::parse(&format!("https://{METADATA}")).ok().and_then(|url| Origin::of(&url).ok());
        let allowed = literal.is_some_and(|origin| egress.judge_address(connector, &origin, METADATA).is_ok());
        match mapped {
            Some(host) => {
                Check::failed(NAME, format!("egress.hosts sends {host} to {METADATA}."), "Take that line away.")
            }
            None if allowed => Check::failed(
                NAME,
                format!("{connector} may reach {METADATA}, where cloud machines hand out credentials."),
                format!("Take {METADATA} out of egress.allow_private.{connector}."),
            ),
            None => Check::ok(
                NAME,
                format!("{connector} is refused {METADATA}, and proxies of the environment are not used."),
            ),
        }
    }
}

/// What is known without a connection: hosts that the manifest names in full, and URLs among a client's fields.
fn origins(connector: &Connector, clients: &[Client]) -> BTreeSet<Origin> {
    let fixed = connector.manifest.origins.iter().filter_map(|declared| match &declared.place {
        OriginPlace::Host(host) if host.is_fixed() => Url::parse(&format!("https://{}", host.source())).ok(),
        _ => None,
    });
    let registered = clients.iter().filter(|client| client.connector == connector.name);
    let typed = registered.flat_map(|client| client.fields.values()).filter_map(|value| Url::parse(value).ok());
    fixed.chain(typed).filter_map(|url| Origin::of(&url).ok()).collect()
}

fn date(headers: &http::HeaderMap) -> Option<Timestamp> {
    let text = headers.get(http::header::DATE)?.to_str().ok()?;
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

fn judge_clock(origin: &str, theirs: Timestamp, ours: Timestamp) -> Check {
    let apart = ours.duration_since(theirs);
    let said = format!("This host's clock and that of {origin} are {} seconds apart.", apart.as_secs().abs());
    if apart.abs() > APART {
        Check::failed(
            "clock",
            said,
            "Synchronise this machine's clock (NTP): tokens would be taken for expired, or for good.",
        )
    } else {
        Check::ok("clock", said)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;
    use crate::service::Outcome;

    #[test]
    fn a_date_is_read_and_a_clock_that_is_off_fails() {
        let mut headers = http::HeaderMap::new();
        headers.insert("date", "Sun, 06 Nov 1994 08:49:37 GMT".parse().unwrap());
        let theirs = date(&headers).unwrap();
        assert_eq!(theirs, Timestamp::from_second(784_111_777).unwrap());
        let off = |seconds| judge_clock("x", theirs, theirs + SignedDuration::from_secs(seconds)).outcome;
        assert_eq!((off(0), off(60), off(-60)), (Outcome::Ok, Outcome::Ok, Outcome::Ok));
        assert_eq!((off(61), off(-3600)), (Outcome::Failed, Outcome::Failed));
    }
}
