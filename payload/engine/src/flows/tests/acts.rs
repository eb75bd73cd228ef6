//! What is done once: programs that are run, and programs that are closed.

use packager_shared::plan::{Op, run_at};

use super::*;

fn runs(world: &World) -> Vec<&str> {
    world.runs.iter().map(String::as_str).filter(|line| !line.starts_with("wevtutil")).collect()
}

/// A product with one program that is run so, and nothing else of the kind.
pub(super) fn running(
    args: &[&str],
    at: u8,
    change: impl FnOnce(&mut packager_shared::plan::RunProgram),
) -> Product {
    let mut out = product(1);
    let mut of_kind = out.plan.ops.iter().filter_map(|op| match op {
        Op::Run(run) => Some(run.clone()),
        _ => None,
    });
    let mut run = of_kind.next().expect("the fixture runs something");
    out.plan.ops.retain(|op| !matches!(op, Op::Run(_) | Op::When(..)));
    run.args = args.iter().map(|arg| crate::sim::fixture::template(arg)).collect();
    run.at = at;
    change(&mut run);
    out.plan.ops.push(Op::Run(run));
    out
}

#[test]
fn each_kind_of_change_has_its_programs() {
    let mut world = with(1);
    assert_eq!(runs(&world), ["agent.exe enroll standard"]);
    assert_eq!(setup(&mut world, &product(1), "/quiet"), 0);
    assert_eq!(runs(&world), [""; 0], "nothing was to be done");
    assert_eq!(setup(&mut world, &product(1), "/quiet /repair SERVER=repaired"), 0);
    assert_eq!(runs(&world), ["agent.exe enroll repaired"]);
    assert_eq!(setup(&mut world, &product(1), "/quiet /repair"), 0);
    assert_eq!(runs(&world), ["agent.exe enroll repaired"], "a repair that was asked for is one");
    assert_eq!(setup(&mut world, &product(2), "/quiet SERVER=x"), 0);
    assert_eq!(runs(&world), ["agent.exe unenroll repaired", "agent.exe enroll x"]);
    assert_eq!(world.launch(INSTALLED, "/uninstall /quiet"), 0, "{:#?}", world.log);
    assert_eq!(runs(&world), ["agent.exe unenroll x"]);
}

#[test]
fn a_failed_program_rolls_back_unless_it_may_fail() {
    for (args, told) in [(["fail", "7"], "ended with code 7"), (["hang", "1"], "took too long")] {
        let mut world = world();
        let before = state(&world);
        let bad = running(&args, run_at::AFTER_INSTALL, |_| {});
        assert_eq!(setup(&mut world, &bad, "/quiet"), 1603);
        assert!(
            world.said[0].contains("agent.exe failed") && world.said[0].contains(told),
            "{:?}",
            world.said
        );
        assert_eq!(runs(&world).last(), Some(&"agent.exe unenroll standard"));
        assert_same(&before, &state(&world), told);
        let harmless = running(&args, run_at::AFTER_INSTALL, |run| run.may_fail = true);
        assert_eq!(setup(&mut world, &harmless, "/quiet"), 0, "{:#?}", world.log);
    }
    let fine = running(&["fail", "7"], run_at::AFTER_INSTALL, |run| run.success = std::vec![0, 7]);
    assert_eq!(setup(&mut world(), &fine, "/quiet"), 0);
}

#[test]
fn a_secret_argument_is_not_logged() {
    let mut secret = running(&["enroll", "--token={GROUP}", "{SERVER}"], run_at::AFTER_INSTALL, |_| {});
    for setting in &mut secret.plan.settings {
        setting.secret = setting.name == "GROUP";
    }
    let mut world = world();
    assert_eq!(setup(&mut world, &secret, "/quiet GROUP=\"hush now\" SERVER=there"), 0, "{:#?}", world.log);
    assert_eq!(runs(&world), ["agent.exe enroll \"--token=hush now\" there"]);
    assert!(world.log.iter().all(|line| !line.contains("hush")), "{:#?}", world.log);
    assert!(world.log.iter().any(|line| line.ends_with("agent.exe enroll *** there")), "{:#?}", world.log);
}

#[test]
fn a_program_that_is_gone_does_not_keep_the_product() {
    let mut world = with(1);
    world.tree.remove(&std::format!("{DIR}\\bin\\agent.exe"));
    assert_eq!(world.launch(INSTALLED, "/uninstall /quiet"), 0, "{:#?}", world.log);
    assert_eq!(runs(&world), [""; 0]);
}

#[test]
fn programs_are_closed_before_their_files_change() {
    let mut world = with(1);
    let agent = lower(&std::format!("{DIR}\\bin\\agent.exe"));
    world.open_programs.insert(agent.clone(), 2);
    assert_eq!(setup(&mut world, &product(1), "/quiet"), 0);
    assert_eq!(world.open_programs.get(&agent), Some(&2), "nothing was to be done");
    assert_eq!(setup(&mut world, &product(2), "/quiet"), 0);
    assert!(world.open_programs.is_empty());
    assert!(world.log.iter().any(|line| line.ends_with("processes: 2")));
    world.open_programs.insert(agent, 1);
    assert_eq!(world.launch(INSTALLED, "/uninstall /quiet"), 0);
    assert!(world.open_programs.is_empty());
}

#[test]
fn custom_actions_run_and_close_programs() {
    let mut world = with(1);
    let agent = lower(&std::format!("{DIR}\\bin\\agent.exe"));
    world.effects.clear();
    for (line, ran) in [
        ("run install", &["agent.exe enroll standard"][..]),
        ("rollback-run install", &["agent.exe unenroll standard"]),
        ("run repair", &[]),
        ("run upgrade", &["agent.exe enroll standard"]),
        ("commit upgrade", &[]),
        ("rollback-run upgrade", &[]),
        ("before-remove repair", &[]),
        ("before-remove uninstall", &["agent.exe unenroll standard"]),
        ("rollback-before-remove uninstall", &["agent.exe enroll standard"]),
        ("before-remove upgrade", &["agent.exe unenroll standard"]),
    ] {
        world.open_programs.insert(agent.clone(), 1);
        assert_eq!(world.launch(INSTALLED, &std::format!("/msi {line}")), 0, "{line}: {:#?}", world.log);
        assert_eq!(runs(&world), ran, "{line}");
        assert_eq!(world.open_programs.is_empty(), line.starts_with("before"), "{line}");
    }
    let left = crate::System::list(&mut world, DIR).expect("there").into_iter().map(|(name, _)| name);
    assert_eq!(left.filter(|name| name.starts_with(".upd")).count(), 0);
}

#[test]
fn manifests_of_events_are_registered_again_when_their_files_change() {
    let events = |world: &World| -> Vec<String> {
        let lines = world.runs.iter().filter_map(|line| line.strip_prefix("wevtutil.exe "));
        lines.filter_map(|line| Some(String::from(line.get(..2)?))).collect()
    };
    let manifest = std::format!("\"{DIR}\\bin\\agent.man\"");
    let mut world = with(1);
    let program = std::format!("{DIR}\\bin\\agent.exe");
    let line = std::format!("wevtutil.exe im {manifest} \"/rf:{program}\" \"/mf:{program}\"");
    assert!(world.runs.contains(&line), "{:#?}", world.runs);
    assert_eq!(setup(&mut world, &product(1), "/quiet SERVER=other"), 0);
    assert_eq!(events(&world), [""; 0], "the files are the same");
    assert_eq!(setup(&mut world, &product(2), "/quiet"), 0);
    assert_eq!(events(&world), ["um", "im"]);
    assert_eq!(world.launch(INSTALLED, "/uninstall /quiet"), 0);
    assert_eq!(events(&world), ["um"]);
    let mut old = self::world();
    old.machine.version = (5, 1, 2600);
    let mut one = product(1);
    one.plan.platform.min = (5, 1, 0);
    one.plan.ops.retain(|op| matches!(op, Op::EventProvider { .. }));
    assert_eq!(setup(&mut old, &one, "/quiet"), 0, "{:#?}", old.log);
    assert_eq!(events(&old), [""; 0], "Windows XP has no such thing");
}
