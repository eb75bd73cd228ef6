//! ICE11: an advertised package that an action installs is named by a product code, and not by the package's own.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice11>

use crate::formats::msidb::Category;
use crate::validate::{Place, Report, View};

/// What a custom action does and where it comes from.
const BASE_TYPE: i32 = 0x3f;
/// Installs an advertised package: the source is its product code.
/// <https://learn.microsoft.com/windows/win32/msi/custom-action-type-39>
const INSTALL_ADVERTISED: i32 = 39;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let own = view.property("ProductCode");
    for action in view.rows("CustomAction") {
        if action.bits("Type") & BASE_TYPE != INSTALL_ADVERTISED {
            continue;
        }
        let code = action.text("Source");
        let why = if !Category::Guid.accepts(code) {
            "is no product code: a GUID in braces and capitals"
        } else if code == own {
            "is the product code of this package itself"
        } else {
            continue;
        };
        report.error(Place::field(&action, "Source"), format!("`{code}` {why}"));
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{GUID, add, found};

    #[test]
    fn ice11() {
        let source = |kind: i32, source: &str| {
            let row = row!["Nested", kind, source, "ALLUSERS=1"];
            found("ICE11", |db| add(db, "CustomAction", row))
        };
        let bad = ["error CustomAction Nested Source"];
        assert_eq!(source(39, "ProductCode"), bad);
        assert_eq!(source(39 + 64, GUID), bad);
        assert_eq!(source(39, "{BFB69273-F0AE-55c5-9853-0AF946714768}"), bad);
        assert!(source(39, "{BFB69273-F0AE-66C6-9853-0AF946714768}").is_empty());
        assert!(source(23, "other.msi").is_empty());
    }
}
