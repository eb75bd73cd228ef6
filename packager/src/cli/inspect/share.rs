//! A share: its release and what hangs on it. The signature is not checked: that is what `verify` is for.

use camino::Utf8Path;
use packager_shared::ids::hex;
use serde_json::json;

use super::super::kind::bad;
use super::program::files;
use super::shown::{Shown, Table};
use crate::outputs::share::verify;
use crate::report::BuildError;
use crate::report::artifacts::arch_name;

pub(super) fn look(root: &Utf8Path) -> Result<Shown, BuildError> {
    let (_, release) = verify::read_head(root).map_err(|what| bad(root, what))?;
    let mut shown = Shown { kind: "share", path: root.to_string(), ..Shown::default() };
    shown.fact("Product", release.product_id.as_str());
    shown.fact("Version", release.version_text.as_str());
    shown.fact("Serial", release.serial);
    shown.fact("Floor", release.floor);
    shown.fact("Bootstrap SHA-256", hex(&release.bootstrap));
    shown.fact("Signature", "not checked; `packager verify` does");
    let mut archs =
        Table::new("Architectures", &["Architecture", "Release", "Files", "Bytes", "Plan SHA-256"]);
    let mut all = Table::default();
    for (place, arch) in release.archs.iter().enumerate() {
        let (_, index) = verify::read_arch(root, &release, place).map_err(|what| bad(root, what))?;
        let (name, digest) = (arch_name(arch.arch), hex(&arch.index.sha256));
        let (count, bytes) = (index.entries.len(), index.total_size());
        archs.push([json!(name), json!(digest), json!(count), json!(bytes), json!(hex(&arch.plan.sha256))]);
        let table = files(&index, Some(name));
        (all.name, all.columns) = (table.name, table.columns);
        all.rows.extend(table.rows);
    }
    let mut packages = Table::new("Packages", &["Name", "Architecture", "Kind", "Bytes", "SHA-256"]);
    for package in &release.packages {
        let kind = if package.msi { "msi" } else { "exe" };
        let (bytes, digest) = (json!(package.file.size), json!(hex(&package.file.sha256)));
        packages.push([json!(package.name), json!(arch_name(package.arch)), json!(kind), bytes, digest]);
    }
    shown.tables = vec![archs, packages, all];
    Ok(shown)
}
