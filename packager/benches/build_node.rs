//! How long a build of a real payload takes, beside what compressing its bytes alone takes.
//!
//! The payload is the folder `PACKAGER_BENCH_PAYLOAD`, or `~/.cache/packager/node/unpacked` (a Node.js wheel,
//! unpacked: 2,184 files, 121 MB). Each case runs in a process of its own, so that the peak of memory is its
//! own too; the best of three runs counts.

mod support;

use std::num::NonZeroUsize;

use camino::Utf8Path;
use flate2::{Compress, Compression, FlushCompress};
use packager::content::cabinets::{self, Layout};
use packager::content::divide::Limits;
use packager::content::{Packing, Survey};
use packager::formats::cab::Method;
use rayon::prelude::*;

const BLOCK: usize = 32_768;

fn main() {
    let Some(payload) = support::payload() else { return };
    support::cases(&[
        ("compress alone", &|| compress_alone(&payload)),
        ("pass", &|| pass(&payload, false)),
        ("pass and share", &|| pass(&payload, true)),
        ("build msi exe share", &|| build(&payload)),
    ]);
}

/// The least that must be done: every block compressed with the one before it as dictionary, from memory.
fn compress_alone(payload: &Utf8Path) -> support::Measured {
    let mut bytes = Vec::new();
    for file in support::scan(payload) {
        bytes.extend(std::fs::read(&file.source).expect("a file of the payload"));
    }
    let timer = support::Timer::start();
    let sizes = bytes.par_chunks(16 * BLOCK).enumerate().map_init(
        || (Compress::new(Compression::new(6), false), Vec::with_capacity(2 * BLOCK)),
        |(deflate, out), (number, batch)| {
            let mut size = 0;
            for (at, block) in batch.chunks(BLOCK).enumerate() {
                let start = number * 16 * BLOCK + at * BLOCK;
                deflate.reset();
                out.clear();
                if start > 0 {
                    deflate.set_dictionary(&bytes[start - BLOCK..start]).expect("a dictionary");
                }
                deflate.compress_vec(block, out, FlushCompress::Finish).expect("compression");
                size += out.len() as u64;
            }
            size
        },
    );
    let size = sizes.sum();
    timer.stop(size)
}

/// The whole of `packager build`: scan, pass, MSI, setup EXE, share.
fn build(payload: &Utf8Path) -> support::Measured {
    let out = support::out_dir();
    let manifest = support::manifest(&out, payload);
    support::build(&manifest, &out, &[])
}

/// Survey, and cabinets.
fn pass(payload: &Utf8Path, share: bool) -> support::Measured {
    let files = support::scan(payload);
    let out = support::out_dir();
    let share = share.then(|| out.path().join("share"));
    let threads = NonZeroUsize::new(rayon::current_num_threads()).expect("a thread");
    let timer = support::Timer::start();
    let survey = Survey::of(&files, share.as_deref(), threads, &|_| ()).expect("the survey");
    let layout = Layout::of(&survey.files, Limits::default());
    let packing = Packing { folder: out.path(), threads, cache: None, progress: &|_| () };
    let key = |path: &str| format!("f{path}");
    let cabinets = cabinets::pack(&survey, &layout, Method::Mszip, &key, packing).expect("the cabinets");
    timer.stop(cabinets.packed.size)
}
