//! `bad-directory`: a folder to make does not start with a known folder, leaves it, or cannot exist.

use super::{Context, Findings, Rule};
use crate::model::{lower, places};

pub(super) const RULE: Rule = Rule { name: "bad-directory", summary: "a folder that cannot be made", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let scope = lower::scope(context.manifest);
    for directory in &context.manifest.directories {
        let Some(path) = &directory.path else { continue };
        out.check(path, |text| places::directory(text, scope, &context.names));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_directory() {
        for bad in ["C:\\Temp", "{ProgramData}", "{ProgramData}\\..\\x", "{AppData}\\x", "{Nowhere}\\x", "{ProgramData}\\nul"] {
            error(&and(&format!("[[directory]]\npath = '{bad}'")), "bad-directory", "path");
        }
        fine(&and("[[directory]]\npath = '{ProgramData}\\{Manufacturer}\\x\\'"));
    }
}
