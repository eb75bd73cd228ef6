//! Exit codes: Windows Installer's where it has one ("Error Codes for the Windows Installer" on Microsoft Learn).

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Exit {
    /// Done, or nothing to do.
    Done = 0,
    /// A file is in use; everything is as it was.
    InUse = 32,
    /// The disk is full; everything is as it was.
    DiskFull = 112,
    /// Needs an administrator.
    NeedsAdministrator = 740,
    /// Cancelled by the person at the computer.
    Cancelled = 1602,
    /// Failed; everything is as it was.
    Failed = 1603,
    /// Not installed.
    NotInstalled = 1605,
    /// Another installation runs.
    Busy = 1618,
    /// The package or the share cannot be opened.
    CannotOpen = 1619,
    /// The package is damaged or its signature is wrong.
    Damaged = 1620,
    /// Forbidden by policy.
    Forbidden = 1625,
    /// The platform is not supported.
    Platform = 1633,
    /// A newer version, or one that Windows Installer owns, is installed.
    OtherVersion = 1638,
    /// The command line is wrong.
    CommandLine = 1639,
    /// Done; a restart is needed.
    Restart = 3010,
}

impl Exit {
    /// The number that the process ends with.
    pub fn code(self) -> u32 {
        self as u32
    }

    /// Its meaning, for people.
    pub fn text(self) -> &'static str {
        match self {
            Exit::Done => "done",
            Exit::InUse => "a file is in use; everything is as it was",
            Exit::DiskFull => "the disk is full; everything is as it was",
            Exit::NeedsAdministrator => "administrator rights are needed",
            Exit::Cancelled => "cancelled",
            Exit::Failed => "failed; everything is as it was",
            Exit::NotInstalled => "the product is not installed",
            Exit::Busy => "another installation is running",
            Exit::CannotOpen => "the package or the share cannot be opened",
            Exit::Damaged => "the package is damaged or its signature is wrong",
            Exit::Forbidden => "forbidden by policy",
            Exit::Platform => "this computer is not supported",
            Exit::OtherVersion => "another version is installed",
            Exit::CommandLine => "the command line is wrong",
            Exit::Restart => "done; a restart is needed",
        }
    }

    /// The exit for a Windows error that stopped a transaction.
    pub fn of_windows_error(code: u32) -> Exit {
        match code {
            // ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION, ERROR_USER_MAPPED_FILE
            32 | 33 | 1224 => Exit::InUse,
            // ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL
            39 | 112 => Exit::DiskFull,
            // ERROR_ACCESS_DISABLED_BY_POLICY, ERROR_ACCESS_DISABLED_NO_SAFER_UI_BY_POLICY: software restriction,
            // AppLocker; ERROR_SYSTEM_INTEGRITY_POLICY_VIOLATION: App Control
            1260 | 786 | 4551 => Exit::Forbidden,
            _ => Exit::Failed,
        }
    }
}
