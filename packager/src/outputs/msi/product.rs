//! The Property and Icon tables, the feature, and what the summary information says.

use packager_shared::plan::{Arch, Listing, Product, Scope};
use serde::Serialize;

use super::Result;
use super::builder::{Builder, FEATURE};
use super::rows::{Cell, row};
use super::sequences::Step;
use super::settings::set_property;
use crate::plan::ids;

/// The summary information stream (Microsoft: "Summary Property Descriptions").
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Subject: the product's name.
    pub subject: String,
    /// Comments: what the package does.
    pub comments: String,
    /// Author: the manufacturer.
    pub author: String,
    /// Template: `x64;1033`.
    pub template: String,
    /// Page Count: the Windows Installer version that is needed, times 100.
    pub installer_version: i32,
    /// Word Count: 2 compressed; 8 no elevation.
    pub word_count: i32,
}

/// The version as Windows Installer takes it: three numbers, and the fourth when it is not 0.
pub fn version(product: &Product) -> String {
    let [major, minor, build, revision] = product.version;
    if revision == 0 {
        format!("{major}.{minor}.{build}")
    } else {
        format!("{major}.{minor}.{build}.{revision}")
    }
}

/// What the summary information says.
pub fn summary(builder: &Builder<'_>) -> Result<Summary> {
    let product = &builder.release.package.target.product;
    let platform = match product.arch {
        Arch::X86 => "Intel",
        Arch::X64 => "x64",
        Arch::Arm64 => "Arm64",
    };
    let uses = |table| !builder.rows.table(table).is_empty();
    // The version of Windows Installer that each table came with; rows of the author's own are among them.
    const OF_5: [&str; 4] =
        ["MsiServiceConfig", "MsiServiceConfigFailureActions", "MsiLockPermissionsEx", "MsiShortcutProperty"];
    let of_5 = product.arch == Arch::Arm64 || OF_5.into_iter().any(uses);
    let of_4_5 = ["MsiEmbeddedUI", "MsiEmbeddedChainer"].into_iter().any(uses);
    Ok(Summary {
        subject: product.name.clone(),
        comments: builder.texts.message("comments", &[("product", &product.name)])?,
        author: product.manufacturer.clone(),
        template: format!("{platform};{}", builder.release.package.outputs.msi.language),
        installer_version: match (of_5, of_4_5) {
            (true, _) => 500,
            (false, true) => 450,
            (false, false) => 200,
        },
        word_count: if product.scope == Scope::User { 2 | 8 } else { 2 },
    })
}

/// The icon's name. Windows Installer caches it under this name.
const ICON: &str = "product.ico";

/// What the list of installed programs shows (Microsoft: "Property Reference", Configuration Properties).
fn listing(listing: &Listing) -> Vec<(&'static str, String)> {
    let texts = [
        ("ARPURLINFOABOUT", &listing.url),
        ("ARPHELPLINK", &listing.help),
        ("ARPURLUPDATEINFO", &listing.updates),
        ("ARPCONTACT", &listing.contact),
        ("ARPHELPTELEPHONE", &listing.phone),
        ("ARPCOMMENTS", &listing.comments),
    ];
    let flags = [("ARPNOREMOVE", listing.no_remove), ("ARPSYSTEMCOMPONENT", listing.hidden)];
    let texts = texts.into_iter().filter_map(|(name, text)| Some((name, text.clone()?)));
    let flags = flags.into_iter().filter(|(_, set)| *set).map(|(name, _)| (name, "1".to_owned()));
    texts.chain(flags).collect()
}

/// Adds the Property, Icon and Feature rows but for the product code; returns actions after CostFinalize.
pub fn write(builder: &mut Builder<'_>, mut secure: Vec<String>) -> Vec<Step> {
    let package = builder.release.package;
    let product = &package.target.product;
    let mut properties = vec![
        ("Manufacturer", product.manufacturer.clone()),
        ("ProductLanguage", package.outputs.msi.language.to_string()),
        ("ProductName", product.name.clone()),
        ("ProductVersion", version(product)),
        ("UpgradeCode", ids::braced(&product.upgrade_code)),
        ("ARPNOMODIFY", "1".to_owned()),
        ("ARPNOREPAIR", "1".to_owned()),
    ];
    if product.scope == Scope::Machine {
        properties.push(("ALLUSERS", "1".to_owned()));
    }
    properties.extend(listing(&product.listing));
    let bytes: u64 = builder.release.files.iter().map(|file| file.size).sum();
    properties.push(("ARPSIZE", bytes.div_ceil(1024).min(i32::MAX as u64).to_string()));
    if builder.release.icon.is_some() {
        properties.push(("ARPPRODUCTICON", ICON.to_owned()));
        builder.rows.push("Icon", vec![ICON.into(), Cell::Stream]);
    }
    // Where it goes is chosen in a dialog or on the command line, also by who is no administrator: else the service
    // would ignore it (Microsoft: "Restricted Public Properties").
    secure.push("INSTALLDIR".to_owned());
    secure.sort();
    secure.dedup();
    properties.push(("SecureCustomProperties", secure.join(";")));
    for (name, value) in properties {
        builder.rows.push("Property", row![name, value]);
    }
    let none = None::<String>;
    builder.rows.push("Feature", row![FEATURE, none.clone(), none.clone(), none, 0, 1, "INSTALLDIR", 0]);
    let action = set_property(builder, "SetInstallLocation", "ARPINSTALLLOCATION", "[INSTALLDIR]");
    vec![Step { action, condition: String::new(), sequence: 1010 }]
}
