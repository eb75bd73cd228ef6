//! What removes a predecessor, read from its entry in the list of installed programs.
//!
//! It is run with this run's rights, which may be the system's. So only entries under HKLM count, and only a program
//! that nobody but administrators could have put there: its path is absolute, and it, its folder and every folder
//! above it can be written by administrators and the system alone.

use alloc::string::String;

use packager_shared::exit::Exit;
use packager_shared::path;
use packager_shared::plan::Key;

use crate::System;
use crate::failure::{Failure, Outcome};
use crate::registry;
use crate::text;

/// How a predecessor is removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// By Windows Installer, which knows it by this code.
    Product(String),
    /// By a program with arguments.
    Program(String, String),
}

/// Finds it. `args` make an uninstaller silent whose entry does not say how.
pub fn find<S: System>(system: &mut S, key: &Key, args: Option<&str>) -> Outcome<Way> {
    let mut line = registry::get_string(system, key, "QuietUninstallString")?.unwrap_or_default();
    let quiet = !line.is_empty();
    if !quiet {
        line = registry::get_string(system, key, "UninstallString")?.unwrap_or_default();
    }
    if let Some(code) = product_code(&line) {
        return Ok(Way::Product(code));
    }
    let refuse = |what: &str| {
        let text = text::join(&["the predecessor's uninstaller is not run, ", what]);
        Err(Failure::about(Exit::Failed, &text, if line.is_empty() { &key.path } else { &line }))
    };
    let Some((program, rest)) = split(system, &line)? else {
        return refuse("because its entry names no program by its full path");
    };
    if !quiet && args.is_none() {
        return refuse("because nothing says how it is silent: uninstall-args");
    }
    if !is_trusted(system, &program)? {
        return refuse("because others than administrators can change it");
    }
    let mut arguments = String::from(rest.trim());
    if let (false, Some(more)) = (quiet, args) {
        arguments.push(' ');
        arguments.push_str(more);
    }
    Ok(Way::Program(program, String::from(arguments.trim())))
}

/// The `{…}` of a line that runs `msiexec` on a product.
fn product_code(line: &str) -> Option<String> {
    let lower = path::lower(line.trim().trim_start_matches('"'));
    let name = lower.split([' ', '"']).next().unwrap_or_default();
    if !matches!(name.rsplit('\\').next(), Some("msiexec" | "msiexec.exe")) {
        return None;
    }
    let (_, rest) = line.split_once('{')?;
    let (code, _) = rest.split_once('}')?;
    let good = code.len() == 36 && code.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    good.then(|| text::join(&["{", &code.to_ascii_uppercase(), "}"]))
}

/// The program and what follows it. Without quotes it is the shortest start of the line that is a program that is
/// there: not as Windows guesses, which also tries names that nobody wrote.
fn split<S: System>(system: &mut S, line: &str) -> Outcome<Option<(String, String)>> {
    let line = line.trim();
    let mut ends: alloc::vec::Vec<(usize, usize, usize)> = alloc::vec::Vec::new();
    match line.strip_prefix('"') {
        Some(rest) => ends.extend(rest.find('"').map(|end| (1, end + 1, end + 2))),
        None => {
            let blanks = line.match_indices(' ').map(|(at, _)| at);
            ends.extend(blanks.chain([line.len()]).map(|end| (0, end, end)));
        }
    }
    for (start, end, rest) in ends {
        let program = line.get(start..end).unwrap_or_default();
        if !path::is_local_absolute(program) || !path::lower(program).ends_with(".exe") {
            continue;
        }
        if system.stat(program)?.is_some_and(|stat| !stat.directory && !stat.reparse) {
            return Ok(Some((String::from(program), String::from(line.get(rest..).unwrap_or_default()))));
        }
    }
    Ok(None)
}

/// Whether only administrators and the system could have put a program there. The root of a drive is not asked: in
/// it others may make folders, not change those of others.
fn is_trusted<S: System>(system: &mut S, program: &str) -> Outcome<bool> {
    let mut level = Some(program);
    while let Some(path) = level.filter(|path| path.contains('\\')) {
        if system.stat(path)?.is_none_or(|stat| stat.reparse) || !system.is_protected(path)? {
            return Ok(false);
        }
        level = path::parent(path);
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::fixture::key;
    use crate::sim::{Node, World, reg};

    const UNINSTALL: &str = "C:\\Legacy Agent\\un.exe";

    fn world(values: &[(&str, &str)]) -> World {
        let mut world = World::default();
        world.tree.insert("C:\\Legacy Agent", Node::Dir { protected: true, link: false });
        world.put(UNINSTALL, b"un");
        let values = values
            .iter()
            .map(|(name, value)| (path::lower(name), registry::string(registry::SZ, value)))
            .collect();
        world.registry.insert(reg(&key("E")), values);
        world
    }

    fn found(values: &[(&str, &str)], args: Option<&str>) -> Outcome<Way> {
        find(&mut world(values), &key("E"), args)
    }

    fn program(args: &str) -> Outcome<Way> {
        Ok(Way::Program(UNINSTALL.into(), args.into()))
    }

    #[test]
    fn the_quiet_line_is_taken_first() {
        let quiet = ("QuietUninstallString", "\"C:\\Legacy Agent\\un.exe\" /S /x");
        let loud = ("UninstallString", "C:\\Legacy Agent\\un.exe /gui");
        assert_eq!(found(&[quiet, loud], Some("/q")), program("/S /x"));
        assert_eq!(found(&[loud], Some("/S _?=C:\\Legacy Agent")), program("/gui /S _?=C:\\Legacy Agent"));
        assert!(found(&[loud], None).is_err());
        for line in [
            "MsiExec.exe /I{0123abcd-0000-0000-0000-000000000001}",
            "\"C:\\x\\msiexec\" /X {0123ABCD-0000-0000-0000-000000000001}",
        ] {
            let code = Way::Product("{0123ABCD-0000-0000-0000-000000000001}".into());
            assert_eq!(found(&[("UninstallString", line)], None), Ok(code), "{line}");
        }
    }

    #[test]
    fn what_others_could_have_made_is_not_run() {
        for line in [
            "",
            "un.exe /S",
            "\\\\server\\share\\un.exe /S",
            "C:\\Legacy Agent\\gone.exe",
            "C:\\Legacy Agent\\..\\Legacy Agent\\un.exe",
            "cmd.exe /c C:\\Legacy Agent\\un.exe",
            "%ProgramFiles%\\un.exe",
            "\"C:\\Legacy Agent\\un.exe",
            "C:\\Legacy Agent",
        ] {
            assert!(found(&[("QuietUninstallString", line)], None).is_err(), "{line}");
        }
        let line = [("QuietUninstallString", "C:\\Legacy Agent\\un.exe /S")];
        assert_eq!(found(&line, None), program("/S"));
        let mut open = world(&line);
        open.tree.insert("C:\\Legacy Agent", Node::Dir { protected: false, link: false });
        assert!(find(&mut open, &key("E"), None).is_err());
    }
}
