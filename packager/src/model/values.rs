//! Product ids, slugs, versions, names.

use packager_shared::path;
use packager_shared::plan::Arch;

use crate::report::Problem;

/// The longest product id: it is part of registry keys and file names.
pub const LONGEST_ID: usize = 100;

/// Checks a product id: labels of ASCII letters, digits and hyphens, with dots between.
pub fn product_id(text: &str) -> Result<(), Problem> {
    let fault = |what: String| {
        Err(Problem::new(what)
            .why("upgrade code, component ids, registry keys and file names derive from it")
            .help("write a reverse domain name in letters, digits and hyphens, such as com.example.agent"))
    };
    if text.is_empty() {
        return fault("the product id is empty".into());
    }
    if text.len() > LONGEST_ID {
        return fault(format!("the product id is longer than {LONGEST_ID} characters"));
    }
    if !text.contains('.') {
        return fault(format!("the product id `{text}` has no dot"));
    }
    for label in text.split('.') {
        let good = !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
        if !good || !label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return fault(format!("`{}` is no part of a product id", label.escape_debug()));
        }
        if path::check_part(label).is_err() {
            return fault(format!("`{label}` in the product id is a name that Windows keeps for a device"));
        }
    }
    Ok(())
}

/// The slug of a product id: its last label, in lower case.
#[must_use]
pub fn slug_of(id: &str) -> String {
    id.rsplit('.').next().unwrap_or(id).to_ascii_lowercase()
}

/// Checks a slug: it starts file names on every host.
pub fn slug(text: &str) -> Result<(), Problem> {
    let good = text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.len() <= 60
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        && path::check_part(text).is_ok();
    if good {
        return Ok(());
    }
    Err(Problem::new(format!("`{}` cannot start file names", text.escape_debug())).help(
        "write up to 60 letters, digits, hyphens, underscores and dots, starting with a letter or digit",
    ))
}

/// Parses a version of one to four numbers.
///
/// Windows Installer compares three, up to 255.255.65535 ("ProductVersion" on Microsoft Learn).
pub fn version(text: &str) -> Result<[u16; 4], Problem> {
    const LIMITS: [(&str, u16); 4] = [("first", 255), ("second", 255), ("third", 65_535), ("fourth", 65_535)];
    let help = "write two to four numbers up to 255.255.65535.65535, such as 4.2.0";
    let mut version = [0; 4];
    let mut slots = version.iter_mut().zip(LIMITS);
    for part in text.split('.') {
        let Some((slot, (place, limit))) = slots.next() else {
            return Err(
                Problem::new(format!("the version `{}` has more than four parts", short(text))).help(help)
            );
        };
        if part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Problem::new(format!("`{}` is no version", short(text)))
                .why(format!("its {place} part is not a number"))
                .help(help));
        }
        match part.parse::<u16>() {
            Ok(number) if number <= limit => *slot = number,
            number => {
                let year = place == "first" && matches!(number, Ok(2000..=2099));
                let problem = Problem::new(format!("the {place} part of the version is over {limit}"))
                    .why("Windows Installer holds a version in 8, 8 and 16 bits");
                return Err(match text.get(2..) {
                    Some(rest) if year => {
                        problem.help(format!("write the year with two digits: {}", short(rest)))
                    }
                    _ => problem.help(help),
                });
            }
        }
    }
    Ok(version)
}

/// Parses a size: a whole number of bytes, KB, MB or GB, each 1024 times the one before.
pub fn size(text: &str) -> Result<u64, Problem> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let shift = match unit.trim_start().to_ascii_uppercase().as_str() {
        "B" => Some(0),
        "KB" | "KIB" => Some(10),
        "MB" | "MIB" => Some(20),
        "GB" | "GIB" => Some(30),
        _ => None,
    };
    let number = number.parse::<u64>().ok();
    number.zip(shift).and_then(|(number, shift)| number.checked_mul(1 << shift)).ok_or_else(|| {
        Problem::new(format!("`{}` is no size", short(text)))
            .why("a size is a whole number and a unit: B, KB, MB or GB, each 1024 of the one before")
            .help("such as \"500 MB\"")
    })
}

/// The most free space that can be asked for, in bytes.
const FREE_MOST: u64 = 100 << 30;

/// Parses the space that must be free, in megabytes, rounded up.
pub fn free_space(text: &str) -> Result<u32, Problem> {
    let size = size(text)?;
    if size == 0 || size > FREE_MOST {
        return Err(Problem::new(format!("{} cannot be asked for", short(text)))
            .help("write a size from 1 MB to 100 GB, such as \"500 MB\", or leave it out"));
    }
    Ok(u32::try_from(size.div_ceil(1 << 20)).unwrap_or(u32::MAX))
}

/// The least that a cabinet is asked to hold.
const CABINET_LEAST: u64 = 64 << 10;
/// The most: Windows seeks in a cabinet with signed 32-bit offsets.
const CABINET_MOST: u64 = 2 << 30;

/// Parses the size of a cabinet, in bytes before they are compressed.
pub fn cabinet_size(text: &str) -> Result<u64, Problem> {
    let size = size(text)?;
    if (CABINET_LEAST..=CABINET_MOST).contains(&size) {
        return Ok(size);
    }
    Err(Problem::new(format!("a cabinet cannot be of {}", short(text)))
        .why("it counts the files as they are before they are compressed: a cabinet holds up to 2 GB of them")
        .help("write a size from 64 KB to 2 GB, such as \"500 MB\", or leave it out"))
}

/// Checks a name that people see: it has to be one line that is not empty.
pub fn shown(text: &str, longest: usize) -> Result<(), Problem> {
    if text.trim().is_empty() {
        return Err(
            Problem::new("the text is empty").help("people see it in dialogs and lists: say what it is")
        );
    }
    if text != text.trim() {
        return Err(Problem::new("the text starts or ends with a space").help("remove the space"));
    }
    line(text, longest)
}

/// Checks a text that has to fit on one line.
pub fn line(text: &str, longest: usize) -> Result<(), Problem> {
    if let Some(c) = text.chars().find(|c| c.is_control()) {
        return Err(Problem::new(format!("the text has a control character: {c:?}")).help("remove it"));
    }
    if text.encode_utf16().count() > longest {
        return Err(
            Problem::new(format!("the text is longer than {longest} characters")).help("make it shorter")
        );
    }
    Ok(())
}

/// Checks a name that becomes one part of a registry path (`SOFTWARE\{manufacturer}`).
pub fn key_part(text: &str) -> Result<(), Problem> {
    if text.contains('\\') {
        return Err(Problem::new("the text has a backslash")
            .why("it becomes one part of a registry key")
            .help("write it without"));
    }
    Ok(())
}

/// Parses a length of time: a whole number and `ms`, `s`, `m`, `h` or `d`; in milliseconds.
pub fn duration(text: &str) -> Result<u64, Problem> {
    let help = "write a whole number and ms, s, m, h or d, such as 60s";
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let unit = match unit.trim() {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(Problem::new(format!("`{}` is no length of time", short(text))).help(help)),
    };
    number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(unit))
        .filter(|ms| *ms <= u64::from(u32::MAX))
        .ok_or_else(|| {
            Problem::new(format!("`{}` is no length of time that Windows can wait", short(text)))
                .why("it waits for up to 49 days")
                .help(help)
        })
}

/// Parses how long Windows waits for something, in milliseconds: at least one second.
pub fn wait(text: &str) -> Result<u32, Problem> {
    let ms = duration(text)?;
    match u32::try_from(ms) {
        Ok(ms) if ms >= 1_000 => Ok(ms),
        _ => Err(Problem::new(format!("`{}` is less than a second", short(text)))
            .why("nothing can be done in so short a time")
            .help("write a longer time, such as 30s")),
    }
}

/// Parses how long clients spread the taking of a release over, in seconds: whole ones, up to a day.
pub fn spread(text: &str) -> Result<u32, Problem> {
    let ms = duration(text)?;
    match u32::try_from(ms / 1_000) {
        Ok(seconds) if ms.is_multiple_of(1_000) && seconds <= 86_400 => Ok(seconds),
        _ => Err(Problem::new(format!("releases cannot be spread over `{}`", short(text)))
            .why("a run waits for up to a day, in whole seconds")
            .help("write such as 30m or 4h")),
    }
}

/// The name of a setting that stands alone, as `NAME` or `{NAME}`.
#[must_use]
pub fn setting_name(text: &str) -> &str {
    text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(text)
}

/// The architecture of a name in a manifest.
#[must_use]
pub fn arch(name: &str) -> Option<Arch> {
    match name {
        "x86" => Some(Arch::X86),
        "x64" => Some(Arch::X64),
        "arm64" => Some(Arch::Arm64),
        _ => None,
    }
}

/// The name of a class of files: the product's, and the extension ("Programmatic Identifiers" on Microsoft Learn: up
/// to 39 characters, a period, nothing else that is no letter or digit, no digit at the start).
#[must_use]
pub fn prog_id(slug: &str, extension: &str) -> String {
    let mut name = String::new();
    for word in slug.split(|c: char| !c.is_ascii_alphanumeric()) {
        let mut letters = word.chars();
        name.extend(letters.next().map(|c| c.to_ascii_uppercase()));
        name.extend(letters);
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, 'P');
    }
    let extension: String = extension.chars().filter(char::is_ascii_alphanumeric).take(18).collect();
    name.truncate(20);
    format!("{name}.{extension}")
}

/// A relative path of the manifest as Windows writes it, checked.
pub fn below_install_dir(text: &str) -> Result<String, Problem> {
    let path = text.strip_prefix("{InstallDir}").map_or(text, |rest| rest.trim_start_matches(['\\', '/']));
    let path = path.replace('/', "\\");
    packager_shared::path::check(&path).map_err(|e| {
        Problem::new(format!("the path `{}` {e}", short(text)))
            .help("write a path below the install directory, such as 'bin\\agent.exe'")
    })?;
    Ok(path)
}

/// Files below the install directory: the folder, and the names with `*` and `?` in it.
pub fn pattern(text: &str) -> Result<(String, String), Problem> {
    let text = text.strip_prefix("{InstallDir}").map_or(text, |rest| rest.trim_start_matches(['\\', '/']));
    let path = text.replace('/', "\\");
    let (folder, name) = path.rsplit_once('\\').unwrap_or(("", &path));
    let plain = if folder.is_empty() { name.to_owned() } else { format!("{folder}\\{name}") };
    let bad =
        folder.contains(['*', '?']) || packager_shared::path::check(&plain.replace(['*', '?'], "x")).is_err();
    if bad {
        return Err(Problem::new(format!("`{}` names no files of one folder", short(text))).help(
            "write such as 'logs\\*.log': below the install directory, with * and ? in the last part alone",
        ));
    }
    Ok((folder.to_owned(), name.to_owned()))
}

/// A text for a message: of a length that fits, and with what cannot be seen made visible.
#[must_use]
pub fn short(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().take(80) {
        match c {
            '\\' | '"' | '\'' => out.push(c),
            _ => out.extend(c.escape_debug()),
        }
    }
    if text.chars().nth(80).is_some() {
        out.push('…');
    }
    out
}
