//! `packager publish DIR DEST`: a share to where clients read it.

use camino::Utf8PathBuf;
use serde_json::json;

use super::Outcome;
use super::console::Console;
use super::verify::Trust;
use crate::outputs::share::{publish, verify};
use crate::report::artifacts::size;
use crate::report::{BuildError, Problem};

/// Copy a share to where clients read it: verified, and switched to at the very end
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The share that was built, or the build's output folder
    #[arg(value_name = "DIR")]
    pub dir: Utf8PathBuf,
    /// The folder that clients read, made when absent
    #[arg(value_name = "DEST")]
    pub dest: Utf8PathBuf,
    /// Old releases that stay beside the new one
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub keep: usize,
    /// The public key file that the share is held against (release.pub)
    #[arg(long, value_name = "FILE")]
    pub key: Option<Utf8PathBuf>,
    /// The manifest whose public key the share is held against [default: agent.toml, when there is one]
    #[arg(long, value_name = "MANIFEST")]
    pub manifest: Option<Utf8PathBuf>,
}

/// Verifies, copies, verifies again, switches.
pub fn run(args: &Args, console: &mut Console) -> Outcome {
    let Some(root) = verify::find(&args.dir) else {
        return Err(BuildError::Input(
            Problem::new(format!("{} is no share", args.dir))
                .why("a share has a release.idx at its root")
                .help("name the share that was built: packager publish dist/share DEST"),
        ));
    };
    let trust = Trust::find(args.key.as_deref(), args.manifest.as_deref(), &root)?;
    let verified = trust.verify(&root)?;
    let done = publish::publish(&root, &verified, &args.dest, args.keep)?;
    let summary = verify::summary(&verified.release);
    console.say(&format!("published {summary} to {}", args.dest));
    console.say(&format!(
        "  {} files copied, {}; old ones removed: {}",
        done.copied,
        size(done.bytes),
        done.removed.len()
    ));
    console.json(&json!({
        "reason": "published", "path": args.dest.as_str(), "product": verified.release.product_id,
        "version": verified.release.version_text, "serial": verified.release.serial,
        "copied": done.copied, "bytes": done.bytes, "removed": done.removed,
    }));
    Ok(())
}

#[cfg(test)]
mod tests;
