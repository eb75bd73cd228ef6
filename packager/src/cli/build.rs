//! `packager build [MANIFEST]`: makes the artefacts.

use std::num::NonZeroUsize;

use camino::Utf8PathBuf;
use packager_shared::plan::Arch;

use super::Outcome;
use super::console::Console;
use crate::model::values;
use crate::plan::{Compression, ExeCompression};
use crate::report::artifacts::size;
use crate::report::{BuildRequest, Compressions, OutputKind};

/// Build the MSI, the setup EXE and the share
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The manifest
    #[arg(value_name = "MANIFEST", default_value = "agent.toml")]
    pub manifest: Utf8PathBuf,
    /// Folder for what is built, made when absent
    #[arg(long, value_name = "DIR", default_value = "dist")]
    pub out: Utf8PathBuf,
    /// Build only this output: msi, exe or share (may be given more than once)
    #[arg(long = "output", value_name = "OUTPUT")]
    pub outputs: Vec<OutputKind>,
    /// Build only for this architecture of the manifest: x86, x64 or arm64 (may be given more than once)
    #[arg(long = "arch", value_name = "ARCH", value_parser = parse_arch)]
    pub archs: Vec<Arch>,
    /// Build an MSI and a setup EXE of this site's own, with its settings, instead of those for all sites: a name, or
    /// `all` (may be given more than once)
    #[arg(long = "site", value_name = "SITE")]
    pub sites: Vec<String>,
    /// An MSI that machines have: the build fails when an upgrade from it would go wrong (may be given more than
    /// once)
    #[arg(long, value_name = "OLD.msi")]
    pub previous: Vec<Utf8PathBuf>,
    /// Compression instead of the manifest's: none, mszip or lzx for the MSI, fast, balanced or max for the setup EXE
    /// (may be given once for each)
    #[arg(long = "compression", value_name = "WORD", value_parser = parse_compression)]
    pub compressions: Vec<Compressions>,
    /// Keep what is compressed in this folder, and take from it what has not changed
    #[arg(long, value_name = "DIR")]
    pub cache: Option<Utf8PathBuf>,
    /// Threads to use; the result does not depend on it [default: one for each core]
    #[arg(long, short, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
}

impl Args {
    /// What is to be built.
    #[must_use]
    pub fn request(&self) -> BuildRequest {
        BuildRequest {
            manifest: self.manifest.clone(),
            out: self.out.clone(),
            outputs: self.outputs.clone(),
            archs: self.archs.clone(),
            sites: self.sites.clone(),
            previous: self.previous.clone(),
            compression: self.compressions.iter().fold(Compressions::default(), |all, chosen| Compressions {
                msi: chosen.msi.or(all.msi),
                exe: chosen.exe.or(all.exe),
            }),
            cache: self.cache.clone(),
            jobs: self.jobs,
        }
    }
}

impl Args {
    /// What the parts of a command line have to do with each other.
    pub fn check(&self) -> Result<(), clap::Error> {
        let twice =
            |which: fn(&Compressions) -> bool| self.compressions.iter().filter(|c| which(c)).count() > 1;
        for (output, twice) in
            [("MSI", twice(|c| c.msi.is_some())), ("setup EXE", twice(|c| c.exe.is_some()))]
        {
            if twice {
                let text =
                    format!("two words for the compression of the {output}: `--compression` takes one\n");
                return Err(clap::Error::raw(clap::error::ErrorKind::ArgumentConflict, text));
            }
        }
        if self.sites.is_empty() || !self.outputs.contains(&OutputKind::Share) {
            return Ok(());
        }
        let text = "a share serves all sites: `--site` cannot be used with `--output share`\n\n\
                    its clients choose theirs with `/site NAME` at the first installation, and keep it\n";
        Err(clap::Error::raw(clap::error::ErrorKind::ArgumentConflict, text))
    }
}

/// Builds and shows what was made.
pub fn run(args: &Args, console: &mut Console) -> Outcome {
    let report = crate::build::build(&args.request(), console)?;
    if !console.is_json() {
        let bytes = report.artifacts.iter().fold(0_u64, |all, a| all.saturating_add(a.bytes));
        let head = format!("{} {} in {} ({})", report.product, report.version, args.out, size(bytes));
        console.say(&format!("{head}\n{}", report.table()));
    }
    Ok(())
}

fn parse_compression(text: &str) -> Result<Compressions, String> {
    let (mut msi, mut exe) = (None, None);
    match text {
        "none" => msi = Some(Compression::None),
        "mszip" => msi = Some(Compression::Mszip),
        "lzx" => msi = Some(Compression::Lzx),
        "fast" => exe = Some(ExeCompression::Fast),
        "balanced" => exe = Some(ExeCompression::Balanced),
        "max" => exe = Some(ExeCompression::Max),
        _ => {
            return Err(format!(
                "there is no compression `{text}`; an MSI has none, mszip or lzx, a setup EXE fast, balanced or max"
            ));
        }
    }
    Ok(Compressions { msi, exe })
}

fn parse_arch(text: &str) -> Result<Arch, String> {
    values::arch(text).ok_or_else(|| format!("there is no architecture `{text}`; there are x86, x64, arm64"))
}
