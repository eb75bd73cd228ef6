//! `shared-by-archs`: the packages of a 32-bit and of a 64-bit architecture install to one folder.

use packager_shared::plan::{Arch, Scope};
use packager_shared::template::{Dir, Part};

use super::{Context, Finding, Findings, Rule};
use crate::model::{lower, places};
use crate::report::Problem;
use crate::report::artifacts::arch_name;

pub(super) const RULE: Rule =
    Rule { name: "shared-by-archs", summary: "one folder for the files of two architectures", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let manifest = context.manifest;
    let Some(dir) = &manifest.payload.dir else { return };
    let archs = lower::archs(manifest);
    let wide = archs.iter().find(|arch| **arch != Arch::X86);
    let (Some(wide), true) = (wide, archs.contains(&Arch::X86)) else { return };
    let scope = lower::scope(manifest);
    let Ok(template) = places::install_dir(dir.get_ref(), scope, &context.names) else { return };
    // The programs of a machine have a folder for each, those of a user have one.
    let apart = matches!(template.0.first(), Some(Part::Dir(Dir::ProgramFiles | Dir::CommonFiles)))
        && scope == Scope::Machine;
    if apart {
        return;
    }
    let problem = Problem::new(format!("the {} and the x86 package install to the same folder", arch_name(*wide)))
        .why(
            "a file there belongs to a component of each, so that removing one package would take the other's file: \
             installing one replaces the other",
        )
        .help(match scope {
            Scope::Machine => "install to '{ProgramFiles}\\…', which is another folder for each, or make one architecture",
            Scope::User => "give each architecture a manifest with a `payload.dir` of its own, or make one architecture",
        });
    let finding = Finding::at(dir.span(), problem);
    out.warning(match manifest.product.arch.first().zip(manifest.product.arch.last()) {
        Some((first, last)) => finding.also(first.span().start..last.span().end, "the architectures"),
        None => finding,
    });
}

#[cfg(test)]
mod tests {
    use super::super::testing::{fine, warning, with};

    #[test]
    fn shared_by_archs() {
        let data = with("{ProgramFiles}", "{ProgramData}");
        warning(&data, "shared-by-archs", "dir =");
        warning(&with("[payload]", "scope = 'user'\n[payload]"), "shared-by-archs", "dir =");
        fine(&data.replace(r#"["x64", "x86"]"#, r#"["x86"]"#));
        fine(&with("{ProgramFiles}", "{CommonFiles}"));
    }
}
