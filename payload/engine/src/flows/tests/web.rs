//! Releases from web servers, none of which is trusted or reliable.

use super::*;
use crate::sim::web::Trouble::{Breaks, Error, NoRange, Slow, Status, WrongRange};

const SITE: &str = "https://agents.example/a%20b";
const OTHER: &str = "http://10.0.0.1:8080/agent/";
const DISK: &str = "W:\\site";

/// A product that is updated from the web.
fn online(version: u16, sources: &[&str]) -> Product {
    let mut product = product(version);
    product.plan.bootstrap.sources = sources.iter().map(|source| String::from(*source)).collect();
    product.files.push((
        "data\\grün %1.bin".into(),
        std::vec![u8::try_from(version).unwrap(); 300_000],
        false,
    ));
    product
}

/// A machine with version 1, and version 2 on two servers.
fn start(sources: &[&str]) -> World {
    let mut world = world();
    assert_eq!(setup(&mut world, &online(1, sources), "/quiet"), 0, "{:#?}", world.log);
    for (root, disk) in [(SITE, DISK), (OTHER, "W:\\other")] {
        online(2, sources).publish(&mut world, disk);
        world.web.sites.push((root.trim_end_matches('/').into(), disk.into()));
    }
    world
}

fn update(world: &mut World) -> u32 {
    world.web.asked.clear();
    world.web.sent = 0;
    world.launch(INSTALLED, "-u /quiet")
}

/// The machine is as after an update with nothing in its way.
#[track_caller]
fn assert_updated(world: &mut World, sources: &[&str]) {
    let mut good = start(sources);
    assert_eq!(update(&mut good), 0, "{:#?}", good.log);
    for world in [&mut good, &mut *world] {
        world.restart();
    }
    let shown = |world: &World| {
        let mut out = state(world);
        out.retain(|path, _| !path.starts_with("w:"));
        out
    };
    assert_same(&shown(&good), &shown(world), "updated");
}

#[track_caller]
fn assert_fails(world: &mut World, code: u32) {
    let before = in_use::apart(world);
    assert_eq!(update(world), code, "{:#?}", world.log);
    assert_same(&before, &in_use::apart(world), "failed");
    in_use::assert_only_staged(world);
}

#[test]
fn an_update_from_the_web_asks_for_what_changed() {
    let mut world = start(&[SITE]);
    assert_eq!(update(&mut world), 0, "{:#?}", world.log);
    assert_eq!(last(&world), "exit=0 action=update");
    let asked: Vec<&str> = world.web.asked.iter().map(|asked| asked.url.as_str()).collect();
    let below = |file: &str| std::format!("{SITE}/files/2/x64/{file}");
    assert_eq!(asked[..3], [std::format!("{SITE}/release.idx"), below("files.idx"), below("plan.bin")]);
    assert!(asked.contains(&below("data/gr%C3%BCn%20%251.bin").as_str()), "{asked:#?}");
    assert!(!asked.contains(&below("bin/same.dll").as_str()));
    assert_updated(&mut world, &[SITE]);
    // Again: one small request.
    assert_eq!(update(&mut world), 0);
    assert_eq!((world.web.asked.len(), last(&world)), (1, "exit=0 action=none"));
    assert!(world.web.sent < 4_096);
}

#[test]
fn a_download_that_breaks_is_continued() {
    for trouble in [Breaks(100_000, 12030), Breaks(100_000, 0), Breaks(70_000, 12002)] {
        let mut world = start(&[SITE]);
        let mut good = world.clone();
        update(&mut good);
        world.trouble(".bin", trouble, 2);
        assert_eq!(update(&mut world), 0, "{:#?}", world.log);
        let from: Vec<u64> =
            world.web.asked.iter().map(|asked| asked.from).filter(|from| *from > 0).collect();
        assert!(!from.is_empty());
        assert_eq!(world.web.sent, good.web.sent, "nothing came twice");
        assert_updated(&mut world, &[SITE]);
    }
}

#[test]
fn a_server_without_ranges_sends_it_again() {
    for (trouble, most) in [(NoRange, 110_000), (WrongRange(5), 700_000)] {
        let mut world = start(&[SITE]);
        let mut good = world.clone();
        update(&mut good);
        world.trouble("%251.bin", Breaks(100_000, 12030), 1);
        world.trouble("%251.bin", trouble, 1);
        assert_eq!(update(&mut world), 0, "{:#?}", world.log);
        assert!(world.web.sent > good.web.sent && world.web.sent < good.web.sent + most);
        assert_updated(&mut world, &[SITE]);
    }
}

#[test]
fn what_never_gets_better_ends_in_bounded_time_and_changes_nothing() {
    for (part, trouble, most) in [
        ("", Error(12029), 60_000),
        ("", Error(12002), 60_000),
        ("", Error(12007), 1_000),
        ("", Error(12175), 1_000),
        ("", Status(404, 0), 1_000),
        ("", Status(403, 0), 1_000),
        ("", Status(503, 3_600), 1_000),
        ("", Status(503, 100), 250_000),
        ("", Status(429, 0), 60_000),
        ("agent.exe", Error(12029), 400_000),
        ("agent.exe", Status(404, 0), 5_000),
        ("agent.exe", Breaks(1, 0), 400_000),
        ("agent.exe", Slow(10), 1_000_000),
    ] {
        let mut world = start(&[SITE]);
        world.trouble(part, trouble, u32::MAX);
        let from = world.now;
        assert_fails(&mut world, 1619);
        assert!(world.now - from < most, "{part} {trouble:?}: {} ms", world.now - from);
    }
}

#[test]
fn a_slow_line_is_slow_and_no_more() {
    let mut world = start(&[SITE]);
    world.trouble("agent.exe", Slow(3), u32::MAX);
    assert_eq!(update(&mut world), 0, "{:#?}", world.log);
    assert_updated(&mut world, &[SITE]);
}

#[test]
fn a_busy_server_is_left_alone_for_as_long_as_it_says() {
    let mut world = start(&[SITE]);
    world.trouble("release.idx", Status(429, 20), 1);
    world.trouble("agent.exe", Status(503, 90), 2);
    assert_eq!(update(&mut world), 0, "{:#?}", world.log);
    let times = |part: &str| -> Vec<u64> {
        let asked = world.web.asked.iter().filter(|asked| asked.url.contains(part));
        asked.map(|asked| asked.at).collect()
    };
    let (head, file) = (times("release.idx"), times("agent.exe"));
    assert!(head[1] - head[0] > 20_000 && file[1] - file[0] > 90_000 && file[2] - file[1] > 90_000);
    assert_updated(&mut world, &[SITE]);
}

#[test]
fn computers_that_failed_together_come_back_apart() {
    let mut pauses = std::collections::BTreeSet::new();
    for seed in 0..50 {
        let mut world = start(&[SITE]);
        world.seed = seed;
        world.trouble("release.idx", Error(12029), 3);
        assert_eq!(update(&mut world), 0);
        let at: Vec<u64> = world.web.asked.iter().map(|asked| asked.at).collect();
        assert!(at[2] - at[1] >= at[1] - at[0], "each pause is longer");
        pauses.insert((at[3] - at[0]) / 100);
    }
    assert!(pauses.len() > 25, "{} different pauses", pauses.len());
}

#[test]
fn the_next_source_serves_when_one_is_dead_or_altered() {
    for sources in [[SITE, OTHER], ["\\\\gone\\share", OTHER], ["Z:\\none", SITE]] {
        for trouble in [Error(12029), Error(12007), Status(404, 0), Status(503, 9)] {
            let mut world = start(&sources);
            let from = world.now;
            let part = if sources[0] == SITE { "agents.example" } else { "nowhere" };
            world.trouble(part, trouble, u32::MAX);
            assert_eq!(update(&mut world), 0, "{:#?}", world.log);
            // As long as another one serves, nobody waits.
            assert!(world.now - from < 2_000, "{trouble:?}: {} ms", world.now - from);
            assert_updated(&mut world, &sources);
        }
    }
    // In the middle: what the first has is not the release's, breaks, or is gone.
    for trouble in [None, Some(Breaks(5, 12030)), Some(Status(404, 0)), Some(Error(12029))] {
        let mut world = start(&[SITE, OTHER]);
        match trouble {
            Some(trouble) => world.trouble("a%20b/files/2/x64/new", trouble, u32::MAX),
            None => world.put(&std::format!("{DISK}\\files\\2\\x64\\new\\deep\\come.txt"), b"TWO"),
        }
        if trouble == Some(Breaks(5, 12030)) {
            world.trouble("a%20b/files/2/x64/data", Breaks(5, 12030), u32::MAX);
        }
        assert_eq!(update(&mut world), 0, "{:#?}", world.log);
        assert!(
            world.web.asked.iter().any(|asked| asked.url.starts_with("http://10.0.0.1:8080/agent/files"))
        );
        assert_updated(&mut world, &[SITE, OTHER]);
    }
}

#[test]
fn what_a_server_alters_is_refused() {
    let file = |name: &str| std::format!("{DISK}\\files\\2\\x64\\{name}");
    for name in ["files.idx", "plan.bin", "bin\\agent.exe", "data\\grün %1.bin"] {
        for change in 0..3 {
            let mut world = start(&[SITE]);
            let mut bytes = world.content(&file(name)).expect("a file");
            match change {
                0 => bytes[3] ^= 1,
                1 => bytes.push(0),
                _ => bytes.truncate(bytes.len() - 1),
            }
            world.put(&file(name), &bytes);
            // What is too short looks like a connection that breaks, again and again.
            assert_fails(&mut world, if change == 2 { 1619 } else { 1620 });
        }
    }
    let mut world = start(&[SITE]);
    world.put(&std::format!("{DISK}\\release.idx"), &std::vec![7; 2 << 20]);
    assert_fails(&mut world, 1620);
}

#[test]
fn an_older_release_on_the_web_is_refused() {
    let mut world = start(&[SITE]);
    assert_eq!(update(&mut world), 0);
    online(1, &[SITE]).publish(&mut world, DISK);
    assert_fails(&mut world, 1638);
}

#[test]
fn a_first_install_from_the_web_needs_nothing_but_the_bootstrap() {
    let mut world = world();
    let product = online(2, &[SITE]);
    product.publish(&mut world, DISK);
    world.web.sites.push((SITE.into(), DISK.into()));
    let alone = "C:\\Users\\u\\autopcc.exe";
    world.put(alone, &product.share_bootstrap());
    assert_eq!(world.launch(alone, "/quiet"), 0, "{:#?}", world.log);
    assert_eq!(world.ran_images, [product.setup()]);
    assert_eq!(last(&world), "exit=0 action=setup");
    // Altered on the way: not run.
    world.ran_images.clear();
    world.put(&std::format!("{DISK}\\packages\\agent-setup.exe"), b"MZ evil");
    assert_ne!(world.launch(alone, "/quiet"), 0);
    assert!(world.ran_images.is_empty());
}

#[test]
fn a_bootstrap_handed_out_alone_tells_of_each_source() {
    const OTHER: &str = "https://mirror.acme.example/b";
    for (sources, told) in [(&[SITE][..], 1), (&[SITE, OTHER], 2)] {
        let mut world = world();
        let alone = "C:\\Users\\u\\autopcc.exe";
        world.put(alone, &online(2, sources).share_bootstrap());
        assert_eq!(world.launch(alone, "/quiet"), 1619, "{:#?}", world.log);
        let said = world.said.last().expect("something is said");
        assert!(sources.iter().all(|source| said.contains(source)), "{said}");
        assert_eq!(said.matches("release.idx").count(), told, "{said}");
        assert!(!said.contains("C:\\Users") && said.matches("Windows error").count() == told, "{said}");
    }
}

#[test]
fn a_silent_run_takes_its_time_with_a_new_release() {
    let spread = |version| {
        let mut product = online(version, &[SITE]);
        product.plan.bootstrap.spread_s = 3_600;
        product
    };
    let mut waits = std::collections::BTreeSet::new();
    for seed in 0..40 {
        let mut world = world();
        assert_eq!(setup(&mut world, &spread(1), "/quiet"), 0);
        spread(2).publish(&mut world, DISK);
        world.web.sites.push((SITE.into(), DISK.into()));
        (world.now, world.seed) = (0, seed);
        assert_eq!(update(&mut world), 0, "{:#?}", world.log);
        assert_eq!(last(&world), "exit=0 action=update");
        // The head before and after the pause; nothing else before it.
        let asked = &world.web.asked;
        assert!(asked[0].url.ends_with("release.idx") && asked[1].url.ends_with("release.idx"));
        let waited = asked[1].at - asked[0].at;
        assert!(waited < 3_601_000);
        waits.insert(waited / 60_000);
        // Nothing new: nobody waits. Whoever forces it, or sees it, does not wait either.
        for (line, new) in [("-u /quiet", false), ("-f -u /quiet", true), ("-u /passive", true)] {
            spread(if new { 1 } else { 2 }).publish(&mut world, DISK);
            let from = world.now;
            world.launch(INSTALLED, line);
            assert!(world.now - from < 1_000, "{line}");
        }
    }
    assert!(waits.len() > 20, "{} different minutes", waits.len());
    // Taken back during the pause: nothing is done.
    let mut world = world();
    assert_eq!(setup(&mut world, &spread(1), "/quiet"), 0);
    spread(2).publish(&mut world, DISK);
    spread(1).publish(&mut world, "W:\\before");
    world.web.sites = std::vec![(SITE.into(), DISK.into())];
    world.web.swap_at = Some((100, "W:\\before".into()));
    assert_eq!(update(&mut world), 0, "{:#?}", world.log);
    assert_eq!(last(&world), "exit=0 action=none");
}
