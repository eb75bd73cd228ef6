//! The files of one release for one architecture (`files.idx`).

use alloc::string::String;
use alloc::vec::Vec;

use crate::wire::{Error, Reader, Result, Writer};
use crate::{path, plan_codec, sort};

/// A SHA-256 digest.
pub type Digest = [u8; 32];

/// One installed file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Path below the install directory, with backslashes, in the payload's own case.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the content.
    pub sha256: Digest,
    /// File version from the PE version resource, when there is one.
    pub pe_version: Option<[u16; 4]>,
    /// Written when absent, never compared, repaired or removed.
    pub keep: bool,
}

/// The files of a release, sorted by lower-case path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    /// One entry a file.
    pub entries: Vec<Entry>,
}

/// First bytes of `files.idx`: format name and version.
const MAGIC: &[u8; 8] = b"PKGFIDX\x01";

/// Flag bits of an entry.
const KEEP: u8 = 1;
const HAS_VERSION: u8 = 2;

impl Index {
    /// Sorts by canonical path: the order that [`encode`] wants.
    pub fn sort(&mut self) {
        sort::by(&mut self.entries, &mut |a, b| path::compare(&a.path, &b.path));
    }

    /// The entry of a path; case does not matter.
    pub fn find(&self, name: &str) -> Option<&Entry> {
        self.entries.get(self.place(name)?)
    }

    /// Where the entry of a path is; case does not matter.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.entries.binary_search_by(|entry| path::compare(&entry.path, name)).ok()
    }

    /// Bytes of all files together.
    pub fn total_size(&self) -> u64 {
        self.entries.iter().fold(0, |sum, entry| sum.saturating_add(entry.size))
    }
}

/// The index as bytes, with the digest of the plan that belongs to it ([`crate::plan::digest`]). The entries must be sorted
/// ([`Index::sort`]) and unique, or [`decode`] refuses what is written.
pub fn encode(index: &Index, plan: &Digest) -> Vec<u8> {
    let mut w = Writer::new();
    w.raw(MAGIC);
    w.raw(plan);
    w.list(&index.entries, |w, entry| {
        w.string(&entry.path);
        w.u64(entry.size);
        w.raw(&entry.sha256);
        let version = if entry.pe_version.is_some() { HAS_VERSION } else { 0 };
        w.u8(version | if entry.keep { KEEP } else { 0 });
        if let Some(version) = &entry.pe_version {
            plan_codec::version(w, version);
        }
    });
    w.bytes
}

/// Reads what [`encode`] wrote: the index and the digest of its plan. Paths that may not be installed, that are
/// out of order or that collide are errors.
pub fn decode(bytes: &[u8]) -> Result<(Index, Digest)> {
    let mut r = Reader::new(bytes);
    r.expect(MAGIC, "this is no file index that this program can read");
    let plan = r.digest();
    let entries = r.list(|r| {
        let at = r.position();
        let path = r.string();
        if path::check(&path).is_err() {
            r.fail_at(at, "a path is none that may be installed");
        }
        let size = r.u64();
        let sha256 = r.digest();
        let flags = r.u8();
        if flags & !(KEEP | HAS_VERSION) != 0 {
            r.fail("a flag is unknown");
        }
        let pe_version = if flags & HAS_VERSION != 0 { Some(plan_codec::read_version(r)) } else { None };
        Entry { path, size, sha256, pe_version, keep: flags & KEEP != 0 }
    });
    let at = r.position();
    r.finish()?;
    for pair in entries.windows(2) {
        if let [a, b] = pair
            && path::compare(&a.path, &b.path) != core::cmp::Ordering::Less
        {
            return Err(Error { what: "the paths are not sorted, or one stands there twice", at });
        }
    }
    if path::sorted_collision(entries.iter().map(|entry| entry.path.as_str())).is_some() {
        return Err(Error { what: "a path is a file and a folder at once", at });
    }
    Ok((Index { entries }, plan))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str) -> Entry {
        Entry {
            path: path.into(),
            size: 300,
            sha256: [7; 32],
            pe_version: Some([1, 2, 3, 65535]),
            keep: true,
        }
    }

    #[test]
    fn comes_back() {
        let mut index = Index { entries: alloc::vec![entry("b\\C"), entry("A"), entry("b-")] };
        index.sort();
        let bytes = encode(&index, &[9; 32]);
        assert_eq!(decode(&bytes), Ok((index.clone(), [9; 32])));
        for cut in 0..bytes.len() {
            assert!(decode(&bytes[..cut]).is_err());
        }
        assert!(decode(&[&bytes[..], &[0]].concat()).is_err());
        assert_eq!(index.find("B\\c").map(|e| e.path.as_str()), Some("b\\C"));
    }

    #[test]
    fn order_doubles_and_bad_paths_are_refused() {
        for paths in [&["b", "a"][..], &["a", "A"], &["..\\a"], &["a", "a\\b"]] {
            let entries = paths.iter().map(|path| entry(path)).collect();
            assert!(decode(&encode(&Index { entries }, &[0; 32])).is_err(), "{paths:?}");
        }
    }
}
