//! Files that are no payload and are removed.

use packager_shared::plan::Op;

use super::*;

fn with_logs(version: u16) -> Product {
    let mut product = product(version);
    for (folder, pattern, on_uninstall) in [("logs", "*.log", true), ("", "*.old", false)] {
        product.plan.ops.push(Op::RemoveFiles {
            folder: folder.into(),
            pattern: pattern.into(),
            on_uninstall,
        });
    }
    product
}

fn write(world: &mut World, path: &str) {
    world.put(&std::format!("{DIR}\\{path}"), b"x");
}

fn there(world: &World, path: &str) -> bool {
    world.content(&std::format!("{DIR}\\{path}")).is_some()
}

#[test]
fn they_go_when_it_is_said_and_come_back_when_it_fails() {
    let mut world = world();
    assert_eq!(setup(&mut world, &with_logs(1), "/quiet"), 0);
    for path in ["logs\\a.log", "logs\\a.txt", "b.OLD", "bin\\c.old"] {
        write(&mut world, path);
    }
    let before = state(&world);
    for step in 1.. {
        let mut broken = world.clone();
        broken.fault = Fault::FailAt(broken.mutations + step, 5);
        if setup(&mut broken, &with_logs(2), "/quiet") == 0 {
            break;
        }
        assert_same(&before, &state(&broken), &std::format!("upgrade, call {step}"));
    }
    assert_eq!(setup(&mut world, &with_logs(2), "/quiet"), 0);
    assert!(there(&world, "logs\\a.log") && there(&world, "bin\\c.old") && !there(&world, "b.OLD"));
    assert_eq!(world.launch(INSTALLED, "/uninstall /quiet"), 0);
    assert!(!there(&world, "logs\\a.log") && there(&world, "logs\\a.txt"));
}

#[test]
fn a_folder_that_is_a_link_is_left_alone() {
    let mut world = world();
    assert_eq!(setup(&mut world, &with_logs(1), "/quiet"), 0);
    write(&mut world, "logs\\a.log");
    world.tree.insert(&std::format!("{DIR}\\logs"), Node::Dir { protected: false, link: true });
    assert_eq!(world.launch(INSTALLED, "/uninstall /quiet"), 0);
    assert!(there(&world, "logs\\a.log"));
}
