//! ICE54: the key path file of a component has a version of its own.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice54>

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let files = view.by_key("File");
    for component in view.rows("Component") {
        let Some(file) = files.get(component.text("KeyPath")) else { continue };
        let companion = file.text("Version");
        if files.contains_key(companion) && companion != file.first() {
            report.warning(
                Place::field(&component, "KeyPath"),
                format!("the key path `{}` takes its version from `{companion}`", file.first()),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice54() {
        assert_eq!(
            found("ICE54", |db| set(db, "File", "txt", "Version", "exe")),
            ["warning Component txt KeyPath"]
        );
    }
}
