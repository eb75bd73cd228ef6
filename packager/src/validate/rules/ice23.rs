//! ICE23: the tab key leads through the controls of a dialog in one circle.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice23>

use std::collections::{HashMap, HashSet};

use crate::validate::{Place, Record, Report, View};

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let by_dialog = view.grouped("Control", "Dialog_");
    for dialog in view.rows("Dialog") {
        let controls: HashMap<&str, Record<'_>> = by_dialog
            .get(dialog.first())
            .into_iter()
            .flatten()
            .map(|control| (control.text("Control"), *control))
            .collect();
        order(&dialog, &controls, report);
    }
}

fn order<'a>(dialog: &Record<'a>, controls: &HashMap<&'a str, Record<'a>>, report: &mut Report<'_>) {
    let first = dialog.text("Control_First");
    if !controls.contains_key(first) {
        report.error(Place::field(dialog, "Control_First"), format!("it has no control `{first}`"));
        return;
    }
    let mut names: Vec<&str> = controls.keys().copied().collect();
    names.sort_unstable();
    let linked: Vec<&str> = names
        .into_iter()
        .filter(|name| controls.get(name).is_some_and(|control| control.is_set("Control_Next")))
        .collect();
    for control in linked.iter().filter_map(|name| controls.get(name)) {
        let next = control.text("Control_Next");
        if !controls.contains_key(next) {
            report.error(Place::field(control, "Control_Next"), format!("there is no control `{next}`"));
            return;
        }
    }
    if linked.is_empty() {
        return;
    }
    let mut circle = HashSet::new();
    let mut at = first;
    while let Some(control) = controls.get(at) {
        circle.insert(at);
        let next = control.text("Control_Next");
        if next == first {
            break;
        }
        if next.is_empty() {
            report.error(Place::field(control, "Control_Next"), "the tab order ends here");
            return;
        }
        if circle.contains(next) {
            report.error(
                Place::field(control, "Control_Next"),
                format!("the tab order never comes back to `{first}`"),
            );
            return;
        }
        at = next;
    }
    if let Some(control) =
        linked.iter().find(|name| !circle.contains(**name)).and_then(|name| controls.get(name))
    {
        report.error(Place::field(control, "Control_Next"), "the tab order does not lead to this control");
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, dialogs, found};

    /// A dialog of controls with their next one.
    fn with(first: &'static str, links: &'static [(&'static str, &'static str)]) -> Vec<String> {
        found("ICE23", move |db| {
            dialogs(db);
            add(db, "Dialog", row!["D", 50, 50, 9, 9, 3, "", first, "", ""]);
            for (name, next) in links {
                add(db, "Control", row!["D", *name, "Edit", 0, 0, 1, 1, 3, "", "", *next, ""]);
            }
        })
    }

    #[test]
    fn ice23() {
        assert!(found("ICE23", dialogs).is_empty());
        assert!(with("A", &[("A", "B"), ("B", "A"), ("C", "")]).is_empty());
        assert!(with("A", &[("A", "A")]).is_empty());
        assert!(with("A", &[("A", ""), ("B", "")]).is_empty());
        assert_eq!(with("X", &[("A", "B"), ("B", "A")]), ["error Dialog D Control_First"]);
        assert_eq!(with("A", &[("A", "B"), ("B", "")]), ["error Control D.B Control_Next"]);
        assert_eq!(with("A", &[("A", "B"), ("B", "C"), ("C", "B")]), ["error Control D.C Control_Next"]);
        assert_eq!(with("A", &[("A", "B"), ("B", "A"), ("C", "A")]), ["error Control D.C Control_Next"]);
        assert_eq!(with("A", &[("A", "B"), ("B", "X")]), ["error Control D.B Control_Next"]);
    }
}
