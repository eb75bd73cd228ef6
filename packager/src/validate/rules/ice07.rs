//! ICE07: fonts are installed to the folder of fonts.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice07>

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let (files, components) = (view.by_key("File"), view.by_key("Component"));
    for font in view.rows("Font") {
        let component = files.get(font.first()).and_then(|file| components.get(file.text("Component_")));
        let Some(directory) = component.map(|component| component.text("Directory_")) else { continue };
        if view.directories.target(directory, true) != "FontsFolder" {
            report.error(
                Place::row(&font),
                format!("it is a font and goes to `{directory}`, not to FontsFolder"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found, set};

    #[test]
    fn ice07() {
        let font = |directory: &'static str| {
            found("ICE07", |db| {
                add(db, "Font", row!["txt", ""]);
                add(db, "Directory", row!["FontsFolder", "TARGETDIR", "Fonts"]);
                set(db, "Component", "txt", "Directory_", directory);
            })
        };
        assert_eq!(font("INSTALLDIR"), ["error Font txt"]);
        assert!(font("FontsFolder").is_empty());
    }
}
