//! `bad-detect-key`: a detection key is no registry key, or its value's name is none.

use packager_shared::plan::{Root, Scope};

use super::{Context, Findings, Rule};
use crate::model::{lower, registry};
use crate::report::Problem;

pub(super) const RULE: Rule = Rule { name: "bad-detect-key", summary: "a detection key is no registry key", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let detect = &context.manifest.detect;
    let wanted = match lower::scope(context.manifest) {
        Scope::Machine => Root::LocalMachine,
        Scope::User => Root::CurrentUser,
    };
    for key in &detect.keys {
        out.check(key, |text| {
            let (root, _) = registry::key(text)?;
            if root == wanted {
                return Ok(());
            }
            let (found, wanted) = (registry::root_name(root), registry::root_name(wanted));
            Err(Problem::new(format!("an installation is not found under {found}"))
                .why("others than the installing administrator or user could point to a folder of theirs")
                .help(format!("with this product.scope detection keys lie under {wanted}")))
        });
    }
    if let Some(path) = &detect.path {
        out.check(path, |text| {
            if text.is_empty() {
                return Err(Problem::new("the value has no name").help("such as \"Application Path\""));
            }
            registry::value_name(text)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_detect_key() {
        for bad in ["HKXX\\SOFTWARE\\A", "HKLM", "HKLM\\A\\", "HKCU\\SOFTWARE\\A"] {
            error(&and(&format!("[detect]\nkeys = ['{bad}']")), "bad-detect-key", "keys");
        }
        error(&and("[detect]\npath = ''"), "bad-detect-key", "path");
        fine(&and("[detect]\nkeys = ['HKLM\\SOFTWARE\\A', 'hklm\\SOFTWARE\\B']\npath = 'Path'"));
    }
}
