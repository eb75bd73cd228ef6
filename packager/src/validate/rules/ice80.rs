//! ICE80: platform, bitness and language of the package go together.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice80>

use crate::formats::msidb::Category;
use crate::formats::msidb::condition::{self, SymbolKind};
use crate::formats::msidb::formatted::{self, Reference};
use crate::validate::standard::{FOLDERS_32, FOLDERS_64};
use crate::validate::{Place, Report, View};

const COMPONENT_64: i32 = 0x100;
const SCRIPT_64: i32 = 0x1000;
const LOCATOR_64: i32 = 0x10;

/// Platforms of 64 bits and the version of Windows Installer (times 100) that knows them.
const PLATFORMS_64: [(&str, i32); 3] = [("Intel64", 150), ("x64", 200), ("Arm64", 500)];

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let template = view.summary().template.as_str();
    let (platform, languages) = template.split_once(';').unwrap_or((template, ""));
    if template.is_empty() {
        report.error(Place::summary("Template"), "it is empty");
    }
    let is_64 = PLATFORMS_64.iter().any(|(name, _)| platform.contains(name));
    let schema = view.summary().page_count.unwrap_or(0);
    for (name, since) in PLATFORMS_64 {
        // "Intel64" and "Arm64" do not contain "x64".
        if platform.contains(name) && schema < since {
            report.error(
                Place::summary("Page Count"),
                format!(
                    "a package for {name} has to ask for Windows Installer {since} at least, not {schema}"
                ),
            );
        }
    }
    components(view, is_64, report);
    if !is_64 {
        only_32(view, report);
    }
    let language = view.property("ProductLanguage");
    if !language.is_empty() && !languages.split(',').any(|listed| listed.trim() == language) {
        report.error(
            Place::table("Property"),
            format!("ProductLanguage is {language}, which the template `{template}` does not have"),
        );
    }
}

fn components(view: &View<'_>, is_64: bool, report: &mut Report<'_>) {
    for component in view.rows("Component") {
        let wide = component.bits("Attributes") & COMPONENT_64 != 0;
        let place = Place::row(&component);
        if wide && !is_64 {
            report.error(place, "it is a 64-bit component in a package that is not for a 64-bit platform");
            continue;
        }
        let directory = component.text("Directory_");
        let other = if wide { FOLDERS_32 } else { FOLDERS_64 };
        if is_64 && let Some(folder) = view.directories.under(directory, other) {
            let (own, theirs) = if wide { (64, 32) } else { (32, 64) };
            report.error(
                place,
                format!("the {own}-bit component is in a directory of {theirs} bits, {folder}"),
            );
        }
    }
}

/// What a package for a 32-bit platform must not have.
fn only_32(view: &View<'_>, report: &mut Report<'_>) {
    for action in view.rows("CustomAction") {
        if action.bits("Type") & SCRIPT_64 != 0 {
            report.error(Place::field(&action, "Type"), "it is a 64-bit script in a 32-bit package");
        }
    }
    for search in view.rows("RegLocator") {
        if search.bits("Type") & LOCATOR_64 != 0 {
            report.error(
                Place::field(&search, "Type"),
                "it looks at the 64-bit registry (bit 16) in a 32-bit package",
            );
        }
    }
    let is_wide = |name: &str| FOLDERS_64.contains(&name);
    for directory in view.rows("Directory").filter(|directory| is_wide(directory.first())) {
        report.error(Place::row(&directory), "it is a 64-bit folder in a 32-bit package");
    }
    for (record, column, text) in view.texts(&[Category::Formatted, Category::RegPath]) {
        for reference in formatted::references(text) {
            if let Reference::Property(name) = reference
                && is_wide(name)
            {
                report.error(Place::field(&record, column), format!("it uses the 64-bit property `{name}`"));
            }
        }
    }
    for (record, column, text) in view.texts(&[Category::Condition]) {
        for symbol in condition::parse(text).unwrap_or_default() {
            if symbol.kind == SymbolKind::Property && is_wide(symbol.name) {
                report.error(
                    Place::field(&record, column),
                    format!("it uses the 64-bit property `{}`", symbol.name),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::testing::{found, set};

    #[test]
    fn ice80() {
        assert_eq!(
            found("ICE80", |db| set(db, "Component", "exe", "Attributes", 0)),
            ["error Component exe"]
        );
        assert_eq!(
            found("ICE80", |db| set(db, "Directory", "INSTALLDIR", "Directory_Parent", "ProgramFilesFolder"))
                .len(),
            4
        );
        assert_eq!(
            found("ICE80", |db| db.summary.page_count = Some(110)),
            ["error _SummaryInformation Page Count"]
        );
        assert_eq!(found("ICE80", |db| db.summary.template = "x64;1031".into()), ["error Property"]);
        // Five components, a search and a folder.
        assert_eq!(found("ICE80", |db| db.summary.template = "Intel;1033".into()).len(), 7);
        assert_eq!(found("ICE80", |db| set(db, "Component", "menu", "Attributes", 4)), [] as [&str; 0]);
    }
}
