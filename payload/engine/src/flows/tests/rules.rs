//! Firewall rules and scheduled tasks.

use super::*;

#[test]
fn rules_and_tasks_are_as_windows_takes_them() {
    let mut world = with(1);
    let rule = (String::from("acme agent"), false);
    assert_eq!(
        world.firewall.get(&rule).map(String::as_str),
        Some(
            "advfirewall firewall add rule name=\"Acme Agent\" dir=\"in\" action=\"allow\" \
             program=\"C:\\Program Files\\Acme\\Agent\\bin\\agent.exe\" protocol=\"tcp\" \
             localport=\"8443,9443\" remoteip=\"10.0.0.0/8\" profile=\"domain,private\" edge=\"yes\""
        )
    );
    let task = |world: &World| crate::text::from_utf16(world.tasks.get("acme\\update").expect("there"));
    let xml = task(&world);
    for part in [
        "<Description>Updates &lt;Agent&gt; &amp; more</Description>",
        "<Repetition><Interval>PT240M</Interval></Repetition><StartBoundary>2020-01-01T00:00:00</StartBoundary>",
        "<StartBoundary>2020-01-01T01:01:00</StartBoundary><Enabled>true</Enabled><RandomDelay>PT1M</RandomDelay>",
        "<BootTrigger><Enabled>true</Enabled><Delay>PT1M</Delay></BootTrigger>",
        "<UserId>S-1-5-18</UserId>",
        "<Command>C:\\Program Files\\Acme\\Agent\\autopcc.exe</Command><Arguments>-u /quiet</Arguments>",
    ] {
        assert!(xml.contains(part), "{part} in {xml}");
    }
    assert_eq!(setup(&mut world, &product(2), "/quiet"), 0);
    assert!(task(&world).contains("PT2M"));
    assert!(world.firewall.get(&rule).is_some_and(|line| line.contains("\"8443\"")));
    // What an administrator removed comes back with a repair, and what he changed stays.
    world.tasks.clear();
    world.firewall.insert(rule.clone(), "changed".into());
    assert_eq!(setup(&mut world, &product(2), "/repair /quiet"), 0);
    assert_eq!(world.tasks.len(), 1);
    assert_eq!(world.firewall.get(&rule).map(String::as_str), Some("changed"));
    assert_eq!(world.launch(INSTALLED, "/uninstall /quiet"), 0);
    assert!(world.tasks.is_empty() && world.firewall.is_empty());
}

#[test]
fn windows_xp_has_rules_and_tasks_of_its_own_kind() {
    let mut world = world();
    world.machine.version = (5, 1, 2600);
    world.machine.arch = packager_shared::plan::Arch::X86;
    let mut one = product(1);
    one.plan.product.arch = packager_shared::plan::Arch::X86;
    one.plan.platform.min = (5, 1, 2600);
    assert_eq!(setup(&mut world, &one, "/quiet"), 0, "{:#?}", world.log);
    let line = world.firewall.values().next().cloned().unwrap_or_default();
    assert!(line.starts_with("firewall set allowedprogram program="), "{line}");
    let task = crate::text::from_utf16(world.tasks.values().next().expect("there"));
    assert!(task.contains("/sc MINUTE /mo 240 /ru SYSTEM"), "{task}");
}
