//! A small valid manifest for this crate's tests.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    connection::{Connection, RefreshState},
    expiry::Clocks,
    id::{ConnectionId, TenantId},
    manifest::{
        Access, Action, ClientAuth, HookRequests, Lifetime, Manifest, Method, MethodKind, OAuth2, Origin, OriginPlace,
        Placed, Placement, Presentation, Reach, RefreshRules, RefreshUsing, RequestPattern, Revocation, Scope,
    },
    scope::Grant,
    status::Status,
    target::Targeting,
    template::Template,
};

pub(crate) fn template(text: &str) -> Template {
    Template::new(text).unwrap_or_else(|error| unreachable!("{error}"))
}

fn scope(id: &str, implies: &[&str]) -> Scope {
    Scope {
        id: id.into(),
        title: id.into(),
        description: String::new(),
        implies: implies.iter().map(|&implied| implied.into()).collect(),
        scope_list: String::new(),
        always: id == "openid",
    }
}

fn action(id: &str, any_of: &[&[&str]]) -> Action {
    Action {
        id: id.into(),
        title: id.into(),
        description: String::new(),
        access: Access::Read,
        any_of: any_of.iter().map(|set| set.iter().map(|&scope| scope.into()).collect()).collect(),
        requests: vec![request()],
        indivisible: false,
    }
}

fn request() -> RequestPattern {
    RequestPattern { methods: vec!["GET".into()], origin: "api".into(), path: template("/me") }
}

/// An active connection with one token.
pub(crate) fn connection() -> Connection {
    let now = jiff::Timestamp::UNIX_EPOCH;
    Connection {
        id: ConnectionId::new(now, 1),
        tenant: TenantId::new(now, 1),
        connector: "sample".into(),
        method: "oauth".into(),
        client: None,
        end_user: None,
        name: "Sample".into(),
        status: Status::Active,
        failure: None,
        account: None,
        subject: None,
        fields: BTreeMap::new(),
        actions: BTreeSet::new(),
        grant: Grant::default(),
        endpoints: None,
        version: 1,
        clocks: Clocks::default(),
        step: None,
        refresh: RefreshState::Idle,
        upkeep: crate::upkeep::Upkeep::default(),
        tokens: vec![],
        target: Targeting::None,
        uses: 0,
        said: crate::notice::Said::default(),
        verification: None,
        created_at: now,
        updated_at: now,
    }
}

/// OAuth 2 rules of a provider without deviations.
pub(crate) fn oauth2() -> OAuth2 {
    let standard = OAuth2::standard(ClientAuth::Basic);
    OAuth2 {
        authorize_url: Some(template("https://example.com/authorize")),
        token_url: Some(template("https://example.com/token")),
        revoke_url: Some(template("https://example.com/revoke")),
        refresh: RefreshRules { using: RefreshUsing::RefreshToken, ..standard.refresh },
        ..standard
    }
}

/// What goes to a place of that name: the method's own credential after this prefix.
pub(crate) fn placed(name: &str, prefix: &str) -> Placed {
    Placed { name: template(name), prefix: template(prefix), secret: None }
}

fn presentation() -> Presentation {
    Presentation {
        title: "Sample".into(),
        description: String::new(),
        categories: vec![],
        icon: None,
        documentation: None,
        register_client: None,
    }
}

/// A provider with three scopes of which `write` implies `read`.
pub(crate) fn manifest() -> Manifest {
    Manifest {
        name: "sample".into(),
        version: semver::Version::new(1, 0, 0),
        presentation: presentation(),
        fields: vec![],
        client_fields: vec![],
        origins: vec![Origin {
            id: "api".into(),
            place: OriginPlace::Host(template("api.example.com")),
            credential: true,
        }],
        scopes: vec![scope("openid", &[]), scope("read", &[]), scope("write", &["read"]), scope("admin", &["write"])],
        actions: vec![
            action("look", &[&["read"]]),
            action("post", &[&["write"], &["admin"]]),
            action("who", &[&["openid"]]),
            action("either", &[&["read"], &["admin"]]),
        ],
        methods: vec![Method {
            id: "oauth".into(),
            title: "OAuth".into(),
            help: None,
            kind: MethodKind::OAuth2Code(Box::new(oauth2())),
            fields: vec![],
            taken: vec![],
            placements: vec![Placement::Header(placed("Authorization", "Bearer "))],
            lifetime: Lifetime::default(),
            revocation: Revocation::Rfc7009,
            revocation_ends: Reach::Account,
        }],
        requests: vec![HookRequests { hook: "verify".into(), requests: vec![request()] }],
        headers: vec![],
        failures: vec![],
        rate_limit: None,
        pagination: vec![],
    }
}
