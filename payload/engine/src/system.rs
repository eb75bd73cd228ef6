//! The machine as the engine sees it. Two implementations: Win32 in the stub, and a simulated one for tests.
//!
//! Paths are absolute Windows paths in UTF-8. Nothing here decides; every decision is the engine's.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::args::Ui;
use packager_shared::path;
use packager_shared::plan::{ErrorControl, Key, Scope, Start};
pub use packager_shared::platform::Machine;
use packager_shared::template::Dir;

/// What failed, and why. One pointer: it is passed on in many places, and each costs code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Cause>);

impl Error {
    /// An error of a call, on an object.
    #[cold]
    pub fn new(code: u32, what: &'static str, on: &str) -> Self {
        Self(Box::new(Cause { code, what, on: String::from(on) }))
    }
}

impl core::ops::Deref for Error {
    type Target = Cause;

    fn deref(&self) -> &Cause {
        &self.0
    }
}

/// The call, the object, and Windows' error code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Win32 error code.
    pub code: u32,
    /// What was tried, e.g. `open`, `rename`.
    pub what: &'static str,
    /// On what: a path, a key, a service.
    pub on: String,
}

/// A result with a Windows error.
pub type Result<T> = core::result::Result<T, Error>;

/// What a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// It is a directory.
    pub directory: bool,
    /// It is a reparse point (junction, symbolic link): never followed.
    pub reparse: bool,
    /// Bytes.
    pub size: u64,
    /// Last write, in FILETIME units.
    pub modified: u64,
    /// Win32 attributes.
    pub attributes: u32,
}

/// A registry value as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegValue {
    /// REG_* type.
    pub kind: u32,
    /// Bytes as stored (strings are UTF-16LE with their terminator).
    pub bytes: Vec<u8>,
}

/// A service as it is configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceConfig {
    /// The whole command line, program quoted.
    pub image_path: String,
    /// The name people see.
    pub display: String,
    /// Its description.
    pub description: String,
    /// When it starts.
    pub start: Start,
    /// The account; empty is LocalSystem.
    pub account: String,
    /// The account's password; `None` leaves the one it has. Windows never tells it.
    pub password: Option<String>,
    /// Services it needs.
    pub depends: Vec<String>,
    /// When it cannot start at boot.
    pub error_control: ErrorControl,
    /// What happens when it fails; `None`: this Windows cannot tell.
    pub recovery: Option<FailureActions>,
    /// That happens also when it ends by itself with an error; `None`: this Windows cannot tell.
    pub also_on_error_exit: Option<bool>,
    /// Milliseconds that Windows waits for it before it shuts down; `None`: Windows' own time, or it cannot tell.
    pub preshutdown_ms: Option<u32>,
}

/// What happens when a service fails ("SERVICE_FAILURE_ACTIONSW" on Microsoft Learn).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FailureActions {
    /// Seconds without a failure after which counting starts anew.
    pub reset_after_s: u32,
    /// What follows the first failure, the second, …, the last one all further ones: an `SC_ACTION_TYPE`, and
    /// milliseconds before it.
    pub actions: Vec<(u32, u32)>,
}

impl ServiceConfig {
    /// Whether a service that is configured like this is as it shall be. Passwords, and what Windows cannot tell,
    /// make no difference.
    pub fn is(&self, wanted: &Self) -> bool {
        fn told<T: PartialEq>(now: &Option<T>, wanted: &Option<T>) -> bool {
            match (now, wanted) {
                (Some(now), Some(wanted)) => now == wanted,
                _ => true,
            }
        }
        self.image_path == wanted.image_path
            && self.display == wanted.display
            && self.description == wanted.description
            && self.start == wanted.start
            && path::same(&self.account, &wanted.account)
            && self.depends == wanted.depends
            && self.error_control == wanted.error_control
            && told(&self.recovery, &wanted.recovery)
            && told(&self.also_on_error_exit, &wanted.also_on_error_exit)
            && told(&self.preshutdown_ms, &wanted.preshutdown_ms)
    }
}

/// What has a security descriptor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Securable {
    /// A file or directory.
    Path(String),
    /// A registry key.
    Key(Key),
}

impl Securable {
    /// Its path.
    pub fn name(&self) -> &str {
        match self {
            Self::Path(path) => path,
            Self::Key(key) => &key.path,
        }
    }
}

/// Whether a service is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceState {
    /// Stopped.
    Stopped,
    /// Running, or on its way there.
    Running,
}

/// A shortcut to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortcut {
    /// Absolute path of the program.
    pub target: String,
    /// Arguments.
    pub arguments: String,
    /// Tool tip.
    pub description: String,
    /// Working directory.
    pub working_dir: String,
    /// The file with its icon; empty: the program's own.
    pub icon: String,
}

/// A rule of the firewall, as `netsh` takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirewallRule {
    /// Its name.
    pub name: String,
    /// Outbound instead of inbound.
    pub outbound: bool,
    /// The arguments that add it; empty: this Windows has no such rule.
    pub add: String,
    /// The arguments that remove it.
    pub remove: String,
}

/// A product that Windows Installer knows under an upgrade code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelatedProduct {
    /// `{…}`, upper case.
    pub product_code: String,
    /// `ProductVersion`.
    pub version: String,
}

/// A process that holds a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The program's name, as people know it.
    pub name: String,
    /// Process id.
    pub pid: u32,
}

/// What a web server answered, before the content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u32,
    /// `Retry-After` in seconds; 0 without one, and when it is a date.
    pub retry_after: u32,
    /// `Content-Length` in bytes.
    pub length: Option<u64>,
}

/// What a finished process left.
pub type ExitCode = u32;

/// The machine.
pub trait System {
    /// An open file; closed when dropped.
    type File;
    /// A held lock; released when dropped.
    type Lock;
    /// A file that comes from a web server; the connection is left when dropped.
    type Download;

    // Files ------------------------------------------------------------------------------------------------
    /// Opens for reading, shared for reading and deleting.
    fn open(&mut self, path: &str) -> Result<Self::File>;
    /// Creates a new file for writing, not shared; fails when there is one.
    fn create(&mut self, path: &str) -> Result<Self::File>;
    /// Reads up to `buffer.len()` bytes at the file's position; 0 is the end.
    fn read(&mut self, file: &mut Self::File, buffer: &mut [u8]) -> Result<usize>;
    /// Writes all bytes.
    fn write(&mut self, file: &mut Self::File, bytes: &[u8]) -> Result<()>;
    /// Moves the position, from the start.
    fn seek(&mut self, file: &mut Self::File, position: u64) -> Result<()>;
    /// Length of an open file.
    fn length(&mut self, file: &mut Self::File) -> Result<u64>;
    /// Forces the content to the disk.
    fn flush(&mut self, file: &mut Self::File) -> Result<()>;
    /// Takes a file to force its content to the disk and to close it while the run goes on: a disk takes many at once in
    /// little more time than one. Until [`settle`](Self::settle) nothing is sure but that it is still open.
    fn flush_behind(&mut self, file: Self::File) -> Result<()>;
    /// Waits until all that was given to [`flush_behind`](Self::flush_behind) is on the disk and closed. The first error
    /// among them, with all of them closed in any case.
    fn settle(&mut self) -> Result<()>;
    /// Sets creation and last-write time of an open (written) file to the same FILETIME.
    fn set_times(&mut self, file: &mut Self::File, time: u64) -> Result<()>;
    /// What a path is; `None` when nothing is there. Reparse points are not followed.
    fn stat(&mut self, path: &str) -> Result<Option<Stat>>;
    /// Whether what is there is an ordinary file with one name: no folder, no reparse point, no second hard link.
    fn is_plain(&mut self, path: &str) -> Result<bool>;
    /// Renames or moves on one volume; fails when the target exists.
    fn rename(&mut self, from: &str, to: &str) -> Result<()>;
    /// Like [`System::rename`], and replaces the target.
    fn replace(&mut self, from: &str, to: &str) -> Result<()>;
    /// Deletes a file (a read-only attribute is cleared first).
    fn remove_file(&mut self, path: &str) -> Result<()>;
    /// Deletes an empty directory.
    fn remove_dir(&mut self, path: &str) -> Result<()>;
    /// Creates a directory with inherited rights; its parent exists.
    fn create_dir(&mut self, path: &str) -> Result<()>;
    /// Creates a directory for administrators and the system alone (in a user's run: and that user), with that DACL
    /// from the first moment; fails when there is anything.
    fn create_protected_dir(&mut self, path: &str) -> Result<()>;
    /// Names in a directory, without `.` and `..`.
    fn list(&mut self, path: &str) -> Result<Vec<(String, Stat)>>;
    /// Whether the file could be renamed or deleted now (opens it with DELETE access, and closes it again).
    fn probe_delete(&mut self, path: &str) -> Result<()>;
    /// Whether the file is in use though it can be renamed: the image of a program that runs, or of a loaded DLL.
    /// `false` when that cannot be told.
    fn is_running(&mut self, path: &str) -> Result<bool>;
    /// The processes that hold a file, as far as Windows tells (from Vista on, by the Restart Manager).
    fn holders(&mut self, path: &str) -> Vec<Holder>;
    /// Deletes (file or empty directory) at the next restart.
    fn delete_at_restart(&mut self, path: &str) -> Result<()>;
    /// Gives files the rights that their folders pass on, and no others: a renamed file keeps those of the folder it
    /// was made in. Nobody else sets rights meanwhile. Volumes without rights are fine.
    fn inherit_rights(&mut self, paths: &[String]) -> Result<()>;
    /// Creates a directory with rights (SDDL) from the first moment; its parent exists, it does not.
    fn create_dir_with(&mut self, path: &str, sddl: &str) -> Result<()>;
    /// Owner, group and rights as SDDL; `None` when the object is absent, or its volume knows no rights.
    fn rights(&mut self, of: &Securable) -> Result<Option<String>>;
    /// Sets what the SDDL names of owner, group and rights.
    fn set_rights(&mut self, of: &Securable, sddl: &str) -> Result<()>;
    /// Whether only administrators, the system and the account of this run can write into a directory, and one of
    /// them owns it.
    fn is_protected(&mut self, path: &str) -> Result<bool>;
    /// Whether administrators, the system or the account of this run own a file or directory. What a volume without
    /// rights has, nobody owns.
    fn is_owned(&mut self, path: &str) -> Result<bool>;
    /// Free bytes on the volume of an existing path.
    fn free_space(&mut self, path: &str) -> Result<u64>;
    /// A known directory, without trailing backslash; never [`Dir::InstallDir`]. `wide` asks for the 64-bit one of
    /// two, `scope` whether start menu, desktop and startup folder are the user's or everybody's.
    fn directory(&mut self, dir: Dir, wide: bool, scope: Scope) -> Result<String>;

    // Web --------------------------------------------------------------------------------------------------
    /// Asks for `http://` or `https://`, from a byte on (0: without a range), with the proxy of the machine, without
    /// cookies and without the credentials of the account; `fresh` asks proxies to ask the server. Redirects are
    /// followed, but never from https to http. Errors are those of WinHTTP (12000 to 12186). It comes back within
    /// a minute or so, whatever the server does.
    fn web_open(&mut self, url: &str, from: u64, fresh: bool) -> Result<(Self::Download, Answer)>;
    /// Reads up to `buffer.len()` bytes; 0 is the end, or a connection that broke.
    fn web_read(&mut self, download: &mut Self::Download, buffer: &mut [u8]) -> Result<usize>;

    // Registry ---------------------------------------------------------------------------------------------
    /// Whether a key exists.
    fn key_exists(&mut self, key: &Key) -> Result<bool>;
    /// Creates a key (and its parents). Returns the number of path components that were new (0: it existed).
    fn key_create(&mut self, key: &Key) -> Result<usize>;
    /// Makes a key (and its parents) one that administrators and the system alone may read: below HKEY_CURRENT_USER the
    /// user and the system. A new key is that from its first moment, one that exists becomes it before this returns,
    /// and one that is a link to another key is refused. Returns the number of path components that were new.
    fn key_protect(&mut self, key: &Key) -> Result<usize>;
    /// Whether a key is as [`System::key_protect`] leaves it; `false` when it is absent.
    fn key_is_protected(&mut self, key: &Key) -> Result<bool>;
    /// Deletes a key if it has neither values nor sub-keys; `false` when it was kept for that reason, or absent.
    fn key_remove_empty(&mut self, key: &Key) -> Result<bool>;
    /// Names of sub-keys.
    fn key_subkeys(&mut self, key: &Key) -> Result<Vec<String>>;
    /// Names of values.
    fn key_values(&mut self, key: &Key) -> Result<Vec<String>>;
    /// Reads a value; `None` when key or value is absent.
    fn value_get(&mut self, key: &Key, name: &str) -> Result<Option<RegValue>>;
    /// Writes a value; the key exists.
    fn value_set(&mut self, key: &Key, name: &str, value: &RegValue) -> Result<()>;
    /// Deletes a value; `false` when it was not there.
    fn value_remove(&mut self, key: &Key, name: &str) -> Result<bool>;

    /// Forces the hive that a key is in to the disk; a key that is absent has nothing to lose.
    fn registry_flush(&mut self, key: &Key) -> Result<()>;

    // Services ---------------------------------------------------------------------------------------------
    /// The configuration; `None` when there is no such service.
    fn service_config(&mut self, name: &str) -> Result<Option<ServiceConfig>>;
    /// Whether it runs; `None` when there is no such service.
    fn service_state(&mut self, name: &str) -> Result<Option<ServiceState>>;
    /// The running services that depend on it, also indirectly, in the order in which they have to be stopped; none
    /// when there is no such service.
    fn service_dependents(&mut self, name: &str) -> Result<Vec<String>>;
    /// Creates a service.
    fn service_create(&mut self, name: &str, config: &ServiceConfig) -> Result<()>;
    /// Changes a service.
    fn service_change(&mut self, name: &str, config: &ServiceConfig) -> Result<()>;
    /// Deletes a stopped service.
    fn service_delete(&mut self, name: &str) -> Result<()>;
    /// Starts a service and waits until it runs.
    fn service_start(&mut self, name: &str, timeout_ms: u32) -> Result<()>;
    /// Stops a service (and those that depend on it) and waits until its process is gone.
    fn service_stop(&mut self, name: &str, timeout_ms: u32) -> Result<()>;

    // Rules and tasks that Windows keeps -------------------------------------------------------------------
    /// Whether there is a rule of this name and direction.
    fn firewall_exists(&mut self, rule: &FirewallRule) -> Result<bool>;
    /// Adds a rule.
    fn firewall_add(&mut self, rule: &FirewallRule) -> Result<()>;
    /// Removes all rules of this name and direction; none is fine.
    fn firewall_remove(&mut self, rule: &FirewallRule) -> Result<()>;
    /// The definition of a task; `None` when there is none. Empty: there is one, of a Windows that does not tell.
    fn task_get(&mut self, name: &str) -> Result<Option<Vec<u8>>>;
    /// Registers a task, in place of one that is there. `how` is what `schtasks /create` takes: `/xml` with a file in
    /// quotes, or before Windows Vista what the task is.
    fn task_set(&mut self, name: &str, how: &str) -> Result<()>;
    /// Removes a task.
    fn task_remove(&mut self, name: &str) -> Result<()>;

    // INI files --------------------------------------------------------------------------------------------
    /// A value, without quotes around it; `None` when file, section or key is absent.
    fn ini_get(&mut self, path: &str, section: &str, key: &str) -> Result<Option<String>>;
    /// Writes a value (the folder exists), or removes it, and with the last value its section. It is on the disk then.
    fn ini_set(&mut self, path: &str, section: &str, key: &str, value: Option<&str>) -> Result<()>;

    // Shell ------------------------------------------------------------------------------------------------
    /// Writes a `.lnk` file; there is none, and its directory exists.
    fn shortcut_write(&mut self, path: &str, shortcut: &Shortcut) -> Result<()>;
    /// Tells running programs that the environment changed.
    fn broadcast_environment(&mut self);

    // Processes and the machine ----------------------------------------------------------------------------
    /// Runs a program by its full path and waits; `command_line` is everything after the program's name.
    fn run(&mut self, program: &str, command_line: &str) -> Result<ExitCode>;
    /// Runs a program by its full path without a window, in its own folder, and waits up to `timeout_ms`. Then it is
    /// ended with its children, and the error is 1460 (ERROR_TIMEOUT). What it prints is logged if `log_output` says
    /// so. A child that lives on keeps nobody waiting.
    fn run_hidden(
        &mut self,
        program: &str,
        command_line: &str,
        timeout_ms: u32,
        log_output: bool,
    ) -> Result<ExitCode>;
    /// Ends the processes of a program, known by the path of its image: they are asked first, and ended after
    /// `within_ms`. How many there were.
    fn close_program(&mut self, path: &str, within_ms: u32) -> Result<usize>;
    /// Processor and Windows version.
    fn machine(&mut self) -> Machine;
    /// Runs the own program again as administrator (asking the person), with `command_line` after its name, and
    /// waits. Refusal by the person is error 1223 (ERROR_CANCELLED).
    fn elevate(&mut self, command_line: &str) -> Result<ExitCode>;
    /// Whether this process may change the machine (member of Administrators, or the system).
    fn is_administrator(&mut self) -> bool;
    /// Whether this process is an administrator's without the rights of one: User Account Control filtered its token.
    fn is_filtered(&mut self) -> bool;
    /// Products that Windows Installer has under an upgrade code (`{…}`), in this user's and the machine's context.
    fn related_products(&mut self, upgrade_code: &str) -> Result<Vec<RelatedProduct>>;
    /// Whether Windows Installer is busy; only probed, never held.
    fn installer_busy(&mut self) -> bool;
    /// Takes the product's lock; `None` when another run holds it.
    fn lock(&mut self, name: &str) -> Result<Option<Self::Lock>>;
    /// Waits.
    fn sleep(&mut self, ms: u32);
    /// A random number.
    fn random(&mut self) -> u32;
    /// Milliseconds of a clock that only goes forward.
    fn ticks(&mut self) -> u64;
    /// The path of the running program.
    fn own_path(&mut self) -> Result<String>;

    // People -----------------------------------------------------------------------------------------------
    /// Called once, before anything is logged or said: how much is shown, and the file of the log (created or
    /// emptied; without one the log is dropped). With [`Ui::Quiet`] `say` and `progress` show nothing.
    fn begin(&mut self, ui: Ui, log: Option<&str>) -> Result<()>;
    /// Where a log is kept that nobody asked for: `{name}.log` in a folder. Nothing is written yet.
    fn log_place(&mut self, folder: &str, name: &str);
    /// Without a log of [`System::begin`], and with such a place: appends the lines there, with those before. A folder
    /// that others may write into is refused. From half a megabyte on the file becomes `{name}.old.log` first. Called
    /// again, it changes nothing.
    fn keep_log(&mut self);
    /// Ends that log, and removes it and the old one.
    fn forget_log(&mut self);
    /// What Windows says of an error code; empty: nothing.
    fn error_text(&mut self, code: u32) -> String;
    /// Called once when it is known what will be done: the product's name and a headline such as
    /// `Installing Acme Agent 1.2`. From here on there may be a window.
    fn introduce(&mut self, product: &str, headline: &str) {
        let _ = (product, headline);
    }
    /// A question with yes and no; `true` when nobody is asked: not [`Ui::Full`], or no desktop.
    fn confirm(&mut self, question: &str) -> bool {
        let _ = question;
        true
    }
    /// One line of the log.
    fn log(&mut self, line: &str);
    /// One line for the person; the engine logs it by itself.
    fn say(&mut self, line: &str);
    /// How far it is, in bytes.
    fn progress(&mut self, done: u64, total: u64);
    /// Whether the person asked to stop.
    fn cancelled(&mut self) -> bool;
}
