//! ICE89: the parent of a program id is one itself.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice89>

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let known = view.by_key("ProgId");
    for id in view.rows("ProgId").filter(|id| id.is_set("ProgId_Parent")) {
        let parent = id.text("ProgId_Parent");
        if !known.contains_key(parent) {
            report.error(Place::field(&id, "ProgId_Parent"), format!("`{parent}` is no program id"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice89() {
        let parent = |parent: &'static str| {
            found("ICE89", |db| {
                add(db, "ProgId", row!["Acme.Agent", "", "", "", "", ""]);
                add(db, "ProgId", row!["Acme.Agent.1", parent, "", "", "", ""]);
            })
        };
        assert!(parent("Acme.Agent").is_empty());
        assert_eq!(parent("Acme.Other"), ["error ProgId Acme.Agent.1 ProgId_Parent"]);
    }
}
