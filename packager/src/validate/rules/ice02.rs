//! ICE02: the key path of a component is one of its own files or registry rows.
//!
//! Otherwise Windows Installer looks at something else's to say whether the component is there.
//! <https://learn.microsoft.com/windows/win32/msi/ice02>

use crate::validate::{Place, Report, View};

/// The key path is a row of the Registry table.
const REGISTRY_KEY_PATH: i32 = 0x4;
/// The key path is a row of the ODBCDataSource table.
const ODBC_KEY_PATH: i32 = 0x20;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let files = view.by_key("File");
    let values = view.by_key("Registry");
    for component in view.rows("Component") {
        let bits = component.bits("Attributes");
        let (what, owners) = match bits {
            bits if bits & ODBC_KEY_PATH != 0 => continue,
            bits if bits & REGISTRY_KEY_PATH != 0 => ("registry row", &values),
            _ => ("file", &files),
        };
        let key_path = component.text("KeyPath");
        let Some(owner) = owners.get(key_path) else { continue };
        let owner = owner.text("Component_");
        if owner != component.first() {
            report.error(
                Place::field(&component, "KeyPath"),
                format!("the {what} `{key_path}` belongs to component `{owner}`, so it cannot be the key path here"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice02() {
        assert_eq!(
            found("ICE02", |db| set(db, "Component", "exe", "KeyPath", "txt")),
            ["error Component exe KeyPath"]
        );
        assert_eq!(
            found("ICE02", |db| set(db, "Component", "reg", "KeyPath", "menu")),
            ["error Component reg KeyPath"]
        );
    }
}
