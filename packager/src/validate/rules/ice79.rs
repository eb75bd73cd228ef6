//! ICE79: components and features that conditions name are there.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice79>

use crate::formats::msidb::Category;
use crate::formats::msidb::condition::{self, SymbolKind};
use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    if !view.has("_Validation") {
        report.warning(
            Place::nowhere(),
            "without a _Validation table it is not known which fields hold conditions",
        );
    }
    let components = view.by_key("Component");
    let features = view.by_key("Feature");
    for (record, column, text) in view.texts(&[Category::Condition]) {
        for symbol in condition::parse(text).unwrap_or_default() {
            let (what, known) = match symbol.kind {
                SymbolKind::ComponentAction | SymbolKind::ComponentState => ("component", &components),
                SymbolKind::FeatureAction | SymbolKind::FeatureState => ("feature", &features),
                SymbolKind::Property | SymbolKind::Environment => continue,
            };
            if !known.contains_key(symbol.name) {
                report.error(Place::field(&record, column), format!("there is no {what} `{}`", symbol.name));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice79() {
        let condition = |text: &'static str| {
            found("ICE79", |db| set(db, "InstallExecuteSequence", "Do", "Condition", text))
        };
        assert!(condition("$exe=3 AND ?txt=3 AND &Main=3 AND !Main=3").is_empty());
        for bad in ["$No=3", "?No=3", "&No=3", "!No=3"] {
            assert_eq!(condition(bad), ["error InstallExecuteSequence Do Condition"], "{bad}");
        }
        assert_eq!(found("ICE79", |db| drop(db.remove_table("_Validation"))), ["warning"]);
    }
}
