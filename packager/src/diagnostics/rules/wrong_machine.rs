//! `wrong-machine`: a service's program or a shortcut's target that the package's processor cannot run.

use packager_shared::path;
use packager_shared::plan::Arch;

use super::{Context, Finding, Findings, Rule};
use crate::formats::pe::Machine;
use crate::manifest::types::Text;
use crate::model::values;
use crate::report::Problem;
use crate::report::artifacts::arch_name;

pub(super) const RULE: Rule =
    Rule { name: "wrong-machine", summary: "a program that the package's processor cannot run", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let manifest = context.manifest;
    let services = manifest.services.iter().filter_map(|s| s.exe.as_ref());
    let targets = manifest.shortcuts.iter().filter_map(|s| s.target.as_ref());
    let opened = manifest.associations.iter().filter_map(|a| a.program.as_ref());
    for text in services.chain(targets).chain(opened) {
        program(context, out, text);
    }
}

fn program(context: &Context<'_>, out: &mut Findings<'_>, text: &Text) {
    let Ok(wanted) = values::below_install_dir(text.get_ref()) else { return };
    if !path::lower(&wanted).ends_with(".exe") {
        return;
    }
    for (arch, scan) in &context.inputs.payloads {
        let Ok(scan) = scan else { continue };
        let Some(found) = scan.files.iter().find(|f| path::same(&f.path, &wanted)) else { continue };
        let arch_of = arch_name(*arch);
        match found.machine {
            None => {
                let problem = Problem::new(format!("{} is no Windows program", found.source))
                    .why("Windows would refuse to start it")
                    .help("build it for Windows, or correct the path");
                return out.warning(Finding::at(text.span(), problem));
            }
            Some(machine) if !runs(*arch, machine) => {
                let problem = Problem::new(format!("{} does not run on {arch_of}", found.source))
                    .why(format!("it is built for {}", name(machine)))
                    .help("give each architecture a folder of its own: source = \"payload/{arch}\"");
                return out.error(Finding::at(text.span(), problem));
            }
            Some(_) => {}
        }
    }
}

/// 64-bit Windows runs 32-bit programs; Windows on ARM64 runs both kinds.
fn runs(arch: Arch, machine: Machine) -> bool {
    match machine {
        Machine::X86 => true,
        Machine::X64 => arch != Arch::X86,
        Machine::Arm64 => arch == Arch::Arm64,
        Machine::Other(_) => false,
    }
}

fn name(machine: Machine) -> String {
    match machine {
        Machine::X86 => "x86".into(),
        Machine::X64 => "x64".into(),
        Machine::Arm64 => "arm64".into(),
        Machine::Other(code) => format!("the processor {code:#06x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, and, fine, one};
    use crate::diagnostics::Severity;

    #[test]
    fn wrong_machine() {
        let manifest = and("[[service]]\nname = 'A'\nexe = 'bin\\agent.exe'");
        fine(&manifest);
        let case = Case::new();
        case.file("payload/bin/agent.exe");
        one(&case, &manifest, "wrong-machine", Severity::Warning, "exe");
        let mut image = packager_prebuilt::STUB_X86.to_vec();
        let header = u32::from_le_bytes(image[0x3c..0x40].try_into().unwrap()) as usize;
        image[header + 4..header + 6].copy_from_slice(&0x8664_u16.to_le_bytes());
        std::fs::write(case.dir.join("payload/bin/agent.exe"), image).unwrap();
        one(&case, &manifest, "wrong-machine", Severity::Error, "exe");
        assert_eq!(case.run(&manifest.replace(", \"x86\"", "")), []);
    }
}
