//! Release keys: the Ed25519 pair that makes a share trustworthy without a server that is.
//!
//! `release.pub` and `release.key` are text: 64 hexadecimal digits (the 32-byte public key; the 32-byte seed of
//! the private key, RFC 8032 section 5.1.5), lines that start with `#` are comments.

use std::fmt;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use ed25519_compact::{KeyPair, Seed};

use crate::report::artifacts::hex;
use crate::report::{BuildError, Problem};

#[cfg(test)]
mod tests;

/// File name of a public key.
pub const PUBLIC_FILE: &str = "release.pub";
/// File name of a private key.
pub const PRIVATE_FILE: &str = "release.key";

/// A key file is a line or two: what is larger is something else.
const MAX_FILE: u64 = 16 * 1024;

/// The public half of a pair.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(pub [u8; 32]);

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", hex(&self.0))
    }
}

/// The private half. It is never shown: there is no way to print it but [`ReleaseKey::to_text`].
pub struct ReleaseKey(KeyPair);

impl fmt::Debug for ReleaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReleaseKey(of {})", hex(&self.public().0))
    }
}

/// Where the private key of a build comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// A file like `release.key` (`private-key-file`).
    File(Utf8PathBuf),
    /// An environment variable with the file's content (`private-key-env`).
    Env(String),
}

impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "the file `{path}`"),
            Self::Env(name) => write!(f, "the environment variable {name}"),
        }
    }
}

/// Why there is no usable key.
#[derive(Debug)]
pub enum Error {
    /// The file cannot be read or written.
    Io {
        /// What was tried.
        what: &'static str,
        /// The file.
        path: Utf8PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The environment variable is not set, or not text.
    NoVariable {
        /// Its name.
        name: String,
    },
    /// What was read is no key. It never shows what was read.
    Malformed {
        /// Where it was read.
        origin: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The private key belongs to another public key.
    Mismatch {
        /// Where the private key was read.
        origin: String,
        /// The public key that belongs to it.
        has: PublicKey,
        /// The one of the manifest.
        wants: PublicKey,
    },
    /// A key file that stands where a new one shall be written.
    Exists {
        /// The file.
        path: Utf8PathBuf,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = self.problem();
        f.write_str(&problem.message)?;
        problem.why.iter().try_for_each(|why| write!(f, ": {why}"))?;
        problem.help.iter().try_for_each(|help| write!(f, "; {help}"))
    }
}

impl std::error::Error for Error {}

impl Error {
    /// It with its cause and way out.
    pub fn problem(&self) -> Problem {
        match self {
            Self::Io { what, path, source } => Problem::new(format!("cannot {what} the key file `{path}`"))
                .why(source)
                .help("`packager keygen` makes a pair of keys"),
            Self::NoVariable { name } => Problem::new(format!(
                "the environment variable {name}, which shall hold the private release key, is not set"
            ))
            .help("set it to the content of release.key, or name the file with `private-key-file`"),
            Self::Malformed { origin, why } => Problem::new(format!("{origin} holds no release key"))
                .why(*why)
                .help("a key is one line of 64 hexadecimal digits, as `packager keygen` writes it"),
            Self::Mismatch { origin, has, wants } => {
                Problem::new(format!("{origin} holds the private key of another pair than `public-key`"))
                    .why(format!(
                        "its public key is {}, the manifest's is {}: clients would refuse the release",
                        hex(&has.0),
                        hex(&wants.0)
                    ))
                    .help("give the private key that was made together with the public one")
            }
            Self::Exists { path } => Problem::new(format!("`{path}` exists and is not overwritten"))
                .why("installed clients trust only the key they know: a lost one ends their updates")
                .help("choose another folder: `packager keygen DIR`"),
        }
    }
}

impl From<Error> for BuildError {
    fn from(error: Error) -> Self {
        match error {
            // A file that the manifest names and that is not there is the manifest's fault.
            Error::Io { ref source, .. } if source.kind() != io::ErrorKind::NotFound => {
                Self::Environment(error.problem())
            }
            _ => Self::Input(error.problem()),
        }
    }
}

impl PublicKey {
    /// From the text of a `release.pub`; `origin` names it in errors.
    pub fn parse(text: &str, origin: &str) -> Result<Self, Error> {
        let bytes = parse_hex(text, origin)?;
        // Small-order and non-canonical points verify signatures that nobody made.
        ed25519_compact::PublicKey::new(bytes).validate().map_err(|_| Error::Malformed {
            origin: origin.to_owned(),
            why: "its digits are not a point of the curve that a key can have",
        })?;
        Ok(Self(bytes))
    }

    /// From a file.
    pub fn load(path: &Utf8Path) -> Result<Self, Error> {
        Self::parse(&read(path)?, &format!("the file `{path}`"))
    }

    /// The text of its file.
    pub fn to_text(self) -> String {
        format!(
            "# Public key of releases: goes into the manifest ([bootstrap] public-key) and to every client.\n{}\n",
            hex(&self.0)
        )
    }

    /// Whether `signature` is one of `message` by this key's owner.
    pub fn verify(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        let signature = ed25519_compact::Signature::new(*signature);
        ed25519_compact::PublicKey::new(self.0).verify(message, &signature).is_ok()
    }
}

impl ReleaseKey {
    /// A new random one, from the system's generator.
    pub fn generate() -> Self {
        Self(KeyPair::generate())
    }

    /// From the text of a `release.key`; `origin` names it in errors.
    pub fn parse(text: &str, origin: &str) -> Result<Self, Error> {
        let seed = Seed::new(parse_hex(text, origin)?);
        let pair = KeyPair::try_from_seed(seed)
            .map_err(|_| Error::Malformed { origin: origin.to_owned(), why: "it cannot be a seed" })?;
        Ok(Self(pair))
    }

    /// The key of a build, which must be the one of the manifest's public key.
    pub fn load(source: &KeySource, wants: PublicKey) -> Result<Self, Error> {
        let origin = source.to_string();
        let text = match source {
            KeySource::File(path) => read(path)?,
            KeySource::Env(name) => {
                std::env::var(name).map_err(|_| Error::NoVariable { name: name.clone() })?
            }
        };
        let key = Self::parse(&text, &origin)?;
        if key.public() != wants {
            return Err(Error::Mismatch { origin, has: key.public(), wants });
        }
        Ok(key)
    }

    /// Its public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(*self.0.pk)
    }

    /// The text of its file.
    pub fn to_text(&self) -> String {
        format!(
            "# PRIVATE key of releases: whoever has it can make every client install anything. Keep it out of\n\
             # version control and back it up: without it no client accepts a release any more.\n{}\n",
            hex(&*self.0.sk.seed())
        )
    }

    /// Signs; equal messages give equal signatures (RFC 8032, no added noise).
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        *self.0.sk.sign(message, None)
    }
}

fn read(path: &Utf8Path) -> Result<String, Error> {
    use std::io::Read as _;
    let failed = |source| Error::Io { what: "read", path: path.to_owned(), source };
    let mut text = Vec::new();
    std::fs::File::open(path).map_err(failed)?.take(MAX_FILE + 1).read_to_end(&mut text).map_err(failed)?;
    let malformed = |why| Error::Malformed { origin: format!("the file `{path}`"), why };
    if text.len() as u64 > MAX_FILE {
        return Err(malformed("it is larger than a key file ever is"));
    }
    String::from_utf8(text).map_err(|_| malformed("it is not text"))
}

/// 64 hexadecimal digits on one line, besides comments and empty lines.
fn parse_hex(text: &str, origin: &str) -> Result<[u8; 32], Error> {
    let malformed = |why| Error::Malformed { origin: origin.to_owned(), why };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let line = lines.next().ok_or_else(|| malformed("it is empty"))?;
    if lines.next().is_some() {
        return Err(malformed("it has more than one line of content"));
    }
    let digits: Option<Vec<u8>> =
        line.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.ok_or_else(|| malformed("it has a character that is no hexadecimal digit"))?;
    let bytes: Vec<u8> = digits
        .chunks_exact(2)
        .map(|pair| pair.iter().fold(0_u8, |byte, digit| byte.wrapping_shl(4) | digit))
        .collect();
    match <[u8; 32]>::try_from(bytes) {
        Ok(key) if digits.len() == 64 => Ok(key),
        _ => Err(malformed("it does not have 64 hexadecimal digits")),
    }
}

/// Writes a new pair into a folder (made when absent), the private file for its owner alone where the host knows
/// owners. Nothing is overwritten.
pub fn write_pair(dir: &Utf8Path, key: &ReleaseKey) -> Result<(Utf8PathBuf, Utf8PathBuf), Error> {
    let (public, private) = (dir.join(PUBLIC_FILE), dir.join(PRIVATE_FILE));
    std::fs::create_dir_all(dir).map_err(|source| Error::Io {
        what: "make the folder for",
        path: public.clone(),
        source,
    })?;
    if let Some(path) = [&public, &private].into_iter().find(|path| path.symlink_metadata().is_ok()) {
        return Err(Error::Exists { path: path.clone() });
    }
    write_new(&private, &key.to_text(), true)?;
    if let Err(e) = write_new(&public, &key.public().to_text(), false) {
        // Half a pair would only be in the way of the next try.
        let _ = std::fs::remove_file(&private);
        return Err(e);
    }
    Ok((public, private))
}

fn write_new(path: &Utf8Path, text: &str, private: bool) -> Result<(), Error> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    owner_only(&mut options, private);
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::AlreadyExists => Error::Exists { path: path.to_owned() },
        _ => Error::Io { what: "write", path: path.to_owned(), source },
    };
    let mut file = options.open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
}

#[cfg(unix)]
fn owner_only(options: &mut std::fs::OpenOptions, private: bool) {
    use std::os::unix::fs::OpenOptionsExt as _;
    if private {
        options.mode(0o600);
    }
}

/// Elsewhere a new file has the rights of its folder.
#[cfg(not(unix))]
fn owner_only(_: &mut std::fs::OpenOptions, _: bool) {}
