//! `fourth-version-part`: Windows Installer does not compare the fourth part of a version.

use super::{Context, Finding, Findings, Rule};
use crate::manifest::types::Version;
use crate::model::values;
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "fourth-version-part", summary: "a part of the version that is not compared", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let Some(version) = &context.manifest.product.version else { return };
    let fourth = match version {
        Version::Text(text) => text.get_ref().split('.').count() == 4 && values::version(text.get_ref()).is_ok(),
        Version::File(_) => matches!(context.inputs.version, Some(Ok([_, _, _, d])) if d != 0),
    };
    if fourth {
        let problem = Problem::new("the fourth part of the version is not compared")
            .why("Windows Installer, Intune and Configuration Manager look at the first three")
            .help("let one of the first three parts grow with every release");
        out.warning(Finding::at(version.span(), problem));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{warning, with};

    #[test]
    fn fourth_version_part() {
        warning(&with("1.2.3", "1.2.3.4"), "fourth-version-part", "version");
        warning(&with("1.2.3", "1.2.3.0"), "fourth-version-part", "version");
    }
}
