//! ICE72: advertising runs only custom actions that are built in: types 19, 35 and 51.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice72>

use crate::validate::{Place, Report, View};

const KIND: i32 = 0x3f;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let actions = view.by_key("CustomAction");
    for step in view.rows("AdvtExecuteSequence") {
        if actions.get(step.first()).is_some_and(|action| !matches!(action.bits("Type") & KIND, 19 | 35 | 51))
        {
            report.error(
                Place::row(&step),
                "only custom actions of type 19, 35 and 51 may run when advertising",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice72() {
        let run = |action: &str| found("ICE72", |db| add(db, "AdvtExecuteSequence", row![action, "", 2000]));
        assert!(run("SetPath").is_empty());
        assert_eq!(run("Do"), ["error AdvtExecuteSequence Do"]);
    }
}
