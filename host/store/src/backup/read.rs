//! Reading a backup from its bytes as they come: every frame authenticated, every key unwrapped, every digest and count
//! compared.

use std::{borrow::Borrow, io::Read};

use aws_lc_rs::digest::{Context, SHA256};
use data_encoding::HEXLOWER;
use zeroize::Zeroizing;

use super::{BadBackup, COMPONENT, DIGEST, END, End, HEAD, Head, RECORDS, Summary};
use crate::{
    engine::Pair,
    keys,
    schema::{DATA_KEY, FORMAT, HOST_KEY},
    seal::{
        KeyRing,
        stream::{self, HEADER, LENGTH, Opener, frame_length},
    },
};

/// What a backup is made of.
pub(super) enum Item {
    Records(Vec<Pair>),
    /// A piece of a component's file.
    Component(String, Vec<u8>),
}

/// A backup that is being read. Fed with all of its bytes in order, it says whether the backup is good.
pub struct Verification<R> {
    ring: R,
    waiting: Vec<u8>,
    opener: Option<Opener>,
    head: Option<Head>,
    end: Option<End>,
    counted: End,
    component: Option<(String, Context)>,
}

impl<R: Borrow<KeyRing>> Verification<R> {
    /// With the key ring the backup is sealed under.
    pub fn with(ring: R) -> Self {
        let counted = End { records: 0, components: 0 };
        Self { ring, waiting: Vec::new(), opener: None, head: None, end: None, counted, component: None }
    }

    /// Takes the next bytes.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), BadBackup> {
        self.items(bytes).map(drop)
    }

    /// Takes the end; what the backup holds, where it is good.
    pub fn finish(mut self) -> Result<Summary, BadBackup> {
        if self.opener.is_none() && !stream::may_begin(&self.waiting) {
            return Err(BadBackup::Foreign);
        }
        if self.end.is_none() {
            return Err(BadBackup::Cut);
        }
        self.close_component()?;
        let whole = self.waiting.is_empty();
        match (self.opener, self.head, self.end) {
            (Some(opener), Some(head), Some(end)) if whole => {
                let complete = end.records == self.counted.records && end.components == self.counted.components;
                if !complete {
                    return Err(BadBackup::Changed);
                }
                Ok(Summary {
                    made_at: head.made_at,
                    software: head.software,
                    records: end.records,
                    components: end.components,
                    key: opener.key().to_string(),
                })
            }
            _ => Err(BadBackup::Cut),
        }
    }

    /// A whole file, its items handed on as they were read. Blocks.
    pub(super) fn file<E: From<BadBackup>>(
        mut self,
        mut file: impl Read,
        mut each: impl FnMut(Item) -> Result<(), E>,
    ) -> Result<Summary, E> {
        let mut buffer = Zeroizing::new(vec![0; 128 * 1024]);
        loop {
            let read = file.read(&mut buffer).map_err(BadBackup::Io)?;
            if read == 0 {
                return Ok(self.finish()?);
            }
            let bytes = buffer.get(..read).unwrap_or_default();
            self.items(bytes)?.into_iter().try_for_each(&mut each)?;
        }
    }

    fn items(&mut self, bytes: &[u8]) -> Result<Vec<Item>, BadBackup> {
        self.waiting.extend_from_slice(bytes);
        let mut items = Vec::new();
        let mut taken = 0;
        loop {
            let rest = self.waiting.get(taken..).unwrap_or_default();
            let Some(opener) = &mut self.opener else {
                let Some(header) = rest.first_chunk::<HEADER>() else { return Ok(self.short(items, taken)) };
                self.opener = Some(Opener::begin(self.ring.borrow(), header)?);
                taken += HEADER;
                continue;
            };
            let Some(mark) = rest.first_chunk::<LENGTH>() else { return Ok(self.short(items, taken)) };
            let (length, last) = frame_length(*mark).ok_or(BadBackup::Changed)?;
            let Some(sealed) = rest.get(LENGTH..LENGTH + length) else { return Ok(self.short(items, taken)) };
            if self.end.is_some() {
                return Err(BadBackup::Changed);
            }
            let plain = opener.frame(sealed, last)?;
            taken += LENGTH + length;
            items.extend(self.frame(&plain, last)?);
        }
    }

    /// Keeps what is no whole frame yet.
    fn short(&mut self, items: Vec<Item>, taken: usize) -> Vec<Item> {
        self.waiting.drain(..taken.min(self.waiting.len()));
        items
    }

    fn frame(&mut self, plain: &[u8], last: bool) -> Result<Option<Item>, BadBackup> {
        let (kind, rest) = plain.split_first().ok_or(BadBackup::Changed)?;
        if last != (*kind == END) || (self.head.is_none() != (*kind == HEAD)) {
            return Err(BadBackup::Changed);
        }
        match *kind {
            HEAD => {
                let head: Head = serde_json::from_slice(rest).map_err(|_| BadBackup::Changed)?;
                if head.format != FORMAT {
                    return Err(BadBackup::StoreFormat(head.format));
                }
                self.head = Some(head);
                Ok(None)
            }
            RECORDS => self.records(rest).map(Some),
            COMPONENT => self.piece(rest).map(Some),
            END => {
                self.end = Some(serde_json::from_slice(rest).map_err(|_| BadBackup::Changed)?);
                Ok(None)
            }
            _ => Err(BadBackup::Changed),
        }
    }

    fn records(&mut self, mut rest: &[u8]) -> Result<Item, BadBackup> {
        let mut pairs = Vec::new();
        while !rest.is_empty() {
            let (key, after) = rest.split_first_chunk::<2>().ok_or(BadBackup::Changed)?;
            let (value, after) = after.split_first_chunk::<4>().ok_or(BadBackup::Changed)?;
            let key_length = usize::from(u16::from_be_bytes(*key));
            let value_length = usize::try_from(u32::from_be_bytes(*value)).map_err(|_| BadBackup::Changed)?;
            let (key, after) = after.split_at_checked(key_length).ok_or(BadBackup::Changed)?;
            let (value, after) = after.split_at_checked(value_length).ok_or(BadBackup::Changed)?;
            self.unwrappable(key, value)?;
            pairs.push((key.to_vec(), value.to_vec()));
            self.counted.records += 1;
            rest = after;
        }
        Ok(Item::Records(pairs))
    }

    /// A wrapped key the ring does not open would make everything under it unreadable.
    fn unwrappable(&self, key: &[u8], value: &[u8]) -> Result<(), BadBackup> {
        let wrapped = [HOST_KEY, DATA_KEY].iter().any(|kind| key.starts_with(&kind.prefix(&[])));
        if wrapped { keys::opens(self.ring.borrow(), key, value) } else { Ok(()) }
    }

    fn piece(&mut self, rest: &[u8]) -> Result<Item, BadBackup> {
        let (digest, bytes) = rest.split_at_checked(DIGEST).ok_or(BadBackup::Changed)?;
        let digest = str::from_utf8(digest).map_err(|_| BadBackup::Changed)?.to_owned();
        if self.component.as_ref().is_none_or(|(current, _)| *current != digest) {
            self.close_component()?;
            self.component = Some((digest.clone(), Context::new(&SHA256)));
            self.counted.components += 1;
        }
        if let Some((_, hashed)) = &mut self.component {
            hashed.update(bytes);
        }
        Ok(Item::Component(digest, bytes.to_vec()))
    }

    fn close_component(&mut self) -> Result<(), BadBackup> {
        let Some((digest, hashed)) = self.component.take() else { return Ok(()) };
        let same = HEXLOWER.encode(hashed.finish().as_ref()) == digest;
        if same { Ok(()) } else { Err(BadBackup::Changed) }
    }
}
