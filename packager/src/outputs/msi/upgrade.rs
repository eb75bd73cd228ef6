//! Upgrade and LaunchCondition rows: what an installation may replace, and where it may run at all.

use packager_shared::plan::{Key, Root, WindowsVersion};

use super::Result;
use super::builder::Builder;
use super::formatted::literal;
use super::rows::row;
use super::settings::search;
use crate::model::windows::dotnet_name;
use crate::plan::ids;

/// msidbUpgradeAttributes…
const MIGRATE_FEATURES: i32 = 1;
const ONLY_DETECT: i32 = 2;
const MIN_INCLUSIVE: i32 = 256;
const MAX_INCLUSIVE: i32 = 512;

/// What FindRelatedProducts finds of an earlier version.
pub const OLDER: &str = "OLDER_VERSION_FOUND";
const NEWER: &str = "NEWER_VERSION_FOUND";
const SAME: &str = "SAME_VERSION_FOUND";
const BUILD: &str = "WINDOWS_BUILD";
const DOTNET: &str = "DOTNET_RELEASE";

/// The first Windows whose VersionNT says no more what it is: 603 stands for all from 8.1 on.
const BUILD_COUNTS_FROM: u32 = 10;

/// Adds the rows; returns the properties that must be secure.
pub fn write(builder: &mut Builder<'_>, version: &str) -> Result<Vec<String>> {
    let plan = &builder.release.package.target;
    let options = &builder.release.package.outputs.msi;
    let code = ids::braced(&plan.product.upgrade_code);
    let name = &plan.product.name;
    let none = None::<String>;
    if options.downgrade {
        let attributes = MIGRATE_FEATURES | MIN_INCLUSIVE;
        builder
            .rows
            .push("Upgrade", row![code, "0.0.0", none.clone(), none.clone(), attributes, none, OLDER]);
        return Ok(vec![OLDER.to_owned()]);
    }
    let same = if options.same_version_upgrades { MAX_INCLUSIVE } else { 0 };
    let attributes = MIGRATE_FEATURES | MIN_INCLUSIVE | same;
    builder
        .rows
        .push("Upgrade", row![&code, "0.0.0", version, none.clone(), attributes, none.clone(), OLDER]);
    let newer = row![&code, version, none.clone(), none.clone(), ONLY_DETECT, none.clone(), NEWER];
    builder.rows.push("Upgrade", newer);
    let mut refused = vec![(NEWER, "newer-version")];
    if !options.same_version_upgrades {
        // A rebuild, or another language: without this it would stand beside what is installed.
        let attributes = ONLY_DETECT | MIN_INCLUSIVE | MAX_INCLUSIVE;
        builder.rows.push("Upgrade", row![code, version, version, none.clone(), attributes, none, SAME]);
        refused.push((SAME, "same-version"));
    }
    let mut secure = vec![OLDER.to_owned()];
    for (found, message) in refused {
        let message = builder.texts.message(message, &[("product", &literal(name))])?;
        builder.rows.push("LaunchCondition", row![format!("NOT {found}"), message]);
        secure.push(found.to_owned());
    }
    Ok(secure)
}

/// The most that one row can reserve: a signed number of bytes.
const RESERVE_MOST: u32 = 2047;

/// Reserves what must be free beside the files: Windows Installer then refuses a volume without it (Microsoft:
/// "ReserveCost Table", "OutOfDiskSpace Property").
pub fn write_free_space(builder: &mut Builder<'_>) {
    let mut rest = builder.release.package.target.platform.free_megabytes;
    let component = super::ownership::component(builder);
    let mut number = 0;
    while rest > 0 {
        let megabytes = rest.min(RESERVE_MOST);
        let bytes = i32::try_from(megabytes << 20).unwrap_or(i32::MAX);
        builder.rows.push("ReserveCost", row![format!("Free{number}"), &component, "INSTALLDIR", bytes, 0]);
        rest -= megabytes;
        number += 1;
    }
}

/// Adds what the platform must be; returns the properties that must be secure.
pub fn write_platform(builder: &mut Builder<'_>) -> Result<Vec<String>> {
    let plan = &builder.release.package.target;
    let name = literal(&plan.product.name);
    let mut conditions = Vec::new();
    let mut secure = Vec::new();
    let by_build = |version: WindowsVersion| version.0 >= BUILD_COUNTS_FROM;
    if by_build(plan.platform.min) || plan.platform.refuse.iter().any(|version| by_build(*version)) {
        let key = Key {
            root: Root::LocalMachine,
            view: builder.native_view(),
            path: r"SOFTWARE\Microsoft\Windows NT\CurrentVersion".into(),
        };
        search(builder, BUILD, &key, "CurrentBuildNumber");
        secure.push(BUILD.to_owned());
    }
    let min = plan.platform.min;
    // A property compared with a number is converted, so the text of CurrentBuildNumber will do.
    conditions.push(if by_build(min) {
        (format!("Installed OR {BUILD} >= {}", min.2), "newer-windows")
    } else {
        let nt = min.0 * 100 + min.1;
        (format!("Installed OR VersionNT >= {nt}"), "newer-windows")
    });
    for version in &plan.platform.refuse {
        let test = if by_build(*version) {
            format!("{BUILD} <> {}", version.2)
        } else {
            format!("VersionNT <> {}", version.0 * 100 + version.1)
        };
        conditions.push((format!("Installed OR {test}"), "other-windows"));
    }
    if !plan.platform.server {
        conditions.push(("Installed OR MsiNTProductType = 1".to_owned(), "no-server"));
    }
    if !plan.platform.client {
        conditions.push(("Installed OR MsiNTProductType <> 1".to_owned(), "only-server"));
    }
    let version = plan.platform.dotnet_release.map_or("", dotnet_name);
    if let Some(release) = plan.platform.dotnet_release {
        let key = Key {
            root: Root::LocalMachine,
            view: builder.native_view(),
            path: r"SOFTWARE\Microsoft\NET Framework Setup\NDP\v4\Full".into(),
        };
        search(builder, DOTNET, &key, "Release");
        secure.push(DOTNET.to_owned());
        // A number is found as text behind a number sign. All releases have six digits, so texts compare as they do.
        conditions.push((format!("Installed OR {DOTNET} >= \"#{release}\""), "newer-dotnet"));
    }
    for (condition, message) in conditions {
        let message = builder.texts.message(message, &[("product", &name), ("version", version)])?;
        builder.rows.push("LaunchCondition", row![condition, message]);
    }
    Ok(secure)
}
