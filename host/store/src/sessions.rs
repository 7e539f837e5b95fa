//! Connect sessions, found by id or by the token in their link, of which only a keyed hash is kept.

use jackfield_model::{
    id::{SessionId, TenantId},
    secret::Secret,
    session::ConnectSession,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    change::Change,
    core::{Core, Order, STRIDE},
    engine::Expect,
    error::StoreError,
    record::Versioned,
    schema::{SESSION, SESSION_BY_TOKEN},
    seal::Purpose,
};

#[derive(Serialize, Deserialize)]
pub(crate) struct Stored {
    session: ConnectSession,
    token_hash: String,
}

/// Connect sessions.
pub struct Sessions<'a>(pub(crate) &'a Core);

impl Sessions<'_> {
    /// Stages a new session with the token of its link.
    pub fn create(&self, change: &mut Change, session: &ConnectSession, token: &Secret) -> Result<(), StoreError> {
        let token_hash = self.0.keys.hash(Purpose::SessionToken, token.expose());
        let by_token = SESSION_BY_TOKEN.key(&[&token_hash]);
        change.expect(by_token.clone(), Expect::Absent);
        change.write(by_token, session.id.to_string().into_bytes());
        change.insert(SESSION, SESSION.key(&[&session.id]), &Stored { session: session.clone(), token_hash })
    }

    /// A tenant's session.
    pub async fn get(&self, tenant: TenantId, id: SessionId) -> Result<Option<Versioned<ConnectSession>>, StoreError> {
        let stored = self.stored(&id.to_string()).await?;
        Ok(stored.filter(|stored| stored.session.tenant == tenant).map(|stored| stored.map(|stored| stored.session)))
    }

    /// The session a link's token belongs to.
    pub async fn find(&self, token: &Secret) -> Result<Option<Versioned<ConnectSession>>, StoreError> {
        let hash = self.0.keys.hash(Purpose::SessionToken, token.expose());
        let Some(id) = self.0.pointer(&SESSION_BY_TOKEN.key(&[&hash])).await? else { return Ok(None) };
        let stored = self.stored(&id).await?;
        Ok(stored.filter(|stored| stored.token_hash == hash).map(|stored| stored.map(|stored| stored.session)))
    }

    /// Stages a changed session.
    pub async fn update(&self, change: &mut Change, changed: &mut Versioned<ConnectSession>) -> Result<(), StoreError> {
        let key = SESSION.key(&[&changed.id]);
        let stored = self.0.get::<Stored>(SESSION, &key).await?.ok_or(StoreError::Conflict)?;
        let record = Stored { session: changed.record.clone(), token_hash: stored.record.token_hash };
        let mut whole = Versioned { record, revision: changed.revision };
        change.replace(SESSION, key, &mut whole)?;
        changed.revision = whole.revision;
        Ok(())
    }

    /// Deletes sessions that ended at or before `until`; answers how many.
    pub async fn sweep(&self, until: Timestamp) -> Result<usize, StoreError> {
        let (mut swept, mut after) = (0, None);
        loop {
            let page =
                self.0.page::<Stored>(SESSION, &SESSION.prefix(&[]), after.as_deref(), STRIDE, Order::Oldest).await?;
            for stored in page.items.iter().filter(|stored| stored.session.expires_at <= until) {
                let mut change = Change::new();
                change.delete(SESSION_BY_TOKEN.key(&[&stored.token_hash]));
                change.remove(SESSION, SESSION.key(&[&stored.session.id]), stored.revision);
                match self.0.commit(change).await {
                    Ok(()) => swept += 1,
                    Err(StoreError::Conflict) => {}
                    Err(error) => return Err(error),
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(swept);
            }
        }
    }

    async fn stored(&self, id: &str) -> Result<Option<Versioned<Stored>>, StoreError> {
        self.0.get(SESSION, &SESSION.key(&[&id])).await
    }
}
