//! `/admin/tenants/{id}`: one tenant: its name, where its people return to, its end. For operators, who do not act in its name.

use axum::{
    Router,
    extract::{Path, RawQuery, State},
    response::Response,
    routing::{get, post},
};
use http::StatusCode;
use jackfield_model::tenant::Tenant;
use maud::{Markup, html};

use super::{
    ask::{Again, Ask, Kind},
    back_to, done,
    tenants::{PATH, asks, fault_of, lines},
    to_copy,
    who::OperatorForm,
};
use crate::{
    api::problem::Problem,
    pages::{
        layout::marked,
        signed_in::{OfOperator, SignedIn},
    },
    service::{BrandChange, Service, TenantChange},
};

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/admin/tenants/{id}", get(show).post(change)).route("/admin/tenants/{id}/remove", post(remove))
}

async fn find(service: &Service, id: &str) -> Result<Tenant, Problem> {
    let missing = || Problem::not_found("tenant");
    service.tenant(id.parse().map_err(|_| missing())?).await?.ok_or_else(missing)
}

async fn show(
    State(service): State<Service>,
    OfOperator(by): OfOperator,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let tenant = find(&service, &id).await?;
    let said = done(&by.site.words, query.as_deref());
    Ok(page(&service, &by, &tenant, &said, &Again::default()))
}

async fn change(
    State(service): State<Service>,
    Path(id): Path<String>,
    OperatorForm(form): OperatorForm,
) -> Result<Response, Problem> {
    let tenant = find(&service, &id).await?;
    let host = form.get("host").map(str::trim).filter(|host| !host.is_empty()).map(str::to_owned);
    let moves = host != tenant.brand.host.as_ref().map(ToString::to_string);
    let wanted = TenantChange {
        name: form.get("name").map(str::to_owned),
        return_urls: form.get("return_urls").map(|text| lines(Some(text))),
        brand: moves.then(|| BrandChange { host, ..BrandChange::from(&tenant.brand) }),
        notices: None,
    };
    match service.change_tenant(tenant.id, wanted, &form.by.person.author()).await {
        Ok(_) => Ok(back_to(&format!("{PATH}/{id}"), "tenant-changed")),
        Err(error) => {
            let (field, fault) = fault_of(&form.by.site.words, error)?;
            Ok(page(&service, &form.by, &tenant, &html! {}, &Again::with(&form, field, fault)))
        }
    }
}

async fn remove(
    State(service): State<Service>,
    Path(id): Path<String>,
    OperatorForm(form): OperatorForm,
) -> Result<Response, Problem> {
    let tenant = find(&service, &id).await?;
    let words = &form.by.site.words;
    // Whoever removes a tenant types its name: what is lost is somebody else's.
    if form.get("confirm").map(str::trim) != Some(tenant.name.as_str()) {
        let again = Again::with(&form, "confirm", words.say("admin-tenant-confirm-fault"));
        return Ok(page(&service, &form.by, &tenant, &html! {}, &again));
    }
    match service.remove_tenant(tenant.id, &form.by.person.author()).await {
        Ok(()) => Ok(back_to(PATH, "tenant-removed")),
        Err(error) => {
            let (field, fault) = fault_of(words, error)?;
            Ok(page(&service, &form.by, &tenant, &html! {}, &Again::with(&form, field, fault)))
        }
    }
}

fn page(service: &Service, by: &SignedIn, tenant: &Tenant, said: &Markup, again: &Again<'_>) -> Response {
    let words = &by.site.words;
    let removing = again.fault("confirm").is_some() || again.fault("remove").is_some();
    let typed = if removing { &Again::default() } else { again };
    let main = html! {
        p class="crumbs" { a href=(PATH) { (words.say("admin-tenants")) } }
        h1 { (tenant.name) }
        (said)
        (again.summary(words))
        (to_copy(words, &words.say("admin-tenant-id"), &tenant.id.to_string()))
        (to_copy(words, &words.say("admin-tenant-site"), service.site_url(tenant).as_str().trim_end_matches('/')))
        form method="post" action={ (PATH) "/" (tenant.id) } {
            (marked(by))
            (asks(words, typed, &tenant.name, &tenant.return_urls.join("\n")))
            (Ask {
                name: "host", label: words.say("admin-tenant-host"), help: words.say("admin-tenant-host-help"),
                kind: Kind::Text, required: false,
            }.markup(words, typed, tenant.brand.host.as_ref().map_or("", |host| host.as_str())))
            div class="actions" { button type="submit" class="button" { (words.say("admin-save")) } }
        }
        (removal(by, tenant, again, removing))
    };
    let status = if again.is_faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    by.frame(&tenant.name).here(PATH).answer(status, &main)
}

fn removal(by: &SignedIn, tenant: &Tenant, again: &Again<'_>, open: bool) -> Markup {
    let words = &by.site.words;
    let fault = again.fault("confirm");
    html! {
        details id="remove" open[open] {
            summary { (words.say("admin-tenant-remove")) }
            p { (words.say("admin-tenant-remove-why")) }
            form method="post" action={ (PATH) "/" (tenant.id) "/remove" } {
                (marked(by))
                div class={ "field" @if fault.is_some() { " faulty" } } {
                    label for="confirm" { (words.tell("admin-tenant-confirm", &[("name", (&tenant.name).into())])) }
                    input type="text" id="confirm" name="confirm" autocomplete="off" spellcheck="false"
                        aria-invalid=[fault.map(|_| "true")];
                    @if let Some(fault) = fault { p class="fault" { (fault) } }
                }
                button type="submit" class="button danger-button small-button" { (words.say("admin-tenant-remove")) }
            }
        }
    }
}
