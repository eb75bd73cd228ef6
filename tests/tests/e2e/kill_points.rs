//! An update of thousands of files that is killed at many points: the program alone, or all of Windows at once, as by
//! a power cut. Each time the next run finds the old release or the new one, whole, and a further one is all it takes.

mod ground;
mod trace;

use std::collections::BTreeMap;

use ground::{Ground, NEW, OLD, Which, which};
use trace::{Plan, Point};

/// Points in the program, by phase: each kills it at a request to Windows. Two more are at the commit.
const STOPS: &[(&str, usize)] =
    &[("look", 2), ("stage", 6), ("journal", 3), ("swap", 8), ("steps", 6), ("clean-up", 4)];
/// Points in Wine's server, which holds all of Windows: files are made, renamed and deleted by it.
const CUTS: &[(&str, usize)] = &[("stage", 3), ("swap", 7), ("clean-up", 5)];

#[test]
fn a_program_that_is_killed_leaves_the_old_release_or_the_new_one() {
    let mut ground = Ground::new();
    let trace = ground.measure_program();
    let plan = Plan::read(&trace);
    let points = [plan.spread(STOPS), plan.commit(&trace)].concat();
    assert!(points.len() >= 29, "{} points", points.len());
    let counts = try_all(&mut ground, &plan, &points, false, Ground::kill_program);
    for (phase, _) in STOPS.iter().chain(&[("commit", 2)]) {
        assert!(counts.contains_key(*phase), "nothing was killed in the phase {phase}: {counts:?}");
    }
}

#[test]
fn a_power_cut_leaves_the_old_release_or_the_new_one() {
    let mut ground = Ground::new();
    let plan = Plan::of_server(&ground.measure_server());
    let points = plan.spread(CUTS);
    assert!(points.len() >= 15, "{} points", points.len());
    let counts = try_all(&mut ground, &plan, &points, true, Ground::cut_power);
    for (phase, _) in CUTS {
        assert!(counts.contains_key(*phase), "no power cut in the phase {phase}: {counts:?}");
    }
}

/// Kills at each point, looks, goes on, looks again. How many kills there were in each phase.
///
/// `may_forget`: what was written to the registry last may be lost.
fn try_all(
    ground: &mut Ground,
    plan: &Plan,
    points: &[Point],
    may_forget: bool,
    kill: fn(&mut Ground, &Point) -> String,
) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    let (mut back, mut forward) = (0, 0);
    for point in points {
        ground.reset();
        let trace = kill(ground, point);
        assert!(trace.contains("+++ killed by SIGKILL"), "nothing was killed at {point:?}");
        let phase = plan.phase_at_end(point, &trace);
        let what = format!("killed in the phase {phase}, at {point:?}");
        // The old release's share: whatever was cut off is settled first, and then there is nothing to do, or the new
        // release is there and stays.
        let (code, log) = ground.run(OLD);
        let seen = ground.see();
        let tree = which(&seen.tree, &ground.old.tree, &ground.new.tree);
        // Wine does nothing for RegFlushKey: a power cut takes what the commit has forced to the disk on Windows, and then
        // the registry tells of the old release.
        let behind = may_forget && code == 0 && tree == Which::New;
        let expected = match code {
            0 if !behind => Which::Old,
            0 | 1638 => Which::New,
            _ => panic!("{what}: the next run ended with {code}:\n{log}"),
        };
        back += usize::from(expected == Which::Old);
        forward += usize::from(expected == Which::New);
        let told = format!("{what}; the next run:\n{log}");
        assert_is(&seen.tree, (&ground.old.tree, &ground.new.tree), &expected, &told);
        let expected = if behind { Which::Old } else { expected };
        assert_is(&seen.registry, (&ground.old.registry, &ground.new.registry), &expected, &told);
        let (code, log) = ground.run(NEW);
        assert_eq!(code, 0, "{what}; the run after the next:\n{log}");
        let seen = ground.see();
        let told = format!("{what}; the run after the next:\n{log}");
        assert_is(&seen.tree, (&ground.old.tree, &ground.new.tree), &Which::New, &told);
        assert_is(&seen.registry, (&ground.old.registry, &ground.new.registry), &Which::New, &told);
        assert!(!seen.work_folder, "{what}: the work folder is left:\n{log}");
        *counts.entry(phase).or_insert(0) += 1;
    }
    packager_tests::report(&format!(
        "{} kills: {counts:?}; {back} went back, {forward} were done",
        points.len()
    ));
    assert!(back > 0 && forward > 0, "{back} went back, {forward} were done");
    counts
}

type Map = BTreeMap<String, String>;

#[track_caller]
fn assert_is(seen: &Map, (old, new): (&Map, &Map), expected: &Which, what: &str) {
    assert_eq!(which(seen, old, new), *expected, "{what}");
}

/// The eyes that the tests above see with.
#[test]
fn what_is_mixed_is_called_mixed() {
    let map = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(path, digest)| ((*path).to_owned(), (*digest).to_owned())).collect()
    };
    let old = map(&[("same", "0"), ("changed", "1"), ("removed", "2")]);
    let new = map(&[("same", "0"), ("changed", "3"), ("added", "4")]);
    assert_eq!(which(&old, &old, &new), Which::Old);
    assert_eq!(which(&new, &old, &new), Which::New);
    for mixed in [
        map(&[("same", "0"), ("changed", "3"), ("removed", "2")]),
        map(&[("same", "0"), ("changed", "1"), ("removed", "2"), ("added", "4")]),
        map(&[("same", "0"), ("changed", "1")]),
        map(&[("same", "0"), ("changed", "3"), ("added", "torn")]),
        map(&[("changed", "3"), ("added", "4")]),
        map(&[("same", "0"), ("changed", "3"), ("added", "4"), ("stray", "5")]),
        map(&[]),
    ] {
        assert!(matches!(which(&mixed, &old, &new), Which::Mixed(_)), "{mixed:?}");
    }
}

/// The same on a real tree: one file of the other release, one that is gone, one of the same size and time.
#[test]
fn a_tree_with_one_wrong_file_is_called_mixed() {
    let mut ground = Ground::new();
    let verdict = |ground: &mut Ground| {
        let seen = ground.see();
        which(&seen.tree, &ground.old.tree, &ground.new.tree)
    };
    assert_eq!(verdict(&mut ground), Which::Old);
    let changed = ground.old.tree.iter().find(|(path, digest)| {
        ground.new.tree.get(*path).is_some_and(|other| other != *digest) && path.ends_with(".js")
    });
    let file = ground.dir().join(changed.expect("a file changes").0);
    let (bytes, meta) = (std::fs::read(&file).expect("it is read"), file.metadata().expect("it is there"));
    let mut flipped = bytes.clone();
    flipped[0] ^= 1;
    std::fs::write(&file, &flipped).expect("it is written in place");
    let opened = std::fs::File::options().write(true).open(&file).expect("it is opened");
    opened.set_modified(meta.modified().expect("a time")).expect("the time is set back");
    assert!(matches!(verdict(&mut ground), Which::Mixed(_)));
    std::fs::remove_file(&file).expect("it is removed");
    assert!(matches!(verdict(&mut ground), Which::Mixed(_)));
    std::fs::write(&file, &bytes).expect("it is written");
    assert_eq!(verdict(&mut ground), Which::Old);
    std::fs::create_dir(ground.dir().join("stray")).expect("a folder is made");
    assert!(matches!(verdict(&mut ground), Which::Mixed(_)));
    ground.reset();
    assert_eq!(verdict(&mut ground), Which::Old);
}
