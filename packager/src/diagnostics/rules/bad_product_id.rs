//! `bad-product-id`: the product's id is no reverse domain name.

use super::{Context, Findings, Rule};
use crate::model::values;

pub(super) const RULE: Rule =
    Rule { name: "bad-product-id", summary: "the product's id is no reverse domain name", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    if let Some(id) = &context.manifest.product.id {
        out.check(id, values::product_id);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{error, with};

    #[test]
    fn bad_product_id() {
        let long = format!("com.{}", "a".repeat(100));
        for bad in ["", "agent", "com..agent", "com.agent.", "com.a b", "com.a\\\\b", "com.-a", "com.con", "com.ä", &long] {
            error(&with("com.example.agent", bad), "bad-product-id", "id =");
        }
    }
}
