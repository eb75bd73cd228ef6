//! What a manifest decides about the setup EXE.

use serde::Serialize;

use crate::outputs::bootstrap::Look;
use crate::plan::PackagePlan;
use crate::report::artifacts::arch_name;

/// Name and looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExeConfig {
    /// `{slug}-{version}-{arch}-setup.exe`
    pub file: String,
    /// Its version resource.
    pub look: Look,
}

impl ExeConfig {
    /// Of one package.
    pub fn of(package: &PackagePlan) -> Self {
        let product = &package.target.product;
        let file = format!("{}-{}-{}-setup.exe", product.slug, product.version_text, arch_name(product.arch));
        let look = Look::setup(product, &file);
        Self { file, look }
    }
}
