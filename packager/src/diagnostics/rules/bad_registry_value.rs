//! `bad-registry-value`: a value whose name cannot be, with no or several types, or with data that is none.

use super::{Context, Finding, Findings, Rule};
use crate::manifest::types::{Data, Typed};
use crate::model::registry;
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "bad-registry-value", summary: "a registry value that cannot be", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    for (name, data) in context.manifest.registry.iter().flat_map(|r| &r.values) {
        out.check(name, registry::value_name);
        let Data::Typed(span, found) = data else { continue };
        match found.as_slice() {
            [Typed::Hex(text)] => out.check(text, registry::hex),
            [Typed::Append(texts) | Typed::Prepend(texts)] if texts.is_empty() => {
                let problem = Problem::new("no strings are added").help("name some, or leave the value out");
                out.error(Finding::at(span.clone(), problem));
            }
            [Typed::Multi(texts) | Typed::Append(texts) | Typed::Prepend(texts)] => {
                // An empty string ends a REG_MULTI_SZ.
                for text in texts.iter().filter(|t| t.get_ref().is_empty()) {
                    let problem = Problem::new("a part of a list of strings is empty")
                        .why("an empty string ends a REG_MULTI_SZ")
                        .help("leave it out");
                    out.error(Finding::at(text.span(), problem));
                }
            }
            [_] => {}
            _ => {
                let problem = Problem::new(format!("the value has {} types", found.len()))
                    .help("write a string, or a table with one of dword, qword, expand, multi, append, prepend, hex");
                out.error(Finding::at(span.clone(), problem));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_registry_value() {
        let value = |text: &str| and(&format!("[[registry]]\nkey = 'HKLM\\A'\nvalues = {{ V = {text} }}"));
        for bad in ["{}", "{ dword = 1, hex = '00' }", "{ hex = '0' }", "{ hex = 'xy' }", "{ multi = ['a', ''] }", "{ append = [] }", "{ prepend = [''] }"] {
            error(&value(bad), "bad-registry-value", "values");
        }
        for good in ["''", "{ hex = '' }", "{ hex = '00 Ff' }", "{ multi = [] }", "{ dword = 4294967295 }", "{ qword = 0 }", "{ append = ['a'] }"] {
            fine(&value(good));
        }
    }
}
