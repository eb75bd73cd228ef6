//! `needs-newer-windows`: the manifest promises a Windows that is too old for what it uses.

use super::{Context, Finding, Findings, Rule};
use crate::model::windows;
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "needs-newer-windows", summary: "a feature that the oldest Windows does not have", check };

/// Windows Installer 5, which writes delayed starts, is part of Windows 7.
const WINDOWS_7: (u32, u32, u32) = (6, 1, 7600);

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let Some(min) = &context.manifest.product.min else { return };
    if windows::windows(min.get_ref()).is_none_or(|version| version >= WINDOWS_7) {
        return;
    }
    for start in context.manifest.services.iter().filter_map(|s| s.start.as_ref()) {
        if start.get_ref() == "auto-delayed" {
            let problem = Problem::new(format!("the MSI will not install on {}", min.get_ref()))
                .why("an MSI with a delayed start needs Windows Installer 5, which came with Windows 7")
                .help("use start = \"auto\", say min = \"windows-7\", or give old machines the setup EXE");
            out.warning(Finding::at(start.span(), problem).also(min.span(), "the oldest Windows"));
        }
    }
    let manifest = context.manifest;
    let rights = manifest.directories.iter().map(|d| &d.acl).chain(manifest.registry.iter().map(|r| &r.acl));
    for acl in rights.chain(manifest.payload.rights.iter().map(|r| &r.acl)).flatten() {
        let problem = Problem::new(format!("the MSI will not install on {}", min.get_ref()))
            .why("an MSI with rights needs Windows Installer 5, which came with Windows 7")
            .help("say min = \"windows-7\", or give old machines the setup EXE");
        out.warning(Finding::at(acl.span(), problem).also(min.span(), "the oldest Windows"));
    }
    for preshutdown in context.manifest.services.iter().filter_map(|s| s.preshutdown.as_ref()) {
        let problem = Problem::new(format!("nothing waits for the service on {}", min.get_ref()))
            .why("preshutdown came with Windows Vista, and Windows Installer 5 of Windows 7 can set it")
            .help("say min = \"windows-7\", or leave `preshutdown` out");
        out.warning(Finding::at(preshutdown.span(), problem).also(min.span(), "the oldest Windows"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, fine, warning};

    #[test]
    fn needs_newer_windows() {
        let manifest = and("[[service]]\nname = 'A'\nexe = 'bin\\agent.exe'\nstart = 'auto-delayed'");
        let min = |name: &str| manifest.replace("[payload]", &format!("platforms = {{ min = '{name}' }}\n[payload]"));
        warning(&min("windows-xp"), "needs-newer-windows", "start =");
        let waits = manifest.replace("start = 'auto-delayed'", "preshutdown = '30s'");
        let old = waits.replace("[payload]", "platforms = { min = 'server-2003' }\n[payload]");
        warning(&old, "needs-newer-windows", "preshutdown");
        let locked = and("[[registry]]\nkey = 'HKLM\\SOFTWARE\\A'\nacl = 'users-read'");
        let old = locked.replace("[payload]", "platforms = { min = 'windows-vista' }\n[payload]");
        warning(&old, "needs-newer-windows", "acl");
        fine(&min("windows-7"));
        fine(&manifest);
    }
}
