//! `bad-glob`: a glob that cannot be read.

use super::{Context, Findings, Rule};
use crate::plan::scan;

pub(super) const RULE: Rule = Rule { name: "bad-glob", summary: "a glob that cannot be read", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let payload = &context.manifest.payload;
    let groups = payload.groups.iter().flat_map(|group| &group.files);
    let rights = payload.rights.iter().flat_map(|rights| &rights.files);
    for glob in payload.exclude.iter().chain(&payload.keep).chain(groups).chain(rights) {
        out.check(glob, scan::glob);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{error, fine, with};

    #[test]
    fn bad_glob() {
        for bad in ["[a", "{a", "/x", "../x"] {
            error(&with("[bootstrap]", &format!("exclude = ['{bad}']\n[bootstrap]")), "bad-glob", "exclude");
        }
        let group = |glob: &str| {
            let more = format!("[setting.A]\n[[payload.group]]\nfiles = ['{glob}']\nwhen = 'A'");
            with("[bootstrap]", &format!("{more}\n[bootstrap]"))
        };
        error(&group("[a"), "bad-glob", "files");
        fine(&group("conf/*"));
        fine(&with("[bootstrap]", "[[payload.keep]]\nfiles = ['conf/*']\n[bootstrap]"));
    }
}
