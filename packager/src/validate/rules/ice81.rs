//! ICE81: certificates are used, and what is signed is a cabinet outside of the package.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice81>

use std::collections::HashSet;

use crate::validate::{Place, Report, View};

const USERS: [&str; 3] = ["MsiDigitalSignature", "MsiPackageCertificate", "MsiPatchCertificate"];

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let used: HashSet<&str> =
        USERS.iter().flat_map(|table| view.rows(table)).map(|row| row.text("DigitalCertificate_")).collect();
    for certificate in view.rows("MsiDigitalCertificate") {
        if !used.contains(certificate.first()) {
            report.warning(Place::row(&certificate), "no signature and no package uses it");
        }
    }
    for signature in view.rows("MsiDigitalSignature") {
        let object = signature.text("SignObject");
        let id = object.parse().ok();
        let place = || Place::field(&signature, "SignObject");
        match view.rows("Media").find(|media| id.is_some() && media.int("DiskId") == id) {
            None => report.error(place(), format!("there is no `{object}` in the table `Media`")),
            Some(media) if media.text("Cabinet").starts_with('#') => {
                report.error(place(), format!("the cabinet of disk `{object}` is in the package itself"));
            }
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::msidb::{ColumnType, Database};
    use crate::row;
    use crate::validate::testing::{found, own_table, set};

    const NAME: ColumnType = ColumnType::Str(72);

    fn certificate(db: &mut Database) {
        own_table(db, "MsiDigitalCertificate", 1, &[("DigitalCertificate", NAME)], vec![row!["c"]]);
    }

    fn signs(object: &'static str, cabinet: &'static str) -> Vec<String> {
        found("ICE81", |db| {
            certificate(db);
            let columns = [("Table", NAME), ("SignObject", NAME), ("DigitalCertificate_", NAME)];
            own_table(db, "MsiDigitalSignature", 2, &columns, vec![row!["Media", object, "c"]]);
            set(db, "Media", "1", "Cabinet", cabinet);
        })
    }

    #[test]
    fn ice81() {
        assert_eq!(found("ICE81", certificate), ["warning MsiDigitalCertificate c"]);
        assert!(signs("1", "data.cab").is_empty());
        assert_eq!(signs("1", "#data.cab"), ["error MsiDigitalSignature Media.1 SignObject"]);
        assert_eq!(signs("2", "data.cab"), ["error MsiDigitalSignature Media.2 SignObject"]);
        assert_eq!(signs("x", "data.cab"), ["error MsiDigitalSignature Media.x SignObject"]);
    }
}
