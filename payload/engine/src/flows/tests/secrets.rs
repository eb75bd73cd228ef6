//! Secret settings through setup, share and uninstall: where they are, and where they never are.

use super::*;
use packager_shared::plan::Setting;

const KEY: &str = "SOFTWARE\\Acme\\Agent\\Secrets";
const OWN: &str = "SOFTWARE\\Acme\\com.acme.agent\\Setup\\Secrets";
const SECRET: &str = "hunter2";

/// The product with two secrets: one in a key of its own choice, one in the state key.
fn guarded(version: u16) -> Product {
    let mut product = product(version);
    for (name, registry) in [("TOKEN", Some((key(KEY), "Token".into()))), ("PIN", None)] {
        let secret = true;
        let (default, allowed) = (String::new(), Vec::new());
        let setting = Setting {
            name: name.into(),
            default,
            required: false,
            secret,
            allowed,
            registry,
            legacy: Vec::new(),
        };
        product.plan.settings.push(setting);
    }
    product
}

fn watched() -> World {
    let mut world = world();
    world.secret = SECRET.into();
    world
}

fn token(world: &World) -> Option<String> {
    let found = value(world, KEY, "Token");
    assert!(found.is_none() || world.protected_keys.contains(&reg(&key(KEY))), "the key is open to all");
    found
}

fn assert_kept(world: &World) {
    assert_eq!(world.leaks, Vec::<String>::new());
    let shown = [&world.log, &world.said, &world.elevated].into_iter().flatten();
    let lines = world.ran.iter().map(|(_, line)| line);
    for line in shown.chain(lines) {
        assert!(!line.contains(SECRET), "{line}");
    }
}

#[test]
fn a_secret_is_given_kept_changed_cleared_and_removed() {
    let mut world = watched();
    assert_eq!(setup(&mut world, &guarded(1), "/quiet TOKEN=hunter2-a PIN=hunter2"), 0, "{:#?}", world.log);
    assert_eq!(token(&world).as_deref(), Some("hunter2-a"));
    assert_eq!(value(&world, OWN, "PIN").as_deref(), Some("hunter2"));
    assert_eq!(setup(&mut world, &guarded(2), "/quiet"), 0);
    assert_eq!(token(&world).as_deref(), Some("hunter2-a"), "an upgrade keeps it");
    assert_eq!(setup(&mut world, &guarded(2), "/quiet"), 0);
    assert_eq!(last(&world), "exit=0 action=none");
    assert_eq!(setup(&mut world, &guarded(2), "/quiet TOKEN=hunter2-b"), 0);
    assert_eq!(token(&world).as_deref(), Some("hunter2-b"));
    assert_eq!(setup(&mut world, &guarded(2), "/quiet TOKEN="), 0);
    assert_eq!(token(&world), None, "cleared");
    assert_eq!(setup(&mut world, &guarded(2), "/quiet /clear PIN TOKEN=hunter2-c"), 0);
    assert_eq!((token(&world).as_deref(), value(&world, OWN, "PIN")), (Some("hunter2-c"), None));
    assert_kept(&world);
    assert_eq!(world.launch(INSTALLED, "/uninstall /quiet"), 0);
    assert!(world.registry.keys().all(|key| !key.contains("acme")), "{:?}", world.registry.keys());
}

#[test]
fn a_key_that_others_may_read_is_closed_without_a_change() {
    let mut world = watched();
    assert_eq!(setup(&mut world, &guarded(1), "/quiet TOKEN=hunter2"), 0);
    world.protected_keys.clear();
    assert_eq!(setup(&mut world, &guarded(1), "/quiet"), 0);
    assert_eq!(last(&world), "exit=0 action=none");
    assert_eq!(token(&world).as_deref(), Some(SECRET));
}

#[test]
fn every_failing_step_gives_the_old_secret_back() {
    let mut start = watched();
    assert_eq!(setup(&mut start, &guarded(1), "/quiet TOKEN=hunter2-a PIN=hunter2-p"), 0);
    for line in ["/quiet TOKEN=hunter2-b", "/quiet TOKEN= /clear PIN"] {
        fail_everywhere(line, &start, |world| {
            let code = setup(world, &guarded(2), line);
            assert_kept(world);
            code
        });
        power_off_everywhere(line, &start, |world| {
            let code = setup(world, &guarded(2), line);
            assert_kept(world);
            code
        });
    }
    fail_everywhere("uninstall", &start, |world| {
        let code = world.launch(INSTALLED, "/uninstall /quiet");
        assert_kept(world);
        code
    });
}

#[test]
fn a_required_secret_is_asked_for_once() {
    let mut world = watched();
    let required = |version| {
        let mut product = guarded(version);
        product.plan.settings.iter_mut().filter(|s| s.name == "TOKEN").for_each(|s| s.required = true);
        product
    };
    assert_eq!(setup(&mut world, &required(1), "/quiet"), 1639);
    assert_eq!(setup(&mut world, &required(1), "/quiet TOKEN=hunter2"), 0);
    assert_eq!(setup(&mut world, &required(2), "/quiet"), 0);
    assert_eq!(setup(&mut world, &required(2), "/quiet TOKEN="), 1639);
    assert_eq!(token(&world).as_deref(), Some(SECRET));
    let given = "SOFTWARE\\Acme\\com.acme.agent\\Setup\\Given";
    assert_eq!(world.registry[&reg(&key(given))]["token"], registry::dword(1));
    assert_kept(&world);
}

#[test]
fn a_secret_comes_from_a_file() {
    let mut world = watched();
    world.put("C:\\Users\\u\\token.txt", b"hunter2 \"q\"\r\nmore");
    assert_eq!(
        setup(&mut world, &guarded(1), "/quiet TOKEN=@C:\\Users\\u\\token.txt"),
        0,
        "{:#?}",
        world.log
    );
    assert_eq!(token(&world).as_deref(), Some("hunter2 \"q\""));
    assert!(world.content("C:\\Users\\u\\token.txt").is_some(), "the file is its owner's");
    assert_eq!(setup(&mut world, &guarded(1), "/quiet TOKEN=@token.txt"), 1639);
    assert_ne!(setup(&mut world, &guarded(1), "/quiet TOKEN=@C:\\Users\\u\\none.txt"), 0);
    assert_eq!(setup(&mut world, &guarded(1), "/quiet GROUP=@home"), 0, "only secrets come from files");
    assert_eq!(token(&world).as_deref(), Some("hunter2 \"q\""));
    assert_kept(&world);
}

#[test]
fn programs_that_are_started_get_secrets_in_files() {
    let mut world = watched();
    world.administrator = false;
    world.put("C:\\Users\\u\\Local\\Temp\\x", b"");
    setup(&mut world, &guarded(1), "token=hunter2 SERVER=x");
    let [line] = world.elevated.as_slice() else { panic!("{:?}", world.elevated) };
    assert!(
        line.starts_with("token=@C:\\Users\\u\\Local\\Temp\\~install-") && line.ends_with("\\0 SERVER=x"),
        "{line}"
    );
    assert_kept(&world);
    for msi in [false, true] {
        let mut world = watched();
        world.put("C:\\Windows\\Temp\\x", b"");
        let mut product = guarded(1);
        product.plan.bootstrap.first_install_msi = msi;
        let bootstrap = product.publish(&mut world, "\\\\server\\share");
        assert_eq!(world.launch(&bootstrap, "/quiet TOKEN=hunter2 PIN= SERVER=x"), 0, "{:#?}", world.log);
        let (_, line) = &world.ran[0];
        assert!(line.contains("@C:\\Windows\\Temp\\~install-"), "{line}");
        let empty = if msi { "PIN=\"\"" } else { "PIN=" };
        assert!(line.contains(empty) && line.contains("SERVER="), "{line}");
        assert_kept(&world);
        let left: Vec<_> = world.snapshot().into_keys().filter(|path| path.contains("~install-")).collect();
        assert_eq!(left, Vec::<String>::new());
    }
}
