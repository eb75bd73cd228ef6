//! The hashes the outputs want of a file.

use std::io::{self, Write};

use md5::Md5;
use sha2::{Digest as _, Sha256};

/// The four columns HashPart1 to HashPart4 of the MsiFileHash table.
pub type MsiHash = [i32; 4];

/// What MsiGetFileHash says of these bytes: their MD5 as four little-endian words, and zeros for an empty
/// file (Microsoft documents neither; Wine's tests, which also run on Windows, expect both).
pub fn msi_hash(bytes: &[u8]) -> MsiHash {
    let mut hasher = Hasher::new(true);
    hasher.update(bytes);
    hasher.finish().1.unwrap_or_default()
}

/// SHA-256, and the MSI hash where it is wanted, of bytes that come in pieces.
pub(super) struct Hasher {
    sha256: Sha256,
    md5: Option<Md5>,
    empty: bool,
}

impl Hasher {
    pub fn new(msi: bool) -> Self {
        Self { sha256: Sha256::new(), md5: msi.then(Md5::new), empty: true }
    }

    pub fn update(&mut self, bytes: &[u8]) {
        self.empty &= bytes.is_empty();
        self.sha256.update(bytes);
        if let Some(md5) = &mut self.md5 {
            md5.update(bytes);
        }
    }

    pub fn finish(self) -> ([u8; 32], Option<MsiHash>) {
        let empty = self.empty;
        let msi = self.md5.map(|md5| {
            let digest: [u8; 16] = md5.finalize().into();
            let (words, _) = digest.as_chunks::<4>();
            let mut hash = MsiHash::default();
            for (part, word) in hash.iter_mut().zip(words).filter(|_| !empty) {
                *part = i32::from_le_bytes(*word);
            }
            hash
        });
        (self.sha256.finalize().into(), msi)
    }
}

/// Passes on what is written, and hashes it.
#[derive(Debug, Default)]
pub(super) struct HashingWriter<W> {
    pub out: W,
    pub hash: Sha256,
}

impl<W: Write> Write for HashingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.hash.update(bytes.get(..count).unwrap_or_default());
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
