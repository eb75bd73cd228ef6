//! ICE71: there is a disk 1, the one the package itself is on.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice71>

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let first = view.rows("Media").filter_map(|media| media.int("DiskId")).min();
    if let Some(first) = first
        && !view.rows("Media").any(|media| media.int("DiskId") == Some(1))
    {
        report.error(Place::table("Media"), format!("it has no disk 1; the first is {first}"));
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice71() {
        assert_eq!(found("ICE71", |db| set(db, "Media", "1", "DiskId", 2)), ["error Media"]);
    }
}
