//! What has to hold for every scenario, whatever goes wrong in it.

use std::string::String;
use std::vec::Vec;

use packager_shared::path::lower;
use packager_shared::plan::{InUse, Scope};

use super::super::{DIR, INSTALLED};
use super::generate::{RUN_ONCE, Rng, Scenario};
use crate::sim::fixture::key;
use crate::sim::{Fault, Loss, Node, Unlike, World, reg};
use crate::system::ServiceState;
use crate::transaction::journal;

/// How much was tried.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub scenarios: usize,
    pub steps: usize,
    pub cuts: usize,
    pub cuts_back: usize,
    pub back: usize,
    pub forward: usize,
    pub failures: usize,
    pub twice: usize,
    pub refused: usize,
    pub put_off: usize,
    pub moved_aside: usize,
}

/// The machine without what stood in the way.
fn unhindered(world: &World) -> World {
    let mut out = world.clone();
    out.held.clear();
    out.images.clear();
    out.hold_at = None;
    out.stubborn.clear();
    out.network = None;
    out
}

const FINISHER: &str = "agent-finish";

/// Whether Windows runs the installed bootstrap when it starts.
fn is_registered(world: &World) -> bool {
    let value = world.registry.get(&reg(&key(RUN_ONCE))).is_some_and(|values| values.contains_key(FINISHER));
    value || world.services.contains_key(FINISHER)
}

/// Whether an update waits for a restart.
fn is_put_off(world: &World) -> bool {
    world.content(&std::format!("{DIR}\\.upd\\D")).is_some()
}

/// What putting an update off leaves, and nothing else does.
fn is_of_deferral(unlike: &Unlike) -> bool {
    let work = lower(DIR) + "\\.upd";
    unlike.name == work
        || unlike.name.starts_with(&(work + "\\"))
        || unlike.name.contains(FINISHER)
        || unlike.name == reg(&key(RUN_ONCE))
}

/// Brings what was cut off to its end, and what was put off, as Windows does when it starts.
fn settle(world: &mut World) -> Result<(), String> {
    // Cut off while it was between its two names, the installed bootstrap cannot be started: one from a share brings it
    // back.
    if world.tree.get(INSTALLED).is_none() {
        recover(world)?;
    }
    if is_registered(world) {
        let code = world.launch(INSTALLED, "/finish-service");
        if code != 0 {
            return Err(std::format!("finishing ends with {code}: {:#?}", world.log));
        }
    }
    recover(world)?;
    match is_registered(world) {
        true => Err("service or value of what was put off are left".into()),
        false => Ok(()),
    }
}

/// Brings what was cut off to its end.
fn recover(world: &mut World) -> Result<(), String> {
    for _ in 0..3 {
        match journal::recover(world, DIR, Scope::Machine) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(failure) => return Err(std::format!("recovery: {}", failure.text)),
        }
    }
    Err("recovery does not come to an end".into())
}

/// Whether there are no files below a folder, but for a work folder without a journal.
fn is_empty_dir(world: &World, name: &str) -> bool {
    let left = name.ends_with("\\.upd") && world.tree.get(&std::format!("{name}\\J")).is_none();
    let empty = |child: &String| is_empty_dir(world, &std::format!("{name}\\{child}"));
    matches!(world.tree.get(name), Some(Node::Dir { .. }))
        && (left || world.tree.children(name).iter().all(empty))
}

/// Which differences from a wanted state are explained:
/// - a work folder without a journal: the next transaction removes it;
/// - a grave: a file in use that was moved away, and the note to delete it was lost;
/// - an empty folder: made before there was a journal, or left when cleaning up was cut off;
/// - after a power cut, a service that is up or down as it was `before`, or as Windows left it when it started; one
///   that ran before and is started with Windows has to run.
fn explained(world: &World, unlike: &Unlike, before: Option<&World>) -> bool {
    let name = unlike.name.strip_prefix("rights of ").unwrap_or(&unlike.name);
    let work = lower(DIR) + "\\.upd";
    if name == work || name.starts_with(&(work.clone() + "\\")) {
        return world.tree.get(&(work + "\\J")).is_none();
    }
    if name.contains("\\~removed-") || (unlike.there.is_none() && is_empty_dir(world, name)) {
        return true;
    }
    let (Some(before), Some(name)) = (before, name.strip_prefix("service ")) else { return false };
    let up = |world: &World| {
        world.services.get(name).is_some_and(|service| service.state == ServiceState::Running)
    };
    let stopped =
        |text: &Option<String>| text.as_ref().map(|text| text.replace("state: Running", "state: Stopped"));
    let same = stopped(&unlike.here) == stopped(&unlike.there);
    let wanted_up = unlike.there.as_ref().is_some_and(|text| text.contains("state: Running"));
    same && !(up(before) && wanted_up)
}

/// What cannot be explained.
fn wrong(world: &World, wanted: &World, before: Option<&World>) -> Vec<Unlike> {
    let mut out = world.unlike(wanted);
    out.retain(|unlike| !explained(world, unlike, before));
    out
}

/// What is telling of a value.
fn end(text: &Option<String>) -> String {
    let text = text.as_deref().unwrap_or("nothing");
    let skipped = text.chars().count().saturating_sub(160);
    text.chars().skip(skipped).collect()
}

/// The first differences, for people.
fn few(list: &[Unlike]) -> String {
    let mut out = std::format!("{} differences", list.len());
    for unlike in list.iter().take(6) {
        out += &std::format!("\n  {}:\n    {}\n    {}", unlike.name, end(&unlike.here), end(&unlike.there));
    }
    out
}

/// Whether a machine is as one of two; which one, or what is wrong.
fn is_one_of(world: &World, old: &World, new: &World, before: Option<&World>) -> Result<bool, String> {
    let of_old = wrong(world, old, before);
    if of_old.is_empty() {
        return Ok(false);
    }
    let of_new = wrong(world, new, before);
    if of_new.is_empty() {
        return Ok(true);
    }
    let (of_old, of_new) = (few(&of_old), few(&of_new));
    Err(std::format!(
        "neither the old state nor the new one; unlike the old one: {of_old}\nunlike the new one: {of_new}"
    ))
}

fn loss(rng: &mut Rng) -> Loss {
    let mut part = || [0, 255, rng.next() as u8][rng.below(3)];
    let (names, registry) = (part(), part());
    // Until the engine forces the registry, all of it is on the disk at once.
    let registry = if super::REGISTRY_IS_LOST { registry } else { 0 };
    Loss { names, registry, content: rng.below(5) as u8 }
}

/// One scenario under test.
struct Check<'a> {
    scenario: &'a Scenario,
    rng: Rng,
    counts: &'a mut Counts,
    /// The exit code without any fault.
    code: u32,
    /// Without any fault it is put off, `new` is what becomes of it.
    put_off: bool,
    /// As it was, and as it shall be, and both after a restart.
    old: &'a World,
    new: &'a World,
    old_restarted: World,
    new_restarted: World,
}

/// Tries everything on a scenario.
pub fn check(scenario: &Scenario, counts: &mut Counts) -> Result<(), String> {
    let old = scenario.start.clone();
    let mut new = old.clone();
    new.start_recording();
    let code = scenario.act(&mut new);
    let images = new.stop_recording();
    counts.scenarios += 1;
    counts.steps += images.len() - 1;
    sound(scenario, &old, &new, code)?;
    let put_off = is_put_off(&new);
    counts.refused += usize::from(!matches!(code, 0 | 3010));
    counts.put_off += usize::from(put_off);
    counts.moved_aside += usize::from(code == 3010 && !put_off);
    if put_off {
        new = put_off_is_done_or_given_up(scenario, &old, &new)?;
    }
    let (mut old_restarted, mut new_restarted) = (old.clone(), new.clone());
    old_restarted.restart();
    new_restarted.restart();
    let rng = Rng(scenario.seed ^ 0x5bd1_e995);
    let total = images.len() as u64 - 1;
    let mut check =
        Check { scenario, rng, counts, code, put_off, old: &old, new: &new, old_restarted, new_restarted };
    for call in 0..images.len() {
        let loss = loss(&mut check.rng);
        let cut = new.after_power_cut(&images, call, loss);
        check
            .cut(cut, false)
            .map_err(|text| std::format!("power cut before call {call} of {total}, {loss:?}: {text}"))?;
    }
    for call in 0..total {
        let code = [5, 32, 112][(call + scenario.seed) as usize % 3];
        // Where something is in the way already, this may hit the way back.
        check.fail(Fault::FailAt(call, code), (!scenario.hindered).then_some(code))?;
        // Something else goes wrong on the way back, or everything does.
        let fault = match check.rng.below(16) {
            0..2 => Fault::FailTwice(call, code, 1 + check.rng.next() % 12),
            4 => Fault::FailFrom(call, code),
            5 => Fault::FullFrom(call),
            _ => continue,
        };
        check.fail(fault, None)?;
    }
    Ok(())
}

/// What has to hold when nothing goes wrong beyond what the scenario itself holds.
fn sound(scenario: &Scenario, old: &World, new: &World, code: u32) -> Result<(), String> {
    let log = || std::format!("{:#?}", new.log);
    for (path, content) in &scenario.foreign {
        let purged = scenario.flow == "uninstall" && path.contains("\\Acme\\Secret");
        if !purged && new.content(path).as_ref() != Some(content) {
            return Err(std::format!("somebody else's {path} was touched: {}", log()));
        }
    }
    match code {
        3010 if is_put_off(new) => only_put_off(scenario, old, new)?,
        0 | 3010 => {
            // Its own image, which is always moved aside, is none of these.
            let aside = new.tree.iter().any(|(path, node)| {
                path.contains("\\~removed-")
                    && matches!(node, Node::File { id, .. } if new.images.contains(id))
            });
            if (code == 3010) != aside || (aside && scenario.in_use == InUse::Abort) {
                return Err(std::format!(
                    "exit {code}, {:?}, moved aside: {aside}: {}",
                    scenario.in_use,
                    log()
                ));
            }
            for (path, content) in &scenario.files {
                if new.content(path) != *content {
                    return Err(std::format!("{path} is not what it shall be: {}", log()));
                }
            }
            let work = std::format!("{DIR}\\.upd");
            if new.tree.get(&work).is_some() {
                return Err(std::format!("{work} is left: {}", log()));
            }
        }
        5 | 32 | 1603 | 1605 | 1619 | 1638 => {
            let mut wrong = new.unlike(old);
            if scenario.hindered && !wrong.is_empty() && super::ALL_COMES_BACK {
                // What hinders it may hinder the way back, too: then the next run goes it.
                let mut later = unhindered(new);
                settle(&mut later)?;
                wrong = self::wrong(&later, old, None);
            }
            if !wrong.is_empty() && (!scenario.hindered || super::ALL_COMES_BACK) {
                return Err(std::format!("exit {code}, and not as it was: {} {}", few(&wrong), log()));
            }
        }
        other => return Err(std::format!("exit {other}: {}", log())),
    }
    Ok(())
}

/// An update that waits has changed nothing else.
fn only_put_off(scenario: &Scenario, old: &World, waiting: &World) -> Result<(), String> {
    let mut wrong = waiting.unlike(old);
    wrong.retain(|unlike| !is_of_deferral(unlike));
    if scenario.in_use == InUse::Restart && is_registered(waiting) && wrong.is_empty() {
        return Ok(());
    }
    Err(std::format!("put off, {:?}: {} {:#?}", scenario.in_use, few(&wrong), waiting.log))
}

/// What becomes of an update that waits: after a restart it is as if nothing had held it, and whatever else is done
/// leaves nothing of it. The machine on which it is done.
fn put_off_is_done_or_given_up(scenario: &Scenario, old: &World, waiting: &World) -> Result<World, String> {
    let mut good = unhindered(old);
    let code = scenario.act(&mut good);
    good.restart();
    let mut done = waiting.clone();
    done.restart();
    settle(&mut done).map_err(|text| std::format!("after the restart: {text}"))?;
    let mut calm = done.clone();
    calm.restart();
    let wrong = wrong(&calm, &good, Some(old));
    if code != 0 || !wrong.is_empty() {
        return Err(std::format!("done after the restart: {code}, {} {:#?}", few(&wrong), done.log));
    }
    for arguments in ["/uninstall /quiet", "-u /quiet"] {
        let (mut over, mut plain) = (unhindered(waiting), unhindered(old));
        let codes = (over.launch(INSTALLED, arguments), plain.launch(INSTALLED, arguments));
        // A run that is refused leaves what waits.
        let (as_if, waits) = if codes.1 == 0 { (&plain, false) } else { (waiting, true) };
        let (mut wrong, left) = (over.unlike(as_if), is_registered(&over) != waits);
        wrong.retain(|unlike| !unlike.name.contains("\\~removed-"));
        if codes.0 != codes.1 || left || !wrong.is_empty() {
            return Err(std::format!(
                "{arguments} over it: {codes:?} {left} {} {:#?}",
                few(&wrong),
                over.log
            ));
        }
    }
    Ok(done)
}

impl Check<'_> {
    /// A machine that was cut off and switched on again.
    fn cut(&mut self, cut: World, after_failure: bool) -> Result<(), String> {
        self.counts.cuts += 1;
        let mut world = cut.clone();
        let deep = self.rng.percent(4);
        if deep {
            world.start_recording();
        }
        settle(&mut world)?;
        self.settled(&world, !after_failure)?;
        if deep {
            let images = world.stop_recording();
            for call in 0..images.len() {
                let loss = loss(&mut self.rng);
                let mut again = world.after_power_cut(&images, call, loss);
                self.counts.cuts += 1;
                let context = |text| {
                    std::format!("recovery cut before call {call} of {}, {loss:?}: {text}", images.len())
                };
                settle(&mut again).map_err(context)?;
                self.settled(&again, false).map_err(context)?;
            }
        }
        if self.rng.percent(15) {
            self.next_run(cut, true)?;
        }
        Ok(())
    }

    fn settled(&mut self, world: &World, clean: bool) -> Result<(), String> {
        let mut calm = world.clone();
        if self.put_off {
            // What is started for the restart is told apart from what was before only after another one.
            calm.restart();
        }
        match is_one_of(&calm, &self.old_restarted, &self.new_restarted, Some(self.old))? {
            true => {
                // Nobody comes back for it, after an uninstall in particular.
                let left = world.tree.iter().find(|(path, node)| {
                    path.starts_with(&(lower(DIR) + "\\.upd\\")) && matches!(node, Node::File { .. })
                });
                if let (true, Some((path, _))) = (clean, left) {
                    return Err(std::format!("it is done, and {path} is left"));
                }
                self.counts.forward += 1;
            }
            false => self.counts.back += 1,
        }
        Ok(())
    }

    /// The next run, with nothing in its way, brings about what the first was to.
    fn next_run(&self, mut world: World, cut: bool) -> Result<(), String> {
        if !matches!(self.code, 0 | 3010) {
            return Ok(());
        }
        let code = self.scenario.act(&mut world);
        if code != 0 && !(code == 1605 && self.scenario.flow == "uninstall") {
            return Err(std::format!("the next run ends with {code}: {:#?}", world.log));
        }
        let wanted = if cut { &self.new_restarted } else { self.new };
        if cut {
            // Before or after it Windows starts what was to finish it.
            settle(&mut world)?;
            world.restart();
        }
        let wrong = wrong(&world, wanted, Some(self.old));
        if wrong.is_empty() {
            return Ok(());
        }
        Err(std::format!("after the next run: {} {:#?}", few(&wrong), world.log))
    }

    /// A fault while it runs. `code` is the error that alone goes wrong.
    fn fail(&mut self, fault: Fault, code: Option<u32>) -> Result<(), String> {
        if code.is_none() && !super::ALL_COMES_BACK {
            return Ok(());
        }
        let mut world = self.scenario.start.clone();
        world.fault = fault;
        // On the way back the power goes, too.
        let twice = code.is_some() && self.rng.percent(8);
        if twice {
            world.start_recording();
        }
        let exit = self.scenario.act(&mut world);
        world.fault = Fault::None;
        if let (true, Fault::FailAt(at, _)) = (twice, fault) {
            let images = world.stop_recording();
            for _ in 0..3 {
                let call = images.len() - 1 - self.rng.below(images.len().saturating_sub(at as usize + 1));
                let loss = loss(&mut self.rng);
                self.counts.cuts_back += 1;
                self.cut(world.after_power_cut(&images, call, loss), true).map_err(|text| {
                    std::format!("{fault:?}, and power cut before call {call}, {loss:?}: {text}")
                })?;
            }
        }
        self.judge(&world, exit, code).map_err(|text| std::format!("{fault:?}: {text}\n{:#?}", world.log))
    }

    fn judge(&mut self, world: &World, exit: u32, code: Option<u32>) -> Result<(), String> {
        if let Some(code) = code {
            self.counts.failures += 1;
            let named = packager_shared::exit::Exit::of_windows_error(code).code();
            // What cannot be closed or renamed is in use, whatever Windows says.
            let open = exit == 32
                && world.log.iter().any(|line| {
                    line.starts_with("failed: ") && (line.contains("close ") || line.contains("in use "))
                });
            if exit == 3010 && is_put_off(world) {
                only_put_off(self.scenario, self.old, world)?;
                let mut done = world.clone();
                done.restart();
                settle(&mut done)?;
                done.restart();
                let wrong = wrong(&done, &self.new_restarted, Some(self.old));
                let text = || std::format!("done after the restart: {} {:#?}", few(&wrong), done.log);
                return if wrong.is_empty() { Ok(()) } else { Err(text()) };
            }
            if !open && ![0, 1603, named, self.code].contains(&exit) {
                return Err(std::format!("error {code} makes exit {exit}"));
            }
            let wrong = match exit {
                // What could not be cleaned up is by the next run.
                0 => {
                    let mut later = world.clone();
                    recover(&mut later)?;
                    let mut wrong = wrong(&later, self.new, None);
                    // What is not ours may refuse to start: it is said, and no reason to bring everything back.
                    let said = world.log.iter().any(|line| line.starts_with("it does not start: "));
                    wrong.retain(|unlike| !said || unlike.name != "service theirs");
                    wrong
                }
                // Nothing at all is left.
                _ => world.unlike(self.old),
            };
            if !wrong.is_empty() {
                return Err(std::format!("exit {exit}, but {}", few(&wrong)));
            }
            return Ok(());
        }
        self.counts.twice += 1;
        // What could not be brought back is brought back by the next run.
        let mut later = unhindered(world);
        let (old, new) = match exit {
            0 => (self.new, self.new),
            3010 if !is_put_off(world) => (self.new, self.new),
            // When the disk goes away with the commit on its way to it, nobody knows whether it got there.
            _ => (self.old, self.new),
        };
        later.log.clear();
        settle(&mut later)?;
        // What programs, services, rules and tasks have not done when they were asked to is said, and tried once.
        let said = |what: &str| {
            world.log.iter().chain(&later.log).any(|line| {
                line.strip_prefix("cannot be rolled back: ").is_some_and(|rest| rest.starts_with(what))
            })
        };
        let (services, programs) = (said("start service ") || said("stop service "), said("run "));
        for name in old.services.keys().filter(|_| services) {
            let state = old.services.get(name).map(|service| service.state);
            if let (Some(service), Some(state)) = (later.services.get_mut(name), state) {
                service.state = state;
            }
        }
        if world.log.iter().any(|line| line.starts_with("it does not start: "))
            && let (Some(theirs), Some(wanted)) =
                (later.services.get_mut("theirs"), new.services.get("theirs"))
        {
            theirs.state = wanted.state;
        }
        if programs && !self.put_off && !is_put_off(world) {
            later.effects = old.effects.clone();
        }
        if said("add rule ") || said("remove rule ") {
            later.firewall = old.firewall.clone();
        }
        let task = std::format!("write {DIR}\\.upd\\new\\task.xml");
        if ["register task ", "remove task ", &task, &task.replace("write ", "create ")].into_iter().any(said)
        {
            later.tasks = old.tasks.clone();
        }
        if self.put_off || is_put_off(world) {
            later.restart();
            let mut good = self.new_restarted.clone();
            if !self.put_off {
                // What ended the run otherwise is gone after a restart.
                good = unhindered(&self.scenario.start);
                self.scenario.act(&mut good);
                good.restart();
            }
            let mut before = self.old_restarted.clone();
            if programs {
                good.effects = later.effects.clone();
                before.effects = later.effects.clone();
            }
            return is_one_of(&later, &before, &good, Some(self.old)).map(drop);
        }
        is_one_of(&later, old, new, None).map(drop)
    }
}
