//! The plan as bytes (`plan.bin`).

use alloc::string::String;
use alloc::vec::Vec;

mod acts;
mod ops;

use self::ops::{op, read_op};
use crate::condition;
use crate::ids::sha256;
use crate::index::Digest;
use crate::plan::*;
use crate::template::{Dir, Part, Template};
use crate::wire::{Error, Reader, Result, Writer};

/// First bytes of `plan.bin`: format name and version.
const MAGIC: &[u8; 8] = b"PKGPLAN\x01";

/// The plan as bytes: the same plan always gives the same bytes.
pub fn encode(plan: &Plan) -> Vec<u8> {
    let mut w = Writer::new();
    core(&mut w, plan);
    w.list(&plan.sites, |w, site| {
        w.string(&site.name);
        w.list(&site.values, |w, (name, value)| {
            w.string(name);
            w.string(value);
        });
    });
    w.bytes
}

/// SHA-256 of the plan without its sites: what a file index names its plan by. Sites are values to choose from, no
/// part of what a release is: one more of them makes no other release.
pub fn digest(plan: &Plan) -> Digest {
    let mut w = Writer::new();
    core(&mut w, plan);
    sha256(&w.bytes)
}

fn core(w: &mut Writer, plan: &Plan) {
    w.raw(MAGIC);
    product(w, &plan.product);
    platform(w, &plan.platform);
    template(w, &plan.install_dir);
    w.list(&plan.settings, setting);
    w.list(&plan.groups, |w, group| {
        condition::encode(w, &group.when);
        w.list(&group.files, |w, file| w.string(file));
    });
    w.list(&plan.detect, key);
    w.string(&plan.detect_value);
    let b = &plan.bootstrap;
    w.string(&b.name);
    w.list(&b.sources, |w, s| w.string(s));
    w.bool(b.first_install_msi);
    w.option(b.public_key.as_ref(), |w, k| w.raw(k));
    w.u32(b.serial);
    w.u32(b.floor);
    w.u32(b.spread_s);
    in_use(w, b.in_use);
    w.list(&plan.ops, op);
}

/// Reads what [`encode`] wrote; anything else is an error.
pub fn decode(bytes: &[u8]) -> Result<Plan> {
    Ok(decode_with_digest(bytes)?.0)
}

/// The same, with the plan's [`digest`].
pub fn decode_with_digest(bytes: &[u8]) -> Result<(Plan, Digest)> {
    let mut r = Reader::new(bytes);
    r.expect(MAGIC, "this is no plan that this program can read")?;
    let mut plan = Plan {
        product: read_product(&mut r)?,
        platform: read_platform(&mut r)?,
        install_dir: read_template(&mut r)?,
        settings: r.list(read_setting)?,
        sites: Vec::new(),
        groups: r.list(|r| {
            Ok(FileGroup { when: condition::decode(r)?, files: r.list(|r| read_path(r, false))? })
        })?,
        detect: r.list(read_key)?,
        detect_value: r.string()?,
        bootstrap: Bootstrap {
            name: read_name(&mut r)?,
            sources: r.list(|r| r.string())?,
            first_install_msi: r.bool()?,
            public_key: r.option(Reader::array)?,
            serial: r.u32()?,
            floor: r.u32()?,
            spread_s: r.u32()?,
            in_use: read_in_use(&mut r)?,
        },
        ops: r.list(read_op)?,
    };
    let digest = sha256(bytes.get(..r.position()).unwrap_or_default());
    plan.sites =
        r.list(|r| Ok(Site { name: r.string()?, values: r.list(|r| Ok((r.string()?, r.string()?)))? }))?;
    r.finish()?;
    Ok((plan, digest))
}

/// A file name: one part of a path.
pub(crate) fn read_name(r: &mut Reader<'_>) -> Result<String> {
    let name = r.string()?;
    if crate::path::check(&name).is_err() || name.contains('\\') {
        return r.error("a file name is none that Windows has");
    }
    Ok(name)
}

pub(crate) fn in_use(w: &mut Writer, value: InUse) {
    w.u8(match value {
        InUse::Abort => 0,
        InUse::Rename => 1,
        InUse::Restart => 2,
    });
}

pub(crate) fn read_in_use(r: &mut Reader<'_>) -> Result<InUse> {
    match r.u8()? {
        0 => Ok(InUse::Abort),
        1 => Ok(InUse::Rename),
        2 => Ok(InUse::Restart),
        _ => r.error("an in-use policy is unknown"),
    }
}

pub(crate) fn arch(w: &mut Writer, value: Arch) {
    w.u8(match value {
        Arch::X86 => 0,
        Arch::X64 => 1,
        Arch::Arm64 => 2,
    });
}

pub(crate) fn read_arch(r: &mut Reader<'_>) -> Result<Arch> {
    match r.u8()? {
        0 => Ok(Arch::X86),
        1 => Ok(Arch::X64),
        2 => Ok(Arch::Arm64),
        _ => r.error("an architecture is unknown"),
    }
}

pub(crate) fn scope(w: &mut Writer, value: Scope) {
    w.bool(value == Scope::User);
}

pub(crate) fn read_scope(r: &mut Reader<'_>) -> Result<Scope> {
    Ok(if r.bool()? { Scope::User } else { Scope::Machine })
}

fn product(w: &mut Writer, p: &Product) {
    for text in [&p.id, &p.slug, &p.name, &p.manufacturer] {
        w.string(text);
    }
    version(w, &p.version);
    w.string(&p.version_text);
    w.raw(&p.upgrade_code);
    arch(w, p.arch);
    scope(w, p.scope);
    let l = &p.listing;
    for text in [&l.url, &l.help, &l.updates, &l.contact, &l.phone, &l.comments] {
        w.option(text.as_deref(), |w, text| w.string(text));
    }
    w.bool(l.no_remove);
    w.bool(l.hidden);
}

fn read_product(r: &mut Reader<'_>) -> Result<Product> {
    Ok(Product {
        id: r.string()?,
        slug: r.string()?,
        name: r.string()?,
        manufacturer: r.string()?,
        version: read_version(r)?,
        version_text: r.string()?,
        upgrade_code: r.array()?,
        arch: read_arch(r)?,
        scope: read_scope(r)?,
        listing: Listing {
            url: r.option(Reader::string)?,
            help: r.option(Reader::string)?,
            updates: r.option(Reader::string)?,
            contact: r.option(Reader::string)?,
            phone: r.option(Reader::string)?,
            comments: r.option(Reader::string)?,
            no_remove: r.bool()?,
            hidden: r.bool()?,
        },
    })
}

pub(crate) fn version(w: &mut Writer, version: &[u16; 4]) {
    for part in version {
        w.u16(*part);
    }
}

pub(crate) fn read_version(r: &mut Reader<'_>) -> Result<[u16; 4]> {
    Ok([r.u16()?, r.u16()?, r.u16()?, r.u16()?])
}

fn windows(w: &mut Writer, version: &WindowsVersion) {
    w.u32(version.0);
    w.u32(version.1);
    w.u32(version.2);
}

fn read_windows(r: &mut Reader<'_>) -> Result<WindowsVersion> {
    Ok((r.u32()?, r.u32()?, r.u32()?))
}

pub(crate) fn platform(w: &mut Writer, p: &Platform) {
    windows(w, &p.min);
    w.bool(p.server);
    w.bool(p.client);
    w.list(&p.refuse, windows);
    w.option(p.dotnet_release.as_ref(), |w, release| w.u32(*release));
    w.u32(p.free_megabytes);
}

pub(crate) fn read_platform(r: &mut Reader<'_>) -> Result<Platform> {
    Ok(Platform {
        min: read_windows(r)?,
        server: r.bool()?,
        client: r.bool()?,
        refuse: r.list(read_windows)?,
        dotnet_release: r.option(Reader::u32)?,
        free_megabytes: r.u32()?,
    })
}

pub(crate) fn key(w: &mut Writer, key: &Key) {
    let root = match key.root {
        Root::ClassesRoot => 0,
        Root::CurrentUser => 1,
        Root::LocalMachine => 2,
        Root::Users => 3,
    };
    w.u8(if key.view == View::Bits64 { root | 0x10 } else { root });
    w.string(&key.path);
}

pub(crate) fn read_key(r: &mut Reader<'_>) -> Result<Key> {
    let byte = r.u8()?;
    let root = match byte & 0xf {
        0 => Root::ClassesRoot,
        1 => Root::CurrentUser,
        2 => Root::LocalMachine,
        3 => Root::Users,
        _ => return r.error("a registry root is unknown"),
    };
    let view = match byte >> 4 {
        0 => View::Bits32,
        1 => View::Bits64,
        _ => return r.error("a registry view is unknown"),
    };
    let path = r.string()?;
    // An empty path would be the root itself, which nothing may touch.
    if path.is_empty() || path.split('\\').any(str::is_empty) {
        return r.error("a registry key is empty or has an empty part");
    }
    Ok(Key { root, view, path })
}

fn template(w: &mut Writer, template: &Template) {
    w.list(&template.0, |w, part| match part {
        Part::Text(text) => {
            w.u8(0);
            w.string(text);
        }
        Part::Optional(name, before, after) => {
            w.u8(0xff);
            for text in [name, before, after] {
                w.string(text);
            }
        }
        Part::Setting(name) => {
            w.u8(1);
            w.string(name);
        }
        Part::Dir(dir) => {
            let place = Dir::ALL.iter().position(|d| d == dir).unwrap_or(0);
            w.u8((place as u8).saturating_add(2));
        }
    });
}

fn read_template(r: &mut Reader<'_>) -> Result<Template> {
    let parts = r.list(|r| match r.u8()? {
        0 => Ok(Part::Text(r.string()?)),
        1 => Ok(Part::Setting(r.string()?)),
        0xff => Ok(Part::Optional(r.string()?, r.string()?, r.string()?)),
        place => match Dir::ALL.get(usize::from(place) - 2) {
            Some(dir) => Ok(Part::Dir(*dir)),
            None => r.error("a directory is unknown"),
        },
    })?;
    Ok(Template(parts))
}

fn setting(w: &mut Writer, s: &Setting) {
    w.string(&s.name);
    w.string(&s.default);
    w.bool(s.required);
    w.bool(s.secret);
    w.list(&s.allowed, |w, value| w.string(value));
    w.option(s.registry.as_ref(), |w, (k, name)| {
        key(w, k);
        w.string(name);
    });
    w.list(&s.legacy, |w, (k, name)| {
        key(w, k);
        w.string(name);
    });
}

fn read_setting(r: &mut Reader<'_>) -> Result<Setting> {
    Ok(Setting {
        name: r.string()?,
        default: r.string()?,
        required: r.bool()?,
        secret: r.bool()?,
        allowed: r.list(|r| r.string())?,
        registry: r.option(|r| Ok((read_key(r)?, r.string()?)))?,
        legacy: r.list(|r| Ok((read_key(r)?, r.string()?)))?,
    })
}

/// A relative path.
fn read_path(r: &mut Reader<'_>, may_be_empty: bool) -> Result<String> {
    let at = r.position();
    let path = r.string()?;
    if (path.is_empty() && may_be_empty) || crate::path::check(&path).is_ok() {
        Ok(path)
    } else {
        Err(Error { what: "a path is none that may be installed", at })
    }
}

#[cfg(test)]
mod tests;
