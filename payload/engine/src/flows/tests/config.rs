//! Configuration files take values from settings, and keep what people write.

use super::*;

const FILE: &str = "C:\\Program Files\\Acme\\Agent\\conf\\agent.toml";

fn text(world: &World) -> String {
    String::from_utf8(world.content(FILE).expect("the file is there")).expect("UTF-8")
}

fn with_values(url: &str, group: &str) -> String {
    std::format!("default = 1 # one\ngroup = \"{group}\"\n\n[server]\nurl = \"https://{url}\"\n")
}

#[test]
fn values_come_from_settings_at_install_and_on_change() {
    let mut world = with(1);
    assert_eq!(text(&world), with_values("standard", "standard"));
    assert_eq!(setup(&mut world, &product(1), "/quiet"), 0);
    assert_eq!((last(&world), world.mutations), ("exit=0 action=none", 0));
    // What people write stays until the setting changes.
    world.put(FILE, with_values("mine", "mine").replace("# one", "# my own").as_bytes());
    assert_eq!(setup(&mut world, &product(2), "/quiet"), 0, "{:#?}", world.log);
    assert_eq!(text(&world), with_values("mine", "mine").replace("# one", "# my own"));
    assert_eq!(setup(&mut world, &product(2), "/quiet SERVER=new"), 0, "{:#?}", world.log);
    assert_eq!(text(&world), with_values("new", "mine").replace("# one", "# my own"));
    // A file that is gone comes back as the payload has it, and gets all values.
    world.tree.remove(FILE);
    assert_eq!(setup(&mut world, &product(2), "/repair /quiet"), 0);
    assert_eq!(text(&world), with_values("new", "standard"));
    // One that cannot be understood is left alone, and is no reason to fail; the value is put in when it can be.
    world.put(FILE, b"[broken");
    assert_eq!(setup(&mut world, &product(2), "/quiet SERVER=newer"), 0, "{:#?}", world.log);
    assert_eq!(text(&world), "[broken");
    assert!(world.log.iter().any(|line| line.starts_with("cannot be understood")), "{:#?}", world.log);
    world.put(FILE, b"");
    assert_eq!(setup(&mut world, &product(2), "/quiet"), 0);
    assert_eq!(text(&world), "[server]\nurl = \"https://newer\"\n");
    assert!(world.log.iter().all(|line| !line.contains("newer")), "{:#?}", world.log);
}

#[test]
fn windows_installer_has_the_same_done() {
    let mut world = with(1);
    let marks = key("SOFTWARE\\Acme\\com.acme.agent\\Setup\\Config");
    let (whole, remembered) = (text(&world), world.registry[&reg(&marks)].clone());
    // An upgrade: the old version goes and leaves file and marks, the new one comes.
    world.put(FILE, whole.replace("https://standard", "https://mine").as_bytes());
    let edited = text(&world);
    for line in ["uninstall upgrade", "install upgrade", "commit upgrade"] {
        assert_eq!(world.launch(INSTALLED, &std::format!("/msi {line}")), 0, "{line}: {:#?}", world.log);
        assert_eq!(text(&world), edited, "{line}");
        assert_eq!(world.registry[&reg(&marks)], remembered, "{line}");
    }
    // A change of the setting, rolled back and made again.
    let settings = key("SOFTWARE\\Acme\\Agent\\Settings");
    world
        .registry
        .get_mut(&reg(&settings))
        .expect("there")
        .insert("server".into(), registry::string(SZ, "new"));
    assert_eq!(world.launch(INSTALLED, "/msi install repair"), 0, "{:#?}", world.log);
    assert_eq!(text(&world), whole.replace("https://standard", "https://new"));
    assert_eq!(world.launch(INSTALLED, "/msi rollback-install repair"), 0);
    assert_eq!((text(&world), &world.registry[&reg(&marks)]), (edited.clone(), &remembered));
    // A removal that is rolled back leaves what people wrote.
    world
        .registry
        .get_mut(&reg(&settings))
        .expect("there")
        .insert("server".into(), registry::string(SZ, "standard"));
    assert_eq!(world.launch(INSTALLED, "/msi uninstall uninstall"), 0);
    assert!(!world.registry.contains_key(&reg(&marks)));
    assert_eq!(world.launch(INSTALLED, "/msi rollback-uninstall uninstall"), 0);
    assert_eq!((text(&world), &world.registry[&reg(&marks)]), (edited, &remembered));
}
