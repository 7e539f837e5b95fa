//! `/v1/connect-sessions`: an application asks for a link, and finishes what the person began.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use jackfield_model::{
    id::{ConnectionId, SessionId},
    person::Contact,
    secret::Secret,
    session::{ConnectSession, Stage},
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    caller::{Connect, ForTenant},
    describe::{About, Routes, Tag},
    json::{Json, secret, set, texts},
    once::Making,
    path::Id,
    problem::Problem,
    reply::{Created, Found, Tagged, created, found},
    view::connection::{AccountView, ConnectionView},
};
use crate::service::{Choice, ChooseError, CompleteError, NewSession, Service, SessionError};

/// A connect session to be: for one end user, one connector and a set of actions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewConnectSession")]
struct Create {
    /// What to connect; left out where the person picks the service.
    #[schemars(example = &"github")]
    connector: Option<String>,
    /// What the person picks among where `connector` is left out; empty for every service that is set up.
    #[serde(default)]
    connectors: Vec<NewOffer>,
    /// What the connection is for: ids of the connector's actions. Only what they need is asked for.
    #[serde(default, deserialize_with = "set")]
    #[schemars(example = ["list-repositories"])]
    actions: BTreeSet<String>,
    /// Who connects, by the application's own id: only this person can finish.
    #[schemars(example = &"user-42")]
    end_user: String,
    /// A connection to reauthorize, instead of making a new one.
    connection: Option<ConnectionId>,
    /// Values the person is not asked for and cannot change.
    #[serde(default, deserialize_with = "texts")]
    #[schemars(example = json!({ "base_url": "https://api.example.com" }))]
    fields: BTreeMap<String, String>,
    /// Where the person goes afterwards: one of the tenant's return URLs.
    #[schemars(extend("format" = "uri"), example = &"https://app.example.com/connected")]
    return_url: String,
    /// How the person is reached from now on, as `PUT /v1/contacts/{end_user}` takes it; what is known stays where it is left
    /// out.
    contact: Option<Contact>,
    /// Who opens the link in a window of its own and hears by `postMessage` how it went: one of the origins of the tenant's brand.
    #[schemars(extend("format" = "uri"), example = &"https://app.example.com")]
    opener_origin: Option<String>,
}

/// A service to offer, and what the connection would be for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewServiceOffer")]
struct NewOffer {
    /// The connector's name.
    #[schemars(example = &"github")]
    connector: String,
    /// Ids of its actions; what they need is asked for, and nothing where it is left out.
    #[serde(default, deserialize_with = "set")]
    #[schemars(example = ["list-repositories"])]
    actions: BTreeSet<String>,
}

/// A service to pick, and what the connection would be for.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ServiceOffer")]
struct Offer<'a> {
    /// The connector's name.
    #[schemars(example = &"github")]
    connector: &'a str,
    /// Ids of its actions.
    #[schemars(example = ["list-repositories"])]
    actions: &'a BTreeSet<String>,
}

/// What finishes a connect session.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Completion")]
struct Complete {
    /// The `ticket` of the return URL, good once.
    #[serde(deserialize_with = "secret")]
    ticket: Secret,
    /// Who is signed in at the application now; must be who the session was made for.
    #[schemars(example = &"user-42")]
    end_user: String,
}

/// What becomes of a connection for which another account consented.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ChooseAccount")]
struct Choose {
    /// `keep` leaves it as it is, `replace` makes it the other account's, `connect-as-new` makes a second one.
    #[schemars(example = &"keep")]
    choice: ChoiceWord,
}

/// One of the three things that can become of it.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "AccountChoice")]
enum ChoiceWord {
    Keep,
    Replace,
    ConnectAsNew,
}

/// An application's request that a person connects.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ConnectSession")]
struct SessionView<'a> {
    /// Its id.
    id: SessionId,
    /// What to connect; null where the person picks the service.
    #[schemars(example = &"github")]
    connector: Option<&'a str>,
    /// What the person picks among; empty where it is said, or where every service may be picked.
    connectors: Vec<Offer<'a>>,
    /// What the connection is for.
    #[schemars(example = ["list-repositories"])]
    actions: &'a BTreeSet<String>,
    /// Who connects, by the application's own id.
    #[schemars(example = &"user-42")]
    end_user: &'a str,
    /// The connection it reauthorizes; null where it makes a new one.
    connection: Option<ConnectionId>,
    /// Where the person goes afterwards.
    #[schemars(extend("format" = "uri"), example = &"https://app.example.com/connected")]
    return_url: &'a str,
    /// Who hears by `postMessage` how it went; null for nobody.
    #[schemars(extend("format" = "uri"), example = &"https://app.example.com")]
    opener_origin: Option<String>,
    /// How far it is.
    stage: StageView<'a>,
    /// When it was made.
    created_at: Timestamp,
    /// When its link stops working.
    expires_at: Timestamp,
}

/// How far it is: `open`, `parked`, `choosing`, `completed` or `ended`, with what came of it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "at")]
#[schemars(rename = "Stage")]
enum StageView<'a> {
    /// The person has not come back yet.
    #[schemars(title = "OpenStage")]
    Open,
    /// The person is back; the application has to complete it.
    #[schemars(title = "ParkedStage")]
    Parked,
    /// Another account than the connection's consented; the application has to choose.
    #[schemars(title = "ChoosingStage")]
    Choosing {
        /// Whose the connection is; null where nobody knows.
        expected: Option<AccountView<'a>>,
        /// Who consented.
        given: AccountView<'a>,
        /// Until when it can be chosen.
        until: Timestamp,
    },
    /// It is done.
    #[schemars(title = "CompletedStage")]
    Completed {
        /// What came of it.
        connection: ConnectionId,
    },
    /// It is over without a connection.
    #[schemars(title = "EndedStage")]
    Ended {
        /// Why, as a word.
        #[schemars(example = &"access_denied")]
        code: &'a str,
    },
}

/// A session just made: the link is shown once.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ConnectSessionWithLink")]
pub(super) struct Made<'a> {
    #[serde(flatten)]
    session: SessionView<'a>,
    /// Where to send the person. A secret: it is shown this once.
    #[schemars(extend("format" = "uri"), example = &"https://connect.example.com/connect/uQw3mJ1k")]
    url: &'a str,
}

impl<'a> From<&'a ConnectSession> for SessionView<'a> {
    fn from(session: &'a ConnectSession) -> Self {
        let stage = match &session.stage {
            Stage::Open => StageView::Open,
            Stage::Parked { .. } => StageView::Parked,
            Stage::Choosing { expected, given, until } => StageView::Choosing {
                expected: expected.as_ref().map(AccountView::from),
                given: given.into(),
                until: *until,
            },
            Stage::Completed { connection } => StageView::Completed { connection: *connection },
            Stage::Ended { code } => StageView::Ended { code },
        };
        Self {
            id: session.id,
            connector: session.connector.as_deref(),
            connectors: offers(session),
            actions: &session.actions,
            end_user: &session.end_user,
            connection: session.connection,
            return_url: &session.return_url,
            opener_origin: session.opener.as_ref().map(ToString::to_string),
            stage,
            created_at: session.created_at,
            expires_at: session.expires_at,
        }
    }
}

fn offers(session: &ConnectSession) -> Vec<Offer<'_>> {
    session.offers.iter().map(|(connector, actions)| Offer { connector, actions }).collect()
}

pub(super) fn routes() -> Routes {
    Routes::of(Tag::ConnectSessions)
        .post(
            "/v1/connect-sessions",
            create,
            About::new(
                "createConnectSession",
                "Ask for a link to connect",
                "For a person who is signed in at the application. Send the person to `url`; it works for half an hour.",
            )
            .refuses::<SessionError>(),
        )
        .get(
            "/v1/connect-sessions/{id}",
            show,
            About::new("getConnectSession", "Read a connect session", "How far it is, and what came of it."),
        )
        .post(
            "/v1/connect-sessions/{id}/complete",
            complete,
            About::new(
                "completeConnectSession",
                "Finish a connect session",
                "With the `ticket` that the return URL brought, in the name of the person who is signed in. Redeems, stores \
                 and verifies; answers the connection.",
            )
            .refuses::<CompleteError>(),
        )
        .post(
            "/v1/connect-sessions/{id}/choose",
            choose,
            About::new(
                "chooseAccount",
                "Say what becomes of another account",
                "For a session in which another account than the connection's consented: `keep` the connection as it is, \
                 `replace` its account, or `connect-as-new`. Answers the connection that was kept, replaced or made.",
            )
            .refuses::<ChooseError>(),
        )
}

/// 201 with the link of a session just made.
pub(super) fn made<'a>(session: &'a ConnectSession, url: &'a str) -> Created<Made<'a>> {
    created(format!("/v1/connect-sessions/{}", session.id), Made { session: session.into(), url })
}

async fn create(
    Making(service): Making,
    by: ForTenant<Connect>,
    Json(asked): Json<Create>,
) -> Result<Created<Made<'static>>, Problem> {
    let opener = match asked.opener_origin.as_deref().map(str::parse) {
        Some(Ok(origin)) => Some(origin),
        Some(Err(_)) => return Err(SessionError::Opener.into()),
        None => None,
    };
    let new = NewSession {
        tenant: by.tenant,
        connector: asked.connector,
        actions: asked.actions,
        offers: asked.connectors.into_iter().map(|offer| (offer.connector, offer.actions)).collect(),
        end_user: asked.end_user,
        connection: asked.connection,
        fields: asked.fields,
        return_url: asked.return_url,
        contact: asked.contact,
        opener,
    };
    let (session, url) = service.create_session(new, &by.caller.name()).await?;
    Ok(made(&session, &url))
}

async fn show(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<SessionId>,
) -> Result<Found<SessionView<'static>>, Problem> {
    let session = service.session(by.tenant, id).await?.ok_or_else(|| Problem::not_found("connect session"))?;
    Ok(found(SessionView::from(&session)))
}

async fn complete(
    Making(service): Making,
    by: ForTenant<Connect>,
    Id(id): Id<SessionId>,
    Json(asked): Json<Complete>,
) -> Result<Tagged<Found<ConnectionView<'static>>>, Problem> {
    let connection = service.complete(by.tenant, id, &asked.ticket, &asked.end_user, &by.caller.name()).await?;
    let others = service.same_account(&connection).await?;
    let view = ConnectionView::from(&connection).beside(others);
    Ok(Tagged::of(service.entity_tag(&connection), found(view)))
}

async fn choose(
    State(service): State<Service>,
    by: ForTenant<Connect>,
    Id(id): Id<SessionId>,
    Json(asked): Json<Choose>,
) -> Result<Tagged<Found<ConnectionView<'static>>>, Problem> {
    let choice = match asked.choice {
        ChoiceWord::Keep => Choice::Keep,
        ChoiceWord::Replace => Choice::Replace,
        ChoiceWord::ConnectAsNew => Choice::ConnectAsNew,
    };
    let connection = service.choose(by.tenant, id, choice, &by.caller.name()).await?;
    let others = service.same_account(&connection).await?;
    let view = ConnectionView::from(&connection).beside(others);
    Ok(Tagged::of(service.entity_tag(&connection), found(view)))
}
