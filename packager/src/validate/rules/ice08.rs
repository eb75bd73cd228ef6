//! ICE08: no two components have the same GUID.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice08>

use std::collections::HashMap;

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let mut seen: HashMap<String, &str> = HashMap::new();
    for component in view.rows("Component") {
        let id = component.text("ComponentId");
        if id.is_empty() {
            continue;
        }
        if let Some(other) = seen.insert(id.to_uppercase(), component.first()) {
            report.error(
                Place::field(&component, "ComponentId"),
                format!("component `{other}` has the same GUID {id}"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{GUID, found, set};

    #[test]
    fn ice08() {
        let twice = found("ICE08", |db| {
            set(db, "Component", "exe", "ComponentId", GUID);
            set(db, "Component", "txt", "ComponentId", GUID);
        });
        assert_eq!(twice, ["error Component txt ComponentId"]);
    }
}
