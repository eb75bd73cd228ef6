//! ICE04: no file has a sequence number past the last of all media.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice04>

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let last = view.rows("Media").filter_map(|media| media.int("LastSequence")).max().unwrap_or(0);
    for file in view.rows("File") {
        let sequence = file.bits("Sequence");
        if sequence > last {
            report.error(
                Place::field(&file, "Sequence"),
                format!("sequence number {sequence} is past {last}, the last that the Media table has"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice04() {
        assert_eq!(found("ICE04", |db| set(db, "File", "txt", "Sequence", 3)), ["error File txt Sequence"]);
        assert_eq!(found("ICE04", |db| drop(db.remove_table("Media"))).len(), 2);
    }
}
