//! `view-64-in-x86`: a 32-bit package cannot write to the 64-bit view of the registry.

use packager_shared::plan::Arch;

use super::{Context, Finding, Findings, Rule};
use crate::model::lower;
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "view-64-in-x86", summary: "the 64-bit view in a 32-bit package", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    if !lower::archs(context.manifest).contains(&Arch::X86) {
        return;
    }
    for view in context.manifest.registry.iter().filter_map(|r| r.view.as_ref()) {
        if view.get_ref() == "64" {
            let problem = Problem::new("the x86 package cannot write to the 64-bit view")
                .why("32-bit Windows has no such view, and Windows Installer none in a 32-bit package")
                .help("use view = \"native\", or build no x86 package");
            let mut finding = Finding::at(view.span(), problem);
            if let Some(arch) = context.manifest.product.arch.iter().find(|a| a.get_ref() == "x86") {
                finding = finding.also(arch.span(), "the x86 package");
            }
            out.error(finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn view_64_in_x86() {
        for view in ["64", "\"64\""] {
            let manifest = and(&format!("[[registry]]\nkey = 'HKLM\\A'\nview = {view}"));
            error(&manifest, "view-64-in-x86", "view");
            fine(&manifest.replace(", \"x86\"", ""));
        }
    }
}
