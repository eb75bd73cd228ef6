//! ICE28: ForceReboot does not tear apart actions that belong together.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice28>; the groups are on the page of the ForceReboot action.

use crate::validate::{Place, Report, View};

/// These stay together.
const GROUP: [&str; 5] =
    ["RegisterProduct", "RegisterUser", "PublishProduct", "PublishFeatures", "PublishComponents"];

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for table in ["AdminExecuteSequence", "AdminUISequence", "InstallExecuteSequence", "InstallUISequence"] {
        let numbers = view.sequence(table);
        let group = || GROUP.iter().filter_map(|name| numbers.get(name));
        let (Some(first), Some(last), Some(at)) = (group().min(), group().max(), numbers.get("ForceReboot"))
        else {
            continue;
        };
        if at > first && at < last {
            report.error(
                Place::table(table),
                format!("ForceReboot ({at}) stands between {first} and {last}, which belong together"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice28() {
        let at = |number: i32| {
            found("ICE28", |db| add(db, "InstallExecuteSequence", row!["ForceReboot", "", number]))
        };
        assert!(at(6550).is_empty());
        assert_eq!(at(6200), ["error InstallExecuteSequence"]);
    }
}
