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
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, fine, warning};

    #[test]
    fn needs_newer_windows() {
        let manifest = and("[[service]]\nname = 'A'\nexe = 'bin\\agent.exe'\nstart = 'auto-delayed'");
        let min = |name: &str| manifest.replace("[payload]", &format!("platforms = {{ min = '{name}' }}\n[payload]"));
        warning(&min("windows-xp"), "needs-newer-windows", "start =");
        fine(&min("windows-7"));
        fine(&manifest);
    }
}
