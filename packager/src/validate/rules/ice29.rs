//! ICE29: names of streams stay different when they are cut to what a compound file can hold.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice29>

use std::collections::HashMap;

use crate::formats::msidb::{ColumnType, MAX_STREAM_NAME};
use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let mut seen: HashMap<String, String> = HashMap::new();
    for table in view.database().tables() {
        if !table.columns().iter().any(|column| column.ty == ColumnType::Stream) {
            continue;
        }
        for row in view.rows(table.name()) {
            let name = format!("{}.{}", table.name(), row.key());
            let cut: String = name.chars().take(MAX_STREAM_NAME).collect();
            if let Some(other) = seen.insert(cut, name.clone()) {
                report.error(
                    Place::row(&row),
                    format!("the stream names `{other}` and `{name}` are the same in their first {MAX_STREAM_NAME} characters"),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::msidb::Value;
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice29() {
        let long = "x".repeat(60);
        let findings = found("ICE29", |db| {
            add(db, "Binary", row![format!("{long}1"), Value::Stream]);
            add(db, "Binary", row![format!("{long}2"), Value::Stream]);
        });
        assert_eq!(findings, [format!("error Binary {long}2")]);
    }
}
