//! `/connections/new`: pick a service, then what for, then on to its page as anybody who was sent a link.

use axum::{
    extract::{Path, RawQuery, State},
    response::Response,
};
use http::StatusCode;
use jackfield_model::manifest::Access;
use maud::{Markup, html};
use url::form_urlencoded;

use super::{
    super::{
        icon::icon,
        layout::marked,
        services,
        signed_in::{OfTenant, SignedIn},
        submission::Submission,
    },
    ask,
    found::{self, failed},
    rights::access,
};
use crate::service::{Offer, PersonAsks, Service};

/// The longest text that is looked for, in characters.
const TEXT_LIMIT: usize = 100;

/// GET: the services.
pub(super) async fn services(
    State(service): State<Service>,
    OfTenant(by, tenant): OfTenant,
    RawQuery(query): RawQuery,
) -> Result<Response, Response> {
    let offers = service.offers(tenant).await.map_err(failed)?;
    let text = searched(query.as_deref());
    let words = &by.site.words;
    let title = words.say("page-new");
    let shown: Vec<&Offer> = offers.iter().filter(|offer| services::holds(&offer.connector.manifest, &text)).collect();
    let main = html! {
        h1 { (title) }
        p class="lead" { (words.say("new-which")) }
        @if offers.is_empty() {
            p class="note" { (words.say("new-nothing")) }
        } @else {
            (services::search(words, "/connections/new", &text))
            @if shown.is_empty() { p class="note" { (words.say("new-none-fit")) } }
            (services::cards(words, shown.iter().map(|offer| &offer.connector.manifest), |name| format!("/connections/new/{name}")))
        }
    };
    Ok(by.frame(&title).wide().here("/connections/new").answer(StatusCode::OK, &main))
}

fn searched(query: Option<&str>) -> String {
    let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let text = pairs.find(|(name, _)| name == "q").map(|(_, value)| value.trim().chars().take(TEXT_LIMIT).collect());
    text.unwrap_or_default()
}

/// GET: what for.
pub(super) async fn actions(
    State(service): State<Service>,
    OfTenant(by, tenant): OfTenant,
    Path(connector): Path<String>,
) -> Result<Response, Response> {
    let offers = service.offers(tenant).await.map_err(failed)?;
    let Some(offer) = offers.into_iter().find(|offer| offer.connector.name == connector) else {
        return Err(found::nothing(&by));
    };
    let title =
        by.site.words.tell("new-title", &[("provider", offer.connector.manifest.presentation.title.clone().into())]);
    Ok(by.frame(&title).here("/connections/new").answer(StatusCode::OK, &asking(&by, &offer, &title)))
}

fn asking(by: &SignedIn, offer: &Offer, title: &str) -> Markup {
    let (words, manifest) = (&by.site.words, &offer.connector.manifest);
    html! {
        div class="with-icon" { (icon(&manifest.name, Some(manifest))) h1 { (title) } }
        @if !manifest.presentation.description.is_empty() { p class="lead" { (manifest.presentation.description) } }
        form method="post" action="/connections/new" {
            (marked(by))
            input type="hidden" name="connector" value=(manifest.name);
            @if !manifest.actions.is_empty() {
                fieldset {
                    legend { (words.say("new-what-for")) }
                    p class="quiet" { (words.say("new-what-for-why")) }
                    @for (place, action) in manifest.actions.iter().enumerate() {
                        div class="choice" {
                            input type="checkbox" name="action" id={ "action-" (place) } value=(action.id) checked[action.access == Access::Read];
                            label for={ "action-" (place) } {
                                (action.title) " " (access(words, action.access))
                                @if !action.description.is_empty() { span class="quiet line" { (action.description) } }
                            }
                        }
                    }
                }
            }
            div class="actions" {
                button type="submit" class="button" { (words.say("new-go")) }
                a class="button quiet-button" href="/connections/new" { (words.say("new-other")) }
            }
        }
    }
}

/// POST: begins.
pub(super) async fn start(State(service): State<Service>, form: Submission) -> Result<Response, Response> {
    let asked = PersonAsks {
        connector: form.get("connector").unwrap_or_default().to_owned(),
        actions: form.all("action").map(str::to_owned).collect(),
        connection: None,
        on_own_site: !form.by.site.is_hosts_own(),
    };
    ask::begin(&service, &form.by, asked).await
}
