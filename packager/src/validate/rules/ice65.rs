//! ICE65: parts of environment variables have sound separators.
//!
//! The character next to `[~]` separates the part from the rest of the list.
//! <https://learn.microsoft.com/windows/win32/msi/ice65>

use crate::validate::{Place, Report, View};

const REST: &str = "[~]";

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for variable in view.rows("Environment") {
        let value = variable.text("Value");
        // What is added, with its separator first.
        let (separator, part) = if let Some(part) = value.strip_prefix(REST) {
            let mut chars = part.chars();
            (chars.next(), chars.as_str())
        } else if let Some(part) = value.strip_suffix(REST) {
            let mut chars = part.chars();
            (chars.next_back(), chars.as_str())
        } else {
            continue;
        };
        let Some(separator) = separator else { continue };
        let place = Place::field(&variable, "Value");
        if part.starts_with(separator) || part.ends_with(separator) {
            report.error(place, format!("the part starts or ends with the separator `{separator}`"));
        } else if separator.is_alphanumeric() {
            report.warning(place, format!("the separator `{separator}` is a letter or a digit"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice65() {
        let value =
            |value: &str| found("ICE65", |db| add(db, "Environment", row!["e", "*=-PATH", value, "reg"]));
        for sound in ["[~];[INSTALLDIR]bin", "[INSTALLDIR]bin;[~]", "plain;", "[~]"] {
            assert!(value(sound).is_empty(), "{sound}");
        }
        assert_eq!(value(";first;[~]"), ["error Environment e Value"]);
        assert_eq!(value("[~];last;"), ["error Environment e Value"]);
        assert_eq!(value("[~]eppend"), ["warning Environment e Value"]);
    }
}
