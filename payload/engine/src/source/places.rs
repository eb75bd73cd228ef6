//! Folders and web sites with the same release. The first that has it serves; when it fails in the middle, the next one
//! goes on. None of them is trusted: what comes has the size and the digest that the release's signature covers, or it is
//! not used.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::exit::Exit;
use packager_shared::ids;
use packager_shared::index::Entry;
use packager_shared::release::{self, Sealed};

use super::stream::{Broken, Stream, is_web, name};
use super::{Meter, cancelled, read_whole};
use crate::System;
use crate::buffer::{Buffer, PIECE};
use crate::failure::{Failure, Outcome};
use crate::text;
use crate::transaction::stage::{Staged, mismatch};

/// How often a download is asked for again when there is no other place, and when there is one.
const TRIES: (u32, u32) = (8, 2);

/// Places with the same release; the first is the one in use.
#[derive(Clone, Debug)]
pub struct Places(Vec<String>);

impl Places {
    /// Places in the order in which they are tried.
    pub fn new(roots: &[String]) -> Self {
        Self(roots.to_vec())
    }

    /// The place in use.
    pub fn current(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }

    /// Reads a file of the release.
    pub fn read<S: System>(&mut self, system: &mut S, file: &str, sealed: &Sealed) -> Outcome<Vec<u8>> {
        let Sealed { size, sha256 } = *sealed;
        let entry = Entry { path: String::from(file), size, sha256, pe_version: None, keep: false };
        let mut bytes = Vec::new();
        self.fetch(system, file, &entry, &mut None, &mut bytes, &mut Meter { done: 0, total: size })?;
        Ok(bytes)
    }

    /// Copies a file of the release; the copy is what was verified. It is open until [`System::settle`].
    pub fn copy<S: System>(
        &mut self,
        system: &mut S,
        file: &str,
        to: &str,
        entry: &Entry,
        meter: &mut Meter,
    ) -> Outcome<()> {
        self.stage(system, file, to, entry, meter)?.finish_behind(system)
    }

    fn stage<S: System>(
        &mut self,
        system: &mut S,
        file: &str,
        to: &str,
        entry: &Entry,
        meter: &mut Meter,
    ) -> Outcome<Staged<S>> {
        let mut staged = Some(Staged::create(system, to)?);
        self.fetch(system, file, entry, &mut staged, &mut Vec::new(), meter)?;
        staged.ok_or_else(|| mismatch(entry))
    }

    /// Copies one file, by itself.
    pub fn copy_alone<S: System>(
        &mut self,
        system: &mut S,
        file: &str,
        to: &str,
        entry: &Entry,
    ) -> Outcome<()> {
        let mut meter = Meter { done: 0, total: entry.size };
        self.stage(system, file, to, entry, &mut meter)?.finish(system)
    }

    fn fetch<S: System>(
        &mut self,
        system: &mut S,
        file: &str,
        entry: &Entry,
        staged: &mut Option<Staged<S>>,
        bytes: &mut Vec<u8>,
        meter: &mut Meter,
    ) -> Outcome<()> {
        let before = meter.done;
        let mut first: Option<Failure> = None;
        let mut patched = false;
        loop {
            let failure = match self.fetch_here(system, file, entry, staged, bytes, meter, &mut patched) {
                // What this machine cannot do, no other place helps with.
                Err(failure) if matches!(failure.exit, Exit::CannotOpen | Exit::Damaged) => failure,
                outcome => return outcome,
            };
            // What was put together of two downloads may be wrong because a server counts otherwise.
            let once_more = core::mem::take(&mut patched) && failure.exit == Exit::Damaged && first.is_none();
            if !once_more {
                system.log(&text::join(&["source ", self.current(), ": ", &failure.text]));
            }
            let first = &*first.get_or_insert(failure);
            if !once_more {
                if self.0.len() < 2 {
                    return Err(first.clone());
                }
                self.0.remove(0);
            }
            if let Some(staged) = staged {
                staged.again(system)?;
            }
            bytes.clear();
            meter.done = before;
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one call site")]
    fn fetch_here<S: System>(
        &mut self,
        system: &mut S,
        file: &str,
        entry: &Entry,
        staged: &mut Option<Staged<S>>,
        bytes: &mut Vec<u8>,
        meter: &mut Meter,
        patched: &mut bool,
    ) -> Outcome<()> {
        let tries = if self.0.len() > 1 { TRIES.1 } else { TRIES.0 };
        let mut stream = Stream::open(system, self.current(), file, Some(entry.size))?;
        let mut buffer = Buffer::new(PIECE);
        loop {
            cancelled(system)?;
            let outcome = stream.read(system, &mut buffer, tries);
            *patched = stream.is_patched();
            let count = outcome?;
            let Some(piece) = buffer.get(..count).filter(|piece| !piece.is_empty()) else { break };
            match staged {
                Some(staged) => staged.write(system, entry, piece)?,
                None if (bytes.len() + count) as u64 > entry.size => return Err(mismatch(entry)),
                None => bytes.extend_from_slice(piece),
            }
            meter.add(system, count);
        }
        match staged {
            Some(staged) => staged.check(entry),
            None if bytes.len() as u64 == entry.size && ids::sha256(bytes) == entry.sha256 => Ok(()),
            None => Err(mismatch(entry)),
        }
    }
}

/// Reads the head of the release in a place: all that is read of it when there is nothing to do.
pub fn read_head<S: System>(system: &mut S, root: &str) -> Result<Vec<u8>, Broken> {
    const FILE: &str = "release.idx";
    if !is_web(root) {
        return Ok(read_whole(system, &name(root, FILE), release::MOST)?);
    }
    let mut stream = Stream::open(system, root, FILE, None)?;
    let mut bytes = Vec::new();
    let mut buffer = alloc::vec![0; 1 << 12];
    loop {
        let count = stream.piece(system, &mut buffer)?;
        match buffer.get(..count) {
            Some(piece) if !piece.is_empty() => bytes.extend_from_slice(piece),
            _ => return Ok(bytes),
        }
        if bytes.len() as u64 > release::MOST {
            return Err(Failure::about(Exit::Damaged, "a file is longer than it may be", FILE).into());
        }
    }
}
