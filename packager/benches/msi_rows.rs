//! How the time of an MSI grows with its rows: sixteen times the files shall take sixteen times as long, so that the
//! time of a file stays what it is. The files are small, so that rows are what counts.

mod support;

use camino::Utf8PathBuf;
use packager::report::OutputKind;

fn main() {
    support::cases(&[
        ("5,000 files", &|| rows(5_000)),
        ("20,000 files", &|| rows(20_000)),
        ("80,000 files", &|| rows(80_000)),
    ]);
}

fn rows(count: usize) -> support::Measured {
    let out = support::out_dir();
    let payload = files(&out, count);
    let manifest = support::manifest(&out, &payload);
    support::build(&manifest, &out, &[OutputKind::Msi]).of(count)
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
