//! The decoder, for hostile input.

use super::bits::Reader;
use super::calls;
use super::huffman::Table;
use super::layout::{
    ALIGNED, ALIGNED_BITS, CALL_FRAMES, FRAME, LENGTH_BASE, LENGTH_HEADERS, LENGTHS, LITERALS, MAIN_MAX,
    MATCH_MIN, PRETREE, PRETREE_BITS, REPEATS, SAME, SLOT_BASE, SLOT_BITS, WINDOW_MAX, WINDOW_MIN,
    ZEROS_LONG, ZEROS_SHORT, slots,
};

/// Why a frame cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The window is not of 2^15 to 2^21 bytes.
    Window,
    /// A frame of no bytes or more than 32,768, or one after the last, which alone may be shorter.
    FrameLength,
    /// A block of a kind that does not exist, or of no bytes.
    Block,
    /// The lengths of a tree are no complete code, or none that can be read.
    Tree,
    /// A codeword that has no meaning.
    Codeword,
    /// A match starts before the stream, or beyond the window.
    Offset,
    /// A match goes beyond its block or frame.
    Length,
    /// The data of a frame ends too early.
    End,
}

impl std::fmt::Display for Error {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str(match self {
            Error::Window => "the LZX window is not of 2^15 to 2^21 bytes",
            Error::FrameLength => "an LZX frame has a wrong length",
            Error::Block => "an LZX block has no known kind, or no bytes",
            Error::Tree => "the trees of an LZX block are no complete codes",
            Error::Codeword => "an LZX codeword has no meaning",
            Error::Offset => "an LZX match starts before the data",
            Error::Length => "an LZX match goes beyond its block",
            Error::End => "the data of an LZX frame ends too early",
        })
    }
}

impl std::error::Error for Error {}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Verbatim,
    Aligned,
    Uncompressed,
}

/// Decodes one stream, frame by frame. It holds a window, a frame and the tables of a block, and nothing that
/// grows with the input.
#[derive(Debug)]
pub struct Decoder {
    window: Vec<u8>,
    /// Plain bytes of all frames so far.
    position: u64,
    plain: Vec<u8>,
    slots: usize,
    /// The size of the program for the translation of calls; 0 for none, nothing before the first frame.
    program: Option<i32>,
    repeats: [u32; 3],
    kind: Kind,
    /// Bytes of the current block that are still to come.
    left: usize,
    /// The current block ends with a byte that means nothing.
    padded: bool,
    main_lengths: [u8; MAIN_MAX],
    length_lengths: [u8; LENGTHS],
    main: Table,
    length: Table,
    aligned: Table,
    pretree: Table,
    /// After an error, or the last frame, nothing can follow.
    ended: bool,
}

impl Decoder {
    /// A decoder of one stream with a window of 2^`window` bytes.
    ///
    /// # Errors
    /// [`Error::Window`] if it is not from 15 to 21.
    pub fn new(window: u32) -> Result<Self, Error> {
        if !(WINDOW_MIN..=WINDOW_MAX).contains(&window) {
            return Err(Error::Window);
        }
        Ok(Self {
            window: vec![0; 1 << window],
            position: 0,
            plain: Vec::with_capacity(FRAME),
            slots: slots(window),
            program: None,
            repeats: REPEATS,
            kind: Kind::Verbatim,
            left: 0,
            padded: false,
            main_lengths: [0; MAIN_MAX],
            length_lengths: [0; LENGTHS],
            main: Table::default(),
            length: Table::default(),
            aligned: Table::default(),
            pretree: Table::default(),
            ended: false,
        })
    }

    /// Decodes the next frame: `data` is its data alone, `plain` how many bytes it gives, 32,768 but for the
    /// last. What it gives is valid until the next call.
    ///
    /// # Errors
    /// Data that is no LZX. After an error every further call gives [`Error::FrameLength`].
    pub fn frame(&mut self, data: &[u8], plain: usize) -> Result<&[u8], Error> {
        if self.ended || plain == 0 || plain > FRAME {
            self.ended = true;
            return Err(Error::FrameLength);
        }
        self.ended = true;
        let start = (self.position % self.window.len() as u64) as usize;
        let program = self.unpack(data, start, plain)?;
        self.ended = plain < FRAME;
        self.plain.clear();
        self.plain.extend_from_slice(&self.window[start..start + plain]);
        if program != 0 && self.position / (FRAME as u64) < CALL_FRAMES {
            calls::restore(&mut self.plain, self.position as i32, program);
        }
        self.position += plain as u64;
        Ok(&self.plain)
    }

    fn unpack(&mut self, data: &[u8], start: usize, plain: usize) -> Result<i32, Error> {
        let mut reader = Reader::new(data);
        let program = match self.program {
            Some(program) => program,
            None if reader.bits(1) == 0 => 0,
            None => ((reader.bits(16) << 16) | reader.bits(16)) as i32,
        };
        self.program = Some(program);
        let mut bytes = data;
        let mut raw = self.left > 0 && self.kind == Kind::Uncompressed || self.padded;
        let (mut at, end) = (start, start + plain);
        while at < end {
            if raw && self.left == 0 {
                if self.padded {
                    bytes = bytes.split_first().map_or(&[], |(_, rest)| rest);
                    self.padded = false;
                }
                reader = Reader::new(bytes);
                raw = false;
            }
            if self.left == 0 {
                let header = self.header(&mut reader)?;
                if header {
                    bytes = reader.into_bytes();
                    reader = Reader::new(&[]);
                    bytes = self.read_repeats(bytes)?;
                    raw = true;
                }
            }
            let run = self.left.min(end - at);
            if raw {
                let (now, later) = bytes.split_at_checked(run).ok_or(Error::End)?;
                self.window[at..at + run].copy_from_slice(now);
                bytes = later;
            } else {
                self.block(&mut reader, at, at + run)?;
            }
            self.left -= run;
            at += run;
        }
        if raw && self.left == 0 && self.padded && !bytes.is_empty() {
            self.padded = false;
        }
        if !raw && reader.overrun() { Err(Error::End) } else { Ok(program) }
    }

    /// Reads a block's header. True if the block is uncompressed.
    fn header(&mut self, reader: &mut Reader) -> Result<bool, Error> {
        let kind = reader.bits(3);
        self.left = ((reader.bits(16) << 8) | reader.bits(8)) as usize;
        self.kind = match kind {
            1 => Kind::Verbatim,
            2 => Kind::Aligned,
            3 => Kind::Uncompressed,
            _ => return Err(Error::Block),
        };
        if self.left == 0 {
            return Err(Error::Block);
        }
        if self.kind == Kind::Uncompressed {
            self.padded = self.left % 2 == 1;
            return Ok(true);
        }
        if self.kind == Kind::Aligned {
            let mut lengths = [0; ALIGNED];
            lengths.fill_with(|| reader.bits(ALIGNED_BITS) as u8);
            set(&mut self.aligned, &lengths)?;
        }
        let main = LITERALS + LENGTH_HEADERS * self.slots;
        let (literals, matches) = self.main_lengths[..main].split_at_mut(LITERALS);
        read_lengths(reader, &mut self.pretree, literals)?;
        read_lengths(reader, &mut self.pretree, matches)?;
        set(&mut self.main, &self.main_lengths[..main])?;
        read_lengths(reader, &mut self.pretree, &mut self.length_lengths)?;
        set(&mut self.length, &self.length_lengths)?;
        if reader.overrun() { Err(Error::End) } else { Ok(false) }
    }

    fn read_repeats<'a>(&mut self, bytes: &'a [u8]) -> Result<&'a [u8], Error> {
        let mut rest = bytes;
        for repeat in &mut self.repeats {
            let (value, later) = rest.split_first_chunk::<4>().ok_or(Error::End)?;
            *repeat = u32::from_le_bytes(*value);
            rest = later;
        }
        Ok(rest)
    }

    /// Decodes a block's bytes from `at` to `end` of the window.
    fn block(&mut self, reader: &mut Reader, mut at: usize, end: usize) -> Result<(), Error> {
        let [mut first, mut second, mut third] = self.repeats;
        let size = self.window.len();
        // What the window holds of the stream before it wraps for the first time.
        let wrapped = self.position >= size as u64;
        while at < end {
            reader.refill();
            let (element, bits) = self.main.decode(reader.peek()).ok_or(Error::Codeword)?;
            reader.skip(bits);
            let Some(element) = element.checked_sub(LITERALS) else {
                self.window[at] = element as u8;
                at += 1;
                continue;
            };
            let mut length = MATCH_MIN + element % LENGTH_HEADERS;
            if length == LENGTH_BASE {
                let (more, bits) = self.length.decode(reader.peek()).ok_or(Error::Codeword)?;
                reader.skip(bits);
                length += more;
                reader.refill();
            }
            let offset = match element / LENGTH_HEADERS {
                0 => first,
                1 => {
                    (first, second) = (second, first);
                    first
                }
                2 => {
                    (first, third) = (third, first);
                    first
                }
                slot => {
                    let offset = self.offset(reader, slot)?;
                    (first, second, third) = (offset, first, second);
                    offset
                }
            } as usize;
            if length > end - at {
                // Also where the block goes on in the next frame: a match never does.
                return Err(Error::Length);
            }
            if offset == 0 || offset > at && (!wrapped || offset > size) {
                return Err(Error::Offset);
            }
            copy(&mut self.window, at, offset, length);
            at += length;
        }
        self.repeats = [first, second, third];
        Ok(())
    }

    #[inline]
    fn offset(&self, reader: &mut Reader, slot: usize) -> Result<u32, Error> {
        let (Some(base), Some(bits)) = (SLOT_BASE.get(slot), SLOT_BITS.get(slot)) else {
            return Err(Error::Codeword);
        };
        let bits = u32::from(*bits);
        let low = if self.kind == Kind::Aligned && bits >= ALIGNED_BITS {
            let high = reader.take(bits - ALIGNED_BITS) << ALIGNED_BITS;
            let (low, used) = self.aligned.decode(reader.peek()).ok_or(Error::Codeword)?;
            reader.skip(used);
            high + low as u32
        } else {
            reader.take(bits)
        };
        Ok(base + low - 2)
    }
}

/// Copies within the ring, byte by byte where source and target overlap or the source wraps.
#[inline]
fn copy(window: &mut [u8], at: usize, offset: usize, length: usize) {
    if offset <= at && offset >= length {
        window.copy_within(at - offset..at - offset + length, at);
        return;
    }
    let mut from = if offset <= at { at - offset } else { at + window.len() - offset };
    for to in at..at + length {
        if from == window.len() {
            from = 0;
        }
        window[to] = window[from];
        from += 1;
    }
}

fn set(table: &mut Table, lengths: &[u8]) -> Result<(), Error> {
    if table.set(lengths) { Ok(()) } else { Err(Error::Tree) }
}

/// Reads a pretree, and with it lengths as differences from those of the block before.
fn read_lengths(reader: &mut Reader, pretree: &mut Table, lengths: &mut [u8]) -> Result<(), Error> {
    let mut code = [0; PRETREE];
    code.fill_with(|| reader.bits(PRETREE_BITS) as u8);
    set(pretree, &code)?;
    let next = |reader: &mut Reader| {
        reader.refill();
        let (symbol, bits) = pretree.decode(reader.peek()).ok_or(Error::Tree)?;
        reader.skip(bits);
        Ok(symbol)
    };
    let mut at = 0;
    while at < lengths.len() {
        let symbol = next(reader)?;
        let (count, change) = match symbol {
            ZEROS_SHORT => (4 + reader.bits(4) as usize, None),
            ZEROS_LONG => (20 + reader.bits(5) as usize, None),
            SAME => (4 + reader.bits(1) as usize, Some(next(reader)?)),
            change => (1, Some(change)),
        };
        let value = match change {
            None => 0,
            Some(change @ 0..=16) => ((17 + usize::from(lengths[at]) - change) % 17) as u8,
            Some(_) => return Err(Error::Tree),
        };
        lengths.get_mut(at..at + count).ok_or(Error::Tree)?.fill(value);
        at += count;
    }
    Ok(())
}
