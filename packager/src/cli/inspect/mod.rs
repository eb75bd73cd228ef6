//! `packager inspect FILE`: what is in a package, a program or a share, for people and for programs.

mod cabinet;
mod database;
mod program;
mod share;
mod shown;
#[cfg(test)]
mod tests;

use camino::Utf8PathBuf;
use serde_json::{Value, json};

use self::shown::Shown;
use super::Outcome;
use super::console::Console;
use super::kind::{self, Kind};
use crate::diagnostics::suggest;
use crate::report::{BuildError, Problem};

/// Show what is in an .msi, .mst, .cab, program or share
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file, or a share's folder
    #[arg(value_name = "FILE")]
    pub file: Utf8PathBuf,
    /// Only this table, with all its rows
    #[arg(long, value_name = "NAME")]
    pub table: Option<String>,
    /// For people, or one JSON object
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub format: Format,
}

/// `--format`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Human,
    /// One JSON object
    Json,
}

/// Shows it.
pub fn run(args: &Args, console: &mut Console) -> Outcome {
    let shown = look(args)?;
    let table = match &args.table {
        Some(name) => Some(find(&shown, name, args)?),
        None => None,
    };
    if console.is_json() {
        let mut value = shown.json(table);
        if let Value::Object(fields) = &mut value {
            fields.insert("reason".into(), json!("inspect"));
        }
        console.json(&value);
        return Ok(());
    }
    console.answer(&match args.format {
        Format::Human => shown.human(table),
        Format::Json => serde_json::to_string_pretty(&shown.json(table)).unwrap_or_default(),
    });
    Ok(())
}

/// What is there to show.
fn look(args: &Args) -> Result<Shown, BuildError> {
    let path = args.file.as_path();
    match kind::of(path)? {
        Kind::Cabinet => cabinet::look(path),
        Kind::Database => database::look(path),
        Kind::Program => program::look(path),
        Kind::Share(root) => share::look(&root),
    }
}

/// The place of a table by its name; case does not matter.
fn find(shown: &Shown, name: &str, args: &Args) -> Result<usize, BuildError> {
    let names: Vec<&str> = shown.tables.iter().map(|table| table.name.as_str()).collect();
    if let Some(place) = names.iter().position(|known| known.eq_ignore_ascii_case(name)) {
        return Ok(place);
    }
    let near = suggest::closest(name, names.iter().copied()).map(|near| format!("did you mean `{near}`?"));
    Err(BuildError::Input(
        Problem::new(format!("there is no table `{name}` in {}", args.file))
            .help(near.unwrap_or_else(|| format!("there are: {}", names.join(", ")))),
    ))
}
