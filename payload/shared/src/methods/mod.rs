//! Who may install how: install method × generation of Windows × account.
//!
//! The table is data, and said in three places: `packager methods`, `packager/docs/methods.md`, and by a program that
//! ends with 740. Facts are of Microsoft Learn: "How User Account Control works" (the two tokens of an
//! administrator, consent and credentials), "Using Windows Installer with UAC" (who is asked, what is managed),
//! "Installing a Package with Elevated Privileges for a Non-Admin" (managed packages, before and after Vista),
//! "Windows Installer Error Messages" (1925), "Use Group Policy to remotely install software" (assigned to computers:
//! at the start, without anybody logged on), "Using Startup, Shutdown, Logon, and Logoff Scripts in Group Policy"
//! (startup scripts run as Local System, logon scripts as the user), "Win32 app management in Microsoft Intune"
//! (install behaviour System), "Security Contexts for Tasks", "User Account Control and remote restrictions"
//! (KB 951016), "LocalSystem Account" (the computer's credentials on the network), "Default security
//! settings" of Windows XP (Power Users install what has no services and changes nothing of the system), and of
//! `EnableLUA` "UAC Group Policy settings".

mod table;
#[cfg(test)]
mod tests;

use crate::path;
use crate::plan::{Op, Plan, TaskAccount, WindowsVersion};
use crate::template::{Dir, Part};

/// A way to bring a product onto a computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `msiexec /i` by hand.
    Msi,
    /// The MSI, assigned to computers by Group Policy.
    GroupPolicy,
    /// The MSI by Intune, Configuration Manager or the like, for the system.
    Management,
    /// The setup EXE.
    Setup,
    /// The bootstrap on a share, in a login script.
    LoginScript,
    /// The bootstrap on a share, in a computer's startup script.
    StartupScript,
    /// The installed bootstrap, by a scheduled task as the system.
    ScheduledTask,
    /// A package of `scope = "user"`, MSI or setup EXE.
    PerUser,
    /// Pushed to another computer over the network.
    Remote,
    /// From a web page.
    Web,
    /// From a link in a mail.
    Notify,
}

/// Windows, by how it decides about rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// XP and Server 2003: an account's groups decide.
    Groups,
    /// Vista and Server 2008 up to Windows 11 and Server 2025: User Account Control.
    Uac,
}

/// On whose behalf a program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// A standard user; on XP and Server 2003 a power user, too.
    Standard,
    /// An administrator's program that was not started as administrator: it has the filtered token.
    Filtered,
    /// An administrator with all rights: elevated, the built-in account, or before Vista any.
    Administrator,
    /// LocalSystem, which is the computer's account on the network.
    System,
}

/// Whether it works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    Yes,
    /// Windows asks for rights; without somebody to ask, it fails.
    Asks,
    /// It does not.
    No,
    /// There is no such way.
    NotOffered,
    /// There is no such account.
    NoAccount,
}

/// One answer of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Whether it works.
    pub verdict: Verdict,
    /// What is missing, or whose rights do it.
    pub why: &'static str,
    /// What to do instead; empty where it works.
    pub instead: &'static str,
}

impl Method {
    /// All, in the order of the table.
    pub const ALL: [Method; 11] = [
        Method::Msi,
        Method::GroupPolicy,
        Method::Management,
        Method::Setup,
        Method::LoginScript,
        Method::StartupScript,
        Method::ScheduledTask,
        Method::PerUser,
        Method::Remote,
        Method::Web,
        Method::Notify,
    ];

    /// For programs.
    pub fn id(self) -> &'static str {
        [
            "msi",
            "group-policy",
            "management",
            "setup",
            "login-script",
            "startup-script",
            "scheduled-task",
            "per-user",
            "remote",
            "web",
            "notify",
        ][self as usize]
    }

    /// For people.
    pub fn text(self) -> &'static str {
        match self {
            Method::Msi => "MSI by hand (msiexec /i)",
            Method::GroupPolicy => "MSI by Group Policy, assigned to computers",
            Method::Management => "MSI by Intune, Configuration Manager or the like, as the system",
            Method::Setup => "setup EXE",
            Method::LoginScript => "bootstrap on the share, in a login script",
            Method::StartupScript => "bootstrap on the share, in a computer's startup script",
            Method::ScheduledTask => "installed bootstrap, by its scheduled task as SYSTEM",
            Method::PerUser => "MSI, setup EXE or bootstrap of a package with scope = \"user\"",
            Method::Remote => "pushed to another computer (remote install)",
            Method::Web => "from a web page (web install)",
            Method::Notify => "from a link in a mail (notify install)",
        }
    }
}

impl Generation {
    /// Both, the older first.
    pub const ALL: [Generation; 2] = [Generation::Groups, Generation::Uac];

    /// The generation of a Windows; with User Account Control switched off (`EnableLUA` 0) the groups decide there, too.
    pub fn of(version: WindowsVersion, uac: bool) -> Self {
        if version.0 < 6 || !uac { Generation::Groups } else { Generation::Uac }
    }

    /// For programs.
    pub fn id(self) -> &'static str {
        ["xp", "vista"][self as usize]
    }

    /// For people.
    pub fn text(self) -> &'static str {
        match self {
            Generation::Groups => "Windows XP, Server 2003",
            Generation::Uac => "Windows Vista, Server 2008 and later, to Windows 11 and Server 2025",
        }
    }
}

impl Account {
    /// All, the weakest first.
    pub const ALL: [Account; 4] =
        [Account::Standard, Account::Filtered, Account::Administrator, Account::System];

    /// For programs.
    pub fn id(self) -> &'static str {
        ["standard", "not-elevated", "administrator", "system"][self as usize]
    }

    /// For people.
    pub fn text(self) -> &'static str {
        match self {
            Account::Standard => "standard user",
            Account::Filtered => "administrator, not elevated",
            Account::Administrator => "administrator, elevated or built-in",
            Account::System => "LocalSystem, the computer's account",
        }
    }
}

impl Verdict {
    /// For people and programs.
    pub fn text(self) -> &'static str {
        match self {
            Verdict::Yes => "yes",
            Verdict::Asks => "asks",
            Verdict::No => "no",
            Verdict::NotOffered => "not offered",
            Verdict::NoAccount => "no such account",
        }
    }
}

/// The table's answer.
pub fn cell(method: Method, generation: Generation, account: Account) -> Cell {
    table::TABLE[method as usize][generation as usize][account as usize]
}

/// What is missing to a program without an administrator's rights on this Windows, and what gives it: the table's words
/// for the setup EXE, for those who have nobody to ask.
pub fn missing(generation: Generation, filtered: bool) -> [&'static str; 2] {
    match (generation, filtered) {
        (Generation::Groups, _) => [table::NO_MEMBER, table::RUN_AS],
        (Generation::Uac, true) => [table::NOT_ELEVATED, table::AS_ADMINISTRATOR],
        (Generation::Uac, false) => [table::NO_ADMINISTRATOR, table::AS_ADMINISTRATOR],
    }
}

/// The plan's task that runs the installed bootstrap as the system: what keeps a computer current whose users may not.
pub fn update_task(plan: &Plan) -> Option<&str> {
    plan.ops.iter().find_map(|op| match op {
        // One that hangs on a condition may not be there.
        Op::Task(task) if task.account == TaskAccount::System => match task.program.0.as_slice() {
            [Part::Dir(Dir::InstallDir), Part::Text(name)] if path::same(name, &plan.bootstrap.name) => {
                Some(task.name.as_str())
            }
            _ => None,
        },
        _ => None,
    })
}
