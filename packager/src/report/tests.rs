use packager_shared::plan::Arch;

use super::artifacts::size;
use super::*;

fn report() -> BuildReport {
    let artifact = |path: &str, kind, bytes| Artifact {
        path: path.into(),
        kind,
        arch: Some(Arch::X64),
        bytes,
        sha256: [0xab; 32],
    };
    BuildReport {
        product: "Demo".into(),
        id: "com.example.demo".into(),
        version: "1.0".into(),
        serial: 1,
        artifacts: vec![
            artifact("share/release.idx", ArtifactKind::Share, 300),
            artifact("share/autopcc.exe", ArtifactKind::Share, 700_000),
            artifact("demo-1.0-x64.msi", ArtifactKind::Msi, 1_400_000),
            artifact("build.json", ArtifactKind::Report, 10),
        ],
    }
}

#[test]
fn checksums_are_what_sha256sum_reads() {
    let text = report().checksums();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0].ends_with("  demo-1.0-x64.msi"));
    assert_eq!(lines[0].find("  "), Some(64));
}

#[test]
fn build_json_parses_and_leaves_itself_out() {
    let value: serde_json::Value = serde_json::from_str(&report().build_json()).unwrap();
    assert_eq!(value["artifacts"].as_array().unwrap().len(), 3);
    assert_eq!(value["product"]["id"], "com.example.demo");
}

#[test]
fn the_share_is_one_row_of_the_table() {
    let table = report().table();
    assert!(table.contains("share/ (2 files)"), "{table}");
    assert!(table.contains("700.3 kB"), "{table}");
    assert_eq!(table.lines().count(), 3);
}

#[test]
fn sizes_are_short() {
    for (bytes, text) in
        [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_000_000, "1.0 MB"), (u64::MAX, "18446744.1 TB")]
    {
        assert_eq!(size(bytes), text);
    }
}

#[test]
fn outputs_are_named_as_on_the_command_line() {
    for kind in OutputKind::ALL {
        assert_eq!(kind.as_str().parse::<OutputKind>(), Ok(kind));
    }
    assert!("dmg".parse::<OutputKind>().unwrap_err().contains("msi, exe, share"));
}
