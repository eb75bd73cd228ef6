//! Windows services.

use alloc::string::String;
use alloc::vec::Vec;

use crate::template::Template;

/// When a service starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At boot.
    Auto,
    /// At boot, after the others.
    AutoDelayed,
    /// When asked.
    Demand,
    /// Never.
    Disabled,
}

/// Whether installing starts a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// Started at the end of every install and update.
    Always,
    /// Installed, not started.
    Never,
    /// Started after an update if it ran before; after a first install not.
    IfItRan,
}

/// What Windows does when a service cannot start at boot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ErrorControl {
    /// Logged.
    Ignore,
    /// Logged, and shown.
    #[default]
    Normal,
    /// Started again with the last known good configuration.
    Critical,
}

/// What Windows does when a service fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// Milliseconds from the failure to the new start.
    pub restart_after_ms: u32,
    /// How many failures in a row are answered by a new start; the next ones by nothing.
    pub attempts: u32,
    /// Seconds without a failure after which counting starts anew.
    pub reset_after_s: u32,
    /// Also when it stops by itself with an error code.
    pub also_on_error_exit: bool,
}

/// A Windows service of its own process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The key name.
    pub name: String,
    /// The name people see.
    pub display: String,
    /// What it is for.
    pub description: Option<String>,
    /// The program, relative to the install directory. It is always quoted in the image path.
    pub exe: String,
    /// Arguments after the program.
    pub arguments: Template,
    /// When it starts.
    pub start: Start,
    /// `None` is LocalSystem.
    pub account: Option<Template>,
    /// The (secret) setting with the account's password.
    pub password: Option<String>,
    /// Services that must run before it.
    pub depends: Vec<String>,
    /// Whether installing starts it.
    pub run: Run,
    /// When it cannot start at boot.
    pub error_control: ErrorControl,
    /// When it fails; `None` leaves Windows' own way: nothing.
    pub recovery: Option<Recovery>,
    /// Milliseconds that Windows waits for it before it shuts down (from Windows Vista on).
    pub preshutdown_ms: Option<u32>,
}

impl Service {
    /// Whether the tables of an MSI have no way to say all of this, so that the bootstrap makes the whole service.
    ///
    /// Recovery: Microsoft says of MsiServiceConfigFailureActions that "this functionality is not working as
    /// expected" ("MsiConfigureServices Action"), and when Windows Installer rolls back the removal of a service it
    /// makes one without what was configured beside ServiceInstall. A password would have to be a property at each
    /// upgrade and repair, and there is no event for "if it ran".
    #[must_use]
    pub fn needs_bootstrap(&self) -> bool {
        self.recovery.is_some() || self.password.is_some() || self.run == Run::IfItRan
    }
}
