//! ICE98: the description of a data source is a name that ODBC takes.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice98>

use crate::validate::{Place, Report, View};

/// SQL_MAX_DSN_LENGTH.
const MOST: usize = 32;
/// What SQLValidDSN refuses ("SQLValidDSN Function" on Microsoft Learn).
const REFUSED: &str = r"[]{}(),;?*=!@\";

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for source in view.rows("ODBCDataSource") {
        let name = source.text("Description");
        if name.encode_utf16().count() > MOST || name.contains(|c| REFUSED.contains(c)) {
            let why =
                format!("`{name}` is no name of a data source: up to {MOST} characters, none of {REFUSED}");
            report.warning(Place::field(&source, "Description"), why);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice98() {
        let source = |name: &str| {
            found("ICE98", |db| add(db, "ODBCDataSource", row!["a", "exe", name, "SQL Server", 0]))
        };
        let warned = ["warning ODBCDataSource a Description"];
        assert!(source("Acme data").is_empty() && source(&"n".repeat(32)).is_empty());
        assert_eq!(source("!"), warned);
        assert_eq!(source(&"n".repeat(33)), warned);
    }
}
