//! ICE85: what files are moved or copied from has a long name, or a pattern of one.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice85>; the characters are on the page "Filename", but for `*` and
//! `?`, the wildcards.

use crate::validate::{Place, Report, View};

const FORBIDDEN: [char; 7] = ['/', '\\', '|', '>', '<', ':', '"'];

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for row in view.rows("MoveFile") {
        let name = row.text("SourceName");
        if name.contains(FORBIDDEN) {
            report.error(Place::field(&row, "SourceName"), format!("`{name}` is no long file name"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice85() {
        let source = |name: &str| {
            let row = row!["m", "exe", name, "", "INSTALLDIR", "DataDir", 0];
            found("ICE85", |db| add(db, "MoveFile", row))
        };
        for good in ["", "old settings.ini", "*.log", "file?.txt"] {
            assert!(source(good).is_empty(), "{good}");
        }
        for bad in ["old.ini|old settings.ini", "logs\\*.log", "c:x"] {
            assert_eq!(source(bad), ["error MoveFile m SourceName"], "{bad}");
        }
    }
}
