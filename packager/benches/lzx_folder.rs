//! LZX alone, for `cargo xtask bench --only lzx`: compresses the files of a folder as a cabinet would, with one thread.
//!
//! `lzx_folder DIR LEVEL OUT`, level `fast`, `normal` or `max`. The files, by path, are one stream after another of
//! 16 MB, the size of the folders that a build makes; OUT gets their frames, one right behind the other.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use packager::formats::lzx::{Encoder, Level, Options};

/// Plain bytes of a folder.
const FOLDER: usize = 16 << 20;

fn main() -> ExitCode {
    // Cargo itself adds `--bench` when it runs a bench.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [folder, level, out] = &arguments[..] else {
        println!("nothing to measure with: DIR LEVEL OUT are to be named");
        return ExitCode::SUCCESS;
    };
    let level = match level.as_str() {
        "fast" => Level::Fast,
        "normal" => Level::Normal,
        "max" => Level::Max,
        other => {
            eprintln!("no such level: {other}");
            return ExitCode::FAILURE;
        }
    };
    match compress(Path::new(folder), level, Path::new(out)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{folder}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compress(folder: &Path, level: Level, out: &Path) -> io::Result<()> {
    let mut encoder = Encoder::new(Options { window: 21, level });
    let mut out = BufWriter::new(File::create(out)?);
    let mut plain = Vec::with_capacity(FOLDER);
    for path in files(folder)? {
        let mut file = File::open(path)?;
        loop {
            let room = FOLDER - plain.len();
            let read = Read::by_ref(&mut file).take(room as u64).read_to_end(&mut plain)?;
            if read < room {
                break;
            }
            write(&mut encoder, &plain, &mut out)?;
            plain.clear();
        }
    }
    write(&mut encoder, &plain, &mut out)?;
    out.flush()
}

fn write(encoder: &mut Encoder, plain: &[u8], out: &mut impl Write) -> io::Result<()> {
    let mut written = Ok(());
    encoder.encode(plain, &mut |frame| {
        if written.is_ok() {
            written = out.write_all(frame);
        }
    });
    written
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { paths.extend(files(&path)?) } else { paths.push(path) }
    }
    paths.sort();
    Ok(paths)
}
