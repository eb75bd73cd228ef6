//! The custom actions of an MSI that no EXE can do: those with secrets, and what is done when the installed program is
//! gone.
//!
//! An EXE gets what it needs on its command line, which every user may read and every log holds. A DLL asks Windows
//! Installer for it (Microsoft Learn, "Obtaining Context Information for Deferred Execution Custom Actions"). It is
//! made of the stub's own files; what the actions do is the engine's [`packager_engine::secrets::action`].
#![no_std]
#![no_main]
#![allow(dead_code, reason = "the stub uses more of these files")]

extern crate alloc;

#[path = "../dynamic/mod.rs"]
mod dynamic;
#[path = "../ffi/mod.rs"]
#[allow(missing_docs, clippy::missing_safety_doc)]
mod ffi;
#[path = "../heap.rs"]
mod heap;
mod installer;
#[path = "../load_config.rs"]
mod load_config;
#[path = "../sys"]
mod sys {
    //! What the actions need of Windows.
    #[path = "error.rs"]
    pub mod error;
    #[path = "files.rs"]
    mod files;
    #[path = "handle.rs"]
    pub mod handle;
    #[path = "action/purge.rs"]
    pub mod purge;
    #[path = "redirection.rs"]
    mod redirection;
    #[path = "registry.rs"]
    pub mod registry;
    #[path = "security.rs"]
    pub mod security;
    #[path = "trust.rs"]
    pub mod trust;

    /// What file functions need to know of this machine.
    pub struct Win32 {
        system32: alloc::string::String,
    }
}
#[path = "../text.rs"]
mod text;

use alloc::string::String;
use alloc::vec::Vec;

use packager_engine::secrets::action::{Job, Keys};
use packager_engine::secrets::{self, file_of, first_line};
use packager_engine::system::{Error, RegValue, Result};
use packager_shared::plan::Key;

use installer::Session;
use sys::handle::Owned;
use sys::{error, registry};

/// Whether memory is given back before the process ends; see [`heap`].
const FREES: bool = true;

/// `ERROR_INSTALL_FAILURE`
const FAILED: u32 = 1603;

/// The names of the settings whose files are to be read, each with a semicolon behind it.
const FILES: &str = "SecretFiles";

/// The entry point of the image.
///
/// # Safety
/// Called by Windows alone.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn DllMain(_: ffi::Handle, _: u32, _: *const core::ffi::c_void) -> ffi::Bool {
    // Windows reads it from the image; the linker keeps only what is used.
    core::hint::black_box(&load_config::LOAD_CONFIG);
    1
}

/// Deferred: stores a secret, in a key that is protected first.
#[unsafe(no_mangle)]
pub extern "system" fn StoreSecret(session: u32) -> u32 {
    job(session, |job, keys| job.store(keys))
}

/// Rollback: makes it what it was before.
#[unsafe(no_mangle)]
pub extern "system" fn RestoreSecret(session: u32) -> u32 {
    job(session, |job, keys| job.restore(keys))
}

/// Commit: forgets what it was before.
#[unsafe(no_mangle)]
pub extern "system" fn ForgetSecret(session: u32) -> u32 {
    job(session, |job, keys| job.forget(keys))
}

/// Commit: removes the folder of this action's data (`LEVELS;FOLDER`) with all that is in it, and so many folders
/// above it while they are empty.
#[unsafe(no_mangle)]
pub extern "system" fn PurgeFolder(session: u32) -> u32 {
    let data = Session(session).property("CustomActionData").unwrap_or_default();
    let (levels, folder) = data.split_once(';').unwrap_or(("", &data));
    let levels = levels.parse::<usize>().unwrap_or(0);
    match sys::purge::purge(folder.strip_suffix('\\').unwrap_or(folder), levels) {
        Ok(()) => 0,
        Err(error) => {
            Session(session).error(&say(&error));
            FAILED
        }
    }
}

/// Immediate: `NAME=@FILE` becomes the first line of the file. Runs with the rights of whoever installs.
#[unsafe(no_mangle)]
pub extern "system" fn ReadSecretFiles(session: u32) -> u32 {
    let session = Session(session);
    let Some(names) = session.property(FILES) else { return FAILED };
    for name in names.split(';').filter(|name| !name.is_empty()) {
        let Some(value) = session.property(name) else { return FAILED };
        let Some(file) = file_of(&value) else { continue };
        let told = match read(file) {
            Ok(bytes) => match first_line(&bytes) {
                Some(line) if session.set_property(name, &line) => continue,
                _ => [name, ": this file is no text: ", file].concat(),
            },
            Err(error) => [name, ": ", &say(&error)].concat(),
        };
        session.error(&told);
        return FAILED;
    }
    0
}

/// Does one thing with the secret of this action's data. What is said of a failure holds names, never the secret.
fn job(session: u32, act: fn(&Job<'_>, &mut Registry) -> Result<()>) -> u32 {
    let session = Session(session);
    let data = session.property("CustomActionData").unwrap_or_default();
    let told = match Job::parse(&data) {
        Some(job) => match act(&job, &mut Registry) {
            Ok(()) => return 0,
            Err(error) => say(&error),
        },
        None => String::from("the data of this action cannot be read"),
    };
    session.error(&told);
    FAILED
}

fn say(error: &Error) -> String {
    let code = packager_engine::text::number(u64::from(error.code));
    ["cannot ", error.what, " ", &error.on, ": Windows error ", &code].concat()
}

/// A file's bytes.
fn read(path: &str) -> Result<Vec<u8>> {
    if !text::is_absolute(path) {
        return Err(error::code(ffi::ERROR_INVALID_NAME, "open (a whole path is needed)", path));
    }
    let name = text::wide_path(path);
    let share = ffi::FILE_SHARE_READ | ffi::FILE_SHARE_DELETE;
    // SAFETY: the path ends with a zero; what is not asked for is null.
    let file = unsafe {
        ffi::CreateFileW(
            name.as_ptr(),
            ffi::GENERIC_READ,
            share,
            core::ptr::null(),
            ffi::OPEN_EXISTING,
            0,
            core::ptr::null_mut(),
        )
    };
    let Some(file) = Owned::new(file) else { return Err(error::last("open", path)) };
    let mut bytes: Vec<u8> = alloc::vec![0; secrets::MOST as usize];
    let mut count = 0;
    // SAFETY: the buffer is as long as is said.
    let done = unsafe {
        let null = core::ptr::null_mut();
        ffi::ReadFile(file.get(), bytes.as_mut_ptr(), bytes.len() as u32, &mut count, null)
    };
    error::check(done, "read", path)?;
    bytes.truncate(count as usize);
    Ok(bytes)
}

/// The registry of this machine.
struct Registry;

impl Keys for Registry {
    fn protect(&mut self, key: &Key) -> Result<usize> {
        registry::protect(key)
    }

    fn exists(&mut self, key: &Key) -> Result<bool> {
        registry::exists(key)
    }

    fn remove_empty(&mut self, key: &Key) -> Result<bool> {
        registry::remove_empty(key)
    }

    fn get(&mut self, key: &Key, name: &str) -> Result<Option<RegValue>> {
        registry::get(key, name)
    }

    fn set(&mut self, key: &Key, name: &str, value: &RegValue) -> Result<()> {
        registry::set(key, name, value)
    }

    fn remove(&mut self, key: &Key, name: &str) -> Result<bool> {
        registry::remove(key, name)
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    // SAFETY: takes a number. The process is one that Windows Installer made for this action.
    unsafe { ffi::ExitProcess(FAILED) }
}
