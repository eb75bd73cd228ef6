//! A simulated machine: files, registry, services, in memory, with every mutating call counted so that a test can
//! make the n-th one fail, or have the power go at it.

mod files;
pub mod fixture;
mod world;

pub use files::{Node, Tree};
pub use world::{Fault, SimService, World};

use std::collections::BTreeMap;
use std::string::String;
use std::vec::Vec;

use packager_shared::args::Ui;
use packager_shared::path::{self, join, lower};
use packager_shared::plan::{Arch, Key, Root, Scope, Start, View};
use packager_shared::template::Dir;

use crate::System;
use crate::system::{
    Error, ExitCode, FirewallRule, Machine, RegValue, RelatedProduct, Result, Securable, ServiceConfig,
    ServiceState, Shortcut, Stat,
};

/// An open file.
#[derive(Debug)]
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

const NOT_FOUND: u32 = 2;
const PATH_NOT_FOUND: u32 = 3;
const ACCESS_DENIED: u32 = 5;
const SHARING: u32 = 32;
const EXISTS: u32 = 183;
const NOT_EMPTY: u32 = 145;
const NO_SERVICE: u32 = 1060;

impl System for World {
    type File = SimFile;
    type Lock = ();

    fn open(&mut self, path: &str) -> Result<SimFile> {
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
        self.contents.insert(id, Vec::new());
        Ok(SimFile { path: String::from(path), position: 0, writable: true, id })
    }

    fn read(&mut self, file: &mut SimFile, buffer: &mut [u8]) -> Result<usize> {
        if self.is_off() {
            return fail(ACCESS_DENIED, "read", &file.path);
        }
        let content = self.contents.get(&file.id).map(Vec::as_slice).unwrap_or_default();
        let rest = content.get(file.position..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        file.position += count;
        self.bytes_read += count as u64;
        Ok(count)
    }

    fn write(&mut self, file: &mut SimFile, bytes: &[u8]) -> Result<()> {
        self.mutate("write", &file.path)?;
        assert!(file.writable, "{} was opened for reading", file.path);
        let content = self.contents.entry(file.id).or_default();
        content.truncate(file.position);
        self.unflushed.entry(file.id).or_insert(content.len());
        content.extend_from_slice(bytes);
        file.position += bytes.len();
        Ok(())
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
        Ok(())
    }

    fn set_times(&mut self, file: &mut SimFile, time: u64) -> Result<()> {
        self.mutate("set times", &file.path)?;
        let id = file.id;
        self.tree.set_modified(id, time);
        Ok(())
    }

    fn stat(&mut self, path: &str) -> Result<Option<Stat>> {
        if self.is_off() {
            return fail(ACCESS_DENIED, "stat", path);
        }
        if path.ends_with(':') {
            return Ok(Some(Stat { directory: true, reparse: false, size: 0, modified: 0, attributes: 16 }));
        }
        let contents = &self.contents;
        Ok(self.tree.get(path).map(|node| match node {
            Node::File { id, modified, .. } => Stat {
                directory: false,
                reparse: false,
                size: contents.get(id).map_or(0, |content| content.len() as u64),
                modified: *modified,
                attributes: 32,
            },
            Node::Dir { link, .. } => {
                Stat { directory: true, reparse: *link, size: 0, modified: 0, attributes: 16 }
            }
        }))
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<()> {
        self.mutate("rename", from)?;
        self.need_parent("rename", to)?;
        if self.tree.get(from).is_none() {
            return fail(NOT_FOUND, "rename", from);
        }
        if self.held.contains(&lower(from)) {
            return fail(SHARING, "rename", from);
        }
        if !path::same(from, to) && self.tree.get(to).is_some() {
            return fail(EXISTS, "rename", to);
        }
        if from.get(..2).map(lower) != to.get(..2).map(lower) {
            return fail(17, "rename", from);
        }
        self.tree.rename(from, to);
        if let Some(rights) = self.rights.remove(&lower(from)) {
            self.rights.insert(lower(to), rights);
        }
        if self.running.remove(&lower(from)) {
            self.running.insert(lower(to));
        }
        Ok(())
    }

    fn replace(&mut self, from: &str, to: &str) -> Result<()> {
        self.mutate("replace", from)?;
        if self.held.contains(&lower(from)) || self.held.contains(&lower(to)) {
            return fail(SHARING, "replace", to);
        }
        self.tree.remove(to);
        self.tree.rename(from, to);
        Ok(())
    }

    fn remove_file(&mut self, path: &str) -> Result<()> {
        self.mutate("delete", path)?;
        if self.held.contains(&lower(path)) {
            return fail(SHARING, "delete", path);
        }
        if self.running.contains(&lower(path)) {
            return fail(ACCESS_DENIED, "delete", path);
        }
        match self.tree.get(path) {
            Some(Node::File { .. }) => {
                self.tree.remove(path);
                self.rights.remove(&lower(path));
                Ok(())
            }
            _ => fail(NOT_FOUND, "delete", path),
        }
    }

    fn remove_dir(&mut self, path: &str) -> Result<()> {
        self.mutate("remove directory", path)?;
        match self.tree.get(path) {
            // What a link leads to shows below it, and does not keep the link.
            Some(Node::Dir { link: false, .. }) if !self.tree.children(path).is_empty() => {
                fail(NOT_EMPTY, "remove directory", path)
            }
            Some(Node::Dir { .. }) => {
                self.tree.remove(path);
                self.rights.remove(&lower(path));
                Ok(())
            }
            _ => fail(PATH_NOT_FOUND, "remove directory", path),
        }
    }

    fn create_dir(&mut self, path: &str) -> Result<()> {
        self.make_dir(path, false)
    }

    fn create_protected_dir(&mut self, path: &str) -> Result<()> {
        self.make_dir(path, true)
    }

    fn list(&mut self, path: &str) -> Result<Vec<(String, Stat)>> {
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
        if self.held.contains(&lower(path)) { fail(SHARING, "probe", path) } else { Ok(()) }
    }

    fn delete_at_restart(&mut self, path: &str) -> Result<()> {
        self.mutate("delete at restart", path)?;
        self.at_restart.push(String::from(path));
        Ok(())
    }

    fn inherit_rights(&mut self, path: &str) -> Result<()> {
        self.mutate("inherit rights", path)?;
        self.tree.inherit(path);
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
        Ok(self.tree.is_protected(path))
    }

    fn free_space(&mut self, _path: &str) -> Result<u64> {
        Ok(self.free)
    }

    fn directory(&mut self, dir: Dir, wide: bool, scope: Scope) -> Result<String> {
        let wide = wide && self.machine.arch != Arch::X86;
        let user = scope == Scope::User;
        Ok(String::from(match dir {
            Dir::InstallDir => return fail(PATH_NOT_FOUND, "find folder", "{InstallDir}"),
            Dir::ProgramFiles if wide => "C:\\Program Files",
            Dir::ProgramFiles => "C:\\Program Files (x86)",
            Dir::CommonFiles => "C:\\Program Files\\Common Files",
            Dir::ProgramData => "C:\\ProgramData",
            Dir::Windows => "C:\\Windows",
            Dir::System => "C:\\Windows\\System32",
            Dir::StartMenu if user => "C:\\Users\\u\\Start",
            Dir::StartMenu => "C:\\ProgramData\\Start",
            Dir::Desktop => "C:\\Users\\Public\\Desktop",
            Dir::Startup => "C:\\ProgramData\\Start\\Startup",
            Dir::LocalAppData => "C:\\Users\\u\\Local",
            Dir::AppData => "C:\\Users\\u\\Roaming",
        }))
    }

    fn key_exists(&mut self, key: &Key) -> Result<bool> {
        Ok(self.registry.contains_key(&reg(key)))
    }

    fn key_create(&mut self, key: &Key) -> Result<usize> {
        if self.key_exists(key)? {
            return Ok(0);
        }
        self.mutate("create key", &key.path)?;
        let mut created = 0;
        let mut level = Some(key.clone());
        while let Some(key) = level {
            if self.registry.contains_key(&reg(&key)) {
                break;
            }
            self.registry.insert(reg(&key), BTreeMap::new());
            created += 1;
            level = crate::registry::parent(&key);
        }
        Ok(created)
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
        let name = reg(key);
        let prefix = std::format!("{name}\\");
        let used = self.registry.keys().any(|other| other.starts_with(&prefix));
        match self.registry.get(&name) {
            Some(values) if values.is_empty() && !used => {
                self.mutate("delete key", &key.path)?;
                self.registry.remove(&name);
                self.protected_keys.remove(&name);
                self.rights.remove(&name);
                Ok(true)
            }
            _ => Ok(false),
        }
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
        self.mutate("set value", name)?;
        // What only some may read is never, not for a moment, where others can read it.
        let text = std::string::String::from_utf8_lossy(&value.bytes).replace('\0', "");
        let bare = !self.protected_keys.contains(&reg(key));
        if bare && !self.secret.is_empty() && text.contains(&self.secret) {
            self.leaks.push(std::format!("{}\\{name}", key.path));
        }
        match self.registry.get_mut(&reg(key)) {
            Some(values) => {
                values.insert(lower(name), value.clone());
                Ok(())
            }
            None => fail(NOT_FOUND, "set value", name),
        }
    }

    fn value_remove(&mut self, key: &Key, name: &str) -> Result<bool> {
        self.mutate("delete value", name)?;
        Ok(self.registry.get_mut(&reg(key)).is_some_and(|values| values.remove(&lower(name)).is_some()))
    }

    fn service_config(&mut self, name: &str) -> Result<Option<ServiceConfig>> {
        // Windows never tells a password.
        let told = |service: &SimService| ServiceConfig { password: None, ..service.config.clone() };
        Ok(self.services.get(&lower(name)).map(told))
    }

    fn service_state(&mut self, name: &str) -> Result<Option<ServiceState>> {
        Ok(self.services.get(&lower(name)).map(|service| service.state))
    }

    fn service_dependents(&mut self, name: &str) -> Result<Vec<String>> {
        let mut out = Vec::new();
        for (other, service) in self.services.clone() {
            let depends = service.config.depends.iter().any(|on| path::same(on, name));
            if depends && service.state == ServiceState::Running {
                out.extend(self.service_dependents(&other)?);
                out.push(other);
            }
        }
        Ok(out)
    }

    fn service_create(&mut self, name: &str, config: &ServiceConfig) -> Result<()> {
        self.mutate("create service", name)?;
        if self.services.contains_key(&lower(name)) {
            return fail(1073, "create service", name);
        }
        let service = SimService { config: config.clone(), state: ServiceState::Stopped };
        self.services.insert(lower(name), service);
        Ok(())
    }

    fn service_change(&mut self, name: &str, config: &ServiceConfig) -> Result<()> {
        self.mutate("change service", name)?;
        match self.services.get_mut(&lower(name)) {
            Some(service) => {
                let password = config.password.clone().or_else(|| service.config.password.take());
                service.config = ServiceConfig { password, ..config.clone() };
                Ok(())
            }
            None => fail(NO_SERVICE, "change service", name),
        }
    }

    fn service_delete(&mut self, name: &str) -> Result<()> {
        self.mutate("delete service", name)?;
        match self.services.remove(&lower(name)) {
            Some(service) => {
                assert_eq!(service.state, ServiceState::Stopped, "{name} is deleted while it runs");
                Ok(())
            }
            None => fail(NO_SERVICE, "delete service", name),
        }
    }

    fn service_start(&mut self, name: &str, _timeout_ms: u32) -> Result<()> {
        self.mutate("start service", name)?;
        let Some(service) = self.services.get_mut(&lower(name)) else {
            return fail(NO_SERVICE, "start service", name);
        };
        if service.config.start == Start::Disabled {
            return fail(1058, "start service", name);
        }
        let program = service.config.image_path.trim_start_matches('"');
        let program = String::from(program.split('"').next().unwrap_or_default());
        if self.tree.get(&program).is_none() {
            return fail(NOT_FOUND, "start service", name);
        }
        let depends = service.config.depends.clone();
        for on in depends {
            let state = self.services.get(&lower(&on)).map(|service| service.state);
            // As on Windows, what a service needs is started first.
            if state == Some(ServiceState::Stopped) {
                self.service_start(&on, 0)?;
            }
        }
        self.services.entry(lower(name)).and_modify(|service| service.state = ServiceState::Running);
        Ok(())
    }

    fn service_stop(&mut self, name: &str, _timeout_ms: u32) -> Result<()> {
        self.mutate("stop service", name)?;
        if !self.services.contains_key(&lower(name)) {
            return fail(NO_SERVICE, "stop service", name);
        }
        for other in self.service_dependents(name)?.iter().map(String::as_str).chain([name]) {
            self.services.entry(lower(other)).and_modify(|service| service.state = ServiceState::Stopped);
        }
        Ok(())
    }

    fn ini_get(&mut self, path: &str, section: &str, key: &str) -> Result<Option<String>> {
        let found = self.ini(path).into_iter().find(|(s, k, _)| s == section && k == key);
        // Windows does not give the quotes around a value.
        Ok(found.map(|(_, _, value)| String::from(value.trim_matches('"'))))
    }

    fn ini_set(&mut self, path: &str, section: &str, key: &str, value: Option<&str>) -> Result<()> {
        let mut lines = self.ini(path);
        lines.retain(|(s, k, _)| s != section || k != key);
        if let Some(value) = value {
            lines.push((String::from(section), String::from(key), String::from(value)));
        }
        lines.sort();
        let mut text = String::new();
        let mut last = None;
        for (section, key, value) in &lines {
            if last != Some(section) {
                text.push_str(&std::format!("[{section}]\n"));
                last = Some(section);
            }
            text.push_str(&std::format!("{key}={value}\n"));
        }
        self.mutate("write INI file", path)?;
        self.need_parent("write INI file", path)?;
        let id = self.next_id();
        self.tree.insert(path, Node::File { id, modified: self.clock, protected: false });
        self.contents.insert(id, text.into_bytes());
        Ok(())
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

    fn task_set(&mut self, name: &str, definition: &[u8]) -> Result<()> {
        self.mutate("register task", name)?;
        self.tasks.insert(lower(name), Vec::from(definition));
        Ok(())
    }

    fn task_remove(&mut self, name: &str) -> Result<()> {
        self.mutate("remove task", name)?;
        self.tasks.remove(&lower(name));
        Ok(())
    }

    fn run(&mut self, program: &str, command_line: &str) -> Result<ExitCode> {
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
        if log_output {
            self.log.push(std::format!("  it says: {command_line}"));
        }
        self.mutate("run", program)?;
        if let (true, Some(code)) = (program.ends_with("\\msiexec.exe"), command_line.split(' ').nth(1)) {
            self.runs.push(std::format!("msiexec.exe {command_line}"));
            for products in self.products.values_mut() {
                products.retain(|product| product.product_code != code);
            }
            return Ok(0);
        }
        if self.tree.get(program).is_none() {
            return fail(NOT_FOUND, "run", program);
        }
        let line = std::format!("{} {command_line}", program.rsplit('\\').next().unwrap_or_default());
        self.runs.push(line.clone());
        match command_line.split_once(' ') {
            Some(("enroll", with)) => {
                self.effects.insert(String::from(with));
            }
            Some(("unenroll", with)) => {
                self.effects.remove(with);
            }
            Some(("hang", _)) => {
                self.now += u64::from(timeout_ms);
                return fail(1460, "run", program);
            }
            Some(("im", with)) => {
                let manifest = with.split('"').nth(1).unwrap_or(with);
                self.effects.insert(std::format!("events {manifest}"));
            }
            Some(("um", manifest)) => {
                self.effects.remove(&std::format!("events {}", manifest.trim_matches('"')));
            }
            // An uninstaller: it takes its file and its entry with it.
            Some(("remove", entry)) => {
                self.tree.remove(program);
                self.registry.retain(|key, _| !key.ends_with(&lower(entry)));
            }
            Some(("fail", code)) => return Ok(code.parse().unwrap_or(1)),
            _ => {}
        }
        Ok(0)
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

/// A key's place in the registry of the simulated machine.
pub fn reg(key: &Key) -> String {
    let root = match key.root {
        Root::ClassesRoot => "HKCR",
        Root::CurrentUser => "HKCU",
        Root::LocalMachine => "HKLM",
        Root::Users => "HKU",
    };
    let view = if key.view == View::Bits64 { "64" } else { "32" };
    std::format!("{root}{view}\\{}", lower(&key.path))
}
