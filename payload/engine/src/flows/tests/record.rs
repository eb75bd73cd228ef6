//! What an administrator finds afterwards.

use super::*;

const SHARE: &str = "\\\\server\\share";
const LOG: &str = "C:\\Windows\\Logs\\com.acme.agent";

fn kept(world: &World) -> Option<&str> {
    world.kept_log.as_deref()
}

#[test]
fn a_log_is_kept_of_what_changes_or_fails_and_of_nothing_else() {
    let mut world = world();
    assert_eq!(setup(&mut world, &product(1), "/quiet /whatif"), 0);
    assert_eq!(kept(&world), None, "nothing is done");
    assert_eq!(setup(&mut world, &product(1), "/quiet /log C:\\own.log"), 0);
    assert_eq!(kept(&world), None, "there is another");
    let bootstrap = product(1).publish(&mut world, SHARE);
    assert_eq!(world.launch(&bootstrap, "/quiet"), 0);
    assert_eq!((kept(&world), last(&world)), (None, "exit=0 action=none"));
    assert_eq!(world.launch(&bootstrap, "-f /quiet"), 0);
    assert_eq!((kept(&world), last(&world)), (None, "exit=0 action=none"));
    assert_eq!(setup(&mut world, &product(1), "/quiet"), 0);
    assert_eq!((kept(&world), last(&world)), (None, "exit=0 action=none"));
    product(2).publish(&mut world, SHARE);
    assert_eq!(world.launch(&bootstrap, "/quiet"), 0);
    assert_eq!((kept(&world), last(&world)), (Some(LOG), "exit=0 action=update"));
    // Refused, and nothing changed.
    assert_eq!(setup(&mut world, &product(1), "/quiet"), 1638);
    assert_eq!(kept(&world), Some(LOG));
    world.administrator = false;
    assert_eq!(setup(&mut world, &product(1), "/quiet"), 1638);
    assert_eq!(kept(&world), None, "a user cannot write there");
    world.administrator = true;
    assert_eq!(world.launch(INSTALLED, "/uninstall /quiet"), 0);
    assert_eq!((kept(&world), last(&world)), (None, "exit=0 action=uninstall"));
    assert_eq!(setup(&mut world, &product(1), "/uninstall /quiet"), 1605);
    assert_eq!(kept(&world), Some(LOG));
}

#[test]
fn a_first_install_from_a_share_is_kept_before_the_package_runs() {
    let mut world = world();
    let bootstrap = product(1).publish(&mut world, SHARE);
    assert_eq!(world.launch(&bootstrap, "/quiet"), 0);
    assert_eq!(kept(&world), Some(LOG));
    world.child_code = 3010;
    assert_eq!(world.launch(&bootstrap, "/quiet /norestart"), 3010);
    assert!(world.said.contains(&"done; a restart is needed".into()), "{:?}", world.said);
}

#[test]
fn a_log_says_who_where_what_and_why_and_no_secret() {
    let mut world = world();
    assert_eq!(setup(&mut world, &product(1), "/quiet SERVER=hush /dir C:\\App"), 0);
    let log = world.log.join("\n");
    for words in [
        "packager ",
        SETUP,
        "command line: /quiet SERVER=*** /dir C:\\App\n",
        "Windows 10.0.19045, x64, as administrator\n",
        "product: Acme Agent, com.acme.agent\n",
        "found: no folder, not installed; offered: version 1.0.0.0, serial 1, floor 1, digest ",
        "; asked: setup\n",
        "decision: the product is not installed\n",
    ] {
        assert!(log.contains(words), "no {words:?} in:\n{log}");
    }
    // The product hands it to a program that prints it; it is no secret.
    let head = world.log[..4].join("\n");
    assert!(head.contains("SERVER=***") && !head.contains("hush"), "{head}");
}

#[test]
fn whatif_says_everything_that_it_follows_from() {
    let mut world = with(1);
    let bootstrap = product(2).publish(&mut world, SHARE);
    assert_eq!(world.launch(&bootstrap, "/whatif"), 0);
    let said = world.said.join("\n");
    for words in [
        "would update: the release differs",
        DIR,
        "managed by setup",
        "version 1.0.0.0, serial 1, digest ",
        "offered: version 2.0.0.0, serial 2, floor 1, digest ",
        "asked: update",
    ] {
        assert!(said.contains(words), "no {words:?} in:\n{said}");
    }
    assert_eq!(world.launch(&bootstrap, "-f /whatif"), 0);
    assert!(world.said.join("\n").contains("asked: update, forced"), "{:?}", world.said);
    assert_eq!(world.launch(INSTALLED, "/uninstall /whatif"), 0);
    assert!(world.said.join("\n").contains("would uninstall: uninstall was asked for"), "{:?}", world.said);
    // A refusal too.
    let mut world = with(2);
    let bootstrap = product(1).publish(&mut world, SHARE);
    assert_eq!(world.launch(&bootstrap, "/whatif"), 1638);
    assert!(world.said.join("\n").contains("offered: version 1.0.0.0, serial 1"), "{:?}", world.said);
}

#[test]
fn an_error_has_windows_own_words() {
    let mut world = with(1);
    product(2).publish(&mut world, SHARE);
    world.fault = Fault::FailAt(5, 32);
    assert_eq!(world.launch(INSTALLED, "-u /quiet"), 32);
    assert!(world.log.join("\n").contains("Windows error 32: somebody has it open"), "{:#?}", world.log);
}

#[test]
fn what_a_policy_forbids_is_1625() {
    for code in [1260, 786, 4551] {
        let mut start = world();
        let bootstrap = product(1).publish(&mut start, SHARE);
        start.forbidden = Some(code);
        let before = state(&start);
        assert_eq!(start.launch(&bootstrap, "/quiet"), 1625, "{:#?}", start.log);
        assert_eq!(last(&start), "exit=1625 action=failed");
        assert_same(&before, &state(&start), "forbidden");
    }
}
