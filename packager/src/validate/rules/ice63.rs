//! ICE63: RemoveExistingProducts stands where it may.
//!
//! Between InstallValidate and InstallInitialize; directly after InstallInitialize; directly after InstallExecute
//! or InstallExecuteAgain; after InstallFinalize.
//! <https://learn.microsoft.com/windows/win32/msi/ice63>

use crate::validate::{Place, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let table = "InstallExecuteSequence";
    let numbers = view.sequence(table);
    let Some(&at) = numbers.get("RemoveExistingProducts") else { return };
    let Some(step) = view.rows(table).find(|step| step.first() == "RemoveExistingProducts") else { return };
    let place = Place::field(&step, "Sequence");
    let number = |name: &str| numbers.get(name).copied();
    let (Some(validate), Some(initialize), Some(finalize)) =
        (number("InstallValidate"), number("InstallInitialize"), number("InstallFinalize"))
    else {
        report.error(place, "the sequence lacks InstallValidate, InstallInitialize or InstallFinalize");
        return;
    };
    if at > finalize || (at > validate && at < initialize) {
        return;
    }
    if at < validate {
        report.error(place, format!("it ({at}) has to come after InstallValidate ({validate})"));
        return;
    }
    // The last of those before it after which it may stand.
    let start = ["InstallInitialize", "InstallExecute", "InstallExecuteAgain"]
        .into_iter()
        .filter_map(|name| Some((number(name)?, name)))
        .filter(|(start, _)| *start < at)
        .max();
    let Some((start, name)) = start else { return };
    let mut between: Vec<_> =
        numbers.iter().filter(|(_, number)| **number > start && **number < at).collect();
    between.sort_by_key(|(_, number)| **number);
    if let Some((action, number)) = between.first() {
        report
            .warning(place, format!("`{action}` ({number}) falls between {name} ({start}) and this ({at})"));
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice63() {
        let at = |number: i32| {
            found("ICE63", |db| {
                set(db, "InstallExecuteSequence", "RemoveExistingProducts", "Sequence", number)
            })
        };
        let place = "InstallExecuteSequence RemoveExistingProducts Sequence";
        for number in [1401, 1501, 6601] {
            assert!(at(number).is_empty());
        }
        assert_eq!(at(1399), [format!("error {place}")]);
        assert_eq!(at(1601), [format!("warning {place}")]);
        assert_eq!(at(6550), [format!("warning {place}")]);
    }
}
