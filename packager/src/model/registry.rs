//! Registry roots, keys and values, as they are written in a manifest.

use packager_shared::path;
use packager_shared::plan::Root;

use super::values::short;
use crate::report::Problem;

/// The longest name of one key, in UTF-16 units ("Registry Element Size Limits" on Microsoft Learn).
const LONGEST_KEY: usize = 255;
/// The longest name of a value that the Registry table of an MSI holds as well.
const LONGEST_VALUE: usize = 255;
/// The deepest key.
const DEEPEST: usize = 32;

/// The roots a manifest may name.
const ROOTS: [(&str, Root); 8] = [
    ("HKLM", Root::LocalMachine),
    ("HKCU", Root::CurrentUser),
    ("HKCR", Root::ClassesRoot),
    ("HKU", Root::Users),
    ("HKEY_LOCAL_MACHINE", Root::LocalMachine),
    ("HKEY_CURRENT_USER", Root::CurrentUser),
    ("HKEY_CLASSES_ROOT", Root::ClassesRoot),
    ("HKEY_USERS", Root::Users),
];

/// The short name of a root.
#[must_use]
pub fn root_name(root: Root) -> &'static str {
    match root {
        Root::ClassesRoot => "HKCR",
        Root::CurrentUser => "HKCU",
        Root::LocalMachine => "HKLM",
        Root::Users => "HKU",
    }
}

/// Parses `HKLM\SOFTWARE\…`.
pub fn key(text: &str) -> Result<(Root, String), Problem> {
    let (root, path) = text.split_once('\\').unwrap_or((text, ""));
    if root.contains('/') {
        return Err(Problem::new(format!("`{}` has slashes", short(text)))
            .why("a slash is an ordinary character of a key's name")
            .help("write backslashes, in single quotes: 'HKLM\\SOFTWARE\\…'"));
    }
    let found = ROOTS.iter().find(|(name, _)| name.eq_ignore_ascii_case(root));
    let Some((_, root)) = found else {
        return Err(Problem::new(format!("there is no registry root `{}`", short(root)))
            .help("keys start with HKLM\\, HKCU\\, HKCR\\ or HKU\\"));
    };
    if path.is_empty() {
        return Err(Problem::new(format!("`{}` is a root, not a key", short(text)))
            .help("name a key below it, such as HKLM\\SOFTWARE\\Example"));
    }
    let parts: Vec<&str> = path.split('\\').collect();
    if parts.iter().any(|part| part.is_empty()) {
        return Err(Problem::new(format!("`{}` has an empty part", short(text)))
            .help("write one backslash between parts and none at the end"));
    }
    if parts.len() > DEEPEST || parts.iter().any(|part| part.encode_utf16().count() > LONGEST_KEY) {
        return Err(Problem::new(format!("`{}` is too long", short(text)))
            .why(format!("a key has up to {DEEPEST} parts of up to {LONGEST_KEY} characters"))
            .help("make it shorter"));
    }
    if let Some(c) = path.chars().find(|c| c.is_control()) {
        return Err(Problem::new(format!("the key has a control character: {c:?}")).help("remove it"));
    }
    Ok((*root, path.to_owned()))
}

/// Parses `HKLM\SOFTWARE\…\Value`.
pub fn value(text: &str) -> Result<(Root, String, String), Problem> {
    let help = "write root, key and the value's name: 'HKLM\\SOFTWARE\\Example\\Settings\\Name'";
    let Some((key_text, name)) = text.rsplit_once('\\') else {
        return Err(Problem::new(format!("`{}` names no value", short(text))).help(help));
    };
    let (root, path) = key(key_text)?;
    if name.is_empty() {
        return Err(Problem::new(format!("`{}` ends with a backslash", short(text))).help(help));
    }
    value_name(name)?;
    Ok((root, path, name.to_owned()))
}

/// Checks the name of a value; the empty name is the key's default value.
pub fn value_name(name: &str) -> Result<(), Problem> {
    if ["+", "-", "*"].contains(&name) {
        return Err(Problem::new(format!("a value cannot be called `{name}`"))
            .why("in an MSI this name stands for the key as a whole")
            .help("take another name"));
    }
    if name.encode_utf16().count() > LONGEST_VALUE {
        return Err(Problem::new(format!("the value's name is longer than {LONGEST_VALUE} characters"))
            .help("make it shorter"));
    }
    if let Some(c) = name.chars().find(|c| c.is_control()) {
        return Err(
            Problem::new(format!("the value's name has a control character: {c:?}")).help("remove it")
        );
    }
    Ok(())
}

/// Bytes from hexadecimal digits; spaces between them are passed over.
pub fn hex(text: &str) -> Result<Vec<u8>, Problem> {
    let digits: Vec<u32> = text
        .chars()
        .filter(|c| !c.is_ascii_whitespace())
        .map(|c| c.to_digit(16).ok_or(c))
        .collect::<Result<_, char>>()
        .map_err(|c| {
            Problem::new(format!("{c:?} is no hexadecimal digit")).help("write two digits a byte: \"00ff10\"")
        })?;
    if !digits.len().is_multiple_of(2) {
        return Err(
            Problem::new("an odd number of hexadecimal digits").help("write two digits a byte: \"00ff10\"")
        );
    }
    let byte = |pair: &[u32]| pair.iter().fold(0_u32, |all, d| all << 4 | d) as u8;
    Ok(digits.chunks(2).map(byte).collect())
}

/// Keys that Windows and other programs share. All above them are shared, too; those directly below are somebody's.
const SHARED: [&str; 8] = [
    "software\\microsoft\\windows\\currentversion\\explorer",
    "software\\microsoft\\windows\\currentversion\\policies",
    "software\\microsoft\\windows\\currentversion\\run",
    "software\\microsoft\\windows nt\\currentversion\\winlogon",
    "software\\wow6432node\\microsoft\\windows\\currentversion\\run",
    "software\\policies\\microsoft\\windows",
    "software\\classes\\clsid",
    "system\\currentcontrolset\\control\\session manager",
];

/// Whether a key is Windows' own, or holds what many programs wrote.
pub fn is_shared(root: Root, path: &str) -> bool {
    let lower = path::lower(path);
    let above = |other: &&str| *other == lower || other.starts_with(&format!("{lower}\\"));
    match root {
        Root::ClassesRoot => {
            !path.contains('\\') && ["clsid", "*", "directory", "interface"].contains(&lower.as_str())
        }
        Root::Users => !path.contains('\\'),
        Root::LocalMachine | Root::CurrentUser => {
            SHARED.iter().any(above)
                || !path.contains('\\')
                || (lower.starts_with("system\\") && path.split('\\').count() < 4)
        }
    }
}
