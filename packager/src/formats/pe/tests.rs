use std::io::Cursor;

use packager_prebuilt::STUB_X86;
use proptest::prelude::*;

use super::layout::*;
use super::*;

fn open(bytes: &[u8]) -> Image<Cursor<&[u8]>> {
    Image::open(Cursor::new(bytes)).unwrap()
}

fn product() -> Product {
    Product {
        name: "Acme Agent".to_owned(),
        company: "Acme GmbH & Söhne".to_owned(),
        description: "Acme Agent Setup".to_owned(),
        version: [1, 2, 3, 65535],
        version_text: "1.2.3-rc1".to_owned(),
        copyright: String::new(),
        file_name: "autopcc.exe".to_owned(),
    }
}

/// An `.ico` file of one 1x1 bitmap and one PNG.
fn icon_file() -> Vec<u8> {
    let mut bitmap = Vec::new();
    for field in [40_u32, 1, 2, 1 | (32 << 16), 0, 4, 0, 0, 0, 0, 0x80FF_0000, 0] {
        bitmap.extend_from_slice(&field.to_le_bytes());
    }
    let png = b"\x89PNG\r\n\x1A\n and so on".to_vec();
    let mut file = vec![0, 0, 1, 0, 2, 0];
    let mut at = 6 + 2 * 16;
    for (side, bits, data) in [(1, 0_u16, &bitmap), (0, 32, &png)] {
        file.extend_from_slice(&[side, side, 0, 0, 1, 0]);
        file.extend_from_slice(&bits.to_le_bytes());
        file.extend_from_slice(&(data.len() as u32).to_le_bytes());
        file.extend_from_slice(&(at as u32).to_le_bytes());
        at += data.len();
    }
    [file, bitmap, png].concat()
}

fn dressed() -> Vec<u8> {
    let icon = Icon::parse(&icon_file()).unwrap();
    let look = Look {
        icon: Some(&icon),
        product: Some(&product()),
        manifest: Some(&Manifest::default()),
        subsystem: Some(Subsystem::Gui),
    };
    customise(STUB_X86, &look).unwrap()
}

#[test]
fn a_dressed_stub_says_who_it_is() {
    let bytes = dressed();
    let mut image = open(&bytes);
    assert_eq!((image.machine(), image.subsystem()), (Machine::X86, Subsystem::Gui));
    assert_eq!(image.subsystem_version(), (5, 1));
    assert_eq!(image.end(), bytes.len() as u64);
    assert_eq!(image.certificates(), None);
    assert_eq!(image.sections().last().unwrap().name, ".rsrc");
    let version = image.version().unwrap().unwrap();
    assert_eq!((version.file, version.product), ([1, 2, 3, 65535], [1, 2, 3, 65535]));
    assert_eq!(version.languages, [1033]);
    let strings: Vec<(&str, &str)> =
        version.strings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let expected = [
        ("CompanyName", "Acme GmbH & Söhne"),
        ("FileDescription", "Acme Agent Setup"),
        ("FileVersion", "1.2.3-rc1"),
        ("InternalName", "autopcc.exe"),
        ("OriginalFilename", "autopcc.exe"),
        ("ProductName", "Acme Agent"),
        ("ProductVersion", "1.2.3-rc1"),
    ];
    assert_eq!(strings, expected);
    let manifest = image.resource(24, Some(1), 10_000).unwrap().unwrap();
    assert_eq!(String::from_utf8(manifest).unwrap(), Manifest::default().text());
    let group = image.resource(14, None, 10_000).unwrap().unwrap();
    let expected = [
        0_u8, 0, 1, 0, 2, 0, 1, 1, 0, 0, 1, 0, 32, 0, 48, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 32, 0, 18, 0, 0,
        0, 2, 0,
    ];
    assert_eq!(group, expected);
    assert!(image.resource(3, Some(2), 100).unwrap().unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn the_rest_of_the_stub_stays() {
    let bytes = dressed();
    let before = open(STUB_X86).imports().unwrap();
    assert!(!before.is_empty());
    assert_eq!(open(&bytes).imports().unwrap(), before);
    let headers = 0x400;
    assert_eq!(bytes[headers..STUB_X86.len()], STUB_X86[headers..]);
    assert_eq!(dressed(), bytes);
}

#[test]
fn the_object_crate_agrees() {
    use object::{Object as _, ObjectSection as _};
    let bytes = dressed();
    let file = object::File::parse(&*bytes).unwrap();
    let names: Vec<String> = file.sections().map(|section| section.name().unwrap().to_owned()).collect();
    let ours: Vec<String> = open(&bytes).sections().iter().map(|section| section.name.clone()).collect();
    assert_eq!(names, ours);
    let imports: Vec<(String, String)> = file
        .imports()
        .unwrap()
        .map(|import| {
            let import = import.unwrap();
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            (text(import.library()), text(import.name().name().unwrap()))
        })
        .collect();
    let ours: Vec<(String, String)> = open(&bytes)
        .imports()
        .unwrap()
        .into_iter()
        .flat_map(|import| import.names.into_iter().map(move |name| (import.dll.clone(), name)))
        .collect();
    assert_eq!(imports, ours);
    let pe = object::read::pe::PeFile32::parse(&*bytes).unwrap();
    let directory = pe.data_directories().resource_directory(&*bytes, &pe.section_table()).unwrap().unwrap();
    let types: Vec<u16> =
        directory.root().unwrap().entries.iter().map(|entry| entry.name_or_id().id().unwrap()).collect();
    assert_eq!(types, [3, 14, 16, 24]);
}

#[test]
fn editpe_reads_the_version() {
    let bytes = dressed();
    let image = editpe::Image::parse(&*bytes).unwrap();
    let info = image.resource_directory().unwrap().get_version_info().unwrap().unwrap();
    assert_eq!(info.strings.len(), 1);
    assert_eq!(info.strings[0].key, "040904B0");
    assert_eq!(info.strings[0].strings["ProductName"], "Acme Agent");
}

#[test]
fn seven_zip_lists_the_resources() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("test.exe");
    std::fs::write(&path, dressed()).unwrap();
    let output = match std::process::Command::new("7z").arg("l").arg(&path).output() {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
        Err(error) => panic!("{error}"),
    };
    let text = String::from_utf8_lossy(&output.stdout).replace('\\', "/");
    for name in ["version.txt", "MANIFEST/1", "ICON/1.ico", "ICON/2", "GROUP_ICON/1"] {
        assert!(text.contains(name), "{name} is not in {text}");
    }
}

#[test]
fn the_checksum_is_right_however_it_comes() {
    let mut bytes = dressed();
    let at = write::checksum_at(&bytes).unwrap();
    let written = u32_at(&bytes, at).unwrap();
    put(&mut bytes, at, &[0; 4]).unwrap();
    // The definition, plainly: add words, fold the carry each time, add the length.
    let mut sum = 0_u32;
    for word in bytes.chunks(2) {
        sum += u32::from(word[0]) + (u32::from(*word.get(1).unwrap_or(&0)) << 8);
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    assert_eq!(written, sum + bytes.len() as u32);
    for length in [1, 2, 3, 777] {
        let mut checksum = Checksum::default();
        bytes.chunks(length).for_each(|piece| checksum.add(piece));
        assert_eq!(checksum.finish(), written, "{length}");
    }
}

#[test]
fn what_cannot_be_dressed_says_why() {
    let look = Look { manifest: Some(&Manifest::default()), ..Look::default() };
    let why = |bytes: &[u8]| customise(bytes, &look).unwrap_err().to_string();
    assert!(why(b"").contains("no PE header"));
    assert!(why(&dressed()).contains("resources already"));
    assert!(why(&[STUB_X86, b"x"].concat()).contains("follows its last section"));
    assert!(why(&STUB_X86[..STUB_X86.len() - 1]).contains("cut off"));
}

#[test]
fn a_load_configuration_is_entered() {
    let mut bytes = dressed();
    let address = open(&bytes).sections()[0].address;
    patch_load_config(&mut bytes, address).unwrap();
    assert_eq!(open(&bytes).load_config(), Some(read::Directory { address, size: 0x40 }));
    assert!(patch_load_config(&mut bytes, 0x7FFF_FFFF).is_err());
}

#[test]
fn a_file_without_version_has_none() {
    assert_eq!(version_of(Cursor::new(STUB_X86)).unwrap(), None);
    assert_eq!(version_of(Cursor::new(b"MZ, but no more".as_slice())).unwrap(), None);
    assert_eq!(version_of(Cursor::new(b"".as_slice())).unwrap(), None);
    assert_eq!(version_of(Cursor::new(&dressed()[..])).unwrap().unwrap().languages, [1033]);
}

#[test]
fn icons_that_are_none_are_refused() {
    let file = icon_file();
    assert_eq!(Icon::parse(&file).unwrap().sizes().collect::<Vec<_>>(), [(1, 1), (256, 256)]);
    for length in 0..file.len() {
        assert!(Icon::parse(&file[..length]).is_err(), "{length}");
    }
    let mut cursor = file.clone();
    cursor[2] = 2;
    assert!(Icon::parse(&cursor).is_err());
    let mut text = file;
    text[38] = 0;
    assert!(Icon::parse(&text).unwrap_err().to_string().contains("neither"));
}

#[test]
fn the_manifest_never_asks_for_elevation() {
    for common_controls in [false, true] {
        let text = Manifest { common_controls }.text();
        assert!(text.contains("asInvoker") && !text.contains("requireAdministrator"));
        assert_eq!(text.matches("supportedOS").count(), 5);
        assert_eq!(text.contains("Common-Controls"), common_controls);
    }
}

#[test]
fn a_text_that_does_not_fit_is_an_error() {
    let product = Product { name: "x".repeat(40_000), ..product() };
    assert!(product.build().unwrap_err().to_string().contains("ProductName"));
}

fn read_all(bytes: &[u8]) {
    if let Ok(mut image) = Image::open(Cursor::new(bytes)) {
        let _ = (image.imports(), image.version(), image.end(), image.certificates());
        let _ = image.resource(14, None, 1000);
    }
    let _ = customise(bytes, &Look { manifest: Some(&Manifest::default()), ..Look::default() });
}

proptest! {
    #[test]
    fn mutated_images_do_no_harm(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        header_changes in proptest::collection::vec((0_usize..0x400, any::<u8>()), 0..6),
        cut in proptest::option::of(any::<prop::sample::Index>()),
        bare in any::<bool>(),
    ) {
        let mut bytes = if bare { STUB_X86.to_vec() } else { dressed() };
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        for (at, value) in header_changes {
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        read_all(&bytes);
    }

    #[test]
    fn mutated_version_resources_do_no_harm(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = product().build().unwrap();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        let _ = Version::parse(&bytes);
        let _ = Version::parse(&bytes[..cut.index(bytes.len())]);
    }

    #[test]
    fn any_bytes_are_no_icon_or_one(bytes in proptest::collection::vec(any::<u8>(), 0..200), start in any::<bool>()) {
        let mut bytes = bytes;
        if start {
            bytes.splice(..bytes.len().min(4), [0, 0, 1, 0]);
        }
        if let Ok(icon) = Icon::parse(&bytes) {
            let _ = icon.group();
        }
    }
}
