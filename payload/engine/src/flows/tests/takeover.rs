//! Predecessors that are taken over.

use packager_shared::plan::{Op, Replaces, Root, Start, View};

use super::*;
use crate::sim::SimService;
use crate::sim::fixture::template;
use crate::system::ServiceConfig;

const LEGACY: &str = "C:\\Legacy";
const ENTRY: &str = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\AcmeLegacy";

fn replacing(change: impl FnOnce(&mut Replaces)) -> Product {
    let mut out = product(1);
    let mut replaces = Replaces { name: "Acme Legacy".into(), ..Replaces::default() };
    change(&mut replaces);
    out.plan.ops.push(Op::Replaces(replaces));
    out
}

/// Takes over all that can come back.
fn all() -> Product {
    let mut out = replacing(|replaces| {
        replaces.services = ["AcmeLegacy".into(), "AcmeAgent".into()].into();
        let files = ["{ProgramFiles}\\Acme\\Agent\\legacy.exe", "{ProgramFiles}\\Acme\\Legacy\\"];
        replaces.files = files.iter().map(|file| template(file)).collect();
        replaces.keys = [(Root::LocalMachine, "SOFTWARE\\AcmeLegacy".into())].into();
    });
    let (from, to) = ("{ProgramFiles}\\Acme\\Legacy\\data", "{ProgramData}\\Acme\\Agent");
    out.plan.ops.push(Op::Migrate { from: template(from), to: template(to) });
    out
}

fn legacy_world() -> World {
    let mut world = world();
    let folder = "C:\\Program Files\\Acme\\Legacy";
    for file in ["old.exe", "data\\a.db", "data\\deep\\b.db"] {
        world.put(&std::format!("{folder}\\{file}"), file.as_bytes());
    }
    world.put("C:\\Program Files\\Acme\\Agent\\legacy.exe", b"legacy");
    world.put("C:\\Program Files\\Acme\\Agent\\mine.txt", b"a stranger's");
    for (path, view) in [("SOFTWARE\\AcmeLegacy\\Deep", View::Bits64), ("SOFTWARE\\AcmeLegacy", View::Bits32)]
    {
        let mut place = key(path);
        place.view = view;
        let values = [(String::from("x"), registry::string(SZ, "y"))];
        world.registry.insert(reg(&place), values.into());
    }
    world.registry.insert(reg(&key("SOFTWARE\\AcmeLegacy")), BTreeMap::new());
    let config = ServiceConfig {
        image_path: std::format!("\"{folder}\\old.exe\""),
        start: Start::Auto,
        ..with(1).services["acmeagent"].config.clone()
    };
    world.services.insert("acmelegacy".into(), SimService { config, state: ServiceState::Running });
    world
}

#[test]
fn a_predecessor_goes_and_leaves_its_data() {
    let mut world = legacy_world();
    assert_eq!(setup(&mut world, &all(), "/quiet"), 0, "{:#?}", world.log);
    assert!(!world.services.contains_key("acmelegacy"));
    assert_eq!(world.services["acmeagent"].state, ServiceState::Running, "the own one of that name stays");
    assert!(world.registry.keys().all(|key| !key.contains("legacy")));
    assert_eq!(world.tree.get("C:\\Program Files\\Acme\\Legacy"), None);
    assert_eq!(world.content("C:\\Program Files\\Acme\\Agent\\legacy.exe"), None);
    assert!(world.content("C:\\Program Files\\Acme\\Agent\\mine.txt").is_some());
    assert_eq!(
        world.content("C:\\ProgramData\\Acme\\Agent\\deep\\b.db").as_deref(),
        Some(&b"data\\deep\\b.db"[..])
    );
    assert_eq!(setup(&mut world, &all(), "/quiet"), 0);
    assert_eq!(last(&world), "exit=0 action=none");
    // What is there already is not overwritten, also not next time.
    world.put("C:\\Program Files\\Acme\\Legacy\\data\\a.db", b"new");
    assert_eq!(setup(&mut world, &all(), "/quiet"), 0);
    assert_eq!(world.content("C:\\ProgramData\\Acme\\Agent\\a.db").as_deref(), Some(&b"data\\a.db"[..]));
    assert_eq!(world.tree.get("C:\\Program Files\\Acme\\Legacy"), None);
}

#[test]
fn every_failing_step_of_a_takeover_is_rolled_back() {
    fail_everywhere("takeover", &legacy_world(), |world| setup(world, &all(), "/quiet"));
}

#[test]
fn a_takeover_survives_the_loss_of_power_at_any_step() {
    power_off_everywhere("takeover", &legacy_world(), |world| setup(world, &all(), "/quiet"));
}

#[test]
fn while_a_predecessor_is_there_nothing_is_installed() {
    let refusing = replacing(|replaces| {
        replaces.services = ["AcmeLegacy".into()].into();
        replaces.refuse = true;
    });
    let mut world = legacy_world();
    let before = state(&world);
    assert_eq!(setup(&mut world, &refusing, "/quiet"), 1603);
    assert_eq!(world.said, ["Acme Legacy is on this computer: remove it first"]);
    assert_same(&before, &state(&world), "refused");
    assert_eq!(setup(&mut self::world(), &refusing, "/quiet"), 0);
}

fn with_entry(line: &str) -> World {
    let mut world = world();
    world.tree.insert(LEGACY, Node::Dir { protected: true, link: false });
    world.put(&std::format!("{LEGACY}\\un.exe"), b"un");
    let values = [(String::from("quietuninstallstring"), registry::string(SZ, line))];
    world.registry.insert(reg(&key(ENTRY)), values.into());
    world
}

#[test]
fn an_uninstaller_is_run_and_its_entry_waited_for() {
    let by_entry = replacing(|replaces| replaces.uninstall_entry = Some("AcmeLegacy".into()));
    let mut world = with_entry("C:\\Legacy\\un.exe remove acmelegacy");
    assert_eq!(setup(&mut world, &by_entry, "/quiet"), 0, "{:#?}", world.log);
    assert_eq!(world.runs[0], "un.exe remove acmelegacy");
    assert!(!world.registry.contains_key(&reg(&key(ENTRY))));
    for (line, told) in [
        ("C:\\Legacy\\un.exe fail 5", "ended with code 5"),
        ("C:\\Legacy\\un.exe stay put", "still there"),
        ("un.exe /S", "by its full path"),
    ] {
        let mut world = with_entry(line);
        let before = state(&world);
        assert_eq!(setup(&mut world, &by_entry, "/quiet"), 1603);
        assert!(world.said[0].contains(told), "{:?}", world.said);
        assert_same(&before, &state(&world), line);
    }
}

#[test]
fn products_of_windows_installer_and_what_cannot_come_back_go_too() {
    let mut world = world();
    let related = RelatedProduct { product_code: "{OLD}".into(), version: "1.0".into() };
    world.products.insert("{05050505-0505-0505-0505-050505050505}".into(), [related].into());
    world.put("D:\\Legacy\\a\\x.txt", b"x");
    world.firewall.insert(("legacy rule".into(), true), String::new());
    let by_code = replacing(|replaces| {
        replaces.upgrade_code = Some([5; 16]);
        replaces.files = [packager_shared::template::Template::text("D:\\Legacy\\")].into();
        replaces.firewall = ["Legacy rule".into()].into();
    });
    let bad = super::acts::running(&["fail", "1"], packager_shared::plan::run_at::AFTER_INSTALL, |_| {});
    let mut failing = by_code.clone();
    failing.plan.ops.extend(bad.plan.ops.iter().filter(|op| matches!(op, Op::Run(_))).cloned());
    assert_eq!(setup(&mut world, &failing, "/quiet"), 1603);
    assert!(world.content("D:\\Legacy\\a\\x.txt").is_some() && world.firewall.len() == 1);
    assert_eq!(setup(&mut world, &by_code, "/quiet"), 0, "{:#?}", world.log);
    assert_eq!(world.tree.get("D:\\Legacy"), None);
    assert!(!world.firewall.keys().any(|(name, _)| name == "legacy rule"));
    assert!(world.products.values().all(Vec::is_empty));
}

/// The bootstrap of release 2 in the Binary table of its MSI, run over release 1 that the engine installed.
fn replace_older(world: &mut World) -> u32 {
    world.put("C:\\Windows\\Temp\\MSI1.tmp", &product(2).installed());
    world.launch(
        "C:\\Windows\\Temp\\MSI1.tmp",
        "/msi replace upgrade /dir \"C:\\Program Files\\Acme\\Agent\\.\"",
    )
}

fn roll_back_replace(world: &mut World) -> u32 {
    world.launch(
        "C:\\Windows\\Temp\\MSI1.tmp",
        "/msi rollback-replace upgrade /dir \"C:\\Program Files\\Acme\\Agent\\.\"",
    )
}

fn without_msi(world: &World) -> Snapshot {
    let mut state = state(world);
    state.retain(|path, _| !path.contains("msi1.tmp"));
    state
}

#[test]
fn what_only_an_older_release_of_the_engines_has_goes_before_windows_installer_comes() {
    let (start, fresh) = (with(1), state(&with(2)));
    let before = state(&start);
    let mut world = start.clone();
    assert_eq!(replace_older(&mut world), 0, "{:#?}", world.log);
    let after = without_msi(&world);
    // Nothing is left that the new release has not; what both have is as it was.
    for (path, what) in &after {
        // Which services ran is remembered until the new ones are there.
        let work = path.contains("\\.upd") || path.ends_with("-> running");
        assert!(work || fresh.contains_key(path) || path.ends_with("\\acme"), "{path} is left: {what}");
        assert!(work || before.contains_key(path), "{path} is new: {what}");
    }
    for path in before.keys().filter(|path| fresh.contains_key(*path)) {
        // An INI file goes with its last value, and comes with the next; a service that changes is made anew.
        let anew = path.ends_with(".ini") || (path.starts_with("service ") && before[path] != fresh[path]);
        assert!(anew || after.contains_key(path), "{path} is gone");
    }
    assert!(!after.keys().any(|path| path == "service acmehelper"), "an older service stays");
    assert!(before.keys().filter(|path| !fresh.contains_key(*path)).count() > 2, "nothing to take over");
    assert_eq!(roll_back_replace(&mut world), 0);
    assert_same(&before, &without_msi(&world), "rolled back");
    // The work folder goes when Windows Installer commits.
    assert_eq!(replace_older(&mut world), 0);
    assert_eq!(world.launch(INSTALLED, "/msi commit upgrade"), 0, "{:#?}", world.log);
    assert!(without_msi(&world).keys().all(|path| !path.contains("\\.upd")));
}

#[test]
fn an_older_release_that_is_not_the_engines_or_not_to_be_trusted_is_left_alone() {
    let setup_key = reg(&key("SOFTWARE\\Acme\\com.acme.agent\\Setup"));
    for (name, value) in [("managedby", "msi"), ("digest", "0000"), ("installdir", "C:\\Elsewhere")] {
        let mut world = with(1);
        world.registry.get_mut(&setup_key).expect("there").insert(name.into(), registry::string(SZ, value));
        let files = |world: &World| {
            let mut state = without_msi(world);
            state.retain(|path, _| path.starts_with("c:\\program files\\acme\\agent\\"));
            state
        };
        let before = files(&world);
        let _ = replace_older(&mut world);
        if name != "installdir" {
            assert_same(&before, &files(&world), name);
        }
    }
    // The same release has nothing that this one has not.
    let mut world = with(2);
    let before = state(&world);
    assert_eq!(replace_older(&mut world), 0);
    assert_same(&before, &without_msi(&world), "the same release");
}

#[test]
fn every_failing_step_of_replacing_an_older_release_is_rolled_back() {
    let start = with(1);
    let before = state(&start);
    let mut good = start.clone();
    assert_eq!(replace_older(&mut good), 0);
    assert!(good.mutations > 10, "{}", good.mutations);
    for number in 0..good.mutations {
        for fault in [Fault::FailAt(number, 5), Fault::PowerOffAt(number)] {
            let mut world = start.clone();
            world.put("C:\\Windows\\Temp\\MSI1.tmp", &product(2).installed());
            world.fault = fault;
            let code = replace_older(&mut world);
            world.fault = Fault::None;
            if matches!(fault, Fault::PowerOffAt(_)) {
                world.restart();
            }
            // Windows Installer runs the rollback partner of an action that failed, or was cut off.
            assert_eq!(roll_back_replace(&mut world), 0);
            let mut after = without_msi(&world);
            after.retain(|path, _| !path.contains("\\.upd"));
            let mut wanted = before.clone();
            if matches!(fault, Fault::PowerOffAt(_)) {
                let mut calm = start.clone();
                calm.restart();
                wanted = state(&calm);
            }
            assert_same(
                &wanted,
                &after,
                &std::format!("{number} of {}, {code}: {:#?}", good.mutations, world.log),
            );
        }
    }
}
