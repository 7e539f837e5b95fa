//! Compiled components on disk: named by what they were made from, authenticated, replaced whole or not at all.
//!
//! `code | magic 8 | tag 32`. The code comes first, as the file begins for whoever maps it: what a thousand connectors compute
//! with stays pages of files, which are not the host's own memory.

use std::{
    collections::{HashMap, HashSet},
    fs::{self, File},
    hash::{Hash, Hasher},
    io::{self, BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use aws_lc_rs::{
    digest::{self, SHA256},
    hmac,
};
use jackfield_model::connector::Class;
use wasmtime::{Engine, component::Component};
use zeroize::Zeroizing;

const MAGIC: &[u8; 8] = b"jackfld2";
const TAG: usize = 32;
/// How much of a file is read at a time.
const PIECE: usize = 64 * 1024;

/// The key that authenticates compiled components, derived from the host's key ring.
pub struct CacheKey(Zeroizing<[u8; 32]>);

impl CacheKey {
    /// Takes a key over.
    pub fn new(key: [u8; 32]) -> Self {
        Self(Zeroizing::new(key))
    }
}

impl std::fmt::Debug for CacheKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("CacheKey")
    }
}

/// The directory of compiled components.
pub(crate) struct Cache {
    directory: PathBuf,
    key: hmac::Key,
    /// How many files were begun, so that no two who write the same one write into one file.
    begun: AtomicU64,
}

impl Cache {
    /// Opens the directory, making it, readable by the host alone, where it is missing.
    pub(crate) fn open(directory: &Path, key: &CacheKey) -> io::Result<Self> {
        use std::os::unix::fs::DirBuilderExt;
        fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, &*key.0);
        Ok(Self { directory: directory.to_owned(), key, begun: AtomicU64::new(0) })
    }

    /// What was compiled from a component for an engine; none where there is nothing, or nothing that is authentic.
    pub(crate) fn get(&self, digest: &str, class: Class, engine: &Engine) -> Option<Component> {
        self.read(digest, class, engine)?
            .inspect_err(|error| {
                tracing::warn!(digest, %error, "a compiled component in the cache does not load: compiling again");
            })
            .ok()
    }

    /// The same, and why the engine does not take what is authentic: a component may be compiled and want more than there is.
    pub(crate) fn read(&self, digest: &str, class: Class, engine: &Engine) -> Option<wasmtime::Result<Component>> {
        let name = name(digest, class, engine);
        let path = self.directory.join(&name);
        let file = File::open(&path).ok()?;
        if !self.is_authentic(&name, file).unwrap_or(false) {
            tracing::warn!(digest, "a compiled component in the cache is not authentic: compiling again");
            return None;
        }
        // SAFETY: the bytes carry our MAC over this very name, so the compiler's process of this host made them for an
        // engine of this configuration; nothing taken from outside reaches this line. Only the host writes in the directory,
        // and it replaces files whole, so what is mapped is what was read and stays as it is.
        #[allow(
            unsafe_code,
            reason = "mapping machine code we compiled and authenticated ourselves; see the comment above"
        )]
        Some(unsafe { Component::deserialize_file(engine, &path) })
    }

    /// Keeps what was compiled: written beside its place, synced, then renamed.
    pub(crate) fn put(&self, digest: &str, class: Class, engine: &Engine, code: &[u8]) -> io::Result<()> {
        let name = name(digest, class, engine);
        let draft = self.directory.join(format!(".{name}.{}.partial", self.begun.fetch_add(1, Ordering::Relaxed)));
        let written = self.write(&draft, &name, code).and_then(|()| fs::rename(&draft, self.directory.join(&name)));
        written.inspect_err(|_| {
            // Where this fails as well, the next start finds it.
            let _left = fs::remove_file(&draft);
        })?;
        File::open(&self.directory)?.sync_all()
    }

    fn write(&self, draft: &Path, name: &str, code: &[u8]) -> io::Result<()> {
        use std::os::unix::fs::OpenOptionsExt;
        let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(draft)?;
        let tag = self.tag(name, code);
        file.write_all(code)?;
        file.write_all(MAGIC)?;
        file.write_all(tag.as_ref())?;
        file.sync_all()
    }

    /// Removes every file of ours but those that `known` names: what belongs to no component, is another engine's, or was not
    /// written to its end. Answers what `known` has under each name that no file has.
    pub(crate) fn sweep(&self, mut known: HashMap<String, String>) -> io::Result<HashSet<String>> {
        let mut removed = 0_usize;
        for entry in fs::read_dir(&self.directory)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if known.remove(&name).is_none() && is_ours(&name) {
                match fs::remove_file(entry.path()) {
                    Ok(()) => removed += 1,
                    Err(error) => tracing::warn!(name, %error, "machine code that nobody needs stays on disk"),
                }
            }
        }
        if removed > 0 {
            tracing::info!(removed, "machine code that belongs to no installed connector was removed");
        }
        Ok(known.into_values().collect())
    }

    /// Forgets what was compiled from a component, for every engine.
    pub(crate) fn remove(&self, digest: &str) -> io::Result<()> {
        for entry in fs::read_dir(&self.directory)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(digest) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Read piece by piece: the whole of a thousand files would pass through memory that is made for each.
    fn is_authentic(&self, name: &str, file: File) -> io::Result<bool> {
        let Some(code) = file.metadata()?.len().checked_sub((MAGIC.len() + TAG) as u64) else { return Ok(false) };
        let mut reader = BufReader::with_capacity(PIECE, file).take(code);
        let mut hashed = digest::Context::new(&SHA256);
        loop {
            let piece = reader.fill_buf()?;
            if piece.is_empty() {
                break;
            }
            hashed.update(piece);
            let read = piece.len();
            reader.consume(read);
        }
        let (mut magic, mut tag) = ([0; MAGIC.len()], [0; TAG]);
        let mut end = reader.into_inner();
        end.read_exact(&mut magic)?;
        end.read_exact(&mut tag)?;
        Ok(magic == *MAGIC && hmac::verify(&self.key, &signed(name, &hashed.finish()), &tag).is_ok())
    }

    fn tag(&self, name: &str, code: &[u8]) -> hmac::Tag {
        hmac::sign(&self.key, &signed(name, &digest::digest(&SHA256, code)))
    }
}

/// What the MAC covers: name and code, through a digest so that neither is copied.
fn signed(name: &str, code: &digest::Digest) -> Vec<u8> {
    let mut text = code.as_ref().to_vec();
    text.extend_from_slice(name.as_bytes());
    text
}

pub(crate) fn name(digest: &str, class: Class, engine: &Engine) -> String {
    let class = match class {
        Class::Pure => "pure",
        Class::GuestRuntime => "guest-runtime",
    };
    let mut hasher = Sha256Hasher(digest::Context::new(&SHA256));
    engine.precompile_compatibility_hash().hash(&mut hasher);
    format!("{digest}-{:016x}-{class}", hasher.finish())
}

/// Whether a file is named as this cache names its own, whole ones and drafts: by a component's digest.
fn is_ours(name: &str) -> bool {
    let digest = name.strip_prefix('.').unwrap_or(name).split('-').next().unwrap_or_default();
    digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A hasher that is the same in every build, unlike the standard library's.
struct Sha256Hasher(digest::Context);

impl Hasher for Sha256Hasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let digest = self.0.clone().finish();
        digest.as_ref().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]
    use super::*;
    use crate::engine::config;

    const DIGEST: &str = "00ff";

    fn cache(directory: &Path, key: u8) -> Cache {
        Cache::open(directory, &CacheKey::new([key; 32])).unwrap()
    }

    fn filled() -> (tempfile::TempDir, Engine) {
        let directory = tempfile::tempdir().unwrap();
        let engine = Engine::new(&config(Class::Pure)).unwrap();
        let code = engine.precompile_component(&wat::parse_str("(component)").unwrap()).unwrap();
        cache(directory.path(), 1).put(DIGEST, Class::Pure, &engine, &code).unwrap();
        (directory, engine)
    }

    #[test]
    fn what_was_kept_is_found_for_its_own_class_and_key_only() {
        let (directory, engine) = filled();
        assert!(cache(directory.path(), 1).get(DIGEST, Class::Pure, &engine).is_some());
        assert!(cache(directory.path(), 2).get(DIGEST, Class::Pure, &engine).is_none());
        assert!(cache(directory.path(), 1).get(DIGEST, Class::GuestRuntime, &engine).is_none());
        assert!(cache(directory.path(), 1).get("00fe", Class::Pure, &engine).is_none());
    }

    #[test]
    fn a_changed_or_swapped_file_is_never_loaded() {
        let (directory, engine) = filled();
        let path = fs::read_dir(directory.path()).unwrap().next().unwrap().unwrap().path();
        let whole = fs::read(&path).unwrap();
        let cache = cache(directory.path(), 1);
        for at in [0, 8, 39, 40, whole.len() / 2, whole.len() - 1] {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            fs::write(&path, changed).unwrap();
            assert!(cache.get(DIGEST, Class::Pure, &engine).is_none(), "byte {at}");
        }
        fs::write(&path, &whole[..20]).unwrap();
        assert!(cache.get(DIGEST, Class::Pure, &engine).is_none());
        // Another component's name on the same bytes.
        let other = path.with_file_name(path.file_name().unwrap().to_string_lossy().replacen(DIGEST, "00fe", 1));
        fs::write(other, &whole).unwrap();
        assert!(cache.get("00fe", Class::Pure, &engine).is_none());
        fs::write(&path, &whole).unwrap();
        assert!(cache.get(DIGEST, Class::Pure, &engine).is_some());
    }

    #[test]
    fn only_the_host_can_read_the_directory_and_nothing_is_left_beside() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let inner = directory.path().join("compiled");
        let engine = Engine::new(&config(Class::Pure)).unwrap();
        let cache = cache(&inner, 1);
        cache.put(DIGEST, Class::Pure, &engine, b"code").unwrap();
        assert_eq!(fs::metadata(&inner).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(fs::read_dir(&inner).unwrap().count(), 1);
        cache.remove(DIGEST).unwrap();
        assert_eq!(fs::read_dir(&inner).unwrap().count(), 0);
    }

    #[test]
    fn a_sweep_leaves_what_is_known_and_what_is_not_ours() {
        let directory = tempfile::tempdir().unwrap();
        let cache = cache(directory.path(), 1);
        let digest = |digit: &str| digit.repeat(64);
        let path = |name: &str| directory.path().join(name);
        let [kept, gone] = ["a", "b"].map(|digit| format!("{}-0123456789abcdef-pure", digest(digit)));
        let left = [
            gone.clone(),
            format!("{}-fedcba9876543210-pure", digest("a")),
            format!(".{kept}.0.partial"),
            format!(".{kept}.partial"),
        ];
        let others = [kept.clone(), "README".to_owned(), format!("{}g-x-pure", "a".repeat(63))];
        for name in left.iter().chain(&others) {
            fs::write(path(name), name).unwrap();
        }
        let missing = format!("{}-0123456789abcdef-pure", digest("c"));
        let known = HashMap::from([(kept, digest("a")), (missing, digest("c"))]);
        assert_eq!(cache.sweep(known).unwrap(), HashSet::from([digest("c")]));
        assert!(left.iter().all(|name| !path(name).exists()));
        assert!(others.iter().all(|name| path(name).exists()));
    }

    #[test]
    fn what_cannot_be_kept_leaves_no_draft() {
        let directory = tempfile::tempdir().unwrap();
        let engine = Engine::new(&config(Class::Pure)).unwrap();
        fs::create_dir(directory.path().join(name(DIGEST, Class::Pure, &engine))).unwrap();
        assert!(cache(directory.path(), 1).put(DIGEST, Class::Pure, &engine, b"code").is_err());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}
