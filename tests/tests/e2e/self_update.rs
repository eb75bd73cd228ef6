//! `[bootstrap] update-every`: the installed copy updates the product and itself, run as its task runs it.
//!
//! That Windows runs the task, and as SYSTEM, is not proven here: Wine's schtasks keeps only that the task is there, and
//! under Wine every account is an administrator.

use std::fs;
use std::sync::OnceLock;

use packager_tests::allowed::not_allowed;
use packager_tests::installer::{BOTH, Installer};
use packager_tests::prefix::{Prefix, Ran};
use packager_tests::product::{Release, Source, copy_tree};
use packager_tests::registry::View;
use packager_tests::state::{Difference, listing, sha256_of};

use crate::acme::SETUP;
use crate::share::run_bootstrap;

const ARCH: &str = "x64";
const DIR: &str = r"C:\Program Files\Acme\Endpoint Agent";
const COPY: &str = r"C:\Program Files\Acme\Endpoint Agent\autopcc.exe";
const TASK: &str = r"C:\windows\system32\Tasks\com.acme.endpoint-agent update";

/// 4.2.0 that looks for releases every four hours, and 4.3.0, every six.
fn releases() -> &'static [Release; 2] {
    static BUILT: OnceLock<[Release; 2]> = OnceLock::new();
    BUILT.get_or_init(|| {
        let source = Source::new("self-update");
        [("agent.toml", "4h"), ("agent-4.3.0.toml", "6h")].map(|(manifest, every)| {
            let with = format!("[bootstrap]\nupdate-every = \"{every}\"");
            source.edit(manifest, "[bootstrap]", &with).build(manifest, &["--arch", ARCH])
        })
    })
}

/// A machine on which `installer` installed the first release, and whose share holds the second.
fn machine(installer: &dyn Installer) -> Prefix {
    let [old, new] = releases();
    let mut prefix = Prefix::new();
    let share = prefix.desk().join("share");
    copy_tree(&new.share(), &share);
    prefix.map_share("files.acme.example", "agent", &share);
    prefix.boot();
    installer.install(&prefix, old, ARCH, &[]).expect(0);
    prefix
}

/// What the task of the installed copy says.
fn task(prefix: &Prefix) -> Ran {
    run_bootstrap(prefix, COPY, "-u")
}

/// What differs from a fresh install of the second release; kept files are the person's.
fn differences(installer: &dyn Installer, prefix: &mut Prefix) -> Vec<Difference> {
    let mut fresh = Prefix::new();
    fresh.map_share("files.acme.example", "agent", &prefix.desk().join("share"));
    fresh.boot();
    installer.install(&fresh, &releases()[1], ARCH, &[]).expect(0);
    prefix.restart();
    fresh.restart();
    let mut all = fresh.state().differences(&prefix.state());
    all.retain(|difference| !difference.subject.starts_with(&format!("file {DIR}\\conf\\")));
    if installer.name() == "MSI" { not_allowed(all) } else { all }
}

#[test]
fn the_installed_copy_brings_the_product_and_itself_to_the_release_of_the_share() {
    for installer in BOTH {
        let name = installer.name();
        let mut prefix = machine(installer);
        assert!(prefix.host_path(TASK).exists(), "{name}: no task");
        let (copy, before) = (prefix.host_path(COPY), sha256_of(&prefix.host_path(COPY)));
        let ran = task(&prefix).expect(0);
        assert_ne!(sha256_of(&copy), before, "{name}: the copy is the old one\n{}", ran.output);
        // It runs from its own place, with its own release, and finds nothing to do.
        let again = task(&prefix).expect(0);
        assert!(again.output.contains("exit=0 action=none"), "{name}:\n{}", again.output);
        assert!(prefix.host_path(TASK).exists(), "{name}: the task went");
        assert_eq!(prefix.service_state("AcmeAgent").as_deref(), Some("RUNNING"), "{name}");
        let left = listing(&differences(installer, &mut prefix));
        assert!(left.is_empty(), "{name}: fresh (first) and updated (second):\n{left}\n{}", ran.output);
        let text = prefix.registry().text(SETUP, View::Bits64, "Version").map(str::to_owned);
        assert_eq!(text.as_deref(), Some("4.3.0"), "{name}");
        // Nothing of the old image lies about after a restart.
        let temp = prefix.host_path(r"C:\windows\Temp");
        let waste = |folder| fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let waste: Vec<_> = waste(temp).filter(|path| path.to_string_lossy().contains('~')).collect();
        assert!(waste.is_empty(), "{name}: {waste:?}");
    }
}
