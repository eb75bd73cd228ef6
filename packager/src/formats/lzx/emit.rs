//! Writing blocks, and cutting their bits into frames.

use super::bits::Writer;
use super::huffman::{codewords, lengths};
use super::layout::{
    ALIGNED, ALIGNED_BITS, BlockKind, CODE_MAX, FRAME, LENGTH_HEADERS, LENGTHS, LITERALS, MAIN_MAX, PRETREE,
    PRETREE_BITS, REPEATS, SAME, SLOT_BASE, SLOT_BITS, ZEROS_LONG, ZEROS_SHORT, slot, slots,
};
use super::sequence::{Repeats, Sequence};
use super::statistics::{Statistics, elements};

/// By how many bytes the data of a frame may have outgrown its plain bytes before its last block starts. A block
/// that goes beyond is written plain. So a frame stays far below 32,768 + 6,144 bytes.
const EXCESS: usize = 2_048;

/// About how many bytes the trees of a block take.
const TREES: u64 = 100;

/// Bits of a code of each tree.
#[derive(Clone, Debug)]
struct Lengths {
    main: [u8; MAIN_MAX],
    length: [u8; LENGTHS],
    aligned: [u8; ALIGNED],
}

/// Lengths, and the codewords above them: a codeword and its length in one number.
#[derive(Debug)]
struct Codes {
    lengths: Lengths,
    main: [u32; MAIN_MAX],
    length: [u32; LENGTHS],
    aligned: [u32; ALIGNED],
}

/// Writes the blocks of one stream.
#[derive(Debug)]
pub struct Emitter {
    writer: Writer,
    /// Plain bytes of the current frame so far.
    filled: usize,
    main: usize,
    previous: Lengths,
    /// As a decoder has them at the start of the next block.
    repeats: Repeats,
    codes: Codes,
    scratch: Vec<u64>,
    runs: Vec<(u8, u8)>,
}

const NO_LENGTHS: Lengths = Lengths { main: [0; MAIN_MAX], length: [0; LENGTHS], aligned: [0; ALIGNED] };

impl Emitter {
    /// An emitter for a window of 2^`window` bytes.
    pub fn new(window: u32) -> Self {
        let codes =
            Codes { lengths: NO_LENGTHS, main: [0; MAIN_MAX], length: [0; LENGTHS], aligned: [0; ALIGNED] };
        Self {
            writer: Writer::default(),
            filled: 0,
            main: LITERALS + LENGTH_HEADERS * slots(window),
            previous: NO_LENGTHS,
            repeats: REPEATS,
            codes,
            scratch: Vec::new(),
            runs: Vec::new(),
        }
    }

    /// Starts a stream, in which calls are translated for a program of this size; 0 for not.
    pub fn start(&mut self, program: u32) {
        self.writer.clear();
        self.filled = 0;
        self.previous = NO_LENGTHS;
        self.repeats = REPEATS;
        self.writer.put(u32::from(program != 0), 1);
        if program != 0 {
            self.writer.put(program >> 16, 16);
            self.writer.put(program & 0xFFFF, 16);
        }
    }

    /// Writes a block of `sequences`, which stand for all of `plain`.
    pub fn block(&mut self, plain: &[u8], sequences: &[Sequence], frame: &mut dyn FnMut(&[u8])) {
        if !self.coded(plain, sequences, frame) {
            // Only what a single frame has goes uncompressed, or codes that suit it may help.
            let mut plain = plain;
            let mut sequences = sequences;
            while !sequences.is_empty() {
                let (count, bytes) = within(sequences, FRAME - self.filled);
                let (now, later) = sequences.split_at(count);
                let (here, rest) = plain.split_at(bytes);
                if !self.coded(here, now, frame) {
                    self.stored(here, now, frame);
                }
                (sequences, plain) = (later, rest);
            }
        }
    }

    /// Ends the last frame.
    pub fn finish(&mut self, frame: &mut dyn FnMut(&[u8])) {
        if self.filled > 0 {
            self.end_frame(frame);
        }
    }

    /// Writes a block with codes of its own, unless plain bytes are shorter or a frame would grow too much.
    fn coded(&mut self, plain: &[u8], sequences: &[Sequence], frame: &mut dyn FnMut(&[u8])) -> bool {
        let mut statistics = Statistics::default();
        statistics.count(plain, sequences);
        let codes = &mut self.codes;
        lengths(&statistics.main, CODE_MAX, &mut self.scratch, &mut codes.lengths.main);
        lengths(&statistics.length, CODE_MAX, &mut self.scratch, &mut codes.lengths.length);
        lengths(&statistics.aligned, 7, &mut self.scratch, &mut codes.lengths.aligned);
        let sum = |frequencies: &[u32], lengths: &[u8]| -> u64 {
            frequencies.iter().zip(lengths).map(|(count, bits)| u64::from(*count) * u64::from(*bits)).sum()
        };
        let low =
            u64::from(ALIGNED_BITS) * statistics.aligned.iter().map(|count| u64::from(*count)).sum::<u64>();
        let low_aligned =
            sum(&statistics.aligned, &codes.lengths.aligned) + (ALIGNED as u64) * u64::from(ALIGNED_BITS);
        let kind = if low_aligned < low { BlockKind::Aligned } else { BlockKind::Verbatim };
        let bits = sum(&statistics.main, &codes.lengths.main)
            + sum(&statistics.length, &codes.lengths.length)
            + statistics.extra
            + low.min(low_aligned);
        if bits / 8 + TREES > plain.len() as u64 {
            return false;
        }
        if bits / 8 > EXCESS as u64 && !self.fits(plain, sequences, kind) {
            return false;
        }
        self.header(kind, plain.len());
        self.trees(kind);
        self.codes.set();
        self.body(kind, plain, sequences, frame);
        for sequence in sequences {
            sequence.apply(&mut self.repeats);
        }
        true
    }

    /// Whether no frame of the block outgrows its plain bytes by too much.
    fn fits(&self, mut plain: &[u8], mut sequences: &[Sequence], kind: BlockKind) -> bool {
        let lengths = &self.codes.lengths;
        let mut filled = self.filled;
        let mut bits = self.writer.len();
        while !sequences.is_empty() {
            let (count, bytes) = within(sequences, FRAME - filled);
            let (now, later) = sequences.split_at(count);
            let mut rest = plain;
            for sequence in now {
                let (literals, behind) = rest.split_at(usize::from(sequence.literals));
                bits +=
                    literals.iter().map(|byte| usize::from(lengths.main[usize::from(*byte)])).sum::<usize>();
                rest = &behind[usize::from(sequence.length)..];
                if sequence.length > 0 {
                    let slot = slot(sequence.formatted);
                    let (element, length) = elements(slot, usize::from(sequence.length));
                    bits += usize::from(lengths.main[element]) + usize::from(SLOT_BITS[slot]);
                    bits += length.map_or(0, |length| usize::from(lengths.length[length]));
                    if kind == BlockKind::Aligned && u32::from(SLOT_BITS[slot]) >= ALIGNED_BITS {
                        bits += usize::from(lengths.aligned[sequence.formatted as usize % ALIGNED]);
                    }
                }
            }
            filled += bytes;
            if bits / 8 > filled + EXCESS {
                return false;
            }
            (sequences, plain) = (later, &plain[bytes..]);
            (filled, bits) = (0, 0);
        }
        true
    }

    /// Writes plain bytes of one frame. What is odd of them goes into blocks of one byte: where the byte is that
    /// fills up an odd block at the end of a frame, decoders do not agree about.
    fn stored(&mut self, plain: &[u8], sequences: &[Sequence], frame: &mut dyn FnMut(&[u8])) {
        for sequence in sequences {
            sequence.apply(&mut self.repeats);
        }
        let head = self.filled % 2;
        let (head, rest) = plain.split_at(head.min(plain.len()));
        let (middle, tail) = rest.split_at(rest.len() & !1);
        self.single(head, frame);
        if !middle.is_empty() {
            self.header(BlockKind::Uncompressed, middle.len());
            self.writer.align(true);
            for repeat in self.repeats {
                self.writer.bytes.extend_from_slice(&repeat.to_le_bytes());
            }
            self.writer.bytes.extend_from_slice(middle);
            self.advance(middle.len(), frame);
        }
        self.single(tail, frame);
    }

    fn single(&mut self, plain: &[u8], frame: &mut dyn FnMut(&[u8])) {
        let [byte] = plain else { return };
        self.codes.lengths = NO_LENGTHS;
        self.codes.lengths.main[usize::from(*byte)] = 1;
        self.codes.lengths.main[usize::from(*byte == 0)] = 1;
        self.header(BlockKind::Verbatim, 1);
        self.trees(BlockKind::Verbatim);
        self.codes.set();
        self.body(BlockKind::Verbatim, plain, &[Sequence { literals: 1, ..Sequence::default() }], frame);
    }

    fn header(&mut self, kind: BlockKind, plain: usize) {
        self.writer.put(kind as u32, 3);
        self.writer.put(plain as u32, 24);
    }

    fn trees(&mut self, kind: BlockKind) {
        if kind == BlockKind::Aligned {
            for length in self.codes.lengths.aligned {
                self.writer.put(u32::from(length), ALIGNED_BITS);
            }
        }
        let (literals, matches) = self.codes.lengths.main[..self.main].split_at(LITERALS);
        let (literals_before, matches_before) = self.previous.main[..self.main].split_at(LITERALS);
        let parts = [
            (literals, literals_before),
            (matches, matches_before),
            (&self.codes.lengths.length[..], &self.previous.length[..]),
        ];
        for (lengths, before) in parts {
            self.runs.clear();
            runs(lengths, before, &mut self.runs);
            pretree(&mut self.writer, &self.runs, &mut self.scratch);
        }
        self.previous = self.codes.lengths.clone();
    }

    fn body(
        &mut self,
        kind: BlockKind,
        mut plain: &[u8],
        sequences: &[Sequence],
        frame: &mut dyn FnMut(&[u8]),
    ) {
        let aligned = kind == BlockKind::Aligned;
        for sequence in sequences {
            let (literals, rest) = plain.split_at(usize::from(sequence.literals));
            for literal in literals {
                put(&mut self.writer, self.codes.main[usize::from(*literal)]);
            }
            plain = &rest[usize::from(sequence.length)..];
            if sequence.length > 0 {
                let slot = slot(sequence.formatted);
                let (element, length) = elements(slot, usize::from(sequence.length));
                put(&mut self.writer, self.codes.main[element]);
                if let Some(length) = length {
                    put(&mut self.writer, self.codes.length[length]);
                }
                let low = sequence.formatted - SLOT_BASE[slot];
                let bits = u32::from(SLOT_BITS[slot]);
                if aligned && bits >= ALIGNED_BITS {
                    self.writer.put(low >> ALIGNED_BITS, bits - ALIGNED_BITS);
                    put(&mut self.writer, self.codes.aligned[low as usize % ALIGNED]);
                } else {
                    self.writer.put(low, bits);
                }
            }
            self.advance(sequence.plain(), frame);
        }
    }

    #[inline]
    fn advance(&mut self, plain: usize, frame: &mut dyn FnMut(&[u8])) {
        self.filled += plain;
        debug_assert!(self.filled <= FRAME);
        if self.filled == FRAME {
            self.end_frame(frame);
        }
    }

    fn end_frame(&mut self, frame: &mut dyn FnMut(&[u8])) {
        self.writer.align(false);
        frame(&self.writer.bytes);
        self.writer.bytes.clear();
        self.filled = 0;
    }
}

impl Codes {
    fn set(&mut self) {
        fn pack(lengths: &[u8], codes: &mut [u32]) {
            codewords(lengths, codes);
            for (code, length) in codes.iter_mut().zip(lengths) {
                *code = (*code << 5) | u32::from(*length);
            }
        }
        pack(&self.lengths.main, &mut self.main);
        pack(&self.lengths.length, &mut self.length);
        pack(&self.lengths.aligned, &mut self.aligned);
    }
}

#[inline]
fn put(writer: &mut Writer, code: u32) {
    writer.put(code >> 5, code & 31);
}

/// How many sequences stand for the next `plain` bytes or fewer, and for how many.
fn within(sequences: &[Sequence], plain: usize) -> (usize, usize) {
    let mut bytes = 0;
    for (count, sequence) in sequences.iter().enumerate() {
        if bytes + sequence.plain() > plain {
            return (count, bytes);
        }
        bytes += sequence.plain();
    }
    (sequences.len(), bytes)
}

/// Turns lengths into pretree codes, each with the number that follows it; single lengths as differences from `before`.
fn runs(lengths: &[u8], before: &[u8], runs: &mut Vec<(u8, u8)>) {
    let change = |at: usize| (17 + before[at] - lengths[at]) % 17;
    let mut at = 0;
    while at < lengths.len() {
        let value = lengths[at];
        let mut run = lengths[at..].iter().take_while(|length| **length == value).count();
        if value == 0 {
            while run >= 20 {
                let count = run.min(51);
                runs.push((ZEROS_LONG as u8, (count - 20) as u8));
                (at, run) = (at + count, run - count);
            }
            if run >= 4 {
                let count = run.min(19);
                runs.push((ZEROS_SHORT as u8, (count - 4) as u8));
                (at, run) = (at + count, run - count);
            }
        } else {
            while run >= 4 {
                let count = run.min(5);
                runs.push((SAME as u8, (count - 4) as u8));
                runs.push((change(at), 0));
                (at, run) = (at + count, run - count);
            }
        }
        for at in at..at + run {
            runs.push((change(at), 0));
        }
        at += run;
    }
}

fn pretree(writer: &mut Writer, runs: &[(u8, u8)], scratch: &mut Vec<u64>) {
    let mut frequencies = [0; PRETREE];
    for (code, _) in runs {
        frequencies[usize::from(*code)] += 1;
    }
    let mut code_lengths = [0; PRETREE];
    lengths(&frequencies, 15, scratch, &mut code_lengths);
    let mut codes = [0; PRETREE];
    codewords(&code_lengths, &mut codes);
    for length in code_lengths {
        writer.put(u32::from(length), PRETREE_BITS);
    }
    for (code, number) in runs {
        let code = usize::from(*code);
        writer.put(codes[code], u32::from(code_lengths[code]));
        let bits = match code {
            ZEROS_SHORT => 4,
            ZEROS_LONG => 5,
            SAME => 1,
            _ => 0,
        };
        writer.put(u32::from(*number), bits);
    }
}
