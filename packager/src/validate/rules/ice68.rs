//! ICE68: the types of custom actions exist.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice68>; the types are in the "Summary List of All Custom Action
//! Types".

use crate::validate::{Place, Report, View};

/// Kind and source of an action: the low six bits.
const TYPES: [i32; 20] = [1, 2, 5, 6, 7, 17, 18, 19, 21, 22, 23, 34, 35, 37, 38, 39, 50, 51, 53, 54];
const KIND: i32 = 0x3f;
const IN_SCRIPT: i32 = 0x400;
const NO_IMPERSONATE: i32 = 0x800;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for action in view.rows("CustomAction") {
        let bits = action.bits("Type");
        let kind = bits & KIND;
        if !TYPES.contains(&kind) {
            report.error(Place::field(&action, "Type"), format!("{bits} is no type of custom action"));
        }
        if bits & NO_IMPERSONATE != 0 && bits & IN_SCRIPT == 0 {
            report.warning(
                Place::field(&action, "Type"),
                "it asks to run elevated (bit 2048) and is not deferred (bit 1024), so it does not",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice68() {
        let with = |bits: i32| found("ICE68", |db| set(db, "CustomAction", "Do", "Type", bits));
        for bits in [1, 51, 54, 3073 + 0x2000] {
            assert!(with(bits).is_empty(), "{bits}");
        }
        assert_eq!(with(1027), ["error CustomAction Do Type"]);
        assert_eq!(with(18 + 0x800), ["warning CustomAction Do Type"]);
    }
}
