//! age around a file of connections: to a passphrase (scrypt) or to a public key (X25519), in ASCII armor.

use std::{
    io::{self, Read as _, Write as _},
    iter,
};

use age::{
    DecryptError, Decryptor, Encryptor, Identity, Recipient,
    armor::{ArmoredReader, ArmoredWriter, Format},
    scrypt,
    secrecy::SecretString,
    x25519,
};
use zeroize::Zeroizing;

use super::TransferKey;

/// scrypt with 2^17 rounds takes about a second and 128 MiB.
const WORK: u8 = 17;
/// A file that asks for more work is refused.
const MOST_WORK: u8 = 20;
/// The shortest passphrase, in characters.
const SHORTEST: usize = 12;

/// Why a file was not sealed or does not open. Says nothing of what is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Too easy to guess.
    #[error("the passphrase has fewer than {SHORTEST} characters")]
    Short,
    /// No public key of age.
    #[error("this is no public key of age: it looks like age1…")]
    Recipient,
    /// No private key of age.
    #[error("this is no private key of age: it looks like AGE-SECRET-KEY-1…")]
    Identity,
    /// A key that does the other half.
    #[error("seal to a passphrase or a public key; open with a passphrase or a private key")]
    Half,
    /// Another passphrase or key.
    #[error("the file does not open with this passphrase or key")]
    WrongKey,
    /// Not whole, or no age file.
    #[error("the file is damaged, cut short, or no file of exported connections")]
    Damaged,
    /// It wants too much work.
    #[error("the file asks for too much work to open")]
    Work,
    /// The machine failed.
    #[error("the file could not be sealed")]
    Failed,
}

/// What closes a file, checked before anything is read for it.
pub(super) struct Lock(Box<dyn Recipient + Send>);

impl Lock {
    pub(super) fn new(key: TransferKey) -> Result<Self, SealError> {
        match key {
            TransferKey::Passphrase(passphrase) if passphrase.expose().chars().count() < SHORTEST => {
                Err(SealError::Short)
            }
            TransferKey::Passphrase(passphrase) => {
                let mut recipient = scrypt::Recipient::new(SecretString::from(passphrase.expose().to_owned()));
                recipient.set_work_factor(WORK);
                Ok(Self(Box::new(recipient)))
            }
            TransferKey::Recipient(text) => {
                let recipient: x25519::Recipient = text.parse().map_err(|_| SealError::Recipient)?;
                Ok(Self(Box::new(recipient)))
            }
            TransferKey::Identity(_) => Err(SealError::Half),
        }
    }

    pub(super) async fn close(self, plain: Zeroizing<Vec<u8>>) -> Result<String, SealError> {
        let work = tokio::task::spawn_blocking(move || {
            let encryptor = Encryptor::with_recipients(iter::once(&*self.0 as &dyn Recipient));
            let encryptor = encryptor.map_err(|_| SealError::Failed)?;
            let mut sealed = Vec::new();
            write(encryptor, &plain, &mut sealed).map_err(|_| SealError::Failed)?;
            String::from_utf8(sealed).map_err(|_| SealError::Failed)
        });
        work.await.unwrap_or(Err(SealError::Failed))
    }
}

fn write(encryptor: Encryptor, plain: &[u8], sealed: &mut Vec<u8>) -> io::Result<()> {
    let mut writer = encryptor.wrap_output(ArmoredWriter::wrap_output(sealed, Format::AsciiArmor)?)?;
    writer.write_all(plain)?;
    writer.finish()?.finish()?;
    Ok(())
}

/// Opens a file, to its very end.
pub(super) async fn open(file: String, key: TransferKey) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let identity: Box<dyn Identity + Send> = match key {
        TransferKey::Passphrase(passphrase) => {
            let mut identity = scrypt::Identity::new(SecretString::from(passphrase.expose().to_owned()));
            identity.set_max_work_factor(MOST_WORK);
            Box::new(identity)
        }
        TransferKey::Identity(text) => {
            let identity: x25519::Identity = text.expose().trim().parse().map_err(|_| SealError::Identity)?;
            Box::new(identity)
        }
        TransferKey::Recipient(_) => return Err(SealError::Half),
    };
    let work = tokio::task::spawn_blocking(move || {
        let decryptor = Decryptor::new(ArmoredReader::new(file.as_bytes())).map_err(told)?;
        let mut reader = decryptor.decrypt(iter::once(&*identity as &dyn Identity)).map_err(told)?;
        let mut plain = Zeroizing::new(Vec::new());
        reader.read_to_end(&mut plain).map_err(|_| SealError::Damaged)?;
        Ok(plain)
    });
    work.await.unwrap_or(Err(SealError::Failed))
}

#[allow(clippy::needless_pass_by_value, reason = "handed to map_err")]
fn told(error: DecryptError) -> SealError {
    match error {
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed | DecryptError::NoMatchingKeys => {
            SealError::WrongKey
        }
        DecryptError::ExcessiveWork { .. } => SealError::Work,
        _ => SealError::Damaged,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "a failed test is a panic")]
    use age::secrecy::ExposeSecret as _;
    use jackfield_model::secret::Secret;
    use proptest::prelude::*;

    use super::*;

    fn plain() -> Zeroizing<Vec<u8>> {
        Zeroizing::new(b"what is in it".to_vec())
    }

    #[tokio::test]
    async fn a_file_opens_with_its_private_key_and_no_other() {
        let (mine, other) = (x25519::Identity::generate(), x25519::Identity::generate());
        let secret = |identity: &x25519::Identity| {
            TransferKey::Identity(Secret::new(identity.to_string().expose_secret().to_owned()))
        };
        let lock = Lock::new(TransferKey::Recipient(mine.to_public().to_string())).unwrap();
        let file = lock.close(plain()).await.unwrap();
        assert_eq!(*open(file.clone(), secret(&mine)).await.unwrap(), *plain());
        assert_eq!(open(file.clone(), secret(&other)).await.unwrap_err(), SealError::WrongKey);
        for cut in [10, file.len() / 2, file.len() - 40] {
            assert_eq!(open(file[..cut].to_owned(), secret(&mine)).await.unwrap_err(), SealError::Damaged, "{cut}");
        }
    }

    #[test]
    fn keys_are_checked_first() {
        let refused = |key| Lock::new(key).err().unwrap();
        assert_eq!(refused(TransferKey::Passphrase(Secret::new("short".to_owned()))), SealError::Short);
        assert_eq!(refused(TransferKey::Recipient("age1nothing".to_owned())), SealError::Recipient);
        assert_eq!(refused(TransferKey::Identity(Secret::new("x".to_owned()))), SealError::Half);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_text_opens_and_none_breaks_its_reader(
            text in "(-----BEGIN AGE ENCRYPTED FILE-----\n)?[A-Za-z0-9+/=\n]{0,200}(\n-----END AGE ENCRYPTED FILE-----\n?)?|age-encryption.org/v1\n-> X25519 [a-zA-Z0-9+/]{0,60}\n.{0,40}",
        ) {
            let mine = x25519::Identity::generate();
            let key = TransferKey::Identity(Secret::new(mine.to_string().expose_secret().to_owned()));
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            prop_assert!(runtime.block_on(open(text, key)).is_err());
        }
    }
}
