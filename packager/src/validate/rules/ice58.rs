//! ICE58: a package for Windows Installer 1.x has at most 80 media.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice58>

use crate::validate::{Place, Report, View};

const LIMIT: usize = 80;
/// From this schema on there is no limit.
const UNLIMITED: i32 = 150;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let count = view.rows("Media").count();
    if count > LIMIT && view.summary().page_count.unwrap_or(0) < UNLIMITED {
        report.warning(
            Place::table("Media"),
            format!("it has {count} rows; Windows Installer before 2.0 takes {LIMIT} at most"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice58() {
        let with = |count: i32, schema: i32| {
            found("ICE58", |db| {
                (2..=count).for_each(|id| add(db, "Media", row![id, id, "", "", "", ""]));
                db.summary.page_count = Some(schema);
            })
        };
        assert_eq!(with(81, 110), ["warning Media"]);
        assert!(with(80, 110).is_empty() && with(81, 150).is_empty());
    }
}
