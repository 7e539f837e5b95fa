//! `/admin/tenants`: who owns connections, and making another. For operators.

use axum::{
    Router,
    extract::{RawQuery, State},
    response::Response,
    routing::get,
};
use http::StatusCode;
use jackfield_model::tenant::Tenant;
use maud::{Markup, html};

use super::{
    ask::{Again, Ask, Kind},
    back_to, done, nothing,
    who::OperatorForm,
};
use crate::{
    api::problem::Problem,
    pages::{
        layout::marked,
        signed_in::{OfOperator, SignedIn},
        when::when,
    },
    service::{NewTenant, Service, TenantError},
    words::Words,
};

/// The page.
pub(super) const PATH: &str = "/admin/tenants";

pub(super) fn routes() -> Router<Service> {
    Router::new().route(PATH, get(list).post(make))
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
    let new = NewTenant {
        name: form.get("name").unwrap_or_default().to_owned(),
        return_urls: lines(form.get("return_urls")),
    };
    match service.create_tenant(new, &form.by.person.author()).await {
        Ok(tenant) => Ok(back_to(&format!("{PATH}/{}", tenant.id), "tenant-made")),
        Err(error) => {
            let (field, fault) = fault_of(&form.by.site.words, error)?;
            page(&service, &form.by, &html! {}, &Again::with(&form, field, fault)).await
        }
    }
}

/// One of each line that says something.
pub(super) fn lines(text: Option<&str>) -> Vec<String> {
    text.unwrap_or_default().lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// What is wrong with a tenant, at its field and in words.
pub(super) fn fault_of(words: &Words, error: TenantError) -> Result<(&'static str, String), Problem> {
    match error {
        TenantError::Name => Ok(("name", words.say("admin-tenant-name-fault"))),
        TenantError::ReturnUrl(url) => {
            Ok(("return_urls", words.tell("admin-tenant-url-fault", &[("url", url.into())])))
        }
        // Of a brand an operator sets the host name alone.
        TenantError::Brand(_) => Ok(("host", words.say("admin-tenant-host-fault"))),
        TenantError::HasConnections => Ok(("remove", words.say("admin-tenant-has-connections"))),
        TenantError::Awaited => Ok(("remove", words.say("admin-tenant-awaited"))),
        error => Err(error.into()),
    }
}

/// The questions about a tenant.
pub(super) fn asks(words: &Words, again: &Again<'_>, name: &str, return_urls: &str) -> Markup {
    html! {
        (Ask {
            name: "name", label: words.say("admin-tenant-name"), help: words.say("admin-tenant-name-help"),
            kind: Kind::Text, required: true,
        }.markup(words, again, name))
        (Ask {
            name: "return_urls", label: words.say("admin-tenant-urls"), help: words.say("admin-tenant-urls-help"),
            kind: Kind::Lines(3), required: false,
        }.markup(words, again, return_urls))
    }
}

async fn page(service: &Service, by: &SignedIn, said: &Markup, again: &Again<'_>) -> Result<Response, Problem> {
    let tenants = service.tenants().await?;
    let words = &by.site.words;
    let title = words.say("admin-tenants");
    let main = html! {
        h1 { (title) }
        p class="lead" { (words.say("admin-tenants-lead")) }
        (said)
        (again.summary(words))
        @if tenants.is_empty() { (nothing(&words.say("admin-tenants-none"))) } @else { (table(service, words, &tenants)) }
        section class="panel" {
            h2 { (words.say("admin-tenant-new")) }
            form method="post" action=(PATH) {
                (marked(by))
                (asks(words, again, "", ""))
                div class="actions" { button type="submit" class="button" { (words.say("admin-tenant-make")) } }
            }
        }
    };
    let status = if again.is_faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(by.frame(&title).wide().here(PATH).answer(status, &main))
}

fn table(service: &Service, words: &Words, tenants: &[Tenant]) -> Markup {
    html! {
        div class="scroll" tabindex="0" role="region" aria-label=(words.say("admin-tenants")) {
            table class="rows" {
                thead { tr {
                    th scope="col" { (words.say("admin-tenant-name")) }
                    th scope="col" { (words.say("admin-tenant-host")) }
                    th scope="col" { (words.say("admin-column-made")) }
                } }
                tbody { @for tenant in tenants { tr {
                    th scope="row" { a href={ (PATH) "/" (tenant.id) } { (tenant.name) } }
                    td { @match &tenant.brand.host { Some(host) => (host), None => span class="quiet" { "–" } } }
                    td { (when(words, tenant.created_at, service.now())) }
                } } }
            }
        }
    }
}
