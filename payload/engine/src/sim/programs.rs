//! What programs of the simulated machine do, and its INI files.

use std::string::String;

use super::files::Node;
use super::world::World;
use super::{NOT_FOUND, fail, lower};
use crate::system::{ExitCode, Result};

impl World {
    pub(super) fn run_program(
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

    pub(super) fn set_ini(
        &mut self,
        path: &str,
        section: &str,
        key: &str,
        value: Option<&str>,
    ) -> Result<()> {
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
        self.contents.insert(id, text.into_bytes().into());
        Ok(())
    }
}
