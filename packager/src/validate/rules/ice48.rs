//! ICE48: no directory is tied to a path of this or that machine.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice48>

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for property in view.rows("Property").filter(|property| view.directories.has(property.first())) {
        let path = property.text("Value");
        let mut chars = path.chars();
        if chars.next().is_some_and(|drive| drive.is_ascii_alphabetic()) && chars.as_str().starts_with(":\\")
        {
            report.warning(
                Place::row(&property),
                format!("the directory is set to `{path}`, a path on a local drive"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice48() {
        let set = |path: &str| found("ICE48", |db| add(db, "Property", row!["INSTALLDIR", path]));
        assert_eq!(set("d:\\agent"), ["warning Property INSTALLDIR"]);
        assert!(set("[X]").is_empty());
    }
}
