//! Compressed contents that are kept from build to build, in a folder.
//!
//! What is compressed together has a name: the SHA-256 of what makes it and of the hashes of what is in it. A file of the
//! folder has that name, holds what it became, and ends with the SHA-256 of all that: a damaged one counts as absent.
//! Whoever may write into the folder decides what builds that use it deliver, as with the payload itself.
//!
//! Builds may share a folder at the same time. What was not used for longest goes when it holds more than
//! [`Cache::MOST`] bytes.

use std::fs::{self, File};
use std::io::{Read as _, Write};
use std::time::SystemTime;

use camino::{Utf8Path, Utf8PathBuf};
use packager_shared::ids::hex;
use sha2::{Digest as _, Sha256};

use super::error::io;
use super::hash::HashingWriter;
use super::spool::Spool;
use super::{Error, Hashed};

/// The first bytes of an entry: format and its version.
const MAGIC: &[u8; 8] = b"PKGPACK\x01";
/// Bytes before and after the data: magic and a number, a digest.
const AROUND: usize = 8 + 4 + 32;

/// A folder with compressed contents.
#[derive(Debug)]
pub struct Cache {
    folder: Utf8PathBuf,
}

/// The name of what is compressed together, in the making.
pub(super) struct Key(Sha256);

impl Key {
    /// `kind` of result, `version` of what makes it, and how it does.
    pub fn new(kind: &str, version: u32, how: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(format!("{kind}\0{version}\0{how}\0"));
        Self(hash)
    }

    /// A range of a file's content.
    pub fn add(&mut self, file: Option<&Hashed>, from: u64, to: u64) {
        self.0.update(file.map_or([0; 32], |file| file.sha256));
        self.0.update(from.to_le_bytes());
        self.0.update(to.to_le_bytes());
    }

    pub fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

impl Cache {
    /// The most bytes that stay in the folder after a build.
    pub const MOST: u64 = 10 << 30;

    /// A cache in a folder, which is made when absent.
    pub fn open(folder: &Utf8Path) -> Result<Self, Error> {
        fs::create_dir_all(folder).map_err(io("cannot create the cache", folder))?;
        Ok(Self { folder: folder.to_owned() })
    }

    fn path(&self, name: &str) -> Utf8PathBuf {
        self.folder.join(name.get(..2).unwrap_or_default()).join(name)
    }

    /// What a name stands for, and the number that goes with it. `None`: there is none that is whole.
    pub(super) fn get(&self, name: &str) -> Option<(Spool, u32)> {
        let path = self.path(name);
        let mut file = File::open(&path).ok()?;
        let bytes = file.metadata().ok()?.len().checked_sub(AROUND as u64)?;
        let mut left = bytes;
        let mut head = [0; MAGIC.len() + 4];
        file.read_exact(&mut head).ok()?;
        let number = head.strip_prefix(MAGIC)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))?;
        let mut hash = Sha256::new();
        hash.update(head);
        let mut buffer = vec![0; 1 << 17];
        while left > 0 {
            let count = left.min(buffer.len() as u64) as usize;
            let bytes = buffer.get_mut(..count)?;
            file.read_exact(bytes).ok()?;
            hash.update(&*bytes);
            left -= count as u64;
        }
        let mut digest = [0; 32];
        file.read_exact(&mut digest).ok()?;
        if hash.finalize()[..] != digest {
            return None;
        }
        // The order of use is the order of times. Nothing depends on it but what goes first.
        if let Ok(file) = File::options().append(true).open(&path) {
            let _ = file.set_modified(SystemTime::now());
        }
        // Entries appear whole under their names, and nobody writes to them afterwards.
        Some((Spool::of(file, (MAGIC.len() + 4) as u64, bytes), number))
    }

    /// Keeps data. A cache that cannot be written to makes a build slower, not wrong, so nobody is told.
    pub(super) fn put(&self, name: &str, data: &mut Spool, number: u32) {
        let path = self.path(name);
        let Some(parent) = path.parent() else { return };
        let mut write = || -> std::io::Result<()> {
            fs::create_dir_all(parent)?;
            let out = tempfile::NamedTempFile::new_in(parent)?;
            let mut file = HashingWriter { out, hash: Sha256::new() };
            file.write_all(MAGIC)?;
            file.write_all(&number.to_le_bytes())?;
            data.copy_to(&mut file)?;
            let HashingWriter { mut out, hash } = file;
            out.write_all(&hash.finalize())?;
            out.persist(&path)?;
            Ok(())
        };
        let _ = write();
    }

    /// Removes what was not used for longest, until no more than `most` bytes are left.
    pub fn trim(&self, most: u64) {
        let mut entries = Vec::new();
        for entry in walkdir::WalkDir::new(&self.folder).min_depth(2).max_depth(2).into_iter().flatten() {
            let Ok(metadata) = entry.metadata() else { continue };
            let name = entry.file_name().to_string_lossy().into_owned();
            // Nothing but entries is touched, whatever folder this is.
            let is_entry = name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
            if metadata.is_file() && is_entry && metadata.len() >= AROUND as u64 {
                let used = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                entries.push((used, entry.into_path(), metadata.len()));
            }
        }
        entries.sort();
        let mut all: u64 = entries.iter().map(|(_, _, bytes)| bytes).sum();
        for (_, path, bytes) in entries {
            if all <= most {
                break;
            }
            if fs::remove_file(path).is_ok() {
                all = all.saturating_sub(bytes);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(cache: &Cache, name: &str) -> Option<(Vec<u8>, u32)> {
        let (mut data, number) = cache.get(name)?;
        let mut out = Vec::new();
        data.copy_to(&mut out).unwrap();
        assert_eq!(data.len(), out.len() as u64);
        Some((out, number))
    }

    fn put(cache: &Cache, name: &str, data: &[u8], number: u32) {
        let mut spool = Spool::new(&cache.folder);
        spool.write_all(data).unwrap();
        cache.put(name, &mut spool, number);
    }

    fn cache() -> (tempfile::TempDir, Cache) {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::open(&Utf8Path::from_path(dir.path()).unwrap().join("deep/er")).unwrap();
        (dir, cache)
    }

    fn name(seed: u8) -> String {
        hex(&Sha256::digest([seed]))
    }

    #[test]
    fn what_is_put_is_got() {
        let (_dir, cache) = cache();
        assert_eq!(get(&cache, &name(1)), None);
        put(&cache, &name(1), b"abc", 7);
        put(&cache, &name(2), b"", 0);
        assert_eq!(get(&cache, &name(1)), Some((b"abc".to_vec(), 7)));
        assert_eq!(get(&cache, &name(2)), Some((Vec::new(), 0)));
    }

    #[test]
    fn damaged_entries_are_absent() {
        let (_dir, cache) = cache();
        put(&cache, &name(1), b"abc", 7);
        let path = cache.path(&name(1));
        let good = fs::read(&path).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            fs::write(&path, &bad).unwrap();
            assert_eq!(get(&cache, &name(1)), None, "{at}");
            fs::write(&path, &good[..at]).unwrap();
            assert_eq!(get(&cache, &name(1)), None, "cut at {at}");
        }
        put(&cache, &name(1), b"abc", 7);
        assert_eq!(get(&cache, &name(1)), Some((b"abc".to_vec(), 7)));
    }

    #[test]
    fn what_was_not_used_for_longest_goes_and_nothing_else() {
        let (_dir, cache) = cache();
        let foreign = cache.folder.join("ab").join("notes.txt");
        fs::create_dir_all(foreign.parent().unwrap()).unwrap();
        fs::write(&foreign, vec![0; 1000]).unwrap();
        for seed in 0..4 {
            put(&cache, &name(seed), &[seed; 100], 0);
            let file = File::options().append(true).open(cache.path(&name(seed))).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(u64::from(seed) + 1))
                .unwrap();
        }
        assert!(get(&cache, &name(0)).is_some(), "used now");
        cache.trim(300);
        let left: Vec<u8> = (0..4).filter(|seed| get(&cache, &name(*seed)).is_some()).collect();
        assert_eq!(left, [0, 3]);
        assert!(foreign.exists());
    }
}
