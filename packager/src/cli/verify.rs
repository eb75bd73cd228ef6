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
use crate::report::artifacts::size;
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
    /// The manifest whose public key a share is held against, when there is no --key
    #[arg(long, value_name = "MANIFEST", default_value = "agent.toml")]
    pub manifest: Utf8PathBuf,
}

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
    if let Some((_, file)) = program.cabinet().map_err(|e| bad(path, e))? {
        let (_, index) = program.release().map_err(|e| bad(path, e))?;
        files = index.entries.len();
        cabinet(path, file, &index)?;
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

/// Unpacks a cabinet into digests alone, and holds them against the index.
fn cabinet(path: &Utf8Path, file: std::fs::File, index: &Index) -> Result<(), BuildError> {
    let mut cabinet = Cabinet::open(file).map_err(|e| bad(path, e))?;
    let names: Vec<String> = cabinet.files().iter().map(|member| member.name.clone()).collect();
    let places: Vec<_> = (0..names.len()).map(|number| Some(number.to_string())).collect();
    let found = unpack::unpack(path, &mut cabinet, &places, &ListSink::new())?;
    let found: HashMap<&str, [u8; 32]> = found
        .iter()
        .filter_map(|(number, written)| Some((names.get(*number)?.as_str(), written.sha256)))
        .collect();
    for entry in &index.entries {
        if found.get(file_key(&entry.path).as_str()) != Some(&entry.sha256) {
            return Err(bad(path, format!("`{}` in its cabinet is not what its index says", entry.path)));
        }
    }
    if names.len() != index.entries.len() {
        return Err(bad(
            path,
            format!("its cabinet has {} files, its index {}", names.len(), index.entries.len()),
        ));
    }
    Ok(())
}

fn share(root: &Utf8Path, args: &Args, console: &mut Console) -> Outcome {
    let (key, product) = trusted(args)?;
    let verified = verify::verify(root, key, product.as_deref()).map_err(|what| {
        BuildError::Input(
            Problem::new(what.to_string())
                .help("if the release is right, name the public key it was signed for: --key FILE"),
        )
    })?;
    for path in &verified.extra {
        console.say(&format!("note: {path} belongs to no index; clients never read it"));
    }
    if !verified.problems.is_empty() {
        let count = verified.problems.len();
        let mut list: Vec<String> = verified.problems.iter().take(SHOWN).map(ToString::to_string).collect();
        if count > SHOWN {
            list.push(format!("and {} more", count.saturating_sub(SHOWN)));
        }
        return Err(BuildError::Input(
            Problem::new(format!(
                "{root} is not what was signed: {count} of {} files differ",
                verified.files
            ))
            .why(list.join("\n          "))
            .help("build the release again, or copy it again from where it is whole"),
        ));
    }
    console.say(&format!(
        "{root} is whole and signed: {}; {} files, {}",
        verify::summary(&verified.release),
        verified.files,
        size(verified.bytes)
    ));
    console.json(&json!({
        "reason": "verified", "path": root.as_str(), "kind": "share", "product": verified.release.product_id,
        "version": verified.release.version_text, "serial": verified.release.serial,
        "floor": verified.release.floor, "files": verified.files, "bytes": verified.bytes,
        "extra": verified.extra,
    }));
    Ok(())
}

/// The key that is trusted, and for which product.
fn trusted(args: &Args) -> Result<(PublicKey, Option<String>), BuildError> {
    if let Some(key) = &args.key {
        return Ok((PublicKey::load(key)?, None));
    }
    let no_key =
        |why: &str| {
            BuildError::Input(Problem::new("there is no public key to hold the share against").why(why).help(
                "name the key file with `--key release.pub`, or a manifest with `--manifest agent.toml`",
            ))
        };
    if !args.manifest.is_file() {
        return Err(no_key(&format!("neither --key nor the manifest {} is there", args.manifest)));
    }
    let loaded = plan::load(&args.manifest)?;
    match loaded.plans.first() {
        Some(package) => match package.target.bootstrap.public_key {
            Some(key) => Ok((PublicKey(key), Some(package.target.product.id.clone()))),
            None => Err(no_key(&format!("the manifest {} names none", args.manifest))),
        },
        None => {
            Err(no_key(&format!("the manifest {} has errors; `packager check` shows them", args.manifest)))
        }
    }
}

#[cfg(test)]
mod tests;
