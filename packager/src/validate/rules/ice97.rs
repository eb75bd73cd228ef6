//! ICE97: no two programs isolate one component in one directory.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice97>

use std::collections::HashMap;

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let components = view.by_key("Component");
    let mut first: HashMap<(&str, String), &str> = HashMap::new();
    for row in view.rows("IsolatedComponent") {
        let (shared, program) = (row.text("Component_Shared"), row.text("Component_Application"));
        let Some(component) = components.get(program) else { continue };
        let directory = view.directories.target(component.text("Directory_"), true);
        if let Some(other) = first.insert((shared, directory.clone()), program) {
            let why = format!("`{other}` has the same shared component in the same directory, {directory}");
            report.warning(Place::row(&row), why);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice97() {
        let two = |directory: &'static str| {
            found("ICE97", |db| {
                let id = "{3123ABCD-4567-89EF-0123-456789ABCDEF}";
                add(db, "Component", row!["two", id, directory, 256, "", "exe"]);
                add(db, "IsolatedComponent", row!["txt", "exe"]);
                add(db, "IsolatedComponent", row!["txt", "two"]);
            })
        };
        assert_eq!(two("INSTALLDIR"), ["warning IsolatedComponent txt.two"]);
        assert!(two("DataDir").is_empty());
    }
}
