//! What every committed program must be: loadable by old Windows, importing only what that has, without a trace
//! of where and when it was built.

use std::collections::BTreeSet;

use object::LittleEndian as LE;
use object::read::pe::{ImageNtHeaders, PeFile, PeFile32, PeFile64};

use super::build::Processor;
use crate::failure::{Context, Failure, Result};

/// Checks an image. `allowed`, if there is a list, holds lines like `kernel32.dll!CreateFileW`.
pub fn check(
    name: &str,
    bytes: &[u8],
    processor: Processor,
    allowed: Option<&BTreeSet<String>>,
) -> Result<()> {
    let reading = || format!("reading the image {name}");
    match processor {
        Processor::X86 => check_file(name, &PeFile32::parse(bytes).context(reading)?, processor, allowed),
        Processor::X64 => check_file(name, &PeFile64::parse(bytes).context(reading)?, processor, allowed),
    }?;
    for trace in ["/root/", "/home/", "/work", "/usr/", ".cargo", "library/core"] {
        if bytes.windows(trace.len()).any(|window| window == trace.as_bytes()) {
            return Err(Failure::new(format!(
                "{name} has a path of the machine that built it in it: `{trace}`"
            )));
        }
    }
    Ok(())
}

fn check_file<H: ImageNtHeaders>(
    name: &str,
    file: &PeFile<'_, H>,
    processor: Processor,
    allowed: Option<&BTreeSet<String>>,
) -> Result<()> {
    use object::read::pe::ImageOptionalHeader;
    let header = file.nt_headers().optional_header();
    let version = (header.major_subsystem_version(), header.minor_subsystem_version());
    if version != processor.subsystem_version() {
        return Err(Failure::new(format!(
            "{name} asks for Windows {}.{}, must be {:?}",
            version.0,
            version.1,
            processor.subsystem_version()
        )));
    }
    let stamp = file.nt_headers().file_header().time_date_stamp.get(LE);
    if stamp != 0 {
        return Err(Failure::new(format!("{name} has the time of its build in it ({stamp})")));
    }
    for import in imports(name, file)? {
        if allowed.is_some_and(|list| !list.contains(&import)) {
            return Err(Failure::new(format!(
                "{name} imports {import}, which is not in payload/prebuilt/xp-sp2-imports.txt. \
                 Look it up at run time (GetProcAddress), or add it if Windows XP SP2 exports it"
            )));
        }
    }
    Ok(())
}

/// All imports as `dll!Name`, the DLL in lower case.
fn imports<H: ImageNtHeaders>(name: &str, file: &PeFile<'_, H>) -> Result<Vec<String>> {
    let reading = || format!("reading the imports of {name}");
    let mut found = Vec::new();
    let Some(table) = file.import_table().context(reading)? else { return Ok(found) };
    let mut descriptors = table.descriptors().context(reading)?;
    while let Some(descriptor) = descriptors.next().context(reading)? {
        let dll = table.name(descriptor.name.get(LE)).context(reading)?;
        let dll = String::from_utf8_lossy(dll).to_lowercase();
        let mut thunks = table.thunks(descriptor.original_first_thunk.get(LE)).context(reading)?;
        while let Some(thunk) = thunks.next::<H>().context(reading)? {
            match table.import::<H>(thunk).context(reading)? {
                object::read::pe::Import::Name(_, import) => {
                    found.push(format!("{dll}!{}", String::from_utf8_lossy(import)));
                }
                object::read::pe::Import::Ordinal(number) => found.push(format!("{dll}!#{number}")),
            }
        }
    }
    Ok(found)
}

/// The committed list of what Windows XP SP2 exports and the stub may import.
pub fn allowed(text: &str) -> BTreeSet<String> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}
