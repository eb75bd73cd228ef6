//! A share to where clients read it: everything new is copied and read back before release.idx is switched, and
//! nothing a client may be reading is taken away before.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use packager_shared::release::Release;

use super::config;
use super::verify::{self, Broken, Listed, Verified};
use crate::outputs::sink::{self, FileSink, Kind, Sink as _};
use crate::report::{BuildError, Problem};

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// Files that were copied; the others were there already.
    pub copied: usize,
    /// Bytes of them.
    pub bytes: u64,
    /// Old releases and packages that were removed, as paths below the share.
    pub removed: Vec<String>,
}

/// Why nothing was published.
#[derive(Debug)]
pub enum Error {
    /// The destination is another product's share.
    Foreign {
        /// Where.
        to: Utf8PathBuf,
        /// Whose it is.
        product: String,
    },
    /// The destination has a newer release.
    Older {
        /// The serial that is there.
        there: u32,
        /// The serial of the release.
        serial: u32,
    },
    /// Source and destination are one folder, or one lies in the other.
    Same {
        /// The destination.
        to: Utf8PathBuf,
    },
    /// A file of the source changed after it was verified, or cannot be read.
    Source(Broken),
    /// What arrived is not what was sent.
    Arrived(Broken),
    /// The destination failed.
    Sink(sink::Error),
}

impl Error {
    /// It with its cause and way out.
    pub fn problem(&self) -> Problem {
        match self {
            Self::Foreign { to, product } => {
                Problem::new(format!("{to} is the share of another product: {product}"))
                    .help("publish each product to a folder of its own")
            }
            Self::Older { there, serial } => {
                Problem::new(format!("the release has the serial {serial}, and {there} is published already"))
                    .why("clients that have the newer one would refuse it, with exit code 1638")
                    .help("raise `[bootstrap] serial` and build again")
            }
            Self::Same { to } => Problem::new(format!(
                "{to} and the release to publish are one folder, or one is in the other"
            ))
            .help("publish from the build's output to the folder that clients read"),
            Self::Source(broken) => Problem::new(broken.to_string()).help("build the release again"),
            Self::Arrived(broken) => Problem::new(format!("what was copied is not what was sent: {broken}"))
                .why("release.idx was not replaced: clients go on with the release before")
                .help("see to the disk or network, then publish again"),
            Self::Sink(e) => e.problem(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem().fmt(f)
    }
}

impl std::error::Error for Error {}

impl From<sink::Error> for Error {
    fn from(error: sink::Error) -> Self {
        Self::Sink(error)
    }
}

impl From<Error> for BuildError {
    fn from(error: Error) -> Self {
        match error {
            Error::Sink(e) => e.into(),
            Error::Arrived(_) => Self::Environment(error.problem()),
            _ => Self::Input(error.problem()),
        }
    }
}

/// Publishes a verified share. `keep` old releases stay for clients that are in the middle of one.
pub fn publish(from: &Utf8Path, verified: &Verified, to: &Utf8Path, keep: usize) -> Result<Published, Error> {
    let release = &verified.release;
    let before = check_destination(from, release, to)?;
    let (list, problems) = verify::list(from, release);
    if let Some(problem) = problems.into_iter().next() {
        return Err(Error::Source(problem));
    }
    let mut done = Published::default();
    copy(from, release, &list, to, &mut done)?;
    if let Some(problem) = verify::check_all(to, &list).1.into_iter().next() {
        return Err(Error::Arrived(problem));
    }
    let (head, _) = verify::read_head(from).map_err(Error::Source)?;
    let sink = FileSink::open(to.as_std_path())?;
    sink.put(config::RELEASE, Kind::ReleaseIndex, &head)?;
    sink.commit()?;
    prune(&sink, to, release, before.as_ref(), keep, &mut done)?;
    Ok(done)
}

/// What is published already.
fn check_destination(from: &Utf8Path, release: &Release, to: &Utf8Path) -> Result<Option<Release>, Error> {
    let real = |path: &Utf8Path| match path.as_str() {
        "" => Utf8Path::new(".").canonicalize_utf8().ok(),
        _ => path.canonicalize_utf8().ok(),
    };
    // Of a folder that is yet to be made, the one that it will be in.
    let inside = real(from).zip(to.ancestors().find_map(real)).is_some_and(|(from, to)| to.starts_with(from));
    let around = real(from).zip(real(to)).is_some_and(|(from, to)| from.starts_with(to));
    if inside || around {
        return Err(Error::Same { to: to.to_owned() });
    }
    // A release.idx that cannot be read is no use to any client, and is replaced.
    let Ok((_, before)) = verify::read_head(to) else { return Ok(None) };
    if before.product_id != release.product_id {
        return Err(Error::Foreign { to: to.to_owned(), product: before.product_id });
    }
    if before.serial > release.serial {
        return Err(Error::Older { there: before.serial, serial: release.serial });
    }
    Ok(Some(before))
}

/// Copies what is not there yet. The folder of the release is copied whole or not at all.
fn copy(
    from: &Utf8Path,
    release: &Release,
    list: &[Listed],
    to: &Utf8Path,
    done: &mut Published,
) -> Result<(), Error> {
    let folder = config::release_folder(release.serial);
    let (inside, outside): (Vec<&Listed>, Vec<&Listed>) = list
        .iter()
        .partition(|file| file.path.strip_prefix(&folder).is_some_and(|rest| rest.starts_with('/')));
    let there = |file: &Listed| file.check(to).is_ok();
    let mut missing: Vec<&Listed> = outside.into_iter().filter(|file| !there(file)).collect();
    let sink = FileSink::open(to.as_std_path())?;
    let complete = verify::extra(to, release, list).is_empty() && inside.iter().all(|file| there(file));
    if !complete {
        sink.whole(&folder)?;
        missing.extend(inside);
    }
    for file in missing {
        let path = from.join(&file.path);
        let failed = |e: io::Error| {
            Error::Source(Broken { path: path.clone(), what: format!("it cannot be read: {e}") })
        };
        let mut source = File::open(&path).map_err(failed)?;
        let mut artefact = sink.create(&file.path, Kind::Release)?;
        io::copy(&mut source, &mut artefact)
            .map_err(|e| sink::Error::io("copy to", to.join(&file.path), e))?;
        let written = artefact.finish()?;
        if written.sha256 != file.sha256 {
            return Err(Error::Source(Broken { path, what: "it was changed while it was copied".into() }));
        }
        done.copied = done.copied.saturating_add(1);
        done.bytes = done.bytes.saturating_add(written.bytes);
    }
    sink.commit()?;
    Ok(())
}

/// Removes releases before the last `keep` old ones, and packages of neither this release nor the one before.
fn prune(
    sink: &FileSink,
    to: &Utf8Path,
    release: &Release,
    before: Option<&Release>,
    keep: usize,
    done: &mut Published,
) -> Result<(), Error> {
    let names = |folder: &str| -> Vec<String> {
        let list = to.join(folder).read_dir_utf8().into_iter().flatten().flatten();
        list.map(|entry| entry.file_name().to_owned()).collect()
    };
    let serials = names("files").into_iter().filter_map(|name| {
        // Only names that this program writes: `007` is somebody else's.
        name.parse::<u32>().ok().filter(|serial| serial.to_string() == name && *serial < release.serial)
    });
    let mut old: Vec<u32> = serials.collect();
    old.sort_unstable_by(|a, b| b.cmp(a));
    let mut remove: Vec<String> = old.into_iter().skip(keep).map(config::release_folder).collect();

    let known: BTreeSet<&str> = [Some(release), before]
        .into_iter()
        .flatten()
        .flat_map(|release| release.packages.iter().map(|package| package.name.as_str()))
        .collect();
    let is_package =
        |name: &str| !name.starts_with('.') && (name.ends_with(".msi") || name.ends_with("-setup.exe"));
    let packages = names(config::PACKAGES).into_iter();
    remove.extend(
        packages
            .filter(|name| is_package(name) && !known.contains(name.as_str()))
            .map(|name| format!("{}/{name}", config::PACKAGES)),
    );
    remove.sort_unstable();
    for path in remove {
        // The release is published: what cannot be removed now is no reason to say that it is not.
        if sink.discard(&path).is_ok() {
            done.removed.push(path);
        }
    }
    Ok(())
}
