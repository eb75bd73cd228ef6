//! `bad-group`: a file in two groups, or a program whose file may be absent while something needs it.

use packager_shared::path;
use packager_shared::plan::Condition;

use super::{Context, Finding, Findings, Rule};
use crate::manifest::types::{Group, Text};
use crate::model::{conditions, values};
use crate::plan::scan;
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "bad-group", summary: "a group of files that breaks something else", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let manifest = context.manifest;
    let groups = &manifest.payload.groups;
    for (number, group) in groups.iter().enumerate() {
        for file in files(context, group) {
            let Some(first) = groups.iter().take(number).find(|other| files(context, other).contains(&file)) else {
                continue;
            };
            let (Some(here), Some(there)) = (group.files.first(), first.files.first()) else { continue };
            let problem = Problem::new(format!("`{}` is in two groups", values::short(&file)))
                .why("which condition it hangs on would be chance")
                .help("let the globs of the groups name different files, and join the conditions with AND or OR");
            out.error(Finding::at(here.span(), problem).also(there.span(), "the first group"));
            break;
        }
    }
    for service in &manifest.services {
        needed(context, out, &service.exe, &service.when);
    }
    for shortcut in &manifest.shortcuts {
        needed(context, out, &shortcut.target, &shortcut.when);
    }
}

/// The files of a group, in any architecture.
fn files(context: &Context<'_>, group: &Group) -> Vec<String> {
    let globs = scan::globs(group.files.iter().map(|glob| glob.get_ref().as_str())).unwrap_or_default();
    let scans = context.inputs.payloads.iter().filter_map(|(_, scan)| scan.as_ref().ok());
    let mut files: Vec<String> = scans
        .flat_map(|scan| &scan.files)
        .filter(|found| globs.is_match(found.path.replace('\\', "/")))
        .map(|found| path::lower(&found.path))
        .collect();
    files.sort();
    files.dedup();
    files
}

/// What needs a file of a group has to hang on what the group hangs on.
fn needed(context: &Context<'_>, out: &mut Findings<'_>, file: &Option<Text>, when: &Option<Text>) {
    let Some(text) = file else { return };
    let Ok(wanted) = values::below_install_dir(text.get_ref()) else { return };
    let parse = |when: &Option<Text>| {
        when.as_ref().map(|when| conditions::parse(when.get_ref(), &context.names).map_err(drop))
    };
    for group in &context.manifest.payload.groups {
        let (Some(Ok(files_hold)), Some(place)) = (parse(&group.when), &group.when) else { continue };
        let fits = match parse(when) {
            Some(Ok(holds)) => implies(&holds, &files_hold),
            Some(Err(())) => true,
            None => false,
        };
        if !fits && files(context, group).contains(&path::lower(&wanted)) {
            let problem = Problem::new(format!("`{}` is not always there", values::short(&wanted)))
                .why("it is in a group of files that hangs on a condition, and this does not hang on it")
                .help(format!("write here, too: when = \"{}\"", place.get_ref()));
            out.error(Finding::at(text.span(), problem).also(place.span(), "the group's condition"));
        }
    }
}

/// Whether one condition says at least what the other does: the same, or the same and more.
pub(super) fn implies(one: &Condition, other: &Condition) -> bool {
    one == other || matches!(one, Condition::All(parts) if parts.contains(other))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_group() {
        let group = |files: &str, when: &str| format!("[[payload.group]]\nfiles = ['{files}']\nwhen = '{when}'\n");
        let settings = "[setting.A]\n[setting.B]\n";
        error(
            &and(&[settings, &group("conf/*", "A"), &group("**/*.conf", "B")].concat()),
            "bad-group",
            "**/*.conf",
        );
        fine(&and(&[settings, &group("conf/*", "A"), &group("bin/ctl.exe", "B")].concat()));
        let service = |when: &str| {
            let table = format!("[[service]]\nname = 'S'\nexe = 'bin\\agent.exe'\n{when}");
            and(&[settings, &group("bin/*", "A"), &table].concat())
        };
        error(&service(""), "bad-group", "exe =");
        error(&service("when = 'B'"), "bad-group", "exe =");
        error(&service("when = 'A OR B'"), "bad-group", "exe =");
        fine(&service("when = 'A'"));
        fine(&service("when = 'B AND A'"));
        let shortcut = "[[shortcut]]\ntarget = 'bin\\ctl.exe'\n";
        error(&and(&[settings, &group("bin/ctl.exe", "A"), shortcut].concat()), "bad-group", "target");
    }
}
