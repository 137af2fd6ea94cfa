//! Demo keys: made on first run, on this machine, for whoever has no issuer. Never shipped.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use identity::Claims;
use identity::demo::{DemoKeys, Terms};
use jiff::Timestamp;

use crate::codes::ClientCode;
use crate::exit::Exit;
use crate::failure::Failure;

/// The folder in the data directory.
const FOLDER: &str = "demo-keys";

/// The private key, readable by its owner alone.
const PRIVATE_FILE: &str = "private.pem";

/// The public half, which the server checks tokens with.
const PUBLIC_FILE: &str = "public.json";

/// The demo keys of a data directory.
pub(crate) struct KeyRing {
    keys: DemoKeys,
    folder: PathBuf,
}

impl KeyRing {
    /// Reads the keys of a data directory, or makes them.
    ///
    /// # Errors
    /// The folder cannot be written, or what is there is no key.
    pub(crate) fn open(data_dir: &Path) -> Result<Self, Failure> {
        let folder = data_dir.join(FOLDER);
        let private = folder.join(PRIVATE_FILE);
        let failed = |what: &str, cause: &dyn std::fmt::Display| {
            Failure::new(
                Exit::Usage,
                ClientCode::DemoKeys,
                format!("cannot {what} {}: {cause}", folder.display()),
                "name a folder of your own with --data-dir or KEZEK_DATA_DIR",
            )
        };
        if !private.exists() {
            make(&folder).map_err(|cause| failed("make demo keys in", &cause))?;
        }
        let pem = fs::read_to_string(&private).map_err(|cause| failed("read the demo keys in", &cause))?;
        let keys = DemoKeys::from_pem(&pem).map_err(|cause| failed("use the demo keys in", &cause))?;
        // written each time: two first runs at once end with the public half of the key that won
        write_whole(&folder, PUBLIC_FILE, keys.jwks().as_bytes(), 0o644)
            .map_err(|cause| failed("write the public key in", &cause))?;
        Ok(Self { keys, folder })
    }

    /// The keys themselves, for whoever signs many tokens.
    pub(crate) fn keys(&self) -> DemoKeys {
        self.keys.clone()
    }

    /// The file with the public half.
    pub(crate) fn public_file(&self) -> PathBuf {
        self.folder.join(PUBLIC_FILE)
    }

    /// Signs a token.
    ///
    /// # Errors
    /// Nobody can be what it would say.
    pub(crate) fn token(
        &self,
        claims: &Claims,
        issuer: &str,
        audience: &str,
        lifetime_seconds: u32,
    ) -> Result<String, Failure> {
        let terms = Terms {
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            token_id: Some(uuid::Uuid::now_v7().to_string()),
            issued_at: Timestamp::now(),
            lifetime_seconds,
        };
        self.keys.sign(claims, &terms).map_err(|cause| {
            let why =
                std::error::Error::source(&cause).map_or_else(|| cause.to_string(), ToString::to_string);
            let next =
                "name a duty officer's station with --station, a crew's unit with --unit, and nobody else's";
            Failure::new(Exit::Usage, ClientCode::Token, format!("no such token can be: {why}"), next)
        })
    }

    /// Keeps a token in a file that only its owner can read, and says where.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn keep(&self, name: &str, token: &str) -> Result<PathBuf, Failure> {
        let file = format!("{name}.token");
        write_whole(&self.folder, &file, token.as_bytes(), 0o600).map_err(|cause| {
            Failure::usage(format!("cannot write {}: {cause}", self.folder.join(&file).display()))
        })?;
        Ok(self.folder.join(file))
    }
}

/// Draws a seed and writes the key it makes, unless another process was first.
fn make(folder: &Path) -> std::io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let mut seed = [0; 32];
    File::open("/dev/urandom")?.read_exact(&mut seed)?;
    let keys = DemoKeys::generate(seed).map_err(std::io::Error::other)?;
    let written = format!("{PRIVATE_FILE}.{}", std::process::id());
    write_whole(folder, &written, keys.to_pem().as_bytes(), 0o600)?;
    let linked = fs::hard_link(folder.join(&written), folder.join(PRIVATE_FILE));
    fs::remove_file(folder.join(&written))?;
    match linked {
        Err(cause) if cause.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

/// Writes a file whole or not at all.
fn write_whole(folder: &Path, name: &str, content: &[u8], mode: u32) -> std::io::Result<()> {
    let beside = folder.join(format!(".{name}.{}", std::process::id()));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&beside)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&beside, folder.join(name))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use identity::{Expectations, Role, Verifier};

    use super::*;

    #[test]
    fn keys_are_made_once_and_only_their_owner_reads_them() {
        let data_dir = tempfile::tempdir().unwrap();
        let first = KeyRing::open(data_dir.path()).unwrap();
        let again = KeyRing::open(data_dir.path()).unwrap();
        assert_eq!(first.keys.name(), again.keys.name());
        let mode = |file: &str| {
            fs::metadata(data_dir.path().join(FOLDER).join(file)).unwrap().permissions().mode() & 0o777
        };
        assert_eq!(mode(PRIVATE_FILE), 0o600);
        assert!(!fs::read_to_string(first.public_file()).unwrap().contains("PRIVATE"));
        first.keep("operator", "token").unwrap();
        assert_eq!(mode("operator.token"), 0o600);
    }

    #[test]
    fn its_tokens_are_good_for_whoever_has_the_public_half() {
        let data_dir = tempfile::tempdir().unwrap();
        let ring = KeyRing::open(data_dir.path()).unwrap();
        let claims = Claims {
            name: "operator".to_owned(),
            role: Role::Operator,
            centre: "bishkek".parse().unwrap(),
            desk: None,
            station: None,
            unit: None,
        };
        let token = ring.token(&claims, "kezek", "kezek", 60).unwrap();
        let public = fs::read_to_string(ring.public_file()).unwrap();
        let keys = identity::Keys::from_jwks(&public).unwrap();
        let verifier = Verifier::new(keys, Expectations::new("kezek", "kezek")).unwrap();
        let header = format!("Bearer {token}");
        assert_eq!(verifier.check(&[header.as_str()], Timestamp::now()).unwrap().name(), "operator");
        let crew = Claims { role: Role::Crew, ..claims };
        let failure = ring.token(&crew, "kezek", "kezek", 60).unwrap_err();
        assert_eq!(failure.exit.code(), 2);
    }
}
