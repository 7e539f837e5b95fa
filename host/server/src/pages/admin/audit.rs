//! `/admin/audit`: who did what to what, newest first. The operator's whole log, or one tenant's lines.

use axum::{
    Router,
    extract::{RawQuery, State},
    response::Response,
    routing::get,
};
use http::StatusCode;
use jackfield_model::{audit::AuditLine, id::TenantId, tenant::Tenant};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use maud::{Markup, html};
use url::form_urlencoded;

use super::{
    ask::{Again, choice, sought},
    asked, nothing,
    who::Keeper,
};
use crate::{
    api::problem::Problem,
    pages::{signed_in::SignedIn, when::exactly},
    service::{AuditAsked, ListError, Page, Service, Turn},
    words::Words,
};

const PATH: &str = "/admin/audit";
/// How many lines a page has.
const LINES: usize = 50;
/// What can be asked for.
const FILTERS: [&str; 6] = ["kind", "by", "subject", "tenant", "since", "until"];

pub(super) fn routes() -> Router<Service> {
    Router::new().route(PATH, get(show))
}

async fn show(State(service): State<Service>, keeper: Keeper, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let words = &keeper.by.site.words;
    let given = |name: &str| asked(query.as_deref(), name);
    let tenants = if keeper.tenant.is_some() { vec![] } else { service.tenants().await? };
    let tenant = keeper.tenant.or_else(|| given("tenant")?.parse::<TenantId>().ok());
    let filter = AuditAsked {
        by: given("by"),
        kind: given("kind"),
        subject: given("subject"),
        since: given("since").and_then(|text| day(&text, 0)),
        until: given("until").and_then(|text| day(&text, 1)),
    };
    let turn = Turn { cursor: given("cursor"), limit: LINES };
    let (page, fault) = match service.audit_page(tenant, filter.clone(), &turn).await {
        Ok(page) => (page, None),
        // A page somebody kept for a day: from the top again, and said so.
        Err(ListError::Cursor | ListError::OldCursor) => {
            let first = Turn { cursor: None, limit: LINES };
            (service.audit_page(tenant, filter, &first).await?, Some(words.say("admin-audit-from-the-top")))
        }
        Err(error) => return Err(error.into()),
    };
    let title = words.say("admin-audit");
    let main = html! {
        h1 { (title) }
        p class="lead" { (words.say(if keeper.tenant.is_some() { "admin-audit-lead-tenant" } else { "admin-audit-lead" })) }
        @if let Some(fault) = fault { p class="note" role="status" { (fault) } }
        (filters(words, query.as_deref(), &tenants))
        @if page.items.is_empty() { (nothing(&words.say("admin-audit-none"))) } @else { (table(&keeper.by, &page, &tenants)) }
        (onward(words, query.as_deref(), page.next.as_deref()))
    };
    Ok(keeper.by.frame(&title).wide().here(PATH).answer(StatusCode::OK, &main))
}

/// The first moment of a day, so many days later, in UTC.
fn day(text: &str, later: i64) -> Option<Timestamp> {
    let date: Date = text.parse().ok()?;
    let date = date.checked_add(jiff::Span::new().days(later)).ok()?;
    Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

fn filters(words: &Words, query: Option<&str>, tenants: &[Tenant]) -> Markup {
    let held = |name: &str| asked(query, name).unwrap_or_default();
    let again = Again::default();
    let every = (String::new(), words.say("admin-every-tenant"));
    let options: Vec<(String, String)> = std::iter::once(every)
        .chain(tenants.iter().map(|tenant| (tenant.id.to_string(), tenant.name.clone())))
        .collect();
    html! {
        form method="get" action=(PATH) class="filters" role="search" {
            (sought("kind", &words.say("admin-audit-kind"), &held("kind")))
            (sought("by", &words.say("admin-audit-by"), &held("by")))
            (sought("subject", &words.say("admin-audit-subject"), &held("subject")))
            @if !tenants.is_empty() { (choice("tenant", &words.say("admin-column-tenant"), &again, &held("tenant"), &options)) }
            @for (name, label) in [("since", "admin-audit-since"), ("until", "admin-audit-until")] {
                div class="field" {
                    label for=(name) { (words.say(label)) }
                    input type="date" id=(name) name=(name) value=(held(name));
                }
            }
            div class="filter-deeds" {
                button type="submit" class="button small-button" { (words.say("admin-audit-filter")) }
                a href=(PATH) { (words.say("admin-audit-all")) }
            }
        }
    }
}

fn table(by: &SignedIn, page: &Page<AuditLine>, tenants: &[Tenant]) -> Markup {
    let words = &by.site.words;
    let name = |id: TenantId| tenants.iter().find(|tenant| tenant.id == id).map(|tenant| tenant.name.clone());
    html! {
        div class="scroll" tabindex="0" role="region" aria-label=(words.say("admin-audit")) {
            table class="rows dense" {
                thead { tr {
                    th scope="col" { (words.say("admin-audit-at")) }
                    th scope="col" { (words.say("admin-audit-kind")) }
                    th scope="col" { (words.say("admin-audit-subject")) }
                    th scope="col" { (words.say("admin-audit-by")) }
                    @if !tenants.is_empty() { th scope="col" { (words.say("admin-column-tenant")) } }
                } }
                tbody { @for line in &page.items { tr {
                    td { time datetime=(line.at) { (exactly(line.at)) } }
                    td { (said(words, line)) }
                    td { code { (line.subject) } @if let Some(note) = &line.note { " " span class="quiet" lang="en" { (note) } } }
                    td { (line.by) }
                    @if !tenants.is_empty() { td { (line.tenant.and_then(name).unwrap_or_default()) } }
                } } }
            }
        }
        @if page.unreadable > 0 { p class="warning" { (words.tell("admin-unreadable", &[("n", page.unreadable.into())])) } }
    }
}

/// What happened, in words where there are some; the kind itself is what one filters by.
fn said(words: &Words, line: &AuditLine) -> Markup {
    html! {
        @if let Some(sentence) = words.perhaps(&format!("admin-kind-{}", line.kind.replace('.', "-"))) { (sentence) " " }
        code class="quiet" { (line.kind) }
    }
}

fn onward(words: &Words, query: Option<&str>, next: Option<&str>) -> Markup {
    let link = |cursor: &str| {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        for (name, value) in FILTERS.iter().filter_map(|name| Some((name, asked(query, name)?))) {
            pairs.append_pair(name, &value);
        }
        format!("{PATH}?{}", pairs.append_pair("cursor", cursor).finish())
    };
    html! {
        nav class="pager" aria-label=(words.say("admin-audit-pages")) {
            @if asked(query, "cursor").is_some() { a href=(PATH) { (words.say("admin-audit-newest")) } }
            @if let Some(next) = next { a href=(link(next)) rel="next" { (words.say("admin-audit-older")) } }
        }
    }
}
