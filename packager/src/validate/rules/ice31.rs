//! ICE31: the styles of texts exist.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice31>

use crate::validate::{Place, Report, View};

/// The width of `TextStyle.TextStyle`.
const LONGEST: usize = 72;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let styles = view.by_key("TextStyle");
    let default = view.property("DefaultUIFont");
    if !default.is_empty() && !styles.contains_key(default) {
        report.error(Place::table("Property"), format!("DefaultUIFont: there is no style `{default}`"));
    }
    for control in view.rows("Control").filter(|control| control.text("Type") != "ScrollableText") {
        let place = || Place::field(&control, "Text");
        let mut text = control.text("Text");
        if let Some(after) = opened(text) {
            let Some((style, rest)) = after.split_once('}') else {
                report.error(place(), "the name of its style has no closing brace");
                continue;
            };
            if style.chars().count() > LONGEST {
                report.error(place(), format!("the name of a style has at most {LONGEST} characters"));
            } else if !styles.contains_key(style) {
                report.error(place(), format!("there is no style `{style}`"));
            }
            text = rest;
        }
        if text.contains("{\\") || text.contains("{&") {
            report.warning(place(), "a style has no effect but at the start: it is shown as text");
        }
    }
}

/// What follows the sign of a style at the start of a text.
fn opened(text: &str) -> Option<&str> {
    text.strip_prefix("{\\").or_else(|| text.strip_prefix("{&"))
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{dialogs, found, set};

    fn with(text: &str) -> Vec<String> {
        let text = text.to_owned();
        found("ICE31", move |db| {
            dialogs(db);
            set(db, "Control", "Done.Note", "Text", text.as_str());
        })
    }

    #[test]
    fn ice31() {
        assert!(found("ICE31", dialogs).is_empty());
        for good in ["plain", "{\\body}text", "{&body}text", "{80}"] {
            assert!(with(good).is_empty(), "{good}");
        }
        let long = format!("{{\\{}}}x", "s".repeat(73));
        for bad in ["{\\nobody}text", "{&nobody}text", "{\\body text", long.as_str()] {
            assert_eq!(with(bad), ["error Control Done.Note Text"], "{bad}");
        }
        for odd in ["Warning {\\body}text", "{\\body}{&body}text"] {
            assert_eq!(with(odd), ["warning Control Done.Note Text"], "{odd}");
        }
        let font = found("ICE31", |db| {
            dialogs(db);
            set(db, "Property", "DefaultUIFont", "Value", "nobody");
        });
        assert_eq!(font, ["error Property"]);
        let terms = found("ICE31", |db| {
            dialogs(db);
            set(db, "Control", "Done.Note", "Type", "ScrollableText");
            set(db, "Control", "Done.Note", "Text", "{\\rtf1 x}");
        });
        assert!(terms.is_empty());
    }
}
