//! What survives a power cut: every way back is on the disk before its step is taken.
//!
//! `{InstallDir}\.upd\J` is only ever appended to. It starts with its magic; then come frames: length (u32, little
//! end first), the first 8 bytes of the content's SHA-256, content. The first frame names the install directory, each
//! other one is an [`Undo`] record or says that the transaction is committed. A frame that was cut off belongs to a
//! step that was never taken.
//!
//! Recovering is undoing all records, the last first, or, when it was committed, cleaning up. Both may be cut off and
//! done again: a record whose step was not taken, or is undone already, changes nothing.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::exit::Exit;
use packager_shared::ids::sha256;
use packager_shared::path;
use packager_shared::plan::{ERROR_CONTROLS, ErrorControl, Key, Root, STARTS, Scope, Start, View};
use packager_shared::wire::{self, Reader, Writer};

use super::undo::Undo;
use super::{Transaction, cleanup};
use crate::System;
use crate::acts::program::Line;
use crate::failure::{Failure, Outcome};
use crate::source::read_whole;
use crate::system::{FailureActions, FirewallRule, RegValue, Securable, ServiceConfig};
use crate::text;

const MAGIC: &[u8; 8] = b"PKGJRNL\x01";
/// A longer journal is none of ours, in bytes.
const MOST: u64 = 256 << 20;
const COMMITTED: u8 = 0;
const REVOKED: u8 = 255;
/// Bytes before a record: its length, and the start of its digest.
const HEAD: usize = 12;

/// The journal's path in a work folder.
pub fn path_in(work: &str) -> String {
    path::join(work, "J")
}

/// What a journal says.
struct Journal {
    dir: String,
    records: Vec<Undo>,
    committed: bool,
}

fn frame(out: &mut Vec<u8>, content: &[u8]) {
    out.extend((content.len() as u32).to_le_bytes());
    out.extend(&sha256(content)[..8]);
    out.extend(content);
}

/// The start of a journal: magic, install directory.
pub fn head(dir: &str) -> Vec<u8> {
    let mut out = Vec::from(*MAGIC);
    frame(&mut out, dir.as_bytes());
    out
}

/// Records as frames.
pub fn frames(records: &[Undo]) -> Vec<u8> {
    let mut out = Vec::new();
    for record in records {
        let mut w = Writer::new();
        encode(&mut w, record);
        frame(&mut out, &w.bytes);
    }
    out
}

/// The frame that settles it.
pub fn commit() -> Vec<u8> {
    let mut out = Vec::new();
    frame(&mut out, &[COMMITTED]);
    out
}

/// The frame that takes [`commit`] back, when nobody knows whether that got to the disk.
pub fn revoke() -> Vec<u8> {
    let mut out = Vec::new();
    frame(&mut out, &[REVOKED]);
    out
}

fn parse(bytes: &[u8]) -> wire::Result<Journal> {
    // Cut off in its very first bytes, or none of them ever got to the disk (NTFS gives zeros then): nothing had been
    // done, for they are forced to the disk before the first step.
    if bytes.len() < MAGIC.len() || bytes.iter().all(|byte| *byte == 0) {
        return Ok(Journal { dir: String::new(), records: Vec::new(), committed: false });
    }
    let mut r = Reader::new(bytes);
    r.expect(MAGIC, "this is no journal");
    let mut dir = None;
    let mut records = Vec::new();
    let mut committed = false;
    while let Some(content) = next(&mut r) {
        let mut c = Reader::new(content);
        match dir {
            None => match core::str::from_utf8(content) {
                Ok(text) => dir = Some(String::from(text)),
                Err(_) => r.fail("the install directory is no text"),
            },
            Some(_) if content == [COMMITTED] => committed = true,
            Some(_) if content == [REVOKED] => committed = false,
            Some(_) => {
                records.push(decode(&mut c));
                c.finish()?;
            }
        }
    }
    r.check()?;
    Ok(Journal { dir: dir.unwrap_or_default(), records, committed })
}

fn next<'a>(r: &mut Reader<'a>) -> Option<&'a [u8]> {
    if r.remaining() < HEAD {
        return None;
    }
    let length = u32::from_le_bytes(r.array());
    let sum: [u8; 8] = r.array();
    let length = usize::try_from(length).ok().filter(|length| *length <= r.remaining())?;
    let content = r.bytes(length);
    (sha256(content)[..8] == sum).then_some(content)
}

/// Whether a transaction in this directory was cut off.
pub fn is_pending<S: System>(system: &mut S, dir: &str) -> bool {
    is_pending_in(system, &path::join(dir, path::WORK_FOLDER))
}

fn is_pending_in<S: System>(system: &mut S, work: &str) -> bool {
    matches!(system.stat(&path_in(work)), Ok(Some(_)))
}

/// Brings a transaction that was cut off to its end: back, or forward when it was committed. Whether there was one.
pub fn recover<S: System>(system: &mut S, dir: &str, scope: Scope) -> Outcome<bool> {
    recover_in(system, dir, path::WORK_FOLDER, scope)
}

/// The same, of the journal in this folder of the install directory.
pub fn recover_in<S: System>(system: &mut S, dir: &str, folder: &str, scope: Scope) -> Outcome<bool> {
    let work = path::join(dir, folder);
    if !is_pending_in(system, &work) {
        return Ok(false);
    }
    let file = path_in(&work);
    system.log(&text::join(&["an earlier run was cut off: ", &file]));
    // What it says is done with this run's rights, so nobody else may have written it.
    if system.stat(&work)?.is_none_or(|stat| stat.reparse) || !system.is_protected(&work)? {
        return Err(Failure::about(
            Exit::Failed,
            "others than administrators can write this folder; remove it",
            &work,
        ));
    }
    let bytes = read_whole(system, &file, MOST).map_err(|failure| Failure::new(Exit::Busy, &failure.text))?;
    let journal = match parse(&bytes) {
        Ok(journal) if journal.dir.is_empty() || path::same(&journal.dir, dir) => journal,
        _ => {
            return Err(Failure::about(
                Exit::Failed,
                "this journal cannot be read; see what is beside it",
                &file,
            ));
        }
    };
    if journal.committed {
        system.log("it was done but for cleaning up");
        for record in &journal.records {
            if let Undo::Purge(folder) = record {
                cleanup::purge(system, dir, scope, folder);
            }
        }
        cleanup::remove_work_folder(system, &work, scope, true, &[]);
    } else {
        let mut tx = Transaction::new(system, dir, folder, scope);
        tx.undo = journal.records;
        // Without a record of its own folder nothing else had begun.
        if tx.undo.is_empty() {
            tx.undo.push(Undo::RemoveWorkFolder);
        }
        // What it had staged can be used again.
        let keep = tx.undo.first() == Some(&Undo::RemoveWorkFolder);
        tx.roll_back(keep)?;
    }
    Ok(true)
}

fn key(w: &mut Writer, key: &Key) {
    let root = match key.root {
        Root::ClassesRoot => 0,
        Root::CurrentUser => 1,
        Root::LocalMachine => 2,
        Root::Users => 3,
    };
    w.u8(root);
    w.bool(key.view == View::Bits64);
    w.string(&key.path);
}

fn read_key(r: &mut Reader<'_>) -> Key {
    let roots = &[(0, Root::ClassesRoot), (1, Root::CurrentUser), (2, Root::LocalMachine), (3, Root::Users)];
    let root = r.choice(roots, "a registry root is unknown");
    let view = if r.bool() { View::Bits64 } else { View::Bits32 };
    Key { root, view, path: r.string() }
}

fn service(w: &mut Writer, name: &str, config: &ServiceConfig) {
    for text in [name, &config.image_path, &config.display, &config.description, &config.account] {
        w.string(text);
    }
    // The folder of the journal is for administrators and the system alone.
    w.option(config.password.as_deref(), |w, text| w.string(text));
    w.u8(match config.start {
        Start::Auto => 0,
        Start::AutoDelayed => 1,
        Start::Demand => 2,
        Start::Disabled => 3,
    });
    w.list(&config.depends, |w, name| w.string(name));
    w.u8(match config.error_control {
        ErrorControl::Ignore => 0,
        ErrorControl::Normal => 1,
        ErrorControl::Critical => 2,
    });
    w.option(config.recovery.as_ref(), |w, recovery| {
        w.u32(recovery.reset_after_s);
        w.list(&recovery.actions, |w, (kind, delay)| {
            w.u32(*kind);
            w.u32(*delay);
        });
    });
    w.option(config.also_on_error_exit.as_ref(), |w, flag| w.bool(*flag));
    w.option(config.preshutdown_ms.as_ref(), |w, ms| w.u32(*ms));
}

fn read_service(r: &mut Reader<'_>) -> (String, ServiceConfig) {
    let name = r.string();
    let (image_path, display, description, account) = (r.string(), r.string(), r.string(), r.string());
    let password = r.option(Reader::string);
    let start = r.choice(STARTS, "a service start is unknown");
    let depends = r.list(Reader::string);
    let error_control = r.choice(ERROR_CONTROLS, "a service's error control is unknown");
    let config = ServiceConfig {
        image_path,
        display,
        description,
        start,
        account,
        password,
        depends,
        error_control,
        recovery: r
            .option(|r| FailureActions { reset_after_s: r.u32(), actions: r.list(|r| (r.u32(), r.u32())) }),
        also_on_error_exit: r.option(Reader::bool),
        preshutdown_ms: r.option(Reader::u32),
    };
    (name, config)
}

fn encode(w: &mut Writer, record: &Undo) {
    let mut text = |tag: u8, texts: &[&str]| {
        w.u8(tag);
        for text in texts {
            w.string(text);
        }
    };
    match record {
        Undo::RemoveWorkFolder => text(1, &[]),
        Undo::RemoveDir(path) => text(2, &[path]),
        Undo::CreateDir(path) => text(3, &[path]),
        Undo::Rename(from, to) => text(4, &[from, to]),
        Undo::RemoveFile(path) => text(5, &[path]),
        Undo::WriteFile(path, bytes) => {
            text(6, &[path]);
            w.blob(bytes);
        }
        Undo::RemoveKey(k, levels) => {
            w.u8(7);
            key(w, k);
            w.u64(*levels as u64);
        }
        Undo::CreateKey(k) => {
            w.u8(8);
            key(w, k);
        }
        Undo::Value(k, name, old) => {
            w.u8(9);
            value(w, k, name, old.as_ref());
        }
        Undo::DeleteService(name) => text(10, &[name]),
        Undo::ChangeService(name, config) => {
            w.u8(11);
            service(w, name, config);
        }
        Undo::CreateService(name, config) => {
            w.u8(12);
            service(w, name, config);
        }
        Undo::StartService(name) => text(13, &[name]),
        Undo::StopService(name) => text(14, &[name]),
        Undo::Secret(k, name, old) => {
            w.u8(15);
            value(w, k, name, old.as_ref());
        }
        Undo::Purge(path) => text(22, &[path]),
        Undo::Rights(of, sddl) => {
            match of {
                Securable::Path(path) => text(20, &[path]),
                Securable::Key(k) => {
                    w.u8(21);
                    key(w, k);
                }
            }
            w.string(sddl);
        }
        Undo::Firewall(rule, present) => {
            text(18, &[&rule.name, &rule.add, &rule.remove]);
            w.bool(rule.outbound);
            w.bool(*present);
        }
        Undo::Task(name, old) => {
            text(19, &[name]);
            w.option(old.as_deref(), |w, old| w.blob(old));
        }
        Undo::Run(program, line, timeout_ms) => {
            text(30, &[program, &line.text, &line.shown]);
            w.u32(*timeout_ms);
        }
    }
}

fn value(w: &mut Writer, k: &Key, name: &str, value: Option<&RegValue>) {
    key(w, k);
    w.string(name);
    w.option(value, |w, value| {
        w.u32(value.kind);
        w.blob(&value.bytes);
    });
}

fn read_value(r: &mut Reader<'_>) -> (Key, String, Option<RegValue>) {
    let (key, name) = (read_key(r), r.string());
    let value = r.option(|r| RegValue { kind: r.u32(), bytes: Vec::from(r.blob()) });
    (key, name, value)
}

fn decode(r: &mut Reader<'_>) -> Undo {
    match r.u8() {
        1 => Undo::RemoveWorkFolder,
        2 => Undo::RemoveDir(r.string()),
        3 => Undo::CreateDir(r.string()),
        4 => Undo::Rename(r.string(), r.string()),
        5 => Undo::RemoveFile(r.string()),
        6 => Undo::WriteFile(r.string(), Vec::from(r.blob())),
        7 => Undo::RemoveKey(read_key(r), usize::from(r.u16())),
        8 => Undo::CreateKey(read_key(r)),
        9 => {
            let (key, name, value) = read_value(r);
            Undo::Value(key, name, value)
        }
        10 => Undo::DeleteService(r.string()),
        11 => {
            let (name, config) = read_service(r);
            Undo::ChangeService(name, config)
        }
        12 => {
            let (name, config) = read_service(r);
            Undo::CreateService(name, config)
        }
        13 => Undo::StartService(r.string()),
        14 => Undo::StopService(r.string()),
        22 => Undo::Purge(r.string()),
        20 => Undo::Rights(Securable::Path(r.string()), r.string()),
        21 => Undo::Rights(Securable::Key(read_key(r)), r.string()),
        15 => {
            let (key, name, value) = read_value(r);
            Undo::Secret(key, name, value)
        }
        18 => {
            let (name, add, remove) = (r.string(), r.string(), r.string());
            Undo::Firewall(FirewallRule { name, add, remove, outbound: r.bool() }, r.bool())
        }
        19 => Undo::Task(r.string(), r.option(|r| Vec::from(r.blob()))),
        30 => Undo::Run(r.string(), Line { text: r.string(), shown: r.string() }, r.u32()),
        _ => {
            r.fail("a record is unknown");
            Undo::RemoveWorkFolder
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn records_come_back_and_a_cut_ends_the_list() {
        let key = Key { root: Root::LocalMachine, view: View::Bits64, path: "A\\b".into() };
        let config = ServiceConfig {
            image_path: "\"x\" y".into(),
            display: "d".into(),
            description: "".into(),
            start: Start::AutoDelayed,
            account: "a".into(),
            password: Some("p".into()),
            depends: vec!["t".into()],
            error_control: ErrorControl::Critical,
            recovery: Some(FailureActions { reset_after_s: 60, actions: vec![(1, 1000), (0, 0)] }),
            also_on_error_exit: Some(true),
            preshutdown_ms: Some(5),
        };
        let records = [
            Undo::RemoveWorkFolder,
            Undo::RemoveDir("a".into()),
            Undo::CreateDir("b".into()),
            Undo::Rename("c".into(), "d".into()),
            Undo::RemoveFile("e".into()),
            Undo::WriteFile("f".into(), vec![0, 1]),
            Undo::RemoveKey(key.clone(), 3),
            Undo::CreateKey(key.clone()),
            Undo::Value(key.clone(), "n".into(), None),
            Undo::Value(key.clone(), "n".into(), Some(RegValue { kind: 4, bytes: vec![1, 0, 0, 0] })),
            Undo::Secret(key.clone(), "s".into(), Some(RegValue { kind: 1, bytes: vec![0, 0] })),
            Undo::Secret(key.clone(), "s".into(), None),
            Undo::DeleteService("s".into()),
            Undo::ChangeService("s".into(), config.clone()),
            Undo::CreateService("s".into(), config),
            Undo::StartService("s".into()),
            Undo::StopService("s".into()),
            Undo::Run("p".into(), Line { text: "a b".into(), shown: "a ***".into() }, 60_000),
            Undo::Purge("p".into()),
            Undo::Rights(Securable::Path("p".into()), "D:".into()),
            Undo::Rights(Securable::Key(key), "D:P".into()),
        ];
        let mut bytes = head("C:\\App");
        bytes.extend(frames(&records));
        let journal = parse(&bytes).expect("reads");
        assert_eq!((journal.dir.as_str(), journal.committed), ("C:\\App", false));
        assert_eq!(journal.records, records);
        let mut before = 0;
        for cut in 0..bytes.len() {
            let journal = parse(&bytes[..cut]).expect("reads");
            assert_eq!(journal.records, records[..journal.records.len()]);
            assert!(journal.records.len() >= before && !journal.committed);
            before = journal.records.len();
        }
        bytes.extend(commit());
        assert!(parse(&bytes).expect("reads").committed);
        bytes.extend(revoke());
        assert!(!parse(&bytes).expect("reads").committed);
    }
}
