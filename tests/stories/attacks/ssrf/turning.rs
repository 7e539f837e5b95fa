//! Endpoints that an issuer announces under a name of their own: it leads to the issuer while somebody connects, and inside
//! from then on. What the host sends there carries a code, a refresh token, an access token or a token to end.

use std::net::IpAddr;

use http::Method;
use jackfield_tests::doubles::hostile::{Deed, ELSEWHERE, Endpoint};
use jackfield_tests::network::PUBLIC;
use jackfield_tests::suite::Suite;
use jiff::SignedDuration;
use serde_json::json;

use super::scene::Canary;
use crate::stage::{Party, Stage};

/// What is asked, the member of the metadata that says where, and the place below the issuer.
const ENDPOINTS: [(Endpoint, &str, &str); 5] = [
    (Endpoint::Token, "token_endpoint", "token"),
    (Endpoint::Refresh, "token_endpoint", "token"),
    (Endpoint::Me, "userinfo_endpoint", "me"),
    (Endpoint::Keys, "jwks_uri", "keys"),
    (Endpoint::Revoke, "revocation_endpoint", "revoke"),
];

/// What a name turns to: alone, or beside the address it had.
const INSIDE: [(&str, bool); 6] = [
    ("127.0.0.1", false),
    ("::1", false),
    ("169.254.169.254", false),
    ("10.0.0.1", false),
    ("::ffff:127.0.0.1", false),
    ("127.0.0.1", true),
];

/// Every endpoint under every address, on a host that connects nobody to loopback.
pub(super) async fn tried(suite: &mut Suite) {
    let stage = Stage::set(None, |config| config.api.requests_per_minute = 0).await.unwrap();
    let canary = Canary::listen("127.0.0.1:0").unwrap();
    for (on, member, place) in ENDPOINTS {
        for (address, beside) in INSIDE {
            let row = Row { stage: &stage, on, member, place, port: canary.address.port() };
            let before = stage.network.strayed().len();
            let held = row.run(address, beside).await;
            let strayed = stage.network.strayed().split_off(before);
            let held = if strayed.is_empty() { held } else { Err(format!("connections were tried to {strayed:?}")) };
            let beside = if beside { " beside a good one" } else { "" };
            suite.case(format!("rebinding {on:?} to {address}{beside}"), held);
        }
    }
    suite.check("nobody came to where the names turned", canary.is_untouched());
}

/// An issuer one of whose endpoints is elsewhere.
struct Row<'a> {
    stage: &'a Stage,
    on: Endpoint,
    member: &'static str,
    place: &'static str,
    port: u16,
}

impl Row<'_> {
    async fn run(&self, address: &str, beside: bool) -> Result<(), String> {
        let told = |error: anyhow::Error| format!("{error:#}");
        let issuer = format!("{:?}-{}-{beside}", self.on, address.replace([':', '.'], "-")).to_lowercase();
        let party = self.stage.party(&issuer).await.map_err(told)?;
        let name = format!("{issuer}.{ELSEWHERE}");
        let url = format!("https://{name}:{}/{issuer}/{}", self.port, self.place);
        let member = self.member;
        let announced = Deed::edit(move |metadata| metadata[member] = json!(url));
        self.stage.servers.arm(&issuer, Endpoint::Metadata, announced);
        self.stage.network.stand_in(PUBLIC, self.stage.servers.address());
        self.stage.network.answer(&name, [vec![PUBLIC]]);
        let good = self.used(&party, "u-1").await.map_err(told)?;
        if good.is_some() || !self.reached(&issuer) {
            return Err(format!("while the name was good: {good:?}"));
        }
        let inside: IpAddr = address.parse().unwrap();
        let turned = if beside { vec![PUBLIC, inside] } else { vec![inside] };
        // Refused at the very use, not at one before it: whatever else leads there is asked while the name is good.
        let ready = self.ready(&party, "u-2").await.map_err(told)?;
        if self.on == Endpoint::Keys {
            // They are kept for a while: only when that is over are they asked for again.
            self.stage.host.clock.advance(SignedDuration::from_hours(2));
        }
        let (asked, resolved) = (self.stage.servers.asked(&issuer, self.on).len(), self.resolved(&name));
        self.stage.network.answer(&name, [turned]);
        let refused = self.finish(&party, ready).await.map_err(told)?;
        if self.stage.servers.asked(&issuer, self.on).len() != asked {
            return Err("it was sent all the same".to_owned());
        }
        if self.resolved(&name) == resolved {
            return Err("the name was not asked for again".to_owned());
        }
        match refused {
            Some(why) if why.contains("no public address") || why.contains("private-address") => Ok(()),
            other => Err(format!("not refused by name: {other:?}")),
        }
    }

    fn resolved(&self, name: &str) -> usize {
        self.stage.network.asked().iter().filter(|asked| *asked == name).count()
    }

    fn reached(&self, issuer: &str) -> bool {
        let name = format!("{issuer}.{ELSEWHERE}:{}", self.port);
        self.stage.servers.asked(issuer, self.on).iter().any(|request| request.host == name)
    }

    /// The endpoint, used once; what was said where it did not work.
    async fn used(&self, party: &Party, end_user: &str) -> anyhow::Result<Option<String>> {
        let ready = self.ready(party, end_user).await?;
        self.finish(party, ready).await
    }

    /// Whatever has to be there before the endpoint is used: a connection, for those that come after one.
    async fn ready(&self, party: &Party, end_user: &str) -> anyhow::Result<Option<String>> {
        match self.on {
            Endpoint::Token | Endpoint::Keys => Ok(None),
            _ => Ok(Some(self.stage.connect(party, end_user, end_user).await?.text("/id")?)),
        }
    }

    async fn finish(&self, party: &Party, ready: Option<String>) -> anyhow::Result<Option<String>> {
        let path = format!("/v1/connections/{}", ready.unwrap_or_default());
        let key = &party.tenant.key;
        let (answer, worked) = match self.on {
            Endpoint::Revoke => {
                let answer = self.stage.host.api(key, Method::DELETE, &path, None).await?;
                let worked = answer.json["revocation"]["outcome"] == "revoked";
                (answer, worked)
            }
            Endpoint::Refresh => {
                let answer = self.stage.host.post(key, &format!("{path}/refresh"), json!({})).await?;
                let worked = answer.status.is_success() && answer.json["version"] == 2;
                (answer, worked)
            }
            Endpoint::Me => {
                let answer = self.stage.host.post(key, &format!("{path}/verify"), json!({})).await?;
                let worked = answer.json["status"] == "active" && answer.json["verification"]["failure"].is_null();
                (answer, worked)
            }
            _ => {
                let answer = self.stage.connect(party, "u-3", "u-3").await?;
                let worked = answer.json["status"] == "active";
                (answer, worked)
            }
        };
        Ok((!worked).then(|| format!("{} {}", answer.status, answer.json)))
    }
}
