//! ICE16: the product's name has at most 63 characters.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice16>

use crate::validate::{Place, Report, View};

const MOST: usize = 63;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let length = view.property("ProductName").encode_utf16().count();
    if length > MOST {
        report.error(
            Place::table("Property"),
            format!("ProductName has {length} characters; {MOST} are allowed"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice16() {
        let named = |length: usize| {
            found("ICE16", |db| set(db, "Property", "ProductName", "Value", "x".repeat(length)))
        };
        assert!(named(63).is_empty());
        assert_eq!(named(64), ["error Property"]);
    }
}
