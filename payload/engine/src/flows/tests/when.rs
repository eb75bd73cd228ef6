//! What hangs on a setting comes and goes with it.

use super::*;

const SHARE: &str = "\\\\server\\share";

/// Whether what only kiosks have is there: the file, the values, the folder, the service.
fn is_kiosk(world: &World) -> bool {
    let agent = world.registry.get(&reg(&key("SOFTWARE\\Acme\\Agent"))).cloned().unwrap_or_default();
    let mode = agent.get("mode").cloned();
    let seen = [
        world.content(&std::format!("{DIR}\\kiosk\\shell.txt")).is_some(),
        value(world, "SOFTWARE\\Acme\\Agent\\Kiosk", "x").as_deref() == Some("kiosk"),
        mode == Some(registry::dword(1)),
        world.tree.get("C:\\ProgramData\\Acme\\Kiosk").is_some(),
        world.services.contains_key("acmekiosk"),
    ];
    assert!(seen.iter().all(|there| *there == seen[0]), "{seen:?} {:#?}", world.log);
    assert!(seen[0] || mode == Some(registry::dword(2)), "{mode:?}");
    seen[0]
}

#[test]
fn what_hangs_on_a_setting_comes_and_goes_with_it() {
    let mut world = with(1);
    let others = state(&world);
    assert!(!is_kiosk(&world));
    assert_eq!(setup(&mut world, &product(1), "/quiet GROUP=kiosk"), 0, "{:#?}", world.log);
    assert!(is_kiosk(&world));
    let kiosk = state(&world);
    // The setting is remembered: by the same program, by the next release, and by a repair.
    assert_eq!(setup(&mut world, &product(1), "/quiet"), 0);
    assert_eq!((last(&world), world.mutations), ("exit=0 action=none", 0));
    world.tree.remove(&std::format!("{DIR}\\kiosk\\shell.txt"));
    assert_eq!(setup(&mut world, &product(1), "/repair /quiet"), 0);
    assert_same(&kiosk, &state(&world), "repaired");
    let mut newer = world.clone();
    assert_eq!(setup(&mut newer, &product(2), "/quiet"), 0);
    assert!(is_kiosk(&newer));
    assert_eq!(setup(&mut world, &product(1), "/quiet GROUP=standard"), 0);
    assert!(!is_kiosk(&world));
    assert_same(&others, &state(&world), "changed back");
}

#[test]
fn an_update_from_a_share_keeps_what_the_setting_says() {
    let mut world = world();
    assert_eq!(setup(&mut world, &product(1), "/quiet GROUP=kiosk"), 0);
    let bootstrap = product(2).publish(&mut world, SHARE);
    assert_eq!(world.launch(&bootstrap, "/quiet"), 0, "{:#?}", world.log);
    assert!(is_kiosk(&world));
    // The same release with another setting is a change, which the share makes, too.
    assert_eq!(world.launch(&bootstrap, "/quiet GROUP=standard"), 0, "{:#?}", world.log);
    assert_eq!(last(&world), "exit=0 action=update");
    assert!(!is_kiosk(&world));
    assert_eq!(world.launch(&bootstrap, "/quiet GROUP=standard"), 0);
    assert_eq!((last(&world), world.mutations), ("exit=0 action=none", 0));
    assert_eq!(world.launch(INSTALLED, "-u /quiet GROUP=kiosk"), 0, "{:#?}", world.log);
    assert!(is_kiosk(&world));
    assert_eq!(world.launch(INSTALLED, "-u /quiet /clear GROUP"), 0, "{:#?}", world.log);
    assert!(!is_kiosk(&world));
}

#[test]
fn the_site_that_a_machine_has_is_no_change() {
    let mut world = world();
    assert_eq!(setup(&mut world, &product(1), "/quiet /site Paris"), 0);
    let bootstrap = product(1).publish(&mut world, SHARE);
    assert_eq!(world.launch(&bootstrap, "/quiet /site PARIS"), 0, "{:#?}", world.log);
    assert_eq!((last(&world), world.mutations), ("exit=0 action=none", 0));
}

#[test]
fn every_failing_step_of_a_change_is_rolled_back() {
    fail_everywhere("change", &with(1), |world| setup(world, &product(1), "/quiet GROUP=kiosk"));
    let mut start = with(1);
    assert_eq!(setup(&mut start, &product(1), "/quiet GROUP=kiosk"), 0);
    fail_everywhere("change back", &start, |world| setup(world, &product(1), "/quiet GROUP=standard"));
}

#[test]
fn the_bootstrap_makes_and_removes_what_tables_cannot() {
    // As the tables leave it: the setting is written, the service is not made.
    let mut world = with(1);
    let group = key("SOFTWARE\\Acme\\com.acme.agent\\Setup\\Settings");
    let say = |world: &mut World, text: &str| {
        let values = world.registry.get_mut(&reg(&group)).expect("there");
        values.insert("group".into(), registry::string(SZ, text));
    };
    world.registry.insert(reg(&key("SOFTWARE\\Acme\\Late")), BTreeMap::new());
    say(&mut world, "kiosk");
    for action in ["install repair", "run repair", "commit repair"] {
        assert_eq!(world.launch(INSTALLED, &std::format!("/msi {action}")), 0, "{:#?}", world.log);
    }
    assert!(world.services["acmekiosk"].state == ServiceState::Running);
    say(&mut world, "standard");
    for action in ["install repair", "run repair"] {
        assert_eq!(world.launch(INSTALLED, &std::format!("/msi {action}")), 0, "{:#?}", world.log);
    }
    assert!(!world.services.contains_key("acmekiosk"));
    assert!(world.registry.contains_key(&reg(&key("SOFTWARE\\Acme\\Late"))), "only an uninstall removes it");
    assert_eq!(world.launch(INSTALLED, "/msi rollback-install repair"), 0);
    assert!(world.services.contains_key("acmekiosk"));
}
