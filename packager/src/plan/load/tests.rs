use camino::Utf8PathBuf;
use packager_shared::plan::{Arch, Data, Op, View};
use packager_shared::template::{Dir, Part, Template};

use super::load;

fn example() -> Utf8PathBuf {
    Utf8PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples/acme-agent/agent.toml")
}

#[test]
fn the_example_becomes_one_plan_for_each_architecture() {
    let loaded = load(&example()).unwrap();
    assert_eq!(loaded.diagnostics, [], "no word about the example");
    let archs: Vec<Arch> = loaded.plans.iter().map(|p| p.target.product.arch).collect();
    assert_eq!(archs, [Arch::X64, Arch::X86]);
    let plan = &loaded.plans[0];
    assert!(plan.files.iter().any(|f| f.path == "bin\\agent.exe" && !f.keep));
    assert!(plan.files.iter().any(|f| f.path.starts_with("conf\\") && f.keep));
    assert_eq!(plan.target.install_dir.0[0], Part::Dir(Dir::ProgramFiles));
    assert_eq!(plan.target.product.version, [4, 2, 0, 0]);
    assert!(plan.target.bootstrap.public_key.is_some());
    assert!(plan.outputs.share.private_key.is_some());
}

#[test]
fn the_default_detection_key_and_remembered_settings_are_ops() {
    let loaded = load(&example()).unwrap();
    for plan in &loaded.plans {
        let native = if plan.target.product.arch == Arch::X86 { View::Bits32 } else { View::Bits64 };
        let value = |path: &str, value: &str| {
            plan.target.ops.iter().find_map(|op| match op {
                Op::RegistryValue { key, name, data } if key.path == path && name == value => {
                    assert_eq!(key.view, native);
                    Some(data.clone())
                }
                _ => None,
            })
        };
        assert_eq!(
            value(r"SOFTWARE\Acme Corporation\com.acme.endpoint-agent\CurrentVersion", "Application Path"),
            Some(Data::Sz(Template(vec![Part::Dir(Dir::InstallDir)])))
        );
        assert_eq!(
            value(r"SOFTWARE\Acme\EndpointAgent\Settings", "Group"),
            Some(Data::Sz(Template(vec![Part::Setting("GROUP".into())])))
        );
        assert_eq!(plan.target.detect.len(), 3);
    }
}
