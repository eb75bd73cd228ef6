//! The bootstrap, on a share and installed.

use super::*;
use packager_shared::plan::View;
use packager_shared::{overlay, release};

const SHARE: &str = "\\\\server\\share";
const TEMP: &str = "C:\\Windows\\Temp";

fn publish(world: &mut World, product: &Product) -> String {
    product.publish(world, SHARE)
}

fn engine_state(world: &World) -> Snapshot {
    state(world)
}

#[test]
fn an_update_equals_a_fresh_install_and_copies_only_what_changed() {
    for from_share in [true, false] {
        let mut world = with(1);
        let bootstrap = publish(&mut world, &product(2));
        let program = if from_share { bootstrap.as_str() } else { INSTALLED };
        assert_eq!(world.launch(program, "-u /quiet"), 0, "{:#?}", world.log);
        assert_eq!(last(&world), "exit=0 action=update");
        let wrote = |file: &str| world.log.contains(&std::format!("wrote {DIR}\\{file}"));
        assert!(wrote("bin\\agent.exe") && !wrote("bin\\same.dll"));
        world.restart();
        assert_same(&engine_state(&with(2)), &engine_state(&world), program);
        // Again: one small read, nothing written, no rights needed.
        world.administrator = false;
        assert_eq!(world.launch(&bootstrap, "/quiet"), 0);
        assert_eq!((last(&world), world.mutations), ("exit=0 action=none", 0));
        assert!(world.bytes_read < 8_000, "{} bytes", world.bytes_read);
    }
}

#[test]
fn every_failing_step_of_an_update_is_rolled_back() {
    let mut start = with(1);
    publish(&mut start, &product(2));
    fail_everywhere("update", &start, |world| world.launch(INSTALLED, "-u /quiet"));
}

#[test]
fn an_update_survives_the_loss_of_power_at_any_step() {
    let mut start = with(1);
    publish(&mut start, &product(2));
    power_off_everywhere("update", &start, |world| world.launch(INSTALLED, "-u /quiet"));
}

#[test]
fn a_cut_off_update_is_brought_to_its_end_by_the_next_run() {
    let mut start = with(1);
    let bootstrap = publish(&mut start, &product(2));
    let mut good = start.clone();
    good.launch(INSTALLED, "-u /quiet");
    let (total, new) = (good.mutations, {
        good.restart();
        engine_state(&good)
    });
    let mut user_runs = 0;
    for number in (0..total).step_by(3) {
        let mut world = start.clone();
        world.fault = Fault::PowerOffAt(number);
        world.launch(INSTALLED, "-u /quiet");
        world.restart();
        // Who may not change the machine does not, and says so.
        let pending = crate::transaction::journal::is_pending(&mut world, DIR);
        world.administrator = false;
        let code = world.launch(&bootstrap, "/quiet");
        assert!(code == 740 || (code == 0 && !pending), "{number}: {code}");
        user_runs += u32::from(code == 740);
        world.administrator = true;
        assert_eq!(world.launch(&bootstrap, "/quiet"), 0, "{number}: {:#?}", world.log);
        world.restart();
        let mut after = engine_state(&world);
        let waste = |path: &str| path.contains("\\~removed-");
        after.retain(|path, text| !waste(path) && (!text.starts_with("dir") || new.contains_key(path)));
        assert_same(&new, &after, &std::format!("call {number}"));
    }
    assert!(user_runs > 10);
}

#[test]
fn force_finds_what_only_a_hash_tells() {
    let mut world = with(1);
    let bootstrap = publish(&mut world, &product(1));
    let before = engine_state(&world);
    world.clock = FILE_TIME;
    world.put(&std::format!("{DIR}\\bin\\same.dll"), &[b'x'; 40_000]);
    assert_eq!(world.launch(&bootstrap, "/quiet"), 0);
    assert_eq!(last(&world), "exit=0 action=none");
    assert_eq!(world.launch(&bootstrap, "-f -u /quiet"), 0, "{:#?}", world.log);
    assert_eq!(last(&world), "exit=0 action=update");
    assert_same(&before, &engine_state(&world), "forced");
    assert_eq!(world.launch(&bootstrap, "-f /quiet"), 0);
    assert_eq!((last(&world), world.mutations), ("exit=0 action=none", 0));
}

#[test]
fn older_releases_need_force_and_the_floor_holds() {
    let mut world = with(2);
    let bootstrap = publish(&mut world, &product(1));
    let before = engine_state(&world);
    assert_eq!(world.launch(&bootstrap, "/quiet"), 1638);
    assert_same(&before, &engine_state(&world), "older");
    assert_eq!(world.launch(&bootstrap, "-f /quiet"), 0, "{:#?}", world.log);
    assert_same(&engine_state(&with(1)), &engine_state(&world), "forced down");
    // The installed release has signed a floor above the share's serial.
    let mut floored = product(3);
    floored.plan.bootstrap.floor = 2;
    assert_eq!(setup(&mut world, &floored, "/quiet"), 0);
    assert_eq!(world.launch(&bootstrap, "-f /quiet"), 1620);
    assert_eq!(world.launch(INSTALLED, "-f -u /quiet"), 1620);
}

#[test]
fn a_changed_share_is_refused_and_the_target_untouched() {
    let good = {
        let mut world = with(1);
        publish(&mut world, &product(2));
        world
    };
    let folder = "\\\\server\\share\\files\\2\\x64";
    for (file, exit) in [
        ("\\\\server\\share\\release.idx", 1620),
        (&*std::format!("{folder}\\files.idx"), 1620),
        (&*std::format!("{folder}\\plan.bin"), 1620),
        (&*std::format!("{folder}\\bin\\agent.exe"), 1620),
        (&*std::format!("{folder}\\autopcc.exe"), 1620),
    ] {
        let mut world = good.clone();
        let mut content = world.content(file).expect("there");
        let middle = content.len() / 2;
        content[middle] ^= 1;
        world.put(file, &content);
        let before = engine_state(&world);
        assert_eq!(world.launch(INSTALLED, "-u /quiet"), exit, "{file}: {:#?}", world.log);
        assert_same(&before, &engine_state(&world), file);
        world.tree.remove(file);
        assert_eq!(world.launch(INSTALLED, "-u /quiet"), 1619, "{file} is gone");
        // What was staged before is kept for when the share is whole again; nothing else.
        let mut after = engine_state(&world);
        after.retain(|path, _| !path.starts_with(&*std::format!("{}\\.upd", lower(DIR))));
        assert_same(&before, &after, file);
        in_use::assert_only_staged(&world);
    }
}

#[test]
fn a_first_install_runs_the_package_from_a_verified_copy() {
    let mut world = world();
    let bootstrap = publish(&mut world, &product(1));
    world.child_code = 3010;
    assert_eq!(world.launch(&bootstrap, "/quiet SERVER=x /log C:\\l.txt"), 3010, "{:#?}", world.log);
    assert_eq!(last(&world), "exit=3010 action=setup");
    let (program, line) = &world.ran[0];
    assert!(program.starts_with(TEMP) && program.ends_with("\\agent-setup.exe"));
    assert_eq!(line, "/quiet /log C:\\l.txt.setup.log SERVER=x");
    assert_eq!(world.ran_images[0], product(1).setup());
    assert!(world.tree.children(TEMP).is_empty());
    // A changed package is not run.
    world.ran.clear();
    world.put("\\\\server\\share\\packages\\agent-setup.exe", &[0; 10]);
    assert_eq!(world.launch(&bootstrap, "/quiet"), 1620);
    assert!(world.ran.is_empty() && world.tree.children(TEMP).is_empty());
}

#[test]
fn windows_installer_updates_what_it_manages() {
    let mut world = world();
    let bootstrap = publish(&mut world, &product(2));
    let related = RelatedProduct { product_code: "{CODE}".into(), version: "1.0.0".into() };
    world.products.insert("{07070707-0707-0707-0707-070707070707}".into(), [related].into());
    assert_eq!(world.launch(&bootstrap, "/quiet GROUP=x"), 0, "{:#?}", world.log);
    let (program, line) = &world.ran[0];
    assert_eq!(program, "C:\\Windows\\System32\\msiexec.exe");
    assert!(line.starts_with("/i \"C:\\Windows\\Temp\\~install-"), "{line}");
    assert!(line.ends_with("\\agent.msi\" /qn /norestart GROUP=\"x\""), "{line}");
    assert_eq!(world.ran.len(), 1);
    // What the MSI would have written.
    let setup_key = key("SOFTWARE\\Acme\\com.acme.agent\\Setup");
    let digest = packager_shared::ids::hex(&packager_shared::ids::sha256(&product(2).files_idx()));
    let sz = |text: &str| registry::string(SZ, text);
    let values = [
        ("managedby".into(), sz("msi")),
        ("version".into(), sz("2.0.0")),
        ("digest".into(), sz(&digest)),
        ("serial".into(), registry::dword(2)),
        ("installdir".into(), sz("C:\\Program Files")),
    ];
    world.registry.insert(reg(&setup_key), values.into());
    world.products.values_mut().for_each(|products| products[0].version = "2.0.0".into());
    assert_eq!(world.launch(&bootstrap, "/quiet"), 0);
    assert_eq!(last(&world), "exit=0 action=none");
    assert_eq!(world.launch(&bootstrap, "-f /quiet"), 0);
    assert!(world.ran[1].1.contains(" REINSTALL=ALL REINSTALLMODE=amus"));
    world.busy = true;
    assert_eq!(world.launch(&bootstrap, "-f /quiet"), 1618);
}

#[test]
fn the_installed_copy_makes_way_for_windows_installer() {
    let mut start = with(1);
    publish(&mut start, &product(2));
    let managed = registry::string(SZ, "msi");
    let setup_key = reg(&key("SOFTWARE\\Acme\\com.acme.agent\\Setup"));
    start.registry.get_mut(&setup_key).expect("installed").insert("managedby".into(), managed);
    let related = RelatedProduct { product_code: "{CODE}".into(), version: "1.0.0".into() };
    start.products.insert("{07070707-0707-0707-0707-070707070707}".into(), [related].into());
    start.running = [lower(INSTALLED)].into();
    let before = start.content(INSTALLED);
    let mut good = start.clone();
    assert_eq!(good.launch(INSTALLED, "-u /quiet"), 0, "{:#?}", good.log);
    assert_eq!((last(&good), good.ran.len()), ("exit=0 action=msi-install", 1));
    assert_eq!(good.content(INSTALLED), before, "a copy is in its place");
    assert!(crate::System::remove_file(&mut good, INSTALLED).is_ok(), "the image is in use still");
    assert!(good.at_restart.iter().all(|path| path.contains("~removed-")), "{:?}", good.at_restart);
    good.restart();
    assert!(good.tree.children(DIR).iter().all(|path| !path.contains('~')));
    // Where it cannot, Windows Installer is run all the same: it takes a restart then.
    for number in 0..good.mutations {
        for fault in [Fault::FailAt(number, 5), Fault::PowerOffAt(number)] {
            let mut world = start.clone();
            world.fault = fault;
            let code = world.launch(INSTALLED, "-u /quiet");
            let off = matches!(world.fault, Fault::PowerOffAt(_));
            let there = world.content(INSTALLED) == before;
            // Between two names the power may go: then a copy lies beside.
            let beside = world.tree.children(DIR).iter().any(|path| path.contains("autopcc.exe~"));
            assert!(there || (off && beside), "{number}: {:#?}", world.log);
            assert!(off || code == 0 || world.ran.is_empty(), "{number}: {code}");
            assert!(!world.at_restart.iter().any(|path| *path == lower(INSTALLED)), "{number}");
        }
    }
}

#[test]
fn custom_actions_do_and_undo_the_big_numbers() {
    let mut world = with(1);
    let agent = key("SOFTWARE\\Acme\\Agent");
    let mut other = agent.clone();
    other.view = View::Bits32;
    let big = |world: &World| world.registry.get(&reg(&agent)).and_then(|values| values.get("big")).cloned();
    let expected = big(&world);
    assert!(expected.is_some());
    world.locked = true;
    world.administrator = true;
    assert_eq!(world.launch(INSTALLED, "/msi uninstall uninstall"), 0);
    assert_eq!(big(&world), None);
    assert_eq!(world.launch(INSTALLED, "/msi rollback-uninstall uninstall"), 0);
    assert_eq!(big(&world), expected);
    assert_eq!(world.launch(INSTALLED, "/msi uninstall uninstall"), 0);
    assert_eq!(world.launch(INSTALLED, "/msi install install"), 0);
    assert_eq!(big(&world), expected);
    assert_eq!(world.launch(INSTALLED, "/msi rollback-install install"), 0);
    assert_eq!(big(&world), None);
    assert_eq!(world.launch(INSTALLED, "/msi install repair"), 0);
    assert_eq!(world.launch(INSTALLED, "/msi commit repair"), 0);
    assert_eq!(world.launch(INSTALLED, "/msi rollback-install repair"), 0);
    assert_eq!(big(&world), expected);
    // A repair that fails brings back what was there before it, not nothing.
    assert_eq!(world.launch(INSTALLED, "/msi install repair"), 0);
    assert_eq!(world.launch(INSTALLED, "/msi rollback-install repair"), 0);
    assert_eq!(big(&world), expected);
    let left = crate::System::list(&mut world, DIR).expect("there").into_iter().map(|(name, _)| name);
    assert_eq!(left.filter(|name| name.starts_with(".upd")).count(), 0);
    assert_eq!(world.launch(INSTALLED, "/msi nonsense"), 1639);
}

#[test]
fn custom_actions_take_services_through_an_upgrade_and_back() {
    let mut world = with(1);
    let setup = key("SOFTWARE\\Acme\\com.acme.agent\\Setup");
    let listed = |world: &World| world.registry[&reg(&setup)].contains_key("running");
    let run = |world: &mut World, name: &str| {
        world.services.get_mut(name).expect("there").state = ServiceState::Running;
    };
    run(&mut world, "acmehelper");
    let before = world.clone();
    assert_eq!(world.launch(INSTALLED, "/msi before-remove upgrade"), 0);
    assert!(listed(&world));
    // AcmeAgent is the tables' own, and Windows Installer stops it.
    for service in world.services.values_mut() {
        service.state = ServiceState::Stopped;
    }
    assert_eq!(world.launch(INSTALLED, "/msi uninstall upgrade"), 0);
    assert!(!world.services.contains_key("acmehelper"));
    let mut back = world.clone();
    assert_eq!(back.launch(INSTALLED, "/msi rollback-uninstall upgrade"), 0);
    run(&mut back, "acmeagent");
    assert_eq!(back.services, before.services);
    assert!(!listed(&back));
    assert_eq!(world.launch(INSTALLED, "/msi install upgrade"), 0);
    assert_eq!(world.services["acmehelper"].state, ServiceState::Stopped, "it waits for the others");
    let mut back = world.clone();
    assert_eq!(back.launch(INSTALLED, "/msi rollback-install upgrade"), 0);
    assert!(!back.services.contains_key("acmehelper"));
    assert_eq!(world.launch(INSTALLED, "/msi run upgrade"), 0);
    assert!(!listed(&world));
    let mut back = world.clone();
    assert_eq!(back.launch(INSTALLED, "/msi rollback-run upgrade"), 0);
    assert_eq!(back.services["acmehelper"].state, ServiceState::Stopped);
    assert_eq!(world.launch(INSTALLED, "/msi commit upgrade"), 0);
    assert_eq!(world.services, before.services);
    assert_eq!(world.launch(INSTALLED, "/msi before-remove uninstall"), 0);
    assert!(!listed(&world), "nobody would take it");
}

#[test]
fn sources_are_tried_in_order() {
    let mut two = product(2);
    two.plan.bootstrap.sources = ["https://web".into(), "\\\\gone\\x".into(), SHARE.into()].into();
    let mut world = world();
    assert_eq!(setup(&mut world, &two, "/quiet"), 0);
    assert_eq!(world.launch(INSTALLED, "-u /quiet"), 1619);
    publish(&mut world, &product(3));
    assert_eq!(world.launch(INSTALLED, "-u /quiet"), 0, "{:#?}", world.log);
    // A foreign share is no source.
    let mut foreign = product(4);
    foreign.plan.product.id = "com.acme.other".into();
    publish(&mut world, &foreign);
    assert_eq!(world.launch(INSTALLED, "-u /quiet"), 1620);
    let bytes = world.content("\\\\server\\share\\release.idx").expect("there");
    assert!(release::inspect(&bytes).is_ok());
    assert_eq!(overlay::padding(8), 0);
}
