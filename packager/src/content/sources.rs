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

    /// Appends the bytes `from..to` to `out`. All pieces that they touch are read, and compared with what was
    /// surveyed.
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
        let first = from / PIECE;
        let (whole_from, whole_to) = (first * PIECE, to.next_multiple_of(PIECE).min(size));
        let changed = |how: &str| Error::Changed { path: path.clone(), how: how.to_owned() };
        let mut file = File::open(path).map_err(io("cannot open", path))?;
        if whole_from > 0 {
            file.seek(SeekFrom::Start(whole_from)).map_err(io("cannot read", path))?;
        }
        let start = out.len();
        out.reserve((whole_to - whole_from) as usize);
        file.take(whole_to - whole_from).read_to_end(out).map_err(io("cannot read", path))?;
        let bytes = out.get(start..).unwrap_or_default();
        if bytes.len() as u64 != whole_to - whole_from {
            return Err(changed("it is shorter than a moment ago"));
        }
        for (bytes, expected) in bytes.chunks(PIECE as usize).zip(sums.iter().skip(first as usize)) {
            let mut found = sum();
            bytes.chunks(READ).for_each(|bytes| found.write(bytes));
            if found.finish() != *expected {
                return Err(changed("its content is not what it was a moment ago"));
            }
        }
        out.truncate(start + (to - whole_from) as usize);
        out.drain(start..start + (from - whole_from) as usize);
        Ok(())
    }
}
