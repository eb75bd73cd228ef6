//! Firewall rules and scheduled tasks, through the programs that every Windows has for them. They are run by their
//! full path, and their words are the same in every language.

use alloc::string::String;
use alloc::vec::Vec;

use packager_engine::system::{FirewallRule, Result, System as _};
use packager_shared::plan::{Key, Root, View};
use packager_shared::quote;

use super::{Win32, error, machine, registry};
use crate::text;

/// Where Windows keeps the rules, from Windows Vista on: values such as `v2.10|Action=Allow|Dir=In|Name=Agent|`.
const RULES: &str = r"SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules";

/// A definition is larger only when something is wrong, in bytes.
const MOST: u64 = 1 << 20;

/// How long `netsh` and `schtasks` may take, in milliseconds.
const PATIENCE: u32 = 120_000;

impl Win32 {
    /// Runs a program of System32; any exit code but 0 is an error, and so is none in time.
    fn tool(&self, name: &'static str, arguments: &str) -> Result<()> {
        let program = [&self.system32, "\\", name].concat();
        match self.process_run_hidden(&program, arguments, PATIENCE, true)? {
            0 => Ok(()),
            code => Err(error::code(code, "ask", name)),
        }
    }

    /// Whether Windows keeps a rule of this name and direction. That of Windows XP does not tell.
    pub(super) fn rule_exists(&self, rule: &FirewallRule) -> Result<bool> {
        let view = if machine::is_wide() { View::Bits64 } else { View::Bits32 };
        let key = Key { root: Root::LocalMachine, view, path: String::from(RULES) };
        let name = ["|name=", &rule.name, "|"].concat().to_lowercase();
        let direction = if rule.outbound { "|dir=out|" } else { "|dir=in|" };
        for value in registry::values(&key)? {
            if let Some(value) = registry::get(&key, &value)? {
                let line = text::from_bytes(&value.bytes).to_lowercase();
                if line.contains(&name) && line.contains(direction) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    pub(super) fn rule_add(&mut self, rule: &FirewallRule) -> Result<()> {
        if rule.add.is_empty() {
            self.log(&["this Windows has no such firewall rule: ", &rule.name].concat());
            return Ok(());
        }
        self.log(&["netsh ", &rule.add].concat());
        self.tool("netsh.exe", &rule.add)
    }

    pub(super) fn rule_remove(&mut self, rule: &FirewallRule) -> Result<()> {
        if rule.remove.is_empty() {
            return Ok(());
        }
        self.log(&["netsh ", &rule.remove].concat());
        match self.tool("netsh.exe", &rule.remove) {
            // There is none.
            Err(error) if error.code == 1 => Ok(()),
            other => other,
        }
    }

    /// Where the Task Scheduler keeps a task.
    fn task_file(&self, name: &str) -> String {
        if is_old() {
            let windows = self.system32.rsplit_once('\\').map_or("", |(windows, _)| windows);
            return [windows, r"\Tasks\", name, ".job"].concat();
        }
        [&self.system32, r"\Tasks\", name].concat()
    }

    pub(super) fn task_read(&mut self, name: &str) -> Result<Option<Vec<u8>>> {
        let file = self.task_file(name);
        if self.stat(&file)?.is_none() {
            return Ok(None);
        }
        if is_old() {
            return Ok(Some(Vec::new()));
        }
        let mut open = self.open(&file)?;
        let length = self.length(&mut open)?.min(MOST);
        let mut bytes = alloc::vec![0; usize::try_from(length).unwrap_or(0)];
        let mut filled = 0;
        while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.read(&mut open, rest)? {
                0 => break,
                count => filled += count,
            }
        }
        bytes.truncate(filled);
        Ok(Some(bytes))
    }

    pub(super) fn task_write(&mut self, name: &str, how: &str) -> Result<()> {
        let mut line = String::from("/create ");
        if is_old() {
            // Before Server 2003's, schtasks knows no /f and asks; a task that is there goes first.
            let _ = self.task_delete(name);
        } else {
            line.push_str("/f ");
        }
        line.push_str("/tn ");
        quote::push_quoted(&mut line, name);
        line.push(' ');
        line.push_str(how);
        self.tool("schtasks.exe", &line)
    }

    pub(super) fn task_delete(&mut self, name: &str) -> Result<()> {
        let mut line = String::from("/delete /f /tn ");
        quote::push_quoted(&mut line, name);
        self.tool("schtasks.exe", &line)
    }
}

/// Before Windows Vista.
fn is_old() -> bool {
    machine::machine().version.0 < 6
}
