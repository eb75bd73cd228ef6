//! ICE60: a file with a version has a language and no hash.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice60>

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let files = view.by_key("File");
    let fonts = view.by_key("Font");
    for file in view.rows("File") {
        let version = file.text("Version");
        let companion = files.contains_key(version);
        if !version.is_empty() && !companion && !file.is_set("Language") && !fonts.contains_key(file.first())
        {
            report.warning(
                Place::field(&file, "Language"),
                "it has a version and no language, so a repair copies it needlessly; 0 stands for neutral",
            );
        }
    }
    for hash in view.rows("MsiFileHash") {
        if files.get(hash.first()).is_some_and(|file| file.is_set("Version")) {
            report.error(Place::row(&hash), "the file has a version, so it must not have a hash");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found, set};

    #[test]
    fn ice60() {
        assert_eq!(
            found("ICE60", |db| set(db, "File", "exe", "Language", "")),
            ["warning File exe Language"]
        );
        assert_eq!(
            found("ICE60", |db| add(db, "MsiFileHash", row!["exe", 0, 1, 2, 3, 4])),
            ["error MsiFileHash exe"]
        );
    }
}
