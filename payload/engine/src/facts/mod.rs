//! The plan with this machine's directories and settings put in: every operation as it will be done.

pub mod firewall;
mod task;

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::exit::Exit;
use packager_shared::index::Index;
use packager_shared::path;
use packager_shared::plan::{
    Arch, Data, EnvironmentAction, Key, Op, Plan, Product, Recovery, Root, Run, Scope, Service, Setting,
};
use packager_shared::quote;
use packager_shared::settings;
use packager_shared::state;
use packager_shared::template::{Dir, Part, Template};

use crate::System;
use crate::failure::{Failure, Outcome};
use crate::image::Package;
use crate::registry;
use crate::secrets;
use crate::system::{FailureActions, FirewallRule, RegValue, Securable, ServiceConfig, Shortcut};
use crate::text;
use crate::transaction::ops::config::Config;
use crate::transaction::ops::ini::Entry;

/// An operation, ready to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A directory, without trailing backslash, and how many of its levels are ours.
    Directory(String, usize),
    /// A directory that is removed with all that is in it on uninstall, not on update.
    Purge(String),
    /// Who may do what with something of the steps before, or a file: SDDL.
    Rights(Securable, String),
    /// Files of a folder that fit a pattern: removed on uninstall instead of on install?
    Files(String, String, bool),
    /// A registry value.
    Value(Key, String, RegValue),
    /// Strings in a REG_MULTI_SZ that others may have written, too: at its start instead of its end?
    Strings(Key, String, Vec<String>, bool),
    /// A registry value, or a key with all below it, that is removed: on uninstall instead of on install?
    Remove(Key, Option<String>, bool),
    /// A registry key.
    Key(Key),
    /// A secret setting, in a protected key; `None`: it has no value.
    Secret(Key, String, Option<RegValue>),
    /// An environment variable, in this key.
    Environment(Key, String, String, EnvironmentAction),
    /// A value of an INI file.
    Ini(Entry),
    /// A shortcut: the `.lnk`'s path, how many of its folders are ours, and its content.
    Shortcut(String, usize, Shortcut),
    /// A service.
    Service(String, ServiceConfig, Run),
    /// A rule of the firewall.
    Firewall(FirewallRule),
    /// A scheduled task: its name and its definition.
    Task(String, Vec<u8>),
    /// A configuration file that takes values.
    Config(Config),
    /// A manifest of events, and the file with their messages, both below the install directory.
    Events(String, String),
}

impl Step {
    /// Whether both are about the same thing, so that one replaces the other.
    pub fn same_target(&self, other: &Step) -> bool {
        let same_key =
            |a: &Key, b: &Key| a.root == b.root && a.view == b.view && path::same(&a.path, &b.path);
        match (self, other) {
            (Step::Directory(a, _), Step::Directory(b, _)) | (Step::Events(a, _), Step::Events(b, _)) => {
                path::same(a, b)
            }
            (Step::Value(a, name_a, _), Step::Value(b, name_b, _)) => {
                same_key(a, b) && path::same(name_a, name_b)
            }
            (Step::Strings(a, name_a, list_a, first_a), Step::Strings(b, name_b, list_b, first_b)) => {
                same_key(a, b) && path::same(name_a, name_b) && list_a == list_b && first_a == first_b
            }
            (Step::Remove(a, name_a, late_a), Step::Remove(b, name_b, late_b)) => {
                let same_name = match (name_a, name_b) {
                    (Some(a), Some(b)) => path::same(a, b),
                    (None, None) => true,
                    _ => false,
                };
                same_key(a, b) && same_name && late_a == late_b
            }
            (Step::Files(a, name_a, late_a), Step::Files(b, name_b, late_b)) => {
                path::same(a, b) && path::same(name_a, name_b) && late_a == late_b
            }
            (Step::Key(a), Step::Key(b)) => same_key(a, b),
            (Step::Purge(a), Step::Purge(b)) => path::same(a, b),
            (Step::Rights(Securable::Path(a), _), Step::Rights(Securable::Path(b), _)) => path::same(a, b),
            (Step::Rights(Securable::Key(a), _), Step::Rights(Securable::Key(b), _)) => same_key(a, b),
            (Step::Secret(a, name_a, _), Step::Secret(b, name_b, _)) => {
                same_key(a, b) && path::same(name_a, name_b)
            }
            (Step::Environment(_, a, value_a, how_a), Step::Environment(_, b, value_b, how_b)) => {
                let whole = *how_a == EnvironmentAction::Set && *how_b == EnvironmentAction::Set;
                path::same(a, b) && (whole || (how_a == how_b && path::same(value_a, value_b)))
            }
            (Step::Ini(a), Step::Ini(b)) => a.same(b),
            (Step::Shortcut(a, ..), Step::Shortcut(b, ..)) => path::same(a, b),
            (Step::Service(a, ..), Step::Service(b, ..)) => path::same(a, b),
            (Step::Config(a), Step::Config(b)) => path::same(&a.path, &b.path),
            (Step::Firewall(a), Step::Firewall(b)) => {
                a.outbound == b.outbound && path::same(&a.name, &b.name)
            }
            (Step::Task(a, _), Step::Task(b, _)) => path::same(a, b),
            _ => false,
        }
    }
}

/// Looks up a directory as a plan means it.
pub fn directory<S: System>(system: &mut S, arch: Arch, scope: Scope, dir: Dir) -> Outcome<String> {
    let wide = arch != Arch::X86;
    if scope == Scope::User && matches!(dir, Dir::ProgramFiles | Dir::CommonFiles) {
        let local = system.directory(Dir::LocalAppData, wide, scope)?;
        let tail = if dir == Dir::ProgramFiles { "Programs" } else { "Programs\\Common" };
        return Ok(path::join(&local, tail));
    }
    Ok(system.directory(dir, wide, scope)?)
}

/// What the machine gives to a plan.
pub struct Facts<'a> {
    /// Processor.
    pub arch: Arch,
    /// Machine or user.
    pub scope: Scope,
    /// Without trailing backslash; empty when it is not known yet.
    pub install_dir: &'a str,
    /// Name and value.
    pub settings: &'a [(String, String)],
}

impl Facts<'_> {
    /// Expands a template.
    pub fn expand<S: System>(&self, system: &mut S, template: &Template) -> Outcome<String> {
        let mut failure = None;
        let mut dir = |dir| {
            if dir == Dir::InstallDir {
                return (!self.install_dir.is_empty()).then(|| String::from(self.install_dir));
            }
            match directory(system, self.arch, self.scope, dir) {
                Ok(path) => Some(path),
                Err(error) => {
                    failure = Some(error);
                    None
                }
            }
        };
        let mut setting = |name: &str| {
            self.settings.iter().find(|(given, _)| given == name).map(|(_, value)| value.clone())
        };
        match (template.expand(&mut dir, &mut setting), failure) {
            (Some(text), _) => Ok(text),
            (None, Some(failure)) => Err(failure),
            (None, None) => {
                Err(Failure::new(Exit::Damaged, "the package is damaged: a template names something unknown"))
            }
        }
    }

    /// Expands a template that is a directory: no trailing backslash, and nothing a path cannot be.
    pub fn expand_dir<S: System>(&self, system: &mut S, template: &Template) -> Outcome<String> {
        let mut path = self.expand(system, template)?;
        if path.ends_with('\\') {
            path.pop();
        }
        if !path::is_local_absolute(&path) {
            return Err(Failure::about(Exit::Failed, "not a directory on a local drive", &path));
        }
        Ok(path)
    }

    /// The directory that a template's token stands for: its parents are never ours.
    pub fn anchor<S: System>(&self, system: &mut S, template: &Template) -> Outcome<String> {
        match template.0.first() {
            Some(Part::Dir(dir)) if *dir != Dir::InstallDir => directory(system, self.arch, self.scope, *dir),
            _ => Ok(String::new()),
        }
    }

    /// A directory, and how many of its levels are ours.
    fn own_dir<S: System>(&self, system: &mut S, template: &Template) -> Outcome<(String, usize)> {
        let dir = self.expand_dir(system, template)?;
        let mut anchor = self.anchor(system, template)?;
        if anchor.is_empty() {
            anchor.push_str(self.install_dir);
        }
        let ours = match path::lower(&dir).strip_prefix(&path::lower(&anchor)) {
            Some(below) => below.split('\\').filter(|part| !part.is_empty()).count(),
            None => 1,
        };
        Ok((dir, ours))
    }

    fn list<S: System>(&self, system: &mut S, templates: &[Template]) -> Outcome<Vec<String>> {
        let mut values = Vec::new();
        for template in templates {
            values.push(self.expand(system, template)?);
        }
        Ok(values)
    }

    fn value<S: System>(&self, system: &mut S, data: &Data) -> Outcome<RegValue> {
        Ok(match data {
            Data::Sz(template) => registry::string(registry::SZ, &self.expand(system, template)?),
            Data::ExpandSz(template) => {
                registry::string(registry::EXPAND_SZ, &self.expand(system, template)?)
            }
            Data::MultiSz(templates) | Data::MultiSzPart { strings: templates, .. } => {
                registry::strings(&self.list(system, templates)?)
            }
            Data::Dword(value) => registry::dword(*value),
            Data::Qword(value) => RegValue { kind: registry::QWORD, bytes: Vec::from(value.to_le_bytes()) },
            Data::Binary(bytes) => RegValue { kind: registry::BINARY, bytes: bytes.clone() },
        })
    }

    fn service<S: System>(&self, system: &mut S, service: &Service) -> Outcome<ServiceConfig> {
        let mut image_path = quote::program(&path::join(self.install_dir, &service.exe));
        let arguments = self.expand(system, &service.arguments)?;
        if !arguments.is_empty() {
            image_path.push(' ');
            image_path.push_str(&arguments);
        }
        let account = match &service.account {
            Some(account) => self.expand(system, account)?,
            None => String::new(),
        };
        let setting = |name: &String| self.settings.iter().find(|(given, _)| given == name);
        let password = service.password.as_ref().and_then(setting).map(|(_, value)| value.clone());
        let recovery = service.recovery.as_ref();
        Ok(ServiceConfig {
            image_path,
            display: service.display.clone(),
            description: service.description.clone().unwrap_or_default(),
            start: service.start,
            account: if path::same(&account, "LocalSystem") { String::new() } else { account },
            password: password.filter(|password| !password.is_empty()),
            depends: service.depends.clone(),
            error_control: service.error_control,
            recovery: Some(recovery.map(failure_actions).unwrap_or_default()),
            also_on_error_exit: Some(recovery.is_some_and(|recovery| recovery.also_on_error_exit)),
            preshutdown_ms: service.preshutdown_ms,
        })
    }

    /// The files that are there: those of groups whose condition holds, and those of none.
    pub fn files(&self, plan: &Plan, index: &Index) -> Index {
        let mut value = |name: &str| {
            self.settings.iter().find(|(given, _)| given == name).map(|(_, value)| value.clone())
        };
        let mut index = index.clone();
        for group in plan.groups.iter().filter(|group| !group.when.holds(&mut value)) {
            // Both are sorted by the packager, but not by the same rule.
            let mut absent: Vec<String> = group.files.iter().map(|file| path::lower(file)).collect();
            absent.sort_unstable();
            index.entries.retain(|entry| absent.binary_search(&path::lower(&entry.path)).is_err());
        }
        index
    }

    /// What an operation is on this machine; `None`: nothing, its condition does not hold.
    fn step<S: System>(&self, system: &mut S, op: &Op) -> Outcome<Option<Step>> {
        Ok(Some(match op {
            Op::Directory { path, .. } => {
                let (dir, ours) = self.own_dir(system, path)?;
                Step::Directory(dir, ours)
            }
            Op::RegistryKey { key, .. } => Step::Key(key.clone()),
            Op::RegistryRemove { key, name, on_uninstall } => {
                Step::Remove(key.clone(), name.clone(), *on_uninstall)
            }
            Op::RegistryValue { key, name, data: Data::MultiSzPart { strings, first } } => {
                Step::Strings(key.clone(), name.clone(), self.list(system, strings)?, *first)
            }
            Op::RegistryValue { key, name, data } => {
                Step::Value(key.clone(), name.clone(), self.value(system, data)?)
            }
            Op::Environment { name, value, action } => {
                let value = self.expand(system, value)?;
                Step::Environment(environment_key(self.arch, self.scope), name.clone(), value, *action)
            }
            Op::Shortcut { folder, subfolder, name, target, arguments, description, icon } => {
                let base = directory(system, self.arch, self.scope, *folder)?;
                let file = text::join(&[name, ".lnk"]);
                let target = path::join(self.install_dir, target);
                // As Windows Installer writes it: with a trailing backslash.
                let folder = path::parent(&target).unwrap_or(self.install_dir);
                let working_dir = text::join(&[folder, "\\"]);
                let ours = if subfolder.is_empty() { 0 } else { subfolder.split('\\').count() };
                let shortcut = Shortcut {
                    target,
                    arguments: self.expand(system, arguments)?,
                    description: description.clone(),
                    working_dir,
                    icon: match icon {
                        Some(icon) => path::join(self.install_dir, icon),
                        None => String::new(),
                    },
                };
                Step::Shortcut(path::join(&path::join(&base, subfolder), &file), ours, shortcut)
            }
            Op::Ini { folder, file, section, key, value } => {
                let (dir, folders) = self.own_dir(system, folder)?;
                Step::Ini(Entry {
                    file: path::join(&dir, file),
                    folders,
                    section: self.expand(system, section)?,
                    key: self.expand(system, key)?,
                    value: self.expand(system, value)?,
                })
            }
            Op::Service(service) => {
                Step::Service(service.name.clone(), self.service(system, service)?, service.run)
            }
            Op::Firewall(rule) => Step::Firewall(firewall::rule(self, system, rule)?),
            Op::Task(task) => Step::Task(task.name.clone(), task::definition(self, system, task)?),
            Op::When(when, inner) => {
                let mut value = |name: &str| {
                    self.settings.iter().find(|(given, _)| given == name).map(|(_, value)| value.clone())
                };
                return if when.holds(&mut value) { self.step(system, inner) } else { Ok(None) };
            }
            Op::Config(config) => {
                let mut values = Vec::new();
                for (key, value) in &config.values {
                    values.push((key.clone(), self.expand(system, value)?));
                }
                Step::Config(Config {
                    path: path::join(self.install_dir, &config.file),
                    file: config.file.clone(),
                    format: config.format,
                    values,
                    pristine: config.pristine,
                    lines: config.lines.clone(),
                    marks: config.marks.clone(),
                    secret: config.secret,
                })
            }
            Op::FileAcl { file, acl } => {
                Step::Rights(Securable::Path(path::join(self.install_dir, file)), acl.clone())
            }
            Op::RemoveFiles { folder, pattern, on_uninstall } => {
                Step::Files(path::join(self.install_dir, folder), pattern.clone(), *on_uninstall)
            }
            Op::EventProvider { manifest, file } => Step::Events(manifest.clone(), file.clone()),
            Op::Migrate { .. } | Op::Run(_) | Op::Replaces(_) | Op::Close { .. } => {
                return Ok(None);
            }
        }))
    }

    /// What these operations are on this machine, those whose condition does not hold left out.
    pub fn steps_of<'o, S: System>(
        &self,
        system: &mut S,
        ops: impl IntoIterator<Item = &'o Op>,
    ) -> Outcome<Vec<Step>> {
        let mut out = Vec::new();
        for op in ops {
            let step = self.step(system, op)?;
            let rights = step.is_some().then(|| rights(op, &step)).flatten();
            if let (Some(Step::Directory(path, _)), true) = (&step, is_purged(op)) {
                out.push(Step::Purge(path.clone()));
            }
            out.extend(step);
            out.extend(rights);
        }
        Ok(out)
    }

    /// The plan's operations.
    pub fn steps<S: System>(&self, system: &mut S, plan: &Plan) -> Outcome<Vec<Step>> {
        let mut out = self.steps_of(system, &plan.ops)?;
        // What no registry value of the plan remembers is remembered under the state key.
        for setting in &plan.settings {
            let Some((_, value)) = self.settings.iter().find(|(name, _)| *name == setting.name) else {
                continue;
            };
            let (key, name) = state::place(&plan.product, setting);
            let stored = registry::string(registry::SZ, value);
            if setting.secret {
                out.push(Step::Secret(key, name, (!value.is_empty()).then_some(stored)));
                if plan.marks_given(setting) && !value.is_empty() {
                    let given = state::below(&plan.product, state::GIVEN);
                    out.push(Step::Value(given, setting.name.clone(), registry::dword(1)));
                }
            } else if setting.registry.is_none() {
                out.push(Step::Value(key, name, stored));
            }
        }
        Ok(out)
    }
}

fn is_purged(op: &Op) -> bool {
    match op {
        Op::Directory { purge, .. } => *purge,
        Op::When(_, inner) => is_purged(inner),
        _ => false,
    }
}

/// The rights of what a step makes.
fn rights(op: &Op, step: &Option<Step>) -> Option<Step> {
    let acl = match op {
        Op::Directory { acl, .. } | Op::RegistryKey { acl, .. } => acl.as_ref()?,
        Op::When(_, inner) => return rights(inner, step),
        _ => return None,
    };
    let of = match step {
        Some(Step::Directory(path, _)) => Securable::Path(path.clone()),
        Some(Step::Key(key)) => Securable::Key(key.clone()),
        _ => return None,
    };
    Some(Step::Rights(of, acl.clone()))
}

/// So many starts, then nothing: the last action would be repeated otherwise.
fn failure_actions(recovery: &Recovery) -> FailureActions {
    const NONE: u32 = 0;
    const RESTART: u32 = 1;
    let mut actions: Vec<(u32, u32)> =
        (0..recovery.attempts).map(|_| (RESTART, recovery.restart_after_ms)).collect();
    actions.push((NONE, 0));
    FailureActions { reset_after_s: recovery.reset_after_s, actions }
}

/// Where environment variables live ("Environment Variables" on Microsoft Learn).
fn environment_key(arch: Arch, scope: Scope) -> Key {
    let view = state::native_view(arch);
    match scope {
        Scope::Machine => Key {
            root: Root::LocalMachine,
            view,
            path: String::from("SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment"),
        },
        Scope::User => Key { root: Root::CurrentUser, view, path: String::from("Environment") },
    }
}

/// What an earlier install remembers of a setting, or else a predecessor.
pub fn remembered<S: System>(system: &mut S, product: &Product, setting: &Setting) -> Option<String> {
    let (key, name) = state::place(product, setting);
    if setting.secret {
        return registry::get_string(system, &key, &name).ok()?;
    }
    let own = stored_text(system, &key, &name);
    if own.is_some() {
        return own;
    }
    let cleared = registry::get_string(system, &state::key_of(product), state::CLEARED).ok().flatten();
    if cleared.is_some_and(|list| list.split(';').any(|name| name == setting.name)) {
        return Some(String::new());
    }
    setting.legacy.iter().find_map(|(key, name)| stored_text(system, key, name))
}

/// What Windows Installer's AppSearch takes from a registry value and can store again as it was: text that is not
/// empty and does not start with a number sign.
fn stored_text<S: System>(system: &mut S, key: &Key, name: &str) -> Option<String> {
    let value = system.value_get(key, name).ok()?.filter(|value| value.kind == registry::SZ)?;
    registry::as_string(&value).filter(|text| !text.is_empty() && !text.starts_with('#'))
}

/// The site that was chosen last.
pub fn remembered_site<S: System>(system: &mut S, product: &Product) -> Option<String> {
    let site = registry::get_string(system, &state::key_of(product), state::SITE).ok().flatten();
    site.filter(|site| !site.is_empty())
}

/// The settings as they are on the machine, for undoing: remembered or default, never refused.
pub fn settings_as_installed<S: System>(system: &mut S, plan: &Plan) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for setting in &plan.settings {
        let value = remembered(system, &plan.product, setting).unwrap_or_else(|| setting.default.clone());
        out.push((setting.name.clone(), value));
    }
    out
}

/// The settings for an install or update.
pub fn settings<S: System>(
    system: &mut S,
    plan: &Plan,
    sources: settings::Sources<'_>,
) -> Outcome<Vec<(String, String)>> {
    let given = secrets::from_files(system, &plan.settings, sources.command_line)?;
    let sources = settings::Sources { command_line: &given, ..sources };
    let mut ask = |setting: &Setting| remembered(system, &plan.product, setting);
    Ok(settings::resolve(&plan.settings, sources, &mut ask)?)
}

/// The state key's values and the uninstall entry: what the engine writes beside the plan.
pub fn ownership(
    package: &Package,
    install_dir: &str,
    settings: &[(String, String)],
    site: Option<&str>,
) -> Vec<Step> {
    let product = &package.plan.product;
    let mut folder = String::from(install_dir);
    folder.push('\\');
    let bootstrap = path::join(install_dir, &package.plan.bootstrap.name);
    let quoted = quote::program(&bootstrap);
    let mut out = Vec::new();
    let entry = state::uninstall_key(product);
    let mut add = |key: &Key, name: &str, value: RegValue| {
        out.push(Step::Value(key.clone(), String::from(name), value));
    };
    let sz = |value: &str| registry::string(registry::SZ, value);
    add(&entry, "DisplayName", sz(&product.name));
    add(&entry, "DisplayVersion", sz(&product.version_text));
    add(&entry, "Publisher", sz(&product.manufacturer));
    add(&entry, "UninstallString", sz(&text::join(&[&quoted, " /uninstall"])));
    add(&entry, "QuietUninstallString", sz(&text::join(&[&quoted, " /uninstall /quiet"])));
    add(&entry, "InstallLocation", sz(&folder));
    add(&entry, "DisplayIcon", sz(&bootstrap));
    let kilobytes = package.index.total_size().div_ceil(1024);
    add(&entry, "EstimatedSize", registry::dword(u32::try_from(kilobytes).unwrap_or(u32::MAX)));
    add(&entry, "NoModify", registry::dword(1));
    add(&entry, "NoRepair", registry::dword(1));
    let listing = &product.listing;
    for (name, text) in [
        ("URLInfoAbout", &listing.url),
        ("HelpLink", &listing.help),
        ("URLUpdateInfo", &listing.updates),
        ("Contact", &listing.contact),
        ("HelpTelephone", &listing.phone),
        ("Comments", &listing.comments),
    ] {
        if let Some(text) = text {
            add(&entry, name, sz(text));
        }
    }
    for (name, set) in [("NoRemove", listing.no_remove), ("SystemComponent", listing.hidden)] {
        if set {
            add(&entry, name, registry::dword(1));
        }
    }
    let key = state::key_of(product);
    add(&key, state::MANAGED_BY, sz(state::ENGINE));
    add(&key, state::VERSION, sz(&product.version_text));
    add(&key, state::SERIAL, registry::dword(package.plan.bootstrap.serial));
    add(&key, state::INSTALL_DIR, sz(&folder));
    if !settings.is_empty() {
        if let Some(site) = site {
            add(&key, state::SITE, sz(site));
        }
        let mut cleared = String::new();
        let secret = |name: &String| package.plan.settings.iter().any(|s| s.secret && s.name == *name);
        for (name, _) in settings.iter().filter(|(name, value)| value.is_empty() && !secret(name)) {
            cleared.push_str(name);
            cleared.push(';');
        }
        add(&key, state::CLEARED, sz(&cleared));
    }
    // Last: until it is written, an update is not done.
    add(&key, state::DIGEST, sz(&package.digest));
    out
}
