//! Four gigabytes of what large products have: texts, programs that resemble each other, media that nothing compresses.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::random::Random;
use super::words::Language;
use crate::failure::{Context, Failure, Result};
use crate::{command, place};

/// Bytes of all files.
const BYTES: u64 = 4_000_000_000;
/// Bytes that must be free: the files, what is built from them, and what is extracted again to look at it.
const FREE: u64 = 16_000_000_000;
const SMALLEST: usize = 1 << 10;
const LARGEST: usize = 200_000_000;
/// Of a hundred bytes: text, and media. The rest are programs, so that an MSI stays below its 2 GB.
const TEXT: u64 = 35;
const MEDIA: u64 = 15;
/// Bytes that are taken from a DLL in one piece, at most; one byte of each such many is changed.
const PIECE: usize = 256 << 10;
const CHANGED: usize = 900;

/// What a file is made of.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Program,
    Media,
}

/// Writes the files.
pub fn write(dlls: &Path, folder: &Path) -> Result<()> {
    enough_space(folder)?;
    let dlls = super::files(dlls)?.iter().map(|path| place::read(path)).collect::<Result<Vec<_>>>()?;
    let language = Language::new();
    let (mut written, mut of_kind) = (0, [0_u64; 3]);
    let mut number = 0_u64;
    while written < BYTES {
        let mut random = Random::new(number);
        let kind = next_kind(of_kind, written);
        let rest = usize::try_from(BYTES - written).unwrap_or(LARGEST);
        let size = size(&mut random, number).min(rest);
        let mut bytes = Vec::with_capacity(size + PIECE);
        let name = match kind {
            Kind::Text => {
                language.write(&mut random, &mut bytes, size);
                "txt"
            }
            Kind::Program => {
                pieces(&dlls, &mut random, &mut bytes, size);
                "bin"
            }
            Kind::Media => {
                random.fill(&mut bytes, size);
                "dat"
            }
        };
        place::write(&folder.join(format!("{:03}/{number:06}.{name}", number / 100)), &bytes)?;
        written += size as u64;
        of_kind[kind as usize] += size as u64;
        number += 1;
    }
    Ok(())
}

/// The kind that has the least of its part.
fn next_kind(of_kind: [u64; 3], written: u64) -> Kind {
    if of_kind[Kind::Text as usize] * 100 < written * TEXT {
        Kind::Text
    } else if of_kind[Kind::Media as usize] * 100 < written * MEDIA {
        Kind::Media
    } else {
        Kind::Program
    }
}

/// Each power of two from the smallest to the largest is as likely as the next; two files are as large as can be.
fn size(random: &mut Random, number: u64) -> usize {
    if matches!(number, 3 | 4) {
        return LARGEST;
    }
    let doublings = random.below((LARGEST / SMALLEST).ilog2() as usize);
    let base = SMALLEST << doublings;
    base + random.below(base)
}

/// Pieces of DLLs, each with a few bytes changed.
fn pieces(dlls: &[Vec<u8>], random: &mut Random, bytes: &mut Vec<u8>, size: usize) {
    let end = bytes.len() + size;
    while bytes.len() < end {
        let dll = &dlls[random.below(dlls.len())];
        let start = random.below(dll.len());
        let count = (1 + random.below(PIECE)).min(dll.len() - start);
        let at = bytes.len();
        bytes.extend_from_slice(&dll[start..start + count]);
        for place in (at..bytes.len()).step_by(CHANGED) {
            let place = (place + random.below(CHANGED)).min(bytes.len() - 1);
            bytes[place] = bytes[place].wrapping_add(1);
        }
    }
    bytes.truncate(end);
}

fn enough_space(folder: &Path) -> Result<()> {
    let said = command::output(Command::new("df").args(["--output=avail", "-B1"]).arg(folder))?;
    let free: u64 = said.lines().last().and_then(|line| line.trim().parse().ok()).unwrap_or_default();
    if free < FREE {
        let text = format!("{} has {free} bytes free, {FREE} are needed", folder.display());
        return Err(Failure::new(text));
    }
    Ok(())
}

/// Removes them.
pub fn remove() -> Result<()> {
    let folder = super::cached("mix")?;
    if folder.is_dir() {
        fs::remove_dir_all(&folder).context(|| format!("removing {}", folder.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{LARGEST, SMALLEST, pieces, size};
    use crate::bench::inputs::random::Random;

    #[test]
    fn sizes_keep_to_their_range() {
        let mut random = Random::new(1);
        for number in 0..10_000 {
            let size = size(&mut random, number);
            assert!((SMALLEST..=LARGEST).contains(&size), "{size}");
        }
    }

    #[test]
    fn pieces_resemble_their_source() {
        let source: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        let mut bytes = Vec::new();
        pieces(&[source], &mut Random::new(1), &mut bytes, 50_000);
        assert_eq!(bytes.len(), 50_000);
        let counting = bytes.windows(8).filter(|w| {
            let word = |at: usize| u32::from_le_bytes([w[at], w[at + 1], w[at + 2], w[at + 3]]);
            word(0).wrapping_add(1) == word(4)
        });
        assert!(counting.count() > 10_000);
    }
}
