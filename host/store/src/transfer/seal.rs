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
use jackfield_model::secret::Secret;
use zeroize::Zeroizing;

/// scrypt with 2^17 rounds takes about a second and 128 MiB.
const WORK: u8 = 17;
/// A file that asks for more work is refused: every step more takes twice the memory and the time. `age` itself asks for 18.
const MOST_WORK: u8 = 18;
/// The shortest passphrase, in characters.
const SHORTEST: usize = 12;

/// To whom a file is sealed, or who opens it.
#[derive(Debug)]
pub enum TransferKey {
    /// Whoever knows it.
    Passphrase(Secret),
    /// The public key `age1…` to seal to.
    Recipient(String),
    /// The private key `AGE-SECRET-KEY-1…` that opens.
    Identity(Secret),
}

/// Why a file was not sealed or does not open. Says nothing of what is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransferSealError {
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
pub struct Lock(Box<dyn Recipient + Send>);

impl Lock {
    /// From a passphrase or a public key.
    ///
    /// # Errors
    /// Where it is neither, or too easy to guess.
    pub fn new(key: TransferKey) -> Result<Self, TransferSealError> {
        match key {
            TransferKey::Passphrase(passphrase) if passphrase.expose().chars().count() < SHORTEST => {
                Err(TransferSealError::Short)
            }
            TransferKey::Passphrase(passphrase) => {
                let mut recipient = scrypt::Recipient::new(SecretString::from(passphrase.expose().to_owned()));
                recipient.set_work_factor(WORK);
                Ok(Self(Box::new(recipient)))
            }
            TransferKey::Recipient(text) => {
                let recipient: x25519::Recipient = text.parse().map_err(|_| TransferSealError::Recipient)?;
                Ok(Self(Box::new(recipient)))
            }
            TransferKey::Identity(_) => Err(TransferSealError::Half),
        }
    }

    /// A file that holds this, in ASCII armor. Blocks; with a passphrase, for about a second.
    ///
    /// # Errors
    /// Where the machine fails.
    pub fn close(self, plain: &[u8]) -> Result<String, TransferSealError> {
        let encryptor = Encryptor::with_recipients(iter::once(&*self.0 as &dyn Recipient));
        let encryptor = encryptor.map_err(|_| TransferSealError::Failed)?;
        let mut sealed = Vec::new();
        write(encryptor, plain, &mut sealed).map_err(|_| TransferSealError::Failed)?;
        String::from_utf8(sealed).map_err(|_| TransferSealError::Failed)
    }
}

fn write(encryptor: Encryptor, plain: &[u8], sealed: &mut Vec<u8>) -> io::Result<()> {
    let mut writer = encryptor.wrap_output(ArmoredWriter::wrap_output(sealed, Format::AsciiArmor)?)?;
    writer.write_all(plain)?;
    writer.finish()?.finish()?;
    Ok(())
}

/// Opens a file, to its very end. Blocks; with a passphrase, for about a second or two.
///
/// # Errors
/// Where the key is another one, or the file not whole.
pub fn open(file: &[u8], key: TransferKey) -> Result<Zeroizing<Vec<u8>>, TransferSealError> {
    let identity: Box<dyn Identity> = match key {
        TransferKey::Passphrase(passphrase) => {
            let mut identity = scrypt::Identity::new(SecretString::from(passphrase.expose().to_owned()));
            identity.set_max_work_factor(MOST_WORK);
            Box::new(identity)
        }
        TransferKey::Identity(text) => {
            let identity: x25519::Identity = text.expose().trim().parse().map_err(|_| TransferSealError::Identity)?;
            Box::new(identity)
        }
        TransferKey::Recipient(_) => return Err(TransferSealError::Half),
    };
    let decryptor = Decryptor::new(ArmoredReader::new(file)).map_err(told)?;
    let mut reader = decryptor.decrypt(iter::once(&*identity)).map_err(told)?;
    let mut plain = Zeroizing::new(Vec::new());
    reader.read_to_end(&mut plain).map_err(|_| TransferSealError::Damaged)?;
    Ok(plain)
}

#[allow(clippy::needless_pass_by_value, reason = "handed to map_err")]
fn told(error: DecryptError) -> TransferSealError {
    match error {
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed | DecryptError::NoMatchingKeys => {
            TransferSealError::WrongKey
        }
        DecryptError::ExcessiveWork { .. } => TransferSealError::Work,
        _ => TransferSealError::Damaged,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failed test is a panic")]
    use age::secrecy::ExposeSecret as _;
    use proptest::prelude::*;

    use super::*;

    const PLAIN: &[u8] = b"what is in it";

    fn secret(identity: &x25519::Identity) -> TransferKey {
        TransferKey::Identity(Secret::new(identity.to_string().expose_secret().to_owned()))
    }

    #[test]
    fn a_file_opens_with_its_private_key_and_no_other() {
        let (mine, other) = (x25519::Identity::generate(), x25519::Identity::generate());
        let lock = Lock::new(TransferKey::Recipient(mine.to_public().to_string())).unwrap();
        let file = lock.close(PLAIN).unwrap().into_bytes();
        assert_eq!(open(&file, secret(&mine)).unwrap().as_slice(), PLAIN);
        assert_eq!(open(&file, secret(&other)).unwrap_err(), TransferSealError::WrongKey);
        for cut in [10, file.len() / 2, file.len() - 40] {
            assert_eq!(open(&file[..cut], secret(&mine)).unwrap_err(), TransferSealError::Damaged, "{cut}");
        }
    }

    #[test]
    fn keys_are_checked_first() {
        let refused = |key| Lock::new(key).err().unwrap();
        assert_eq!(refused(TransferKey::Passphrase(Secret::new("short".to_owned()))), TransferSealError::Short);
        assert_eq!(refused(TransferKey::Recipient("age1nothing".to_owned())), TransferSealError::Recipient);
        assert_eq!(refused(TransferKey::Identity(Secret::new("x".to_owned()))), TransferSealError::Half);
    }

    /// Whoever made the file says how much memory and time it takes: not more than is bearable.
    #[test]
    fn a_file_that_asks_for_too_much_work_is_refused_before_any_of_it() {
        for work in [19, 20, 30, 63] {
            let stanza = format!("-> scrypt AAAAAAAAAAAAAAAAAAAAAA {work}\n{}\n", "A".repeat(43));
            let file = format!("age-encryption.org/v1\n{stanza}--- {}\n{}", "A".repeat(43), "x".repeat(40));
            let key = TransferKey::Passphrase(Secret::new("correct horse battery".to_owned()));
            assert_eq!(open(file.as_bytes(), key).unwrap_err(), TransferSealError::Work, "{work}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_text_opens_and_none_breaks_its_reader(
            text in "(-----BEGIN AGE ENCRYPTED FILE-----\n)?[A-Za-z0-9+/=\n]{0,200}(\n-----END AGE ENCRYPTED FILE-----\n?)?|age-encryption.org/v1\n-> X25519 [a-zA-Z0-9+/]{0,60}\n.{0,40}",
        ) {
            prop_assert!(open(text.as_bytes(), secret(&x25519::Identity::generate())).is_err());
        }
    }
}
