//! Everything a Windows holds, and what two of them differ in.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::registry::{Registry, Value};

/// What is at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A directory.
    Directory,
    /// A file.
    File {
        /// Bytes.
        size: u64,
        /// SHA-256 in hexadecimal.
        sha256: String,
    },
    /// A program or library of the system itself, linked from the template.
    System,
    /// A symbolic link and its target.
    Link(String),
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory => write!(f, "directory"),
            Self::File { size, sha256 } => write!(f, "{size} bytes {}", &sha256[..12]),
            Self::System => write!(f, "part of the system"),
            Self::Link(target) => write!(f, "link to {target}"),
        }
    }
}

/// Files and registry of a prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// What is on drive C:, by lower-case Windows path; the path in its own case.
    pub files: BTreeMap<String, (String, Entry)>,
    /// The registry.
    pub registry: Registry,
}

/// One thing that two states do not have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// `file C:\…`, `key HKLM\…` or `value HKLM\…@name`.
    pub subject: String,
    /// What the first state has.
    pub before: Option<String>,
    /// What the second state has.
    pub after: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subject, before, after } = self;
        match (before, after) {
            (Some(before), Some(after)) => write!(f, "~ {subject}: {before} -> {after}"),
            (Some(before), None) => write!(f, "- {subject}: {before}"),
            (None, after) => write!(f, "+ {subject}: {}", after.as_deref().unwrap_or_default()),
        }
    }
}

/// What changes in a Windows that is only started and shut down.
const NOISE: &[&str] = &[
    // Wine's display driver dates itself anew at each start: by the second and by the day.
    r"value HKLM\System\CurrentControlSet\Control\Class\*@DriverDate*",
    // Wine's plug-and-play service, which may come to it or not before the end, names the classes of devices.
    r"value HKLM\System\CurrentControlSet\Control\Class\{*}@",
    r"* HKLM\Software\Microsoft\Windows NT\CurrentVersion\NetworkCards*",
    // Settings of Wine's debugger, which it writes when a program faults. Seen in about one of ten runs on a busy
    // machine; which program it is was not found.
    r"* HKCU\Software\Wine\WineDbg*",
];

impl State {
    /// Reads a prefix whose server has ended.
    pub fn read(prefix: &Path) -> Self {
        let root = prefix.join("drive_c");
        let mut files = BTreeMap::new();
        for entry in walkdir::WalkDir::new(&root).min_depth(1) {
            let entry = entry.unwrap_or_else(|e| panic!("cannot read the prefix: {e}"));
            let below =
                entry.path().strip_prefix(&root).unwrap_or(entry.path()).to_string_lossy().into_owned();
            let path = format!("C:\\{}", below.replace('/', "\\"));
            files.insert(path.to_lowercase(), (path, look(entry.path())));
        }
        Self { files, registry: Registry::read(prefix) }
    }

    /// What is at a Windows path.
    pub fn file(&self, path: &str) -> Option<&Entry> {
        self.files.get(&path.to_lowercase()).map(|(_, entry)| entry)
    }

    /// What is at and below a Windows path: path in its own case and what it is.
    pub fn below(&self, path: &str) -> Vec<(&str, &Entry)> {
        let prefix = format!("{}\\", path.to_lowercase());
        let inside = self.files.iter().filter(|(name, _)| name.starts_with(&prefix));
        inside.map(|(_, (path, entry))| (path.as_str(), entry)).collect()
    }

    /// What is different in `other`, sorted, without what changes by itself.
    pub fn differences(&self, other: &Self) -> Vec<Difference> {
        let mut all = Vec::new();
        compare(&self.subjects(), &other.subjects(), &mut all);
        all.retain(|difference| !NOISE.iter().any(|pattern| like(pattern, &difference.subject)));
        all
    }

    /// Everything as lines, by lower-case subject.
    fn subjects(&self) -> BTreeMap<String, (String, String)> {
        let mut all = BTreeMap::new();
        let mut add = |subject: String, text: String| {
            all.insert(subject.to_lowercase(), (subject, text));
        };
        for (path, entry) in self.files.values() {
            add(format!("file {path}"), entry.to_string());
        }
        for key in self.registry.keys.values() {
            add(format!("key {}", key.path), String::new());
            for (name, value) in key.values.values() {
                let text = in_windows_words(&key.path, name, value);
                add(format!("value {}@{name}", key.path), text);
            }
        }
        all
    }
}

/// A value as text, without what Wine's Windows Installer does otherwise than Windows': it leaves out the quotes
/// around a service's program, and leaves empty parts in PATH. (What the engine writes is tested to the letter.)
fn in_windows_words(key: &str, name: &str, value: &Value) -> String {
    match value {
        Value::Sz(text) if name == "ImagePath" && key.contains(r"\Services\") => {
            Value::Sz(text.replace('"', "")).to_string()
        }
        Value::ExpandSz(text) if name == "PATH" && key.ends_with(r"\Environment") => {
            let parts: Vec<&str> = text.split(';').filter(|part| !part.is_empty()).collect();
            Value::ExpandSz(parts.join(";")).to_string()
        }
        _ => value.to_string(),
    }
}

fn compare(
    before: &BTreeMap<String, (String, String)>,
    after: &BTreeMap<String, (String, String)>,
    all: &mut Vec<Difference>,
) {
    for (lower, (subject, text)) in before {
        match after.get(lower) {
            Some((_, other)) if other == text => {}
            other => all.push(Difference {
                subject: subject.clone(),
                before: Some(text.clone()),
                after: other.map(|(_, text)| text.clone()),
            }),
        }
    }
    for (lower, (subject, text)) in after {
        if !before.contains_key(lower) {
            all.push(Difference { subject: subject.clone(), before: None, after: Some(text.clone()) });
        }
    }
    all.sort();
}

/// Which files these are, not what is in them: a file that was written anew, even with the same content, has
/// another number or another time. By host path below a folder of the host.
#[cfg(unix)]
pub fn identities(folder: &Path) -> BTreeMap<String, (u64, i64, i64)> {
    use std::os::unix::fs::MetadataExt;
    let mut all = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder).into_iter().flatten() {
        if let (true, Ok(meta)) = (entry.file_type().is_file(), entry.metadata()) {
            let below = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            let name = below.to_string_lossy().replace('/', "\\");
            all.insert(name, (meta.ino(), meta.mtime(), meta.mtime_nsec()));
        }
    }
    all
}

/// Without inode numbers there is no Wine either.
#[cfg(not(unix))]
pub fn identities(_folder: &Path) -> BTreeMap<String, (u64, i64, i64)> {
    BTreeMap::new()
}

/// Differences as lines of text.
pub fn listing(differences: &[Difference]) -> String {
    differences.iter().map(|difference| format!("{difference}\n")).collect()
}

/// The SHA-256 of bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The SHA-256 of a file of the host, in hexadecimal.
pub fn sha256_of(path: &Path) -> String {
    sha256(&fs::read(path).unwrap_or_else(|e| panic!("cannot read {}: {e}", path.display())))
}

fn look(path: &Path) -> Entry {
    let meta = path.symlink_metadata().unwrap_or_else(|e| panic!("cannot look at {}: {e}", path.display()));
    if meta.is_symlink() {
        Entry::Link(fs::read_link(path).unwrap_or_default().to_string_lossy().into_owned())
    } else if meta.is_dir() {
        Entry::Directory
    } else if links(&meta) > 1 {
        Entry::System
    } else {
        let mut bytes = fs::read(path).unwrap_or_else(|e| panic!("cannot read {}: {e}", path.display()));
        if path.extension().is_some_and(|extension| extension == "lnk") {
            without_surroundings(&mut bytes);
        }
        Entry::File { size: meta.len(), sha256: sha256(&bytes) }
    }
}

/// Takes the list of folders out of a shortcut, which says when they were made, and the type and number of its volume:
/// they are the machine's, not the product's. The path, the arguments and all other texts stay ([MS-SHLLINK]:
/// ShellLinkHeader of 76 bytes, LinkTargetIDList, LinkInfo with the offset of a VolumeID at 12).
fn without_surroundings(shortcut: &mut Vec<u8>) {
    if let Some([low, high]) = shortcut.get(76..78) {
        let end = (78 + usize::from(*low) + (usize::from(*high) << 8)).min(shortcut.len());
        shortcut.drain(76..end);
    }
    let has_info = shortcut.get(20).is_some_and(|flags| flags & 2 != 0);
    if has_info && let Some(offset) = shortcut.get(88..92).and_then(<[u8]>::first_chunk) {
        let volume = 76 + u32::from_le_bytes(*offset) as usize;
        if let Some(of_disk) = shortcut.get_mut(volume + 4..volume + 12) {
            of_disk.fill(0);
        }
    }
}

#[cfg(unix)]
fn links(meta: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(meta)
}

#[cfg(not(unix))]
fn links(_meta: &fs::Metadata) -> u64 {
    1
}

/// Whether text matches a pattern in which `*` stands for any characters; case does not matter.
pub fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_subjects() {
        assert!(like(r"file C:\windows\*", r"file C:\Windows\Installer\x.msi"));
        assert!(like("*middle*", "in the middle of"));
        assert!(!like("middle", "in the middle"));
        assert!(!like(r"key HKLM\A", r"key HKLM\AB"));
        assert!(like(r"key HKLM\A*", r"key HKLM\AB"));
        assert!(!like("a*bc*c", "abc"));
    }

    #[test]
    fn a_shortcut_is_what_it_says_and_not_where_it_was_made() {
        let shortcut = |folders: &[u8], serial: u8, path: &[u8]| {
            let mut bytes = vec![0; 76];
            bytes[20] = 3;
            bytes.extend((folders.len() as u16).to_le_bytes());
            bytes.extend(folders);
            // LinkInfo: size, header size, flags, where the volume is.
            for word in [60_u32, 28, 1, 28, 45, 0, 0, 17, 3] {
                bytes.extend(word.to_le_bytes());
            }
            bytes.extend([serial; 4]);
            bytes.extend([16, 0, 0, 0, 0]);
            bytes.extend(path);
            without_surroundings(&mut bytes);
            bytes
        };
        assert_eq!(shortcut(b"made today", 7, b"C:\\a"), shortcut(b"yesterday", 0, b"C:\\a"));
        assert_ne!(shortcut(b"", 7, b"C:\\a"), shortcut(b"", 7, b"C:\\b"));
        without_surroundings(&mut vec![255; 90]);
    }

    #[test]
    fn a_difference_of_any_kind_is_seen() {
        let state = |value: &str, file: &str| {
            let mut registry = Registry::default();
            registry.add(&format!("[Software\\\\A] 1\n\"v\"=\"{value}\"\n"), "HKLM");
            let files = [(r"c:\a".to_owned(), (r"C:\A".to_owned(), Entry::Link(file.into())))].into();
            State { files, registry }
        };
        assert_eq!(state("1", "x").differences(&state("1", "x")), vec![]);
        let value = listing(&state("1", "x").differences(&state("2", "x")));
        assert_eq!(value, "~ value HKLM\\Software\\A@v: REG_SZ \"1\" -> REG_SZ \"2\"\n");
        let file = listing(&state("1", "x").differences(&state("1", "y")));
        assert_eq!(file, "~ file C:\\A: link to x -> link to y\n");
    }
}
