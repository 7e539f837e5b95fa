//! Records to try things with, the same every time.

#![allow(clippy::unwrap_used, reason = "a failed test is a panic")]

use std::{collections::BTreeSet, path::Path, sync::Arc};

use jackfield_model::{
    account::Account,
    api_key::{ApiKey, Permission},
    audit::AuditLine,
    brand::{Brand, Colours, Picture},
    client::Client,
    connection::{Connection, RefreshState},
    connector::Connector,
    credential::{Credential, SecretFields, TokenSet},
    expiry::{Clocks, Expiry, Source},
    id::{ApiKeyId, AuthorizationId, ClientId, ConnectionId, EventId, PageSessionId, SessionId, TenantId},
    person::{PageSession, Person, Role},
    scope::Grant,
    secret::Secret,
    session::{Authorization, ConnectSession, Endpoints, Stage},
    status::Status,
    target::Targeting,
    tenant::Tenant,
    timeline::Event,
    upkeep::Upkeep,
    uses::Use,
};
use jiff::Timestamp;
use serde_json::json;
use zeroize::Zeroizing;

use crate::{
    AuthorizationSecrets, Change, Choice, Deed, JournalEntry, KeptAnswer, KeyRing, Made, Revocation, SignIn, Store,
    StoredFile, Versioned,
    components::Components,
    engine::{Engine, memory::Memory},
};

pub(super) const SECRET: &str = "canary-rt-7f3a9c51e2";

/// Installs a connector, or puts it in the place of the one of its name.
pub(super) async fn install(store: &Store, connector: &Connector) {
    let mut change = Change::new();
    match store.connectors().shared(&connector.name).await.unwrap() {
        None => store.connectors().insert(&mut change, connector).unwrap(),
        Some(found) => {
            store.connectors().replace(&mut change, &found.map(|_| connector.clone())).await.unwrap();
        }
    }
    store.commit(change).await.unwrap();
}

/// The connector that is installed, and how much was made of it.
pub(super) async fn installed(store: &Store) -> (Versioned<Arc<Connector>>, Made) {
    let found = store.connectors().shared("github").await.unwrap().unwrap();
    (found, store.connectors().made("github").await.unwrap())
}

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_760_000_000 + second).unwrap()
}

pub(super) fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

pub(super) fn ring_from(ring: &KeyRing, folder: &Path) -> KeyRing {
    let path = folder.join("copy-of-keyring");
    let _ = std::fs::remove_file(&path);
    ring.save(&path).unwrap();
    KeyRing::load(&path).unwrap()
}

/// A store without files, its engine to tamper with, and the folder of its components.
pub(super) async fn in_memory() -> (Store, Arc<Memory>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let engine = Arc::new(Memory::default());
    let store = over(Arc::clone(&engine) as Arc<dyn Engine>, folder.path(), KeyRing::generate().unwrap()).await;
    (store, engine, folder)
}

pub(super) async fn over(engine: Arc<dyn Engine>, folder: &Path, ring: KeyRing) -> Store {
    let components = Components::open(&folder.join("components")).unwrap();
    Store::over(engine, components, ring).await.unwrap()
}

/// A store with sled, in a fresh folder.
pub(super) async fn on_disk() -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("data"), KeyRing::generate().unwrap()).await.unwrap();
    (store, folder)
}

pub(super) fn tenant_id(number: u128) -> TenantId {
    TenantId::new(at(0), number)
}

pub(super) fn connection_id(number: u128) -> ConnectionId {
    ConnectionId::new(at(i64::try_from(number).unwrap()), number)
}

pub(super) fn tenant() -> Tenant {
    Tenant {
        id: tenant_id(1),
        name: "Harbour & Sons".into(),
        return_urls: vec!["https://app.example/done".into()],
        brand: Brand::default(),
        notices: jackfield_model::tenant::Notices::default(),
        created_at: at(0),
    }
}

pub(super) fn brand_file() -> StoredFile {
    StoredFile { media_type: "image/png".into(), bytes: b"picture".repeat(7_000) }
}

/// A tenant with a brand of its own.
pub(super) fn branded() -> Tenant {
    let logo = Picture { digest: crate::digest_of(&brand_file().bytes), media_type: "image/png".into() };
    let brand = Brand {
        host: "connect.harbour.example".parse().ok(),
        colours: Colours { accent: "#1f5fbf".parse().ok(), accent_dark: None },
        logo: Some(logo),
        languages: vec!["de".into(), "en".into()],
        ..Brand::default()
    };
    Tenant { id: tenant_id(2), name: "Harbour".into(), brand, ..tenant() }
}

pub(super) fn connector() -> Connector {
    let manifest = json!({
        "name": "github", "version": "1.2.3",
        "presentation": {"title": "GitHub", "description": "Code", "categories": ["code"], "icon": null, "documentation": null, "register_client": null},
        "fields": [], "client_fields": [], "origins": [], "scopes": [], "actions": [], "methods": [], "requests": [],
        "failures": [], "rate_limit": null, "pagination": []
    });
    let connector = json!({
        "name": "github", "digest": "ab".repeat(32), "size": 48_000, "class": "pure", "manifest": manifest,
        "hooks": ["discover"], "approval": null, "installed_at": at(1),
    });
    serde_json::from_value(connector).unwrap()
}

pub(super) fn client() -> Client {
    Client {
        id: ClientId::new(at(2), 2),
        connector: "github".into(),
        tenant: Some(tenant_id(1)),
        public_id: "Iv1.8a61f9b3".into(),
        has_secret: true,
        fields: [("issuer".to_owned(), "https://id.example".to_owned())].into(),
        announced: [].into(),
        fault: None,
        created_at: at(2),
    }
}

pub(super) fn api_key() -> ApiKey {
    ApiKey {
        id: ApiKeyId::new(at(3), 3),
        name: "application".into(),
        tenant: Some(tenant_id(1)),
        permissions: BTreeSet::from([Permission::Connect, Permission::Read]),
        created_at: at(3),
    }
}

pub(super) fn session() -> ConnectSession {
    ConnectSession {
        id: SessionId::new(at(4), 4),
        tenant: tenant_id(1),
        connector: Some("github".into()),
        actions: ["read-code".to_owned()].into(),
        offers: std::collections::BTreeMap::new(),
        end_user: "user-17".into(),
        connection: None,
        fields: [("subdomain".to_owned(), "harbour".to_owned())].into(),
        return_url: "https://app.example/done".into(),
        opener: None,
        stage: Stage::Open,
        created_at: at(4),
        expires_at: at(4 + 1800),
    }
}

pub(super) fn endpoints() -> Endpoints {
    Endpoints {
        issuer: Some("https://id.example".into()),
        authorize: Some("https://id.example/authorize".into()),
        token: "https://id.example/token".into(),
        revoke: Some("https://id.example/revoke".into()),
        ..Endpoints::default()
    }
}

pub(super) fn authorization() -> Authorization {
    Authorization {
        id: AuthorizationId::new(at(5), 5),
        session: session().id,
        tenant: tenant_id(1),
        connector: "github".into(),
        digest: "ab".repeat(32),
        method: "oauth".into(),
        client: Some(client().id),
        end_user: "user-17".into(),
        name: "My GitHub".into(),
        fields: std::collections::BTreeMap::new(),
        actions: ["read-code".to_owned()].into(),
        takes: None,
        scopes: ["repo".to_owned()].into(),
        endpoints: Some(endpoints()),
        redirect_uri: Some("https://jackfield.example/oauth/callback/github/cli".into()),
        cookie_hash: "c0".repeat(32),
        ticket_hash: None,
        kept: std::collections::BTreeMap::new(),
        created_at: at(5),
        expires_at: at(5 + 600),
    }
}

pub(super) fn secrets() -> AuthorizationSecrets {
    AuthorizationSecrets {
        verifier: Some(secret("canary-verifier-0d1e")),
        nonce: Some(secret("canary-nonce-77aa")),
        code: None,
        fields: SecretFields::from([("token".to_owned(), secret("canary-typed-5c5c"))]),
    }
}

pub(super) fn connection(number: u128) -> Connection {
    Connection {
        id: connection_id(number),
        tenant: tenant_id(1),
        connector: "github".into(),
        method: "oauth".into(),
        client: Some(client().id),
        end_user: Some(format!("user-{}", number % 2)),
        name: format!("GitHub {number}"),
        status: Status::Active,
        failure: None,
        account: Some(Account {
            id: "583231".into(),
            label: "octocat".into(),
            avatar: None,
            granted_scopes: None,
            expires: None,
            extras: std::collections::BTreeMap::new(),
        }),
        subject: None,
        fields: std::collections::BTreeMap::new(),
        actions: ["read-code".to_owned()].into(),
        grant: Grant::new(["repo".to_owned()].into(), None),
        endpoints: Some(endpoints()),
        version: 1,
        clocks: Clocks { access: Some(Expiry { at: at(3600), source: Source::Response }), grant: None },
        step: None,
        refresh: RefreshState::Idle,
        upkeep: Upkeep { token_since: Some(at(0)), grant_since: None, due: Some(at(3300)) },
        tokens: vec![],
        target: Targeting::None,
        verification: None,
        uses: 0,
        said: jackfield_model::notice::Said::default(),
        created_at: at(6),
        updated_at: at(6),
    }
}

pub(super) fn refreshing(from_version: u64) -> RefreshState {
    RefreshState::Refreshing { from_version, attempts: 0, since: at(9), resent: false }
}

pub(super) fn tokens(refresh: &str) -> Credential {
    Credential::Tokens(TokenSet::single(secret("canary-at-4b6d"), Some(secret(refresh))))
}

/// The refresh token in a credential.
pub(super) fn refresh_token(credential: &Credential) -> &str {
    match credential {
        Credential::Tokens(tokens) => tokens.refresh_token.as_ref().unwrap().expose(),
        Credential::Fields(_) => "",
    }
}

pub(super) fn event(connection: &Connection, number: u128) -> Event {
    Event {
        id: EventId::new(at(i64::try_from(number).unwrap()), number),
        tenant: connection.tenant,
        connection: connection.id,
        at: at(7),
        by: "host".into(),
        kind: "created".into(),
        status: connection.status,
        note: None,
    }
}

pub(super) fn audit_line(number: u128) -> AuditLine {
    AuditLine {
        id: EventId::new(at(i64::try_from(number).unwrap()), number),
        at: at(8),
        by: "operator".into(),
        kind: "connector.installed".into(),
        tenant: None,
        subject: "github".into(),
        note: Some("approved".into()),
        request: None,
    }
}

pub(super) fn tenant_line(number: u128) -> AuditLine {
    let kind = "connection.created".into();
    let subject = connection_id(1).to_string();
    AuditLine { kind, tenant: Some(tenant_id(1)), subject, note: None, ..audit_line(number) }
}

pub(super) fn used(number: u128) -> Use {
    Use {
        reference: format!("flow-{number}"),
        label: "Invoices".into(),
        url: Some("https://app.example/flows/7".into()),
        by: api_key().id.to_string(),
        since: at(11),
    }
}

pub(super) fn deed(store: &Store) -> Deed {
    store.idempotency().deed(api_key().id, Some(tenant_id(1)), "POST /v1/connections", "once-1")
}

pub(super) fn kept_answer() -> KeptAnswer {
    let headers = vec![("location".into(), "/v1/connections/conn".into())];
    KeptAnswer { status: 201, headers, body: Zeroizing::new(format!("{{\"key\": \"{SECRET}\"}}").into_bytes()) }
}

pub(super) fn journal_entry() -> JournalEntry {
    JournalEntry {
        tenant: tenant_id(1),
        connection: connection_id(1),
        token: String::new(),
        from_version: 1,
        attempt: 1,
        sent_at: at(9),
    }
}

pub(super) fn revocation(number: u128) -> Revocation {
    Revocation {
        id: EventId::new(at(10), number),
        tenant: tenant_id(1),
        connection: connection_id(1),
        connector: "github".into(),
        method: "oauth".into(),
        client: Some(client().id),
        account: None,
        twins: vec![],
        endpoints: Some(endpoints()),
        fields: std::collections::BTreeMap::new(),
        attempts: 0,
        next_at: at(100 + i64::try_from(number).unwrap()),
        created_at: at(10),
    }
}

/// Another account's connection that waits for a choice.
pub(super) fn choice(number: u128) -> Choice {
    let session = session();
    Choice {
        session: session.id,
        tenant: session.tenant,
        existing: connection(1).id,
        candidate: connection(number),
        until: at(600),
    }
}

pub(super) fn person() -> Person {
    Person { role: Role::EndUser, tenant: Some(tenant_id(1)), subject: "user-17".into(), name: Some("Ada".into()) }
}

pub(super) fn sign_in() -> SignIn {
    SignIn { person: person(), to: "/connections".into(), begun: Some("ab".repeat(32)), expires_at: at(300) }
}

pub(super) fn page_session() -> PageSession {
    PageSession {
        id: PageSessionId::new(at(5), 5),
        person: person(),
        created_at: at(5),
        used_at: at(65),
        expires_at: at(5 + 43_200),
    }
}
