//! Signing people in to the pages: a link works once, and one a browser began works only there.
//!
//! A link that anybody may follow would let one person sign another in under the wrong name, who then connects their own account
//! for the first. So a link either carries what the page gave the browser before it left for the application, or asks.

use jackfield_model::{
    id::PageSessionId,
    person::{PAGE_IDLE_SECONDS, PAGE_SECONDS, PageSession, Person, Role, SIGN_IN_SECONDS},
    secret::Secret,
};
use jackfield_store::{Purpose, SignIn, StoreError, Versioned};
use jiff::{SignedDuration, Timestamp};
use subtle::ConstantTimeEq as _;
use url::Url;

use super::{Service, session::is_end_user};

/// How exactly a session knows when it was last used, in seconds: not every page is worth a write.
const USED_SECONDS: i64 = 60;
/// How long the link lives that the first start of a host prints, in seconds.
const FIRST_LINK_SECONDS: i64 = 60 * 60;
/// The length of the mark of a browser: a keyed hash in hex.
const MARK_LENGTH: usize = 64;
/// The length of what a browser holds: 32 bytes in base64.
const HELD_LENGTH: usize = 43;
/// The longest name of a person, in characters.
const NAME_LIMIT: usize = 120;

/// A sign-in to offer.
#[derive(Debug, Clone)]
pub struct NewPageSession {
    /// Who will be signed in.
    pub person: Person,
    /// The page they go on to; none: their connections.
    pub to: Option<String>,
    /// The mark of the browser that began it, as the page handed it on.
    pub begun: Option<String>,
}

/// A link that signs somebody in.
#[derive(Debug, Clone)]
pub struct SignInLink {
    /// Where it leads.
    pub url: String,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// Why nobody was signed in.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PageSessionError {
    /// The tenant.
    #[error("there is no such tenant")]
    NoTenant,
    /// The person's id.
    #[error("a person's id is the application's own: 1 to 200 characters of plain text")]
    Subject,
    /// The person's name.
    #[error("a person's name is one line of 1 to {NAME_LIMIT} characters")]
    Name,
    /// Where they go on to.
    #[error("`to` is a page of this host: a path like /connections/new")]
    To,
    /// The mark of a browser.
    #[error("`begun` is what the sign-in page handed on in the address of the application's own sign-in page")]
    Begun,
    /// The link is unknown, over or used.
    #[error("the sign-in link is no longer good")]
    Over,
    /// The sign-in was begun in another browser.
    #[error("the sign-in was begun in another browser")]
    OtherBrowser,
    /// The link asks who follows it.
    #[error("whoever follows this link has to say that it is theirs")]
    Unconfirmed(Box<Person>),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// Makes a link that signs a person in, once.
    pub async fn offer_sign_in(&self, new: NewPageSession, by: &str) -> Result<SignInLink, PageSessionError> {
        if !is_end_user(&new.person.subject) {
            return Err(PageSessionError::Subject);
        }
        if new.person.name.as_deref().is_some_and(|name| !is_name(name)) {
            return Err(PageSessionError::Name);
        }
        let to = new.to.unwrap_or_else(|| home(new.person.role).to_owned());
        if !is_own_path(&to) {
            return Err(PageSessionError::To);
        }
        if new.begun.as_deref().is_some_and(|mark| !is_mark(mark)) {
            return Err(PageSessionError::Begun);
        }
        self.offer_link(
            SignIn { person: new.person, to, begun: new.begun, expires_at: self.now() },
            SIGN_IN_SECONDS,
            by,
        )
        .await
    }

    /// The link that the first start of a host prints, once.
    pub async fn first_sign_in(&self) -> Result<SignInLink, PageSessionError> {
        let person = Person { role: Role::Operator, tenant: None, subject: "first operator".to_owned(), name: None };
        let to = home(Role::Operator).to_owned();
        self.offer_link(SignIn { person, to, begun: None, expires_at: self.now() }, FIRST_LINK_SECONDS, "host").await
    }

    pub(super) async fn offer_link(
        &self,
        sign_in: SignIn,
        seconds: i64,
        by: &str,
    ) -> Result<SignInLink, PageSessionError> {
        let tenant = match sign_in.person.tenant {
            Some(id) => Some(self.tenant(id).await?.ok_or(PageSessionError::NoTenant)?),
            None => None,
        };
        let expires_at = self.now() + SignedDuration::from_secs(seconds);
        let sign_in = SignIn { expires_at, ..sign_in };
        let link = self.random_token()?;
        let mut change = self.audited_for(sign_in.person.tenant, by, "sign-in.offered", &sign_in.person.author())?;
        if let Some(tenant) = &tenant {
            self.store().tenants().hold(&mut change, tenant.id);
        }
        self.store().page_sessions().offer(&mut change, &link, &sign_in)?;
        self.store().commit(change).await?;
        let site = tenant.map_or_else(|| self.public_url().clone(), |tenant| self.site_url(&tenant));
        Ok(SignInLink { url: page_url(&site, &format!("/sign-in/{}", link.expose())), expires_at })
    }

    /// Whose sign-in a link is, as long as it is good.
    pub async fn offered_to(&self, link: &Secret) -> Result<Option<Person>, StoreError> {
        let offered = self.store().page_sessions().offered(link).await?;
        Ok(offered.filter(|offered| offered.expires_at > self.now()).map(|offered| offered.record.person))
    }

    /// Signs in whoever follows a link: the session's token, the session, and the page they go on to.
    ///
    /// `begun` is what their browser holds; a link that no browser began asks first, unless they `agreed`.
    pub async fn sign_in(
        &self,
        link: &Secret,
        begun: Option<&Secret>,
        agreed: bool,
    ) -> Result<(Secret, PageSession, String), PageSessionError> {
        let offered = self.store().page_sessions().offered(link).await?.ok_or(PageSessionError::Over)?;
        let now = self.now();
        if offered.expires_at <= now {
            return Err(PageSessionError::Over);
        }
        match &offered.begun {
            Some(expected) => {
                // A browser that holds nothing began nothing, whatever is expected.
                let begun = begun.ok_or(PageSessionError::OtherBrowser)?;
                if !self.is_mark_of(begun, expected) {
                    return Err(PageSessionError::OtherBrowser);
                }
            }
            None if !agreed => return Err(PageSessionError::Unconfirmed(Box::new(offered.record.person))),
            None => {}
        }
        let session = PageSession {
            id: PageSessionId::new(now, self.id_bits()?),
            person: offered.person.clone(),
            created_at: now,
            used_at: now,
            expires_at: now + SignedDuration::from_secs(PAGE_SECONDS),
        };
        let token = self.random_token()?;
        let author = session.person.author();
        let mut change = self.audited_for(session.person.tenant, &author, "sign-in.used", &session.id.to_string())?;
        self.store().page_sessions().taken(&mut change, link, &offered);
        self.store().page_sessions().begin(&mut change, &token, &session)?;
        match self.store().commit(change).await {
            Ok(()) => Ok((token, session, offered.record.to)),
            Err(StoreError::Conflict) => Err(PageSessionError::Over),
            Err(error) => Err(error.into()),
        }
    }

    /// Who a session's token belongs to; none where it is unknown or over.
    pub async fn signed_in(&self, token: &Secret) -> Result<Option<Person>, StoreError> {
        let Some(mut session) = self.store().page_sessions().get(token).await? else { return Ok(None) };
        let now = self.now();
        let idle = now.duration_since(session.used_at).as_secs();
        if session.expires_at <= now || idle >= PAGE_IDLE_SECONDS {
            return Ok(None);
        }
        if idle >= USED_SECONDS {
            self.note_use(token, &mut session, now).await?;
        }
        Ok(Some(session.record.person))
    }

    async fn note_use(
        &self,
        token: &Secret,
        session: &mut Versioned<PageSession>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        session.used_at = now;
        let mut change = jackfield_store::Change::new();
        self.store().page_sessions().update(&mut change, token, session)?;
        match self.store().commit(change).await {
            // Another page of the same person noted it.
            Err(StoreError::Conflict) => Ok(()),
            other => other,
        }
    }

    /// Ends a session.
    pub async fn sign_out(&self, token: &Secret) -> Result<(), StoreError> {
        let Some(session) = self.store().page_sessions().get(token).await? else { return Ok(()) };
        let author = session.person.author();
        let mut change = self.audited_for(session.person.tenant, &author, "sign-in.ended", &session.id.to_string())?;
        self.store().page_sessions().end(&mut change, token, &session);
        match self.store().commit(change).await {
            Err(StoreError::Conflict) => Ok(()),
            other => other,
        }
    }

    /// What a form shown to a session carries, to be known again.
    pub fn form_mark(&self, token: &Secret) -> String {
        self.store().keyed_hash(Purpose::Form, token.expose())
    }

    /// Whether a mark is that of a browser's value.
    pub fn is_mark_of(&self, held: &Secret, mark: &str) -> bool {
        let own = self.store().keyed_hash(Purpose::Begun, held.expose());
        bool::from(own.as_bytes().ct_eq(mark.as_bytes()))
    }

    /// A value for the browser of somebody who begins to sign in, and its mark, which others may see.
    ///
    /// A browser that holds one keeps it, so that a second tab does not undo what the first began.
    pub fn begin_sign_in(&self, held: Option<Secret>) -> Result<(Secret, String), StoreError> {
        let held = match held.filter(|held| held.expose().len() == HELD_LENGTH) {
            Some(held) => held,
            None => self.random_token()?,
        };
        let mark = self.store().keyed_hash(Purpose::Begun, held.expose());
        Ok((held, mark))
    }
}

/// The page somebody starts at.
pub(super) fn home(role: Role) -> &'static str {
    match role {
        Role::EndUser | Role::Administrator => "/connections",
        Role::Operator => "/admin/connectors",
    }
}

/// Whether a text has the shape of a browser's mark.
pub(super) fn is_mark(text: &str) -> bool {
    text.len() == MARK_LENGTH
}

fn is_name(text: &str) -> bool {
    (1..=NAME_LIMIT).contains(&text.trim().chars().count()) && !text.chars().any(char::is_control)
}

/// Whether a text is a path of this host and can be nothing else: browsers read `//` and `/\` as another host.
pub fn is_own_path(text: &str) -> bool {
    let plain = text.len() <= 2000 && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    plain && text.starts_with('/') && !text.starts_with("//")
}

/// A page of a site.
pub(super) fn page_url(site: &Url, path: &str) -> String {
    format!("{}{path}", site.as_str().trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_our_own_are_gone_on_to() {
        for good in ["/connections", "/connections/new?for=a", "/"] {
            assert!(is_own_path(good), "{good}");
        }
        for bad in ["//evil.example", "/\\evil.example", "https://evil.example", "", "connections", "/a\nb", "/a b"] {
            assert!(!is_own_path(bad), "{bad}");
        }
    }
}
