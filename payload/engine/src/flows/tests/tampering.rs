//! Nothing that was changed by others is installed: whatever is flipped, cut, swapped or taken from elsewhere, the run
//! is refused and the machine is as it was.

use super::scenarios::Rng;
use super::*;

const SHARE: &str = "\\\\server\\share";
/// Where the overlay of the simulated programs begins: what is before it is the PE image.
const OVERLAY: usize = 0x210;

/// As [`product`], with less in its files: they are read very often.
fn small(version: u16) -> Product {
    let mut out = product(version);
    for (path, content, _) in &mut out.files {
        if content.len() > 1_000 {
            content.truncate(if path.ends_with(".exe") { 900 } else { 600 });
        }
    }
    out
}

fn installed(version: u16) -> World {
    let mut world = world();
    assert_eq!(setup(&mut world, &small(version), "/quiet"), 0, "{:#?}", world.log);
    world
}

/// Changes bytes, never to what they were. What was done, and whether the length became less.
fn tamper(rng: &mut Rng, bytes: &mut Vec<u8>, from: usize) -> (String, bool) {
    let before = bytes.clone();
    loop {
        let at = from + rng.below(bytes.len() - from);
        let length = 1 + rng.below((bytes.len() - at).min(64));
        let done = match rng.below(8) {
            0..4 => {
                let bit = rng.below(8);
                bytes[at] ^= 1 << bit;
                std::format!("bit {bit} of byte {at}")
            }
            4 => {
                bytes.truncate(at);
                std::format!("cut at {at}")
            }
            5 => {
                let more = rng.next() as u8;
                bytes.push(more);
                std::format!("{more:#x} behind the end")
            }
            6 => {
                let (other, end) = (from + rng.below(bytes.len() - from), bytes.len());
                let length = length.min(end - at.max(other));
                for step in 0..length {
                    bytes.swap(at + step, other + step);
                }
                std::format!("{length} bytes of {at} and {other} swapped")
            }
            _ => {
                bytes[at..at + length].fill(0);
                std::format!("{length} zeros at {at}")
            }
        };
        if *bytes != before {
            return (done, bytes.len() < before.len());
        }
    }
}

/// Runs on a copy of a machine with this content in that file: it has to be refused, and nothing to change.
fn refused(start: &World, file: &str, content: &[u8], program: &str, line: &str) -> Result<(), String> {
    let mut world = start.clone();
    world.put(file, content);
    let before = world.clone();
    let code = world.launch(program, line);
    let unlike = world.unlike(&before);
    match (code, unlike.is_empty()) {
        (1619 | 1620, true) if world.ran.is_empty() => Ok(()),
        _ => Err(std::format!("exit {code}, {unlike:?}, {:#?}", world.log)),
    }
}

#[test]
fn what_was_tampered_with_is_refused() {
    let seed = std::env::var("PACKAGER_SEED").ok().and_then(|text| u64::from_str_radix(&text, 16).ok());
    let (one, two) = (small(1), small(2));
    let mut updated = installed(1);
    let bootstrap = two.publish(&mut updated, SHARE);
    let mut fresh = world();
    two.publish(&mut fresh, SHARE);
    let mut with_setup = world();
    with_setup.put(SETUP, &two.setup());
    let mut with_solid = world();
    with_solid.put(SETUP, &Product { solid: true, ..two.clone() }.setup());
    let folder = std::format!("{SHARE}\\files\\2\\x64");
    let of = |name: &str| std::format!("{folder}\\{name}");
    // Which file, what is run on which machine, and the first byte that is covered.
    let mut targets: Vec<(String, &World, &str, &str, usize)> = Vec::new();
    for name in ["release.idx", "files\\2\\x64\\files.idx", "files\\2\\x64\\plan.bin"] {
        targets.push((std::format!("{SHARE}\\{name}"), &updated, INSTALLED, "-u /quiet", 0));
        targets.push((std::format!("{SHARE}\\{name}"), &updated, &bootstrap, "-f /quiet", 0));
    }
    // Only what differs is read: the others, and what only kiosks have, are never copied.
    for (path, content, keep) in &two.files {
        let same = one.files.iter().any(|(other, bytes, _)| other == path && bytes == content);
        if !same && !keep && !path.starts_with("kiosk") && !content.is_empty() {
            targets.push((of(path), &updated, INSTALLED, "-u /quiet", 0));
        }
    }
    targets.push((of("autopcc.exe"), &updated, INSTALLED, "-u /quiet", 0));
    targets.push((bootstrap.clone(), &updated, &bootstrap, "/quiet", OVERLAY));
    targets.push((INSTALLED.into(), &updated, INSTALLED, "-u /quiet", OVERLAY));
    targets.push((std::format!("{SHARE}\\packages\\agent-setup.exe"), &fresh, &bootstrap, "/quiet", 0));
    targets.push((SETUP.into(), &with_setup, SETUP, "/quiet", OVERLAY));
    targets.push((SETUP.into(), &with_solid, SETUP, "/quiet", OVERLAY));
    let mut cases = 0;
    for seed in seed.map_or(0..2_000, |seed| seed..seed + 1) {
        let rng = &mut Rng(seed ^ 0x7a3b);
        let (file, start, program, line, from) = &targets[rng.below(targets.len())];
        let mut content = start.content(file).expect("there");
        let (done, _) = tamper(rng, &mut content, *from);
        if let Err(text) = refused(start, file, &content, program, line) {
            panic!("PACKAGER_SEED={seed:x}: {file}, {done}: {text}");
        }
        cases += 1;
    }
    report(&std::format!("tampered with: {cases} cases in {} files, all refused", targets.len()));
    // None of them was refused for another reason.
    for (file, start, program, line, _) in &targets {
        let mut world = (*start).clone();
        assert_eq!(world.launch(program, line), 0, "{file}: {:#?}", world.log);
    }
}

#[test]
fn what_belongs_elsewhere_is_refused() {
    let (one, two) = (small(1), small(2));
    let mut start = installed(2);
    let mut three = small(3);
    three.plan.bootstrap.floor = 2;
    three.publish(&mut start, SHARE);
    let there = |name: &str| std::format!("{SHARE}\\{name}");
    // The signed head of an older release, of another product, and of another key.
    let head = |product: &Product| {
        let mut world = world();
        product.publish(&mut world, SHARE);
        world.content(&there("release.idx")).expect("there")
    };
    let mut foreign = small(3);
    foreign.plan.product.id = "com.acme.other".into();
    let mut resigned = head(&three);
    let split = resigned.len() - 64;
    let thief = ed25519_compact::KeyPair::from_seed(ed25519_compact::Seed::new([9; 32]));
    let signature = *thief.sk.sign(&resigned[..split], None);
    resigned.truncate(split);
    resigned.extend(signature);
    for (name, content) in [("another product", head(&foreign)), ("another key", resigned)] {
        for line in ["-u /quiet", "-f -u /quiet"] {
            let done = refused(&start, &there("release.idx"), &content, INSTALLED, line);
            assert_eq!(done, Ok(()), "{name}");
        }
    }
    // Older than what is installed, and below the floor that the installed release has signed.
    let mut world = start.clone();
    world.put(&there("release.idx"), &head(&one));
    let before = world.clone();
    assert_eq!(world.launch(INSTALLED, "-u /quiet"), 1638);
    assert_eq!(world.unlike(&before), []);
    let mut floored = installed(2);
    let mut next = small(4);
    next.plan.bootstrap.floor = 3;
    assert_eq!(setup(&mut floored, &next, "/quiet"), 0);
    two.publish(&mut floored, SHARE);
    let content = head(&two);
    assert_eq!(refused(&floored, &there("release.idx"), &content, INSTALLED, "-f -u /quiet"), Ok(()));
    // Parts of other releases in the place of this one's.
    let folder = "files\\3\\x64";
    let installer = three.setup();
    for (file, content) in [
        ("files.idx", two.files_idx()),
        ("plan.bin", two.plan_bin()),
        ("files.idx", three.plan_bin()),
        ("plan.bin", three.files_idx()),
        ("bin\\agent.exe", two.content("bin\\agent.exe")),
        ("autopcc.exe", two.installed()),
        ("autopcc.exe", three.share_bootstrap()),
    ] {
        let file = there(&std::format!("{folder}\\{file}"));
        assert_eq!(refused(&start, &file, &content, INSTALLED, "-u /quiet"), Ok(()), "{file}");
    }
    // Two indices that are signed, each in the place of the other.
    let mut fresh = super::world();
    let bootstrap = three.publish(&mut fresh, SHARE);
    for content in [b"msi".to_vec(), two.setup(), installer[..OVERLAY].to_vec()] {
        let file = there("packages\\agent-setup.exe");
        assert_eq!(refused(&fresh, &file, &content, &bootstrap, "/quiet"), Ok(()));
    }
}

#[test]
fn a_bit_of_the_image_is_refused_or_makes_no_difference() {
    // What is read of a PE image to find its end; no other byte of it is looked at by this program.
    let read: [(usize, usize); 10] = [
        (0, 2),
        (0x3c, 0x40),
        (0x80, 0x84),
        (0x86, 0x88),
        (0x94, 0x96),
        (0x98, 0x9a),
        (0x98 + 60, 0x98 + 64),
        (0x98 + 92, 0x98 + 96),
        (0x98 + 128, 0x98 + 136),
        (0x98 + 224 + 16, 0x98 + 224 + 24),
    ];
    let two = small(2);
    let image = two.setup();
    let mut start = world();
    start.put(SETUP, &image);
    let mut good = start.clone();
    assert_eq!(good.launch(SETUP, "/quiet"), 0);
    let (mut refusals, mut harmless) = (0, 0);
    for at in 0..OVERLAY {
        let is_read = read.iter().any(|(from, to)| (*from..*to).contains(&at));
        // One bit of each byte that is not read, all of the others.
        for bit in if is_read { 0..8 } else { at % 8..at % 8 + 1 } {
            let mut content = image.clone();
            content[at] ^= 1 << bit;
            let mut world = start.clone();
            world.put(SETUP, &content);
            let before = world.clone();
            let code = world.launch(SETUP, "/quiet");
            let mut unlike = world.unlike(if code == 0 { &good } else { &before });
            unlike.retain(|unlike| unlike.name != lower(SETUP));
            assert_eq!(unlike, [], "bit {bit} of byte {at:#x}, exit {code}");
            assert!(
                code == 0 || (is_read && matches!(code, 1619 | 1620)),
                "{at:#x}: {code} {:#?}",
                world.log
            );
            refusals += u32::from(code != 0);
            harmless += u32::from(code == 0);
        }
    }
    report(&std::format!("the image: {refusals} bits refused, {harmless} make no difference"));
    assert!(refusals > 100, "{refusals}");
}

#[test]
fn a_release_of_another_product_is_none_though_the_same_key_signed_it() {
    let mut world = world();
    let mut other = small(2);
    other.plan.product.id = "com.acme.other".into();
    let bootstrap = other.publish(&mut world, SHARE);
    world.put(&bootstrap, &small(1).share_bootstrap());
    let before = state(&world);
    assert_ne!(world.launch(&bootstrap, "/quiet"), 0);
    assert!(world.ran.is_empty(), "{:?}", world.ran);
    assert_same(&before, &state(&world), "another product's release");
}

#[test]
fn the_plan_of_one_release_does_not_go_with_the_files_of_another() {
    let (one, two) = (small(1), small(2));
    for (plan, index, belong) in [(&one, &one, true), (&one, &two, false), (&two, &one, false)] {
        let read = crate::image::Package::read(&plan.plan_bin(), &index.files_idx());
        assert_eq!(read.is_ok(), belong);
    }
}

#[test]
fn an_installation_that_was_put_behind_a_junction_is_left_alone() {
    for link in ["C:\\Program Files\\Acme", DIR] {
        let mut world = installed(1);
        world.make_link(link);
        let before = state(&world);
        assert_eq!(setup(&mut world, &small(2), "/quiet"), 1603, "{:#?}", world.log);
        assert!(
            world.said.iter().any(|said| said.contains("junction") && said.contains(link)),
            "{:?}",
            world.said
        );
        assert_same(&before, &state(&world), link);
    }
}

#[test]
fn a_file_of_the_old_size_and_another_time_is_put_right() {
    let (mut one, mut two) = (small(1), small(2));
    for product in [&mut one, &mut two] {
        product.files.push(("same.txt".into(), b"theirs".to_vec(), false));
    }
    let mut world = world();
    assert_eq!(setup(&mut world, &one, "/quiet"), 0, "{:#?}", world.log);
    let file = std::format!("{DIR}\\same.txt");
    world.put(&file, b"edited");
    // A setup program would hash all.
    two.publish(&mut world, SHARE);
    assert_eq!(world.launch(INSTALLED, "-u /quiet"), 0, "{:#?}", world.log);
    assert_eq!(world.content(&file).as_deref(), Some(&b"theirs"[..]));
}
