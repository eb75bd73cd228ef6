//! The resource section: a tree of type, id and language over the data, as the "PE Format" page describes it.

use std::collections::BTreeMap;

use super::Error;

/// RT_ICON
pub const ICON: u16 = 3;
/// RT_GROUP_ICON
pub const GROUP_ICON: u16 = 14;
/// RT_VERSION
pub const VERSION: u16 = 16;
/// RT_MANIFEST
pub const MANIFEST: u16 = 24;

/// The language all resources are filed under: English (US).
const LANGUAGE: u32 = 1033;
/// Bytes of a table's head.
const TABLE: usize = 16;
/// Bytes of an entry.
const ENTRY: usize = 8;
/// Bytes of a data description.
const DATA: usize = 16;

/// Resources by type and id.
#[derive(Clone, Debug, Default)]
pub struct Resources {
    by_type: BTreeMap<u16, BTreeMap<u16, Vec<u8>>>,
}

impl Resources {
    /// Adds a resource; one of the same type and id is replaced.
    pub fn insert(&mut self, kind: u16, id: u16, data: Vec<u8>) {
        self.by_type.entry(kind).or_default().insert(id, data);
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.by_type.is_empty()
    }

    /// The section's bytes when it is loaded at `address` from the image's base.
    pub fn build(&self, address: u32) -> Result<Vec<u8>, Error> {
        let types = self.by_type.len();
        let count: usize = self.by_type.values().map(BTreeMap::len).sum();
        let too_large = || Error::Unfit { why: "its resources would pass 2 GB" };

        // Level by level: one table of types, a table of ids a type, a table with one language an id; then
        // the descriptions, then the data, each at a multiple of eight bytes.
        let ids_at = TABLE + types * ENTRY;
        let languages_at = ids_at + types * TABLE + count * ENTRY;
        let descriptions_at = languages_at + count * (TABLE + ENTRY);
        let data_at = (descriptions_at + count * DATA).next_multiple_of(8);

        let mut out = Vec::new();
        table(&mut out, types);
        let mut at = ids_at;
        for (kind, ids) in &self.by_type {
            entry(&mut out, u32::from(*kind), at as u32 | 0x8000_0000);
            at += TABLE + ids.len() * ENTRY;
        }
        let mut at = languages_at;
        for ids in self.by_type.values() {
            table(&mut out, ids.len());
            for id in ids.keys() {
                entry(&mut out, u32::from(*id), at as u32 | 0x8000_0000);
                at += TABLE + ENTRY;
            }
        }
        for number in 0..count {
            table(&mut out, 1);
            entry(&mut out, LANGUAGE, (descriptions_at + number * DATA) as u32);
        }
        let all = || self.by_type.values().flat_map(BTreeMap::values);
        let mut at = data_at;
        for data in all() {
            let place =
                u32::try_from(at).ok().and_then(|at| address.checked_add(at)).ok_or_else(too_large)?;
            for field in [place, u32::try_from(data.len()).map_err(|_| too_large())?, 0, 0] {
                out.extend_from_slice(&field.to_le_bytes());
            }
            at = (at + data.len()).next_multiple_of(8);
        }
        for data in all() {
            out.resize(out.len().next_multiple_of(8), 0);
            out.extend_from_slice(data);
        }
        if out.len() > i32::MAX as usize {
            return Err(too_large());
        }
        Ok(out)
    }
}

fn table(out: &mut Vec<u8>, ids: usize) {
    // No flags, time stamp, version, named entries.
    out.extend_from_slice(&[0; 14]);
    out.extend_from_slice(&(ids as u16).to_le_bytes());
}

fn entry(out: &mut Vec<u8>, id: u32, offset: u32) {
    out.extend_from_slice(&id.to_le_bytes());
    out.extend_from_slice(&offset.to_le_bytes());
}
