//! Files in use, updates that are put off, and what runs that were cut off leave for the next one.

use packager_shared::plan::InUse;

use super::*;
use crate::sim::Loss;
use crate::transaction::deferral::MOST_ATTEMPTS;

const SHARE: &str = "\\\\server\\share";
const AGENT: &str = "C:\\Program Files\\Acme\\Agent\\bin\\agent.exe";
const WORK: &str = "c:\\program files\\acme\\agent\\.upd";
const RUN_ONCE: &str = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\RunOnce";

fn of(version: u16, policy: InUse) -> Product {
    let mut product = product(version);
    product.plan.bootstrap.in_use = policy;
    product
}

/// A machine with version 1 and a share with version 2.
fn start(policy: InUse) -> World {
    let mut world = world();
    world.registry.insert(reg(&key(RUN_ONCE)), BTreeMap::new());
    assert_eq!(setup(&mut world, &of(1, policy), "/quiet"), 0, "{:#?}", world.log);
    of(2, policy).publish(&mut world, SHARE);
    world
}

fn update(world: &mut World) -> u32 {
    world.launch(INSTALLED, "-u /quiet")
}

fn finish(world: &mut World) -> u32 {
    world.launch(INSTALLED, "/finish-service")
}

fn updated(policy: InUse) -> Snapshot {
    let mut world = start(policy);
    assert_eq!(update(&mut world), 0, "{:#?}", world.log);
    world.restart();
    state(&world)
}

/// What of the work folder is there.
fn work(world: &World) -> Vec<String> {
    let all = state(world).into_keys();
    all.filter_map(|path| path.strip_prefix(WORK).map(String::from)).collect()
}

/// The work folder holds staged files and nothing else, and is ours alone.
pub fn assert_only_staged(world: &World) {
    for name in work(world) {
        assert!(name.is_empty() || name == "\\old" || name.starts_with("\\new"), "{name}");
    }
    if !work(world).is_empty() {
        assert!(world.tree.is_protected(WORK) && world.tree.is_protected(&std::format!("{WORK}\\new")));
    }
}

/// Everything but what was put off.
pub fn apart(world: &World) -> Snapshot {
    let mut out = state(world);
    out.retain(|path, _| !path.starts_with(WORK) && !path.contains("agent-finish"));
    out
}

fn is_put_off(world: &World) -> bool {
    let value = value(world, RUN_ONCE, "agent-finish");
    let service = world.services.get("agent-finish");
    let record = world.content(&std::format!("{WORK}\\d")).is_some();
    assert_eq!(value.is_some(), service.is_some(), "both or none");
    if let (Some(value), Some(service)) = (value, service) {
        assert_eq!(value, std::format!("\"{INSTALLED}\" /finish"));
        assert_eq!(service.config.image_path, std::format!("\"{INSTALLED}\" /finish-service"));
        assert!(service.config.account.is_empty() && record);
        return true;
    }
    assert!(!record);
    false
}

#[test]
fn every_policy_does_what_its_table_says() {
    use InUse::{Abort, Rename, Restart};
    for (policy, held, code) in [
        (Abort, false, 32),
        (Abort, true, 32),
        (Rename, false, 3010),
        (Rename, true, 32),
        (Restart, false, 3010),
        (Restart, true, 3010),
    ] {
        let mut world = start(policy);
        let before = state(&world);
        if held {
            world.hold(AGENT, "editor.exe");
        } else {
            world.run_from(AGENT);
        }
        assert_eq!(update(&mut world), code, "{policy:?} {held}: {:#?}", world.log);
        let context = std::format!("{policy:?} {held}");
        match (policy, held) {
            (Abort, _) | (Rename, true) => {
                assert_same(&before, &state(&world), &context);
                let by = if held { "editor.exe (process 42)" } else { "runner.exe (process 42)" };
                assert!(world.said[0].contains(by) && world.said[0].contains(AGENT), "{:?}", world.said);
            }
            (_, false) => {
                assert!(!world.at_restart.is_empty() && !world.at_restart.iter().any(|path| path == AGENT));
                world.restart();
                assert_same(&updated(policy), &state(&world), &context);
            }
            (Restart, true) => {
                assert_eq!(last(&world), "exit=3010 action=deferred");
                assert_same(&before, &apart(&world), &context);
                assert!(is_put_off(&world));
            }
        }
    }
}

#[test]
fn what_holds_a_file_for_a_moment_is_waited_for() {
    for (until, code) in [(4_000, 0), (60_000, 32)] {
        let mut world = start(InUse::Abort);
        world.hold(AGENT, "scanner.exe");
        world.held_until = Some(world.now + until);
        assert_eq!(update(&mut world), code, "{until}: {:#?}", world.log);
    }
}

#[test]
fn an_update_that_was_put_off_is_done_after_the_restart_without_the_share() {
    for by_service in [true, false] {
        let mut world = start(InUse::Restart);
        world.hold(AGENT, "editor.exe");
        assert_eq!(world.launch(INSTALLED, "-u /quiet SERVER=later"), 3010);
        // Another run before the restart: the same, and nothing is read again from the share but what it is.
        let before = state(&world);
        assert_eq!(world.launch(INSTALLED, "-u /quiet SERVER=later"), 3010);
        assert_same(&before, &state(&world), "put off again");
        assert!(world.log.iter().any(|line| line == "staging files: 0"), "{:#?}", world.log);
        world.tree.remove("\\\\server\\share\\release.idx");
        world.restart();
        let code = if by_service { finish(&mut world) } else { world.launch(INSTALLED, "/finish") };
        assert_eq!(code, 0, "{:#?}", world.log);
        assert_eq!(last(&world), "exit=0 action=finish");
        assert!(!is_put_off(&world));
        world.restart();
        let mut good = start(InUse::Restart);
        assert_eq!(good.launch(INSTALLED, "-u /quiet SERVER=later"), 0);
        good.restart();
        assert_same(&state(&good), &apart(&world), "finished");
        assert!(work(&world).is_empty() && !world.services.contains_key("agent-finish"));
        // The other of the two finds nothing to do.
        assert_eq!(world.launch(INSTALLED, "/finish"), 0);
        assert_eq!(last(&world), "exit=0 action=none");
    }
}

#[test]
fn a_file_that_stays_in_use_is_given_up_after_some_restarts() {
    let mut world = start(InUse::Restart);
    let before = state(&world);
    world.hold(AGENT, "editor.exe");
    assert_eq!(update(&mut world), 3010);
    for attempt in 0..MOST_ATTEMPTS {
        world.restart();
        world.hold(AGENT, "editor.exe");
        assert_eq!(finish(&mut world), 3010, "{attempt}: {:#?}", world.log);
        assert!(is_put_off(&world));
    }
    world.restart();
    world.hold(AGENT, "editor.exe");
    assert_eq!(finish(&mut world), 32);
    assert!(!is_put_off(&world));
    assert_same(&before, &state(&world), "given up");
    world.held.clear();
    assert_eq!(update(&mut world), 0);
}

#[test]
fn whatever_settles_the_machine_settles_what_was_put_off() {
    let mut waiting = start(InUse::Restart);
    waiting.hold(AGENT, "editor.exe");
    assert_eq!(update(&mut waiting), 3010);
    waiting.held.clear();
    // A newer release supersedes it.
    let mut world = waiting.clone();
    of(3, InUse::Restart).publish(&mut world, SHARE);
    world.hold(AGENT, "editor.exe");
    assert_eq!(update(&mut world), 3010);
    assert!(is_put_off(&world));
    world.restart();
    assert_eq!(finish(&mut world), 0, "{:#?}", world.log);
    assert_eq!(value(&world, "SOFTWARE\\Acme\\com.acme.agent\\Setup", "Version").as_deref(), Some("3.0.0"));
    let mut world = waiting.clone();
    of(3, InUse::Restart).publish(&mut world, SHARE);
    assert_eq!(update(&mut world), 0);
    assert!(!is_put_off(&world) && work(&world).is_empty());
    // A repair of what is installed, an uninstall, and the share's return to what is installed.
    let mut world = waiting.clone();
    assert_eq!(setup(&mut world, &of(1, InUse::Restart), "/repair /quiet"), 0);
    assert!(!is_put_off(&world) && work(&world).is_empty());
    let mut world = waiting.clone();
    assert_eq!(world.launch(INSTALLED, "/uninstall /quiet"), 0, "{:#?}", world.log);
    assert!(!is_put_off(&world) && work(&world).is_empty());
    // A run that fails leaves it as it was.
    let before = state(&waiting);
    let mut world = waiting.clone();
    world.fault = Fault::FailAt(30, 5);
    assert_ne!(world.launch(INSTALLED, "/uninstall /quiet"), 0);
    world.fault = Fault::None;
    assert_same(&before, &state(&world), "a failed uninstall");
    // Somebody else's installation is no longer what it was an update of.
    let mut world = waiting;
    let related = RelatedProduct { product_code: "{CODE}".into(), version: "1.0.0".into() };
    world.products.insert("{07070707-0707-0707-0707-070707070707}".into(), [related].into());
    assert_eq!(finish(&mut world), 0);
    assert!(!is_put_off(&world) && work(&world).is_empty());
}

#[test]
fn nothing_is_put_off_where_others_can_change_what_would_run() {
    let mut world = start(InUse::Restart);
    world.open.insert(lower(INSTALLED));
    world.hold(AGENT, "editor.exe");
    assert_eq!(update(&mut world), 32, "{:#?}", world.log);
    assert!(!is_put_off(&world));
}

#[test]
fn an_update_that_is_put_off_or_finished_survives_failures_and_power_cuts() {
    let mut held = start(InUse::Restart);
    held.hold(AGENT, "editor.exe");
    let mut waiting = held.clone();
    assert_eq!(update(&mut waiting), 3010);
    let (old, new) = (apart(&start(InUse::Restart)), updated(InUse::Restart));
    let update_it: fn(&mut World) -> u32 = update;
    for (machine, act) in [(&held, update_it), (&waiting, finish)] {
        let mut good = machine.clone();
        good.restart();
        good.held = machine.held.clone();
        act(&mut good);
        for number in 0..good.mutations {
            for power in [false, true] {
                let mut world = machine.clone();
                world.fault = if power { Fault::PowerOffAt(number) } else { Fault::FailAt(number, 5) };
                let code = act(&mut world);
                world.restart();
                // Whatever came of it, the next restart or the next run makes it whole.
                finish(&mut world);
                world.restart();
                let mut after = apart(&world);
                after.retain(|path, _| !path.contains("\\~removed-"));
                let context = std::format!("call {number}, power {power}: {code}");
                if after != old {
                    assert_same(&new, &after, &context);
                }
                assert!(!is_put_off(&world), "{context}");
                let again = update(&mut world);
                assert_eq!(again, 0, "{context}: {:#?}", world.log);
                world.restart();
                let mut after = state(&world);
                after.retain(|path, _| !path.contains("\\~removed-"));
                assert_same(&new, &after, &context);
            }
        }
    }
}

#[test]
fn what_a_run_has_staged_is_not_read_again() {
    let big = std::format!("{SHARE}\\files\\2\\x64\\new\\deep\\come.txt");
    let mut world = start(InUse::Abort);
    let before = state(&world);
    let content = world.content(&big).expect("there");
    world.tree.remove(&big);
    assert_eq!(update(&mut world), 1619, "{:#?}", world.log);
    assert_only_staged(&world);
    assert_same(&before, &apart(&world), "the source is lost");
    assert!(work(&world).len() > 3);
    world.put(&big, &content);
    // Damaged meanwhile, or not ours: it is read again.
    let mut damaged = world.clone();
    for name in work(&world).iter().filter(|name| name.starts_with("\\new\\")) {
        damaged.clock = FILE_TIME;
        let path = std::format!("{WORK}{name}");
        let length = world.content(&path).map_or(0, |content| content.len());
        damaged.put(&path, &std::vec![7; length]);
    }
    let mut foreign = world.clone();
    foreign.open.insert(String::from(WORK));
    for (mut world, reused) in [(world.clone(), true), (damaged, false), (foreign, false)] {
        assert_eq!(update(&mut world), 0, "{:#?}", world.log);
        let told = world.log.iter().any(|line| line.starts_with("files staged by an earlier run: "));
        assert_eq!(told, reused);
        assert!(work(&world).is_empty());
        let agent = of(2, InUse::Abort).content("bin\\agent.exe");
        assert_eq!(world.content(AGENT), Some(agent));
    }
    // Nobody wants it any more.
    of(1, InUse::Abort).publish(&mut world, SHARE);
    assert_eq!(update(&mut world), 0);
    assert_eq!(last(&world), "exit=0 action=none");
    assert_same(&before, &state(&world), "purged");
}

#[test]
fn a_way_back_that_fails_keeps_the_old_files_for_the_next_run() {
    let start = start(InUse::Rename);
    let before = state(&start);
    let mut good = start.clone();
    update(&mut good);
    let (mut stuck, mut undecided) = (0, 0);
    for number in 0..good.mutations {
        for later in 1..6 {
            let mut world = start.clone();
            world.fault = Fault::FailTwice(number, 5, later);
            let code = update(&mut world);
            world.fault = Fault::None;
            let told =
                world.said.first().is_some_and(|said| said.contains("not everything could be brought back"));
            if world.said.first().is_some_and(|said| said.contains("the next run settles it")) {
                assert_eq!(code, 1603);
                assert_eq!(world.launch(INSTALLED, "-u /quiet"), 0, "{:#?}", world.log);
                undecided += 1;
            }
            if !told {
                continue;
            }
            stuck += 1;
            assert_eq!(code, 1603, "call {number}, {later}");
            assert!(world.content(&std::format!("{WORK}\\j")).is_some(), "call {number}, {later}");
            // The next run brings it back, and goes on.
            let mut back = world.clone();
            let scope = packager_shared::plan::Scope::Machine;
            assert_eq!(crate::transaction::journal::recover(&mut back, DIR, scope), Ok(true));
            assert_same(&before, &apart(&back), &std::format!("call {number}, {later}: {:#?}", back.log));
            // From the share: the installed bootstrap may be what could not come back.
            let bootstrap = std::format!("{SHARE}\\autopcc.exe");
            assert_eq!(world.launch(&bootstrap, "-u /quiet"), 0, "{:#?}", world.log);
        }
    }
    assert!(stuck > 10 && undecided > 0, "{stuck} {undecided}");
}

#[test]
fn a_power_cut_takes_registry_and_files_back_together_or_not_at_all() {
    let mut world = start(InUse::Abort);
    let mut calm = world.clone();
    calm.restart();
    let (old, new) = (state(&calm), updated(InUse::Abort));
    world.start_recording();
    assert_eq!(update(&mut world), 0);
    let images = world.stop_recording();
    let (mut back, mut forward) = (0, 0);
    for call in 0..images.len() {
        for (names, registry) in [(0, 255), (255, 255), (255, 0), (0, 128)] {
            let mut cut = world.after_power_cut(&images, call, Loss { names, registry, content: 1 });
            let scope = packager_shared::plan::Scope::Machine;
            let context = std::format!("call {call} of {}, {names} {registry}", images.len());
            while crate::transaction::journal::recover(&mut cut, DIR, scope).expect(&context) {}
            cut.restart();
            let mut after = apart(&cut);
            after.retain(|path, _| !path.contains("\\~removed-") && !path.starts_with("effect"));
            let without = |state: &Snapshot| {
                let mut state = state.clone();
                state.retain(|path, text| !text.starts_with("dir") && !path.starts_with("effect"));
                state
            };
            if without(&after) == without(&old) {
                back += 1;
            } else {
                assert_same(&without(&new), &without(&after), &context);
                forward += 1;
            }
        }
    }
    assert!(back > 100 && forward > 8, "{back} {forward}");
}
