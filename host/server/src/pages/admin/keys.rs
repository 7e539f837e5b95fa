//! `/admin/keys`: API keys. A key is shown once, in the answer to the form that made it. For operators.

use std::collections::BTreeSet;

use axum::{
    Router,
    extract::{Path, RawQuery, State},
    response::Response,
    routing::{get, post},
};
use http::StatusCode;
use jackfield_model::{
    api_key::{ApiKey, Permission},
    id::TenantId,
    secret::Secret,
    tenant::Tenant,
};
use maud::{Markup, html};

use super::{
    ask::{Again, Ask, Kind, choice},
    back_to, done, to_copy,
    who::OperatorForm,
};
use crate::{
    api::problem::Problem,
    pages::{
        layout::marked,
        signed_in::{OfOperator, SignedIn},
        when::when,
    },
    service::{ApiKeyError, NewApiKey, Service},
    words::Words,
};

const PATH: &str = "/admin/keys";

pub(super) fn routes() -> Router<Service> {
    Router::new().route(PATH, get(list).post(make)).route("/admin/keys/{id}/remove", post(remove))
}

async fn list(
    State(service): State<Service>,
    OfOperator(by): OfOperator,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let said = done(&by.site.words, query.as_deref());
    page(&service, &by, &said, &Again::default()).await
}

async fn make(State(service): State<Service>, OperatorForm(form): OperatorForm) -> Result<Response, Problem> {
    let words = &form.by.site.words;
    let tenant = match form.get("tenant").filter(|id| !id.is_empty()) {
        Some(id) => Some(id.parse::<TenantId>().map_err(|_| Problem::not_found("tenant"))?),
        None => None,
    };
    let permissions: BTreeSet<Permission> = form.all("permission").filter_map(|name| name.parse().ok()).collect();
    let new = NewApiKey { name: form.get("name").unwrap_or_default().to_owned(), tenant, permissions };
    match service.create_api_key(new, &form.by.person.author()).await {
        // Not sent on to another page: the key would have to be in its address, or kept.
        Ok((key, text)) => page(&service, &form.by, &shown_once(words, &key, &text), &Again::default()).await,
        Err(error) => {
            let (field, fault) = match error {
                ApiKeyError::Name => ("name", "admin-key-name-fault"),
                ApiKeyError::NoPermission => ("permission", "admin-key-no-permission"),
                ApiKeyError::TenantOperates => ("permission", "admin-key-tenant-operates"),
                ApiKeyError::NoTenant => ("tenant", "admin-no-tenant"),
                ApiKeyError::Store(error) => return Err(error.into()),
            };
            page(&service, &form.by, &html! {}, &Again::with(&form, field, words.say(fault))).await
        }
    }
}

fn shown_once(words: &Words, key: &ApiKey, text: &Secret) -> Markup {
    html! {
        div class="done" role="status" {
            p { strong { (words.tell("admin-key-made", &[("name", (&key.name).into())])) } " " (words.say("admin-key-once")) }
            (to_copy(words, &words.say("admin-key-itself"), text.expose()))
        }
    }
}

async fn remove(
    State(service): State<Service>,
    Path(id): Path<String>,
    OperatorForm(form): OperatorForm,
) -> Result<Response, Problem> {
    let id = id.parse().map_err(|_| Problem::not_found("API key"))?;
    if service.remove_api_key(id, &form.by.person.author()).await? {
        Ok(back_to(PATH, "key-removed"))
    } else {
        Err(Problem::not_found("API key"))
    }
}

async fn page(service: &Service, by: &SignedIn, said: &Markup, again: &Again<'_>) -> Result<Response, Problem> {
    let (keys, tenants) = (service.api_keys().await?, service.tenants().await?);
    let words = &by.site.words;
    let title = words.say("admin-keys");
    let main = html! {
        h1 { (title) }
        p class="lead" { (words.say("admin-keys-lead")) }
        (said)
        (again.summary(words))
        (table(service, by, &keys, &tenants))
        (form(by, &tenants, again))
    };
    let status = if again.is_faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(by.frame(&title).wide().here(PATH).answer(status, &main))
}

fn table(service: &Service, by: &SignedIn, keys: &[ApiKey], tenants: &[Tenant]) -> Markup {
    let words = &by.site.words;
    let name =
        |id: TenantId| tenants.iter().find(|tenant| tenant.id == id).map_or("–", |tenant| tenant.name.as_str());
    html! {
        div class="scroll" tabindex="0" role="region" aria-label=(words.say("admin-keys")) {
            table class="rows" {
                thead { tr {
                    th scope="col" { (words.say("admin-key-name")) }
                    th scope="col" { (words.say("admin-key-for")) }
                    th scope="col" { (words.say("admin-key-may")) }
                    th scope="col" { (words.say("admin-column-made")) }
                    td { }
                } }
                tbody { @for key in keys { tr {
                    th scope="row" { (key.name) " " code class="quiet id" { (key.id) } }
                    td { @match key.tenant { Some(id) => (name(id)), None => (words.say("admin-key-operator")) } }
                    td { @for permission in &key.permissions { span class="tag" { (words.say(&format!("admin-permission-{permission}"))) } " " } }
                    td { (when(words, key.created_at, service.now())) }
                    td class="deeds" {
                        form method="post" action={ (PATH) "/" (key.id) "/remove" } class="inline" {
                            (marked(by))
                            button type="submit" class="button quiet-button small-button"
                                aria-label=(words.tell("admin-key-remove-named", &[("name", (&key.name).into())])) {
                                (words.say("admin-remove"))
                            }
                        }
                    }
                } } }
            }
        }
    }
}

fn form(by: &SignedIn, tenants: &[Tenant], again: &Again<'_>) -> Markup {
    let words = &by.site.words;
    let operator = (String::new(), words.say("admin-key-operator"));
    let owners: Vec<(String, String)> = std::iter::once(operator)
        .chain(tenants.iter().map(|tenant| (tenant.id.to_string(), tenant.name.clone())))
        .collect();
    let fault = again.fault("permission");
    html! {
        section class="panel" {
            h2 { (words.say("admin-key-new")) }
            form method="post" action=(PATH) {
                (marked(by))
                (Ask {
                    name: "name", label: words.say("admin-key-name"), help: words.say("admin-key-name-help"),
                    kind: Kind::Text, required: true,
                }.markup(words, again, ""))
                (choice("tenant", &words.say("admin-key-for"), again, "", &owners))
                fieldset class={ @if fault.is_some() { "faulty" } } id="permission" {
                    legend { (words.say("admin-key-may")) }
                    @for permission in Permission::ALL {
                        div class="check" {
                            input type="checkbox" name="permission" id={ "permission-" (permission) } value=(permission)
                                checked[again.ticked("permission", permission.name(), false)];
                            label for={ "permission-" (permission) } {
                                (words.say(&format!("admin-permission-{permission}"))) ": "
                                span class="quiet" { (words.say(&format!("admin-permission-{permission}-why"))) }
                            }
                        }
                    }
                    @if let Some(fault) = fault { p class="fault" { (fault) } }
                }
                div class="actions" { button type="submit" class="button" { (words.say("admin-key-make")) } }
            }
        }
    }
}
