//! `/v1/contacts`: how end users are reached, as the application says. Without one a person gets no mail.

use axum::extract::State;
use jackfield_model::person::{Contact, Reached};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    caller::{Connect, ForTenant, Read},
    describe::{About, Routes, Tag},
    json::Json,
    path::EndUser,
    problem::Problem,
    reply::{Found, Nothing, Put, found},
};
use crate::service::{ContactError, Service};

/// How an end user is reached.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "KnownContact")]
struct ContactView {
    /// The person, by the application's own id.
    #[schemars(example = &"user-42")]
    end_user: String,
    /// Where mail reaches them; null: no mail is sent.
    #[schemars(example = &"ada@example.com")]
    email: Option<String>,
    /// What they are called.
    #[schemars(example = &"Ada")]
    name: Option<String>,
    /// The language they read; null: the brand's first.
    #[schemars(example = &"en")]
    language: Option<String>,
    /// Since when the address is refused for good, so that no mail is sent; null while it is not. Another address clears it.
    #[schemars(extend("examples" = [null]))]
    bouncing_since: Option<Timestamp>,
    /// When the application said so.
    updated_at: Timestamp,
}

impl From<Reached> for ContactView {
    fn from(reached: Reached) -> Self {
        let Reached { end_user, contact: Contact { email, name, language }, bouncing_since, updated_at } = reached;
        Self { end_user, email, name, language, bouncing_since, updated_at }
    }
}

pub(super) fn routes() -> Routes {
    let one = "/v1/contacts/{end_user}";
    Routes::of(Tag::Webhooks)
        .get(one, show, About::new("getContact", "Read how a person is reached", "One end user.").refuses::<ContactError>())
        .put(
            one,
            put,
            About::new(
                "putContact",
                "Say how a person is reached",
                "All of it: what is left out is forgotten. A person is mailed about their own connections: before a permission \
                 ends, when a connection broke, and when it works again. A connect session may carry the same as `contact`.",
            )
            .refuses::<ContactError>(),
        )
        .delete(
            one,
            remove,
            About::new("deleteContact", "Forget how a person is reached", "No mail is sent to them any more.")
                .refuses::<ContactError>(),
        )
}

async fn show(
    State(service): State<Service>,
    by: ForTenant<Read>,
    EndUser(end_user): EndUser,
) -> Result<Found<ContactView>, Problem> {
    Ok(found(ContactView::from(service.contact(by.tenant, &end_user).await?)))
}

async fn put(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    EndUser(end_user): EndUser,
    Json(contact): Json<Contact>,
) -> Result<Put<ContactView>, Problem> {
    let (kept, is_new) = service.put_contact(by.tenant, &end_user, contact, &by.caller.name()).await?;
    Ok(Put::of(is_new, &ContactView::from(kept)))
}

async fn remove(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    EndUser(end_user): EndUser,
) -> Result<Nothing, Problem> {
    service.remove_contact(by.tenant, &end_user, &by.caller.name()).await?;
    Ok(Nothing)
}
