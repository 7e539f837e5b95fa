//! Clients, each with its secret sealed beside it.

use jackfield_model::{client::Client, id::ClientId, secret::Secret};
use serde::{Deserialize, Serialize};

use crate::{
    change::Change,
    core::{Core, Order},
    engine::Expect,
    error::{Cause, StoreError, unreadable},
    made::{self, Made},
    record::{Page, Versioned},
    schema::{CLIENT, CLIENT_SECRET},
    seal::{Context, Scope},
};

#[derive(Serialize, Deserialize)]
pub(crate) struct Stored {
    client: Client,
    /// Counts its secrets; zero before the first.
    secrets: u64,
}

/// Clients.
pub struct Clients<'a>(pub(crate) &'a Core);

impl Clients<'_> {
    /// Stages a new client; `has_secret` follows from the secret given.
    pub async fn insert(
        &self,
        change: &mut Change,
        client: &Client,
        secret: Option<&Secret>,
    ) -> Result<(), StoreError> {
        let mut stored = Stored { client: client.clone(), secrets: 0 };
        stored.client.has_secret = secret.is_some();
        if let Some(secret) = secret {
            self.seal(change, &mut stored, secret).await?;
        }
        change.insert(CLIENT, CLIENT.key(&[&client.id]), &stored)
    }

    /// Stages a changed client. Its tenant is fixed.
    pub async fn update(&self, change: &mut Change, changed: &mut Versioned<Client>) -> Result<(), StoreError> {
        let stored = self.stored(changed.id).await?.ok_or(StoreError::Conflict)?;
        replace(change, changed, stored.record.secrets)
    }

    /// Stages another secret in place of the present one.
    pub async fn set_secret(
        &self,
        change: &mut Change,
        changed: &mut Versioned<Client>,
        secret: &Secret,
    ) -> Result<(), StoreError> {
        let mut stored = self.stored(changed.id).await?.ok_or(StoreError::Conflict)?.record;
        change.delete(secret_key(changed.id, stored.secrets));
        self.seal(change, &mut stored, secret).await?;
        changed.has_secret = true;
        replace(change, changed, stored.secrets)
    }

    /// One client.
    pub async fn get(&self, id: ClientId) -> Result<Option<Versioned<Client>>, StoreError> {
        Ok(self.stored(id).await?.map(|stored| stored.map(|stored| stored.client)))
    }

    /// Its secret; none where it has none.
    pub async fn secret(&self, id: ClientId) -> Result<Option<Secret>, StoreError> {
        let mut key = vec![];
        // Between the two reads the secret may be replaced: then the record names the new one.
        for _ in 0..2 {
            let Some(stored) = self.stored(id).await?.filter(|stored| stored.client.has_secret) else {
                return Ok(None);
            };
            key = secret_key(id, stored.secrets);
            if let Some(envelope) = self.0.engine.get(&key).await? {
                let name = id.to_string();
                let context = context(&stored, &name);
                let plain = self.0.keys.open(&*self.0.engine, &context, &key, &envelope).await?;
                let text = std::str::from_utf8(&plain).map_err(|_| unreadable(&key, Cause::Damaged))?;
                return Ok(Some(Secret::new(text.to_owned())));
            }
        }
        Err(unreadable(&key, Cause::Missing).into())
    }

    /// Clients, oldest first.
    pub async fn list(&self, after: Option<&str>, limit: usize) -> Result<Page<Versioned<Client>>, StoreError> {
        let page = self.0.page::<Stored>(CLIENT, &CLIENT.prefix(&[]), after, limit, Order::Oldest).await?;
        Ok(page.map(|stored| stored.map(|stored| stored.client)))
    }

    /// Stages that a client is still there when the change is made, and that the change makes something with it: what was begun
    /// with one that is removed meanwhile is not made.
    pub fn hold(&self, change: &mut Change, id: ClientId) {
        change.expect(CLIENT.key(&[&id]), Expect::StartsWith(vec![]));
        change.makes(made::CLIENT, &id);
    }

    /// How much was made with a client: read before anybody looks whether it is in use.
    pub async fn made(&self, id: ClientId) -> Result<Made, StoreError> {
        self.0.made(made::CLIENT, &id).await
    }

    /// Stages that nothing was made with a client since.
    pub fn unused_since(&self, change: &mut Change, made: &Made) {
        change.nothing_made_since(made);
    }

    /// Stages the end of a client with which nothing was made since, and of its secret.
    pub async fn delete(&self, change: &mut Change, id: ClientId, made: Made) -> Result<(), StoreError> {
        change.ends(made);
        let prefix = CLIENT_SECRET.prefix(&[&id]);
        let (secrets, _) = self.0.scan(&prefix, None, usize::MAX, Order::Oldest).await?;
        for (key, _) in secrets {
            change.delete(key);
        }
        change.delete(CLIENT.key(&[&id]));
        Ok(())
    }

    async fn stored(&self, id: ClientId) -> Result<Option<Versioned<Stored>>, StoreError> {
        self.0.get(CLIENT, &CLIENT.key(&[&id])).await
    }

    async fn seal(&self, change: &mut Change, stored: &mut Stored, secret: &Secret) -> Result<(), StoreError> {
        stored.secrets += 1;
        let key = secret_key(stored.client.id, stored.secrets);
        let name = stored.client.id.to_string();
        let sealed =
            self.0.keys.seal(&*self.0.engine, &context(stored, &name), &key, secret.expose().as_bytes()).await?;
        change.write(key, sealed);
        Ok(())
    }
}

fn replace(change: &mut Change, changed: &mut Versioned<Client>, secrets: u64) -> Result<(), StoreError> {
    let stored = Stored { client: changed.record.clone(), secrets };
    let mut whole = Versioned { record: stored, revision: changed.revision };
    change.replace(CLIENT, CLIENT.key(&[&changed.id]), &mut whole)?;
    changed.revision = whole.revision;
    Ok(())
}

fn secret_key(id: ClientId, generation: u64) -> Vec<u8> {
    CLIENT_SECRET.key(&[&id, &generation])
}

fn context<'a>(stored: &Stored, record: &'a str) -> Context<'a> {
    let scope = Scope::of(stored.client.tenant);
    Context { scope, kind: CLIENT_SECRET.name, record, field: "secret", generation: stored.secrets }
}
