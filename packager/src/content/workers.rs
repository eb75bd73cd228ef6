//! Work done side by side, and taken in order.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Condvar, Mutex, PoisonError};

use super::Error;

/// Bytes of progress that are worth waking somebody for.
const TELL: u64 = 1 << 20;

enum Message<T> {
    Progress(u64),
    Done(usize, Result<T, Error>),
}

/// Does `count` pieces of work, by their numbers, on `threads` threads, each with a state of its own, and gives the
/// results to `take` in the order of the numbers. No work is begun that is more than `ahead` before the last
/// one taken: what waits for its turn is in memory. After the first error nothing new is begun.
pub(super) fn in_order<S, T: Send>(
    count: usize,
    threads: NonZeroUsize,
    ahead: usize,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize, &dyn Fn(u64)) -> Result<T, Error> + Sync,
    mut take: impl FnMut(usize, T) -> Result<(), Error>,
    progress: &dyn Fn(u64),
) -> Result<(), Error> {
    let queue = Queue { next: Mutex::new((0, 0)), moved: Condvar::new(), stop: AtomicBool::new(false) };
    let (sender, receiver) = channel();
    std::thread::scope(|scope| {
        for number in 0..threads.get().min(count) {
            let (sender, queue, state, work) = (sender.clone(), &queue, &state, &work);
            let worker = std::thread::Builder::new().name(format!("pack-{number}"));
            let spawned = worker.spawn_scoped(scope, move || {
                run(queue, (count, ahead), &sender, &mut state(), work);
            });
            if let Err(source) = spawned {
                // With one worker all gets done, only later.
                if number == 0 {
                    return Err(Error::Threads(source));
                }
                break;
            }
        }
        drop(sender);
        let taken = collect(&receiver, &queue, count, &mut take, progress);
        queue.stop();
        taken
    })
}

/// Which number is next, and how many results were taken.
struct Queue {
    next: Mutex<(usize, usize)>,
    moved: Condvar,
    stop: AtomicBool,
}

impl Queue {
    fn next(&self, count: usize, ahead: usize) -> Option<usize> {
        // Nothing panics while the lock is held.
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        while next.0 < count && next.0 - next.1 > ahead && !self.stop.load(Ordering::Relaxed) {
            next = self.moved.wait(next).unwrap_or_else(PoisonError::into_inner);
        }
        if next.0 >= count || self.stop.load(Ordering::Relaxed) {
            return None;
        }
        next.0 += 1;
        Some(next.0 - 1)
    }

    fn taken(&self) {
        self.next.lock().unwrap_or_else(PoisonError::into_inner).1 += 1;
        self.moved.notify_all();
    }

    fn stop(&self) {
        let _guard = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        self.stop.store(true, Ordering::Relaxed);
        self.moved.notify_all();
    }
}

fn run<S, T>(
    queue: &Queue,
    (count, ahead): (usize, usize),
    sender: &Sender<Message<T>>,
    state: &mut S,
    work: &impl Fn(&mut S, usize, &dyn Fn(u64)) -> Result<T, Error>,
) {
    while let Some(number) = queue.next(count, ahead) {
        let untold = Cell::new(0);
        // Nobody listens any more after an error.
        let tell = |bytes| drop(sender.send(Message::Progress(bytes)));
        let progress = |bytes| {
            untold.set(untold.get() + bytes);
            if untold.get() >= TELL {
                tell(untold.take());
            }
        };
        let result = work(state, number, &progress);
        tell(untold.take());
        if sender.send(Message::Done(number, result)).is_err() {
            return;
        }
    }
}

fn collect<T>(
    receiver: &Receiver<Message<T>>,
    queue: &Queue,
    count: usize,
    take: &mut impl FnMut(usize, T) -> Result<(), Error>,
    progress: &dyn Fn(u64),
) -> Result<(), Error> {
    let mut early: BTreeMap<usize, Result<T, Error>> = BTreeMap::new();
    let mut wanted = 0;
    while wanted < count {
        match receiver.recv() {
            Ok(Message::Progress(bytes)) => progress(bytes),
            Ok(Message::Done(number, result)) => {
                early.insert(number, result);
                while let Some(result) = early.remove(&wanted) {
                    take(wanted, result?)?;
                    wanted += 1;
                    queue.taken();
                }
            }
            // A worker panicked; the scope passes that on.
            Err(_) => return Ok(()),
        }
    }
    Ok(())
}
