//! `/admin/clients`: our registrations at providers, and beginning another. The operator's, or one tenant's.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::{RawQuery, State},
    response::Response,
    routing::get,
};
use http::StatusCode;
use jackfield_model::{client::Client, connector::Connector, id::TenantId, secret::Secret, tenant::Tenant};
use maud::{Markup, html};

use super::{
    ask::{Again, Ask, Kind, choice},
    asked, back_to,
    client::{asks_of_connector, faults_of, is_unfinished, typed_fields},
    done, nothing,
    who::{Keeper, KeeperForm},
};
use crate::{
    api::problem::Problem,
    pages::{layout::marked, link, signed_in::SignedIn},
    service::{NewClient, Service},
    words::Words,
};

/// The page.
pub(super) const PATH: &str = "/admin/clients";
/// Stands for an id the provider has not given yet.
pub(super) const UNFINISHED: &str = "unregistered";

pub(super) fn routes() -> Router<Service> {
    Router::new().route(PATH, get(list)).route("/admin/clients/new", get(begin).post(make))
}

async fn list(State(service): State<Service>, keeper: Keeper, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let by = &keeper.by;
    let words = &by.site.words;
    let mut clients = service.clients().await?;
    clients.retain(|client| keeper.tenant.is_none() || client.tenant == keeper.tenant);
    let tenants = tenants(&service, keeper.tenant).await?;
    let to_register = registrable(&service).await?;
    let title = words.say("admin-clients");
    let main = html! {
        h1 { (title) }
        p class="lead" { (words.say(if keeper.tenant.is_some() { "admin-clients-lead-tenant" } else { "admin-clients-lead" })) }
        (done(words, query.as_deref()))
        @if clients.is_empty() { (nothing(&words.say("admin-clients-none"))) } @else { (table(words, &clients, &tenants, keeper.tenant)) }
        section class="panel" {
            h2 { (words.say("admin-client-new")) }
            @if to_register.is_empty() { p { (words.say("admin-client-no-connector")) } }
            @else {
                p { (words.say("admin-client-choose")) }
                ul class="tiles" { @for connector in &to_register { li {
                    a class="tile" href={ "/admin/clients/new?connector=" (connector.name) } { (connector.manifest.presentation.title) }
                } } }
            }
        }
    };
    Ok(by.frame(&title).wide().here(PATH).answer(StatusCode::OK, &main))
}

/// The tenants whose clients somebody sees.
async fn tenants(service: &Service, only: Option<TenantId>) -> Result<Vec<Tenant>, Problem> {
    Ok(match only {
        None => service.tenants().await?,
        Some(id) => service.tenant(id).await?.into_iter().collect(),
    })
}

/// Approved connectors with a method that needs a client.
async fn registrable(service: &Service) -> Result<Vec<Connector>, Problem> {
    let mut all = service.connectors().await?;
    all.retain(|connector| {
        connector.is_approved() && connector.manifest.methods.iter().any(|method| method.kind.oauth2().is_some())
    });
    Ok(all)
}

fn table(words: &Words, clients: &[Client], tenants: &[Tenant], only: Option<TenantId>) -> Markup {
    let names: BTreeMap<TenantId, &str> = tenants.iter().map(|tenant| (tenant.id, tenant.name.as_str())).collect();
    html! {
        div class="scroll" tabindex="0" role="region" aria-label=(words.say("admin-clients")) {
            table class="rows" {
                thead { tr {
                    th scope="col" { (words.say("admin-column-service")) }
                    th scope="col" { (words.say("admin-column-client-id")) }
                    @if only.is_none() { th scope="col" { (words.say("admin-column-tenant")) } }
                    th scope="col" { (words.say("admin-column-state")) }
                } }
                tbody { @for client in clients { tr {
                    th scope="row" { a href={ (PATH) "/" (client.id) } { (client.connector) } }
                    td { @if is_unfinished(client) { "–" } @else { code { (client.public_id) } } }
                    @if only.is_none() { td {
                        @match client.tenant {
                            Some(id) => (names.get(&id).copied().unwrap_or_default()),
                            None => span class="quiet" { (words.say("admin-every-tenant")) },
                        }
                    } }
                    td { (state(words, client)) }
                } } }
            }
        }
    }
}

/// How it stands, in a word.
pub(super) fn state(words: &Words, client: &Client) -> Markup {
    html! {
        @if client.fault.is_some() { span class="tag admin" { (words.say("admin-client-refused")) } }
        @else if is_unfinished(client) { span class="tag look" { (words.say("admin-client-unfinished")) } }
        @else { span class="tag good" { (words.say("admin-client-ready")) } }
    }
}

async fn begin(State(service): State<Service>, keeper: Keeper, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let name = asked(query.as_deref(), "connector").unwrap_or_default();
    page(&service, &keeper.by, keeper.tenant, &name, &Again::default()).await
}

async fn make(State(service): State<Service>, KeeperForm { form, tenant }: KeeperForm) -> Result<Response, Problem> {
    let given = |name: &str| form.get(name).map(str::trim).filter(|text| !text.is_empty());
    let name = given("connector").unwrap_or_default().to_owned();
    let owner = match (tenant, given("tenant")) {
        (Some(own), _) => Some(own),
        (None, Some(id)) => Some(id.parse().map_err(|_| Problem::not_found("tenant"))?),
        (None, None) => None,
    };
    let new = NewClient {
        connector: name.clone(),
        tenant: owner,
        client_id: given("client_id").unwrap_or(UNFINISHED).to_owned(),
        client_secret: given("client_secret").map(|secret| Secret::new(secret.to_owned())),
        fields: typed_fields(&form),
    };
    match service.add_client(new, &form.by.person.author()).await {
        Ok(client) => Ok(back_to(&format!("{PATH}/{}", client.id), "client-added")),
        Err(error) => {
            let faults = faults_of(&form.by.site.words, error)?;
            page(&service, &form.by, tenant, &name, &Again::with_all(&form, faults)).await
        }
    }
}

async fn page(
    service: &Service,
    by: &SignedIn,
    tenant: Option<TenantId>,
    name: &str,
    again: &Again<'_>,
) -> Result<Response, Problem> {
    let found = registrable(service).await?.into_iter().find(|connector| connector.name == name);
    let connector = found.ok_or_else(|| Problem::not_found("connector"))?;
    let words = &by.site.words;
    let service_name = &connector.manifest.presentation.title;
    let title = words.tell("admin-client-new-at", &[("name", service_name.into())]);
    let mut owners = vec![];
    if tenant.is_none() {
        owners.push((String::new(), words.say("admin-every-tenant")));
        owners.extend(service.tenants().await?.into_iter().map(|tenant| (tenant.id.to_string(), tenant.name)));
    }
    let main = html! {
        p class="crumbs" { a href=(PATH) { (words.say("admin-clients")) } }
        h1 { (title) }
        (again.summary(words))
        (guide(words, &connector))
        form method="post" action="/admin/clients/new" {
            (marked(by))
            input type="hidden" name="connector" value=(connector.name);
            @if !owners.is_empty() { (choice("tenant", &words.say("admin-client-for"), again, "", &owners)) }
            (asks_of_connector(words, &connector.manifest, again, &BTreeMap::new()))
            (id_and_secret(words, again, ""))
            p class="note" { (words.say("admin-client-later")) }
            div class="actions" { button type="submit" class="button" { (words.say("admin-client-add")) } }
        }
    };
    let status = if again.is_faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(by.frame(&title).here(PATH).answer(status, &main))
}

/// How to register at the provider, as the connector says it.
pub(super) fn guide(words: &Words, connector: &Connector) -> Markup {
    let guide = connector.manifest.presentation.register_client.as_ref();
    html! {
        @if let Some(guide) = guide {
            section class="guide" {
                h2 { (words.tell("admin-client-guide", &[("name", (&connector.manifest.presentation.title).into())])) }
                p lang="en" { (guide.text) }
                @if let Some(url) = guide.url.as_deref().and_then(link::to_web) {
                    p { a href=(url) rel="noreferrer" { (words.tell("admin-open", &[("host", link::host(url).unwrap_or_default().into())])) } }
                }
            }
        }
    }
}

/// What the provider gives.
pub(super) fn id_and_secret(words: &Words, again: &Again<'_>, before: &str) -> Markup {
    html! {
        (Ask {
            name: "client_id", label: words.say("admin-client-id"), help: words.say("admin-client-id-help"),
            kind: Kind::Text, required: false,
        }.markup(words, again, before))
        (Ask {
            name: "client_secret", label: words.say("admin-client-secret"), help: words.say("admin-client-secret-help"),
            kind: Kind::Secret, required: false,
        }.markup(words, again, ""))
    }
}
