//! What a run says that may not change the machine: by Windows and account, for setup and for the bootstrap.

use super::*;
use packager_shared::methods::{Generation, missing};
use packager_shared::plan::{Op, Task, TaskAccount, Trigger, WindowsVersion};
use packager_shared::template::{Dir, Part, Template};

const TASK: &str = "Acme\\Update";

/// Release `version` for any Windows, with a task that runs the installed bootstrap, or without.
fn release(version: u16, task: Option<TaskAccount>) -> Product {
    let mut product = product(version);
    product.plan.platform.min = (5, 1, 2600);
    product.plan.ops.retain(|op| !matches!(op, Op::Task(_)));
    product.plan.ops.extend(task.map(|account| {
        Op::Task(Task {
            name: TASK.into(),
            description: String::new(),
            program: Template([Part::Dir(Dir::InstallDir), Part::Text("autopcc.exe".into())].into()),
            args: Template([Part::Text("-u /quiet".into())].into()),
            triggers: [Trigger::Every(240)].into(),
            jitter_minutes: 30,
            account,
            limit_minutes: 0,
        })
    }));
    product
}

fn policies(uac: bool) -> (String, std::collections::BTreeMap<String, crate::system::RegValue>) {
    let path = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System";
    (reg(&key(path)), [("enablelua".into(), registry::dword(u32::from(uac)))].into())
}

/// Windows versions, whether User Account Control is on, and what that makes of them.
const WINDOWS: [(WindowsVersion, bool, Generation); 7] = [
    ((5, 1, 2600), true, Generation::Groups),
    ((5, 2, 3790), true, Generation::Groups),
    ((6, 0, 6002), true, Generation::Uac),
    ((6, 1, 7601), true, Generation::Uac),
    ((6, 1, 7601), false, Generation::Groups),
    ((10, 0, 19045), true, Generation::Uac),
    ((10, 0, 26100), true, Generation::Uac),
];

#[test]
fn who_lacks_the_rights_is_told_what_is_missing_on_this_windows() {
    for (version, uac, generation) in WINDOWS {
        for filtered in [false, true] {
            for task in [None, Some(TaskAccount::System), Some(TaskAccount::Users)] {
                let mut world = world();
                world.machine.version = version;
                world.registry.extend([policies(uac)]);
                assert_eq!(setup(&mut world, &release(1, task), "/quiet"), 0, "{:#?}", world.log);
                let share = release(1, task).publish(&mut world, "\\\\server\\share");
                (world.administrator, world.filtered) = (false, filtered);
                let before = state(&world);
                // What is current needs nobody's rights: a login script ends well.
                assert_eq!(world.launch(&share, "/quiet"), 0);
                assert_eq!((last(&world), world.mutations), ("exit=0 action=none", 0));
                let share = release(2, task).publish(&mut world, "\\\\server\\share");
                for command_line in ["/quiet", "-u /passive"] {
                    assert_eq!(world.launch(&share, command_line), 740, "{version:?}");
                    assert_eq!(last(&world), "exit=740 action=failed");
                    let said = world.said.last().expect("told").clone();
                    let [why, instead] = missing(generation, filtered);
                    assert!(said.contains(why) && said.contains(instead), "{version:?} {filtered}: {said}");
                    assert_eq!(said.contains(TASK), task == Some(TaskAccount::System), "{said}");
                    assert_same(&before, &state(&world), "refused");
                }
                // Of others there is nothing to say of a task.
                for (program, line) in [(SETUP, "/quiet"), (INSTALLED, "/uninstall /quiet")] {
                    if program == SETUP {
                        world.put(SETUP, &release(2, task).setup());
                    }
                    assert_eq!(world.launch(program, line), 740);
                    let said = world.said.last().expect("told");
                    assert!(
                        said.contains(missing(generation, filtered)[1]) && !said.contains(TASK),
                        "{said}"
                    );
                }
                // The task itself is no user, and what was refused to users it does.
                world.administrator = true;
                assert_eq!(world.launch(INSTALLED, "-u /quiet"), 0, "{:#?}", world.log);
                assert_eq!(last(&world), "exit=0 action=update");
            }
        }
    }
}

#[test]
fn windows_is_asked_for_rights_only_where_it_can_give_them() {
    for (version, uac, generation) in WINDOWS {
        let mut world = world();
        world.machine.version = version;
        world.registry.extend([policies(uac)]);
        world.administrator = false;
        world.child_code = 3010;
        let code = setup(&mut world, &release(1, None), "");
        let asks = generation == Generation::Uac;
        assert_eq!(
            (code, world.elevated.len()),
            if asks { (3010, 1) } else { (740, 0) },
            "{version:?} {uac}"
        );
    }
}

#[test]
fn a_product_of_a_user_asks_for_nothing() {
    let mut product = release(1, None);
    product.plan.product.scope = packager_shared::plan::Scope::User;
    product.plan.ops.clear();
    product.plan.install_dir =
        Template([Part::Dir(Dir::LocalAppData), Part::Text("Acme\\Agent".into())].into());
    for (version, ..) in WINDOWS {
        let mut world = world();
        world.machine.version = version;
        world.administrator = false;
        assert_eq!(setup(&mut world, &product, "/quiet"), 0, "{version:?}: {:#?}", world.log);
    }
}
