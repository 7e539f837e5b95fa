//! `/admin/connectors/{name}/versions/{digest}`: what another component would change, before it takes effect. For operators.

use std::collections::BTreeSet;

use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::{get, post},
};
use http::StatusCode;
use jackfield_model::{
    approval::{self, Request},
    connector::Connector,
    difference,
};
use maud::{Markup, html};

use super::{back_to, connector::failed, connectors::PATH, requests::grouped, who::OperatorForm};
use crate::{
    api::problem::Problem,
    pages::{
        layout::marked,
        signed_in::{OfOperator, SignedIn},
    },
    service::{Candidate, Service, UpgradeError},
    words::Words,
};

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/admin/connectors/{name}/versions/{digest}", get(show))
        .route("/admin/connectors/{name}/versions/{digest}/approve", post(approve))
        .route("/admin/connectors/{name}/versions/{digest}/refuse", post(refuse))
}

async fn show(
    State(service): State<Service>,
    OfOperator(by): OfOperator,
    Path((name, digest)): Path<(String, String)>,
) -> Result<Response, Problem> {
    page(&service, &by, &name, &digest, None).await
}

async fn approve(
    State(service): State<Service>,
    Path((name, digest)): Path<(String, String)>,
    OperatorForm(form): OperatorForm,
) -> Result<Response, Problem> {
    match service.upgrade(&name, &digest, &form.by.person.author()).await {
        Ok(_) => Ok(back_to(&format!("{PATH}/{name}"), "connector-upgraded")),
        Err(UpgradeError::MethodGone(method)) => {
            let fault = form.by.site.words.tell("admin-upgrade-method-gone", &[("method", method.into())]);
            page(&service, &form.by, &name, &digest, Some(&fault)).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn refuse(
    State(service): State<Service>,
    Path((name, digest)): Path<(String, String)>,
    OperatorForm(_): OperatorForm,
) -> Result<Response, Problem> {
    service.drop_candidate(&name, &digest).await?;
    Ok(back_to(&format!("{PATH}/{name}"), "connector-kept"))
}

async fn page(
    service: &Service,
    by: &SignedIn,
    name: &str,
    digest: &str,
    fault: Option<&str>,
) -> Result<Response, Problem> {
    let Candidate { installed, new } = service.candidate(name, digest).await?;
    let words = &by.site.words;
    let values =
        [("from", installed.manifest.version.to_string().into()), ("to", new.manifest.version.to_string().into())];
    let title = words.tell("admin-upgrade-title", &[("name", (&new.manifest.presentation.title).into())]);
    let main = html! {
        p class="crumbs" { a href={ (PATH) "/" (name) } { (installed.manifest.presentation.title) } }
        h1 { (title) }
        @if let Some(fault) = fault { (failed(fault)) }
        p class="lead" { (words.tell("admin-upgrade-lead", &values)) }
        (changes(words, &installed, &new))
        form method="post" action={ (PATH) "/" (name) "/versions/" (digest) "/approve" } {
            (marked(by))
            div class="actions" {
                button type="submit" class="button" { (words.say("admin-upgrade-approve")) }
                button type="submit" class="button quiet-button"
                    formaction={ (PATH) "/" (name) "/versions/" (digest) "/refuse" } { (words.say("admin-upgrade-refuse")) }
            }
        }
    };
    let status = if fault.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    Ok(by.frame(&title).wide().here(PATH).answer(status, &main))
}

fn changes(words: &Words, before: &Connector, after: &Connector) -> Markup {
    let (old, new) = (approval::requests(&before.manifest), approval::requests(&after.manifest));
    let only = |of: &[Request], not: &[Request]| -> Vec<Request> {
        of.iter().filter(|request| !not.contains(request)).cloned().collect()
    };
    let (more, less) = (only(&new, &old), only(&old, &new));
    let scopes = |connector: &Connector| -> BTreeSet<String> {
        connector.manifest.scopes.iter().map(|scope| scope.id.clone()).collect()
    };
    let actions = |connector: &Connector| -> BTreeSet<String> {
        connector.manifest.actions.iter().map(|action| action.id.clone()).collect()
    };
    html! {
        section class="panel" {
            h2 { (words.say("admin-upgrade-more")) }
            @if more.is_empty() { p { (words.say("admin-upgrade-nothing-more")) } } @else { (grouped(words, &more)) }
        }
        @if !less.is_empty() {
            section class="panel" { h2 { (words.say("admin-upgrade-less")) } (grouped(words, &less)) }
        }
        section class="panel" {
            h2 { (words.say("admin-upgrade-parts")) }
            dl class="facts" {
                dt { (words.say("admin-fact-hooks")) } dd { (moved(words, &before.hooks, &after.hooks)) }
                dt { (words.say("admin-fact-scopes")) } dd { (moved(words, &scopes(before), &scopes(after))) }
                dt { (words.say("admin-fact-actions")) } dd { (moved(words, &actions(before), &actions(after))) }
            }
        }
        (facts(words, before, after))
    }
}

/// Everything that is declared otherwise, whoever reads it for what it is.
fn facts(words: &Words, before: &Connector, after: &Connector) -> Markup {
    let facts = difference::between(&before.manifest, &after.manifest);
    html! {
        section class="panel" {
            h2 { (words.say("admin-upgrade-facts")) }
            @if facts.is_empty() { p { (words.say("admin-upgrade-same")) } }
            dl class="facts" {
                @for fact in &facts {
                    dt { code { (fact.place) } }
                    dd {
                        @if let Some(text) = &fact.before { del { code { (text) } } " " }
                        @if let Some(text) = &fact.after { ins { code { (text) } } }
                    }
                }
            }
        }
    }
}

/// What came and what went.
fn moved(words: &Words, before: &BTreeSet<String>, after: &BTreeSet<String>) -> Markup {
    html! {
        @if before == after { (words.say("admin-upgrade-same")) }
        @for id in after.difference(before) { ins { code { (id) } } " " }
        @for id in before.difference(after) { del { code { (id) } } " " }
    }
}
