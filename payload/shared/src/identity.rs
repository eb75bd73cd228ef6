//! Whom the bootstrap on a share serves: small, because every run reads it over the network.

use alloc::string::String;
use alloc::vec::Vec;

use crate::plan::{Arch, InUse, Key, Plan, Platform, Scope};
use crate::plan_codec as codec;
use crate::wire::{Reader, Result, Writer};

const MAGIC: &[u8; 8] = b"PKGIDNT\x02";

/// A product as its bootstrap knows it before it has seen a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Reverse-DNS id.
    pub product_id: String,
    /// Short name, used in file names.
    pub slug: String,
    /// Shown name.
    pub name: String,
    /// Shown manufacturer; part of the state key's path.
    pub manufacturer: String,
    /// UUID v5 of the id.
    pub upgrade_code: [u8; 16],
    /// Machine or user.
    pub scope: Scope,
    /// Architectures that releases are made for, and what each needs.
    pub archs: Vec<(Arch, Platform)>,
    /// Detection keys in order; each is looked for in both views, the `view` in it is ignored.
    pub detect: Vec<Key>,
    /// The value under a detection key that holds the install directory.
    pub detect_value: String,
    /// File name of the bootstrap.
    pub bootstrap: String,
    /// Ed25519 public key of releases; `None`: nothing can be updated.
    pub public_key: Option<[u8; 32]>,
    /// Where releases come from, in order.
    pub sources: Vec<String>,
    /// What a first install runs: the MSI (`true`) or the setup EXE.
    pub first_install_msi: bool,
    /// What happens when a file is in use.
    pub in_use: InUse,
    /// The names of secret settings: their values are not handed on in command lines.
    pub secrets: Vec<String>,
}

impl Identity {
    /// The identity that a plan implies, for its one architecture.
    pub fn of(plan: &Plan) -> Self {
        let product = &plan.product;
        Self {
            product_id: product.id.clone(),
            slug: product.slug.clone(),
            name: product.name.clone(),
            manufacturer: product.manufacturer.clone(),
            upgrade_code: product.upgrade_code,
            scope: product.scope,
            archs: alloc::vec![(product.arch, plan.platform.clone())],
            detect: plan.detect.clone(),
            detect_value: plan.detect_value.clone(),
            bootstrap: plan.bootstrap.name.clone(),
            public_key: plan.bootstrap.public_key,
            sources: plan.bootstrap.sources.clone(),
            first_install_msi: plan.bootstrap.first_install_msi,
            in_use: plan.bootstrap.in_use,
            secrets: plan.settings.iter().filter(|s| s.secret).map(|s| s.name.clone()).collect(),
        }
    }
}

/// The identity as bytes.
pub fn encode(identity: &Identity) -> Vec<u8> {
    let mut w = Writer::new();
    w.raw(MAGIC);
    for text in [&identity.product_id, &identity.slug, &identity.name, &identity.manufacturer] {
        w.string(text);
    }
    w.raw(&identity.upgrade_code);
    codec::scope(&mut w, identity.scope);
    w.list(&identity.archs, |w, (arch, platform)| {
        codec::arch(w, *arch);
        codec::platform(w, platform);
    });
    w.list(&identity.detect, codec::key);
    w.string(&identity.detect_value);
    w.string(&identity.bootstrap);
    w.option(identity.public_key.as_ref(), |w, key| w.raw(key));
    w.list(&identity.sources, |w, source| w.string(source));
    w.bool(identity.first_install_msi);
    codec::in_use(&mut w, identity.in_use);
    w.list(&identity.secrets, |w, name| w.string(name));
    w.bytes
}

/// Reads what [`encode`] wrote.
pub fn decode(bytes: &[u8]) -> Result<Identity> {
    let mut r = Reader::new(bytes);
    r.expect(MAGIC, "this is no identity that this program can read");
    let identity = Identity {
        product_id: r.string(),
        slug: r.string(),
        name: r.string(),
        manufacturer: r.string(),
        upgrade_code: r.array(),
        scope: codec::read_scope(&mut r),
        archs: r.list(|r| (codec::read_arch(r), codec::read_platform(r))),
        detect: r.list(codec::read_key),
        detect_value: r.string(),
        bootstrap: codec::read_name(&mut r),
        public_key: r.option(Reader::array),
        sources: r.list(Reader::string),
        first_install_msi: r.bool(),
        in_use: codec::read_in_use(&mut r),
        secrets: r.list(Reader::string),
    };
    r.finish()?;
    Ok(identity)
}
