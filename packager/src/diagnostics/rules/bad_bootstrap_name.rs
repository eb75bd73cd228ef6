//! `bad-bootstrap-name`: the bootstrap's file name is one that Windows cannot have, or no `.exe`.

use super::{Context, Findings, Rule};
use crate::model::values::short;
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "bad-bootstrap-name", summary: "the bootstrap's name is no file name of a program", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let Some(name) = &context.manifest.bootstrap.name else { return };
    out.check(name, |name| {
        let fault = |what: &str| {
            Err(Problem::new(format!("`{}` {what}", short(name))).help("write a plain name, such as autopcc.exe"))
        };
        match packager_shared::path::check_part(name) {
            Err(e) => fault(&e.to_string()),
            Ok(()) if !name.to_ascii_lowercase().ends_with(".exe") => fault("does not end with .exe"),
            Ok(()) if name.len() > 60 => fault("is longer than 60 bytes"),
            Ok(()) => Ok(()),
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_bootstrap_name() {
        for bad in ["autopcc", "a/b.exe", "con.exe", "..", "a.exe "] {
            error(&and(&format!("name = '{bad}'")), "bad-bootstrap-name", "name =");
        }
        fine(&and("name = 'Update.EXE'"));
    }
}
