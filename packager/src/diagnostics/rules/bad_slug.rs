//! `bad-slug`: the product's name in file names is none that a file can start with.

use super::{Context, Findings, Rule};
use crate::model::values;

pub(super) const RULE: Rule = Rule { name: "bad-slug", summary: "a slug that cannot start file names", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    if let Some(slug) = &context.manifest.product.slug {
        out.check(slug, values::slug);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{error, fine, with};

    #[test]
    fn bad_slug() {
        for bad in ["", "a/b", "..", "a b", "-a", "con", "a\\\\b", "../../x"] {
            error(&with("[payload]", &format!("slug = \"{bad}\"\n[payload]")), "bad-slug", "slug");
        }
        fine(&with("[payload]", "slug = \"Acme.Agent_2\"\n[payload]"));
    }
}
