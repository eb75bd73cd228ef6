//! What a file is, by its first bytes: names are not trusted.

use std::fs::File;
use std::io::Read as _;

use camino::{Utf8Path, Utf8PathBuf};

use crate::outputs::share::verify;
use crate::report::{BuildError, Problem};

/// Something that can be looked into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A folder with a release.idx: this one.
    Share(Utf8PathBuf),
    /// A Windows program.
    Program,
    /// A cabinet.
    Cabinet,
    /// A Windows Installer database: package, transform, patch.
    Database,
}

/// Looks at a file or folder.
pub fn of(path: &Utf8Path) -> Result<Kind, BuildError> {
    let meta = std::fs::metadata(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => BuildError::Input(Problem::new(format!("there is no {path}"))),
        _ => BuildError::io("open", path, &e),
    })?;
    if meta.is_dir() {
        return verify::find(path).map(Kind::Share).ok_or_else(|| {
            BuildError::Input(
                Problem::new(format!("{path} is a folder and no share"))
                    .why("a share has a release.idx at its root")
                    .help("name the share's folder, or a file: .msi, .cab, setup EXE"),
            )
        });
    }
    let mut first = Vec::new();
    File::open(path)
        .and_then(|file| file.take(8).read_to_end(&mut first))
        .map_err(|e| BuildError::io("read", path, &e))?;
    match first.as_slice() {
        [b'M', b'Z', ..] => Ok(Kind::Program),
        [b'M', b'S', b'C', b'F', ..] => Ok(Kind::Cabinet),
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1] => Ok(Kind::Database),
        [b'P', b'K', b'G', b'R', b'L', b'S', b'E', _] => {
            let folder = path.parent().filter(|p| !p.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
            Ok(Kind::Share(folder.to_owned()))
        }
        _ => Err(BuildError::Input(
            Problem::new(format!("{path} is nothing that packager can look into"))
                .why("its first bytes are those of no .msi, .mst, .cab, program or share"),
        )),
    }
}

/// A problem of a file.
pub fn bad(path: &Utf8Path, what: impl std::fmt::Display) -> BuildError {
    let what = what.to_string();
    let named = what.contains(path.as_str());
    BuildError::Input(Problem::new(if named { what } else { format!("{path}: {what}") }))
}
