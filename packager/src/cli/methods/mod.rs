//! `packager methods`: who may install how, by install method, Windows and account.

mod render;
#[cfg(test)]
mod tests;

use camino::{Utf8Path, Utf8PathBuf};
use packager_shared::methods::{Generation, Method, update_task};
use packager_shared::plan::Scope;
use serde_json::{Value, json};

use super::Outcome;
use super::console::Console;
use crate::plan::{self, PackagePlan};
use crate::report::{BuildError, Reporter as _};

/// Show who may install how: install method, Windows, account
#[derive(Debug, clap::Args)]
pub struct Args {
    /// For people, one JSON object, or a page of documentation
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub format: Format,
    /// Also say which of the methods a manifest's packages serve
    #[arg(long, value_name = "MANIFEST")]
    pub manifest: Option<Utf8PathBuf>,
}

/// `--format`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Human,
    /// One JSON object
    Json,
    /// A page of documentation
    Markdown,
}

/// What a manifest's packages serve.
pub(super) struct Served {
    /// The product's name.
    name: String,
    /// It runs on this generation of Windows.
    runs_on: [bool; 2],
    /// Why a method is not served.
    refused: [Option<&'static str>; Method::ALL.len()],
}

/// Shows the table.
pub fn run(args: &Args, console: &mut Console) -> Outcome {
    let served = args.manifest.as_deref().map(|path| serve(path, console)).transpose()?.flatten();
    let served = served.as_ref();
    if console.is_json() {
        let mut value = render::json(served);
        if let Value::Object(fields) = &mut value {
            fields.insert("reason".into(), json!("methods"));
        }
        console.json(&value);
        return Ok(());
    }
    console.document(&match args.format {
        Format::Human => render::human(served),
        Format::Json => format!("{:#}\n", render::json(served)),
        Format::Markdown => render::markdown(served),
    })
}

/// Reads a manifest. `None`: it has no package.
fn serve(path: &Utf8Path, console: &mut Console) -> Result<Option<Served>, BuildError> {
    let loaded = plan::load(path)?;
    match loaded.errors() {
        0 => Ok(loaded.plans.first().map(served)),
        errors => {
            for diagnostic in &loaded.diagnostics {
                console.diagnostic(&loaded.source, diagnostic);
            }
            Err(BuildError::Manifest { errors })
        }
    }
}

fn served(plan: &PackagePlan) -> Served {
    let target = &plan.target;
    let share = target.bootstrap.public_key.is_some() && plan.outputs.share.private_key.is_some();
    let refused = Method::ALL.map(|method| match (method, target.product.scope) {
        (Method::PerUser, Scope::User) => None,
        (Method::PerUser, Scope::Machine) => Some("it is for the machine: product.scope is not \"user\""),
        (Method::Remote | Method::Web | Method::Notify, _) => Some("not offered"),
        (_, Scope::User) => Some("it is for one user: product.scope is \"user\""),
        (Method::LoginScript | Method::StartupScript, _) if !share => {
            Some("no share is built: [bootstrap] names no pair of keys")
        }
        (Method::ScheduledTask, _) if update_task(target).is_none() => {
            Some("no task runs the installed bootstrap as the system")
        }
        _ => None,
    });
    // Before Vista are the versions 5.
    let runs_on =
        Generation::ALL.map(|generation| generation == Generation::Uac || target.platform.min.0 < 6);
    Served { name: target.product.name.clone(), runs_on, refused }
}
