//! ICE56: there is one root directory, TARGETDIR, and its source is SourceDir.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice56>

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for directory in view.rows("Directory") {
        let parent = directory.text("Directory_Parent");
        if !parent.is_empty() && parent != directory.first() {
            continue;
        }
        if directory.first() != "TARGETDIR" {
            if in_use(view, directory.first()) {
                report.error(Place::row(&directory), "it is a root directory; only TARGETDIR may be one");
            }
        } else if !matches!(directory.text("DefaultDir"), "SourceDir" | "SOURCEDIR") {
            report.error(
                Place::field(&directory, "DefaultDir"),
                "the root directory's source has to be SourceDir",
            );
        }
    }
}

/// Empty directories are not looked at.
fn in_use(view: &View<'_>, root: &str) -> bool {
    view.rows("Component")
        .any(|component| view.directories.chain(component.text("Directory_")).any(|key| key == root))
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice56() {
        assert_eq!(
            found("ICE56", |db| set(db, "Directory", "TARGETDIR", "DefaultDir", "Source")),
            ["error Directory TARGETDIR DefaultDir"]
        );
        assert_eq!(
            found("ICE56", |db| set(db, "Directory", "INSTALLDIR", "Directory_Parent", "")),
            ["error Directory INSTALLDIR"]
        );
    }
}
