//! ICE92: a permanent component has a GUID.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice92>

use crate::validate::{Place, Report, View};

const PERMANENT: i32 = 0x10;
const UNINSTALL_ON_SUPERSEDENCE: i32 = 0x400;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for component in view.rows("Component") {
        let bits = component.bits("Attributes");
        if bits & PERMANENT == 0 {
            continue;
        }
        if !component.is_set("ComponentId") {
            report.error(Place::field(&component, "ComponentId"), "it is permanent and has no GUID");
        }
        if bits & UNINSTALL_ON_SUPERSEDENCE != 0 {
            report.warning(
                Place::field(&component, "Attributes"),
                "it is permanent, so uninstall-on-supersedence (bit 1024) is ignored",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice92() {
        let permanent = |bits: i32, id: &'static str| {
            found("ICE92", |db| {
                set(db, "Component", "exe", "Attributes", bits);
                set(db, "Component", "exe", "ComponentId", id);
            })
        };
        assert_eq!(permanent(16, ""), ["error Component exe ComponentId"]);
        assert_eq!(permanent(1040, "{0}"), ["warning Component exe Attributes"]);
        assert!(permanent(0, "").is_empty());
    }
}
