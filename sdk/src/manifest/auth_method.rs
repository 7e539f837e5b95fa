//! Auth methods: the ways to connect. Bearer header, no limits, nothing to revoke, unless said otherwise.

use super::{
    AuthMethod, Basic, Condition, Field, Guide, Lifetime, LifetimeCase, MethodKind, Oauth2, Placement, Reach,
    RefreshUsing, Revocation, TakenValue,
};

impl AuthMethod {
    /// A method of this kind.
    pub fn new(id: &str, title: &str, kind: MethodKind) -> Self {
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            help: None,
            kind,
            fields: Vec::new(),
            taken: Vec::new(),
            placements: vec![Placement::bearer()],
            lifetime: Lifetime {
                absolute: None,
                idle: None,
                hard_cap: None,
                renewable: true,
                cases: Vec::new(),
                extras: Vec::new(),
            },
            revocation: Revocation::None,
            revocation_ends: Reach::Account,
            extras: Vec::new(),
        }
    }

    /// OAuth 2 authorization code: a person consents at the provider.
    pub fn oauth2_code(id: &str, title: &str, oauth2: Oauth2) -> Self {
        Self::new(id, title, MethodKind::Oauth2Code(oauth2))
    }

    /// OAuth 2 client credentials: the client acts for itself, and asks again instead of refreshing.
    pub fn client_credentials(id: &str, title: &str, mut oauth2: Oauth2) -> Self {
        oauth2.refresh.using = RefreshUsing::SameGrant;
        Self::new(id, title, MethodKind::ClientCredentials(oauth2))
    }

    /// A token that a person pastes into a field, which is made secret here.
    pub fn api_token(id: &str, title: &str, field: Field) -> Self {
        let method = Self::new(id, title, MethodKind::ApiToken(field.key.clone()));
        method.field(Field { secret: true, ..field })
    }

    /// A name and a password (RFC 7617), as templates over fields, secret ones too; in `Authorization`.
    pub fn basic(id: &str, title: &str, name: &str, password: &str) -> Self {
        let basic = Basic { name: name.to_owned(), password: password.to_owned() };
        Self::new(id, title, MethodKind::Basic(basic)).placement(Placement::named_header("Authorization", "Basic "))
    }

    /// No credential at all.
    pub fn none(id: &str, title: &str) -> Self {
        Self { placements: Vec::new(), ..Self::new(id, title, MethodKind::None) }
    }

    /// How to find the key, or what will happen, and where to read on.
    #[must_use]
    pub fn help(mut self, text: &str, url: &str) -> Self {
        self.help = Some(Guide::new(text, url));
        self
    }

    /// One more field, asked only for this method.
    #[must_use]
    pub fn field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    /// A public field that is part of a secret one: what the one group of the pattern matches, which the whole secret must.
    /// The operator approves this.
    #[must_use]
    pub fn takes_from_secret(mut self, field: &str, secret: &str, pattern: &str) -> Self {
        let taken = TakenValue { field: field.to_owned(), secret: secret.to_owned(), pattern: pattern.to_owned() };
        self.taken.push(taken);
        self
    }

    /// The credential goes here, and only here.
    #[must_use]
    pub fn placement(mut self, placement: Placement) -> Self {
        self.placements = vec![placement];
        self
    }

    /// The credential goes here as well.
    #[must_use]
    pub fn also_placement(mut self, placement: Placement) -> Self {
        self.placements.push(placement);
        self
    }

    /// The permission ends this many seconds after consent, whatever happens.
    #[must_use]
    pub fn ends_after(mut self, seconds: u64) -> Self {
        self.lifetime.absolute = Some(seconds);
        self
    }

    /// The permission ends after this many seconds without use.
    #[must_use]
    pub fn ends_when_idle_for(mut self, seconds: u64) -> Self {
        self.lifetime.idle = Some(seconds);
        self
    }

    /// The permission ends this many seconds after consent where a field has one of these values: a connection field, or
    /// a client field written `client.key`.
    #[must_use]
    pub fn ends_after_where(mut self, field: &str, one_of: &[&str], seconds: u64) -> Self {
        let one_of = one_of.iter().map(|value| (*value).to_owned()).collect();
        let when = Condition { field: field.to_owned(), one_of };
        self.lifetime.cases.push(LifetimeCase { when, absolute: Some(seconds), idle: None });
        self
    }

    /// Revoking ends that one credential, and no other connection to the same account.
    #[must_use]
    pub fn revocation_ends_token_only(mut self) -> Self {
        self.revocation_ends = Reach::Token;
        self
    }

    /// How the grant is ended at the provider.
    #[must_use]
    pub fn revocation(mut self, revocation: Revocation) -> Self {
        self.revocation = revocation;
        self
    }
}
