//! ICE09: components in the system folder are permanent.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice09>

use crate::validate::{Place, Report, View};

const PERMANENT: i32 = 0x10;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for component in view.rows("Component") {
        let directory = component.text("Directory_");
        let system = matches!(directory, "SystemFolder" | "System64Folder");
        if system && component.bits("Attributes") & PERMANENT == 0 {
            report.warning(
                Place::field(&component, "Attributes"),
                format!("it is installed in `{directory}` and not permanent (bit 16)"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice09() {
        assert_eq!(
            found("ICE09", |db| set(db, "Component", "exe", "Directory_", "SystemFolder")),
            ["warning Component exe Attributes"]
        );
        let permanent = found("ICE09", |db| {
            set(db, "Component", "exe", "Directory_", "SystemFolder");
            set(db, "Component", "exe", "Attributes", 16);
        });
        assert!(permanent.is_empty());
    }
}
