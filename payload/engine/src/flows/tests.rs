//! Every flow on the simulated machine, and its way back at each failing step.

use std::collections::BTreeMap;
use std::string::String;
use std::vec::Vec;

use packager_shared::path::lower;
use packager_shared::state::FILE_TIME;

use crate::registry::{self, EXPAND_SZ, SZ};
use crate::sim::fixture::{Product, key, product};
use crate::sim::{Fault, Node, World, reg};
use crate::system::{RelatedProduct, ServiceState};

const SETUP: &str = "C:\\Users\\u\\setup.exe";
const DIR: &str = "C:\\Program Files\\Acme\\Agent";
const INSTALLED: &str = "C:\\Program Files\\Acme\\Agent\\autopcc.exe";
const ENVIRONMENT: &str = "SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment";

type Snapshot = BTreeMap<String, String>;

/// A figure for whoever reads the test run's output: shown also when the test passes.
fn report(line: &str) {
    use std::io::Write as _;
    let _ = std::io::stderr().write_all(std::format!("{line}\n").as_bytes());
}

fn world() -> World {
    let mut world = World::default();
    let values = [(String::from("path"), registry::string(EXPAND_SZ, "C:\\Windows;%X%"))];
    world.registry.insert(reg(&key(ENVIRONMENT)), values.into());
    for parent in
        ["SYSTEM\\CurrentControlSet\\Control\\Session Manager", "SYSTEM\\CurrentControlSet\\Control"]
    {
        world.registry.insert(reg(&key(parent)), BTreeMap::new());
    }
    world.registry.insert(reg(&key("SYSTEM\\CurrentControlSet")), BTreeMap::new());
    world.registry.insert(reg(&key("SYSTEM")), BTreeMap::new());
    for windows in [
        "Microsoft\\Windows\\CurrentVersion\\Uninstall",
        "Microsoft\\Windows\\CurrentVersion",
        "Microsoft\\Windows",
        "Microsoft",
    ] {
        world.registry.insert(reg(&key(&std::format!("SOFTWARE\\{windows}"))), BTreeMap::new());
    }
    let list = [(String::from("list"), registry::strings(&["theirs".into()]))];
    world.registry.insert(reg(&key("SOFTWARE\\Foreign")), list.into());
    world.registry.insert(reg(&key("SOFTWARE")), BTreeMap::new());
    world
}

/// A machine with what the product removes: on install a key, on uninstall another.
fn littered(mut world: World) -> World {
    for (path, name) in [
        ("SOFTWARE\\Acme\\Before", "a"),
        ("SOFTWARE\\Acme\\Before\\Deep", "b"),
        ("SOFTWARE\\Acme\\Agent\\Written", "c"),
        ("SOFTWARE\\Acme\\Agent\\Written\\Deep", ""),
        ("SOFTWARE\\Acme\\Agent", "d"),
        ("SOFTWARE\\Acme", "e"),
    ] {
        let values = world.registry.entry(reg(&key(path))).or_default();
        values.insert(String::from(name), registry::string(SZ, name));
    }
    world
}

fn setup(world: &mut World, product: &Product, arguments: &str) -> u32 {
    world.put(SETUP, &product.setup());
    world.launch(SETUP, arguments)
}

/// A machine with a version installed.
fn with(version: u16) -> World {
    let mut world = world();
    assert_eq!(setup(&mut world, &product(version), "/quiet"), 0, "{:#?}", world.log);
    world
}

/// What there is but for the setup program and shares.
fn state(world: &World) -> Snapshot {
    let mut out = world.snapshot();
    out.retain(|path, _| {
        !path.starts_with("c:\\users\\u\\setup") && !path.starts_with("\\\\") && !path.is_empty()
    });
    out
}

fn value(world: &World, path: &str, name: &str) -> Option<String> {
    let value = world.registry.get(&reg(&key(path)))?.get(&lower(name))?;
    registry::as_string(value)
}

fn assert_same(a: &Snapshot, b: &Snapshot, context: &str) {
    let differences: Vec<_> = a
        .iter()
        .filter(|(path, text)| b.get(*path) != Some(text))
        .chain(b.iter().filter(|(path, _)| !a.contains_key(*path)))
        .collect();
    assert!(differences.is_empty(), "{context}: {differences:#?}");
}

fn last(world: &World) -> &str {
    world.log.last().map_or("", String::as_str)
}

#[test]
fn a_fresh_install_makes_everything_true() {
    let world = with(1);
    let one = product(1);
    assert!(world.tree.get(&std::format!("{DIR}\\kiosk")).is_none(), "only kiosks have it");
    for (path, content, _) in one.files.iter().filter(|(path, _, keep)| !path.starts_with("kiosk") && !keep) {
        let path = std::format!("{DIR}\\{path}");
        assert_eq!(world.content(&path).as_ref(), Some(content), "{path}");
        let time = match world.tree.get(&path) {
            Some(Node::File { modified, protected, .. }) => (*modified, *protected),
            _ => (0, true),
        };
        assert_eq!(time, (FILE_TIME, false), "{path} has the fixed time and its folder's rights");
    }
    assert_eq!(world.content(INSTALLED), Some(one.installed()));
    let current = "SOFTWARE\\Acme\\com.acme.agent\\CurrentVersion";
    assert_eq!(
        value(&world, current, "Application Path").as_deref(),
        Some("C:\\Program Files\\Acme\\Agent\\")
    );
    assert_eq!(
        value(&world, ENVIRONMENT, "Path").as_deref(),
        Some("C:\\Windows;%X%;C:\\Program Files\\Acme\\Agent\\bin")
    );
    assert_eq!(world.registry[&reg(&key(ENVIRONMENT))]["path"].kind, EXPAND_SZ);
    assert_eq!(world.registry[&reg(&key(ENVIRONMENT))]["acme_home"].kind, SZ);
    assert_eq!(
        value(&world, "SOFTWARE\\Acme\\com.acme.agent\\Setup", "ManagedBy").as_deref(),
        Some("engine")
    );
    assert_eq!(
        value(&world, "SOFTWARE\\Acme\\com.acme.agent\\Setup\\Settings", "GROUP").as_deref(),
        Some("standard")
    );
    let entry = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\com.acme.agent";
    assert_eq!(
        value(&world, entry, "QuietUninstallString").as_deref(),
        Some("\"C:\\Program Files\\Acme\\Agent\\autopcc.exe\" /uninstall /quiet")
    );
    let service = &world.services["acmeagent"];
    assert_eq!(service.state, ServiceState::Running);
    assert_eq!(
        service.config.image_path,
        "\"C:\\Program Files\\Acme\\Agent\\bin\\agent.exe\" --server standard"
    );
    assert!(world.tree.get("C:\\ProgramData\\Start\\Acme\\Agent.lnk").is_some());
    assert!(world.tree.get("C:\\Program Files\\Acme\\Agent\\.upd").is_none());
    assert_eq!(world.broadcasts, 1);
    assert_eq!(last(&world), "exit=0 action=install");
}

#[test]
fn uninstall_leaves_the_machine_as_it_was_but_for_kept_files() {
    let before = state(&world());
    let mut world = with(1);
    assert_eq!(world.launch(INSTALLED, "/uninstall /quiet"), 0, "{:#?}", world.log);
    assert_eq!(last(&world), "exit=0 action=uninstall");
    let grave = world.at_restart.first().cloned().expect("the running image is buried");
    assert!(grave.starts_with("C:\\Windows\\Temp\\"));
    assert!(world.tree.is_protected(packager_shared::path::parent(&grave).expect("a folder")));
    world.restart();
    let after = state(&world);
    let kept: Vec<&String> = after.keys().filter(|path| !before.contains_key(*path)).collect();
    let folder = "c:\\program files\\acme";
    assert_eq!(
        kept,
        [
            folder,
            &[folder, "\\agent"].concat(),
            &[folder, "\\agent\\conf"].concat(),
            &[folder, "\\agent\\conf\\agent.toml"].concat()
        ]
    );
    assert!(before.iter().all(|(path, text)| after.get(path) == Some(text)));
}

#[test]
fn what_is_removed_on_install_goes_then_and_the_rest_on_uninstall_alone() {
    let there = |world: &World, path: &str| world.registry.contains_key(&reg(&key(path)));
    let mut world = littered(world());
    for version in [1, 2] {
        assert_eq!(setup(&mut world, &product(version), "/quiet"), 0, "{:#?}", world.log);
        assert!(!there(&world, "SOFTWARE\\Acme\\Before") && !there(&world, "SOFTWARE\\Acme\\Before\\Deep"));
        assert!(there(&world, "SOFTWARE\\Acme\\Agent\\Written\\Deep"), "an upgrade is no uninstall");
    }
    assert_eq!(world.launch(INSTALLED, "/uninstall /quiet"), 0, "{:#?}", world.log);
    assert!(!there(&world, "SOFTWARE\\Acme\\Agent\\Written"));
    assert_eq!(value(&world, "SOFTWARE\\Acme\\Agent", "d").as_deref(), Some("d"));
}

#[test]
fn strings_stand_beside_those_of_others() {
    let list = |world: &World| {
        registry::as_strings(&world.registry[&reg(&key("SOFTWARE\\Foreign"))]["list"]).join(",")
    };
    let mut world = with(1);
    assert_eq!(list(&world), "theirs,ours");
    assert_eq!(setup(&mut world, &product(2), "/quiet"), 0);
    assert_eq!(list(&world), "ours,theirs");
    assert_eq!(world.launch(INSTALLED, "/uninstall /quiet"), 0);
    assert_eq!(list(&world), "theirs");

    let mut world = self::world();
    let values = world.registry.get_mut(&reg(&key("SOFTWARE\\Foreign"))).expect("the key");
    values.insert("list".into(), registry::string(SZ, "no list"));
    let before = state(&world);
    assert_eq!(setup(&mut world, &product(1), "/quiet"), 1603, "what it is nobody knows");
    assert_same(&before, &state(&world), "no list");
}

#[test]
fn without_kept_files_nothing_at_all_is_left() {
    let mut one = product(1);
    one.files.retain(|(_, _, keep)| !keep);
    let mut world = world();
    let before = state(&world);
    assert_eq!(setup(&mut world, &one, "/quiet"), 0);
    assert_eq!(setup(&mut world, &one, "/uninstall /S"), 0, "{:#?}", world.log);
    assert!(world.at_restart.is_empty(), "the installed bootstrap does not run");
    assert_same(&before, &state(&world), "uninstalled");
    assert_eq!(setup(&mut world, &one, "/uninstall /quiet"), 1605);
}

#[test]
fn an_upgrade_equals_a_fresh_install() {
    let mut world = with(1);
    world.put(&std::format!("{DIR}\\conf\\agent.toml"), b"edited");
    assert_eq!(setup(&mut world, &product(2), "/quiet"), 0, "{:#?}", world.log);
    assert_eq!(last(&world), "exit=0 action=upgrade");
    let config = std::format!("{DIR}\\conf\\agent.toml");
    assert_eq!(world.content(&config).as_deref(), Some(&b"edited"[..]));
    let mut fresh = with(2);
    for world in [&mut world, &mut fresh] {
        world.tree.remove(&config);
    }
    assert_same(&state(&fresh), &state(&world), "upgraded");
}

#[test]
fn the_same_version_again_writes_nothing_and_repairs_what_differs() {
    let mut world = with(1);
    let before = state(&world);
    assert_eq!(setup(&mut world, &product(1), "/quiet"), 0);
    assert_eq!((last(&world), world.mutations), ("exit=0 action=none", 0));
    // Same size, same time: only a hash finds it.
    let file = std::format!("{DIR}\\bin\\same.dll");
    world.clock = FILE_TIME;
    world.put(&file, &[b'x'; 40_000]);
    world.tree.remove(&std::format!("{DIR}\\bin\\agent.exe"));
    world.registry.remove(&reg(&key("SOFTWARE\\Acme\\Gone")));
    assert_eq!(setup(&mut world, &product(1), "/repair /quiet"), 0);
    assert_eq!(last(&world), "exit=0 action=repair");
    assert_same(&before, &state(&world), "repaired");
}

#[test]
fn settings_are_remembered_cleared_and_reset() {
    let server =
        |world: &World| value(world, "SOFTWARE\\Acme\\Agent\\Settings", "Server").unwrap_or_default();
    let group = |world: &World| {
        value(world, "SOFTWARE\\Acme\\com.acme.agent\\Setup\\Settings", "GROUP").unwrap_or_default()
    };
    let mut world = world();
    assert_eq!(setup(&mut world, &product(1), "/quiet /site Paris group=kiosk"), 0);
    assert_eq!((server(&world), group(&world)), ("paris".into(), "kiosk".into()));
    assert_eq!(setup(&mut world, &product(2), "/quiet SERVER=\"a b\""), 0);
    assert_eq!((server(&world), group(&world)), ("a b".into(), "kiosk".into()));
    assert_eq!(setup(&mut world, &product(2), "/quiet SERVER= /clear GROUP"), 0);
    assert_eq!((server(&world), group(&world)), (String::new(), "standard".into()));
    assert_eq!(setup(&mut world, &product(2), "/quiet"), 0);
    assert_eq!((server(&world), world.mutations), (String::new(), 0));
    for bad in ["OTHER=1", "/site london", "/nonsense", "/clear OTHER"] {
        let before = state(&world);
        assert_eq!(setup(&mut world, &product(2), &std::format!("/quiet {bad}")), 1639, "{bad}");
        assert_same(&before, &state(&world), bad);
    }
    assert!(world.log.iter().all(|line| !line.contains("a b")));
}

#[test]
fn refusals_change_nothing() {
    let newer = with(2);
    let mut msi = world();
    let related = RelatedProduct { product_code: "{CODE}".into(), version: "1.0.0".into() };
    msi.products.insert("{07070707-0707-0707-0707-070707070707}".into(), [related].into());
    let mut user = world();
    user.administrator = false;
    let mut old_windows = world();
    old_windows.machine.version = (5, 1, 2600);
    let mut busy = world();
    busy.locked = true;
    let mut full = world();
    full.free = 1000;
    let mut cancelled = world();
    cancelled.cancelled = true;
    let mut least = product(1);
    least.plan.platform.dotnet_release = Some(461_808);
    least.plan.platform.free_megabytes = 5;
    let dotnet = "SOFTWARE\\Microsoft\\NET Framework Setup\\NDP\\v4\\Full";
    let mut old_dotnet = world();
    let mut new_dotnet = world();
    for (world, release) in [(&mut old_dotnet, 461_807), (&mut new_dotnet, 461_808)] {
        let values = [(String::from("release"), registry::dword(release))];
        world.registry.insert(reg(&key(dotnet)), values.into());
        world.free = 4 << 20;
    }
    for (world, exit) in [(world(), 1633), (old_dotnet, 1633), (new_dotnet.clone(), 112)] {
        let mut world = world;
        let before = state(&world);
        assert_eq!(setup(&mut world, &least, "/quiet"), exit, "{:#?}", world.log);
        assert_same(&before, &state(&world), "the least");
    }
    new_dotnet.free = 16 << 20;
    assert_eq!(setup(&mut new_dotnet, &least, "/quiet"), 0);
    for (name, world, exit) in [
        ("newer", newer, 1638),
        ("msi", msi, 1638),
        ("user", user, 740),
        ("windows", old_windows, 1633),
        ("busy", busy, 1618),
        ("full", full, 112),
        ("cancelled", cancelled, 1602),
    ] {
        let mut world = world;
        let before = state(&world);
        assert_eq!(setup(&mut world, &product(1), "/quiet"), exit, "{name}: {:#?}", world.log);
        assert_same(&before, &state(&world), name);
        assert_eq!(last(&world), std::format!("exit={exit} action=failed"));
        if name == "msi" {
            assert!(world.said[0].contains("msiexec /x {CODE}"));
        }
    }
}

#[test]
fn people_are_asked_for_rights_and_told_what_would_be_done() {
    let mut world = world();
    world.administrator = false;
    world.child_code = 3010;
    assert_eq!(setup(&mut world, &product(1), "/whatif"), 0);
    assert!(world.said[0].starts_with("would install"));
    assert_eq!(setup(&mut world, &product(1), "SERVER=\"a \\\" b\" /norestart"), 3010);
    assert_eq!(world.elevated, ["\"SERVER=a \\\" b\" /norestart"]);
    assert_eq!(setup(&mut world, &product(1), "/version /quiet"), 0);
    assert_eq!(world.said, ["1.0.0"]);
    assert_eq!(setup(&mut world, &product(1), "/?"), 0);
    assert_eq!(world.tree.get(DIR), None);
}

#[test]
fn a_service_gets_all_that_is_said_of_it() {
    let world = with(2);
    let helper = &world.services["acmehelper"];
    assert_eq!(helper.state, ServiceState::Stopped, "it did not run before");
    assert_eq!(helper.config.account, "ACME\\standard");
    assert_eq!(helper.config.password.as_deref(), Some("standard"));
    assert_eq!(helper.config.preshutdown_ms, Some(2_000));
    let recovery = helper.config.recovery.as_ref().expect("recovery");
    assert_eq!((recovery.reset_after_s, &recovery.actions[..]), (60, &[(1, 1_000), (1, 1_000), (0, 0)][..]));
    let told = world.log.iter().find(|line| line.contains("ervice") && line.contains("standard"));
    assert_eq!(told, None, "the account and its password are not for the log");
    // Nothing to do the second time: a password that nobody can read back is not set again.
    let mut again = world.clone();
    assert_eq!(setup(&mut again, &product(2), "/repair /quiet"), 0);
    assert_eq!(again.services, world.services);
    assert!(again.log.iter().all(|line| !line.contains("service")), "{:#?}", again.log);
    assert_eq!(setup(&mut again, &product(2), "/quiet GROUP=eve"), 0);
    assert_eq!(again.services["acmehelper"].config.password.as_deref(), Some("eve"));
}

#[test]
fn what_ran_runs_again_after_an_update_also_services_of_others() {
    let mut world = with(1);
    let foreign = |depends: &str| {
        let mut service = world.services["acmeagent"].clone();
        service.config.depends = [depends.into()].into();
        service
    };
    let (first, second, third) = (foreign("AcmeAgent"), foreign("First"), foreign("Other"));
    world.services.extend([("first".into(), first), ("second".into(), second), ("third".into(), third)]);
    world.services.get_mut("acmehelper").expect("there").state = ServiceState::Running;
    let running = |world: &World| {
        let names = world.services.iter().filter(|(_, s)| s.state == ServiceState::Running);
        names.map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    let all = ["acmeagent", "acmehelper", "first", "second", "third"];
    assert_eq!(running(&world), all);
    assert_eq!(setup(&mut world, &product(2), "/quiet"), 0, "{:#?}", world.log);
    assert_eq!(running(&world), all);
    let stops: Vec<_> = world.log.iter().filter_map(|line| line.strip_prefix("stopping service ")).collect();
    assert_eq!(stops.len(), 4, "{stops:?}");
    let place = |name: &str| stops.iter().position(|stop| stop.eq_ignore_ascii_case(name));
    assert!(place("second") < place("first") && place("first") < place("acmeagent"), "{stops:?}");
    // What is not ours may refuse to start: that is no reason to bring everything back.
    let mut ours = with(1);
    ours.services.get_mut("acmehelper").expect("there").state = ServiceState::Running;
    fail_everywhere("upgrade", &ours, |world| setup(world, &product(2), "/quiet GROUP=eve"));
    assert_eq!(world.launch(INSTALLED, "/uninstall /quiet"), 0);
    assert_eq!(running(&world), ["third"]);
}

/// A machine whose purged folder is full: files, one of them in use, folders, and a junction to somebody else's.
fn with_full_folder() -> World {
    let mut world = with(1);
    let folder = "C:\\ProgramData\\Acme\\Secret";
    for file in ["a.log", "deep\\er\\b.log", "deep\\c.log"] {
        world.put(&std::format!("{folder}\\{file}"), b"log");
    }
    world.make_link(&std::format!("{folder}\\deep\\link"));
    world.put(&std::format!("{folder}\\deep\\link\\precious.txt"), b"somebody else's");
    world.running.insert(lower(&std::format!("{folder}\\deep\\c.log")));
    world
}

#[test]
fn a_purged_folder_goes_with_all_that_is_in_it_but_not_on_an_update() {
    let mut world = with_full_folder();
    assert_eq!(setup(&mut world, &product(2), "/quiet"), 0);
    assert!(world.content("C:\\ProgramData\\Acme\\Secret\\deep\\er\\b.log").is_some());
    let mut world = with_full_folder();
    assert_eq!(world.launch(INSTALLED, "/uninstall /quiet"), 0, "{:#?}", world.log);
    world.restart();
    let mut left = state(&world);
    left.retain(|path, _| path.contains("acme\\secret"));
    let precious = "c:\\programdata\\acme\\secret\\deep\\link\\precious.txt";
    assert_eq!(left.keys().collect::<Vec<_>>(), [precious], "what a link leads to is not ours");
    // A link in the place of a folder above, or of the folder itself, is no way to somebody else's files.
    for (link, gone) in [("C:\\ProgramData\\Acme", false), ("C:\\ProgramData\\Acme\\Secret", true)] {
        let mut world = with_full_folder();
        world.make_link(link);
        assert_eq!(world.launch(INSTALLED, "/uninstall /quiet"), 0);
        assert!(world.content("C:\\ProgramData\\Acme\\Secret\\a.log").is_some(), "{link}");
        assert_eq!(world.tree.get(link).is_none(), gone, "{link}");
    }
}

#[test]
fn a_purged_folder_survives_a_failing_uninstall_and_goes_after_a_loss_of_power() {
    let mut world = with_full_folder();
    world.running.clear();
    power_off_everywhere("purge", &world, |world| world.launch(INSTALLED, "/uninstall /quiet"));
    let before = state(&world);
    world.fault = Fault::FailAt(40, 5);
    assert_ne!(world.launch(INSTALLED, "/uninstall /quiet"), 0);
    world.fault = Fault::None;
    assert_same(&before, &state(&world), "rolled back");
}

#[test]
fn extract_needs_no_rights() {
    let mut world = world();
    world.administrator = false;
    assert_eq!(setup(&mut world, &product(1), "/extract C:\\Users\\u\\out /quiet"), 0, "{:#?}", world.log);
    for (path, content, _) in &product(1).files {
        assert_eq!(world.content(&std::format!("C:\\Users\\u\\out\\{path}")).as_ref(), Some(content));
    }
    assert_eq!(world.content("C:\\Users\\u\\out\\autopcc.exe"), Some(product(1).installed()));
    assert_ne!(setup(&mut world, &product(1), "/extract C:\\Users\\u\\out /quiet"), 0);
}

#[test]
fn another_folder_can_be_chosen_once() {
    let mut world = world();
    assert_eq!(setup(&mut world, &product(1), "/quiet /dir D:\\Tools\\Agent\\"), 0, "{:#?}", world.log);
    assert!(world.content("D:\\Tools\\Agent\\bin\\agent.exe").is_some());
    assert_eq!(setup(&mut world, &product(2), "/quiet"), 0);
    assert!(world.content("D:\\Tools\\Agent\\new\\deep\\come.txt").is_some());
    assert_eq!(setup(&mut world, &product(2), "/quiet /dir C:\\Other"), 1639);
    for bad in ["relative", "\\\\server\\x", "C:\\", "C:\\a\\..\\b"] {
        assert_eq!(setup(&mut self::world(), &product(1), &std::format!("/quiet /dir {bad}")), 1639, "{bad}");
    }
    assert_eq!(world.launch("D:\\Tools\\Agent\\autopcc.exe", "/uninstall /quiet"), 0);
    assert!(world.at_restart[0].starts_with("D:\\"));
}

#[test]
fn a_file_in_use_ends_with_32_and_everything_as_it_was() {
    let mut world = with(1);
    for file in ["bin\\agent.exe", "old\\gone.txt"] {
        world.held.clear();
        world.hold(&std::format!("{DIR}\\{file}"), "editor.exe");
        let before = state(&world);
        assert_eq!(setup(&mut world, &product(2), "/quiet"), 32, "{:#?}", world.log);
        assert_same(&before, &state(&world), file);
    }
    world.held.clear();
    assert_eq!(setup(&mut world, &product(2), "/quiet"), 0);
}

#[test]
fn junctions_are_not_followed() {
    for folder in ["C:\\Program Files\\Acme", DIR, "C:\\Program Files\\Acme\\Agent\\bin"] {
        let mut world = world();
        let parents = ["C:\\Program Files\\Acme", DIR];
        for parent in parents.iter().take_while(|parent| **parent != folder) {
            world.tree.insert(parent, Node::Dir { protected: false, link: false });
        }
        world.make_link(folder);
        let before = state(&world);
        assert_eq!(setup(&mut world, &product(1), "/quiet"), 1603, "{folder}");
        assert_same(&before, &state(&world), folder);
    }
}

#[test]
fn damage_is_found_before_anything_is_touched() {
    let mut world = world();
    let before = state(&world);
    let setup = product(1).setup();
    for at in (0x210..setup.len()).step_by(97) {
        let mut bad = setup.clone();
        bad[at] ^= 0x10;
        world.put(SETUP, &bad);
        assert_eq!(world.launch(SETUP, "/quiet"), 1620, "byte {at}");
    }
    world.put(SETUP, &setup[..setup.len() - 8]);
    assert_eq!(world.launch(SETUP, "/quiet"), 1620);
    world.put(SETUP, &setup[..0x210]);
    assert_eq!(world.launch(SETUP, "/quiet"), 1620);
    assert_same(&before, &state(&world), "damaged");
}

/// Runs `act` on copies of a machine, failing its first, second, … mutating call. Success must give the state of an
/// undisturbed run, failure the old state.
fn fail_everywhere(name: &str, start: &World, act: impl Fn(&mut World) -> u32) {
    let mut good = start.clone();
    assert_eq!(act(&mut good), 0, "{name}: {:#?}", good.log);
    let (old, new) = (state(start), state(&good));
    let total = good.mutations;
    assert!(total > 20, "{name} does too little to be a test: {total}");
    let mut committed = 0;
    for number in 0..total {
        let mut world = start.clone();
        world.fault = Fault::FailAt(number, 5);
        let code = act(&mut world);
        world.fault = Fault::None;
        let context = std::format!("{name}, call {number} of {total}: {:#?}", world.log);
        if code == 0 {
            committed += 1;
            // What could not be cleaned up may lie about; nothing else may differ.
            let mut after = state(&world);
            let waste = |path: &str| path.contains("\\.upd") || path.contains("\\~removed-");
            after.retain(|path, text| !waste(path) && (new.contains_key(path) || !text.starts_with("dir")));
            let mut wanted = new.clone();
            wanted.retain(|path, _| !waste(path));
            assert_same(&wanted, &after, &context);
        } else {
            assert_same(&old, &state(&world), &context);
        }
    }
    assert!(committed < total / 2, "{name}: {committed} of {total} failures were shrugged off");
}

#[test]
fn every_failing_step_of_an_install_is_rolled_back() {
    fail_everywhere("install", &littered(world()), |world| setup(world, &product(1), "/quiet"));
}

#[test]
fn every_failing_step_of_an_upgrade_is_rolled_back() {
    fail_everywhere("upgrade", &with(1), |world| setup(world, &product(2), "/quiet SERVER=x GROUP=kiosk"));
}

#[test]
fn every_failing_step_of_an_uninstall_is_rolled_back() {
    fail_everywhere("uninstall", &littered(with(1)), |world| world.launch(INSTALLED, "/uninstall /quiet"));
}

/// Runs `act` on copies of a machine, cutting the power before its first, second, … mutating call, and recovers:
/// the machine is in the old or the new state then, and with the journal gone it stays so.
fn power_off_everywhere(name: &str, start: &World, act: impl Fn(&mut World) -> u32) {
    let mut good = start.clone();
    assert_eq!(act(&mut good), 0, "{name}: {:#?}", good.log);
    let total = good.mutations;
    good.restart();
    let mut calm = start.clone();
    calm.restart();
    let (old, new) = (state(&calm), state(&good));
    let (mut back, mut forward) = (0, 0);
    for number in 0..total {
        let mut world = start.clone();
        world.fault = Fault::PowerOffAt(number);
        act(&mut world);
        world.restart();
        // Recovery is cut off too, anywhere, and done again.
        let mut again = world.clone();
        let recover = |world: &mut World| {
            let scope = packager_shared::plan::Scope::Machine;
            while crate::transaction::journal::recover(world, DIR, scope).expect("recovers") {}
        };
        recover(&mut world);
        let steps = world.mutations;
        let mut ends = std::vec![world];
        for cut in (0..steps).step_by(1 + steps as usize / 7) {
            let mut world = again.clone();
            world.fault = Fault::PowerOffAt(cut);
            let _ =
                crate::transaction::journal::recover(&mut world, DIR, packager_shared::plan::Scope::Machine);
            world.restart();
            recover(&mut world);
            ends.push(world);
        }
        again.log.clear();
        for mut world in ends {
            world.restart();
            let mut after = state(&world);
            // An orphaned work folder and folders made for it are the next run's to remove.
            after.retain(|path, text| {
                let waste = path.contains("\\.upd") || path.contains("\\~removed-");
                !waste && (!text.starts_with("dir") || old.contains_key(path) || new.contains_key(path))
            });
            let without_dirs = |state: &Snapshot| {
                let mut state = state.clone();
                state.retain(|path, text| !text.starts_with("dir") || after.contains_key(path));
                state
            };
            let (old, new) = (without_dirs(&old), without_dirs(&new));
            after.retain(|path, text| {
                !text.starts_with("dir") || (old.contains_key(path) && new.contains_key(path))
            });
            let common = |state: &Snapshot| {
                let mut state = state.clone();
                state.retain(|path, text| !text.starts_with("dir") || after.contains_key(path));
                state
            };
            if after == common(&old) {
                back += 1;
            } else {
                assert_same(&common(&new), &after, &std::format!("{name}, call {number} of {total}"));
                forward += 1;
            }
        }
    }
    assert!(back > 20 && forward > 3, "{name}: {back} back, {forward} forward");
}

#[test]
fn an_install_survives_the_loss_of_power_at_any_step() {
    power_off_everywhere("install", &littered(world()), |world| setup(world, &product(1), "/quiet"));
}

#[test]
fn an_upgrade_survives_the_loss_of_power_at_any_step() {
    power_off_everywhere("upgrade", &with(1), |world| {
        setup(world, &product(2), "/quiet SERVER=x GROUP=kiosk")
    });
}

#[test]
fn an_uninstall_survives_the_loss_of_power_at_any_step() {
    power_off_everywhere("uninstall", &littered(with(1)), |world| {
        world.launch(INSTALLED, "/uninstall /quiet")
    });
}

#[test]
fn a_journal_that_others_could_write_is_not_trusted() {
    let mut world = with(1);
    world.put(&std::format!("{DIR}\\.upd\\J"), b"PKGJRNL\x01");
    world.open.insert(lower(&std::format!("{DIR}\\.upd")));
    let before = state(&world);
    assert_eq!(setup(&mut world, &product(2), "/quiet"), 1603);
    assert!(world.said[0].contains("others than administrators"));
    assert_same(&before, &state(&world), "foreign journal");
}

mod acts;
mod attacks;
mod bootstrap;
mod config;
mod cost;
mod decisions;
mod in_use;
mod record;
mod removed_files;
mod rights;
mod rules;
mod scenarios;
mod secrets;
mod solid;
mod takeover;
mod tampering;
mod web;
mod when;
