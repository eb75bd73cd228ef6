//! `unused-glob`: a glob that matches no file of any architecture.

use super::{Context, Finding, Findings, Rule};
use crate::model::values::short;
use crate::plan::scan;
use crate::report::Problem;

pub(super) const RULE: Rule = Rule { name: "unused-glob", summary: "a glob that matches nothing", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let payload = &context.manifest.payload;
    let scans: Vec<_> = context.inputs.payloads.iter().filter_map(|(_, s)| s.as_ref().ok()).collect();
    if scans.is_empty() {
        return;
    }
    let help = "case does not count, * stops at a slash, **/ matches folders of any depth: \"**/*.pdb\"";
    for (n, glob) in payload.exclude.iter().enumerate() {
        if scan::glob(glob.get_ref()).is_ok() && scans.iter().all(|s| s.idle_excludes.contains(&n)) {
            let problem = Problem::new(format!("`{}` leaves nothing out", short(glob.get_ref()))).help(help);
            out.warning(Finding::at(glob.span(), problem));
        }
    }
    let groups = payload.groups.iter().flat_map(|group| &group.files);
    let rights = payload.rights.iter().flat_map(|rights| &rights.files);
    for (keep, why) in payload
        .keep
        .iter()
        .map(|glob| (glob, "the file that shall survive would be treated as any other"))
        .chain(groups.map(|glob| (glob, "the file that hangs on a condition would be there in any case")))
        .chain(rights.map(|glob| (glob, "the file that shall be protected would be open to others")))
    {
        let Ok(glob) = scan::glob(keep.get_ref()).map(|g| g.compile_matcher()) else { continue };
        if !scans.iter().flat_map(|s| &s.files).any(|f| glob.is_match(f.path.replace('\\', "/"))) {
            let problem = Problem::new(format!("`{}` is no file of the payload", short(keep.get_ref())))
                .why(why)
                .help(help);
            out.warning(Finding::at(keep.span(), problem));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{fine, warning, with};

    #[test]
    fn unused_glob() {
        let payload = |text: &str| with("[bootstrap]", &format!("{text}\n[bootstrap]"));
        warning(&payload("exclude = ['*.exe']"), "unused-glob", "exclude");
        warning(&payload("[[payload.keep]]\nfiles = ['config/*']"), "unused-glob", "files");
        warning(
            &payload("[setting.A]\n[[payload.group]]\nfiles = ['config/*']\nwhen = 'A'"),
            "unused-glob",
            "files",
        );
        warning(
            &payload("[[payload.rights]]\nfiles = ['bin/*.key']\nacl = 'admins-and-system'"),
            "unused-glob",
            "files",
        );
        fine(&payload("exclude = ['**/CTL.*']\n[[payload.keep]]\nfiles = ['Conf\\*']"));
    }
}
