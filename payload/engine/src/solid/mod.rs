//! Unpacking the streams of a solid section ([`packager_shared::solid`]), one after the other, from front to back.
//! Nothing in them is trusted: every length is checked, and memory is what the section's list of streams announces.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`zstd`] | Zstandard frames |
//! | [`lzma2`], [`lzma`] | LZMA2 chunks, and the LZMA in them |
//! | [`x86`] | the x86 filter |
//! | [`history`] | what was unpacked last |
//! | [`input`] | packed bytes, read in large pieces |
//!
//! The decoders read and allocate nothing: they are given the bytes that they ask for.

mod history;
pub mod input;
mod lzma;
mod lzma2;
mod x86;
mod zstd;

use alloc::boxed::Box;

use packager_shared::overlay::Error;
use packager_shared::read_at::ReadAt;
use packager_shared::solid::{Filter, Method, Solid, Stream};

use history::History;
use input::Input;
use lzma2::Lzma2;
use x86::X86;
use zstd::Zstd;

/// Packed bytes that are read at once: more than the largest block or chunk.
const PACKED: usize = 2 * zstd::MOST_BLOCK;

/// The decoders; each is made for the first stream that needs it, and used for all.
struct Decoders {
    zstd: Option<Box<Zstd>>,
    lzma2: Option<Box<Lzma2>>,
    method: Method,
}

impl Decoders {
    fn start(&mut self, stream: &Stream) {
        self.method = stream.method;
        match stream.method {
            Method::Zstd => self.zstd.get_or_insert_with(|| Box::new(Zstd::new())).start(stream.window),
            Method::Lzma2 => self.lzma2.get_or_insert_with(|| Box::new(Lzma2::new())).start(),
        }
    }

    /// Bytes that the next step needs; nothing after the end.
    fn want(&self) -> Option<usize> {
        match self.method {
            Method::Zstd => self.zstd.as_ref()?.want(),
            Method::Lzma2 => self.lzma2.as_ref()?.want(),
        }
    }

    /// Goes on with at least the wanted bytes; says how many were used.
    fn step(&mut self, bytes: &[u8], history: &mut History) -> Option<usize> {
        match self.method {
            Method::Zstd => self.zstd.as_mut()?.step(bytes, history),
            Method::Lzma2 => self.lzma2.as_mut()?.step(bytes, history),
        }
    }
}

/// Unpacks streams.
pub struct Unpacker {
    input: Input,
    history: History,
    decoders: Decoders,
    filter: Option<X86>,
    filtered: bool,
}

impl Unpacker {
    /// One for all streams of a section: its window is the largest of theirs.
    pub fn new(solid: &Solid) -> Self {
        let window = solid.streams.iter().map(|(_, stream)| stream.window).max().unwrap_or(0);
        Self {
            input: Input::new(PACKED),
            history: History::new(window as usize),
            decoders: Decoders { zstd: None, lzma2: None, method: Method::Zstd },
            filter: None,
            filtered: false,
        }
    }

    /// Begins with a stream, whose first packed byte is at this position of the file.
    pub fn start(&mut self, at: u64, stream: &Stream) {
        self.input.start(at, stream.packed);
        self.history.start(stream.window as usize, stream.plain);
        self.decoders.start(stream);
        self.filtered = stream.filter == Filter::X86;
        if self.filtered {
            self.filter.get_or_insert_with(X86::new).start();
        }
    }

    /// The plain bytes that were unpacked last.
    pub fn data(&self) -> &[u8] {
        match &self.filter {
            Some(filter) if self.filtered => filter.data(),
            _ => self.history.data(),
        }
    }

    /// Unpacks the next bytes; `false` after the last.
    pub fn next<R: ReadAt>(&mut self, reader: &mut R) -> Result<bool, Error> {
        let Some(mut filter) = self.filter.take_if(|_| self.filtered) else {
            self.history.take(self.history.data().len());
            return self.unpack(reader);
        };
        filter.take();
        let mut end = false;
        loop {
            let count = filter.add(self.history.data());
            self.history.take(count);
            // What does not fit is there for the next time.
            if !self.history.data().is_empty() {
                break;
            }
            if !self.unpack(reader)? {
                end = true;
                break;
            }
        }
        filter.convert(end);
        let some = !filter.data().is_empty();
        self.filter = Some(filter);
        Ok(some)
    }

    /// Unpacks until there is something, or the stream has ended as it must.
    fn unpack<R: ReadAt>(&mut self, reader: &mut R) -> Result<bool, Error> {
        const DAMAGED: Error = Error::Damaged("a stream cannot be unpacked");
        while self.history.data().is_empty() || self.history.left() == 0 {
            let Some(want) = self.decoders.want() else {
                // All that there is was read, and all that was announced came.
                return match self.history.left() == 0 && self.input.is_at_end() {
                    true => Ok(!self.history.data().is_empty()),
                    false => Err(DAMAGED),
                };
            };
            let bytes = self.input.look(reader, want)?;
            let used = match bytes.len() < want {
                true => None,
                false => self.decoders.step(bytes, &mut self.history),
            };
            self.input.pass(used.ok_or(DAMAGED)?);
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests;
