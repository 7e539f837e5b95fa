//! Installed connectors, by name. A manifest can be long, so its text lies in parts.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use jackfield_model::connector::{Brief, Connector};
use serde::{Deserialize, Serialize};

use crate::{
    change::Change,
    core::{Core, Order},
    engine::Expect,
    error::{Cause, StoreError, unreadable, while_sealing},
    made::{self, Made},
    record::{self, Page, Versioned},
    schema::{CONNECTOR, CONNECTOR_PART},
    seal::random,
};

const PART: usize = 24 * 1024;
/// The longest text of one connector: manifests with icons and hundreds of scopes are far below.
const TEXT_LIMIT: usize = 2 * 1024 * 1024;
/// How often a list or get starts again when the connector is replaced under it.
const ATTEMPTS: usize = 8;

/// What was read of connectors last, by name, each with the bytes of its head: a connector that changes gets another head.
pub(crate) struct Known<T>(RwLock<HashMap<String, (Vec<u8>, T)>>);

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<T: Clone> Known<T> {
    fn get(&self, name: &str, head: &[u8]) -> Option<T> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.get(name).filter(|(at, _)| at == head).map(|(_, read)| read.clone())
    }

    fn note(&self, name: &str, head: Vec<u8>, read: &T) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(name.to_owned(), (head, read.clone()));
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Head {
    text: String,
    parts: usize,
}

/// Installed connectors.
pub struct Connectors<'a>(pub(crate) &'a Core);

impl Connectors<'_> {
    /// Stages a connector that is installed. Where there is one of its name by then, the commit is refused.
    pub fn insert(&self, change: &mut Change, connector: &Connector) -> Result<(), StoreError> {
        let key = CONNECTOR.key(&[&connector.name]);
        let (head, json) = written(&key, connector)?;
        let which = random().map_err(|error| while_sealing(&key, error))?;
        let bytes = record::encode(CONNECTOR, &key, record::beginning(which), &head)?;
        change.expect(key.clone(), Expect::Absent);
        change.write(key, bytes);
        write_parts(change, &connector.name, &head, &json);
        Ok(())
    }

    /// Stages another state of an installed connector: approved, or upgraded. Where it was removed since it was read, or changed,
    /// the commit is refused.
    pub async fn replace(&self, change: &mut Change, changed: &Versioned<Connector>) -> Result<(), StoreError> {
        let key = CONNECTOR.key(&[&changed.name]);
        let (head, json) = written(&key, &changed.record)?;
        let before = self.0.get::<Head>(CONNECTOR, &key).await?.ok_or(StoreError::Conflict)?;
        // The old parts first: where the text is the same, the later writes win.
        remove_parts(change, &changed.name, &before);
        write_parts(change, &changed.name, &head, &json);
        change.replace(CONNECTOR, key, &mut Versioned { record: head, revision: changed.revision })
    }

    /// The connector of this name.
    pub async fn get(&self, name: &str) -> Result<Option<Connector>, StoreError> {
        Ok(self.read(name).await?.map(|read| read.record))
    }

    async fn read(&self, name: &str) -> Result<Option<Versioned<Connector>>, StoreError> {
        let key = CONNECTOR.key(&[&name]);
        for _ in 0..ATTEMPTS {
            let Some(head) = self.0.get::<Head>(CONNECTOR, &key).await? else { return Ok(None) };
            let mut json = Vec::new();
            let mut whole = true;
            for number in 0..head.parts {
                match self.0.engine.get(&CONNECTOR_PART.key(&[&name, &head.text, &number])).await? {
                    Some(part) => json.extend(part),
                    None => whole = false,
                }
            }
            if whole {
                let is_same = HEXLOWER.encode(digest(&SHA256, &json).as_ref()) == head.text;
                let read = serde_json::from_slice(&json).ok().filter(|_| is_same);
                let record = read.ok_or_else(|| unreadable(&key, Cause::Damaged))?;
                return Ok(Some(Versioned { record, revision: head.revision }));
            }
        }
        Err(unreadable(&key, Cause::Missing).into())
    }

    /// The same, shared with whoever asked before: read and parsed once, and again after its head has changed.
    pub async fn shared(&self, name: &str) -> Result<Option<Versioned<Arc<Connector>>>, StoreError> {
        let key = CONNECTOR.key(&[&name]);
        let Some(head) = self.0.engine.get(&key).await? else { return Ok(None) };
        if let Some(known) = self.0.connectors.get(name, &head) {
            return Ok(Some(known));
        }
        let Some(read) = self.read(name).await?.map(|read| read.map(Arc::new)) else { return Ok(None) };
        // Replaced meanwhile, it is not what belongs to this head.
        if self.0.engine.get(&key).await?.as_ref() == Some(&head) {
            self.0.connectors.note(name, head, &read);
        }
        Ok(Some(read))
    }

    /// All connectors, by name.
    pub async fn list(&self) -> Result<Page<Connector>, StoreError> {
        let prefix = CONNECTOR.prefix(&[]);
        let (pairs, _) = self.0.scan(&prefix, None, usize::MAX, Order::Oldest).await?;
        let mut page = Page::default();
        for (key, _) in pairs {
            let name = crate::core::tail(&prefix, &key);
            page.take(self.get(&name).await)?;
        }
        Ok(page)
    }

    /// All connectors in brief, by name: each is read and parsed once, and again after its head has changed. Manifests are not
    /// kept, and never in memory together.
    pub async fn briefs(&self) -> Result<Page<Brief>, StoreError> {
        let prefix = CONNECTOR.prefix(&[]);
        let (pairs, _) = self.0.scan(&prefix, None, usize::MAX, Order::Oldest).await?;
        let mut page = Page::default();
        for (key, head) in pairs {
            let name = crate::core::tail(&prefix, &key);
            page.take(self.brief(&name, head).await)?;
        }
        Ok(page)
    }

    async fn brief(&self, name: &str, head: Vec<u8>) -> Result<Option<Brief>, StoreError> {
        if let Some(known) = self.0.briefs.get(name, &head) {
            return Ok(Some(known));
        }
        let Some(brief) = self.get(name).await?.map(|connector| connector.brief()) else { return Ok(None) };
        // Replaced meanwhile, it stands beside a head that no connector has again.
        self.0.briefs.note(name, head, &brief);
        Ok(Some(brief))
    }

    /// Stages that a connector is still installed when the change is made, and that the change makes something of it: what was
    /// begun with one that is removed meanwhile is not made, whatever has its name by then. An upgrade is no removal.
    pub fn hold(&self, change: &mut Change, connector: &Versioned<Arc<Connector>>) {
        change.expect(CONNECTOR.key(&[&connector.name]), record::same_beginning(CONNECTOR, connector.revision));
        change.makes(made::CONNECTOR, &connector.name);
    }

    /// Whether it is still installed, upgraded or not.
    pub async fn is_installed(&self, connector: &Versioned<Arc<Connector>>) -> Result<bool, StoreError> {
        let head = self.0.engine.get(&CONNECTOR.key(&[&connector.name])).await?;
        Ok(record::same_beginning(CONNECTOR, connector.revision).holds(head.as_deref()))
    }

    /// How much was made of a connector: read before anybody looks whether it is in use.
    pub async fn made(&self, name: &str) -> Result<Made, StoreError> {
        self.0.made(made::CONNECTOR, &name).await
    }

    /// Stages the end of the connector that was installed, of which nothing was made since; its component's file stays.
    pub async fn delete(
        &self,
        change: &mut Change,
        installed: &Versioned<Arc<Connector>>,
        made: Made,
    ) -> Result<(), StoreError> {
        let key = CONNECTOR.key(&[&installed.name]);
        let head = self.0.get::<Head>(CONNECTOR, &key).await?.ok_or(StoreError::Conflict)?;
        change.expect(key.clone(), record::same_beginning(CONNECTOR, installed.revision));
        change.ends(made);
        remove_parts(change, &installed.name, &head);
        change.remove(CONNECTOR, key, head.revision);
        Ok(())
    }
}

/// What is kept of a connector: its head, and the text that lies in parts.
fn written(key: &[u8], connector: &Connector) -> Result<(Head, Vec<u8>), StoreError> {
    let json = serde_json::to_vec(connector).map_err(|_| unreadable(key, Cause::Damaged))?;
    if json.len() > TEXT_LIMIT {
        return Err(StoreError::TooLarge { bytes: json.len(), limit: TEXT_LIMIT });
    }
    let text = HEXLOWER.encode(digest(&SHA256, &json).as_ref());
    Ok((Head { text, parts: json.chunks(PART).count() }, json))
}

fn write_parts(change: &mut Change, name: &str, head: &Head, json: &[u8]) {
    for (number, part) in json.chunks(PART).enumerate() {
        change.write(CONNECTOR_PART.key(&[&name, &head.text, &number]), part.to_vec());
    }
}

fn remove_parts(change: &mut Change, name: &str, head: &Versioned<Head>) {
    for number in 0..head.parts {
        change.delete(CONNECTOR_PART.key(&[&name, &head.text, &number]));
    }
}
