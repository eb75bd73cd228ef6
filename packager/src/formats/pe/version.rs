//! The version resource (VS_VERSIONINFO on Microsoft Learn), read and built.

use super::Error;
use super::layout::{u16_at, u32_at};

const SIGNATURE: u32 = 0xFEEF_04BD;
/// Bytes of VS_FIXEDFILEINFO.
const FIXED: usize = 52;
/// English (US), in which the built resources' names are.
const LANGUAGE: u16 = 1033;
/// UTF-16.
const CODE_PAGE: u16 = 1200;
/// The most strings that are read.
const STRINGS_MAX: usize = 1_000;

/// What a version resource says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Version {
    /// VS_FIXEDFILEINFO's file version.
    pub file: [u16; 4],
    /// VS_FIXEDFILEINFO's product version.
    pub product: [u16; 4],
    /// Language ids of the translations, in their order.
    pub languages: Vec<u16>,
    /// Names and values of all string tables, in their order.
    pub strings: Vec<(String, String)>,
}

/// A node of the tree a version resource is.
struct Node<'a> {
    key: Vec<u16>,
    value: &'a [u8],
    children: &'a [u8],
}

const DAMAGED: Error = Error::Damaged { what: "its version resource is out of bounds" };

/// The first node of `bytes`, and the bytes behind it. Nodes start at multiples of four bytes, counted from
/// the start of the resource, which `bytes` itself does too.
fn node(bytes: &[u8]) -> Result<(Node<'_>, &[u8]), Error> {
    let length = usize::from(u16_at(bytes, 0)?);
    let whole = bytes.get(..length).ok_or(DAMAGED)?;
    let value_length = usize::from(u16_at(whole, 2)?);
    // The length of text is counted in 16-bit units.
    let value_length = if u16_at(whole, 4)? == 1 { value_length * 2 } else { value_length };
    let mut key = Vec::new();
    let mut at = 6;
    loop {
        let unit = u16_at(whole, at)?;
        at += 2;
        match unit {
            0 => break,
            unit => key.push(unit),
        }
    }
    let value_at = at.next_multiple_of(4).min(whole.len());
    // Some compilers count text values in bytes: what passes the node's end is cut off.
    let value_end = (value_at + value_length).min(whole.len());
    let children_at = value_end.next_multiple_of(4).min(whole.len());
    let node = Node {
        key,
        value: whole.get(value_at..value_end).ok_or(DAMAGED)?,
        children: whole.get(children_at..).ok_or(DAMAGED)?,
    };
    let rest = bytes.get(length.max(6).next_multiple_of(4)..).unwrap_or_default();
    Ok((node, rest))
}

fn nodes(mut bytes: &[u8], mut each: impl FnMut(Node<'_>) -> Result<(), Error>) -> Result<(), Error> {
    // Fewer bytes than a node's head are padding.
    while bytes.len() >= 6 && u16_at(bytes, 0)? != 0 {
        let (node, rest) = node(bytes)?;
        each(node)?;
        bytes = rest;
    }
    Ok(())
}

fn text(units: &[u16]) -> String {
    String::from_utf16_lossy(units)
}

fn value_text(bytes: &[u8]) -> String {
    let (units, _) = bytes.as_chunks::<2>();
    let units: Vec<u16> =
        units.iter().map(|unit| u16::from_le_bytes(*unit)).take_while(|unit| *unit != 0).collect();
    text(&units)
}

impl Version {
    /// Reads the resource's bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let (root, _) = node(bytes)?;
        if text(&root.key) != "VS_VERSION_INFO" || u32_at(root.value, 0)? != SIGNATURE {
            return Err(Error::Damaged { what: "its version resource is none" });
        }
        let number = |at: usize| -> Result<[u16; 4], Error> {
            let value = root.value;
            Ok([u16_at(value, at + 2)?, u16_at(value, at)?, u16_at(value, at + 6)?, u16_at(value, at + 4)?])
        };
        let mut version =
            Self { file: number(8)?, product: number(16)?, languages: Vec::new(), strings: Vec::new() };
        nodes(root.children, |block| match text(&block.key).as_str() {
            "VarFileInfo" => nodes(block.children, |var| {
                let (translations, _) = var.value.as_chunks::<4>();
                if text(&var.key) == "Translation" {
                    let language = |[low, high, _, _]: &[u8; 4]| u16::from_le_bytes([*low, *high]);
                    version.languages.extend(translations.iter().map(language));
                }
                Ok(())
            }),
            "StringFileInfo" => nodes(block.children, |table| {
                nodes(table.children, |string| {
                    if version.strings.len() < STRINGS_MAX {
                        version.strings.push((text(&string.key), value_text(string.value)));
                    }
                    Ok(())
                })
            }),
            _ => Ok(()),
        })?;
        Ok(version)
    }
}

/// What a built version resource shall say. Empty texts are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Product {
    /// ProductName.
    pub name: String,
    /// CompanyName.
    pub company: String,
    /// FileDescription: what Explorer and the elevation prompt show.
    pub description: String,
    /// FileVersion and ProductVersion, as numbers.
    pub version: [u16; 4],
    /// FileVersion and ProductVersion, as text.
    pub version_text: String,
    /// LegalCopyright.
    pub copyright: String,
    /// InternalName and OriginalFilename.
    pub file_name: String,
}

impl Product {
    /// The bytes of the resource.
    pub fn build(&self) -> Result<Vec<u8>, Error> {
        let mut strings = Vec::new();
        for (key, value) in [
            ("CompanyName", &self.company),
            ("FileDescription", &self.description),
            ("FileVersion", &self.version_text),
            ("InternalName", &self.file_name),
            ("LegalCopyright", &self.copyright),
            ("OriginalFilename", &self.file_name),
            ("ProductName", &self.name),
            ("ProductVersion", &self.version_text),
        ] {
            if !value.is_empty() {
                strings.push(write_string(key, value)?);
            }
        }
        let table = write_node(&format!("{LANGUAGE:04X}{CODE_PAGE:04X}"), 1, &[], 0, &strings)?;
        let strings = write_node("StringFileInfo", 1, &[], 0, &[table])?;
        let translation = [LANGUAGE.to_le_bytes(), CODE_PAGE.to_le_bytes()].concat();
        let translation = write_node("Translation", 0, &translation, translation.len(), &[])?;
        let var = write_node("VarFileInfo", 1, &[], 0, &[translation])?;
        let fixed = self.fixed();
        write_node("VS_VERSION_INFO", 0, &fixed, fixed.len(), &[strings, var])
    }

    fn fixed(&self) -> Vec<u8> {
        let [a, b, c, d] = self.version.map(u32::from);
        let version = [(a << 16) | b, (c << 16) | d];
        // Structure version 1.0, twice the version, flags mask, no flags, VOS_NT_WINDOWS32, VFT_APP, no
        // subtype, no date.
        let fields = [
            SIGNATURE, 0x1_0000, version[0], version[1], version[0], version[1], 0x3F, 0, 0x4_0004, 1, 0, 0,
            0,
        ];
        let bytes: Vec<u8> = fields.iter().flat_map(|field| field.to_le_bytes()).collect();
        debug_assert_eq!(bytes.len(), FIXED);
        bytes
    }
}

fn units(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

fn write_string(key: &str, value: &str) -> Result<Vec<u8>, Error> {
    let value = units(value);
    write_node(key, 1, &value, value.len() / 2, &[])
}

fn write_node(
    key: &str,
    kind: u16,
    value: &[u8],
    value_length: usize,
    children: &[Vec<u8>],
) -> Result<Vec<u8>, Error> {
    let mut node = vec![0; 6];
    node.extend_from_slice(&units(key));
    for part in
        std::iter::once(value).chain(children.iter().map(Vec::as_slice)).filter(|part| !part.is_empty())
    {
        node.resize(node.len().next_multiple_of(4), 0);
        node.extend_from_slice(part);
    }
    let too_long = |_| Error::TooLong { what: format!("{key}, {} bytes", node.len()) };
    let length = u16::try_from(node.len()).map_err(too_long)?;
    let value_length = value_length as u16;
    let head = [length.to_le_bytes(), value_length.to_le_bytes(), kind.to_le_bytes()].concat();
    node.splice(..6, head);
    Ok(node)
}
