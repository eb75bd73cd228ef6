//! `packager check [MANIFEST]`: everything that is wrong with a manifest and its payload; nothing is written.

use camino::Utf8PathBuf;

use super::Outcome;
use super::console::Console;
use crate::plan;
use crate::report::artifacts::{arch_name, size};
use crate::report::{BuildError, Reporter as _};

/// Check a manifest and its payload; nothing is written
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The manifest
    #[arg(value_name = "MANIFEST", default_value = "agent.toml")]
    pub manifest: Utf8PathBuf,
}

/// Shows every problem there is.
pub fn run(args: &Args, console: &mut Console) -> Outcome {
    let loaded = plan::load(&args.manifest)?;
    for diagnostic in &loaded.diagnostics {
        console.diagnostic(&loaded.source, diagnostic);
    }
    match loaded.errors() {
        0 => {}
        errors => return Err(BuildError::Manifest { errors }),
    }
    for plan in &loaded.plans {
        let product = &plan.target.product;
        let bytes = plan.files.iter().fold(0_u64, |all, f| all.saturating_add(f.size));
        console.say(&format!(
            "{} {} for {}: {} files, {}",
            product.name,
            product.version_text,
            arch_name(product.arch),
            plan.files.len(),
            size(bytes)
        ));
    }
    Ok(())
}
