//! The summary information: a property set in a stream of its own ([MS-OLEPS]).
//!
//! Properties and types: <https://learn.microsoft.com/windows/win32/msi/summary-information-stream-property-set>

use super::{Error, codepage};

/// The stream's name; it is not packed.
pub(super) const STREAM: &str = "\u{5}SummaryInformation";

/// FMTID_SummaryInformation, {F29F85E0-4FF9-1068-AB91-08002B27B3D9}.
const FMTID: [u8; 16] =
    [0xe0, 0x85, 0x9f, 0xf2, 0xf9, 0x4f, 0x68, 0x10, 0xab, 0x91, 0x08, 0x00, 0x2b, 0x27, 0xb3, 0xd9];
/// Header and the one entry of the list of sections.
const SECTION: usize = 48;

const VT_I2: u32 = 2;
const VT_I4: u32 = 3;
const VT_LPSTR: u32 = 30;
const VT_FILETIME: u32 = 64;

const PID_CODEPAGE: u32 = 1;

/// What a package says of itself before its tables are opened. Empty strings and `None` are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SummaryInfo {
    /// Code page of the strings below; 0 is left out.
    pub codepage: u32,
    /// "Installation Database".
    pub title: String,
    /// The product's name.
    pub subject: String,
    /// The manufacturer.
    pub author: String,
    /// "Installer" and others, separated by commas or semicolons.
    pub keywords: String,
    /// What the file is for.
    pub comments: String,
    /// Platform and languages: `x64;1033`.
    pub template: String,
    /// Empty in packages; in transforms the platform and languages that come out.
    pub last_author: String,
    /// The package code; in transforms product codes and versions.
    pub revision: String,
    /// 100 ns since 1601, UTC.
    pub last_printed: Option<u64>,
    /// 100 ns since 1601, UTC.
    pub created: Option<u64>,
    /// 100 ns since 1601, UTC.
    pub saved: Option<u64>,
    /// Lowest version of Windows Installer, times 100.
    pub page_count: Option<i32>,
    /// Bits: 1 short names, 2 compressed, 4 administrative image, 8 no elevation needed.
    pub word_count: Option<i32>,
    /// In transforms: validation flags in the high, suppressed errors in the low 16 bits.
    pub char_count: Option<i32>,
    /// The program that made the file.
    pub application: String,
    /// 0 no restriction, 2 read-only recommended, 4 read-only enforced.
    pub security: Option<i32>,
}

impl SummaryInfo {
    /// Texts with their property id and name.
    #[must_use]
    pub fn texts(&self) -> [(u32, &'static str, &str); 9] {
        [
            (2, "Title", &self.title),
            (3, "Subject", &self.subject),
            (4, "Author", &self.author),
            (5, "Keywords", &self.keywords),
            (6, "Comments", &self.comments),
            (7, "Template", &self.template),
            (8, "Last Saved By", &self.last_author),
            (9, "Revision Number", &self.revision),
            (18, "Creating Application", &self.application),
        ]
    }

    /// Points in time with their property id and name.
    #[must_use]
    pub const fn times(&self) -> [(u32, &'static str, Option<u64>); 3] {
        [
            (11, "Last Printed", self.last_printed),
            (12, "Create Time/Date", self.created),
            (13, "Last Saved Time/Date", self.saved),
        ]
    }

    /// Numbers with their property id and name.
    #[must_use]
    pub const fn numbers(&self) -> [(u32, &'static str, Option<i32>); 4] {
        [
            (14, "Page Count", self.page_count),
            (15, "Word Count", self.word_count),
            (16, "Character Count", self.char_count),
            (19, "Security", self.security),
        ]
    }

    pub(super) fn encode(&self) -> Result<Vec<u8>, Error> {
        let mut properties: Vec<(u32, u32, Vec<u8>)> = Vec::new();
        if self.codepage != 0 {
            // The property is a signed 16-bit number; 65001 is stored as -535.
            let mut value = (self.codepage as u16).to_le_bytes().to_vec();
            value.extend_from_slice(&[0, 0]);
            properties.push((PID_CODEPAGE, VT_I2, value));
        }
        for (id, _, text) in self.texts() {
            if text.is_empty() {
                continue;
            }
            let bytes = codepage::encode(self.codepage, text)
                .ok_or_else(|| Error::CodePage { codepage: self.codepage, text: text.to_owned() })?;
            let len = u32::try_from(bytes.len() + 1)
                .map_err(|_| Error::damaged("SummaryInformation", "a string of more than 4 GB"))?;
            let mut value = len.to_le_bytes().to_vec();
            value.extend_from_slice(&bytes);
            value.push(0);
            value.resize(value.len().next_multiple_of(4), 0);
            properties.push((id, VT_LPSTR, value));
        }
        for (id, _, time) in self.times() {
            if let Some(time) = time {
                properties.push((id, VT_FILETIME, time.to_le_bytes().to_vec()));
            }
        }
        for (id, _, number) in self.numbers() {
            if let Some(number) = number {
                properties.push((id, VT_I4, number.to_le_bytes().to_vec()));
            }
        }
        properties.sort_by_key(|property| property.0);

        let mut offset = 8 + 8 * properties.len();
        let mut index = Vec::new();
        let mut values = Vec::new();
        for (id, ty, value) in &properties {
            index.extend_from_slice(&id.to_le_bytes());
            index.extend_from_slice(&(offset as u32).to_le_bytes());
            values.extend_from_slice(&ty.to_le_bytes());
            values.extend_from_slice(value);
            offset += 4 + value.len();
        }
        let mut out = Vec::with_capacity(SECTION + offset);
        // Byte order, version 0, written on Windows (2) 10.0, no class, one section.
        out.extend_from_slice(&[0xfe, 0xff, 0, 0, 0x0a, 0, 2, 0]);
        out.extend_from_slice(&[0; 16]);
        out.extend_from_slice(&1u32.to_le_bytes());
        out.extend_from_slice(&FMTID);
        out.extend_from_slice(&(SECTION as u32).to_le_bytes());
        out.extend_from_slice(&(offset as u32).to_le_bytes());
        out.extend_from_slice(&(properties.len() as u32).to_le_bytes());
        out.extend_from_slice(&index);
        out.extend_from_slice(&values);
        Ok(out)
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let damaged = |why: &str| Error::damaged("SummaryInformation", why);
        if bytes.get(..2) != Some(&[0xfe, 0xff]) || bytes.get(28..44) != Some(&FMTID) {
            return Err(damaged("it is not a summary information property set"));
        }
        let start = u32_at(bytes, 44).ok_or_else(|| damaged("it is cut"))? as usize;
        let section = bytes.get(start..).ok_or_else(|| damaged("its section lies outside of it"))?;
        let count = u32_at(section, 4).ok_or_else(|| damaged("it is cut"))? as usize;
        let entries = section.get(8..).unwrap_or_default().chunks_exact(8).take(count);
        if entries.len() < count {
            return Err(damaged("it says that it has more properties than it has room for"));
        }
        let mut values = Vec::with_capacity(entries.len());
        for entry in entries {
            let (Some(id), Some(offset)) = (u32_at(entry, 0), u32_at(entry, 4)) else { continue };
            let value =
                section.get(offset as usize..).ok_or_else(|| damaged("a property lies outside of it"))?;
            values.push((id, value));
        }
        let mut info = Self::default();
        // Strings need the code page, wherever it stands.
        for (id, value) in &values {
            if *id == PID_CODEPAGE && u32_at(value, 0) == Some(VT_I2) {
                info.codepage = u32_at(value, 4).unwrap_or(0) & 0xffff;
            }
        }
        for (id, value) in values {
            info.set(id, value).ok_or_else(|| damaged("a property is cut"))?;
        }
        Ok(info)
    }

    /// Takes one property; `None` when it is cut. Properties and types that a package does not have are skipped.
    fn set(&mut self, id: u32, value: &[u8]) -> Option<()> {
        let body = value.get(4..)?;
        match u32_at(value, 0)? {
            VT_LPSTR => {
                let len = u32_at(body, 0)? as usize;
                let bytes = body.get(4..)?.get(..len)?;
                let bytes = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
                let text = codepage::decode(self.codepage, bytes);
                match id {
                    2 => self.title = text,
                    3 => self.subject = text,
                    4 => self.author = text,
                    5 => self.keywords = text,
                    6 => self.comments = text,
                    7 => self.template = text,
                    8 => self.last_author = text,
                    9 => self.revision = text,
                    18 => self.application = text,
                    _ => {}
                }
            }
            VT_I4 => {
                let number = Some(u32_at(body, 0)? as i32);
                match id {
                    14 => self.page_count = number,
                    15 => self.word_count = number,
                    16 => self.char_count = number,
                    19 => self.security = number,
                    _ => {}
                }
            }
            VT_FILETIME => {
                let time = Some(u64::from_le_bytes(*body.first_chunk::<8>()?));
                match id {
                    11 => self.last_printed = time,
                    12 => self.created = time,
                    13 => self.saved = time,
                    _ => {}
                }
            }
            _ => {}
        }
        Some(())
    }
}

fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(offset..)?.first_chunk::<4>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> SummaryInfo {
        SummaryInfo {
            codepage: 65001,
            title: "Installation Database".into(),
            subject: "Prüfung".into(),
            author: "A".into(),
            keywords: "Installer".into(),
            comments: "abc".into(),
            template: "x64;1033".into(),
            last_author: "x64;1031".into(),
            revision: "{00000000-0000-0000-0000-000000000000}".into(),
            last_printed: Some(1),
            created: Some(u64::MAX),
            saved: Some(3),
            page_count: Some(200),
            word_count: Some(2),
            char_count: Some(-1),
            application: "p".into(),
            security: Some(2),
        }
    }

    #[test]
    fn every_property_comes_back() {
        let info = full();
        assert_eq!(SummaryInfo::parse(&info.encode().unwrap()).unwrap(), info);
        let none = SummaryInfo::default();
        assert_eq!(SummaryInfo::parse(&none.encode().unwrap()).unwrap(), none);
    }

    #[test]
    fn a_cut_stream_is_an_error_and_never_a_panic() {
        let bytes = full().encode().unwrap();
        for len in 0..bytes.len() {
            let _ = SummaryInfo::parse(&bytes[..len]);
        }
        assert!(SummaryInfo::parse(&bytes[..bytes.len() / 2]).is_err());
    }

    #[test]
    fn a_character_outside_the_code_page_is_an_error() {
        let info = SummaryInfo { codepage: 1252, title: "日本".into(), ..SummaryInfo::default() };
        assert!(matches!(info.encode(), Err(Error::CodePage { codepage: 1252, .. })));
    }
}
