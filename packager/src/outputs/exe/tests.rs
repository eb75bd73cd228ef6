use packager_shared::ids::hex;
use packager_shared::plan::Arch;

use super::*;
use crate::outputs::bootstrap::tests::{fixture, setup_exe, stub};
use crate::outputs::sink::{Kind, MemorySink, Sink as _};

#[test]
fn the_plan_is_what_is_written() {
    let fixture = fixture(Arch::X64, None, None);
    let plan = plan(&fixture.package, None, &fixture.encoded, (&fixture.cabinet).into()).unwrap();
    assert_eq!(plan.config.file, "agent-4.2.0-x64-setup.exe");
    let sink = MemorySink::new();
    let place = (plan.config.file.as_str(), Kind::Setup);
    let written = write(&plan, &fixture.encoded, (&fixture.cabinet).into(), stub(), &sink, place).unwrap();
    assert_eq!(sink.commit().unwrap(), [written]);
    let file = sink.get(&plan.config.file).unwrap();
    let overlay = packager_shared::overlay::open(&mut &file[..]).unwrap();
    assert_eq!(overlay.memory, plan.memory);
    for (section, planned) in overlay.sections.iter().zip(&plan.sections) {
        assert_eq!((section.length, hex(&section.sha256)), (planned.bytes, planned.sha256.clone()));
        assert!(section.tag.starts_with(planned.tag.as_bytes()));
    }
    assert_eq!(overlay.sections.len(), plan.sections.len());
    assert_eq!(file, setup_exe(&fixture));
}

#[test]
fn a_site_of_its_own_is_a_section() {
    let fixture = fixture(Arch::X64, None, None);
    let plan = plan(&fixture.package, Some("paris"), &fixture.encoded, (&fixture.cabinet).into()).unwrap();
    assert_eq!(plan.config.file, "agent-4.2.0-x64-paris-setup.exe");
    let sink = MemorySink::new();
    let place = (plan.config.file.as_str(), Kind::Setup);
    write(&plan, &fixture.encoded, (&fixture.cabinet).into(), stub(), &sink, place).unwrap();
    let file = sink.get(&plan.config.file).unwrap();
    let mut file = &file[..];
    let overlay = packager_shared::overlay::open(&mut file).unwrap();
    overlay.verify(&mut file).unwrap();
    assert_eq!(overlay.read(&mut file, packager_shared::overlay::SITE, 99).unwrap(), b"paris");
    let tags: Vec<_> = plan.sections.iter().map(|section| section.tag).collect();
    assert_eq!(tags, ["plan", "index", "site", "cabinet"]);
}

#[test]
fn the_plan_reads_like_this() {
    let fixture = fixture(Arch::X64, None, None);
    let mut plan = plan(&fixture.package, None, &fixture.encoded, (&fixture.cabinet).into()).unwrap();
    // What follows from the stub changes with every stub.
    plan.release = "…".into();
    for section in &mut plan.sections {
        section.sha256 = "…".into();
        section.bytes = 0;
    }
    plan.memory = 0;
    let text = serde_json::to_string_pretty(&plan).unwrap();
    assert_eq!(text, include_str!("plan.snapshot.json").trim_end().replace('\r', ""));
}
