//! `bad-ini`: a value of an INI file that cannot be written, or twice the same.

use std::collections::HashMap;
use std::ops::Range;

use packager_shared::path::{lower, same};
use packager_shared::template::{Dir, Part};

use super::{Context, Finding, Findings, Rule};
use crate::manifest::types::Ini;
use crate::model::{lower as lowered, places, values};
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "bad-ini", summary: "a value of an INI file that cannot be written", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let mut seen: HashMap<String, Range<usize>> = HashMap::new();
    for ini in &context.manifest.ini {
        file(context, out, ini);
        if let Some(section) = &ini.section {
            out.check(section, |text| name(text, 90, &['[', ']']));
        }
        if ini.values.is_empty() {
            let problem = Problem::new("no values are written").help("name some: values = { Key = \"value\" }");
            out.error(Finding::at(ini.span.clone(), problem));
        }
        for (key, value) in &ini.values {
            out.check(key, |text| name(text, 120, &['=', ';', '[']));
            out.check(value, |text| name(text, 250, &[]));
            out.check(value, |text| context.names.template(text));
            let text = |t: &Option<crate::manifest::types::Text>| {
                t.as_ref().map_or(String::new(), |t| lower(&t.get_ref().replace('/', "\\")))
            };
            let id = [text(&ini.file), text(&ini.section), lower(key.get_ref())].join("|");
            if let Some(first) = seen.insert(id, key.span()) {
                let problem = Problem::new("this value stands here twice")
                    .why("which of them holds would be chance")
                    .help("remove one");
                out.error(Finding::at(key.span(), problem).also(first, "first here"));
            }
        }
    }
}

fn file(context: &Context<'_>, out: &mut Findings<'_>, ini: &Ini) {
    let Some(file) = &ini.file else { return };
    let scope = lowered::scope(context.manifest);
    let template = match places::directory(file.get_ref(), scope, &context.names) {
        Ok(template) => template,
        Err(problem) => return out.error(Finding::at(file.span(), problem)),
    };
    if let [Part::Dir(Dir::InstallDir), Part::Text(path)] = template.0.as_slice() {
        let files = context.inputs.payloads.iter().filter_map(|(_, scan)| scan.as_ref().ok());
        if files.flat_map(|scan| &scan.files).any(|found| same(&found.path, path)) {
            let problem = Problem::new(format!("`{}` is a file of the payload", values::short(path)))
                .why("an update would find it changed, and write it anew")
                .help("use [[config]] for it, or write the value into the payload's file");
            out.error(Finding::at(file.span(), problem));
        }
    }
}

/// A section, key or value as INI files can have it.
fn name(text: &str, longest: usize, not: &[char]) -> Result<(), Problem> {
    values::line(text, longest)?;
    if text.is_empty() || text.trim() != text {
        return Err(Problem::new("the text is empty, or has a space at its start or end")
            .why("Windows takes such spaces away, and Windows Installer writes no empty text")
            .help("write it in quotes if the spaces matter: '\" a \"'"));
    }
    match text.chars().find(|c| not.contains(c)) {
        Some(c) => Err(Problem::new(format!("the text has {c:?}"))
            .why("it has a meaning of its own in an INI file")
            .help("write it without")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_ini() {
        let ini = |file: &str, section: &str, values: &str| {
            and(&format!("[[ini]]\nfile = '{file}'\nsection = '{section}'\nvalues = {{ {values} }}"))
        };
        let good = "{ProgramData}\\Acme\\shared.ini";
        for bad in ["C:\\a.ini", "a.ini", "{InstallDir}\\conf\\agent.conf", "{Windows}"] {
            error(&ini(bad, "s", "k = 'v'"), "bad-ini", "file");
        }
        for bad in ["", "a]", " a"] {
            error(&ini(good, bad, "k = 'v'"), "bad-ini", "section");
        }
        for bad in ["'a=b' = 'v'", "';a' = 'v'", "k = ''", "k = ' v'", "k = '{X}'", "k = 'v', K = 'w'"] {
            error(&ini(good, "s", bad), "bad-ini", "values");
        }
        error(&ini(good, "s", ""), "bad-ini", "[[ini]]");
        fine(&ini("{Windows}/acme.ini", "s {Version}", "k = '{InstallDir}', 'a b' = '\" v \"'"));
    }
}
