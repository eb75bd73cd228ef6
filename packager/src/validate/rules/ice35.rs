//! ICE35: a component whose file is in a cabinet is not set to run from source.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice35>

use crate::validate::{Place, Report, Severity, View};

/// Runs from the source only.
const SOURCE_ONLY: i32 = 1;
/// From this version of Windows Installer on it is a warning.
const ALLOWED_FROM: i32 = 200;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let mut media: Vec<_> = view.rows("Media").collect();
    media.sort_by_key(|media| media.bits("LastSequence"));
    let components = view.by_key("Component");
    let allowed = view.summary().page_count.is_some_and(|version| version >= ALLOWED_FROM);
    let severity = if allowed { Severity::Warning } else { Severity::Error };
    for file in view.rows("File") {
        let sequence = file.bits("Sequence");
        let in_cabinet = media
            .iter()
            .find(|media| sequence <= media.bits("LastSequence"))
            .is_some_and(|media| media.is_set("Cabinet"));
        let Some(component) = components.get(file.text("Component_")) else { continue };
        if in_cabinet && component.bits("Attributes") & 3 == SOURCE_ONLY {
            report.add(
                severity,
                Place::field(component, "Attributes"),
                format!("it runs from source only, but its file `{}` is in a cabinet", file.first()),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice35() {
        assert_eq!(
            found("ICE35", |db| set(db, "Component", "exe", "Attributes", 257)),
            ["warning Component exe Attributes"]
        );
        let old = found("ICE35", |db| {
            set(db, "Component", "exe", "Attributes", 257);
            db.summary.page_count = Some(110);
        });
        assert_eq!(old, ["error Component exe Attributes"]);
        assert!(found("ICE35", |db| set(db, "Component", "exe", "Attributes", 258)).is_empty());
    }
}
