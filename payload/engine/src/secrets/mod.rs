//! Secret settings: how they come in without a command line, and how they go on to another program.
//!
//! Whoever may look at a machine may read the command lines of its processes. So a secret may be given as
//! `NAME=@FILE`: the first line of a file. What this program starts itself gets all secrets that way, in a folder
//! that others cannot read. [`action`] is what an MSI does with them.

pub mod action;

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::exit::Exit;
use packager_shared::identity::Identity;
use packager_shared::path;
use packager_shared::plan::{Arch, Scope, Setting};
use packager_shared::template::Dir;

use crate::System;
use crate::facts;
use crate::failure::{Failure, Outcome};
use crate::source::read_whole;
use crate::text;

/// The longest file that a secret is read from, in bytes.
pub const MOST: u64 = 64 << 10;

/// The path in `@PATH`: where a secret is read from. Absolute: an elevated run has another current directory.
pub fn file_of(value: &str) -> Option<&str> {
    value.strip_prefix('@')
}

/// The first line of a text file: UTF-8, or UTF-16 with a byte order mark. `None` when it is neither, or no text.
pub fn first_line(bytes: &[u8]) -> Option<String> {
    let text = match bytes {
        [0xff, 0xfe, units @ ..] => {
            let units = units.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit));
            char::decode_utf16(units).collect::<core::result::Result<String, _>>().ok()?
        }
        [0xef, 0xbb, 0xbf, text @ ..] | text => String::from(core::str::from_utf8(text).ok()?),
    };
    let line = text.split(['\r', '\n']).next().unwrap_or_default();
    (!line.chars().any(char::is_control)).then(|| String::from(line))
}

/// The settings of a command line with the secrets that stand in files.
pub fn from_files<S: System>(
    system: &mut S,
    settings: &[Setting],
    given: &[(String, String)],
) -> Outcome<Vec<(String, String)>> {
    let mut out = Vec::new();
    for (name, value) in given {
        let secret = settings.iter().any(|setting| setting.secret && setting.name == *name);
        let value = match file_of(value).filter(|_| secret) {
            Some(file) => {
                let refuse = |what| Err(Failure::about(Exit::CommandLine, what, file));
                if !path::is_local_absolute(file) && !file.starts_with("\\\\") {
                    return refuse("the file of a secret is named by its whole path");
                }
                let bytes = read_whole(system, file, MOST)?;
                match first_line(&bytes) {
                    Some(line) => line,
                    None => return refuse("the file of a secret is no text"),
                }
            }
            None => value.clone(),
        };
        out.push((name.clone(), value));
    }
    Ok(out)
}

/// Secrets in files, for a program that is started.
#[derive(Default)]
pub struct Hidden {
    folder: Option<String>,
    files: Vec<String>,
}

impl Hidden {
    /// What is given instead of a value: `@FILE`, with the file in a folder that others cannot read. `scope` says
    /// whether that is administrators' or the user's.
    pub fn hide<S: System>(&mut self, system: &mut S, scope: Scope, value: &str) -> Outcome<String> {
        if value.is_empty() || file_of(value).is_some() {
            return Ok(String::from(value));
        }
        let folder = match &self.folder {
            Some(folder) => folder.clone(),
            None => {
                let folder = protected_folder(system, scope)?;
                self.folder = Some(folder.clone());
                folder
            }
        };
        let file = path::join(&folder, &text::number(self.files.len() as u64));
        let mut open = system.create(&file)?;
        self.files.push(file.clone());
        system.write(&mut open, value.as_bytes())?;
        Ok(text::join(&["@", &file]))
    }

    /// The settings of a command line without secrets in it.
    pub fn settings<S: System>(
        &mut self,
        system: &mut S,
        identity: &Identity,
        given: &[(String, String)],
    ) -> Outcome<Vec<(String, String)>> {
        let mut out = Vec::new();
        for (name, value) in given {
            let value = match identity.secrets.contains(name) {
                true => self.hide(system, identity.scope, value)?,
                false => value.clone(),
            };
            out.push((name.clone(), value));
        }
        Ok(out)
    }

    /// Deletes the files.
    pub fn remove<S: System>(self, system: &mut S) {
        for file in &self.files {
            let _ = system.remove_file(file);
        }
        if let Some(folder) = &self.folder
            && system.remove_dir(folder).is_err()
        {
            system.log(&text::join(&["left behind: ", folder]));
        }
    }
}

/// A fresh folder for administrators and the system alone, or for a user and them.
pub fn protected_folder<S: System>(system: &mut S, scope: Scope) -> Outcome<String> {
    let dir = if scope == Scope::User { Dir::LocalAppData } else { Dir::Windows };
    let base = path::join(&facts::directory(system, Arch::X86, scope, dir)?, "Temp");
    let stamp = text::unforeseen(system);
    let mut last = None;
    for attempt in 0..100 {
        let folder = text::join(&[&base, "\\~install-", &stamp, "-", &text::number(attempt)]);
        match system.create_protected_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) => last = Some(error),
        }
    }
    Err(last.map_or_else(|| Failure::new(Exit::Failed, "no folder for the package"), Failure::from))
}

#[cfg(test)]
mod tests;
