//! `bad-cabinet-size`: a size that is none, or that a cabinet cannot have.

use super::{Context, Findings, Rule};
use crate::model::values;

pub(super) const RULE: Rule =
    Rule { name: "bad-cabinet-size", summary: "a size that a cabinet cannot have", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    if let Some(size) = &context.manifest.msi.cabinet_size {
        out.check(size, values::cabinet_size);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_cabinet_size() {
        for size in ["", "500", "MB", "-1 MB", "1.5 MB", "63 KB", "3 GB", "99999999999999999999 GB"] {
            error(&and(&format!("[output.msi]\ncabinet-size = '{size}'")), "bad-cabinet-size", "cabinet-size");
        }
        for size in ["64 KB", "500 MB", "500mb", "2 GB", "70000 B"] {
            fine(&and(&format!("[output.msi]\ncabinet-size = '{size}'")));
        }
    }
}
