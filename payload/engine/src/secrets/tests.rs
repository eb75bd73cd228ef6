use std::string::String;
use std::vec::Vec;

use packager_shared::plan::{Key, Root, View};

use super::action::{BEFORE, Job};
use super::first_line;
use crate::registry;
use crate::sim::{Fault, World};
use crate::system::System as _;

const DATA: &str = r"HKLM;64;;34;SOFTWARE\Acme\Agent\Secrets\To;ken;";

fn key() -> Key {
    Key { root: Root::LocalMachine, view: View::Bits64, path: r"SOFTWARE\Acme\Agent\Secrets".into() }
}

fn data(secret: &str) -> String {
    [DATA, secret].concat()
}

fn value(world: &mut World) -> Option<String> {
    registry::get_string(world, &key(), "To;ken").expect("reads")
}

fn stored(world: &mut World, secret: &str) {
    let data = data(secret);
    let job = Job::parse(&data).expect("parses");
    job.store(world).expect("stores");
    job.forget(world).expect("forgets");
}

#[test]
fn any_secret_comes_through_the_data_of_an_action() {
    for secret in ["x", ";;", "a;b\\c", "[X]{y} \"q\" ä😀", " "] {
        let mut world = World::default();
        stored(&mut world, secret);
        assert_eq!(value(&mut world).as_deref(), Some(secret));
        assert!(world.key_is_protected(&key()).expect("asks"));
    }
    for bad in [
        "",
        "HKLM;64;;3;A",
        r"HKCR;64;;3;A\B;x",
        r"HKLM;16;;3;A\B;x",
        r"HKLM;64;;4;A\B;x",
        r"HKLM;64;;9;A\B;x",
    ] {
        assert!(Job::parse(bad).is_none(), "{bad}");
    }
}

#[test]
fn the_key_is_protected_before_the_secret_is_in_it() {
    let mut world = World::default();
    world.secret = "hunter2".into();
    stored(&mut world, "hunter2");
    world.protected_keys.clear();
    stored(&mut world, "hunter2 again");
    assert_eq!(world.leaks, Vec::<String>::new());
    // The simulation sees one that would be.
    let bare = Key { path: "SOFTWARE\\Bare".into(), ..key() };
    world.key_create(&bare).expect("creates");
    world.value_set(&bare, "x", &registry::string(registry::SZ, "hunter2")).expect("sets");
    assert_eq!(world.leaks.len(), 1);
}

#[test]
fn a_link_is_refused() {
    let mut world = World::default();
    world.links.insert(crate::sim::reg(&key()));
    assert!(Job::parse(&data("x")).expect("parses").store(&mut world).is_err());
    assert_eq!(value(&mut world), None);
}

#[test]
fn rolling_back_gives_the_old_secret_back_whatever_failed() {
    for (before, now) in [("old", "new"), ("old", ""), ("", "new"), ("", "")] {
        let mut start = World::default();
        stored(&mut start, before);
        let calls = start.mutations;
        for failing in 0.. {
            let mut world = start.clone();
            world.fault = Fault::FailAt(calls + failing, 5);
            let data = data(now);
            let job = Job::parse(&data).expect("parses");
            let outcome = job.store(&mut world);
            world.fault = Fault::None;
            job.restore(&mut world).expect("restores");
            let expected = (!before.is_empty()).then_some(before);
            assert_eq!(value(&mut world).as_deref(), expected, "{before:?} → {now:?}, call {failing} failed");
            assert_eq!(world.key_exists(&key()).expect("asks"), expected.is_some());
            if outcome.is_ok() {
                break;
            }
        }
    }
}

#[test]
fn nothing_is_kept_when_it_is_settled() {
    let mut world = World::default();
    stored(&mut world, "one");
    assert_eq!(world.key_values(&key()).expect("lists"), ["to;ken"]);
    let two = data("two").replace(";;34", ";1;34");
    Job::parse(&two).expect("parses").store(&mut world).expect("stores");
    assert_eq!(world.key_values(&key()).expect("lists"), ["to;ken"]);
    let data = data("three");
    Job::parse(&data).expect("parses").store(&mut world).expect("stores");
    assert!(world.key_values(&key()).expect("lists").iter().any(|name| name.starts_with(BEFORE)));
    let none = self::data("").replace(";;34", ";1;34");
    let mut world = World::default();
    stored(&mut world, "one");
    Job::parse(&none).expect("parses").store(&mut world).expect("clears");
    assert!(world.registry.keys().all(|key| !key.contains("acme")), "{:?}", world.registry);
}

#[test]
fn the_first_line_of_a_file_is_the_secret() {
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain("ä b\r\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for (bytes, line) in [
        (&b"a b\nrest"[..], "a b"),
        (b"\xef\xbb\xbftoken\r\n", "token"),
        (&utf16, "ä b"),
        (b"", ""),
        (b"@x;=\"", "@x;=\""),
    ] {
        assert_eq!(first_line(bytes).as_deref(), Some(line));
    }
    for bad in [&b"\xff\x00"[..], b"a\tb", b"\xff\xfe\x00\xd8"] {
        assert_eq!(first_line(bad), None);
    }
}
