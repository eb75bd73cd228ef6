//! ICE36: every icon is used.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice36>

use std::collections::HashSet;

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let mut used: HashSet<&str> = ["Class", "ProgId", "Shortcut"]
        .iter()
        .flat_map(|table| view.rows(table))
        .map(|row| row.text("Icon_"))
        .collect();
    used.insert(view.property("ARPPRODUCTICON"));
    for icon in view.rows("Icon").filter(|icon| !used.contains(icon.first())) {
        report.warning(Place::row(&icon), "no shortcut, class, ProgId or ARPPRODUCTICON uses this icon");
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, remove};

    #[test]
    fn ice36() {
        assert_eq!(
            found("ICE36", |db| remove(db, "Property", "ARPPRODUCTICON")),
            ["warning Icon Product.ico"]
        );
    }
}
