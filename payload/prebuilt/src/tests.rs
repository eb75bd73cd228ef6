extern crate std;

use std::collections::BTreeSet;
use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use object::LittleEndian as LE;
use object::read::pe::{ImageNtHeaders, Import, PeFile32};
use sha2::{Digest, Sha256};

use super::{ACTION_X86, PROVENANCE, STUB_X86, XP_SP2_IMPORTS};

/// Every program, and where it is committed.
const PROGRAMS: [(&str, &[u8]); 2] =
    [("payload/prebuilt/stub-x86.exe", STUB_X86), ("payload/prebuilt/action-x86.dll", ACTION_X86)];

fn images() -> [PeFile32<'static>; 2] {
    PROGRAMS.map(|(_, bytes)| PeFile32::parse(bytes).unwrap())
}

fn imports(file: &PeFile32<'_>) -> Vec<String> {
    let table = file.import_table().unwrap().expect("a stub imports from kernel32.dll");
    let mut descriptors = table.descriptors().unwrap();
    let mut found = Vec::new();
    while let Some(descriptor) = descriptors.next().unwrap() {
        let dll = String::from_utf8_lossy(table.name(descriptor.name.get(LE)).unwrap()).to_lowercase();
        let mut thunks = table.thunks(descriptor.original_first_thunk.get(LE)).unwrap();
        while let Some(thunk) = thunks.next::<object::pe::ImageNtHeaders32>().unwrap() {
            let name = match table.import::<object::pe::ImageNtHeaders32>(thunk).unwrap() {
                Import::Name(_, name) => String::from_utf8_lossy(name).into_owned(),
                Import::Ordinal(number) => format!("#{number}"),
            };
            found.push(format!("{dll}!{name}"));
        }
    }
    found
}

#[test]
fn bytes_are_the_recorded_ones() {
    let record: toml::Table = PROVENANCE.parse().unwrap();
    let programs = record["program"].as_array().unwrap();
    assert_eq!(programs.len(), PROGRAMS.len());
    for (program, (path, bytes)) in programs.iter().zip(PROGRAMS) {
        let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(program["path"].as_str(), Some(path));
        assert_eq!(program["size"].as_integer(), Some(bytes.len() as i64), "{path}");
        assert_eq!(program["sha256"].as_str(), Some(hash.as_str()), "{path}: run `cargo xtask stubs`");
    }
}

/// Bytes that the stub may have: what the committed one has, and some room. It only ever goes down. It went up once, by
/// what unpacking solid streams takes (Zstandard, LZMA2, the x86 filter, their directory) and what forces files to the
/// disk while the run goes on.
const MOST: usize = 374_272;

#[test]
fn the_stub_does_not_grow_unnoticed() {
    assert!(
        STUB_X86.len() <= MOST,
        "the stub has {} bytes, {MOST} are its limit: `cargo xtask size` says what each part costs",
        STUB_X86.len()
    );
}

#[test]
fn imports_are_in_windows_xp_sp2() {
    let allowed: BTreeSet<&str> = XP_SP2_IMPORTS.lines().collect();
    for file in images() {
        let imports = imports(&file);
        assert!(
            imports.contains(&"kernel32.dll!GetProcAddress".to_string()),
            "not the imports of a stub: {imports:?}"
        );
        for import in &imports {
            assert!(allowed.contains(import.as_str()), "{import} is not in xp-sp2-imports.txt");
        }
    }
}

#[test]
fn imports_come_from_kernel32_and_advapi32_only() {
    for import in images().iter().flat_map(imports) {
        assert!(import.starts_with("kernel32.dll!") || import.starts_with("advapi32.dll!"), "{import}");
    }
}

#[test]
fn the_library_exports_the_actions_by_their_plain_names() {
    let [stub, library] = images();
    assert_eq!(stub.export_table().unwrap().map(|table| table.exports().unwrap().len()), None);
    let exports = library.export_table().unwrap().expect("a library").exports().unwrap();
    let names: Vec<_> = exports.iter().map(|export| String::from_utf8_lossy(export.name.unwrap())).collect();
    assert_eq!(names, ["ForgetSecret", "PurgeFolder", "ReadSecretFiles", "RestoreSecret", "StoreSecret"]);
}

#[test]
fn image_loads_on_windows_xp() {
    for file in images() {
        let headers = file.nt_headers();
        let optional = headers.optional_header();
        assert_eq!(optional.major_subsystem_version.get(LE), 5);
        assert_eq!(optional.minor_subsystem_version.get(LE), 1);
        assert!(optional.major_operating_system_version.get(LE) <= 5);
        assert_eq!(headers.file_header().machine.get(LE), object::pe::IMAGE_FILE_MACHINE_I386);
    }
}

#[test]
fn image_says_neither_when_nor_where_it_was_built() {
    for (file, (_, bytes)) in images().iter().zip(PROGRAMS) {
        assert_eq!(file.nt_headers().file_header().time_date_stamp.get(LE), 0);
        for trace in ["/root/", "/home/", ".cargo/registry", "C:\\Users\\"] {
            assert!(!bytes.windows(trace.len()).any(|window| window == trace.as_bytes()), "{trace}");
        }
    }
}

#[test]
fn image_looks_for_dlls_in_system32_alone() {
    for (file, (_, bytes)) in images().iter().zip(PROGRAMS) {
        let directory = file.data_directory(object::pe::IMAGE_DIRECTORY_ENTRY_LOAD_CONFIG).expect("an entry");
        assert_eq!(directory.size.get(LE), 0x40, "Windows XP takes no other size");
        let config = directory.data(bytes, &file.section_table()).expect("in a section");
        assert_eq!(config[0x36..0x38], 0x800u16.to_le_bytes(), "DependentLoadFlags");
    }
}

#[test]
fn no_section_can_be_written_and_run() {
    use object::pe;
    for file in images() {
        for section in file.section_table().iter() {
            let both = pe::IMAGE_SCN_MEM_WRITE | pe::IMAGE_SCN_MEM_EXECUTE;
            assert_ne!(section.characteristics.get(LE) & both, both);
        }
        let flags = file.nt_headers().optional_header().dll_characteristics.get(LE);
        for wanted in [pe::IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE, pe::IMAGE_DLLCHARACTERISTICS_NX_COMPAT] {
            assert_eq!(flags & wanted, wanted);
        }
        assert!(file.data_directory(pe::IMAGE_DIRECTORY_ENTRY_BASERELOC).is_some(), "it can be moved");
    }
}
