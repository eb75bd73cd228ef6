//! ICE49: the default value of a registry key is a string.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice49>

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for value in view.rows("Registry").filter(|value| !value.is_set("Name")) {
        let text = value.text("Value");
        // Two number signs stand for one; several strings are separated.
        let typed = text.starts_with('#') && !text.starts_with("##");
        if typed || text.contains("[~]") {
            let why = "it is the default value of its key and no REG_SZ, which Windows 95 does not take";
            report.warning(Place::field(&value, "Value"), why);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice49() {
        let default = |value: &'static str| {
            found("ICE49", |db| {
                set(db, "Registry", "reg", "Name", "");
                set(db, "Registry", "reg", "Value", value);
            })
        };
        assert!(default("text").is_empty() && default("##1").is_empty() && default("").is_empty());
        for value in ["#1", "#x00", "#%a", "a[~]b"] {
            assert_eq!(default(value), ["warning Registry reg Value"], "{value}");
        }
        assert!(found("ICE49", |db| set(db, "Registry", "reg", "Value", "#1")).is_empty());
    }
}
