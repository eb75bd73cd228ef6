use std::fs;
use std::path::Path;

use camino::{Utf8Path, Utf8PathBuf};
use packager_shared::ids::sha256;
use packager_shared::overlay::{self, IDENTITY};
use packager_shared::plan::Arch;
use packager_shared::{identity, index, release};

use super::*;
use crate::outputs::bootstrap::tests::{Fixture, fixture, payload, stub};
use crate::outputs::exe;
use crate::outputs::sink::{FileSink, Kind, MemorySink, Written};
use crate::sign::ReleaseKey;

pub(crate) fn key() -> ReleaseKey {
    ReleaseKey::parse(&"42".repeat(32), "test").unwrap()
}

fn source(fixture: &Fixture, staged: bool) -> Source<'_> {
    Source { package: &fixture.package, encoded: &fixture.encoded, bootstrap: &fixture.bootstrap, staged }
}

/// Builds a share of two architectures as a whole build does it.
pub(crate) fn build(sink: &dyn Sink) -> Vec<Written> {
    let public = Some(key().public().0);
    let planned: Vec<_> = [Arch::X86, Arch::X64].map(|arch| fixture(arch, public, None)).into();
    begin(&planned.iter().map(|f| &f.package).collect::<Vec<_>>(), sink).unwrap();
    let mut fixtures = Vec::new();
    for before in planned {
        let folder = sink.staging(&config::staging_folder(&before.package)).unwrap();
        let folder = folder.map(|folder| Utf8PathBuf::from_path_buf(folder).unwrap());
        let arch = before.package.target.product.arch;
        fixtures.push((fixture(arch, public, folder.as_deref()), folder.is_some()));
    }
    let mut packages = Vec::new();
    for (fixture, _) in &fixtures {
        let cabinet = (&fixture.cabinet).into();
        let plan = exe::plan(&fixture.package, None, &fixture.encoded, cabinet).unwrap();
        let place = (plan.config.file.as_str(), Kind::Setup);
        let written = exe::write(&plan, &fixture.encoded, cabinet, stub(), sink, place).unwrap();
        packages.push(PackageFile::of(&written, fixture.package.target.product.arch, false));
    }
    let archs: Vec<_> = fixtures.iter().map(|(f, _)| (&f.package, &f.encoded)).collect();
    let plan = plan(&archs, packages).unwrap();
    let sources: Vec<_> = fixtures.iter().map(|(f, staged)| source(f, *staged)).collect();
    write(&plan, &sources, &key(), stub(), sink).unwrap();
    sink.commit().unwrap()
}

fn at(dir: &Path, path: &str) -> Vec<u8> {
    fs::read(dir.join(path)).unwrap()
}

#[test]
fn everything_on_a_share_hangs_on_its_signature() {
    let dir = tempfile::tempdir().unwrap();
    let written = build(&FileSink::open(dir.path()).unwrap());
    assert_eq!(written.last().unwrap().path, "share/release.idx");
    for file in &written {
        assert_eq!(sha256(&at(dir.path(), &file.path)), file.sha256, "{}", file.path);
    }
    let head =
        release::verify(&at(dir.path(), "share/release.idx"), &key().public().0, "com.acme.agent").unwrap();
    assert_eq!((head.serial, head.floor, head.version_text.as_str()), (42, 40, "4.2.0"));
    assert_eq!(head.archs.iter().map(|arch| arch.arch).collect::<Vec<_>>(), [Arch::X86, Arch::X64]);
    for arch in &head.archs {
        let folder = format!("share/{}", config::arch_folder(42, arch.arch));
        let (plan, files) =
            (at(dir.path(), &format!("{folder}/plan.bin")), at(dir.path(), &format!("{folder}/files.idx")));
        assert_eq!((sha256(&plan), sha256(&files)), (arch.plan.sha256, arch.index.sha256));
        let (index, of_plan) = index::decode(&files).unwrap();
        assert_eq!(of_plan, packager_shared::plan::decode_with_digest(&plan).unwrap().1);
        assert_eq!(index.entries.len(), payload().len() + 1);
        for entry in &index.entries {
            let bytes = at(dir.path(), &format!("{folder}/{}", entry.path.replace('\\', "/")));
            assert_eq!((bytes.len() as u64, sha256(&bytes)), (entry.size, entry.sha256), "{}", entry.path);
        }
    }
    let names: Vec<_> = head.packages.iter().map(|package| package.name.as_str()).collect();
    assert_eq!(names, ["agent-4.2.0-x64-setup.exe", "agent-4.2.0-x86-setup.exe"]);
    for package in &head.packages {
        let bytes = at(dir.path(), &format!("share/packages/{}", package.name));
        assert_eq!((bytes.len() as u64, sha256(&bytes)), (package.file.size, package.file.sha256));
    }
    let program = at(dir.path(), "share/autopcc.exe");
    assert_eq!(sha256(&program), head.bootstrap);
    let mut program = &program[..];
    let overlay = overlay::open(&mut program).unwrap();
    let identity = identity::decode(&overlay.read(&mut program, IDENTITY, u64::MAX).unwrap()).unwrap();
    assert_eq!(identity.public_key, Some(key().public().0));
    assert_eq!(identity.archs.iter().map(|(arch, _)| *arch).collect::<Vec<_>>(), [Arch::X86, Arch::X64]);
}

#[test]
fn staged_and_copied_files_make_the_same_share() {
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = build(&FileSink::open(a.path()).unwrap());
    assert_eq!(first, build(&FileSink::open(b.path()).unwrap()));
    let memory = MemorySink::new();
    assert_eq!(first, build(&memory));
    for file in &first {
        assert_eq!(memory.get(&file.path).unwrap(), at(b.path(), &file.path));
    }
}

#[test]
fn a_rebuild_over_an_earlier_share_is_the_same_share() {
    let dir = tempfile::tempdir().unwrap();
    let first = build(&FileSink::open(dir.path()).unwrap());
    fs::write(dir.path().join("share/files/42/x64/stale.dll"), "x").unwrap();
    fs::write(dir.path().join("share/files/42/x64/empty"), "no longer").unwrap();
    assert_eq!(first, build(&FileSink::open(dir.path()).unwrap()));
    assert!(!dir.path().join("share/files/42/x64/stale.dll").exists());
    assert_eq!(at(dir.path(), "share/files/42/x64/empty"), b"");
    let hidden = walkdir::WalkDir::new(dir.path()).min_depth(1).into_iter().flatten();
    assert_eq!(hidden.filter(|e| e.file_name().to_string_lossy().starts_with('.')).count(), 0);
}

#[test]
fn what_cannot_stand_on_a_share_is_found_before_the_payload_is_read() {
    let public = Some(key().public().0);
    let sink = MemorySink::new();
    let good = fixture(Arch::X64, public, None).package;
    begin(&[&good], &sink).unwrap();

    let mut package = good.clone();
    package.target.bootstrap.public_key = None;
    assert!(matches!(begin(&[&package], &sink), Err(Error::NoKey)));
    let mut package = good.clone();
    package.target.bootstrap.floor = 43;
    assert!(matches!(begin(&[&package], &sink), Err(Error::BelowFloor { serial: 42, floor: 43 })));
    for name in ["FILES.idx", r"Plan.bin\x"] {
        let mut package = good.clone();
        package.files[0].path = name.into();
        assert!(matches!(begin(&[&package], &sink), Err(Error::Reserved { .. })), "{name}");
    }
    let mut package = good.clone();
    package.target.bootstrap.name = "Release.idx".into();
    assert!(matches!(begin(&[&package], &sink), Err(Error::Reserved { .. })));
    let mut package = good.clone();
    package.target.detect[0].path.push('x');
    assert!(matches!(begin(&[&good, &package], &sink), Err(Error::Contradiction { .. })));
    let mut package = good.clone();
    package.target.bootstrap.sources.push("x".into());
    assert!(matches!(begin(&[&good, &package], &sink), Err(Error::Contradiction { .. })));
    assert!(matches!(begin(&[], &sink), Err(Error::Empty)));
}

#[test]
fn a_file_that_changes_during_the_build_stops_it() {
    let fixture = fixture(Arch::X64, Some(key().public().0), None);
    let path: &Utf8Path = &fixture.package.files[0].source;
    fs::write(path, "changed").unwrap();
    let sink = MemorySink::new();
    begin(&[&fixture.package], &sink).unwrap();
    let plan = plan(&[(&fixture.package, &fixture.encoded)], vec![]).unwrap();
    let error = write(&plan, &[source(&fixture, false)], &key(), stub(), &sink).unwrap_err();
    assert!(matches!(&error, Error::Changed { path: found } if found == path.as_str()), "{error}");
}

#[test]
fn the_plan_reads_like_this() {
    let fixture = fixture(Arch::X64, Some(key().public().0), None);
    let written =
        Written { path: "a/agent-4.2.0-x64.msi".into(), kind: Kind::Msi, bytes: 5, sha256: [1; 32] };
    let package = PackageFile::of(&written, Arch::X64, true);
    let mut plan = plan(&[(&fixture.package, &fixture.encoded)], vec![package]).unwrap();
    // What follows from the stub changes with every stub.
    for arch in &mut plan.archs {
        arch.bytes = 0;
        arch.index = release::Sealed { size: 0, sha256: [0; 32] };
        arch.plan = release::Sealed { size: 0, sha256: [0; 32] };
    }
    let text = serde_json::to_string_pretty(&plan).unwrap();
    assert_eq!(text, include_str!("plan.snapshot.json").trim_end().replace('\r', ""));
}
