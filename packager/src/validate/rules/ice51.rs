//! ICE51: fonts have a title when their file has no name of its own, and only then.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice51>

use crate::validate::directories::name;
use crate::validate::{Place, Report, View};

/// Font files that carry their name.
const NAMED: [&str; 3] = ["otf", "ttc", "ttf"];

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let files = view.by_key("File");
    for font in view.rows("Font") {
        let Some(file) = files.get(font.first()) else { continue };
        let name = name(file.text("FileName"), true).to_lowercase();
        let named = name.rsplit_once('.').is_some_and(|(_, extension)| NAMED.contains(&extension));
        let place = Place::field(&font, "FontTitle");
        if named && font.is_set("FontTitle") {
            report.error(
                place,
                format!("`{name}` has a name of its own, so the font would be registered twice"),
            );
        } else if !named && !font.is_set("FontTitle") {
            report.warning(place, format!("`{name}` has no name of its own, so the font needs a title"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found, set};

    #[test]
    fn ice51() {
        let font = |file: &'static str, title: &'static str| {
            found("ICE51", |db| {
                set(db, "File", "txt", "FileName", file);
                add(db, "Font", row!["txt", title]);
            })
        };
        assert!(font("a.ttf", "").is_empty() && font("a.fon", "A").is_empty());
        assert_eq!(font("A~1.TTF|A b.TTF", "A"), ["error Font txt FontTitle"]);
        assert_eq!(font("a.fon", ""), ["warning Font txt FontTitle"]);
    }
}
