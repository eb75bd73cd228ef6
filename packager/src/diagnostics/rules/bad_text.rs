//! `bad-text`: a name that people see is empty, too long, or has characters that its place cannot show.

use super::{Context, Findings, Rule};
use crate::model::values;
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "bad-text", summary: "a name or address that cannot be shown", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let product = &context.manifest.product;
    if let Some(name) = &product.name {
        // ICE16: longer names are cut off in lists.
        out.check(name, |text| values::shown(text, 63));
    }
    if let Some(manufacturer) = &product.manufacturer {
        out.check(manufacturer, |text| values::shown(text, 100).and_then(|()| values::key_part(text)));
    }
    let listing = &product.listing;
    for text in [&listing.contact, &listing.phone, &listing.comments].into_iter().flatten() {
        out.check(text, |text| values::line(text, 255));
    }
    for url in [&product.url, &listing.help, &listing.updates].into_iter().flatten() {
        out.check(url, |text| {
            let web = text.starts_with("https://") || text.starts_with("http://");
            if !web || text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '"') {
                return Err(Problem::new(format!("`{}` is no web address", values::short(text)))
                    .why("Windows opens it from the list of installed programs")
                    .help("write https://…"));
            }
            values::line(text, 500)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{error, with};

    #[test]
    fn bad_text() {
        let long = "x".repeat(64);
        for bad in ["", " ", "Agent ", "A\\tB", &long] {
            error(&with("\"Agent\"", &format!("\"{bad}\"")), "bad-text", "name =");
        }
        for bad in ["", "A\\\\B"] {
            error(&with("\"Example\"", &format!("\"{bad}\"")), "bad-text", "manufacturer =");
        }
        for bad in ["", "www.example", "file:///c:/x", "https://a b", "calc.exe"] {
            error(&with("[payload]", &format!("url = \"{bad}\"\n[payload]")), "bad-text", "url =");
            let listing = format!("listing = {{ help = \"{bad}\" }}\n[payload]");
            error(&with("[payload]", &listing), "bad-text", "help =");
        }
        error(&with("[payload]", "listing = { contact = \"a\\nb\" }\n[payload]"), "bad-text", "contact");
    }
}
