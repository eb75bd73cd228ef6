//! Blocks are compressed by workers and come back in order.
//!
//! The workers are threads of their own, not the global pool's: whoever feeds the pipeline waits for it, and
//! a pool whose threads all wait stands still.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use super::layout::{BLOCK, DATA, Method, data_checksum};
use crate::formats::deflate::{Encoder, Level};

/// Blocks that go to a worker together.
const BATCH_BLOCKS: usize = 16;
/// Plain bytes of a full batch, without its history.
pub(super) const BATCH: usize = BATCH_BLOCKS * BLOCK;

/// Plain bytes, behind the ones before them in the same folder.
struct Batch {
    bytes: Vec<u8>,
    history: usize,
}

/// What became of a batch.
pub(super) struct Done {
    /// CFDATA structures, ready to be written.
    pub data: Vec<u8>,
    /// How many.
    pub blocks: u32,
    /// The batch's memory, to be used again.
    spent: Vec<u8>,
}

struct Job {
    batch: Batch,
    reply: SyncSender<Done>,
}

/// A bounded pipeline of workers.
pub(super) struct Pipeline {
    jobs: Option<SyncSender<Job>>,
    pending: VecDeque<Receiver<Done>>,
    workers: Vec<JoinHandle<()>>,
    filling: Batch,
    spare: Vec<Vec<u8>>,
    depth: usize,
}

/// A worker ended before its work.
#[derive(Debug)]
pub(super) struct WorkerLost;

impl Pipeline {
    pub fn new(method: Method, threads: NonZeroUsize) -> std::io::Result<Self> {
        // Enough in flight that nobody waits, and a bound on memory: half a megabyte of plain text each.
        let depth = threads.get().saturating_mul(2).saturating_add(2);
        let (jobs, queue) = sync_channel::<Job>(depth);
        let queue = Arc::new(Mutex::new(queue));
        let workers = (0..threads.get())
            .map(|number| {
                let queue = Arc::clone(&queue);
                std::thread::Builder::new()
                    .name(format!("cabinet-{number}"))
                    .spawn(move || work(&queue, Coder::new(method)))
            })
            .collect::<std::io::Result<Vec<_>>>()?;
        let filling = Batch { bytes: Vec::with_capacity(BLOCK + BATCH), history: 0 };
        Ok(Self { jobs: Some(jobs), pending: VecDeque::new(), workers, filling, spare: Vec::new(), depth })
    }

    /// Plain bytes that still fit into the batch at hand; never zero.
    pub fn room(&self) -> usize {
        (self.filling.history + BATCH).saturating_sub(self.filling.bytes.len())
    }

    /// Takes at most [`Self::room`] bytes. `true`: the batch is full and must be sent on.
    pub fn fill(&mut self, bytes: &[u8]) -> bool {
        self.filling.bytes.extend_from_slice(bytes);
        self.room() == 0
    }

    /// Whether a result must be taken before a batch is sent.
    pub fn is_full(&self) -> bool {
        self.pending.len() >= self.depth
    }

    /// Sends the batch at hand; `false` when it is empty. At the end of a folder the next one starts without
    /// history.
    pub fn send(&mut self, end_of_folder: bool) -> Result<bool, WorkerLost> {
        let mut next = self.spare.pop().unwrap_or_else(|| Vec::with_capacity(BLOCK + BATCH));
        next.clear();
        if !end_of_folder {
            // A batch that does not end a folder ends with a full block.
            let from = self.filling.bytes.len().saturating_sub(BLOCK);
            next.extend_from_slice(self.filling.bytes.get(from..).unwrap_or_default());
        }
        let history = next.len();
        let batch = std::mem::replace(&mut self.filling, Batch { bytes: next, history });
        if batch.bytes.len() == batch.history {
            self.spare.push(batch.bytes);
            return Ok(false);
        }
        let (reply, done) = sync_channel(1);
        self.pending.push_back(done);
        let jobs = self.jobs.as_ref().ok_or(WorkerLost)?;
        jobs.send(Job { batch, reply }).map_err(|_| WorkerLost)?;
        Ok(true)
    }

    /// The oldest result: waits for it. `None` when nothing is on its way.
    pub fn next(&mut self) -> Result<Option<Done>, WorkerLost> {
        match self.pending.pop_front() {
            Some(done) => done.recv().map(Some).map_err(|_| WorkerLost),
            None => Ok(None),
        }
    }

    /// Gives a result's memory back.
    pub fn recycle(&mut self, done: Done) {
        self.spare.push(done.spent);
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        self.jobs = None;
        self.pending.clear();
        for worker in self.workers.drain(..) {
            // A worker that panicked has already been reported as lost.
            let _ = worker.join();
        }
    }
}

fn work(queue: &Mutex<Receiver<Job>>, mut coder: Coder) {
    loop {
        // Nothing panics while the lock is held; if it did, this worker ends and its feeder is told.
        let Ok(job) = queue.lock().map(|queue| queue.recv()) else { return };
        let Ok(Job { batch, reply }) = job else { return };
        let (data, blocks) = coder.batch(&batch);
        // Nobody waits any more when the writer was dropped.
        let _ = reply.send(Done { data, blocks, spent: batch.bytes });
    }
}

/// Makes CFDATA structures of plain bytes.
struct Coder {
    /// `None`: stored.
    deflate: Option<Encoder>,
}

impl Coder {
    fn new(method: Method) -> Self {
        let deflate = match method {
            Method::Stored => None,
            Method::Mszip => Some(Encoder::new(Level::default())),
        };
        Self { deflate }
    }

    fn batch(&mut self, batch: &Batch) -> (Vec<u8>, u32) {
        let plain = batch.bytes.get(batch.history..).unwrap_or_default();
        let mut data = Vec::with_capacity(plain.len() / 2 + DATA);
        let mut blocks = 0;
        match &mut self.deflate {
            None => {
                for block in plain.chunks(BLOCK) {
                    push(&mut data, block.len(), &[], block);
                    blocks += 1;
                }
            }
            Some(deflate) => deflate.blocks(&batch.bytes, batch.history, &mut |length, stream| {
                push(&mut data, length, b"CK", stream);
                blocks += 1;
            }),
        }
        (data, blocks)
    }
}

/// Adds a CFDATA structure for `plain` bytes: what it holds is a mark and bytes.
fn push(data: &mut Vec<u8>, plain: usize, mark: &[u8], bytes: &[u8]) {
    let at = data.len();
    data.resize(at + DATA, 0);
    data.extend_from_slice(mark);
    data.extend_from_slice(bytes);
    let (header, held) = data.split_at_mut(at + DATA);
    // Blocks have at most 32,768 plain bytes, and few more when nothing could be compressed.
    let (length, plain) = (held.len() as u16, plain as u16);
    let [s0, s1, s2, s3] = data_checksum(held, length, plain).to_le_bytes();
    let ([d0, d1], [p0, p1]) = (length.to_le_bytes(), plain.to_le_bytes());
    if let Some(room) = header.last_chunk_mut() {
        *room = [s0, s1, s2, s3, d0, d1, p0, p1];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that repeat each other here and there.
    fn text(mut state: u32, length: usize) -> Vec<u8> {
        let mut text = Vec::new();
        while text.len() < length {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            text.extend_from_slice((state >> 23).to_string().as_bytes());
        }
        text.truncate(length);
        text
    }

    #[test]
    fn a_workers_past_does_not_show() {
        let batch = |seed| Batch { bytes: text(seed, 3 * BLOCK), history: BLOCK };
        let mut coder = Coder::new(Method::Mszip);
        let first: Vec<_> = (0..20).map(|seed| coder.batch(&batch(seed))).collect();
        let again: Vec<_> = (0..20).rev().map(|seed| coder.batch(&batch(seed))).collect();
        assert!(first.iter().eq(again.iter().rev()));
    }
}
