//! Where contents are read from when they are compressed, and whether they still are what was surveyed.

use std::fs::File;
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::{Read as _, Seek as _, SeekFrom};

use camino::Utf8PathBuf;
use foldhash::quality::{FixedState, FoldHasher};

use super::Error;
use super::error::io;

/// Bytes that have a sum of their own, so that parts of a large file can be looked after by themselves.
pub(super) const PIECE: u64 = 1 << 20;

/// Bytes that are read and summed up at a time: small enough to stay in the processor's cache from hash to hash.
pub(super) const READ: usize = 128 << 10;

/// Sums up a piece, [`READ`] by [`READ`]: finds a file that somebody writes to while it is packed, in a fraction of SHA-256's time.
pub(super) fn sum() -> FoldHasher<'static> {
    FixedState::with_seed(0).build_hasher()
}

/// Where a file's content is.
#[derive(Debug)]
pub(super) enum Source {
    /// In a file of so many bytes, whose pieces have these sums.
    Disk(Utf8PathBuf, u64, Vec<u64>),
    /// Here.
    Memory(Vec<u8>),
}

impl Source {
    pub fn memory(bytes: &[u8]) -> Self {
        Self::Memory(bytes.to_vec())
    }

    /// Appends the bytes `from..to` to `out`. Pieces that are among them as a whole are compared with what was
    /// surveyed; `progress` is told of bytes.
    pub fn read(&self, from: u64, to: u64, out: &mut Vec<u8>) -> Result<(), Error> {
        let (path, size, sums) = match self {
            Self::Memory(bytes) => {
                out.extend_from_slice(bytes.get(from as usize..to as usize).unwrap_or_default());
                return Ok(());
            }
            Self::Disk(path, size, sums) => (path, *size, sums),
        };
        if from >= to {
            return Ok(());
        }
        let changed = |how: &str| Error::Changed { path: path.clone(), how: how.to_owned() };
        let mut file = File::open(path).map_err(io("cannot open", path))?;
        if from > 0 {
            file.seek(SeekFrom::Start(from)).map_err(io("cannot read", path))?;
        }
        let start = out.len();
        out.reserve((to - from) as usize);
        file.take(to - from).read_to_end(out).map_err(io("cannot read", path))?;
        let bytes = out.get(start..).unwrap_or_default();
        if bytes.len() as u64 != to - from {
            return Err(changed("it is shorter than a moment ago"));
        }
        // The first whole piece starts at the first multiple of PIECE; the last of a file may be short.
        let first = from.div_ceil(PIECE);
        let rest = bytes.get((first * PIECE - from) as usize..).unwrap_or_default();
        let whole = sums.get(first as usize..).unwrap_or_default();
        for (bytes, expected) in rest.chunks(PIECE as usize).zip(whole) {
            if bytes.len() as u64 == PIECE || to == size {
                let mut found = sum();
                bytes.chunks(READ).for_each(|bytes| found.write(bytes));
                if found.finish() != *expected {
                    return Err(changed("its content is not what it was a moment ago"));
                }
            }
        }
        Ok(())
    }
}
