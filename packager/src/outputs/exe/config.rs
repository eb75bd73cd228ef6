//! What a manifest decides about the setup EXE.

use serde::Serialize;

use crate::outputs::bootstrap::Look;
use crate::plan::PackagePlan;
use crate::report::artifacts::arch_name;

/// Name and looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExeConfig {
    /// `{slug}-{version}-{arch}-setup.exe`, of one site `{slug}-{version}-{arch}-{site}-setup.exe`
    pub file: String,
    /// Its version resource.
    pub look: Look,
}

impl ExeConfig {
    /// Of one package, and of one of its sites.
    pub fn of(package: &PackagePlan, site: Option<&str>) -> Self {
        let product = &package.target.product;
        let arch = arch_name(product.arch);
        let site = site.map_or(String::new(), |site| format!("-{site}"));
        let file = format!("{}-{}-{arch}{site}-setup.exe", product.slug, product.version_text);
        let look = Look::setup(product, &file);
        Self { file, look }
    }
}
