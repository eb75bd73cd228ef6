extern crate std;

use std::collections::BTreeSet;
use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use object::LittleEndian as LE;
use object::read::pe::{ImageNtHeaders, Import, PeFile32};
use sha2::{Digest, Sha256};

use super::{PROVENANCE, STUB_X86, XP_SP2_IMPORTS};

fn stub() -> PeFile32<'static> {
    PeFile32::parse(STUB_X86).unwrap()
}

fn imports() -> Vec<String> {
    let file = stub();
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
    let hash: String = Sha256::digest(STUB_X86).iter().map(|byte| format!("{byte:02x}")).collect();
    let record: toml::Table = PROVENANCE.parse().unwrap();
    let program = &record["program"].as_array().unwrap()[0];
    assert_eq!(program["path"].as_str(), Some("payload/prebuilt/stub-x86.exe"));
    assert_eq!(program["size"].as_integer(), Some(STUB_X86.len() as i64));
    assert_eq!(program["sha256"].as_str(), Some(hash.as_str()), "run `cargo xtask stubs`");
}

#[test]
fn imports_are_in_windows_xp_sp2() {
    let allowed: BTreeSet<&str> = XP_SP2_IMPORTS.lines().collect();
    let imports = imports();
    assert!(
        imports.contains(&"kernel32.dll!ExitProcess".to_string()),
        "not the imports of a stub: {imports:?}"
    );
    for import in &imports {
        assert!(allowed.contains(import.as_str()), "{import} is not in xp-sp2-imports.txt");
    }
}

#[test]
fn imports_come_from_kernel32_and_advapi32_only() {
    for import in imports() {
        assert!(import.starts_with("kernel32.dll!") || import.starts_with("advapi32.dll!"), "{import}");
    }
}

#[test]
fn image_loads_on_windows_xp() {
    let file = stub();
    let headers = file.nt_headers();
    let optional = headers.optional_header();
    assert_eq!(optional.major_subsystem_version.get(LE), 5);
    assert_eq!(optional.minor_subsystem_version.get(LE), 1);
    assert!(optional.major_operating_system_version.get(LE) <= 5);
    assert_eq!(headers.file_header().machine.get(LE), object::pe::IMAGE_FILE_MACHINE_I386);
}

#[test]
fn image_says_neither_when_nor_where_it_was_built() {
    assert_eq!(stub().nt_headers().file_header().time_date_stamp.get(LE), 0);
    for trace in ["/root/", "/home/", ".cargo/registry", "C:\\Users\\"] {
        assert!(!STUB_X86.windows(trace.len()).any(|window| window == trace.as_bytes()), "{trace}");
    }
}

#[test]
fn image_looks_for_dlls_in_system32_alone() {
    let file = stub();
    let directory = file.data_directory(object::pe::IMAGE_DIRECTORY_ENTRY_LOAD_CONFIG).expect("an entry");
    assert_eq!(directory.size.get(LE), 0x40, "Windows XP takes no other size");
    let config = directory.data(STUB_X86, &file.section_table()).expect("in a section");
    assert_eq!(config[0x36..0x38], 0x800u16.to_le_bytes(), "DependentLoadFlags");
}

#[test]
fn no_section_can_be_written_and_run() {
    use object::pe;
    let file = stub();
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
