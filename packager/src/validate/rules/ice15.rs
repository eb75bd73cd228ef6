//! ICE15: content types and extensions name each other.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice15>

use std::collections::HashSet;

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    // Several of one side may name one of the other, as long as that one names one of them back.
    let of_extensions: HashSet<(&str, &str)> =
        view.rows("Extension").map(|row| (row.first(), row.text("MIME_"))).collect();
    let of_types: HashSet<(&str, &str)> =
        view.rows("MIME").map(|row| (row.first(), row.text("Extension_"))).collect();
    for mime in view.rows("MIME") {
        let extension = mime.text("Extension_");
        let back = of_extensions.iter().filter(|(name, _)| *name == extension);
        if !back.clone().any(|(_, mime)| of_types.contains(&(*mime, extension))) {
            let why = format!(
                "it names the extension `{extension}`, which names no content type that names it back"
            );
            report.error(Place::field(&mime, "Extension_"), why);
        }
    }
    for extension in view.rows("Extension").filter(|row| row.is_set("MIME_")) {
        let mime = extension.text("MIME_");
        let mut back = of_types.iter().filter(|(name, _)| *name == mime);
        if !back.any(|(_, extension)| of_extensions.contains(&(*extension, mime))) {
            let why =
                format!("it names the content type `{mime}`, which names no extension that names it back");
            report.error(Place::field(&extension, "MIME_"), why);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice15() {
        let pair = |mime: &'static str, extension: &'static str| {
            found("ICE15", |db| {
                add(db, "MIME", row!["a/a", extension, ""]);
                add(db, "Extension", row!["aa", "exe", "", mime, "Main"]);
            })
        };
        assert!(pair("a/a", "aa").is_empty());
        assert_eq!(pair("", "aa"), ["error MIME a/a Extension_"]);
        assert_eq!(pair("b/b", "aa"), ["error MIME a/a Extension_", "error Extension aa.exe MIME_"]);
        // Two extensions of one type, which names one of them.
        let shared = found("ICE15", |db| {
            add(db, "MIME", row!["a/a", "aa", ""]);
            add(db, "Extension", row!["aa", "exe", "", "a/a", "Main"]);
            add(db, "Extension", row!["ab", "exe", "", "a/a", "Main"]);
        });
        assert!(shared.is_empty());
    }
}
