//! `ask-without-dialogs`: settings that a dialog should ask for, and no output that shows dialogs.

use super::{Context, Finding, Findings, Rule};
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "ask-without-dialogs", summary: "`ask` where nothing shows dialogs", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let manifest = context.manifest;
    if manifest.msi.dialogs.as_ref().is_some_and(|dialogs| dialogs.get_ref() != "none") {
        return;
    }
    // Once: it is one decision, however many settings there are.
    if let Some(ask) = manifest.settings.iter().find_map(|setting| setting.ask.as_ref()) {
        let problem = Problem::new("`ask` has no effect: no output shows dialogs")
            .help("write `dialogs = \"minimal\"` under `[output.msi]`, or remove `ask`");
        out.warning(Finding::at(ask.span(), problem));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, fine, warning};

    #[test]
    fn ask_without_dialogs() {
        let asks = "[setting.A]\nask = 'A'\n[setting.B]\nask = 'B'\n";
        warning(&and(asks), "ask-without-dialogs", "ask = 'A'");
        warning(&and(&format!("{asks}[output.msi]\ndialogs = 'none'")), "ask-without-dialogs", "ask = 'A'");
        fine(&and(&format!("{asks}[output.msi]\ndialogs = 'minimal'")));
    }
}
