//! Secrets at rest: sealed with a key that lies beside the database and not in it.

use std::fmt;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

/// The key's file, in the data directory.
const FILE: &str = "secrets.key";

const KEY_BYTES: usize = 32;

/// The key that secrets are sealed with. Does not print itself.
#[derive(Clone)]
pub struct Vault([u8; KEY_BYTES]);

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

/// Secrets cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The key's file.
    #[error("{path}: {why}")]
    File {
        /// Where.
        path: String,
        /// What is wrong, and what to do.
        why: String,
    },
    /// A sealed secret that this key did not seal.
    #[error("it was sealed with another key than the one in the data directory; set it again with `ponte secret set`")]
    OtherKey,
    /// No randomness.
    #[error("this machine gives no random bytes")]
    NoRandom,
}

/// Why a text can be no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Wherever an answer repeats it, it is hidden; a short one would hide half of every answer.
    #[error("a secret has 8 bytes or more: a shorter one cannot be told from ordinary words")]
    Short,
    /// Nothing takes it.
    #[error("a secret has at most 4,096 bytes")]
    Long,
    /// It would not fit into a header.
    #[error("a secret has no line breaks or other control characters within")]
    Control,
}

/// Whether a text can be a secret.
///
/// # Errors
/// Why not.
pub fn check_secret(secret: &str) -> Result<(), SecretError> {
    match secret.len() {
        ..8 => Err(SecretError::Short),
        4097.. => Err(SecretError::Long),
        _ if secret.contains(char::is_control) => Err(SecretError::Control),
        _ => Ok(()),
    }
}

impl Vault {
    /// The vault of a data directory; its key is made at the first use, for the owner's eyes only.
    ///
    /// # Errors
    /// The key cannot be read or written, or others may read it.
    pub fn open(data_dir: &Path) -> Result<Self, VaultError> {
        let path = data_dir.join(FILE);
        let wrong = |why: String| VaultError::File { path: path.display().to_string(), why };
        if !path.exists() {
            let mut key = [0; KEY_BYTES];
            rand::fill(&mut key).map_err(|_| VaultError::NoRandom)?;
            // Never over a key that somebody else has just made.
            let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
            match made.and_then(|mut file| file.write_all(hex::encode(key).as_bytes()).and_then(|()| file.sync_all())) {
                Ok(()) => return Ok(Self(key)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(wrong(format!("cannot be written: {error}"))),
            }
        }
        let read = |error: std::io::Error| wrong(format!("cannot be read: {error}"));
        let mode = std::fs::metadata(&path).map_err(read)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(wrong(format!("others may read it (mode {:o}); chmod 600 it", mode & 0o777)));
        }
        let text = std::fs::read_to_string(&path).map_err(read)?;
        let mut key = [0; KEY_BYTES];
        hex::decode_to_slice(text.trim(), &mut key)
            .map_err(|_| wrong("is no key of 64 hexadecimal digits; restore it from a backup".to_owned()))?;
        Ok(Self(key))
    }

    /// Whether the data directory has a key: without one nothing was ever sealed.
    pub fn exists(data_dir: &Path) -> bool {
        data_dir.join(FILE).exists()
    }

    fn key(&self) -> LessSafeKey {
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &self.0).expect("the key has the right length"))
    }

    /// Seals a secret of an installation. It opens for that installation and name only.
    ///
    /// # Errors
    /// [`VaultError::NoRandom`].
    pub fn seal(&self, installation: &str, name: &str, secret: &SecretString) -> Result<Vec<u8>, VaultError> {
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).map_err(|_| VaultError::NoRandom)?;
        let mut sealed = secret.expose_secret().as_bytes().to_vec();
        let bound = Aad::from(bound(installation, name));
        let nonce_used = Nonce::assume_unique_for_key(nonce);
        self.key().seal_in_place_append_tag(nonce_used, bound, &mut sealed).map_err(|_| VaultError::NoRandom)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`Vault::seal`] sealed.
    ///
    /// # Errors
    /// [`VaultError::OtherKey`].
    pub fn unseal(&self, installation: &str, name: &str, sealed: &[u8]) -> Result<SecretString, VaultError> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN).ok_or(VaultError::OtherKey)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| VaultError::OtherKey)?;
        let mut sealed = sealed.to_vec();
        let bound = Aad::from(bound(installation, name));
        let opened = self.key().open_in_place(nonce, bound, &mut sealed).map_err(|_| VaultError::OtherKey)?;
        let text = String::from_utf8(opened.to_vec()).map_err(|_| VaultError::OtherKey)?;
        Ok(text.into())
    }

    /// What stands in for a secret: always the same, and nobody can guess it, so that a customer cannot write it.
    pub fn stand_in(&self, installation: &str, name: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of every length");
        mac.update(b"stand-in");
        mac.update(&bound(installation, name));
        format!("ponte_secret_{}", hex::encode(&mac.finalize().into_bytes()[..12]))
    }
}

fn bound(installation: &str, name: &str) -> Vec<u8> {
    format!("{}:{installation}{name}", installation.len()).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_for_whom_it_was_sealed_and_for_nobody_else() {
        let dir = tempfile::tempdir().unwrap();
        let vault = Vault::open(dir.path()).unwrap();
        let secret = SecretString::from("s3cr3t-key-0001");
        let sealed = vault.seal("crm", "key", &secret).unwrap();
        assert!(!sealed.windows(6).any(|window| window == b"s3cr3t"));
        assert_ne!(sealed, vault.seal("crm", "key", &secret).unwrap(), "each time anew");
        let again = Vault::open(dir.path()).unwrap();
        assert_eq!(again.unseal("crm", "key", &sealed).unwrap().expose_secret(), "s3cr3t-key-0001");
        assert!(again.unseal("other", "key", &sealed).is_err());
        assert!(again.unseal("crm", "yek", &sealed).is_err());
        assert!(again.unseal("crm", "key", &sealed[..20]).is_err());
        assert_eq!(vault.stand_in("crm", "key"), again.stand_in("crm", "key"));
        assert_ne!(vault.stand_in("crm", "key"), vault.stand_in("cr", "mkey"));
        let other = tempfile::tempdir().unwrap();
        assert!(Vault::open(other.path()).unwrap().unseal("crm", "key", &sealed).is_err());
    }

    #[test]
    fn a_key_that_others_may_read_is_not_used() {
        let dir = tempfile::tempdir().unwrap();
        Vault::open(dir.path()).unwrap();
        let path = dir.path().join(FILE);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let error = Vault::open(dir.path()).unwrap_err().to_string();
        assert!(error.contains("chmod 600"), "{error}");
    }

    #[test]
    fn what_can_be_no_secret() {
        let long = "x".repeat(5000);
        for (text, error) in [
            ("short", SecretError::Short),
            (long.as_str(), SecretError::Long),
            ("a secret\nwith", SecretError::Control),
        ] {
            assert_eq!(check_secret(text), Err(error));
        }
        assert_eq!(check_secret("Basic dXNlcjpwYXNz"), Ok(()));
    }
}
