//! What will be in the setup EXE.

use packager_shared::ids::{hex, sha256};
use serde::Serialize;

use super::config::ExeConfig;
use crate::outputs::bootstrap::{Encoded, Error, Payload, carried, memory};
use crate::plan::PackagePlan;
use crate::report::artifacts::arch_name;

/// A setup EXE before it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExePlan {
    /// Name and looks.
    #[serde(flatten)]
    pub config: ExeConfig,
    /// Architecture of the payload (the program itself is 32-bit x86).
    pub arch: &'static str,
    /// Release serial.
    pub serial: u32,
    /// SHA-256 of `files.idx`: names the release on the target.
    pub release: String,
    /// The site that it takes when nobody says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Heap the installation needs at most, in bytes.
    pub memory: u64,
    /// The overlay's sections in order.
    pub sections: Vec<SectionPlan>,
}

/// One section of the overlay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SectionPlan {
    /// Its tag.
    pub tag: &'static str,
    /// Bytes.
    pub bytes: u64,
    /// SHA-256.
    pub sha256: String,
}

/// Plans the setup EXE of a package whose content is known, or of one of its sites.
pub fn plan(
    package: &PackagePlan,
    site: Option<&str>,
    encoded: &Encoded,
    payload: Payload<'_>,
) -> Result<ExePlan, Error> {
    let small =
        |tag, bytes: &[u8]| SectionPlan { tag, bytes: bytes.len() as u64, sha256: hex(&sha256(bytes)) };
    let mut sections = vec![small("plan", &encoded.plan), small("index", &encoded.index)];
    sections.extend(site.map(|site| small("site", site.as_bytes())));
    sections.push(SectionPlan {
        tag: payload.name,
        bytes: payload.packed.size,
        sha256: hex(&payload.packed.sha256().map_err(Error::Packed)?),
    });
    let carried = carried(encoded, site);
    Ok(ExePlan {
        config: ExeConfig::of(package, site),
        arch: arch_name(package.target.product.arch),
        serial: package.target.bootstrap.serial,
        release: hex(&encoded.digest()),
        site: site.map(str::to_owned),
        memory: memory(&carried, payload.heap)?,
        sections,
    })
}
