//! Scenarios from seeds: what is installed, what shall be, and what happened to the machine in between.

use std::string::String;
use std::vec::Vec;

use packager_shared::path::{join, lower};
use packager_shared::plan::{Data, InUse, Op, Run, Start};
use packager_shared::state::FILE_TIME;

use super::super::{DIR, INSTALLED, SETUP, littered, setup, world};
use crate::System;
use crate::registry::{SZ, string};
use crate::sim::fixture::{Product, key, product, template};
use crate::sim::{Node, World, reg};

pub const RUN_ONCE: &str = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\RunOnce";
const SHARE: &str = "\\\\server\\share";

/// Numbers from a seed (SplitMix64).
#[derive(Clone, Debug)]
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Less than `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    pub fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        let length = self.below(most);
        (0..length).map(|_| self.next() as u8).collect()
    }
}

/// A machine, and a run on it.
pub struct Scenario {
    pub seed: u64,
    pub flow: &'static str,
    pub start: World,
    /// What is run.
    program: String,
    arguments: String,
    /// Brings the same about when the program itself is gone.
    rescue: String,
    /// What happens about files in use.
    pub in_use: InUse,
    /// Files and values that are nobody's but the user's: name and content.
    pub foreign: Vec<(String, Vec<u8>)>,
    /// Something stands in its way already.
    pub hindered: bool,
    /// What shall be there afterwards, and what shall not.
    pub files: Vec<(String, Option<Vec<u8>>)>,
}

impl Scenario {
    /// Does it.
    pub fn act(&self, world: &mut World) -> u32 {
        if world.tree.get(&self.program).is_some() {
            world.launch(&self.program, &self.arguments)
        } else {
            world.launch(SETUP, &self.rescue)
        }
    }
}

/// In the old version, in the new one.
fn in_which(rng: &mut Rng) -> (bool, bool) {
    match rng.below(10) {
        0..6 => (true, true),
        6..8 => (true, false),
        _ => (false, true),
    }
}

/// Two versions of a product, with all kinds of operations, of which each is in one or both.
fn versions(rng: &mut Rng) -> (Product, Product) {
    let (mut old, mut new) = (product(1), product(2));
    let (from, to) = (core::mem::take(&mut old.plan.ops), core::mem::take(&mut new.plan.ops));
    // What is enrolled by one program is unenrolled by another: both are there, or none.
    let programs = in_which(rng);
    for (one, two) in from.into_iter().zip(to) {
        // By the one it is detected, by the other it remembers a setting.
        let detects =
            matches!(&one, Op::RegistryValue { name, .. } if name == "Application Path" || name == "Server");
        let runs = match &one {
            Op::When(_, inner) => matches!(**inner, Op::Run(_)),
            op => matches!(op, Op::Run(_)),
        };
        let (in_old, in_new) = match (detects, runs) {
            (true, _) => (true, true),
            (_, true) => programs,
            _ => in_which(rng),
        };
        let alike = !detects && rng.percent(30);
        if in_old {
            old.plan.ops.push(one.clone());
        }
        if in_new {
            new.plan.ops.push(if alike { one } else { two });
        }
    }
    for number in 0..rng.below(4) {
        let (in_old, in_new) = in_which(rng);
        for (product, there) in [(&mut old, in_old), (&mut new, in_new)] {
            let data = match rng.below(4) {
                0 => Data::Dword(rng.next() as u32 % 3),
                1 => Data::Sz(template(["a", "{SERVER}", "{InstallDir}"][rng.below(3)])),
                2 => Data::Binary(rng.bytes(9)),
                _ => Data::ExpandSz(template("%X%")),
            };
            if there {
                let path = ["SOFTWARE\\Acme\\Agent", "SOFTWARE\\Acme\\More\\Deep", "SOFTWARE\\Foreign"];
                let key = key(path[rng.below(3)]);
                let name = std::format!("v{number}");
                product.plan.ops.push(Op::RegistryValue { key, name, data });
            }
        }
    }
    let service = product(1).plan.ops.into_iter().find_map(|op| match op {
        Op::Service(service) => Some(service),
        _ => None,
    });
    let service = service.expect("the product has a service");
    for number in 0..rng.below(3) {
        let (in_old, in_new) = in_which(rng);
        for (product, there) in [(&mut old, in_old), (&mut new, in_new)] {
            let mut service = service.clone();
            service.name = std::format!("AcmeMore{number}");
            service.start = [Start::Auto, Start::AutoDelayed, Start::Demand, Start::Disabled][rng.below(4)];
            service.run = [Run::Always, Run::IfItRan, Run::Never][rng.below(3)];
            if there {
                product.plan.ops.push(Op::Service(service));
            }
        }
    }
    for (product, version) in [(&mut old, 1), (&mut new, 2)] {
        // What others need, and small: they are read very often.
        product.files.retain(|(path, ..)| !path.ends_with(".dll") && !path.ends_with(".txt"));
        product.files.push(("kiosk\\shell.txt".into(), b"shell".to_vec(), false));
        for (path, content, _) in &mut product.files {
            if path.ends_with(".exe") {
                *content = std::vec![version; 900];
            }
        }
    }
    for path in ["a.txt", "bin\\x.dll", "bin\\deep\\er\\y.dll", "data\\1", "data\\2", "z\\keep.ini", "empty"]
    {
        let (in_old, in_new) = in_which(rng);
        let (one, two, alike) = (rng.bytes(700), rng.bytes(700), rng.percent(40));
        let keep = path.ends_with(".ini");
        if in_old {
            old.files.push((path.into(), one.clone(), keep));
        }
        if in_new {
            new.files.push((path.into(), if alike { one } else { two }, keep));
        }
    }
    // A file becomes a folder, or a folder a file.
    if rng.percent(30) {
        let turned = rng.percent(50);
        let names = if turned { ["turn", "turn\\in"] } else { ["turn\\in", "turn"] };
        for (product, name) in [(&mut old, names[0]), (&mut new, names[1])] {
            product.files.push((name.into(), b"turned".to_vec(), false));
        }
    }
    (old, new)
}

/// Things happen to an installed product.
fn drift(rng: &mut Rng, world: &mut World, old: &Product) {
    for _ in 0..rng.below(4) {
        let (path, content, _) = &old.files[rng.below(old.files.len())];
        let file = join(DIR, path);
        // What a program or a manifest registered is not known without it.
        let there = !path.ends_with(".man")
            && !path.ends_with(".exe")
            && matches!(world.tree.get(&file), Some(Node::File { .. }));
        match rng.below(7) {
            0 if there => {
                world.tree.remove(&file);
                world.rights.remove(&lower(&file));
            }
            1 if there => world.put(&file, b"edited"),
            // Only a hash finds it.
            2 if there => {
                let clock = core::mem::replace(&mut world.clock, FILE_TIME);
                world.put(&file, &content.iter().map(|byte| byte ^ 1).collect::<Vec<_>>());
                world.clock = clock;
            }
            3 => {
                let values = world.registry.get_mut(&reg(&key("SOFTWARE\\Acme\\Agent")));
                values.into_iter().for_each(|values| values.clear());
            }
            4 => {
                let name = ["acmeagent", "acmehelper", "acmemore0"][rng.below(3)];
                let there = world.services.get(name).is_some_and(|s| s.config.start != Start::Disabled);
                if there && rng.percent(50) {
                    world.service_stop(name, 0).expect("stops");
                } else if there {
                    let _ = world.service_start(name, 0);
                }
            }
            5 => {
                if world.services.contains_key("acmeagent") {
                    world.service_stop("acmeagent", 0).expect("stops");
                    let service = world.services.get_mut("acmeagent");
                    service.into_iter().for_each(|service| service.config.start = Start::Disabled);
                }
            }
            _ => world.tasks.clear(),
        }
    }
}

/// What belongs to the user.
fn foreign(rng: &mut Rng, world: &mut World) -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    for name in ["notes.txt", "bin\\plugin.dll", "data\\db\\user.db", "old\\mine.txt", "turn2\\x"] {
        if rng.percent(30) {
            out.push((join(DIR, name), rng.bytes(40)));
        }
    }
    for name in ["Acme\\other.txt", "Acme\\Shared\\other.ini"] {
        if rng.percent(20) {
            out.push((join("C:\\ProgramData", name), b"theirs".to_vec()));
        }
    }
    for (path, content) in &out {
        world.put(path, content);
    }
    let values = world.registry.entry(reg(&key("SOFTWARE\\Foreign"))).or_default();
    values.insert("mine".into(), string(SZ, "mine"));
    out
}

/// The scenario of a seed.
pub fn scenario(seed: u64) -> Scenario {
    let rng = &mut Rng(seed);
    let (mut old, mut new) = versions(rng);
    let flows = [
        "install",
        "upgrade",
        "update",
        "update",
        "force",
        "downgrade",
        "uninstall",
        "uninstall",
        "settings",
    ];
    let flow = flows[rng.below(flows.len())];
    if flow == "downgrade" {
        // The newer one is what is there.
        core::mem::swap(&mut old, &mut new);
    } else if matches!(flow, "force" | "settings") {
        new = old.clone();
    }
    let hindrance = rng.below(20);
    // Where something is in use, what tells these apart.
    let in_use = match (hindrance, rng.below(3)) {
        (5 | 6, 1) | (_, 2) => InUse::Restart,
        (7 | 8, 0) | (_, 1) => InUse::Rename,
        _ => InUse::Abort,
    };
    for product in [&mut old, &mut new] {
        product.plan.bootstrap.in_use = in_use;
        product.solid = seed.is_multiple_of(3);
    }
    let mut start = world();
    // Windows comes with it.
    start.registry.insert(reg(&key(RUN_ONCE)), Default::default());
    if rng.percent(50) {
        start = littered(start);
    }
    let settings = ["", " GROUP=kiosk", " SERVER=x", " /site paris"];
    let mut mine = Vec::new();
    if flow == "install" {
        mine = foreign(rng, &mut start);
    } else {
        let arguments = std::format!("/quiet{}", settings[rng.below(4)]);
        assert_eq!(setup(&mut start, &old, &arguments), 0, "{seed:#x}: {:#?}", start.log);
        start.restart();
        if rng.percent(60) {
            drift(rng, &mut start, &old);
        }
        if rng.percent(60) {
            mine = foreign(rng, &mut start);
        }
        if rng.percent(15)
            && let Some(ours) = start.services.get("acmeagent").cloned()
        {
            let mut service = ours;
            service.config.depends = ["AcmeAgent".into()].into();
            start.services.insert("theirs".into(), service);
        }
    }
    let mut held = &old.files[rng.below(old.files.len())].0;
    let mut changes = old.files.iter().filter(|file| !file.2 && !new.files.contains(file));
    if let (5..9, Some((path, ..))) = (hindrance, changes.nth(rng.below(2))) {
        held = path;
    }
    match hindrance {
        0 => start.hold(&join(DIR, held), "holder.exe"),
        1 => drop(start.stubborn.insert("acmeagent".into())),
        2 => drop(start.stubborn.insert("acmemore0".into())),
        3 => start.hold_at = Some((rng.below(60) as u64, join(DIR, held))),
        4 if matches!(flow, "update" | "force") => start.network = Some((rng.below(12) as u64, 64)),
        5 | 6 => start.hold(&join(DIR, held), "holder.exe"),
        7 | 8 => start.run_from(&join(DIR, held)),
        _ => {}
    }
    start.put(SETUP, &new.setup());
    let share = new.publish(&mut start, SHARE);
    let more = settings[rng.below(4)];
    let (program, arguments): (&str, String) = match flow {
        "install" | "upgrade" => (SETUP, std::format!("/quiet{more}")),
        "settings" => (SETUP, std::format!("/quiet SERVER=y{more}")),
        "update" if rng.percent(50) => (INSTALLED, "-u /quiet".into()),
        "update" => (&share, "/quiet".into()),
        "force" if rng.percent(50) => (SETUP, "/repair /quiet".into()),
        "force" | "downgrade" => (&share, "-f -u /quiet".into()),
        _ if rng.percent(50) => (INSTALLED, "/uninstall /quiet".into()),
        _ => (SETUP, "/uninstall /quiet".into()),
    };
    let program = String::from(program);
    let mut files: Vec<(String, Option<Vec<u8>>)> = Vec::new();
    let rescue = if flow == "uninstall" {
        start.put(SETUP, &old.setup());
        "/uninstall /quiet"
    } else {
        let sure = |path: &str| !path.starts_with("kiosk");
        // Without a hash, drift that has size and time of the original is not found.
        let hashed = matches!(flow, "install" | "force" | "downgrade");
        for (path, content, keep) in new.files.iter().filter(|(path, ..)| sure(path)) {
            if !keep && hashed {
                files.push((join(DIR, path), Some(content.clone())));
            }
        }
        "/quiet"
    };
    for (path, _, keep) in &old.files {
        if !keep
            && flow != "install"
            && (flow == "uninstall" || new.files.iter().all(|(other, ..)| other != path))
        {
            files.push((join(DIR, path), None));
        }
    }
    // A file that is a folder now, and the other way round.
    files.retain(|(path, content)| content.is_some() || !path.ends_with("\\turn"));
    Scenario {
        seed,
        flow,
        start,
        program,
        arguments,
        rescue: rescue.into(),
        in_use,
        foreign: mine,
        hindered: hindrance < 9,
        files,
    }
}
