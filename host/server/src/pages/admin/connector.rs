//! `/admin/connectors/{name}`: what one asks for and was granted, what it is, who uses it. For operators.

use axum::{
    Router,
    extract::{Path, RawQuery, State},
    response::Response,
    routing::{get, post},
};
use http::StatusCode;
use jackfield_model::{
    approval,
    connector::{Class, Connector},
    id::TenantId,
    manifest::{Access, Manifest, MethodKind},
};
use maud::{Markup, html};

use super::{
    back_to,
    connectors::{PATH, state},
    difference, done, nothing,
    requests::grouped,
    who::OperatorForm,
};
use crate::{
    api::problem::Problem,
    pages::{
        layout::marked,
        link,
        signed_in::{OfOperator, SignedIn},
        when::when,
    },
    service::{ApproveError, RemoveConnectorError, Service, Users},
    words::Words,
};

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/admin/connectors/{name}", get(show))
        .route("/admin/connectors/{name}/approve", post(approve))
        .route("/admin/connectors/{name}/remove", post(remove))
        .merge(difference::routes())
}

async fn show(
    State(service): State<Service>,
    OfOperator(by): OfOperator,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let said = done(&by.site.words, query.as_deref());
    page(&service, &by, &name, &said, StatusCode::OK).await
}

async fn approve(
    State(service): State<Service>,
    Path(name): Path<String>,
    OperatorForm(form): OperatorForm,
) -> Result<Response, Problem> {
    let digest = form.get("digest").unwrap_or_default();
    match service.approve(&name, digest, &form.by.person.author()).await {
        Ok(_) => Ok(back_to(&format!("{PATH}/{name}"), "connector-approved")),
        // Another component came in between: what was read is not what would run.
        Err(ApproveError::OtherDigest { .. }) => {
            let said = failed(&form.by.site.words.say("admin-connector-changed"));
            page(&service, &form.by, &name, &said, StatusCode::CONFLICT).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn remove(
    State(service): State<Service>,
    Path(name): Path<String>,
    OperatorForm(form): OperatorForm,
) -> Result<Response, Problem> {
    let key = match service.remove_connector(&name, &form.by.person.author()).await {
        Ok(()) => return Ok(back_to(PATH, "connector-removed")),
        Err(RemoveConnectorError::InUse(_)) => "admin-connector-in-use",
        Err(RemoveConnectorError::HasClients(_)) => "admin-connector-has-clients",
        Err(RemoveConnectorError::Revoking(_)) => "admin-connector-revoking",
        Err(error) => return Err(error.into()),
    };
    page(&service, &form.by, &name, &failed(&form.by.site.words.say(key)), StatusCode::CONFLICT).await
}

/// What did not happen, and why.
pub(super) fn failed(sentence: &str) -> Markup {
    html! { div class="summary" role="alert" { p { (sentence) } } }
}

async fn page(
    service: &Service,
    by: &SignedIn,
    name: &str,
    said: &Markup,
    status: StatusCode,
) -> Result<Response, Problem> {
    let connector = service.connector(name).await?.ok_or_else(|| Problem::not_found("connector"))?;
    let users = service.users_of(name).await?;
    let tenants = names(service, &users).await?;
    let words = &by.site.words;
    let title = &connector.manifest.presentation.title;
    let main = html! {
        p class="crumbs" { a href=(PATH) { (words.say("admin-connectors")) } }
        h1 { (title) " " (state(words, &connector)) }
        @if !connector.manifest.presentation.description.is_empty() {
            p class="lead" lang="en" { (connector.manifest.presentation.description) }
        }
        (said)
        (asks(service, by, &connector))
        (report(words, &connector))
        (uses(words, &users, &tenants))
        (removal(by, &connector))
    };
    Ok(by.frame(title).wide().here(PATH).answer(status, &main))
}

async fn names(service: &Service, users: &Users) -> Result<Vec<(String, usize)>, Problem> {
    let mut found = vec![];
    for (id, count) in &users.by_tenant {
        let id: TenantId = *id;
        let name = service.tenant(id).await?.map_or_else(|| id.to_string(), |tenant| tenant.name);
        found.push((name, *count));
    }
    Ok(found)
}

fn asks(service: &Service, by: &SignedIn, connector: &Connector) -> Markup {
    let words = &by.site.words;
    let requests = approval::requests(&connector.manifest);
    html! {
        section class="panel" {
            h2 { (words.say("admin-connector-asks")) }
            @match connector.approval.as_ref().filter(|_| connector.is_approved()) {
                Some(approval) => p {
                    (words.tell("admin-connector-approved-by", &[("by", (&approval.by).into())])) " "
                    (when(words, approval.at, service.now())) "."
                },
                None => p { (words.say("admin-connector-waits-why")) },
            }
            (grouped(words, &requests))
            @if !connector.is_approved() {
                form method="post" action={ (PATH) "/" (connector.name) "/approve" } class="inline" {
                    (marked(by))
                    input type="hidden" name="digest" value=(connector.digest);
                    div class="actions" {
                        button type="submit" class="button" { (words.say("admin-connector-approve")) }
                        button type="submit" class="button quiet-button"
                            formaction={ (PATH) "/" (connector.name) "/remove" } { (words.say("admin-connector-refuse")) }
                    }
                }
            }
        }
    }
}

/// What `connector check` says.
fn report(words: &Words, connector: &Connector) -> Markup {
    let manifest = &connector.manifest;
    let documentation = manifest.presentation.documentation.as_deref().and_then(link::to_web);
    html! {
        section class="panel" {
            h2 { (words.say("admin-connector-report")) }
            p { (words.say("admin-connector-report-why")) }
            dl class="facts" {
                dt { (words.say("admin-fact-name")) } dd { code { (connector.name) } }
                dt { (words.say("admin-column-version")) } dd { (manifest.version) }
                dt { (words.say("admin-fact-digest")) } dd { code { (connector.digest) } }
                dt { (words.say("admin-fact-size")) } dd { (words.tell("admin-fact-kilobytes", &[("n", kilobytes(connector.size).into())])) }
                dt { (words.say("admin-fact-class")) } dd { (words.say(class(connector.class))) }
                dt { (words.say("admin-fact-hooks")) } dd {
                    @if connector.hooks.is_empty() { (words.say("admin-none")) }
                    @for hook in &connector.hooks { code { (hook) } " " }
                }
                @if let Some(url) = documentation {
                    dt { (words.say("admin-fact-documentation")) }
                    dd { a href=(url) rel="noreferrer" { (link::host(url).unwrap_or_default()) } }
                }
            }
            (offers(words, manifest))
        }
    }
}

fn offers(words: &Words, manifest: &Manifest) -> Markup {
    html! {
        details {
            summary { (words.tell("admin-connector-methods", &[("n", manifest.methods.len().into())])) }
            ul { @for method in &manifest.methods { li { span lang="en" { (method.title) } " " code class="quiet" { (kind(&method.kind)) } } } }
        }
        details {
            summary { (words.tell("admin-connector-actions", &[("n", manifest.actions.len().into())])) }
            ul class="actions-list" { @for action in &manifest.actions { li {
                span lang="en" { (action.title) } " "
                span class={ "tag" @if action.access == Access::Admin { " admin" } } { (words.say(access(action.access))) }
                @for scope in action.any_of.first().into_iter().flatten() { " " code class="quiet" { (scope) } }
            } } }
        }
    }
}

fn uses(words: &Words, users: &Users, tenants: &[(String, usize)]) -> Markup {
    html! {
        section class="panel" {
            h2 { (words.say("admin-connector-uses")) }
            @if tenants.is_empty() { (nothing(&words.say("admin-connector-unused"))) } @else {
                p { (words.tell("admin-connector-used", &[
                    ("connections", users.connections().into()), ("tenants", tenants.len().into()),
                ])) }
                ul { @for (name, count) in tenants {
                    li { (name) ": " (words.tell("admin-connections-count", &[("n", (*count).into())])) }
                } }
            }
        }
    }
}

fn removal(by: &SignedIn, connector: &Connector) -> Markup {
    let words = &by.site.words;
    html! {
        section class="panel" {
            h2 { (words.say("admin-connector-removal")) }
            p { (words.say("admin-connector-removal-why")) }
            form method="post" action={ (PATH) "/" (connector.name) "/remove" } class="inline" {
                (marked(by))
                button type="submit" class="button danger-button small-button" { (words.say("admin-connector-remove")) }
            }
        }
    }
}

fn kilobytes(bytes: u64) -> i64 {
    i64::try_from(bytes.div_ceil(1000)).unwrap_or(i64::MAX)
}

fn class(class: Class) -> &'static str {
    match class {
        Class::Pure => "admin-class-pure",
        Class::GuestRuntime => "admin-class-guest-runtime",
    }
}

fn access(access: Access) -> &'static str {
    match access {
        Access::Read => "admin-access-read",
        Access::Write => "admin-access-write",
        Access::Admin => "admin-access-admin",
    }
}

fn kind(kind: &MethodKind) -> &'static str {
    match kind {
        MethodKind::OAuth2Code(_) => "oauth2-code",
        MethodKind::ClientCredentials(_) => "client-credentials",
        MethodKind::ApiToken { .. } => "api-token",
        MethodKind::Basic(_) => "basic",
    }
}
