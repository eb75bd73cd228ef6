//! How long a build of a real payload takes, beside what compressing its bytes alone takes.
//!
//! The payload is the folder `PACKAGER_BENCH_PAYLOAD`, or `~/.cache/packager/node/unpacked` (a Node.js wheel,
//! unpacked: 2,184 files, 121 MB). Each case runs in a process of its own, so that the peak of memory is its
//! own too; the best of three runs counts.

mod support;

use std::num::NonZeroUsize;

use camino::Utf8Path;
use flate2::{Compress, Compression, FlushCompress};
use packager::content::Pass;
use packager::formats::cab::{Method, Options};
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

fn pass(payload: &Utf8Path, share: bool) -> support::Measured {
    let files = support::scan(payload);
    let out = support::out_dir();
    let share = share.then(|| out.path().join("share"));
    let pass = Pass {
        files: &files,
        bootstrap: "autopcc.exe",
        key: &|path| format!("f{path}"),
        folder: out.path(),
        share: share.as_deref(),
        options: Options {
            method: Method::Mszip,
            threads: NonZeroUsize::new(rayon::current_num_threads()).expect("a thread"),
        },
        limits: packager::content::Limits::default(),
        progress: &|_| (),
    };
    let timer = support::Timer::start();
    let content = pass.run(|_| Ok(b"bootstrap".to_vec())).expect("the pass");
    timer.stop(content.cabinet.size)
}
