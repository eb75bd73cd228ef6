//! The encoder.

use std::ops::Range;

use super::blocks::Splitter;
use super::calls;
use super::emit::Emitter;
use super::layout::{CALL_FRAMES, FRAME, WINDOW_MAX, WINDOW_MIN, offset_max};
use super::matcher::rows;
use super::parse::lazy::Lazy;
use super::parse::near_optimal::{self, NearOptimal};
use super::sequence::Sequence;

/// Version of the encoder's output: it grows when other bytes come out of the same input.
pub const VERSION: u32 = 1;

/// How hard the encoder works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    /// Lazy parsing.
    #[default]
    Fast,
    /// Near-optimal parsing.
    Normal,
    /// Near-optimal parsing with all effort that still pays.
    Max,
}

/// What the encoder shall do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Size of the window as a power of two, from 15 to 21. A decoder has to be told of it.
    pub window: u32,
    /// How hard to work.
    pub level: Level,
}

impl Default for Options {
    fn default() -> Self {
        Self { window: WINDOW_MAX, level: Level::default() }
    }
}

/// Bytes behind the stream that matchers may read.
const MARGIN: usize = 8;

/// Encodes streams one after another. It keeps its memory, and nothing else, from one to the next.
#[derive(Debug)]
pub struct Encoder {
    plain: Vec<u8>,
    sequences: Vec<Sequence>,
    /// The sequences of the current block.
    block: Vec<Sequence>,
    parser: Parser,
    splitter: Splitter,
    emitter: Emitter,
    /// Plain bytes of the stream.
    total: u64,
    /// Those of the pieces so far.
    position: u64,
}

#[derive(Debug)]
enum Parser {
    Lazy(Lazy),
    NearOptimal(Box<NearOptimal>),
}

impl Parser {
    fn new(level: Level, offset_max: u32) -> Self {
        let near_optimal = |depth, enough, passes| {
            let effort = near_optimal::Effort { depth, enough, passes };
            Self::NearOptimal(Box::new(NearOptimal::new(offset_max, effort)))
        };
        match level {
            Level::Fast => Self::Lazy(Lazy::new(offset_max, rows::Effort { depth: 8, enough: 64 })),
            Level::Normal => near_optimal(None, 32, 1),
            Level::Max => near_optimal(Some(32), 128, 2),
        }
    }

    fn reset(&mut self) {
        match self {
            Self::Lazy(parser) => parser.reset(),
            Self::NearOptimal(parser) => parser.reset(),
        }
    }

    /// Forgets what came before, as [`Self::reset`], but for what a decoder still knows: the last offsets.
    fn forget(&mut self) {
        match self {
            Self::Lazy(parser) => parser.forget(),
            Self::NearOptimal(parser) => parser.forget(),
        }
    }

    /// Parses a frame.
    fn frame(&mut self, plain: &[u8], range: Range<usize>, sequences: &mut Vec<Sequence>) {
        match self {
            Self::Lazy(parser) => parser.frame(plain, range.start, range.end, sequences),
            Self::NearOptimal(parser) => parser.frame(plain, range, sequences),
        }
    }

    /// Makes what it gave for a block better.
    fn block(&mut self, plain: &[u8], range: Range<usize>, sequences: &mut Vec<Sequence>) {
        match self {
            Self::Lazy(_) => {}
            Self::NearOptimal(parser) => parser.block(plain, range, sequences),
        }
    }
}

impl Encoder {
    /// An encoder; a window outside 15 to 21 becomes the nearest.
    pub fn new(options: Options) -> Self {
        let window = options.window.clamp(WINDOW_MIN, WINDOW_MAX);
        Self {
            plain: Vec::new(),
            sequences: Vec::new(),
            block: Vec::new(),
            parser: Parser::new(options.level, offset_max(window)),
            splitter: Splitter::default(),
            emitter: Emitter::new(window),
            total: 0,
            position: 0,
        }
    }

    /// Encodes `plain`, a whole stream of less than 2 GB, and gives `frame` the data of each frame: of 32,768
    /// plain bytes, the last one of the rest. Frames are at most 38,912 bytes long. No bytes give no frame.
    pub fn encode(&mut self, plain: &[u8], frame: &mut dyn FnMut(&[u8])) {
        self.begin(plain.len() as u64);
        self.piece(plain, frame);
        self.end(frame);
    }

    /// Begins a stream of `total` bytes, less than 2 GB, which comes in pieces: what [`Self::encode`] does, in memory
    /// that does not grow with the stream.
    pub fn begin(&mut self, total: u64) {
        self.parser.reset();
        self.total = total;
        self.position = 0;
    }

    /// Encodes the next piece of whole frames, the last one perhaps shorter. Matches do not reach from piece to
    /// piece.
    pub fn piece(&mut self, plain: &[u8], frame: &mut dyn FnMut(&[u8])) {
        if plain.is_empty() {
            return;
        }
        let program = i32::try_from(self.total).unwrap_or(i32::MAX).max(1);
        let translated = self.prepare(plain, program);
        if self.position == 0 {
            // Whether there are calls in later pieces is not known.
            let program = if translated || self.total > plain.len() as u64 { program as u32 } else { 0 };
            self.emitter.start(program);
        } else {
            self.parser.forget();
        }
        self.position += plain.len() as u64;
        self.splitter.reset();
        self.sequences.clear();
        let mut ready = Vec::new();
        // First plain byte of the first sequence that is kept.
        let mut kept = 0;
        let mut start = 0;
        while start < plain.len() {
            let end = plain.len().min(start + FRAME);
            let parsed = self.sequences.len();
            self.parser.frame(&self.plain, start..end, &mut self.sequences);
            self.splitter.add(&self.plain[start..end], &self.sequences[parsed..], &mut ready);
            if end == plain.len() {
                self.splitter.finish(&mut ready);
            }
            for count in ready.drain(..) {
                self.block.clear();
                self.block.extend(self.sequences.drain(..count));
                let bytes: usize = self.block.iter().map(Sequence::plain).sum();
                self.parser.block(&self.plain, kept..kept + bytes, &mut self.block);
                self.emitter.block(&self.plain[kept..kept + bytes], &self.block, frame);
                kept += bytes;
            }
            start = end;
        }
    }

    /// Ends the stream: gives what is left of its last frame.
    pub fn end(&mut self, frame: &mut dyn FnMut(&[u8])) {
        if self.position > 0 {
            self.emitter.finish(frame);
        }
    }

    /// Copies a piece and translates its calls, for a program of so many bytes. Says whether there were any.
    fn prepare(&mut self, plain: &[u8], program: i32) -> bool {
        self.plain.clear();
        self.plain.reserve(plain.len() + MARGIN);
        self.plain.extend_from_slice(plain);
        let mut translated = false;
        let first = self.position / FRAME as u64;
        for (number, frame) in (first..CALL_FRAMES).zip(self.plain.chunks_mut(FRAME)) {
            // Below 2^15 frames of 2^15 bytes.
            translated |= calls::translate(frame, (number * FRAME as u64) as i32, program);
        }
        self.plain.resize(plain.len() + MARGIN, 0);
        translated
    }
}
