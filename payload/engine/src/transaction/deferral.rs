//! An update that is put off, as a whole: its files stay staged, what it was is written down beside them, and one
//! service and one value of RunOnce run the installed bootstrap after the next restart. Any other run may do it before.
//!
//! The record (`.upd\\D`) is complete when it is there: it is written beside its name and renamed. It stands before the
//! service and the value, and goes after them, so whoever finds it knows what to take back; and a run that the service
//! or the value starts without a record only takes those back.
//!
//! Not done: having Windows rename the files at the restart (MOVEFILE_DELAY_UNTIL_REBOOT with a target). Such renames
//! hang together with nothing, neither with each other nor with services and registry, and they would come true over
//! whatever is installed by then.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::exit::Exit;
use packager_shared::ids::sha256;
use packager_shared::path;
use packager_shared::plan::{ErrorControl, Key, Root, Scope, Start, View};
use packager_shared::wire::{self, Reader, Writer};

use super::{cleanup, flush};
use crate::System;
use crate::failure::{Failure, Outcome};
use crate::registry;
use crate::source::read_whole;
use crate::system::{Result, ServiceConfig};
use crate::text;

const MAGIC: &[u8; 8] = b"PKGDEFR\x01";
/// A longer record is none of ours, in bytes.
const MOST: u64 = 256 << 20;
/// How often it is tried after restarts.
pub const MOST_ATTEMPTS: u32 = 10;
const RUN_ONCE: &str = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\RunOnce";

/// What was put off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deferral {
    /// How often it was tried after a restart.
    pub attempts: u32,
    /// The release's serial.
    pub serial: u32,
    /// Installed files are hashed: a repair was put off.
    pub hash: bool,
    /// The digest of what was installed: of anything else it is no update.
    pub from: String,
    /// The name of service and value.
    pub finisher: String,
    /// The product's name.
    pub product: String,
    /// Settings of the command line. The folder is for administrators and the system alone, so secrets may be there.
    pub settings: Vec<(String, String)>,
    /// `/clear`
    pub clear: Vec<String>,
    /// `/site`
    pub site: Option<String>,
    /// `plan.bin`
    pub plan: Vec<u8>,
    /// `files.idx`
    pub index: Vec<u8>,
}

fn path_in(work: &str) -> String {
    path::join(work, "D")
}

/// The name of service and value of a product.
pub fn finisher(slug: &str) -> String {
    text::join(&[slug, "-finish"])
}

/// Whether there is a record.
pub fn is_there<S: System>(system: &mut S, work: &str) -> bool {
    matches!(system.stat(&path_in(work)), Ok(Some(_)))
}

/// The record in a work folder; `None` when there is none that can be trusted.
pub fn read<S: System>(system: &mut S, work: &str) -> Option<Deferral> {
    if !is_there(system, work) || !cleanup::is_ours(system, work).unwrap_or(false) {
        return None;
    }
    let bytes = read_whole(system, &path_in(work), MOST).ok()?;
    let (content, sum) = bytes.split_at_checked(bytes.len().checked_sub(8)?)?;
    if sha256(content)[..8] != *sum {
        return None;
    }
    decode(content).ok()
}

fn decode(bytes: &[u8]) -> wire::Result<Deferral> {
    let mut r = Reader::new(bytes);
    r.expect(MAGIC, "this is no record of an update that was put off");
    let out = Deferral {
        attempts: r.u32(),
        serial: r.u32(),
        hash: r.bool(),
        from: r.string(),
        finisher: r.string(),
        product: r.string(),
        settings: r.list(|r| (r.string(), r.string())),
        clear: r.list(Reader::string),
        site: r.option(Reader::string),
        plan: Vec::from(r.blob()),
        index: Vec::from(r.blob()),
    };
    r.finish()?;
    Ok(out)
}

/// Gives up what was put off: the service and the value go, then the record. Nothing here can fail a run.
pub fn forget<S: System>(system: &mut S, work: &str, scope: Scope) {
    if !is_there(system, work) {
        return;
    }
    if let Some(record) = read(system, work) {
        system.log("the update that was put off is settled");
        unregister(system, &record.finisher, scope);
    }
    if let Err(error) = system.remove_file(&path_in(work)) {
        system.log(&text::join(&["left behind: ", &error.on]));
    }
}

/// Takes service and value back.
pub fn unregister<S: System>(system: &mut S, finisher: &str, scope: Scope) {
    let key = run_once(scope);
    let value = match system.value_get(&key, finisher) {
        Ok(Some(_)) => system.value_remove(&key, finisher).map(|_| ()),
        _ => Ok(()),
    };
    let service = match system.service_config(finisher) {
        Ok(Some(_)) => system.service_delete(finisher),
        _ => Ok(()),
    };
    if let Err(error) = value.and(service) {
        system.log(&text::join(&["left behind: ", &error.on]));
    }
}

fn run_once(scope: Scope) -> Key {
    let root = if scope == Scope::User { Root::CurrentUser } else { Root::LocalMachine };
    Key { root, view: View::Bits64, path: String::from(RUN_ONCE) }
}

impl Deferral {
    /// Writes the record, and has the installed bootstrap run after the next restart.
    pub fn put_off<S: System>(
        &self,
        system: &mut S,
        dir: &str,
        bootstrap: &str,
        scope: Scope,
    ) -> Outcome<()> {
        self.write(system, &path::join(dir, path::WORK_FOLDER))?;
        let program = path::join(dir, bootstrap);
        let value = self.register_value(system, &program, scope);
        let service = match scope {
            Scope::Machine => self.register_service(system, &program),
            Scope::User => Err(crate::system::Error::new(5, "create service", &self.finisher)),
        };
        if let (Err(error), Err(_)) = (&value, &service) {
            return Err(Failure::with_exit(Exit::InUse, error));
        }
        let hive = |path: &str| Key { path: String::from(path), ..run_once(scope) };
        flush::all(system, &[hive("SOFTWARE"), hive("SYSTEM")]);
        system.log("put off until the next restart");
        Ok(())
    }

    /// Writes the record.
    pub fn write<S: System>(&self, system: &mut S, work: &str) -> Result<()> {
        let mut w = Writer::new();
        w.raw(MAGIC);
        w.u32(self.attempts);
        w.u32(self.serial);
        w.bool(self.hash);
        for text in [&self.from, &self.finisher, &self.product] {
            w.string(text);
        }
        w.list(&self.settings, |w, (name, value)| {
            w.string(name);
            w.string(value);
        });
        w.list(&self.clear, |w, name| w.string(name));
        w.option(self.site.as_deref(), |w, name| w.string(name));
        w.blob(&self.plan);
        w.blob(&self.index);
        let sum = sha256(&w.bytes);
        w.raw(&sum[..8]);
        let half = path::join(work, "D.tmp");
        if system.stat(&half)?.is_some() {
            system.remove_file(&half)?;
        }
        let mut file = system.create(&half)?;
        system.write(&mut file, &w.bytes)?;
        system.flush(&mut file)?;
        drop(file);
        system.replace(&half, &path_in(work))
    }

    fn register_value<S: System>(&self, system: &mut S, program: &str, scope: Scope) -> Result<()> {
        let key = run_once(scope);
        let value = registry::string(registry::SZ, &text::join(&["\"", program, "\" /finish"]));
        if system.value_get(&key, &self.finisher)?.as_ref() == Some(&value) {
            return Ok(());
        }
        system.key_create(&key)?;
        system.value_set(&key, &self.finisher, &value)
    }

    fn register_service<S: System>(&self, system: &mut S, program: &str) -> Result<()> {
        let config = ServiceConfig {
            image_path: text::join(&["\"", program, "\" /finish-service"]),
            display: text::join(&[&self.product, ": finishes an update"]),
            description: String::new(),
            start: Start::Auto,
            account: String::new(),
            password: None,
            depends: Vec::new(),
            error_control: ErrorControl::Ignore,
            recovery: None,
            also_on_error_exit: None,
            preshutdown_ms: None,
        };
        match system.service_config(&self.finisher)? {
            None => system.service_create(&self.finisher, &config),
            Some(now) if now.image_path == config.image_path => Ok(()),
            Some(_) => system.service_change(&self.finisher, &config),
        }
    }
}
