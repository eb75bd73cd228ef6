//! A simulated machine: files, registry, services, in memory, with every mutating call counted so that a test can
//! make the n-th one fail, or have the power go at it.

pub mod cabinet;
mod disk;
mod files;
pub mod fixture;
pub mod large;
mod programs;
mod registry;
mod services;
pub mod solid;
pub mod web;
mod world;

pub use disk::{Image, Loss, Shared, Unlike};
pub use files::{Node, Tree};
pub use registry::reg;
pub use world::{Fault, SimService, Traffic, World};

use std::string::String;
use std::vec::Vec;

use packager_shared::args::Ui;
use packager_shared::path::{self, join, parent};
use packager_shared::plan::{Key, Scope};
use packager_shared::template::Dir;

use crate::System;
use crate::system::{
    Answer, Error, ExitCode, FirewallRule, Holder, Machine, RegValue, RelatedProduct, Result, Securable,
    ServiceConfig, ServiceState, Shortcut, Stat,
};

/// An open file.
#[derive(Clone, Debug)]
pub struct SimFile {
    path: String,
    position: usize,
    writable: bool,
    // Kept alive by the handle: the content of a file that was renamed or deleted meanwhile.
    id: u64,
}

fn fail<T>(code: u32, what: &'static str, on: &str) -> Result<T> {
    Err(Error::new(code, what, on))
}

/// As [`path::lower`], for the many names that are plain ASCII.
fn lower(name: &str) -> String {
    if name.is_ascii() { name.to_ascii_lowercase() } else { path::lower(name) }
}

const NOT_FOUND: u32 = 2;
const PATH_NOT_FOUND: u32 = 3;
const ACCESS_DENIED: u32 = 5;
const SHARING: u32 = 32;
const DISK_FULL: u32 = 112;
const EXISTS: u32 = 183;
const NOT_EMPTY: u32 = 145;
const NO_SERVICE: u32 = 1060;

impl System for World {
    type File = SimFile;
    type Lock = ();
    type Download = web::SimDownload;

    fn web_open(&mut self, url: &str, from: u64, _fresh: bool) -> Result<(Self::Download, Answer)> {
        self.ask_web(url, from)
    }

    fn web_read(&mut self, download: &mut Self::Download, buffer: &mut [u8]) -> Result<usize> {
        self.read_web(download, buffer)
    }

    fn random(&mut self) -> u32 {
        // A linear congruential generator (Knuth, MMIX).
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) as u32
    }

    fn open(&mut self, path: &str) -> Result<SimFile> {
        self.note(path, |traffic| traffic.opens += 1);
        if self.is_behind(path) {
            return fail(SHARING, "open", path);
        }
        match self.tree.get(path) {
            Some(Node::File { id, .. }) => {
                Ok(SimFile { path: String::from(path), position: 0, writable: false, id: *id })
            }
            Some(_) => fail(ACCESS_DENIED, "open", path),
            None => fail(NOT_FOUND, "open", path),
        }
    }

    fn create(&mut self, path: &str) -> Result<SimFile> {
        self.mutate("create", path)?;
        self.need_parent("create", path)?;
        if self.tree.get(path).is_some() {
            return fail(80, "create", path);
        }
        let id = self.next_id();
        self.tree.insert(path, Node::File { id, modified: self.clock, protected: false });
        self.contents.insert(id, Default::default());
        Ok(SimFile { path: String::from(path), position: 0, writable: true, id })
    }

    fn read(&mut self, file: &mut SimFile, buffer: &mut [u8]) -> Result<usize> {
        if self.is_off() {
            return fail(ACCESS_DENIED, "read", &file.path);
        }
        if file.path.starts_with("\\\\")
            && let Some((left, code)) = &mut self.network
        {
            if *left == 0 {
                return fail(*code, "read", &file.path);
            }
            *left -= 1;
        }
        let content = self.contents.get(&file.id).map(|content| content.as_slice()).unwrap_or_default();
        let rest = content.get(file.position..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        file.position += count;
        self.bytes_read += count as u64;
        self.note(&file.path, |traffic| {
            traffic.reads += 1;
            traffic.bytes += count as u64;
        });
        Ok(count)
    }

    fn write(&mut self, file: &mut SimFile, bytes: &[u8]) -> Result<()> {
        assert!(file.writable, "{} was opened for reading", file.path);
        let done = self.mutate("write", &file.path);
        // A disk that is full takes what it can.
        let bytes = match &done {
            Ok(()) => bytes,
            Err(error) if error.code == DISK_FULL => &bytes[..bytes.len() / 2],
            Err(_) => return done,
        };
        let content = std::rc::Rc::make_mut(self.contents.entry(file.id).or_default());
        content.truncate(file.position);
        self.unflushed.entry(file.id).or_insert(content.len());
        content.extend_from_slice(bytes);
        file.position += bytes.len();
        done
    }

    fn seek(&mut self, file: &mut SimFile, position: u64) -> Result<()> {
        file.position = usize::try_from(position).unwrap_or(usize::MAX);
        Ok(())
    }

    fn length(&mut self, file: &mut SimFile) -> Result<u64> {
        Ok(self.contents.get(&file.id).map_or(0, |content| content.len() as u64))
    }

    fn flush(&mut self, file: &mut SimFile) -> Result<()> {
        self.mutate("flush", &file.path)?;
        self.unflushed.remove(&file.id);
        self.force_names();
        Ok(())
    }

    fn flush_behind(&mut self, file: SimFile) -> Result<()> {
        assert!(file.writable, "{} was opened for reading", file.path);
        self.behind.push(file);
        Ok(())
    }

    fn settle(&mut self) -> Result<()> {
        let mut outcome = Ok(());
        for mut file in core::mem::take(&mut self.behind) {
            outcome = outcome.and(self.flush(&mut file));
        }
        outcome
    }

    fn set_times(&mut self, file: &mut SimFile, time: u64) -> Result<()> {
        self.mutate("set times", &file.path)?;
        let id = file.id;
        self.tree.set_modified(id, time);
        Ok(())
    }

    fn stat(&mut self, path: &str) -> Result<Option<Stat>> {
        self.note(path, |traffic| traffic.looks += 1);
        self.what_is(path)
    }

    fn is_plain(&mut self, path: &str) -> Result<bool> {
        self.note(path, |traffic| traffic.looks += 1);
        Ok(self.tree.has_one_name(path))
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<()> {
        self.rename_file(from, to)
    }

    fn replace(&mut self, from: &str, to: &str) -> Result<()> {
        self.mutate("replace", from)?;
        if self.is_held(from) || self.is_held(to) {
            return fail(SHARING, "replace", to);
        }
        self.tree.remove(to);
        self.tree.rename(from, to);
        Ok(())
    }

    fn remove_file(&mut self, path: &str) -> Result<()> {
        self.delete_file(path)
    }

    fn remove_dir(&mut self, path: &str) -> Result<()> {
        self.delete_dir(path)
    }

    fn create_dir(&mut self, path: &str) -> Result<()> {
        self.make_dir(path, false)
    }

    fn create_protected_dir(&mut self, path: &str) -> Result<()> {
        self.make_dir(path, true)
    }

    fn list(&mut self, path: &str) -> Result<Vec<(String, Stat)>> {
        self.note(path, |traffic| traffic.looks += 1);
        if !matches!(self.tree.get(path), Some(Node::Dir { .. })) {
            return fail(PATH_NOT_FOUND, "list", path);
        }
        let mut out = Vec::new();
        for name in self.tree.children(path) {
            if let Some(stat) = self.stat(&join(path, &name))? {
                out.push((name, stat));
            }
        }
        Ok(out)
    }

    fn probe_delete(&mut self, path: &str) -> Result<()> {
        if self.is_held(path) { fail(SHARING, "probe", path) } else { Ok(()) }
    }

    fn is_running(&mut self, path: &str) -> Result<bool> {
        Ok(self.is_image(path))
    }

    fn holders(&mut self, path: &str) -> Vec<Holder> {
        let name = self.held.get(&lower(path)).cloned();
        let running = || self.is_image(path).then(|| String::from("runner.exe"));
        name.or_else(running).map(|name| Holder { name, pid: 42 }).into_iter().collect()
    }

    fn delete_at_restart(&mut self, path: &str) -> Result<()> {
        self.mutate("delete at restart", path)?;
        self.at_restart.push(String::from(path));
        Ok(())
    }

    fn inherit_rights(&mut self, paths: &[String]) -> Result<()> {
        for path in paths {
            self.mutate("inherit rights", path)?;
            self.tree.inherit(path);
        }
        Ok(())
    }

    fn create_dir_with(&mut self, path: &str, sddl: &str) -> Result<()> {
        self.make_dir(path, false)?;
        self.rights.insert(lower(path), String::from(sddl));
        Ok(())
    }

    fn rights(&mut self, of: &Securable) -> Result<Option<String>> {
        let there = match of {
            Securable::Path(path) => self.tree.get(path).is_some(),
            Securable::Key(key) => self.registry.contains_key(&reg(key)),
        };
        let own = self.rights.get(&securable(of)).map_or("D:AI(A;ID;FA;;;WD)", String::as_str);
        Ok(there.then(|| std::format!("O:SY{own}")))
    }

    fn set_rights(&mut self, of: &Securable, sddl: &str) -> Result<()> {
        self.mutate("set rights", of.name())?;
        // Who the owner is, this machine does not care.
        let sddl = sddl.strip_prefix("O:SY").unwrap_or(sddl);
        if sddl == "D:" {
            self.rights.remove(&securable(of));
        } else {
            self.rights.insert(securable(of), String::from(sddl));
        }
        Ok(())
    }

    fn is_protected(&mut self, path: &str) -> Result<bool> {
        Ok(self.is_guarded(&lower(path)))
    }

    fn is_owned(&mut self, path: &str) -> Result<bool> {
        Ok(!self.open.contains(&lower(path)))
    }

    fn free_space(&mut self, _path: &str) -> Result<u64> {
        Ok(self.free)
    }

    fn directory(&mut self, dir: Dir, wide: bool, scope: Scope) -> Result<String> {
        self.known_folder(dir, wide, scope)
    }

    fn key_exists(&mut self, key: &Key) -> Result<bool> {
        Ok(self.registry.contains_key(&reg(key)))
    }

    fn key_create(&mut self, key: &Key) -> Result<usize> {
        self.create_key(key)
    }

    fn key_protect(&mut self, key: &Key) -> Result<usize> {
        if self.links.contains(&reg(key)) {
            return fail(ACCESS_DENIED, "protect key", &key.path);
        }
        let created = self.key_create(key)?;
        self.mutate("protect key", &key.path)?;
        self.protected_keys.insert(reg(key));
        Ok(created)
    }

    fn key_is_protected(&mut self, key: &Key) -> Result<bool> {
        Ok(self.protected_keys.contains(&reg(key)))
    }

    fn key_remove_empty(&mut self, key: &Key) -> Result<bool> {
        self.remove_empty_key(key)
    }

    fn key_subkeys(&mut self, key: &Key) -> Result<Vec<String>> {
        let prefix = std::format!("{}\\", reg(key));
        let below = self.registry.keys().filter_map(|other| other.strip_prefix(&prefix));
        Ok(below.filter(|rest| !rest.contains('\\')).map(String::from).collect())
    }

    fn key_values(&mut self, key: &Key) -> Result<Vec<String>> {
        Ok(self.registry.get(&reg(key)).map(|values| values.keys().cloned().collect()).unwrap_or_default())
    }

    fn value_get(&mut self, key: &Key, name: &str) -> Result<Option<RegValue>> {
        if self.is_off() {
            return fail(ACCESS_DENIED, "read value", name);
        }
        Ok(self.registry.get(&reg(key)).and_then(|values| values.get(&lower(name))).cloned())
    }

    fn value_set(&mut self, key: &Key, name: &str, value: &RegValue) -> Result<()> {
        self.set_value(key, name, value)
    }

    fn value_remove(&mut self, key: &Key, name: &str) -> Result<bool> {
        self.mutate("delete value", name)?;
        Ok(self.registry.get_mut(&reg(key)).is_some_and(|values| values.remove(&lower(name)).is_some()))
    }

    fn registry_flush(&mut self, key: &Key) -> Result<()> {
        self.mutate("flush registry", &key.path)?;
        self.force_registry();
        Ok(())
    }

    fn service_config(&mut self, name: &str) -> Result<Option<ServiceConfig>> {
        Ok(self.config_of(name))
    }

    fn service_state(&mut self, name: &str) -> Result<Option<ServiceState>> {
        Ok(self.services.get(&lower(name)).map(|service| service.state))
    }

    fn service_dependents(&mut self, name: &str) -> Result<Vec<String>> {
        Ok(self.dependents(name))
    }

    fn service_create(&mut self, name: &str, config: &ServiceConfig) -> Result<()> {
        self.create_service(name, config)
    }

    fn service_change(&mut self, name: &str, config: &ServiceConfig) -> Result<()> {
        self.change_service(name, config)
    }

    fn service_delete(&mut self, name: &str) -> Result<()> {
        self.delete_service(name)
    }

    fn service_start(&mut self, name: &str, _timeout_ms: u32) -> Result<()> {
        self.start_service(name)
    }

    fn service_stop(&mut self, name: &str, _timeout_ms: u32) -> Result<()> {
        self.stop_service(name)
    }

    fn ini_get(&mut self, path: &str, section: &str, key: &str) -> Result<Option<String>> {
        let found = self.ini(path).into_iter().find(|(s, k, _)| s == section && k == key);
        // Windows does not give the quotes around a value.
        Ok(found.map(|(_, _, value)| String::from(value.trim_matches('"'))))
    }

    fn ini_set(&mut self, path: &str, section: &str, key: &str, value: Option<&str>) -> Result<()> {
        self.set_ini(path, section, key, value)
    }

    fn shortcut_write(&mut self, path: &str, shortcut: &Shortcut) -> Result<()> {
        let mut file = self.create(path)?;
        let text = std::format!("{shortcut:?}");
        self.write(&mut file, text.as_bytes())?;
        self.unflushed.remove(&file.id);
        Ok(())
    }

    fn broadcast_environment(&mut self) {
        self.broadcasts += 1;
    }

    fn firewall_exists(&mut self, rule: &FirewallRule) -> Result<bool> {
        Ok(self.firewall.contains_key(&(lower(&rule.name), rule.outbound)))
    }

    fn firewall_add(&mut self, rule: &FirewallRule) -> Result<()> {
        self.mutate("add rule", &rule.name)?;
        self.firewall.insert((lower(&rule.name), rule.outbound), rule.add.clone());
        Ok(())
    }

    fn firewall_remove(&mut self, rule: &FirewallRule) -> Result<()> {
        self.mutate("remove rule", &rule.name)?;
        self.firewall.remove(&(lower(&rule.name), rule.outbound));
        Ok(())
    }

    fn task_get(&mut self, name: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.tasks.get(&lower(name)).cloned())
    }

    fn task_set(&mut self, name: &str, how: &str) -> Result<()> {
        self.mutate("register task", name)?;
        let definition = match how.strip_prefix("/xml ") {
            Some(file) => {
                let file = file.trim_matches('"');
                assert!(self.is_guarded(&lower(parent(file).unwrap_or_default())), "{file} may be anybody's");
                self.content(file).unwrap_or_default()
            }
            None => {
                let units = core::iter::once(0xfeff).chain(how.encode_utf16());
                units.flat_map(u16::to_le_bytes).collect()
            }
        };
        self.tasks.insert(lower(name), definition);
        Ok(())
    }

    fn task_remove(&mut self, name: &str) -> Result<()> {
        self.mutate("remove task", name)?;
        self.tasks.remove(&lower(name));
        Ok(())
    }

    fn run(&mut self, program: &str, command_line: &str) -> Result<ExitCode> {
        if let Some(code) = self.forbidden {
            return fail(code, "run", program);
        }
        self.ran.push((String::from(program), String::from(command_line)));
        self.ran_images.push(self.content(program).unwrap_or_default());
        Ok(self.child_code)
    }

    fn run_hidden(
        &mut self,
        program: &str,
        command_line: &str,
        timeout_ms: u32,
        log_output: bool,
    ) -> Result<ExitCode> {
        self.run_program(program, command_line, timeout_ms, log_output)
    }

    fn close_program(&mut self, path: &str, _within_ms: u32) -> Result<usize> {
        self.mutate("close", path)?;
        Ok(self.open_programs.remove(&lower(path)).unwrap_or(0))
    }

    fn elevate(&mut self, command_line: &str) -> Result<ExitCode> {
        self.elevated.push(String::from(command_line));
        Ok(self.child_code)
    }

    fn machine(&mut self) -> Machine {
        self.machine
    }

    fn is_administrator(&mut self) -> bool {
        self.administrator
    }

    fn is_filtered(&mut self) -> bool {
        self.filtered
    }

    fn related_products(&mut self, upgrade_code: &str) -> Result<Vec<RelatedProduct>> {
        Ok(self.products.get(upgrade_code).cloned().unwrap_or_default())
    }

    fn installer_busy(&mut self) -> bool {
        self.busy
    }

    fn lock(&mut self, _name: &str) -> Result<Option<()>> {
        Ok(if self.locked { None } else { Some(()) })
    }

    fn sleep(&mut self, ms: u32) {
        self.now += u64::from(ms);
    }

    fn ticks(&mut self) -> u64 {
        self.now += 1;
        self.now
    }

    fn own_path(&mut self) -> Result<String> {
        Ok(self.own.clone())
    }

    fn begin(&mut self, ui: Ui, _log: Option<&str>) -> Result<()> {
        self.ui = Some(ui);
        Ok(())
    }

    fn log_place(&mut self, folder: &str, name: &str) {
        self.log_place = Some(join(folder, name));
    }

    fn keep_log(&mut self) {
        if self.kept_log.is_none() {
            self.kept_log = self.log_place.clone();
        }
    }

    fn forget_log(&mut self) {
        self.kept_log = None;
    }

    fn error_text(&mut self, code: u32) -> String {
        if code == SHARING { String::from("somebody has it open") } else { String::new() }
    }

    fn log(&mut self, line: &str) {
        self.log.push(String::from(line));
    }

    fn say(&mut self, line: &str) {
        self.said.push(String::from(line));
    }

    fn progress(&mut self, done: u64, total: u64) {
        assert!(done <= total, "progress {done} of {total}");
    }

    fn cancelled(&mut self) -> bool {
        self.cancelled
    }
}

fn securable(of: &Securable) -> String {
    match of {
        Securable::Path(path) => lower(path),
        Securable::Key(key) => reg(key),
    }
}
