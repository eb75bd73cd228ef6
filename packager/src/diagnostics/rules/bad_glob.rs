//! `bad-glob`: a glob that cannot be read.

use super::{Context, Findings, Rule};
use crate::plan::scan;

pub(super) const RULE: Rule = Rule { name: "bad-glob", summary: "a glob that cannot be read", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let payload = &context.manifest.payload;
    for glob in payload.exclude.iter().chain(&payload.keep) {
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
        fine(&with("[bootstrap]", "[[payload.keep]]\nfiles = ['conf/*']\n[bootstrap]"));
    }
}
