//! ICE96: a package that is advertised publishes its features and itself.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice96>

use crate::validate::{Place, Report, View};

const TABLE: &str = "AdvtExecuteSequence";

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let there = view.sequence(TABLE);
    for action in ["PublishFeatures", "PublishProduct"] {
        if !there.contains_key(action) {
            report.warning(
                Place::table(TABLE),
                format!("{action} is missing, so the package cannot be advertised"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, remove, set};

    #[test]
    fn ice96() {
        let warned = ["warning AdvtExecuteSequence"];
        assert_eq!(found("ICE96", |db| remove(db, "AdvtExecuteSequence", "PublishFeatures")), warned);
        assert_eq!(
            found("ICE96", |db| set(db, "AdvtExecuteSequence", "PublishProduct", "Sequence", 0)),
            warned
        );
        assert!(found("ICE96", |_| ()).is_empty());
    }
}
