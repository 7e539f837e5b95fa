//! `/admin/clients/{id}`: one registration: what to tell the provider, what it gave, a new secret, its end.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::{Path, RawQuery, State},
    response::Response,
    routing::{get, post},
};
use http::StatusCode;
use jackfield_model::{
    client::Client,
    connector::Connector,
    id::{ClientId, TenantId},
    manifest::{FieldKind, Manifest},
    secret::Secret,
};
use maud::{Markup, html};

use super::{
    ask::{Again, Ask, Kind, choice},
    back_to,
    clients::{PATH, UNFINISHED, guide, id_and_secret, state},
    done, to_copy,
    who::{Keeper, KeeperForm},
};
use crate::{
    api::problem::Problem,
    pages::{field::input_name, layout::marked, signed_in::SignedIn, submission::Submission, when::when},
    service::{ClientChange, ClientError, Service},
    words::Words,
};

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/admin/clients/{id}", get(show).post(change))
        .route("/admin/clients/{id}/accept", post(accept))
        .route("/admin/clients/{id}/remove", post(remove))
}

/// Whether the provider has not given an id yet.
pub(super) fn is_unfinished(client: &Client) -> bool {
    client.public_id == UNFINISHED
}

/// A client somebody may see; what is another's is not there.
async fn find(service: &Service, id: &str, tenant: Option<TenantId>) -> Result<(Client, Connector), Problem> {
    let missing = || Problem::not_found("client");
    let id: ClientId = id.parse().map_err(|_| missing())?;
    let client = service.client(id).await?.ok_or_else(missing)?;
    if tenant.is_some() && client.tenant != tenant {
        return Err(missing());
    }
    let connector = service.connector(&client.connector).await?.ok_or_else(missing)?;
    Ok((client, connector))
}

async fn show(
    State(service): State<Service>,
    keeper: Keeper,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let (client, connector) = find(&service, &id, keeper.tenant).await?;
    let said = done(&keeper.by.site.words, query.as_deref());
    let view = View::of(&service, &keeper.by, &client, &connector).await?;
    Ok(view.answer(&said, &Again::default()))
}

async fn change(
    State(service): State<Service>,
    Path(id): Path<String>,
    KeeperForm { form, tenant }: KeeperForm,
) -> Result<Response, Problem> {
    let (client, connector) = find(&service, &id, tenant).await?;
    let given = |name: &str| form.get(name).map(str::trim).filter(|text| !text.is_empty());
    let fields = typed_fields(&form);
    // What stays the same is not asked for: a client in use keeps its id, and may still have a new secret.
    let wanted = ClientChange {
        client_id: given("client_id").filter(|id| *id != client.public_id).map(str::to_owned),
        client_secret: given("client_secret").map(|secret| Secret::new(secret.to_owned())),
        fields: (fields != client.fields && !fields.is_empty()).then_some(fields),
        accept_endpoints: false,
    };
    match service.change_client(client.id, wanted, &form.by.person.author()).await {
        Ok(_) => Ok(back_to(&format!("{PATH}/{id}"), "client-changed")),
        Err(error) => {
            let faults = faults_of(&form.by.site.words, error)?;
            let view = View::of(&service, &form.by, &client, &connector).await?;
            Ok(view.answer(&html! {}, &Again::with_all(&form, faults)))
        }
    }
}

async fn accept(
    State(service): State<Service>,
    Path(id): Path<String>,
    KeeperForm { form, tenant }: KeeperForm,
) -> Result<Response, Problem> {
    let (client, _) = find(&service, &id, tenant).await?;
    let wanted = ClientChange { accept_endpoints: true, ..ClientChange::default() };
    service.change_client(client.id, wanted, &form.by.person.author()).await?;
    Ok(back_to(&format!("{PATH}/{id}"), "client-accepted"))
}

async fn remove(
    State(service): State<Service>,
    Path(id): Path<String>,
    KeeperForm { form, tenant }: KeeperForm,
) -> Result<Response, Problem> {
    let (client, connector) = find(&service, &id, tenant).await?;
    match service.remove_client(client.id, &form.by.person.author()).await {
        Ok(()) => Ok(back_to(PATH, "client-removed")),
        Err(error) => {
            let faults =
                faults_of(&form.by.site.words, error)?.into_iter().map(|(_, fault)| ("remove".to_owned(), fault));
            let view = View::of(&service, &form.by, &client, &connector).await?;
            Ok(view.answer(&html! {}, &Again::with_all(&form, faults.collect())))
        }
    }
}

/// The operator's fields of a form.
pub(super) fn typed_fields(form: &Submission) -> BTreeMap<String, String> {
    let named = form.fields().filter_map(|(name, value)| Some((name.strip_prefix("field.")?, value.trim())));
    named.filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// What is wrong with a client, at its fields and in words.
pub(super) fn faults_of(words: &Words, error: ClientError) -> Result<Vec<(String, String)>, Problem> {
    let at = |field: &str, key: &str| Ok(vec![(field.to_owned(), words.say(key))]);
    match error {
        ClientError::PublicId => at("client_id", "admin-client-id-fault"),
        ClientError::InUse => at("client_id", "admin-client-in-use"),
        ClientError::Awaited => at("client_id", "admin-client-awaited"),
        ClientError::NoTenant => at("tenant", "admin-no-tenant"),
        ClientError::Fields(faults) => {
            Ok(faults.into_iter().map(|fault| (input_name(&fault.key), fault.message)).collect())
        }
        error => Err(error.into()),
    }
}

/// The questions a connector has about a client.
pub(super) fn asks_of_connector(
    words: &Words,
    manifest: &Manifest,
    again: &Again<'_>,
    before: &BTreeMap<String, String>,
) -> Markup {
    html! {
        @for field in &manifest.client_fields {
            @let name = input_name(&field.key);
            @let held = before.get(&field.key).or(field.default.as_ref()).map_or("", String::as_str);
            @if let FieldKind::Choice(choices) = &field.kind {
                @let options: Vec<(String, String)> = choices.iter().map(|one| (one.value.clone(), one.label.clone())).collect();
                (choice(&name, &field.label, again, held, &options))
            } @else {
                (Ask {
                    name: &name, label: field.label.clone(), help: field.help.clone(), required: field.required,
                    kind: match field.kind { FieldKind::BaseUrl | FieldKind::Url => Kind::Url, FieldKind::MultiLine => Kind::Lines(4), _ => Kind::Text },
                }.markup(words, again, held))
            }
        }
    }
}

struct View<'a> {
    service: &'a Service,
    by: &'a SignedIn,
    client: &'a Client,
    connector: &'a Connector,
    redirect_uri: String,
}

impl<'a> View<'a> {
    async fn of(
        service: &'a Service,
        by: &'a SignedIn,
        client: &'a Client,
        connector: &'a Connector,
    ) -> Result<Self, Problem> {
        let redirect_uri = service.redirect_uri(client).await?;
        Ok(Self { service, by, client, connector, redirect_uri })
    }

    fn answer(&self, said: &Markup, again: &Again<'_>) -> Response {
        let words = &self.by.site.words;
        let name = &self.connector.manifest.presentation.title;
        let title = words.tell("admin-client-at", &[("name", name.into())]);
        let main = html! {
            p class="crumbs" { a href=(PATH) { (words.say("admin-clients")) } }
            h1 { (title) " " (state(words, self.client)) }
            (said)
            (again.summary(words))
            (self.trouble())
            section {
                (to_copy(words, &words.say("admin-client-redirect"), &self.redirect_uri))
                p class="quiet" { (words.say("admin-client-redirect-help")) }
            }
            (guide(words, self.connector))
            (self.form(again))
            (self.endings())
        };
        let status = if again.is_faulty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        self.by.frame(&title).here(PATH).answer(status, &main)
    }

    fn trouble(&self) -> Markup {
        let words = &self.by.site.words;
        html! {
            @if let Some(fault) = &self.client.fault {
                div class="warning" {
                    p { (words.tell("admin-client-fault", &[("code", (&fault.code).into())])) " " (when(words, fault.since, self.service.now())) }
                }
            }
        }
    }

    fn form(&self, again: &Again<'_>) -> Markup {
        let words = &self.by.site.words;
        let id = if is_unfinished(self.client) { "" } else { &self.client.public_id };
        html! {
            form method="post" action={ (PATH) "/" (self.client.id) } {
                (marked(self.by))
                h2 { (words.say("admin-client-given")) }
                (asks_of_connector(words, &self.connector.manifest, again, &self.client.fields))
                (id_and_secret(words, again, id))
                p class="quiet" { (words.say(if self.client.has_secret { "admin-client-has-secret" } else { "admin-client-no-secret" })) }
                div class="actions" { button type="submit" class="button" { (words.say("admin-save")) } }
            }
        }
    }

    fn endings(&self) -> Markup {
        let words = &self.by.site.words;
        html! {
            @if !self.client.announced.is_empty() {
                details {
                    summary { (words.say("admin-client-endpoints")) }
                    p { (words.say("admin-client-endpoints-why")) }
                    dl class="facts" { @for (name, url) in &self.client.announced { dt { code { (name) } } dd { (url) } } }
                    form method="post" action={ (PATH) "/" (self.client.id) "/accept" } class="inline" {
                        (marked(self.by))
                        button type="submit" class="button quiet-button small-button" { (words.say("admin-client-accept")) }
                    }
                }
            }
            details id="remove" {
                summary { (words.say("admin-client-remove")) }
                p { (words.say("admin-client-remove-why")) }
                form method="post" action={ (PATH) "/" (self.client.id) "/remove" } class="inline" {
                    (marked(self.by))
                    button type="submit" class="button danger-button small-button" { (words.say("admin-client-remove")) }
                }
            }
        }
    }
}
