//! What happens in the demo, each step through the host's HTTP API and pages, as an operator, an application and a
//! person would take it.

mod connect;
mod operate;
mod part;
mod work;

use anyhow::Result;
use serde_json::{Value, json};

use self::operate::Grounds;
use super::{playbill::Playbill, scenery::Scenery};

/// What came of it.
pub(super) struct Outcome {
    oauth: Value,
    token: Value,
}

impl Outcome {
    /// For the summary.
    pub(super) fn json(&self) -> Value {
        json!({ "oauth": self.oauth, "api_token": self.token })
    }
}

/// Plays all of it.
pub(super) async fn play(scenery: &Scenery, playbill: &mut Playbill) -> Result<Outcome> {
    operate::install_all(scenery, playbill).await?;
    let Grounds { tenant } = operate::prepare(scenery, playbill).await?;
    scenery.application.trust(operate::application_key(scenery, playbill, &tenant).await?);
    let oauth = connect::by_oauth(scenery, playbill).await?;
    work::look(scenery, playbill, &oauth).await?;
    let refreshed = work::outlive_the_token(scenery, playbill, &oauth).await?;
    let token = connect::by_token(scenery, playbill).await?;
    work::call_api(scenery, playbill, &token).await?;
    let oauth_end = part::delete(scenery, playbill, "openid-connect", &oauth).await?;
    let token_end = part::delete(scenery, playbill, "api-token", &token).await?;
    Ok(Outcome {
        oauth: json!({ "id": oauth, "refreshed": refreshed, "revocation": oauth_end }),
        token: json!({ "id": token, "revocation": token_end }),
    })
}

/// A link for whoever watches.
pub(super) async fn fresh_link(scenery: &Scenery) -> Result<String> {
    let (_, link) = scenery.application.session("openid-connect", &connect::ACTIONS).await?;
    Ok(link)
}
