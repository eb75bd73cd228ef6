//! ICE39: the summary information is well formed.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice39>

use crate::formats::msidb::Category;
use crate::validate::{Place, Report, View};

/// The platforms a template may name; none is 32-bit Intel, too.
/// <https://learn.microsoft.com/windows/win32/msi/template-summary>
const PLATFORMS: [&str; 8] = ["", "Alpha", "Arm", "Arm64", "Intel", "Intel64", "x64", "x86"];
/// Bits of the word count that mean something: short names, compressed, administrative image, no elevation.
const WORD_COUNT_BITS: i32 = 0xf;
const COMPRESSED_SOURCE: i32 = 2;
const NO_ELEVATION: i32 = 8;
const COMPRESSED_FILE: i32 = 0x4000;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let summary = view.summary();
    if let Some(why) = bad_template(&summary.template) {
        report.error(Place::summary("Template"), format!("`{}`: {why}", summary.template));
    }
    if !Category::Guid.accepts(&summary.revision) {
        report.error(
            Place::summary("Revision Number"),
            format!("the package code `{}` is no GUID in braces and capitals", summary.revision),
        );
    }
    match summary.page_count {
        Some(1..) => {}
        _ => report.error(Place::summary("Page Count"), "the lowest version of Windows Installer is missing"),
    }
    match summary.word_count {
        Some(bits) if bits & !WORD_COUNT_BITS == 0 => {
            if bits & COMPRESSED_SOURCE != 0 {
                for file in view.rows("File").filter(|file| file.bits("Attributes") & COMPRESSED_FILE != 0) {
                    report.warning(
                        Place::field(&file, "Attributes"),
                        "it is marked as compressed (bit 16384), which the word count says of all files",
                    );
                }
            }
            if bits & NO_ELEVATION != 0 && view.rows("MsiPackageCertificate").next().is_some() {
                report.warning(
                    Place::summary("Word Count"),
                    "a package without elevation needs no MsiPackageCertificate rows",
                );
            }
        }
        _ => report.error(Place::summary("Word Count"), "it is missing or has bits without a meaning"),
    }
    if let (Some(created), Some(saved)) = (summary.created, summary.saved)
        && saved < created
    {
        report.error(Place::summary("Last Saved Time/Date"), "it was saved before it was created");
    }
}

fn bad_template(template: &str) -> Option<&'static str> {
    let Some((platforms, languages)) = template.split_once(';') else {
        return Some("it has to be a platform, a semicolon and languages");
    };
    if !platforms.split(',').all(|platform| PLATFORMS.contains(&platform)) {
        return Some("the platform is unknown");
    }
    (!languages.is_empty() && !Category::Language.accepts(languages))
        .then_some("the languages are no language ids")
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice39() {
        for template in ["", "x64", "x32;1033", "x64;en"] {
            assert_eq!(found("ICE39", |db| db.summary.template = template.to_owned()).len(), 1, "{template}");
        }
        for template in ["Intel;1033", ";1033", "x64;1033,1031", "Arm64;0"] {
            assert_eq!(found("ICE39", |db| db.summary.template = template.to_owned()).len(), 0, "{template}");
        }
        assert_eq!(found("ICE39", |db| db.summary.revision.make_ascii_lowercase()).len(), 1);
        assert_eq!(found("ICE39", |db| db.summary.page_count = None).len(), 1);
        assert_eq!(found("ICE39", |db| db.summary.word_count = Some(16)).len(), 1);
        let times = found("ICE39", |db| {
            db.summary.created = Some(2);
            db.summary.saved = Some(1);
        });
        assert_eq!(times, ["error _SummaryInformation Last Saved Time/Date"]);
        assert_eq!(
            found("ICE39", |db| set(db, "File", "exe", "Attributes", 0x4000)),
            ["warning File exe Attributes"]
        );
    }
}
