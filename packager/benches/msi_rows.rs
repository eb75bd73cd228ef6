//! How the time of an MSI grows with its rows: eight times the files shall take eight times as long, not
//! sixty-four. The files are small, so that rows are what counts.

mod support;

use camino::Utf8PathBuf;
use packager::report::OutputKind;

fn main() {
    support::cases(&[("5,000 files", &|| rows(5_000)), ("40,000 files", &|| rows(40_000))]);
}

fn rows(count: usize) -> support::Measured {
    let out = support::out_dir();
    let payload = files(&out, count);
    let manifest = support::manifest(&out, &payload);
    support::build(&manifest, &out, &[OutputKind::Msi])
}

/// A hundred files a folder, no two alike.
fn files(out: &support::OutDir, count: usize) -> Utf8PathBuf {
    let payload = out.path().join("payload");
    for number in 0..count {
        let folder = payload.join(format!("folder {}", number / 100));
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(format!("file {number}.txt")), format!("{number}\n").repeat(20))
            .expect("a file");
    }
    payload
}
