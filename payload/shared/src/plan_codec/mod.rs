//! The plan as bytes (`plan.bin`).

use alloc::string::String;
use alloc::vec::Vec;

mod acts;
mod ops;

pub use self::ops::{ERROR_CONTROLS, STARTS};
use self::ops::{op, read_op};
use crate::condition;
use crate::ids::sha256;
use crate::index::Digest;
use crate::plan::*;
use crate::template::{Dir, Part, Template};
use crate::wire::{Reader, Result, Writer};

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
    r.expect(MAGIC, "this is no plan that this program can read");
    let mut plan = Plan {
        product: read_product(&mut r),
        platform: read_platform(&mut r),
        install_dir: read_template(&mut r),
        settings: r.list(read_setting),
        sites: Vec::new(),
        groups: r.list(|r| FileGroup { when: condition::decode(r), files: r.list(|r| read_path(r, false)) }),
        detect: r.list(read_key),
        detect_value: r.string(),
        bootstrap: Bootstrap {
            name: read_name(&mut r),
            sources: r.list(Reader::string),
            first_install_msi: r.bool(),
            public_key: r.option(Reader::array),
            serial: r.u32(),
            floor: r.u32(),
            spread_s: r.u32(),
            in_use: read_in_use(&mut r),
        },
        ops: r.list(read_op),
    };
    let digest = sha256(bytes.get(..r.position()).unwrap_or_default());
    plan.sites = r.list(|r| Site { name: r.string(), values: r.list(|r| (r.string(), r.string())) });
    r.finish()?;
    Ok((plan, digest))
}

/// A file name: one part of a path.
pub(crate) fn read_name(r: &mut Reader<'_>) -> String {
    let name = r.string();
    if crate::path::check(&name).is_err() || name.contains('\\') {
        r.fail("a file name is none that Windows has");
    }
    name
}

pub(crate) fn in_use(w: &mut Writer, value: InUse) {
    w.u8(match value {
        InUse::Abort => 0,
        InUse::Rename => 1,
        InUse::Restart => 2,
    });
}

pub(crate) fn read_in_use(r: &mut Reader<'_>) -> InUse {
    r.choice(&[(0, InUse::Abort), (1, InUse::Rename), (2, InUse::Restart)], "an in-use policy is unknown")
}

pub(crate) fn arch(w: &mut Writer, value: Arch) {
    w.u8(match value {
        Arch::X86 => 0,
        Arch::X64 => 1,
        Arch::Arm64 => 2,
    });
}

pub(crate) fn read_arch(r: &mut Reader<'_>) -> Arch {
    r.choice(&[(0, Arch::X86), (1, Arch::X64), (2, Arch::Arm64)], "an architecture is unknown")
}

pub(crate) fn scope(w: &mut Writer, value: Scope) {
    w.bool(value == Scope::User);
}

pub(crate) fn read_scope(r: &mut Reader<'_>) -> Scope {
    if r.bool() { Scope::User } else { Scope::Machine }
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

fn read_product(r: &mut Reader<'_>) -> Product {
    Product {
        id: r.string(),
        slug: r.string(),
        name: r.string(),
        manufacturer: r.string(),
        version: read_version(r),
        version_text: r.string(),
        upgrade_code: r.array(),
        arch: read_arch(r),
        scope: read_scope(r),
        listing: Listing {
            url: r.option(Reader::string),
            help: r.option(Reader::string),
            updates: r.option(Reader::string),
            contact: r.option(Reader::string),
            phone: r.option(Reader::string),
            comments: r.option(Reader::string),
            no_remove: r.bool(),
            hidden: r.bool(),
        },
    }
}

pub(crate) fn version(w: &mut Writer, version: &[u16; 4]) {
    for part in version {
        w.u16(*part);
    }
}

pub(crate) fn read_version(r: &mut Reader<'_>) -> [u16; 4] {
    core::array::from_fn(|_| r.u16())
}

fn windows(w: &mut Writer, version: &WindowsVersion) {
    w.u32(version.0);
    w.u32(version.1);
    w.u32(version.2);
}

fn read_windows(r: &mut Reader<'_>) -> WindowsVersion {
    (r.u32(), r.u32(), r.u32())
}

pub(crate) fn platform(w: &mut Writer, p: &Platform) {
    windows(w, &p.min);
    w.bool(p.server);
    w.bool(p.client);
    w.list(&p.refuse, windows);
    w.option(p.dotnet_release.as_ref(), |w, release| w.u32(*release));
    w.u32(p.free_megabytes);
}

pub(crate) fn read_platform(r: &mut Reader<'_>) -> Platform {
    Platform {
        min: read_windows(r),
        server: r.bool(),
        client: r.bool(),
        refuse: r.list(read_windows),
        dotnet_release: r.option(Reader::u32),
        free_megabytes: r.u32(),
    }
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

pub(crate) fn read_key(r: &mut Reader<'_>) -> Key {
    let (root, view) = r.choice(ROOTS, "a registry root or view is unknown");
    let path = r.string();
    // An empty path would be the root itself, which nothing may touch.
    if path.is_empty() || path.starts_with('\\') || path.ends_with('\\') || path.contains("\\\\") {
        r.fail("a registry key is empty or has an empty part");
    }
    Key { root, view, path }
}

/// Roots and views as [`key`] writes them.
const ROOTS: &[(u8, (Root, View))] = &[
    (0, (Root::ClassesRoot, View::Bits32)),
    (1, (Root::CurrentUser, View::Bits32)),
    (2, (Root::LocalMachine, View::Bits32)),
    (3, (Root::Users, View::Bits32)),
    (0x10, (Root::ClassesRoot, View::Bits64)),
    (0x11, (Root::CurrentUser, View::Bits64)),
    (0x12, (Root::LocalMachine, View::Bits64)),
    (0x13, (Root::Users, View::Bits64)),
];

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

fn read_template(r: &mut Reader<'_>) -> Template {
    Template(r.list(|r| match r.u8() {
        0 => Part::Text(r.string()),
        1 => Part::Setting(r.string()),
        0xff => Part::Optional(r.string(), r.string(), r.string()),
        place => match Dir::ALL.get(usize::from(place) - 2) {
            Some(dir) => Part::Dir(*dir),
            None => {
                r.fail("a directory is unknown");
                Part::Text(String::new())
            }
        },
    }))
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

fn read_setting(r: &mut Reader<'_>) -> Setting {
    Setting {
        name: r.string(),
        default: r.string(),
        required: r.bool(),
        secret: r.bool(),
        allowed: r.list(Reader::string),
        registry: r.option(|r| (read_key(r), r.string())),
        legacy: r.list(|r| (read_key(r), r.string())),
    }
}

/// A relative path.
fn read_path(r: &mut Reader<'_>, may_be_empty: bool) -> String {
    let at = r.position();
    let path = r.string();
    if !(path.is_empty() && may_be_empty) && crate::path::check(&path).is_err() {
        r.fail_at(at, "a path is none that may be installed");
    }
    path
}

#[cfg(test)]
mod tests;
