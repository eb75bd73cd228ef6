//! Sites: settings that an administrator chooses by name.
//!
//! A site is a transform of the base package, or a package of its own. Both add the same rows to the Property table
//! and change none: the name, which settings the site has, and their values. The properties are private, so no command
//! line sets them, and the base package has the actions that use them, so it is the same with and without sites.

use packager_shared::plan::{Key, Site};
use packager_shared::state;

use super::builder::Builder;
use super::registry;
use super::rows::{Rows, row};
use super::sequences::Early;
use super::settings::{search, set_property};
use super::write::database;
use super::{Error, MsiPlan, Result};
use crate::formats::msidb::transform::{Transform, suppress, validate};
use crate::formats::msidb::{Database, codepage};
use crate::outputs::Release;
use crate::outputs::sink::{Kind, Sink, Written};
use crate::plan::ids;

/// The name of the site.
const NAME: &str = "SiteName";
/// The settings that it has, between separators.
const SETTINGS: &str = "SiteSettings";
/// What AppSearch finds of an earlier installation.
const RECORDED: &str = "RECORDED_SITE";

/// The property with a site's value of a setting.
pub fn value_property(setting: &str) -> String {
    format!("SiteValue_{setting}")
}

/// The condition that a site has a value for a setting, be it empty.
pub fn sets(setting: &str) -> String {
    format!("{SETTINGS}><\";{setting};\"")
}

/// The properties of a site.
fn properties(site: &Site) -> Vec<(String, String)> {
    let names: String = site.values.iter().map(|(name, _)| format!("{name};")).collect();
    let mut out = vec![(NAME.to_owned(), site.name.clone()), (SETTINGS.to_owned(), format!(";{names}"))];
    // A property without a value is none; the list says that it is meant to be empty.
    let values = site.values.iter().filter(|(_, value)| !value.is_empty());
    out.extend(values.map(|(name, value)| (value_property(name), value.clone())));
    out
}

/// Adds a site to a package of its own.
pub fn choose(rows: &mut Rows, site: &Site) {
    for (name, value) in properties(site) {
        rows.push("Property", row![name, value]);
    }
}

/// Records the site in the state key. Whoever names none stays at the one he has. Returns the properties that must
/// be secure.
pub fn record(builder: &mut Builder<'_>, early: &mut Vec<Early>, state: &Key) -> Vec<String> {
    if builder.release.package.target.settings.is_empty() {
        return Vec::new();
    }
    search(builder, RECORDED, state, state::SITE);
    let action = set_property(builder, "KeepSite", NAME, &format!("[{RECORDED}]"));
    early.push(Early { action, condition: format!("{RECORDED} AND NOT {NAME}") });
    let target = ids::registry_target(state, state::SITE);
    let value = (state::SITE, format!("[{NAME}]").into());
    registry::write_group(builder, (ids::Kind::State, &target), state, &[value], Some(NAME));
    vec![RECORDED.to_owned()]
}

/// Writes the transform of each site: `{slug}-{version}-{arch}-{site}.mst`.
///
/// It is for every package of the product, whatever its version, language and architecture: all of them take the same
/// properties, and a setting that a package does not have is ignored by it. A package of another product refuses it.
pub fn write(plan: &MsiPlan, release: Release<'_>, sink: &dyn Sink) -> Result<Vec<Written>> {
    let package = release.package;
    if package.target.sites.is_empty() {
        return Ok(Vec::new());
    }
    let mut base = database(plan, release.icon, release.image)?;
    base.choose_codepage(codepage::of_language(package.outputs.msi.language));
    let mut written = Vec::new();
    for site in &package.target.sites {
        let transform = transform(&base, site)?;
        let name = format!("{}-{}.mst", plan.file_name.trim_end_matches(".msi"), site.name);
        let mut artefact = sink.create(&name, Kind::Transform).map_err(Error::Sink)?;
        transform.write(&mut artefact).map_err(Error::Database)?;
        written.push(artefact.finish().map_err(Error::Sink)?);
    }
    Ok(written)
}

fn transform(base: &Database, site: &Site) -> Result<Transform> {
    let properties = properties(site);
    let values = properties.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let mut transform = Transform::properties(base, values.clone()).map_err(Error::Database)?;
    let mut ignored = 0;
    if values.clone().all(|(_, value)| value.is_ascii()) {
        // Neutral: it goes with every code page, and so with the packages in other languages.
        transform.codepage = 0;
    } else if codepage::choose(base.codepage, values.clone().map(|(_, value)| value)) != base.codepage {
        // Only what is the same in every code page survives the change of it.
        if !base.strings().all(str::is_ascii) {
            return Err(Error::Site { site: site.name.clone(), codepage: base.codepage });
        }
        transform.codepage = codepage::UTF8;
        ignored = suppress::CHANGE_CODEPAGE;
    }
    transform.describe(base, validate::UPGRADE_CODE, ignored);
    if transform.codepage != 0 {
        transform.summary.codepage = transform.codepage;
    }
    transform.summary.comments = format!("Settings of the site {}", site.name);
    Ok(transform)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use packager_shared::plan::Arch;

    use super::super::{plan, plan_for};
    use super::*;
    use crate::formats::msidb::transform::{self, Change};
    use crate::outputs::sample;
    use crate::outputs::sink::MemorySink;

    fn site(name: &str, values: &[(&str, &str)]) -> Site {
        let values = values.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        Site { name: name.into(), values }
    }

    #[test]
    fn a_transform_adds_properties_and_changes_none() {
        let mut package = sample::package(Arch::X64);
        let files = sample::files();
        let without = plan(sample::release(&package, &files)).unwrap();
        package.target.sites = vec![
            site("paris", &[("SERVER_URL", "https://paris"), ("GROUP", "")]),
            site("tokyo", &[("GROUP", "\u{6771}\u{4eac}")]),
        ];
        let release = sample::release(&package, &files);
        let with = plan(release).unwrap();
        assert_eq!(without, with, "the base package does not know the sites");
        let sink = MemorySink::new();
        let written = write(&with, release, &sink).unwrap();
        let names: Vec<_> = written.iter().map(|w| w.path.as_str()).collect();
        assert_eq!(names, ["agent-4.2.0-x64-paris.mst", "agent-4.2.0-x64-tokyo.mst"]);

        let open = |name: &str| transform::open(Cursor::new(sink.get(name).unwrap()), None).unwrap();
        let paris = open(names[0]);
        let rows: Vec<(String, String)> = paris.changes[0]
            .rows
            .iter()
            .map(|change| match change {
                Change::Insert(row) => (row[0].to_string(), row[1].to_string()),
                other => panic!("{other:?}"),
            })
            .collect();
        let row = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            rows,
            [
                row("SiteName", "paris"),
                row("SiteSettings", ";SERVER_URL;GROUP;"),
                row("SiteValue_SERVER_URL", "https://paris")
            ]
        );
        assert_eq!(paris.changes.len(), 1);
        assert_eq!(paris.summary.char_count, Some(i32::from(validate::UPGRADE_CODE) << 16));
        assert!(paris.summary.revision.ends_with(&ids::braced(&package.target.product.upgrade_code)));
        // Other characters than the base's code page has: all of the base is plain, so that can change.
        let tokyo = open(names[1]);
        assert_eq!((paris.codepage, tokyo.codepage), (0, codepage::UTF8));
        assert_eq!(tokyo.summary.char_count.map(|flags| flags & 0xffff), Some(0x20));

        // Applied, it is the package of the site.
        let mut applied = database(&with, release.icon, release.image).unwrap();
        paris.apply(&mut applied).unwrap();
        let own = database(
            &plan_for(release, Some(&package.target.sites[0])).unwrap(),
            release.icon,
            release.image,
        )
        .unwrap();
        let sorted = |db: &Database| {
            let mut rows: Vec<_> = db.rows("Property").to_vec();
            rows.retain(|row| row[0].to_string() != "ProductCode");
            rows.sort();
            rows
        };
        assert_eq!(sorted(&applied), sorted(&own));
    }

    #[test]
    fn a_package_of_a_site_is_a_product_of_its_own() {
        let package = sample::package(Arch::X64);
        let files = sample::files();
        let release = sample::release(&package, &files);
        let plan = |value: &str| plan_for(release, Some(&site("paris", &[("GROUP", value)]))).unwrap();
        assert_eq!(plan("a").file_name, "agent-4.2.0-x64-paris.msi");
        let codes =
            [plan_for(release, None).unwrap().product_code, plan("a").product_code, plan("b").product_code];
        assert_eq!(codes.iter().collect::<std::collections::BTreeSet<_>>().len(), 3);
    }

    #[test]
    fn what_a_transform_cannot_say_is_an_error() {
        let mut package = sample::package(Arch::X64);
        package.target.product.name = "Ag\u{e9}nt".into();
        package.target.sites = vec![site("tokyo", &[("GROUP", "\u{6771}\u{4eac}")])];
        let files = sample::files();
        let release = sample::release(&package, &files);
        let error = write(&plan(release).unwrap(), release, &MemorySink::new()).unwrap_err();
        assert!(matches!(error, Error::Site { codepage: 1252, .. }), "{error}");
    }
}
