//! `packager verify FILE|DIR`: whether a setup EXE or a share is, byte for byte, what was built.

use std::collections::HashMap;

use camino::{Utf8Path, Utf8PathBuf};
use packager_shared::ids::file_key;
use packager_shared::index::Index;
use packager_shared::overlay;
use serde_json::json;

use super::Outcome;
use super::console::Console;
use super::kind::{self, Kind, bad};
use super::unpack;
use crate::formats::cab::Cabinet;
use crate::outputs::bootstrap::read::Program;
use crate::outputs::share::verify;
use crate::outputs::sink::ListSink;
use crate::plan;
use crate::report::artifacts::{hex, size};
use crate::report::{BuildError, Problem};
use crate::sign::PublicKey;

/// Verify a setup EXE, or a share against its signature
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A setup EXE, another program that packager made, or a share's folder
    #[arg(value_name = "FILE|DIR")]
    pub path: Utf8PathBuf,
    /// The public key file that a share is held against (release.pub)
    #[arg(long, value_name = "FILE")]
    pub key: Option<Utf8PathBuf>,
    /// The manifest whose public key a share is held against [default: agent.toml, when there is one]
    #[arg(long, value_name = "MANIFEST")]
    pub manifest: Option<Utf8PathBuf>,
}

/// The manifest in the current folder.
const MANIFEST: &str = "agent.toml";

/// Problems that are shown one by one; more are counted.
const SHOWN: usize = 20;

/// Verifies, and says what it was that was verified.
pub fn run(args: &Args, console: &mut Console) -> Outcome {
    let path = args.path.as_path();
    match kind::of(path)? {
        Kind::Program => program(path, console),
        Kind::Share(root) => share(&root, args, console),
        Kind::Cabinet | Kind::Database => Err(BuildError::Input(
            Problem::new(format!("there is nothing to verify {path} against"))
                .why("only setup EXEs and shares carry the digests of what they hold")
                .help("`packager inspect` shows what is in it"),
        )),
    }
}

fn program(path: &Utf8Path, console: &mut Console) -> Outcome {
    let mut program = Program::open(path).map_err(|e| bad(path, e))?;
    program.verify().map_err(|e| bad(path, e))?;
    let mut files = 0;
    if program.has_files() {
        let (_, index) = program.release().map_err(|e| bad(path, e))?;
        files = index.entries.len();
        if program.overlay.section(overlay::SOLID).is_some() {
            solid(path, &mut program, &index)?;
        } else {
            unpacked(path, program.cabinets().map_err(|e| bad(path, e))?, &index)?;
        }
    }
    let what = match program.overlay.kind {
        overlay::Kind::Setup => "a setup EXE",
        overlay::Kind::Installed => "the bootstrap of an installation",
        overlay::Kind::Share => "the bootstrap of a share",
    };
    console
        .say(&format!("{path} is whole: {what}, {} sections, {files} files", program.overlay.sections.len()));
    console.json(&json!({
        "reason": "verified", "path": path.as_str(), "kind": "exe",
        "sections": program.overlay.sections.len(), "files": files,
    }));
    Ok(())
}

/// Unpacks streams into digests alone, and holds them against the index.
fn solid(path: &Utf8Path, program: &mut Program, index: &Index) -> Result<(), BuildError> {
    let places: Vec<String> = (0..index.entries.len()).map(|number| number.to_string()).collect();
    let written = unpack::unpack_solid(path, program, index, &places, &ListSink::new())?;
    for (entry, written) in index.entries.iter().zip(&written) {
        if written.sha256 != entry.sha256 {
            return Err(bad(path, format!("`{}` in its streams is not what its index says", entry.path)));
        }
    }
    Ok(())
}

/// Unpacks cabinets into digests alone, and holds them against the index.
fn unpacked(
    path: &Utf8Path,
    cabinets: Vec<Cabinet<&std::fs::File>>,
    index: &Index,
) -> Result<(), BuildError> {
    let mut found: HashMap<String, [u8; 32]> = HashMap::new();
    let mut count = 0_usize;
    for mut cabinet in cabinets {
        let names: Vec<String> = cabinet.files().iter().map(|member| member.name.clone()).collect();
        let places: Vec<_> = (0..names.len()).map(|number| Some(number.to_string())).collect();
        for (number, written) in unpack::unpack(path, &mut cabinet, &places, &ListSink::new())? {
            found.extend(names.get(number).map(|name| (name.clone(), written.sha256)));
        }
        count = count.saturating_add(names.len());
    }
    for entry in &index.entries {
        if found.get(&file_key(&entry.path)) != Some(&entry.sha256) {
            return Err(bad(path, format!("`{}` in its cabinet is not what its index says", entry.path)));
        }
    }
    if count != index.entries.len() {
        return Err(bad(path, format!("its cabinets have {count} files, its index {}", index.entries.len())));
    }
    Ok(())
}

fn share(root: &Utf8Path, args: &Args, console: &mut Console) -> Outcome {
    let trust = Trust::find(args.key.as_deref(), args.manifest.as_deref(), root)?;
    let verified = trust.verify(root)?;
    for path in &verified.extra {
        console.say(&format!("note: {path} belongs to no index; clients never read it"));
    }
    console.say(&format!(
        "{root} is whole and signed: {}; {} files, {}",
        verify::summary(&verified.release),
        verified.files,
        size(verified.bytes)
    ));
    if let Some(note) = trust.note() {
        console.say(note);
    }
    console.json(&json!({
        "reason": "verified", "path": root.as_str(), "kind": "share", "product": verified.release.product_id,
        "version": verified.release.version_text, "serial": verified.release.serial,
        "floor": verified.release.floor, "files": verified.files, "bytes": verified.bytes,
        "extra": verified.extra, "key": hex(&trust.key.0), "key_from": trust.said_by,
    }));
    Ok(())
}

/// An error with every file that is not as it was signed.
fn whole(root: &Utf8Path, verified: &verify::Verified) -> Result<(), BuildError> {
    if verified.problems.is_empty() {
        return Ok(());
    }
    let count = verified.problems.len();
    let mut list: Vec<String> = verified.problems.iter().take(SHOWN).map(ToString::to_string).collect();
    if count > SHOWN {
        list.push(format!("and {} more", count.saturating_sub(SHOWN)));
    }
    Err(BuildError::Input(
        Problem::new(format!("{root} is not what was signed: {count} of {} files differ", verified.files))
            .why(list.join("\n          "))
            .help("build the release again, or copy it again from where it is whole"),
    ))
}

/// What a share is held against.
pub(super) struct Trust {
    key: PublicKey,
    /// The product that the key is for, when the manifest says so.
    product: Option<String>,
    /// Who says that this is the key: `key`, `manifest`, `share`.
    said_by: &'static str,
}

impl Trust {
    /// `--key`, else the manifest that is named or lies in the current folder, else the share itself.
    pub(super) fn find(
        key: Option<&Utf8Path>,
        manifest: Option<&Utf8Path>,
        share: &Utf8Path,
    ) -> Result<Self, BuildError> {
        if let Some(key) = key {
            return Ok(Self { key: PublicKey::load(key)?, product: None, said_by: "key" });
        }
        let manifest = manifest.or_else(|| Some(Utf8Path::new(MANIFEST)).filter(|path| path.is_file()));
        let no_key = |why: String| {
            BuildError::Input(
                Problem::new(format!("there is no public key to hold {share} against"))
                    .why(why)
                    .help("name the key file: --key release.pub"),
            )
        };
        let Some(manifest) = manifest else {
            let key =
                verify::own_key(share).ok_or_else(|| no_key("its own program names none either".into()))?;
            return Ok(Self { key, product: None, said_by: "share" });
        };
        let loaded = plan::load(manifest)?;
        let why = match loaded.plans.first() {
            Some(package) => match package.target.bootstrap.public_key {
                Some(key) => {
                    let product = Some(package.target.product.id.clone());
                    return Ok(Self { key: PublicKey(key), product, said_by: "manifest" });
                }
                None => format!("the manifest {manifest} names none"),
            },
            None => format!("the manifest {manifest} has errors; `packager check` shows them"),
        };
        Err(no_key(why))
    }

    /// Verifies a share down to its last file.
    pub(super) fn verify(&self, share: &Utf8Path) -> Result<verify::Verified, BuildError> {
        let verified = verify::verify(share, self.key, self.product.as_deref()).map_err(|what| {
            BuildError::Input(
                Problem::new(what.to_string())
                    .help("if the release is right, name the public key it was signed for: --key FILE"),
            )
        })?;
        whole(share, &verified)?;
        Ok(verified)
    }

    /// What is still to be said about it.
    pub(super) fn note(&self) -> Option<&'static str> {
        (self.said_by == "share").then_some(
            "note: the key is the one in the share's own program, so this proves that the share is whole, \
             not who made it; --key FILE or --manifest FILE proves that too",
        )
    }
}

#[cfg(test)]
mod tests;
