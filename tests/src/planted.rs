//! Programs for 32-bit Windows, made byte by byte: DLLs that leave a mark where they are loaded, a program that asks for
//! DLLs by name alone, as installers do that can be made to load somebody else's, and one that keeps a DLL loaded.

use std::fs;
use std::path::Path;

/// The names of `tests/planted-dlls.txt`.
pub fn names() -> Vec<&'static str> {
    include_str!("../planted-dlls.txt").lines().filter(|line| !line.starts_with('#')).collect()
}

/// Lays all of them into a folder. Each writes a file of its name into the folder `marks` (a Windows path) when it is
/// loaded.
pub fn plant(folder: &Path, marks: &str) {
    for name in names() {
        let path = folder.join(name);
        fs::write(&path, dll(&format!("{marks}\\{name}")))
            .unwrap_or_else(|e| panic!("cannot write {}: {e}", path.display()));
    }
}

/// Windows' value of WINEDLLOVERRIDES under which Wine takes these DLLs where it finds them, and not its own.
pub fn overrides() -> String {
    let names = names();
    let bare: Vec<_> = names.iter().map(|name| name.strip_suffix(".dll").unwrap_or(name)).collect();
    format!("{}=n,b", bare.join(","))
}

/// A DLL that creates a file when it is loaded.
pub fn dll(mark: &str) -> Vec<u8> {
    let mut code = Code::default();
    // CreateFileA(mark, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL)
    code.push(0).push(0x80).push(2).push(0).push(0).push(0x4000_0000);
    code.push_text(mark).call(CREATE_FILE);
    // CloseHandle(eax)
    code.bytes.push(0x50);
    code.call(CLOSE_HANDLE);
    // mov eax, 1; ret 12: DllMain has three arguments.
    code.bytes.extend([0xb8, 1, 0, 0, 0, 0xc2, 12, 0]);
    code.image(true)
}

/// A program that loads DLLs by their names, one after another, and ends with 0.
pub fn asks_for(names: &[&str]) -> Vec<u8> {
    let mut code = Code::default();
    for name in names {
        code.push_text(name).call(LOAD_LIBRARY);
    }
    code.push(0).call(EXIT_PROCESS);
    code.image(false)
}

/// A program that loads a DLL and then waits until somebody ends it.
pub fn holds(dll: &str) -> Vec<u8> {
    let mut code = Code::default();
    code.push_text(dll).call(LOAD_LIBRARY);
    // INFINITE
    code.push(u32::MAX).call(SLEEP);
    code.push(0).call(EXIT_PROCESS);
    code.image(false)
}

/// Places in the table of imported functions.
const CREATE_FILE: usize = 0;
const CLOSE_HANDLE: usize = 1;
const LOAD_LIBRARY: usize = 2;
const EXIT_PROCESS: usize = 3;
const SLEEP: usize = 4;
const IMPORTS: [&str; 5] = ["CreateFileA", "CloseHandle", "LoadLibraryA", "ExitProcess", "Sleep"];

const BASE: u32 = 0x1000_0000;
const SECTION: u32 = 0x1000;

/// What a text or function is, in code that is not laid out yet.
enum Target {
    Text(String),
    Function(usize),
}

/// Machine code of the 80386, with places where addresses go.
#[derive(Default)]
struct Code {
    bytes: Vec<u8>,
    addresses: Vec<(usize, Target)>,
}

impl Code {
    fn push(&mut self, value: u32) -> &mut Self {
        self.bytes.push(0x68);
        self.bytes.extend(value.to_le_bytes());
        self
    }

    fn push_text(&mut self, text: &str) -> &mut Self {
        self.bytes.push(0x68);
        self.address(Target::Text(text.to_owned()))
    }

    fn call(&mut self, function: usize) -> &mut Self {
        // call dword ptr [address]
        self.bytes.extend([0xff, 0x15]);
        self.address(Target::Function(function))
    }

    fn address(&mut self, target: Target) -> &mut Self {
        self.addresses.push((self.bytes.len(), target));
        self.bytes.extend([0; 4]);
        self
    }

    /// A PE image with one section: code, imports, texts, relocations ("PE Format" on Microsoft Learn).
    fn image(mut self, library: bool) -> Vec<u8> {
        let mut data = std::mem::take(&mut self.bytes);
        let pad = |data: &mut Vec<u8>| data.resize(data.len().next_multiple_of(4), 0);
        let at = |data: &Vec<u8>| SECTION + u32::try_from(data.len()).expect("a small image");
        pad(&mut data);
        let mut hints = Vec::new();
        for name in IMPORTS {
            hints.push(at(&data));
            data.extend([0, 0]);
            data.extend(name.as_bytes());
            data.push(0);
            pad(&mut data);
        }
        let table = at(&data);
        hints.push(0);
        data.extend(hints.iter().flat_map(|hint| hint.to_le_bytes()));
        let dll = at(&data);
        data.extend(b"KERNEL32.dll\0\0\0\0");
        let imports = at(&data);
        for field in [table, 0, 0, dll, table, 0, 0, 0, 0, 0] {
            data.extend(field.to_le_bytes());
        }
        let mut places = Vec::new();
        for (place, target) in self.addresses {
            let address = match target {
                Target::Function(number) => table + 4 * u32::try_from(number).expect("few functions"),
                Target::Text(text) => {
                    let address = at(&data);
                    data.extend(text.as_bytes());
                    data.push(0);
                    address
                }
            };
            data[place..place + 4].copy_from_slice(&(BASE + address).to_le_bytes());
            places.push(place);
        }
        pad(&mut data);
        // One block a page; every page of the code has its own.
        let relocations = at(&data);
        for page in 0..=places.last().copied().unwrap_or(0) >> 12 {
            let mut entries: Vec<u16> = places
                .iter()
                .filter(|place| **place >> 12 == page)
                // IMAGE_REL_BASED_HIGHLOW
                .map(|place| 0x3000 | u16::try_from(place & 0xfff).expect("masked"))
                .collect();
            if entries.len() % 2 == 1 {
                entries.push(0);
            }
            let page = SECTION + (u32::try_from(page).expect("few pages") << 12);
            data.extend(page.to_le_bytes());
            data.extend(u32::try_from(8 + entries.len() * 2).expect("few entries").to_le_bytes());
            data.extend(entries.iter().flat_map(|entry| entry.to_le_bytes()));
        }
        let relocations = (relocations, at(&data) - relocations);
        headers(&data, library, (imports, 40), relocations)
    }
}

fn headers(data: &[u8], library: bool, imports: (u32, u32), relocations: (u32, u32)) -> Vec<u8> {
    let size = u32::try_from(data.len()).expect("a small image");
    let raw = size.next_multiple_of(0x200);
    let mut out = vec![0; 0x40];
    out[..2].copy_from_slice(b"MZ");
    out[0x3c] = 0x40;
    out.extend(b"PE\0\0");
    let word = |out: &mut Vec<u8>, values: &[u16]| out.extend(values.iter().flat_map(|v| v.to_le_bytes()));
    let long = |out: &mut Vec<u8>, values: &[u32]| out.extend(values.iter().flat_map(|v| v.to_le_bytes()));
    // i386, one section.
    word(&mut out, &[0x14c, 1]);
    long(&mut out, &[0, 0, 0]);
    // Executable, 32-bit, a DLL or not.
    word(&mut out, &[0xe0, 0x102 | if library { 0x2000 } else { 0 }]);
    word(&mut out, &[0x10b, 0]);
    long(&mut out, &[raw, 0, 0, SECTION, SECTION, 0, BASE, 0x1000, 0x200]);
    word(&mut out, &[4, 0, 0, 0, 4, 0]);
    long(&mut out, &[0, SECTION + size.next_multiple_of(0x1000), 0x200, 0]);
    // The console's subsystem.
    word(&mut out, &[3, 0]);
    long(&mut out, &[0x10_0000, 0x1000, 0x10_0000, 0x1000, 0, 16]);
    let mut directories = [(0, 0); 16];
    directories[1] = imports;
    directories[5] = relocations;
    long(&mut out, &directories.iter().flat_map(|(at, size)| [*at, *size]).collect::<Vec<_>>());
    out.extend(b".all\0\0\0\0");
    long(&mut out, &[size, SECTION, raw, 0x200, 0, 0, 0, 0xe000_0020]);
    out.resize(0x200, 0);
    out.extend(data);
    out.resize(0x200 + raw as usize, 0);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_names_a_hundred_dlls_once_each() {
        let names = names();
        assert_eq!(names.len(), 100);
        assert!(names.is_sorted_by(|a, b| a < b), "sorted, each once");
        for name in ["version.dll", "dwmapi.dll", "uxtheme.dll", "cryptbase.dll", "profapi.dll", "msi.dll"] {
            assert!(names.contains(&name), "{name}");
        }
    }
}
