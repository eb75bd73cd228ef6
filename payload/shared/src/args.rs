//! The command line of the setup EXE and of the bootstrap.

use alloc::string::String;
use alloc::vec::Vec;

use crate::overlay::Kind;
use crate::quote;

/// How much is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ui {
    /// Everything, and questions.
    #[default]
    Full,
    /// Progress, no questions.
    Passive,
    /// Nothing.
    Quiet,
}

/// What shall be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Action {
    /// What this kind of program does by itself: install, or update.
    #[default]
    Default,
    /// `/uninstall`
    Uninstall,
    /// `/repair`
    Repair,
    /// `/extract DIR`
    Extract(String),
    /// `/?`
    Help,
    /// `/version`
    Version,
    /// `/finish`, and of a service `/finish-service`: an update that was put off.
    Finish {
        /// It runs as a service, while Windows starts.
        service: bool,
    },
    /// `/msi …`: a custom action of the MSI, and why Windows Installer runs.
    Msi(MsiAction, Reason),
}

/// Which custom action of the MSI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MsiAction {
    /// Files and values are written, services do not run yet.
    Install,
    /// Brings back what [`MsiAction::Install`] changed.
    RollbackInstall,
    /// Services run.
    Run,
    /// Brings back what [`MsiAction::Run`] changed.
    RollbackRun,
    /// Nothing of the product is there yet: predecessors are taken over. `/dir` says where it will be.
    Replace,
    /// Brings back what [`MsiAction::Replace`] changed.
    RollbackReplace,
    /// Everything is still there and runs, and will be removed or repaired.
    BeforeRemove,
    /// Takes back what [`MsiAction::BeforeRemove`] ran.
    RollbackBeforeRemove,
    /// Services are stopped; values and files are still there.
    Uninstall,
    /// Brings back what [`MsiAction::Uninstall`] removed.
    RollbackUninstall,
    /// There is no way back any more.
    Commit,
}

/// The actions by the word after `/msi`.
pub const MSI_ACTIONS: [(&str, MsiAction); 11] = [
    ("install", MsiAction::Install),
    ("rollback-install", MsiAction::RollbackInstall),
    ("run", MsiAction::Run),
    ("rollback-run", MsiAction::RollbackRun),
    ("replace", MsiAction::Replace),
    ("rollback-replace", MsiAction::RollbackReplace),
    ("before-remove", MsiAction::BeforeRemove),
    ("rollback-before-remove", MsiAction::RollbackBeforeRemove),
    ("uninstall", MsiAction::Uninstall),
    ("rollback-uninstall", MsiAction::RollbackUninstall),
    ("commit", MsiAction::Commit),
];

/// Why Windows Installer runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reason {
    /// The product comes to the machine.
    #[default]
    Install,
    /// One version replaces another: the new one's installation, and the old one's removal.
    Upgrade,
    /// The installed version is repaired, or changed.
    Repair,
    /// The product leaves the machine.
    Uninstall,
}

/// The reasons by the word after the action.
pub const REASONS: [(&str, Reason); 4] = [
    ("install", Reason::Install),
    ("upgrade", Reason::Upgrade),
    ("repair", Reason::Repair),
    ("uninstall", Reason::Uninstall),
];

fn named<T: Copy>(names: &[(&str, T)], name: &str) -> Option<T> {
    names.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
}

/// A command line, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Args {
    /// What shall be done.
    pub action: Action,
    /// `/quiet`, `/silent`, `/S`; `/passive`.
    pub ui: Ui,
    /// `/norestart`
    pub norestart: bool,
    /// `/log FILE`
    pub log: Option<String>,
    /// `/dir PATH`
    pub dir: Option<String>,
    /// `/site NAME`
    pub site: Option<String>,
    /// `NAME=VALUE`, names in upper case, in order.
    pub settings: Vec<(String, String)>,
    /// `/clear NAME`, names in upper case.
    pub clear: Vec<String>,
    /// `-f`
    pub force: bool,
    /// `-u`
    pub update: bool,
    /// `/whatif`
    pub whatif: bool,
}

/// Why a command line is refused: exit code 1639.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The word at fault. It may be (part of) a secret: show its part before `=` only, see [`Error::text`].
    pub word: String,
    /// What is wrong with it.
    pub what: &'static str,
}

impl Error {
    /// One sentence, without the value of a setting.
    pub fn text(&self) -> String {
        let mut out = String::from("`");
        out.push_str(self.word.split('=').next().unwrap_or_default());
        out.push_str("`: ");
        out.push_str(self.what);
        out
    }
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.text())
    }
}

impl core::error::Error for Error {}

/// What `/?` shows.
pub const HELP: &str = "\
/quiet, /silent, /S   show nothing, ask nothing\r
/passive              show progress, ask nothing\r
/norestart            never restart the computer\r
/log FILE             write a log\r
/uninstall            remove the product\r
/repair               check every file and put right what differs\r
/extract DIR          unpack the files, install nothing\r
/dir PATH             install there\r
/site NAME            take the settings of a site\r
NAME=VALUE            give a setting; an empty value clears it\r
NAME=@FILE            give a secret setting: the first line of a file\r
/clear NAME           forget a setting's remembered value\r
/whatif               say what would be done, change nothing\r
/version              show the version\r
/?                    show this\r
-u                    update from the share (bootstrap only)\r
-f                    force: compare every file, allow an older release (bootstrap only)\r
Switches start with / or -, upper or lower case alike.";

/// Reads a raw command line, the program's name first.
pub fn parse(command_line: &str, kind: Kind) -> Result<Args, Error> {
    let mut args = Args::default();
    let mut chosen = false;
    let mut words = quote::split(command_line).into_iter().skip(1);
    while let Some(word) = words.next() {
        let fail = |what| Err(Error { word: word.clone(), what });
        let Some(switch) = word.strip_prefix(['/', '-']) else {
            match word.split_once('=') {
                Some((name, value)) if is_name(name) => {
                    if value.contains('\0') {
                        return fail("a value cannot hold a null character");
                    }
                    args.settings.push((name.to_ascii_uppercase(), String::from(value)));
                    continue;
                }
                Some(_) => return fail("a setting's name has letters, digits and underscores only"),
                None => return fail("neither a switch nor NAME=VALUE"),
            }
        };
        let switch = switch.to_ascii_lowercase();
        let mut next = || match words.next() {
            Some(value) if !value.is_empty() => Ok(value),
            _ => Err(Error { word: word.clone(), what: "a value must follow" }),
        };
        let action = match switch.as_str() {
            "quiet" | "silent" | "s" | "q" | "qn" => {
                args.ui = Ui::Quiet;
                continue;
            }
            "passive" => {
                if args.ui == Ui::Full {
                    args.ui = Ui::Passive;
                }
                continue;
            }
            "norestart" => {
                args.norestart = true;
                continue;
            }
            "whatif" => {
                args.whatif = true;
                continue;
            }
            "log" => {
                args.log = Some(next()?);
                continue;
            }
            "dir" => {
                args.dir = Some(next()?);
                continue;
            }
            "site" => {
                args.site = Some(next()?);
                continue;
            }
            "clear" => {
                let name = next()?;
                if !is_name(&name) {
                    return fail("the name of a setting must follow");
                }
                args.clear.push(name.to_ascii_uppercase());
                continue;
            }
            "f" if kind != Kind::Setup => {
                args.force = true;
                continue;
            }
            "u" if kind != Kind::Setup => {
                args.update = true;
                continue;
            }
            "f" | "u" => return fail("only the bootstrap updates; run the setup program of the new version"),
            "uninstall" | "x" => Action::Uninstall,
            "repair" => Action::Repair,
            "extract" => Action::Extract(next()?),
            "?" | "h" | "help" => Action::Help,
            "version" => Action::Version,
            "finish" if kind == Kind::Installed => Action::Finish { service: false },
            FINISH_SERVICE if kind == Kind::Installed => Action::Finish { service: true },
            "msi" if kind == Kind::Installed => {
                let (action, reason) = (next()?, next()?);
                match (named(&MSI_ACTIONS, &action), named(&REASONS, &reason)) {
                    (Some(action), Some(reason)) => Action::Msi(action, reason),
                    _ => return fail("a custom action and its reason must follow"),
                }
            }
            _ => return fail("this switch is unknown"),
        };
        // Help wins over everything, so that a desperate line still shows it.
        if action == Action::Help || args.action == Action::Help {
            args.action = Action::Help;
        } else if chosen && args.action != action {
            return fail("it contradicts an earlier switch");
        } else {
            args.action = action;
        }
        chosen = true;
    }
    if args.update && !matches!(args.action, Action::Default | Action::Help) {
        return Err(Error { word: String::from("-u"), what: "it contradicts another switch" });
    }
    if matches!(args.action, Action::Extract(_)) && kind != Kind::Setup {
        return Err(Error {
            word: String::from("/extract"),
            what: "only a setup program has files to unpack",
        });
    }
    Ok(args)
}

const FINISH_SERVICE: &str = "finish-service";

/// Whether this program is to run as a service.
pub fn is_service(command_line: &str) -> bool {
    let is =
        |word: &String| word.strip_prefix('/').is_some_and(|word| word.eq_ignore_ascii_case(FINISH_SERVICE));
    quote::split(command_line).iter().skip(1).any(is)
}

/// How much is shown, of a line that [`parse`] refuses.
pub fn ui(command_line: &str) -> Ui {
    let mut ui = Ui::Full;
    for word in quote::split(command_line).iter().skip(1) {
        match word.strip_prefix(['/', '-']).map(str::to_ascii_lowercase).as_deref() {
            Some("quiet" | "silent" | "s" | "q" | "qn" | "msi" | "finish" | FINISH_SERVICE) => {
                return Ui::Quiet;
            }
            Some("passive") => ui = Ui::Passive,
            _ => {}
        }
    }
    ui
}

/// Where the log goes, of a command line that may be bad otherwise.
pub fn log(command_line: &str) -> Option<String> {
    let mut words = quote::split(command_line).into_iter().skip(1);
    words.find(|word| word.strip_prefix(['/', '-']).is_some_and(|word| word.eq_ignore_ascii_case("log")))?;
    words.next().filter(|file| !file.is_empty())
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup(line: &str) -> Result<Args, Error> {
        parse(line, Kind::Setup)
    }

    #[test]
    fn a_bad_command_line_still_says_where_its_log_goes() {
        for (line, file) in [
            ("x.exe /nonsense -LOG \"C:\\a b.log\" /quiet", Some("C:\\a b.log")),
            ("x.exe /nonsense /log", None),
            ("x.exe log C:\\a.log", None),
            ("/log x", None),
        ] {
            assert_eq!(log(line).as_deref(), file, "{line}");
        }
    }

    #[test]
    fn switches_in_any_case_and_with_either_sign() {
        for line in ["p /quiet", "p -QUIET", "p /S", "p /Silent"] {
            assert_eq!(setup(line).map(|a| a.ui), Ok(Ui::Quiet), "{line}");
        }
        let args = setup(
            "p /passive /NoRestart /log \"a b.txt\" /dir C:\\x /site paris server_url=\"x y\" B= /clear c",
        );
        let args = args.expect("reads");
        assert_eq!(args.ui, Ui::Passive);
        assert!(args.norestart);
        assert_eq!(args.log.as_deref(), Some("a b.txt"));
        assert_eq!(args.dir.as_deref(), Some("C:\\x"));
        assert_eq!(args.site.as_deref(), Some("paris"));
        assert_eq!(args.settings, [("SERVER_URL".into(), "x y".into()), ("B".into(), "".into())]);
        assert_eq!(args.clear, ["C"]);
    }

    #[test]
    fn the_bootstrap_forces_and_updates() {
        let args = parse("autopcc.exe -f -u", Kind::Share).expect("reads");
        assert!(args.force && args.update);
        assert!(setup("p -f").is_err());
        assert!(parse("p -u /uninstall", Kind::Installed).is_err());
        assert!(parse("p /extract x", Kind::Installed).is_err());
        assert!(parse("p /msi install", Kind::Share).is_err());
        let args = parse("p /msi rollback-install repair", Kind::Installed).expect("reads");
        assert_eq!(args.action, Action::Msi(MsiAction::RollbackInstall, Reason::Repair));
        assert!(parse("p /msi install", Kind::Installed).is_err());
        let finish = |line| parse(line, Kind::Installed).map(|args| args.action);
        assert_eq!(finish("p /finish"), Ok(Action::Finish { service: false }));
        assert_eq!(finish("p /finish-service"), Ok(Action::Finish { service: true }));
        assert!(parse("p /finish", Kind::Share).is_err() && setup("p /finish").is_err());
        assert!(is_service("p /Finish-Service") && !is_service("/finish-service /finish"));
    }

    #[test]
    fn mistakes_are_named_without_values() {
        for line in
            ["p x", "p /nope", "p /log", "p /uninstall /repair", "p 1=2", "p /clear a-b", "p /extract \"\""]
        {
            assert!(setup(line).is_err(), "{line}");
        }
        let error = setup("p tok-en=secret").expect_err("refused");
        assert!(!error.text().contains("secret"));
        assert_eq!(setup("p /uninstall /?").map(|a| a.action), Ok(Action::Help));
    }
}
