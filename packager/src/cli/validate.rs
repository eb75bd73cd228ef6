//! `packager validate FILE.msi…`: what Windows Installer's own validation would find in packages of anyone.

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::json;

use super::Outcome;
use super::console::Console;
use super::kind::bad;
use crate::formats::msidb;
use crate::report::{BuildError, Problem};
use crate::validate::{self, Finding, Severity};

/// Validate Windows Installer packages by the rules of the original suite (ICE)
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The packages
    #[arg(value_name = "FILE.msi", required = true)]
    pub files: Vec<Utf8PathBuf>,
    /// Ask only this rule: ICE03, or 3 (may be given more than once)
    #[arg(long, value_name = "NAME", value_parser = rule)]
    pub ice: Vec<String>,
}

/// Takes the name of a rule that there is.
fn rule(name: &str) -> Result<String, String> {
    let name = name.to_owned();
    if validate::unknown(std::slice::from_ref(&name)).is_empty() {
        return Ok(name);
    }
    let names: Vec<&str> = validate::RULES.iter().map(|rule| rule.name).collect();
    Err(format!("there is no such rule; there are {}", names.join(" ")))
}

/// Shows what is found in every file; an error in any of them is the input's fault.
pub fn run(args: &Args, console: &mut Console) -> Outcome {
    let mut invalid = Vec::new();
    for path in &args.files {
        let findings = look(path, &args.ice)?;
        for finding in &findings {
            show(path, finding, console);
        }
        let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        if errors > 0 {
            invalid.push(format!("{path} has {errors}"));
        }
        let rules = if args.ice.is_empty() { validate::RULES.len() } else { args.ice.len() };
        if !console.is_json() {
            console.say(&format!("{path}: {rules} rules, {errors} errors, {warnings} warnings"));
        }
        console.json(&json!({
            "reason": "validated", "path": path.as_str(), "rules": rules, "errors": errors, "warnings": warnings,
        }));
    }
    if invalid.is_empty() {
        return Ok(());
    }
    Err(BuildError::Input(
        Problem::new(format!("errors were found: {}", invalid.join(", ")))
            .help("each rule is described at https://learn.microsoft.com/windows/win32/msi/ice-reference"),
    ))
}

fn look(path: &Utf8Path, only: &[String]) -> Result<Vec<Finding>, BuildError> {
    let file = std::fs::File::open(path).map_err(|e| BuildError::io("open", path, &e))?;
    let package = msidb::open(std::io::BufReader::new(file)).map_err(|e| bad(path, e))?;
    if package.clsid == msidb::transform::CLSID {
        return Err(bad(path, "it is a transform; rules are asked of packages"));
    }
    Ok(validate::run(&package.database, only))
}

fn show(path: &Utf8Path, finding: &Finding, console: &mut Console) {
    if console.is_json() {
        console.json(&json!({
            "reason": "finding", "path": path.as_str(), "ice": finding.ice,
            "severity": finding.severity.to_string(), "table": finding.table, "row": finding.row,
            "column": finding.column, "message": finding.message,
        }));
    } else {
        console.answer(&format!("{path}: {finding}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::console::MessageFormat;
    use crate::formats::msidb::Database;
    use crate::row;

    #[test]
    fn names_of_rules_are_held_against_the_list() {
        assert_eq!(rule("ice03"), Ok("ice03".to_owned()));
        assert_eq!(rule("24"), Ok("24".to_owned()));
        assert!(rule("ICE999").is_err());
    }

    #[test]
    fn errors_are_the_inputs_fault_and_a_missing_file_the_machines() {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(dir.path().join("a.msi")).unwrap();
        let mut db = Database::new(1252);
        db.push("Property", row!["ProductName", "A"]).unwrap();
        db.write(&mut std::fs::File::create(&path).unwrap()).unwrap();
        let mut console = Console::new(MessageFormat::Human, true);
        let mut code = |files: Vec<Utf8PathBuf>, ice: &[&str]| {
            let ice = ice.iter().map(|name| (*name).to_owned()).collect();
            run(&Args { files, ice }, &mut console).map_or_else(|error| error.exit_code(), |()| 0)
        };
        assert_eq!(code(vec![path.clone()], &["ICE03", "16"]), 0);
        assert_eq!(code(vec![path.clone()], &["ICE05"]), 1);
        assert_eq!(code(vec![path.with_extension("none")], &[]), 3);
        std::fs::write(&path, "no database").unwrap();
        assert_eq!(code(vec![path], &[]), 1);
    }
}
