//! `bad-removal`: a registry key or value is removed that cannot be: Windows' own, the installation's own, or one
//! that the product writes.

use packager_shared::path::{lower, same};
use packager_shared::plan::Root;

use super::{Context, Finding, Findings, Rule};
use crate::manifest::types::{Registry, Removal, Text};
use crate::model::registry;
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "bad-removal", summary: "a registry key or value that cannot be removed", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    for declared in &context.manifest.registry {
        let Some(key) = &declared.key else { continue };
        let Ok((root, path)) = registry::key(key.get_ref()) else { continue };
        for removal in [&declared.remove, &declared.remove_on_uninstall].into_iter().flatten() {
            match removal {
                Removal::Key(span) => {
                    if let Some(problem) = whole(context, root, &path) {
                        out.error(Finding::at(span.clone(), problem));
                    }
                }
                Removal::Values(names) => {
                    for name in names {
                        out.check(name, registry::value_name);
                    }
                }
            }
        }
        if let Some(Removal::Values(names)) = &declared.remove {
            for name in names {
                written(context, out, declared, (root, &path), name);
            }
        }
    }
}

fn whole(context: &Context<'_>, root: Root, path: &str) -> Option<Problem> {
    let lower_path = lower(path);
    let above = |other: &str| other == lower_path || other.starts_with(&format!("{lower_path}\\"));
    let product = &context.manifest.product;
    if let (Some(manufacturer), Some(id)) = (&product.manufacturer, &product.id)
        && above(&lower(&format!("SOFTWARE\\{}\\{}", manufacturer.get_ref(), id.get_ref())))
    {
        return Some(
            Problem::new("what the installation knows of itself would go with this key")
                .why("its state and its detection key are below it")
                .help("name a key below it, or single values"),
        );
    }
    registry::is_shared(root, path).then(|| {
        Problem::new("this key belongs to Windows")
            .why("removing it takes everything below it, whoever wrote it")
            .help("name a key below it, or single values")
    })
}

fn written(
    context: &Context<'_>,
    out: &mut Findings<'_>,
    declared: &Registry,
    (root, path): (Root, &str),
    name: &Text,
) {
    let view = |r: &Registry| r.view.as_ref().map_or("native".to_owned(), |v| v.get_ref().clone());
    for other in &context.manifest.registry {
        let Some(Ok((other_root, other_path))) = other.key.as_ref().map(|k| registry::key(k.get_ref())) else {
            continue;
        };
        if other_root != root || !same(&other_path, path) || view(other) != view(declared) {
            continue;
        }
        if let Some((value, _)) = other.values.iter().find(|(value, _)| same(value.get_ref(), name.get_ref())) {
            let problem = Problem::new("this value is removed, and written as well")
                .why("what is removed on install is removed before values are written: it would be there")
                .help("remove one of the two");
            out.error(Finding::at(name.span(), problem).also(value.span(), "written here"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_removal() {
        let key = |key: &str, more: &str| and(&format!("[[registry]]\nkey = '{key}'\n{more}"));
        for bad in [
            "HKLM\\SOFTWARE",
            "HKLM\\Software\\Microsoft\\Windows",
            "HKLM\\SYSTEM\\CurrentControlSet\\Control",
            "HKCR\\CLSID",
            "HKU\\.DEFAULT",
            "HKLM\\SOFTWARE\\Example",
        ] {
            error(&key(bad, "remove = true"), "bad-removal", "remove");
            error(&key(bad, "remove-on-uninstall = true"), "bad-removal", "remove-on-uninstall");
        }
        let own = "HKLM\\SOFTWARE\\Example\\Agent";
        error(&key(own, "remove = ['-']"), "bad-removal", "remove");
        error(&key(own, "remove = ['a']\nvalues = { A = '1' }"), "bad-removal", "remove");
        fine(&key(own, "remove = ['a', '']\nremove-on-uninstall = true\nvalues = { B = '1' }"));
        fine(&key("HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run", "remove = ['Old']"));
        fine(&key(own, "remove = false"));
    }
}
