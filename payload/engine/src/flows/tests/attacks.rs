//! What somebody without an administrator's rights prepares for a run that has them.

use super::*;
use crate::guard::RIGHTS;
use crate::system::Securable;
use crate::{System as _, guard};

const SHARE: &str = "\\\\server\\share";

fn open(world: &mut World, folder: &str) {
    world.tree.insert(folder, Node::Dir { protected: false, link: false });
    world.open.insert(lower(folder));
}

/// A product that says it has made what is not its own.
fn greedy() -> Product {
    let mut greedy = product(1);
    greedy.plan.ops.push(packager_shared::plan::Op::RegistryValue {
        key: key("SOFTWARE\\Victim"),
        name: "Value".into(),
        data: packager_shared::plan::Data::Dword(1),
    });
    greedy
}

fn with_victim(mut world: World) -> World {
    let values = [(String::from("value"), registry::dword(1))];
    world.registry.insert(reg(&key("SOFTWARE\\Victim")), values.into());
    world
}

fn victim(world: &World) -> bool {
    world.registry.get(&reg(&key("SOFTWARE\\Victim"))).is_some_and(|values| values.contains_key("value"))
}

#[test]
fn an_installed_package_counts_only_when_the_registry_names_it() {
    let own = |world: &mut World| {
        world.launch(SETUP, "/quiet");
    };
    // The real one takes away what it has made, a planted one takes away nothing.
    let mut real = with_victim(world());
    assert_eq!(setup(&mut real, &greedy(), "/quiet"), 0, "{:#?}", real.log);
    let mut planted = with_victim(with(1));
    planted.put(INSTALLED, &greedy().installed());
    for (world, stays) in [(&mut real, false), (&mut planted, true)] {
        world.put(SETUP, &product(2).setup());
        own(world);
        assert_eq!(last(world), "exit=0 action=upgrade", "{:#?}", world.log);
        assert_eq!(victim(world), stays);
        assert_eq!(world.content(INSTALLED), Some(product(2).installed()));
    }
    let refused = |line: &String| line.contains("not the release that was installed");
    assert!(with_planted_update().log.iter().any(refused));
}

/// The same through a share: the floor of a planted bootstrap is not believed either.
fn with_planted_update() -> World {
    let mut world = with(2);
    let mut high = product(2);
    high.plan.bootstrap.floor = 9;
    world.put(INSTALLED, &high.installed());
    let bootstrap = product(3).publish(&mut world, SHARE);
    assert_eq!(world.launch(&bootstrap, "/quiet"), 0, "{:#?}", world.log);
    world
}

#[test]
fn an_uninstall_believes_no_planted_package() {
    let mut world = with_victim(with(1));
    world.put(INSTALLED, &greedy().installed());
    world.put(SETUP, &product(1).setup());
    assert_eq!(world.launch(SETUP, "/uninstall /quiet"), 0, "{:#?}", world.log);
    assert!(victim(&world) && world.content(INSTALLED).is_none());
}

#[test]
fn a_folder_that_others_made_before_is_not_installed_into() {
    for (folder, arguments) in [
        (DIR, "/quiet"),
        ("C:\\Program Files\\Acme", "/quiet"),
        ("D:\\Agent", "/quiet /dir D:\\Agent"),
        ("D:\\Apps", "/quiet /dir D:\\Apps\\Agent"),
    ] {
        let mut world = world();
        world.tree.insert("D:", Node::Dir { protected: false, link: false });
        open(&mut world, folder);
        let before = state(&world);
        assert_eq!(setup(&mut world, &product(1), arguments), 1603, "{folder}: {:#?}", world.log);
        assert!(world.said[0].contains("others than administrators") && world.said[0].ends_with(folder));
        assert_same(&before, &state(&world), folder);
        world.open.clear();
        world.rights.insert(lower(folder), String::from(RIGHTS));
        assert_eq!(setup(&mut world, &product(1), arguments), 0, "{folder}: {:#?}", world.log);
    }
}

#[test]
fn a_folder_that_a_foreign_key_names_is_used_only_when_it_is_safe() {
    const OLD: &str = "C:\\Old Agent";
    for safe in [true, false] {
        let mut world = world();
        let mut new = product(1);
        new.plan.detect.push(key("SOFTWARE\\Old\\Agent"));
        open(&mut world, OLD);
        if safe {
            world.open.clear();
            world.rights.insert(lower(OLD), String::from(RIGHTS));
        }
        let values = [(String::from("application path"), registry::string(SZ, OLD))];
        world.registry.insert(reg(&key("SOFTWARE\\Old\\Agent")), values.into());
        assert_eq!(setup(&mut world, &new, "/quiet"), 0, "{:#?}", world.log);
        let there = |dir: &str| world.content(&std::format!("{dir}\\bin\\agent.exe")).is_some();
        assert_eq!((there(OLD), there(DIR)), (safe, !safe), "{:#?}", world.log);
    }
}

#[test]
fn an_install_directory_where_others_make_folders_gets_rights_of_its_own() {
    for (dir, made, own) in [
        ("C:\\ProgramData\\Other\\Agent", "C:\\ProgramData\\Other", true),
        ("D:\\Agent", "D:\\Agent", true),
        (DIR, "C:\\Program Files\\Acme", false),
    ] {
        let mut world = world();
        world.tree.insert("D:", Node::Dir { protected: false, link: false });
        let arguments = std::format!("/quiet /dir {}", packager_shared::quote::program(dir));
        assert_eq!(setup(&mut world, &product(1), &arguments), 0, "{:#?}", world.log);
        let rights = world.rights(&Securable::Path(made.into())).expect("asks");
        assert_eq!(rights.expect("there").ends_with(RIGHTS), own, "{made}");
        assert!(guard::is_safe(&mut world, dir), "{dir}");
        // And so it stays without a change.
        assert_eq!(setup(&mut world, &product(1), &arguments), 0);
        assert_eq!((last(&world), world.mutations), ("exit=0 action=none", 0));
    }
}

#[test]
fn a_link_in_the_work_folder_is_not_followed() {
    let mut world = with(1);
    let work = std::format!("{DIR}\\.upd");
    let behind = std::format!("{work}\\new\\file.txt");
    world.tree.insert(&work, Node::Dir { protected: false, link: false });
    world.make_link(&std::format!("{work}\\new"));
    world.put(&behind, b"what lies behind the link");
    let scope = packager_shared::plan::Scope::Machine;
    crate::transaction::cleanup::remove_work_folder(&mut world, &work, scope, false, &[]);
    assert!(world.content(&behind).is_some() && world.tree.get(&work).is_none());
}

#[test]
fn a_folder_with_rights_that_somebody_else_made_is_refused() {
    const SECRET: &str = "C:\\ProgramData\\Acme\\Secret";
    let mut world = world();
    world.tree.insert("C:\\ProgramData\\Acme", Node::Dir { protected: false, link: false });
    open(&mut world, SECRET);
    let before = state(&world);
    assert_eq!(setup(&mut world, &product(1), "/quiet"), 1603);
    assert!(world.said[0].contains("somebody else made this folder"), "{:?}", world.said);
    assert_same(&before, &state(&world), "foreign folder");
    world.open.clear();
    assert_eq!(setup(&mut world, &product(1), "/quiet"), 0, "{:#?}", world.log);
}

#[test]
fn what_lies_behind_a_link_outside_is_not_written() {
    use packager_shared::plan::Op;
    use packager_shared::template::Dir;
    let template = crate::sim::fixture::template;
    let ini = Op::Ini {
        folder: template("{ProgramData}\\Linked"),
        file: "a.ini".into(),
        section: template("s"),
        key: template("k"),
        value: template("v"),
    };
    let shortcut = Op::Shortcut {
        folder: Dir::StartMenu,
        subfolder: "Linked".into(),
        name: "Agent".into(),
        target: "bin\\agent.exe".into(),
        arguments: template(""),
        description: "".into(),
        icon: None,
    };
    for (op, link) in [(ini, "C:\\ProgramData\\Linked"), (shortcut, "C:\\ProgramData\\Start\\Linked")] {
        let mut one = product(1);
        one.plan.ops.push(op);
        let mut world = world();
        world.make_link(link);
        let before = state(&world);
        assert_eq!(setup(&mut world, &one, "/quiet"), 1603, "{:#?}", world.log);
        assert!(world.said[0].contains("a junction or a symbolic link"), "{:?}", world.said);
        assert_same(&before, &state(&world), link);
        world.tree.insert(link, Node::Dir { protected: false, link: false });
        assert_eq!(setup(&mut world, &one, "/quiet"), 0, "{:#?}", world.log);
    }
}

#[test]
fn a_file_with_a_second_name_outside_is_not_written() {
    use packager_shared::plan::Op;
    let template = crate::sim::fixture::template;
    let ini = |value: &str| Op::Ini {
        folder: template("{ProgramData}\\Open"),
        file: "a.ini".into(),
        section: template("s"),
        key: template("k"),
        value: template(value),
    };
    let (file, theirs) = ("C:\\ProgramData\\Open\\a.ini", "C:\\Windows\\win.ini");
    let with = |version, value| {
        let mut one = product(version);
        one.plan.ops.push(ini(value));
        one
    };
    let mut world = world();
    world.put(theirs, b"[mail]\nMAPI=1\n");
    world.put(file, b"");
    let node = world.tree.get(theirs).cloned().expect("there");
    world.tree.insert(file, node);
    let before = state(&world);
    assert_eq!(setup(&mut world, &with(1, "v"), "/quiet"), 1603, "{:#?}", world.log);
    assert!(world.said[0].contains("hard links"), "{:?}", world.said);
    assert_same(&before, &state(&world), file);
    // With a name of its own it is written; a second one that it gets later keeps it from being cleaned up.
    world.put(file, b"");
    assert_eq!(setup(&mut world, &with(1, "v"), "/quiet"), 0, "{:#?}", world.log);
    let node = world.tree.get(file).cloned().expect("there");
    world.tree.insert(theirs, node);
    assert_eq!(setup(&mut world, &with(1, "v"), "/uninstall /quiet"), 0, "{:#?}", world.log);
    assert_eq!(world.content(theirs).as_deref(), Some(&b"[s]\nk=v\n"[..]), "{:#?}", world.log);
}

#[test]
fn every_command_line_that_windows_keeps_is_quoted() {
    let world = with(1);
    let quoted = std::format!("\"{INSTALLED}\" ");
    let entry = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\com.acme.agent";
    for name in ["UninstallString", "QuietUninstallString"] {
        let line = value(&world, entry, name).expect("there");
        assert!(line.starts_with(&quoted), "{name}: {line}");
    }
    assert!(!world.services.is_empty() && !world.tasks.is_empty());
    for service in world.services.values().filter(|service| service.config.image_path.contains(DIR)) {
        let program = service.config.image_path.strip_prefix('"').and_then(|rest| rest.split_once(".exe\""));
        assert!(program.is_some(), "{}", service.config.image_path);
    }
    // The Task Scheduler keeps the program apart from its arguments.
    let task = crate::text::from_utf16(world.tasks.values().next().expect("there"));
    assert!(task.contains(&std::format!("<Command>{INSTALLED}</Command><Arguments>")), "{task}");
}
