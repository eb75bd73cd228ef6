use std::fs;
use std::num::NonZeroUsize;

use camino::{Utf8Path, Utf8PathBuf};
use packager_shared::overlay::{CABINET, IDENTITY, INDEX, Overlay, PLAN};
use packager_shared::plan::Arch;
use packager_shared::read_at::ReadAt as _;

use super::*;
use crate::content::cabinets::{self, CabinetFile, Layout};
use crate::content::divide::Limits;
use crate::content::{Packing, Survey};
use crate::formats::cab;
use crate::outputs::sample;
use crate::plan::PackagePlan;

/// A payload on disk and all that outputs are made from.
pub(crate) struct Fixture {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) package: PackagePlan,
    pub(crate) cabinet: CabinetFile,
    pub(crate) encoded: Encoded,
    pub(crate) bootstrap: Vec<u8>,
}

pub(crate) fn stub() -> Stub<'static> {
    Stub { image: packager_prebuilt::STUB_X86, icon: None }
}

/// Paths below the install directory and contents of the sample payload.
pub(crate) fn payload() -> Vec<(&'static str, Vec<u8>)> {
    let noise = (0_u32..70_000).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    vec![
        (r"Bin\Agent.exe", b"the agent".repeat(1000)),
        (r"bin\big.dll", noise),
        (r"conf\agent.toml", b"a = 1\n".to_vec()),
        (r"conf\copy.toml", b"a = 1\n".to_vec()),
        ("empty", vec![]),
        ("\u{fc}ber.txt", b"utf-8 name".to_vec()),
    ]
}

/// Does what a build does before outputs are written. `share`: where the files are staged for a share.
pub(crate) fn fixture(arch: Arch, key: Option<[u8; 32]>, share: Option<&Utf8Path>) -> Fixture {
    let dir = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
    let mut package = sample::package(arch);
    package.target.bootstrap.public_key = key;
    for (path, bytes) in payload() {
        let source = root.join("payload").join(path.replace('\\', "/"));
        fs::create_dir_all(source.parent().unwrap()).unwrap();
        fs::write(&source, &bytes).unwrap();
        let keep = path == r"conf\agent.toml";
        package.files.push(PlannedFile {
            source,
            path: path.into(),
            size: bytes.len() as u64,
            keep,
            version: None,
        });
    }
    let mut survey = Survey::of(&package.files, share, NonZeroUsize::MIN, &|_| ()).unwrap();
    let payload = payload_index(&package.files, &survey.files);
    let bootstrap = installed(&package.target, &payload, stub()).unwrap();
    survey.add(&package.target.bootstrap.name, &bootstrap, share).unwrap();
    let encoded = Encoded::new(&package.target, with_bootstrap(payload, &package.target, &bootstrap));
    let layout = Layout::of(&survey.files, Limits::default());
    let packing = Packing { folder: &root, threads: NonZeroUsize::MIN, cache: None, progress: &|_| () };
    let key = packager_shared::ids::file_key;
    let cabinet = cabinets::pack(&survey, &layout, cab::Method::Mszip, &key, packing).unwrap();
    Fixture { dir, package, cabinet, encoded, bootstrap }
}

pub(crate) fn setup_exe(fixture: &Fixture) -> Vec<u8> {
    let mut out = Vec::new();
    let look = crate::outputs::exe::config::ExeConfig::of(&fixture.package, None).look;
    setup(&look, None, &fixture.encoded, (&fixture.cabinet).into(), stub(), &mut out).unwrap();
    out
}

/// What every reader asks of an overlay.
fn check(mut file: &[u8]) -> Result<Overlay, overlay::Error> {
    let overlay = overlay::open(&mut file)?;
    overlay.verify(&mut file)?;
    Ok(overlay)
}

#[test]
fn the_installed_bootstrap_knows_the_plan_and_the_payload() {
    let fixture = fixture(Arch::X64, None, None);
    let mut file = &fixture.bootstrap[..];
    let overlay = check(file).unwrap();
    assert_eq!(overlay.kind, Kind::Installed);
    let plan = overlay.read(&mut file, PLAN, u64::MAX).unwrap();
    assert_eq!(plan::decode(&plan).unwrap(), fixture.package.target);
    let (index, of_plan) = index::decode(&overlay.read(&mut file, INDEX, u64::MAX).unwrap()).unwrap();
    assert_eq!(of_plan, plan::digest(&fixture.package.target));
    assert_eq!(index.entries.len(), payload().len());
    assert_eq!(fixture.encoded.entries.entries.len(), payload().len() + 1);
    assert!(index.find("AUTOPCC.exe").is_none() && fixture.encoded.entries.find("autopcc.exe").is_some());
    assert!(index.find(r"conf\agent.toml").unwrap().keep);
    fixture.encoded.check().unwrap();
}

#[test]
fn a_setup_exe_carries_what_is_installed() {
    let fixture = fixture(Arch::X86, None, None);
    let file = setup_exe(&fixture);
    let mut file = &file[..];
    let overlay = check(file).unwrap();
    assert_eq!(overlay.kind, Kind::Setup);
    assert_eq!(overlay.end(), file.length().unwrap());
    assert_eq!(overlay.read(&mut file, INDEX, u64::MAX).unwrap(), fixture.encoded.index);
    let cabinet = overlay.section(CABINET).unwrap();
    assert_eq!(
        (cabinet.length, cabinet.sha256),
        (fixture.cabinet.packed.size, fixture.cabinet.packed.sha256().unwrap())
    );
}

#[test]
fn the_shares_bootstrap_knows_whom_it_serves_and_nothing_more() {
    let package = sample::package(Arch::X64);
    let identity = Identity::of(&package.target);
    let file = share(&package.target.product, &identity, stub()).unwrap();
    let mut file = &file[..];
    let overlay = check(file).unwrap();
    assert_eq!((overlay.kind, overlay.sections.len()), (Kind::Share, 1));
    let found = overlay.read(&mut file, IDENTITY, u64::MAX).unwrap();
    assert_eq!(identity::decode(&found).unwrap(), identity);
}

#[test]
fn a_changed_cabinet_never_becomes_a_setup_exe() {
    let fixture = fixture(Arch::X64, None, None);
    fixture.cabinet.packed.sha256().unwrap();
    let mut file = fixture.cabinet.packed.file.reopen().unwrap();
    file.write_all(b"x").unwrap();
    let look = Look::setup(&fixture.package.target.product, "setup.exe");
    let error =
        setup(&look, None, &fixture.encoded, (&fixture.cabinet).into(), stub(), &mut Vec::new()).unwrap_err();
    assert!(matches!(error, Error::Packed(_)), "{error}");
}

#[test]
fn a_setup_exe_that_windows_would_not_start_is_not_made() {
    let mut fixture = fixture(Arch::X64, None, None);
    fixture.cabinet.packed.size = 1 << 32;
    let look = crate::outputs::exe::config::ExeConfig::of(&fixture.package, None).look;
    let cabinet = (&fixture.cabinet).into();
    let error = setup(&look, None, &fixture.encoded, cabinet, stub(), &mut Vec::new()).unwrap_err();
    assert!(matches!(error, Error::Program { bytes: 0x1_0000_0000 }), "{error}");
}

#[test]
fn a_stub_that_carries_something_is_refused() {
    let mut image = packager_prebuilt::STUB_X86.to_vec();
    image.push(0);
    let package = sample::package(Arch::X64);
    let stub = Stub { image: &image, icon: None };
    assert!(matches!(
        installed(&package.target, &Index::default(), stub),
        Err(Error::Stub(_) | Error::Pe(_))
    ));
    let stub = Stub { image: b"no PE", icon: None };
    assert!(matches!(installed(&package.target, &Index::default(), stub), Err(Error::Pe(_))));
    let stub = Stub { icon: Some(b"no icon"), ..self::stub() };
    assert!(matches!(installed(&package.target, &Index::default(), stub), Err(Error::Pe(_))));
}

#[test]
fn every_flip_in_header_and_small_sections_and_a_sample_of_the_cabinet_is_found() {
    let fixture = fixture(Arch::X64, None, None);
    let mut file = setup_exe(&fixture);
    let overlay = check(&file).unwrap();
    let image = usize::try_from(packager_shared::pe_tail::find(&mut &file[..]).unwrap().start).unwrap();
    let cabinet = usize::try_from(overlay.section(CABINET).unwrap().start).unwrap();
    let all = (image..cabinet).chain((cabinet..file.len()).step_by(4099)).chain([file.len() - 1]);
    for at in all.collect::<Vec<_>>() {
        for mask in [1, 0x80] {
            file[at] ^= mask;
            assert!(check(&file).is_err(), "flip of byte {at}");
            file[at] ^= mask;
        }
    }
    let edges = overlay.sections.iter().flat_map(|s| [s.start, s.start + 1, s.start + s.length]);
    for cut in edges.chain([image as u64, image as u64 + 1, file.len() as u64 - 1]) {
        let cut = usize::try_from(cut).unwrap();
        if cut < file.len() {
            assert!(check(&file[..cut]).is_err(), "cut at {cut}");
        }
    }
    file.push(0);
    assert!(check(&file).is_err());
}

#[test]
fn two_builds_elsewhere_give_the_same_bytes() {
    let (a, b) = (fixture(Arch::X64, Some([7; 32]), None), fixture(Arch::X64, Some([7; 32]), None));
    assert_ne!(a.dir.path(), b.dir.path());
    assert_eq!(a.bootstrap, b.bootstrap);
    assert_eq!(setup_exe(&a), setup_exe(&b));
}

#[test]
fn programs_have_the_products_version_and_a_right_checksum() {
    let fixture = fixture(Arch::X64, None, None);
    for (file, description) in
        [(fixture.bootstrap.clone(), "Acme Agent Update"), (setup_exe(&fixture), "Acme Agent Setup")]
    {
        let version = pe::version_of(io::Cursor::new(&file)).unwrap().unwrap();
        assert_eq!(version.file, [4, 2, 0, 0]);
        assert!(version.strings.contains(&("FileDescription".into(), description.into())));
        let at = pe::write::checksum_at(&file).unwrap();
        let mut again = file.clone();
        pe::write::update_checksum(&mut again).unwrap();
        assert_eq!(file[at..at + 4], again[at..at + 4]);
    }
}
