//! The machine as the engine sees it: Win32 behind [`System`], one file per area.

mod behind;
mod close;
pub mod error;
mod files;
mod folders;
pub mod handle;
mod hidden;
mod holders;
mod ini;
mod installer;
mod lock;
pub mod log;
pub mod machine;
pub mod process;
mod record;
mod redirection;
mod registry;
mod rights;
mod rules;
pub mod security;
mod services;
mod shell;
mod trust;
mod web;

use alloc::string::String;
use alloc::vec::Vec;

use packager_engine::system::{
    Answer, ExitCode, FirewallRule, Holder, Machine, RegValue, RelatedProduct, Result, Securable,
    ServiceConfig, ServiceState, Shortcut, Stat, System,
};
use packager_shared::args;
use packager_shared::plan::{Key, Scope};
use packager_shared::template::Dir;

use crate::ffi;
use crate::ui::Ui;

/// This machine.
pub struct Win32 {
    /// `C:\Windows\System32`.
    system32: String,
    /// What GetTickCount said last, and how often it has wrapped around.
    ticks: (u32, u32),
    ui: Ui,
    record: record::Record,
    web: web::Session,
    behind: behind::Behind,
}

impl Win32 {
    /// This machine; nothing is shown yet.
    pub fn new() -> Self {
        Self {
            system32: redirection::system(),
            ticks: (0, 0),
            ui: Ui::default(),
            record: record::Record::default(),
            web: web::Session::default(),
            behind: behind::Behind::default(),
        }
    }

    /// Shows how it ended, and nothing more after that.
    pub fn end(mut self, code: u32) {
        self.ui.end(code);
    }
}

impl System for Win32 {
    type File = files::File;
    type Lock = lock::Lock;
    type Download = web::Download;

    fn web_open(&mut self, url: &str, from: u64, fresh: bool) -> Result<(Self::Download, Answer)> {
        self.web.open(url, from, fresh)
    }

    fn web_read(&mut self, download: &mut Self::Download, buffer: &mut [u8]) -> Result<usize> {
        download.read(buffer)
    }

    fn random(&mut self) -> u32 {
        web::random()
    }

    fn open(&mut self, path: &str) -> Result<Self::File> {
        self.file_open(path)
    }

    fn create(&mut self, path: &str) -> Result<Self::File> {
        self.file_create(path)
    }

    fn read(&mut self, file: &mut Self::File, buffer: &mut [u8]) -> Result<usize> {
        file.read(buffer)
    }

    fn write(&mut self, file: &mut Self::File, bytes: &[u8]) -> Result<()> {
        file.write(bytes)
    }

    fn seek(&mut self, file: &mut Self::File, position: u64) -> Result<()> {
        file.seek(position)
    }

    fn length(&mut self, file: &mut Self::File) -> Result<u64> {
        file.length()
    }

    fn flush(&mut self, file: &mut Self::File) -> Result<()> {
        file.flush()
    }

    fn flush_behind(&mut self, file: Self::File) -> Result<()> {
        self.behind.give(file)
    }

    fn settle(&mut self) -> Result<()> {
        self.behind.settle()
    }

    fn set_times(&mut self, file: &mut Self::File, time: u64) -> Result<()> {
        file.set_times(time)
    }

    fn stat(&mut self, path: &str) -> Result<Option<Stat>> {
        self.path_stat(path)
    }

    fn is_plain(&mut self, path: &str) -> Result<bool> {
        files::is_plain(self.open_shared("look at", path, 0)?.handle(), path)
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<()> {
        self.path_move("rename", from, Some(to), ffi::MOVEFILE_WRITE_THROUGH)
    }

    fn replace(&mut self, from: &str, to: &str) -> Result<()> {
        let flags = ffi::MOVEFILE_REPLACE_EXISTING | ffi::MOVEFILE_WRITE_THROUGH;
        self.path_move("replace", from, Some(to), flags)
    }

    fn remove_file(&mut self, path: &str) -> Result<()> {
        self.path_remove_file(path)
    }

    fn remove_dir(&mut self, path: &str) -> Result<()> {
        self.path_remove_dir(path)
    }

    fn create_dir(&mut self, path: &str) -> Result<()> {
        self.path_create_dir(path, None)
    }

    fn create_protected_dir(&mut self, path: &str) -> Result<()> {
        self.path_create_dir(path, Some(security::protected_directory()?))
    }

    fn list(&mut self, path: &str) -> Result<Vec<(String, Stat)>> {
        self.path_list(path)
    }

    fn probe_delete(&mut self, path: &str) -> Result<()> {
        self.path_probe_delete(path)
    }

    fn is_running(&mut self, path: &str) -> Result<bool> {
        self.path_is_running(path)
    }

    fn holders(&mut self, path: &str) -> Vec<Holder> {
        holders::of(path)
    }

    fn delete_at_restart(&mut self, path: &str) -> Result<()> {
        self.path_move("delete at restart", path, None, ffi::MOVEFILE_DELAY_UNTIL_REBOOT)
    }

    fn inherit_rights(&mut self, paths: &[String]) -> Result<()> {
        security::inherit(paths)
    }

    fn create_dir_with(&mut self, path: &str, sddl: &str) -> Result<()> {
        self.path_create_dir(path, Some(security::Descriptor::from_sddl(sddl)?))
    }

    fn rights(&mut self, of: &Securable) -> Result<Option<String>> {
        rights::get(of)
    }

    fn set_rights(&mut self, of: &Securable, sddl: &str) -> Result<()> {
        rights::set(of, sddl)
    }

    fn is_protected(&mut self, path: &str) -> Result<bool> {
        self.path_is_ours(path, machine::machine().version.0 < 6)
    }

    fn is_owned(&mut self, path: &str) -> Result<bool> {
        self.path_is_owned(path)
    }

    fn free_space(&mut self, path: &str) -> Result<u64> {
        self.path_free_space(path)
    }

    fn directory(&mut self, dir: Dir, wide: bool, scope: Scope) -> Result<String> {
        folders::directory(dir, wide, scope)
    }

    fn key_exists(&mut self, key: &Key) -> Result<bool> {
        registry::exists(key)
    }

    fn key_create(&mut self, key: &Key) -> Result<usize> {
        registry::create(key)
    }

    fn key_protect(&mut self, key: &Key) -> Result<usize> {
        registry::protect(key)
    }

    fn key_is_protected(&mut self, key: &Key) -> Result<bool> {
        registry::is_protected(key)
    }

    fn key_remove_empty(&mut self, key: &Key) -> Result<bool> {
        registry::remove_empty(key)
    }

    fn key_subkeys(&mut self, key: &Key) -> Result<Vec<String>> {
        registry::subkeys(key)
    }

    fn key_values(&mut self, key: &Key) -> Result<Vec<String>> {
        registry::values(key)
    }

    fn value_get(&mut self, key: &Key, name: &str) -> Result<Option<RegValue>> {
        registry::get(key, name)
    }

    fn value_set(&mut self, key: &Key, name: &str, value: &RegValue) -> Result<()> {
        registry::set(key, name, value)
    }

    fn value_remove(&mut self, key: &Key, name: &str) -> Result<bool> {
        registry::remove(key, name)
    }

    fn registry_flush(&mut self, key: &Key) -> Result<()> {
        registry::flush(key)
    }

    fn service_config(&mut self, name: &str) -> Result<Option<ServiceConfig>> {
        services::config(name)
    }

    fn service_state(&mut self, name: &str) -> Result<Option<ServiceState>> {
        services::state(name)
    }

    fn service_dependents(&mut self, name: &str) -> Result<Vec<String>> {
        services::all_dependents(name)
    }

    fn service_create(&mut self, name: &str, config: &ServiceConfig) -> Result<()> {
        services::create(name, config)
    }

    fn service_change(&mut self, name: &str, config: &ServiceConfig) -> Result<()> {
        services::change(name, config)
    }

    fn service_delete(&mut self, name: &str) -> Result<()> {
        services::delete(name)
    }

    fn service_start(&mut self, name: &str, timeout_ms: u32) -> Result<()> {
        services::start(name, timeout_ms)
    }

    fn service_stop(&mut self, name: &str, timeout_ms: u32) -> Result<()> {
        services::stop(name, timeout_ms)
    }

    fn firewall_exists(&mut self, rule: &FirewallRule) -> Result<bool> {
        self.rule_exists(rule)
    }

    fn firewall_add(&mut self, rule: &FirewallRule) -> Result<()> {
        self.rule_add(rule)
    }

    fn firewall_remove(&mut self, rule: &FirewallRule) -> Result<()> {
        self.rule_remove(rule)
    }

    fn task_get(&mut self, name: &str) -> Result<Option<Vec<u8>>> {
        self.task_read(name)
    }

    fn task_set(&mut self, name: &str, how: &str) -> Result<()> {
        self.task_write(name, how)
    }

    fn task_remove(&mut self, name: &str) -> Result<()> {
        self.task_delete(name)
    }

    fn ini_get(&mut self, path: &str, section: &str, key: &str) -> Result<Option<String>> {
        Ok(self.ini_value(path, section, key))
    }

    fn ini_set(&mut self, path: &str, section: &str, key: &str, value: Option<&str>) -> Result<()> {
        self.ini_write(path, section, key, value)
    }

    fn shortcut_write(&mut self, path: &str, shortcut: &Shortcut) -> Result<()> {
        shell::write_shortcut(path, shortcut)?;
        // The shell writes it without that. Who holds it without sharing is no reason to fail.
        if let Ok(mut file) = self.open_shared("flush", path, ffi::GENERIC_WRITE) {
            file.flush()?;
        }
        Ok(())
    }

    fn broadcast_environment(&mut self) {
        shell::broadcast_environment();
    }

    fn run(&mut self, program: &str, command_line: &str) -> Result<ExitCode> {
        self.process_run(program, command_line)
    }

    fn run_hidden(
        &mut self,
        program: &str,
        command_line: &str,
        timeout_ms: u32,
        log_output: bool,
    ) -> Result<ExitCode> {
        self.process_run_hidden(program, command_line, timeout_ms, log_output)
    }

    fn close_program(&mut self, path: &str, within_ms: u32) -> Result<usize> {
        close::close(path, within_ms)
    }

    fn machine(&mut self) -> Machine {
        machine::machine()
    }

    fn elevate(&mut self, command_line: &str) -> Result<ExitCode> {
        crate::ui::elevation::run_elevated(command_line)
    }

    fn is_administrator(&mut self) -> bool {
        security::is_administrator()
    }

    fn is_filtered(&mut self) -> bool {
        trust::is_filtered()
    }

    fn related_products(&mut self, upgrade_code: &str) -> Result<Vec<RelatedProduct>> {
        installer::related(upgrade_code)
    }

    fn installer_busy(&mut self) -> bool {
        installer::is_busy()
    }

    fn lock(&mut self, name: &str) -> Result<Option<Self::Lock>> {
        lock::take(name)
    }

    fn sleep(&mut self, ms: u32) {
        // SAFETY: takes a number.
        unsafe { ffi::Sleep(ms) };
    }

    fn ticks(&mut self) -> u64 {
        // SAFETY: takes nothing. GetTickCount64 is younger than XP, so the wrap-around is counted here.
        let now = unsafe { ffi::GetTickCount() };
        let (last, wraps) = self.ticks;
        self.ticks = (now, if now < last { wraps + 1 } else { wraps });
        u64::from(self.ticks.1) << 32 | u64::from(now)
    }

    fn own_path(&mut self) -> Result<String> {
        process::own_path()
    }

    fn begin(&mut self, ui: args::Ui, log: Option<&str>) -> Result<()> {
        self.ui.begin(ui);
        log.map_or(Ok(()), log::open)
    }

    fn introduce(&mut self, product: &str, headline: &str) {
        self.ui.introduce(product, headline);
    }

    fn confirm(&mut self, question: &str) -> bool {
        self.ui.confirm(question)
    }

    fn log_place(&mut self, folder: &str, name: &str) {
        self.record_place(folder, name);
    }

    fn keep_log(&mut self) {
        self.record_keep();
    }

    fn forget_log(&mut self) {
        self.record_forget();
    }

    fn error_text(&mut self, code: u32) -> String {
        record::error_text(code)
    }

    fn log(&mut self, line: &str) {
        self.record_line(line);
    }

    fn say(&mut self, line: &str) {
        self.ui.say(line);
    }

    fn progress(&mut self, done: u64, total: u64) {
        self.ui.progress(done, total);
    }

    fn cancelled(&mut self) -> bool {
        crate::ui::is_cancelled()
    }
}
