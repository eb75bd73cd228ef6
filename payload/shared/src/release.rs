//! The signed head of a release on a share (`release.idx`): small, and replaced last.
//!
//! Its last 64 bytes are an Ed25519 signature (RFC 8032) over all bytes before them. Clients that are up to date
//! read nothing else.

use alloc::string::String;
use alloc::vec::Vec;

use ed25519_compact::{PublicKey, Signature};

use crate::index::Digest;
use crate::plan::Arch;
use crate::plan_codec as codec;
use crate::wire::{Reader, Writer};

const MAGIC: &[u8; 8] = b"PKGRLSE\x01";
const SIGNATURE: usize = 64;

/// A larger `release.idx` is refused, in bytes.
pub const MOST: u64 = 1 << 20;

/// A file by size and SHA-256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the content.
    pub sha256: Digest,
}

/// A release for one architecture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchRelease {
    /// Which.
    pub arch: Arch,
    /// `files/{serial}/{arch}/files.idx`. Its SHA-256 is the release's digest, remembered by clients.
    pub index: Sealed,
    /// `files/{serial}/{arch}/plan.bin`
    pub plan: Sealed,
}

/// A file in `packages/` that a first install runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// File name.
    pub name: String,
    /// For which architecture.
    pub arch: Arch,
    /// An MSI (`true`) or a setup EXE.
    pub msi: bool,
    /// Size and SHA-256.
    pub file: Sealed,
}

/// What a share offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The product's id.
    pub product_id: String,
    /// Grows with every release.
    pub serial: u32,
    /// Clients never go below this serial.
    pub floor: u32,
    /// Version, up to four numbers.
    pub version: [u16; 4],
    /// Version as shown.
    pub version_text: String,
    /// What is installed, by architecture.
    pub archs: Vec<ArchRelease>,
    /// What a first install runs.
    pub packages: Vec<Package>,
    /// SHA-256 of the share's own bootstrap.
    pub bootstrap: Digest,
}

/// Why a release is not trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The signature is not by the product's key, or a byte was changed.
    Signature,
    /// Signed, and not readable.
    Damaged(crate::wire::Error),
    /// Signed, and for another product.
    ForeignProduct,
    /// Its serial is below its own floor.
    BelowFloor,
}

impl Error {
    /// One sentence.
    pub fn text(&self) -> &'static str {
        match self {
            Error::Signature => {
                "release.idx is not signed with this product's key, or was changed afterwards"
            }
            Error::Damaged(_) => "release.idx cannot be read by this program",
            Error::ForeignProduct => "release.idx belongs to another product",
            Error::BelowFloor => "release.idx is older than its own floor",
        }
    }
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.text())?;
        if let Error::Damaged(error) = self {
            write!(f, ": {error}")?;
        }
        Ok(())
    }
}

impl core::error::Error for Error {}

/// The part that is signed.
pub fn signed_part(release: &Release) -> Vec<u8> {
    let mut w = Writer::new();
    w.raw(MAGIC);
    w.string(&release.product_id);
    w.u32(release.serial);
    w.u32(release.floor);
    codec::version(&mut w, &release.version);
    w.string(&release.version_text);
    w.list(&release.archs, |w, arch| {
        codec::arch(w, arch.arch);
        sealed(w, &arch.index);
        sealed(w, &arch.plan);
    });
    w.list(&release.packages, |w, package| {
        w.string(&package.name);
        codec::arch(w, package.arch);
        w.bool(package.msi);
        sealed(w, &package.file);
    });
    w.raw(&release.bootstrap);
    w.bytes
}

/// `release.idx`: the signed part and what `sign` returns for it.
pub fn encode(release: &Release, sign: impl FnOnce(&[u8]) -> [u8; SIGNATURE]) -> Vec<u8> {
    let mut bytes = signed_part(release);
    let signature = sign(&bytes);
    bytes.extend_from_slice(&signature);
    bytes
}

/// Verifies the signature first, then reads. `product_id` is the only product that is accepted.
pub fn verify(bytes: &[u8], public_key: &[u8; 32], product_id: &str) -> Result<Release, Error> {
    let split = bytes.len().checked_sub(SIGNATURE).ok_or(Error::Signature)?;
    let (signed, signature) = bytes.split_at_checked(split).ok_or(Error::Signature)?;
    let signature = Signature::from_slice(signature).map_err(|_| Error::Signature)?;
    PublicKey::new(*public_key).verify(signed, &signature).map_err(|_| Error::Signature)?;
    let release = decode(signed).map_err(Error::Damaged)?;
    if release.product_id != product_id {
        return Err(Error::ForeignProduct);
    }
    if release.serial < release.floor {
        return Err(Error::BelowFloor);
    }
    Ok(release)
}

/// Reads `release.idx` without trusting it: for showing what it says.
pub fn inspect(bytes: &[u8]) -> Result<Release, Error> {
    let split = bytes.len().checked_sub(SIGNATURE).ok_or(Error::Signature)?;
    decode(bytes.get(..split).unwrap_or_default()).map_err(Error::Damaged)
}

fn decode(signed: &[u8]) -> crate::wire::Result<Release> {
    let mut r = Reader::new(signed);
    r.expect(MAGIC, "its first bytes are unknown");
    let release = Release {
        product_id: r.string(),
        serial: r.u32(),
        floor: r.u32(),
        version: codec::read_version(&mut r),
        version_text: r.string(),
        archs: r.list(|r| ArchRelease {
            arch: codec::read_arch(r),
            index: read_sealed(r),
            plan: read_sealed(r),
        }),
        packages: r.list(|r| Package {
            name: codec::read_name(r),
            arch: codec::read_arch(r),
            msi: r.bool(),
            file: read_sealed(r),
        }),
        bootstrap: r.digest(),
    };
    r.finish()?;
    Ok(release)
}

fn sealed(w: &mut Writer, sealed: &Sealed) {
    w.u64(sealed.size);
    w.raw(&sealed.sha256);
}

fn read_sealed(r: &mut Reader<'_>) -> Sealed {
    Sealed { size: r.u64(), sha256: r.digest() }
}

/// `x86`, `x64`, `arm64`: the folder on the share.
pub fn arch_name(arch: Arch) -> &'static str {
    match arch {
        Arch::X86 => "x86",
        Arch::X64 => "x64",
        Arch::Arm64 => "arm64",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_compact::{KeyPair, Seed};

    fn release() -> Release {
        let sealed = Sealed { size: 3, sha256: [1; 32] };
        Release {
            product_id: "com.acme.agent".into(),
            serial: 4,
            floor: 2,
            version: [1, 2, 3, 0],
            version_text: "1.2.3".into(),
            archs: alloc::vec![ArchRelease { arch: Arch::X64, index: sealed.clone(), plan: sealed.clone() }],
            packages: alloc::vec![Package { name: "a.msi".into(), arch: Arch::X64, msi: true, file: sealed }],
            bootstrap: [2; 32],
        }
    }

    fn signed(release: &Release) -> (Vec<u8>, [u8; 32]) {
        let pair = KeyPair::from_seed(Seed::new([9; 32]));
        (encode(release, |bytes| *pair.sk.sign(bytes, None)), *pair.pk)
    }

    #[test]
    fn a_signed_release_comes_back() {
        let (bytes, key) = signed(&release());
        assert_eq!(verify(&bytes, &key, "com.acme.agent"), Ok(release()));
        assert_eq!(verify(&bytes, &key, "com.acme.other"), Err(Error::ForeignProduct));
        assert_eq!(verify(&bytes, &[3; 32], "com.acme.agent"), Err(Error::Signature));
        let (below, _) = signed(&Release { floor: 5, ..release() });
        assert_eq!(verify(&below, &key, "com.acme.agent"), Err(Error::BelowFloor));
    }

    #[test]
    fn every_changed_byte_breaks_the_signature() {
        let (mut bytes, key) = signed(&release());
        for at in 0..bytes.len() {
            bytes[at] ^= 1;
            assert_eq!(verify(&bytes, &key, "com.acme.agent"), Err(Error::Signature), "byte {at}");
            bytes[at] ^= 1;
            assert!(verify(&bytes[..at], &key, "com.acme.agent").is_err());
        }
    }
}
