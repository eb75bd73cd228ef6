//! The three bootstraps: one stub, dressed as the product, with an overlay that says what it is for.
//!
//! | kind | where it stands | what it carries |
//! | --- | --- | --- |
//! | installed | in the install directory, from every output the same bytes | plan, index of the payload |
//! | setup | `{slug}-{version}-{arch}-setup.exe` | plan, index of all installed files, cabinets or streams |
//! | share | the root of a share | identity: whom it serves and whom it trusts |

use std::fmt;
use std::io::{self, Read, Write};

use packager_shared::identity::Identity;
use packager_shared::ids::sha256;
use packager_shared::index::{self, Digest, Entry, Index};
use packager_shared::overlay::{self, Kind, Tag};
use packager_shared::path;
use packager_shared::plan::{self, Plan, Product};
use packager_shared::{identity, pe_tail, wire};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::content::cabinets::CabinetFile;
use crate::content::solid::SolidFile;
use crate::content::{Hashed, PackedFile};
use crate::formats::pe::{self, Checksum, Icon};
use crate::plan::PlannedFile;
use crate::report::{BuildError, Problem};

pub mod read;
#[cfg(test)]
pub(crate) mod tests;

/// Bytes of heap the engine gets before it has read anything: buffers, decompression windows, the log.
const BASE_MEMORY: u64 = 4 << 20;
/// How many times larger than their encoding plan and index may become: the decoded index of this release, the
/// one that is installed, and the difference of both.
const MEMORY_FACTOR: u64 = 32;

/// What a release says of itself on the target, as bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// `plan.bin`
    pub plan: Vec<u8>,
    /// `files.idx`: all installed files, the bootstrap too.
    pub index: Vec<u8>,
    /// What `index` holds.
    pub entries: Index,
}

impl Encoded {
    /// Encodes a plan and the index of all installed files, in any order.
    pub fn new(plan: &Plan, mut entries: Index) -> Self {
        entries.sort();
        let index = index::encode(&entries, &plan::digest(plan));
        Self { plan: plan::encode(plan), index, entries }
    }

    /// SHA-256 of `files.idx`: names the release on the target.
    pub fn digest(&self) -> Digest {
        sha256(&self.index)
    }

    /// Reads both back: what the target will do with them, and the proof that it can.
    pub fn check(&self) -> Result<(), wire::Error> {
        plan::decode(&self.plan)?;
        index::decode(&self.index).map(drop)
    }
}

/// The index of the payload, without the bootstrap. Both lists have the same order, as the pass over the payload
/// gives it.
pub fn payload_index(planned: &[PlannedFile], hashed: &[Hashed]) -> Index {
    let entries = planned.iter().zip(hashed).map(|(planned, hashed)| Entry {
        path: planned.path.clone(),
        size: hashed.size,
        sha256: hashed.sha256,
        pe_version: planned.version.as_ref().map(|version| version.version),
        keep: planned.keep,
    });
    let mut index = Index { entries: entries.collect() };
    index.sort();
    index
}

/// The index of everything that is installed.
pub fn with_bootstrap(mut payload: Index, plan: &Plan, bootstrap: &[u8]) -> Index {
    let name = &plan.bootstrap.name;
    let place = payload.entries.partition_point(|entry| path::compare(&entry.path, name).is_lt());
    let entry = Entry {
        path: plan.bootstrap.name.clone(),
        size: bootstrap.len() as u64,
        sha256: sha256(bootstrap),
        pe_version: Some(plan.product.version),
        keep: false,
    };
    payload.entries.insert(place, entry);
    payload
}

/// How a bootstrap looks in Explorer and in the task manager.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Look {
    /// FileDescription: what UAC and the task manager show.
    pub description: String,
    /// ProductName.
    pub product: String,
    /// CompanyName.
    pub company: String,
    /// FileVersion and ProductVersion as numbers.
    pub version: [u16; 4],
    /// The same as text.
    pub version_text: String,
    /// OriginalFilename.
    pub file_name: String,
}

impl Look {
    fn new(product: &Product, description: String, file_name: &str) -> Self {
        Self {
            description,
            product: product.name.clone(),
            company: product.manufacturer.clone(),
            version: product.version,
            version_text: product.version_text.clone(),
            file_name: file_name.to_owned(),
        }
    }

    /// Of a setup EXE.
    pub fn setup(product: &Product, file_name: &str) -> Self {
        Self::new(product, format!("{} Setup", product.name), file_name)
    }

    /// Of the bootstrap in the install directory and on a share.
    pub fn bootstrap(product: &Product, file_name: &str) -> Self {
        Self::new(product, format!("{} Update", product.name), file_name)
    }
}

/// What a bootstrap is made from.
#[derive(Clone, Copy, Debug)]
pub struct Stub<'a> {
    /// The PE image.
    pub image: &'a [u8],
    /// The product's icon (`.ico`).
    pub icon: Option<&'a [u8]>,
}

/// Why a bootstrap could not be made.
#[derive(Debug)]
pub enum Error {
    /// The stub cannot carry an overlay.
    Stub(overlay::Error),
    /// Icon or version resource cannot be put into the stub.
    Pe(pe::Error),
    /// Plan or index are larger than a target will read.
    TooLarge {
        /// Which.
        what: &'static str,
        /// Bytes.
        bytes: u64,
    },
    /// Windows does not start a program that large.
    Program {
        /// Bytes of its compressed files.
        bytes: u64,
    },
    /// The compressed files are not what they were, or cannot be read.
    Packed(io::Error),
    /// The output failed.
    Output(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stub(e) => write!(f, "the bootstrap stub cannot be used: {e}"),
            Self::Pe(e) => write!(f, "the product's icon and version cannot be put into the bootstrap: {e}"),
            Self::TooLarge { what, bytes } => write!(
                f,
                "{what} has {bytes} bytes, which is more than an installation can hold in memory; \
                 put many small files into archives of the product's own"
            ),
            Self::Program { bytes } => write!(
                f,
                "the setup EXE would carry {bytes} bytes, and Windows starts no program of 4 GB or more: install from \
                 the share, or move what is large out of the package"
            ),
            Self::Packed(e) => {
                write!(f, "the temporary file with the compressed files cannot be read back: {e}")
            }
            Self::Output(e) => write!(f, "{e}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<Error> for BuildError {
    fn from(error: Error) -> Self {
        let problem = Problem::new(error.to_string());
        match error {
            Error::Packed(_) | Error::Output(_) => Self::Environment(problem),
            Error::Stub(_) | Error::Pe(_) | Error::TooLarge { .. } | Error::Program { .. } => {
                Self::Input(problem)
            }
        }
    }
}

/// The heap that a bootstrap with these sections needs at most, in bytes.
pub fn memory(sections: &[(Tag, &[u8])], unpacking: u64) -> Result<u64, Error> {
    let small: u64 = sections.iter().map(|(_, bytes)| bytes.len() as u64).sum();
    let bound = small.saturating_mul(MEMORY_FACTOR).saturating_add(BASE_MEMORY).saturating_add(unpacking);
    if bound > overlay::MOST_MEMORY {
        return Err(Error::TooLarge { what: "the list of files and operations", bytes: small });
    }
    Ok(bound)
}

/// The bootstrap that is installed: uninstaller, target of tasks, custom action. `payload` is the index without it.
/// It installs nothing, so it knows no sites: what is installed does not depend on them.
pub fn installed(plan: &Plan, payload: &Index, stub: Stub<'_>) -> Result<Vec<u8>, Error> {
    let encoded = Encoded::new(&Plan { sites: vec![], ..plan.clone() }, payload.clone());
    let look = Look::bootstrap(&plan.product, &plan.bootstrap.name);
    let sections: [(Tag, &[u8]); 2] = [(overlay::PLAN, &encoded.plan), (overlay::INDEX, &encoded.index)];
    whole(Kind::Installed, &look, &sections, stub)
}

/// The bootstrap of a share.
pub fn share(product: &Product, identity: &Identity, stub: Stub<'_>) -> Result<Vec<u8>, Error> {
    let look = Look::bootstrap(product, &identity.bootstrap);
    whole(Kind::Share, &look, &[(overlay::IDENTITY, &identity::encode(identity))], stub)
}

/// The compressed files that a setup EXE carries.
#[derive(Clone, Copy, Debug)]
pub struct Payload<'a> {
    /// Its section.
    pub tag: Tag,
    /// The section's name in reports.
    pub name: &'static str,
    /// Its bytes.
    pub packed: &'a PackedFile,
    /// Heap that unpacking needs beside what every bootstrap needs, in bytes.
    pub heap: u64,
}

impl<'a> From<&'a CabinetFile> for Payload<'a> {
    fn from(cabinet: &'a CabinetFile) -> Self {
        Self { tag: overlay::CABINET, name: "cabinet", packed: &cabinet.packed, heap: 0 }
    }
}

impl<'a> From<&'a SolidFile> for Payload<'a> {
    fn from(solid: &'a SolidFile) -> Self {
        Self { tag: overlay::SOLID, name: "solid", packed: &solid.packed, heap: solid.heap }
    }
}

/// What a setup EXE carries before its compressed files. `site` is the one that it takes when nobody says.
pub fn carried<'a>(encoded: &'a Encoded, site: Option<&'a str>) -> Vec<(Tag, &'a [u8])> {
    let mut out: Vec<(Tag, &[u8])> =
        vec![(overlay::PLAN, encoded.plan.as_slice()), (overlay::INDEX, encoded.index.as_slice())];
    out.extend(site.map(|site| (overlay::SITE, site.as_bytes())));
    out
}

/// A setup EXE, streamed: the compressed files are never in memory. They are read for their digest, for the image's
/// checksum, and on their way, when they must still have that digest.
pub fn setup(
    look: &Look,
    site: Option<&str>,
    encoded: &Encoded,
    payload: Payload<'_>,
    stub: Stub<'_>,
    out: &mut dyn Write,
) -> Result<(), Error> {
    let packed = payload.packed;
    // What else is in it stays far below the rest.
    if packed.size > u64::from(u32::MAX) - (512 << 20) {
        return Err(Error::Program { bytes: packed.size });
    }
    let small = carried(encoded, site);
    let mut rows: Vec<(Tag, u64, Digest)> =
        small.iter().map(|(tag, bytes)| (*tag, bytes.len() as u64, sha256(bytes))).collect();
    rows.push((payload.tag, packed.size, packed.sha256().map_err(Error::Packed)?));
    let mut front = overlay::header(Kind::Setup, memory(&small, payload.heap)?, &rows);
    let zeros = |length: u64| vec![0; overlay::padding(length)];
    for (_, bytes) in small {
        front.extend_from_slice(bytes);
        front.extend(zeros(bytes.len() as u64));
    }
    let mut image = dress(look, stub)?;
    seal(&mut image, |checksum| {
        checksum.add(&front);
        copy(packed, &mut |piece| {
            checksum.add(piece);
            Ok(())
        })?;
        checksum.add(&zeros(packed.size));
        Ok(())
    })?;
    let mut put = |bytes: &[u8]| out.write_all(bytes).map_err(Error::Output);
    put(&image)?;
    put(&front)?;
    let mut hash = Sha256::new();
    copy(packed, &mut |piece| {
        hash.update(piece);
        put(piece)
    })?;
    if hash.finalize()[..] != packed.sha256().map_err(Error::Packed)? {
        return Err(Error::Packed(io::Error::other("it was changed while the build ran")));
    }
    put(&zeros(packed.size))
}

/// Passes the compressed files on in pieces.
fn copy(packed: &PackedFile, put: &mut dyn FnMut(&[u8]) -> Result<(), Error>) -> Result<(), Error> {
    let mut file = packed.file.reopen().map_err(Error::Packed)?;
    let mut buffer = vec![0; 1 << 17];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => put(buffer.get(..count).unwrap_or_default())?,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(Error::Packed(e)),
        }
    }
}

fn whole(kind: Kind, look: &Look, sections: &[(Tag, &[u8])], stub: Stub<'_>) -> Result<Vec<u8>, Error> {
    let overlay = overlay::build(kind, memory(sections, 0)?, sections);
    let mut bytes = dress(look, stub)?;
    seal(&mut bytes, |checksum| {
        checksum.add(&overlay);
        Ok(())
    })?;
    bytes.extend(overlay);
    Ok(bytes)
}

/// The stub with the product's icon, version resource and manifest, ready for an overlay.
fn dress(look: &Look, stub: Stub<'_>) -> Result<Vec<u8>, Error> {
    let icon = stub.icon.map(Icon::parse).transpose().map_err(Error::Pe)?;
    let product = pe::Product {
        name: look.product.clone(),
        company: look.company.clone(),
        description: look.description.clone(),
        version: look.version,
        version_text: look.version_text.clone(),
        copyright: String::new(),
        file_name: look.file_name.clone(),
    };
    let manifest = pe::Manifest::default();
    let dressed =
        pe::Look { icon: icon.as_ref(), product: Some(&product), manifest: Some(&manifest), subsystem: None };
    let bytes = pe::customise(stub.image, &dressed).map_err(Error::Pe)?;
    // An overlay starts where the image ends by its section table: nothing may stand there yet.
    let tail = pe_tail::find(&mut &bytes[..]).map_err(|e| Error::Stub(overlay::Error::Pe(e)))?;
    if tail.start != bytes.len() as u64 {
        return Err(Error::Stub(overlay::Error::Damaged("the stub carries something behind its image")));
    }
    Ok(bytes)
}

/// Brings the checksum in an image's header up to date with all that follows it.
fn seal(image: &mut [u8], rest: impl FnOnce(&mut Checksum) -> Result<(), Error>) -> Result<(), Error> {
    let at = pe::write::checksum_at(image).map_err(Error::Pe)?;
    let field = |image: &mut [u8], value: u32| {
        if let Some(field) = image.get_mut(at..at.saturating_add(4)) {
            field.copy_from_slice(&value.to_le_bytes());
        }
    };
    field(image, 0);
    let mut checksum = Checksum::default();
    checksum.add(image);
    rest(&mut checksum)?;
    field(image, checksum.finish());
    Ok(())
}
