//! `bad-config`: a configuration file that is not in the payload, whose values have no place in it, or that everybody
//! could read a secret in.

use packager_shared::config::{self, Value, text};
use packager_shared::path;
use packager_shared::plan::ConfigFormat;

use super::{Context, Finding, Findings, Rule};
use crate::manifest::types::Config;
use crate::model::lower::config as lowered;
use crate::model::values::short;
use crate::report::Problem;
use crate::report::artifacts::arch_name;

pub(super) const RULE: Rule =
    Rule { name: "bad-config", summary: "a configuration file that values cannot be put into", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let mut seen: Vec<(String, bool)> = Vec::new();
    for config in &context.manifest.configs {
        let Some(file) = &config.file else { continue };
        let Some(name) = lowered::file(config) else {
            out.check(file, crate::model::values::below_install_dir);
            continue;
        };
        let conditional = config.when.is_some();
        if seen.iter().any(|(other, alone)| path::same(other, &name) && !(conditional && *alone)) {
            let problem = Problem::new(format!("`{}` takes values twice", short(&name)))
                .why("which of them holds would be chance")
                .help("write all its values in one [[config]]");
            out.error(Finding::at(file.span(), problem));
            continue;
        }
        seen.push((name.clone(), conditional));
        let Some(format) = lowered::format(config) else {
            let problem = Problem::new(format!("how `{}` is written is not known", short(&name)))
                .why("its extension says nothing of it")
                .help("write format = \"ini\", \"toml\", \"json\", \"yaml\", \"xml\" or \"text\"");
            out.error(Finding::at(file.span(), problem));
            continue;
        };
        keys(context, out, config, &name, format);
        secrets(context, out, config);
    }
}

/// Whether the values have a place in the payload's file.
fn keys(
    context: &Context<'_>,
    out: &mut Findings<'_>,
    config: &Config,
    name: &str,
    format: ConfigFormat,
) {
    let Some(file) = &config.file else { return };
    if config.values.is_empty() {
        let problem =
            Problem::new("no values are put into the file").help("write values = { \"key\" = \"{SETTING}\" }");
        out.error(Finding::at(config.span.clone(), problem));
    }
    for (arch, scan) in &context.inputs.payloads {
        let Ok(scan) = scan else { continue };
        let Some((_, content)) = scan.configs.iter().find(|(known, _)| path::same(known, name)) else {
            let problem = Problem::new(format!(
                "`{}` is not in the payload for {}, or larger than {} bytes",
                short(name),
                arch_name(*arch),
                config::MOST
            ))
            .why("values are put into a file that comes with the product")
            .help("put it into the payload, or correct the path: it is relative to the payload folder");
            return out.error(Finding::at(file.span(), problem));
        };
        let names: Vec<&str> = config.values.iter().map(|(key, _)| key.get_ref().as_str()).collect();
        let placeholders = matches!(format, ConfigFormat::Xml | ConfigFormat::Text);
        let lines = text::lines_with(&String::from_utf8_lossy(content), &names);
        if let Some(line) = lines.iter().find(|line| placeholders && !text::is_findable(line, &names)) {
            let problem = Problem::new(format!("the line `{}` has nothing but placeholders", short(line.trim())))
                .why("when the values are in, they could not be found again")
                .help("write something before or behind each placeholder in the line");
            return out.error(Finding::at(file.span(), problem));
        }
        for (key, _) in &config.values {
            let value = |text: &str| Value { key: key.get_ref().clone(), text: text.into(), set: true };
            let all: Vec<Value> = config
                .values
                .iter()
                .map(|(other, _)| Value { key: other.get_ref().clone(), text: "x".into(), set: other == key })
                .collect();
            let edited = match placeholders {
                true => config::edit(format, content, &all, &lines),
                false => config::edit(format, content, &[value("x")], &[]),
            };
            let problem = match edited {
                Ok(edited) if edited.failed.is_empty() => continue,
                Ok(_) if placeholders => Problem::new(format!(
                    "the placeholder `{}` is not in `{}`",
                    short(key.get_ref()),
                    short(name)
                ))
                .help("write it into the payload's file, where its value shall stand"),
                Ok(_) => Problem::new(format!(
                    "`{}` cannot have a value in `{}`",
                    short(key.get_ref()),
                    short(name)
                ))
                .why("it is a table or a list there, or something on the way to it is none")
                .help("name a key with a single value, such as \"server.url\""),
                Err(_) => {
                    let problem = Problem::new(format!("`{}` cannot be understood", short(name)))
                        .why("it is not written as its format wants")
                        .help("correct the file, or say its `format`");
                    return out.error(Finding::at(file.span(), problem));
                }
            };
            out.error(Finding::at(key.span(), problem));
        }
    }
}

/// A secret in a file that everybody may read.
fn secrets(context: &Context<'_>, out: &mut Findings<'_>, config: &Config) {
    let Some(name) = lowered::file(config) else { return };
    let is_secret = |name: &str| {
        let mut settings = context.manifest.settings.iter();
        settings.any(|s| s.name.get_ref() == name && s.secret.as_ref().is_some_and(|flag| *flag.get_ref()))
    };
    let globs = context.manifest.payload.rights.iter().flat_map(|rights| &rights.files);
    let protected = globs
        .filter_map(|glob| crate::plan::scan::glob(glob.get_ref()).ok())
        .any(|glob| glob.compile_matcher().is_match(name.replace('\\', "/")));
    for (_, value) in &config.values {
        let Ok(template) = context.names.template(value.get_ref()) else { continue };
        if !protected && template.settings().any(is_secret) {
            let problem = Problem::new(format!("a secret stands in `{}`, which every user may read", short(&name)))
                .why("files get the rights of their folder")
                .help("protect it: [[payload.rights]] with files and acl = \"admins-and-system\"");
            out.warning(Finding::at(value.span(), problem));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, and, one};
    use crate::diagnostics::Severity;

    fn case() -> Case {
        let case = Case::new();
        for (file, content) in [
            ("a.toml", "[server]\nurl = \"\"\n"),
            ("b.json", "{ \"a\": [1], }"),
            ("c.xml", "<a url='@URL@'/>\n"),
            ("d.txt", "  @URL@\n"),
            ("e.toml", "[a\n"),
            ("f.dat", "[s]\nk=1\n"),
        ] {
            std::fs::write(case.dir.join("payload/conf").join(file), content).unwrap();
        }
        case
    }

    fn config(file: &str, values: &str, more: &str) -> String {
        let settings = "[setting.URL]\n[setting.TOKEN]\nsecret = true\n";
        and(&format!("{settings}[[config]]\nfile = 'conf/{file}'\nvalues = {{ {values} }}\n{more}"))
    }

    #[test]
    fn bad_config() {
        for (file, values, more, at) in [
            ("x.toml", "'a' = '1'", "", "file ="),
            ("f.dat", "'s.k' = '1'", "", "file ="),
            ("b.json", "'a' = '1'", "", "values ="),
            ("a.toml", "'server' = '1'", "", "values ="),
            ("c.xml", "'@OTHER@' = '1'", "", "values ="),
            ("d.txt", "'@URL@' = '1'", "", "file ="),
            ("e.toml", "'a' = '1'", "", "file ="),
            ("a.toml", "", "", "[[config]]"),
            ("a.toml", "'a' = '1'", "[[config]]\nfile = 'conf/A.toml' # again\nvalues = { b = '1' }", "again"),
        ] {
            one(&case(), &config(file, values, more), "bad-config", Severity::Error, at);
        }
        one(&case(), &config("a.toml", "'a.t' = '{TOKEN}'", ""), "bad-config", Severity::Warning, "values =");
        for (file, values, more) in [
            ("a.toml", "'server.url' = '{URL}', 'server.new' = 'x', 'other' = 'y'", ""),
            ("c.xml", "'@URL@' = 'https://{URL}'", ""),
            ("f.dat", "'s.k' = '{URL}'", "format = 'ini'"),
            ("a.toml", "'a' = '{TOKEN}'", "[[payload.rights]]\nfiles = ['conf/a.toml']\nacl = 'admins-and-system'"),
        ] {
            assert_eq!(case().run(&config(file, values, more)), []);
        }
    }
}
