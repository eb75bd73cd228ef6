//! A Windows of its own for a test: a copy of a Wine prefix that was never used.
//!
//! The system's own programs and libraries are hard links to the template's (they are never written to), all
//! else is copied: a new prefix takes a tenth of a second and some megabytes. Drive `W:` of every prefix is a
//! folder of the host, [`Prefix::desk`], for packages and logs: it is not part of the Windows' state.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::display::Display;
use crate::environment;
use crate::host;
use crate::registry::Registry;
use crate::state::State;

/// What Windows a prefix is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bits {
    /// 32-bit Windows.
    Windows32,
    /// 64-bit Windows that runs 32-bit programs too.
    Windows64,
}

/// What a Windows program left behind.
#[derive(Debug)]
pub struct Ran {
    /// Windows' whole exit code (a Unix exit code has eight bits of it); `None` when the program did not end in
    /// time or could not be started.
    pub code: Option<u32>,
    /// What it wrote to standard output and standard error.
    pub output: String,
}

impl Ran {
    /// Fails the test unless the program ended with this code.
    #[track_caller]
    pub fn expect(self, code: u32) -> Self {
        let Self { code: ended, output } = &self;
        assert_eq!(*ended, Some(code), "the program's output:\n{output}");
        self
    }
}

/// A prefix; it is removed when dropped, its programs are ended.
#[derive(Debug)]
pub struct Prefix {
    home: tempfile::TempDir,
    /// Which Windows it is.
    pub bits: Bits,
    runs: AtomicU32,
    /// While this `cmd.exe` waits for input, Wine's server and the services live on.
    session: Option<Child>,
    background: Vec<Child>,
    display: Option<String>,
    /// DLLs that Wine takes from elsewhere.
    overrides: Option<String>,
}

/// How long a Windows program may take.
const LIMIT: u32 = 240;
/// What cmd ends with that finds no program.
const NOT_FOUND_BY_CMD: u32 = 9009;
/// What Wine's `start` says that finds no program.
const NOT_FOUND_BY_START: &str = "ShellExecuteEx failed: File not found";

impl Prefix {
    /// A 64-bit Windows.
    pub fn new() -> Self {
        Self::of(Bits::Windows64)
    }

    /// A 32-bit Windows.
    pub fn new32() -> Self {
        Self::of(Bits::Windows32)
    }

    fn of(bits: Bits) -> Self {
        let template = match bits {
            Bits::Windows64 => environment::template(),
            Bits::Windows32 => template32(),
        };
        // Beside the template: hard links need the same file system.
        let cache = template.parent().unwrap_or(Path::new("/tmp")).join("e2e");
        fs::create_dir_all(&cache).unwrap_or_else(|e| panic!("cannot make {}: {e}", cache.display()));
        remove_stale(&cache);
        let name = format!("{}-", std::process::id());
        let home = tempfile::Builder::new().prefix(&name).tempdir_in(&cache).expect("a temporary folder");
        fs::create_dir(home.path().join("desk")).expect("the desk is made");
        let prefix = Self {
            home,
            bits,
            runs: AtomicU32::new(0),
            session: None,
            background: Vec::new(),
            display: None,
            overrides: None,
        };
        copy(&template, &prefix.root());
        // Not a letter of its own drive in Windows' eyes: no registry entry, nothing to compare.
        symlink(&prefix.desk(), &prefix.root().join("dosdevices/w:"));
        prefix
    }

    /// The prefix folder.
    pub fn root(&self) -> PathBuf {
        self.home.path().join("prefix")
    }

    /// The host's folder that is drive `W:`.
    pub fn desk(&self) -> PathBuf {
        self.home.path().join("desk")
    }

    /// The host's path of a Windows path on drive `C:` or `W:`, whatever the case of its parts.
    pub fn host_path(&self, windows: &str) -> PathBuf {
        let (drive, rest) = windows.split_at(windows.find('\\').unwrap_or(windows.len()));
        let mut path = match drive.to_lowercase().as_str() {
            "c:" => self.root().join("drive_c"),
            "w:" => self.desk(),
            other => panic!("{windows}: no test uses drive {other}"),
        };
        for part in rest.split('\\').filter(|part| !part.is_empty()) {
            let exact = path.join(part);
            path = if exact.symlink_metadata().is_ok() {
                exact
            } else {
                let same = |name: &OsString| name.to_string_lossy().to_lowercase() == part.to_lowercase();
                let entries =
                    fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.file_name());
                entries.into_iter().find(same).map_or(exact, |name| path.join(name))
            };
        }
        path
    }

    /// Puts a file of the host on the desk and returns its Windows path.
    pub fn bring(&self, file: &Path) -> String {
        let name = file.file_name().expect("a file has a name");
        let to = self.desk().join(name);
        if fs::hard_link(file, &to).is_err() {
            fs::copy(file, &to).unwrap_or_else(|e| panic!("cannot copy {}: {e}", file.display()));
        }
        format!("W:\\{}", name.to_string_lossy())
    }

    /// Makes a folder of the host reachable as `\\server\share`.
    pub fn map_share(&self, server: &str, share: &str, folder: &Path) {
        let unc = self.root().join("dosdevices/unc").join(server);
        fs::create_dir_all(&unc).expect("the server's folder is made");
        symlink(folder, &unc.join(share));
    }

    /// Runs a program (a full Windows path, or one of System32) and waits for its end.
    ///
    /// `arguments` is the rest of the command line as it is, with quotes where they are needed.
    pub fn run(&self, program: &str, arguments: &str) -> Ran {
        let arguments = arguments.replace('%', "%%");
        // Wine's shell finds no programs on a share; its `start` does.
        match program.strip_prefix(r"\\") {
            Some(_) => self.batch(&format!("start /wait /b {program} {arguments}")),
            None => self.batch(&format!("\"{program}\" {arguments}")),
        }
    }

    /// Runs lines of a batch file; the exit code is the last line's.
    ///
    /// A batch file waits for programs with windows too, and it knows all 32 bits of an exit code.
    pub fn batch(&self, lines: &str) -> Ran {
        let ran = self.batch_once(lines);
        // On a busy machine Wine's cmd now and then does not find a program that is there, and says so with a code
        // that none of ours has; its `start` says so in words: nothing ran.
        if ran.code == Some(NOT_FOUND_BY_CMD) || ran.output.contains(NOT_FOUND_BY_START) {
            eprintln!("Wine's cmd found no program, and is asked again: {}", ran.output.trim());
            return self.batch_once(lines);
        }
        ran
    }

    fn batch_once(&self, lines: &str) -> Ran {
        let number = self.runs.fetch_add(1, Ordering::Relaxed);
        let code = self.desk().join(format!("run-{number}.code"));
        let log = self.desk().join(format!("run-{number}.out"));
        let out = fs::File::create(&log).expect("the log is made");
        let err = out.try_clone().expect("the log is shared");
        let mut command = self.command(LIMIT, &self.script(number, lines));
        let status = command.stdout(out).stderr(err).status().expect("Wine is started");
        let output = String::from_utf8_lossy(&fs::read(&log).unwrap_or_default()).into_owned();
        let code = fs::read_to_string(code).ok().and_then(|text| text.trim().parse::<i64>().ok());
        if code.is_none() {
            eprintln!("Wine ended with {status} and no exit code of: {lines}");
        }
        // `%errorlevel%` is signed.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let code = code.map(|number| number as u32);
        Ran { code, output }
    }

    /// From now on windows are shown. To be said before anything runs: the first program makes the desktop.
    pub fn show_on(&mut self, display: &Display) {
        self.display = Some(display.name().to_owned());
    }

    /// From now on Wine takes some DLLs from elsewhere: a value of WINEDLLOVERRIDES. To be said before anything runs.
    pub fn override_dlls(&mut self, overrides: &str) {
        self.overrides = Some(format!("{overrides};mshtml=;winemenubuilder.exe=d"));
    }

    /// Starts lines of a batch file and does not wait; they are ended with the prefix.
    pub fn start(&mut self, lines: &str) {
        let number = self.runs.fetch_add(1, Ordering::Relaxed);
        let mut command = self.command(LIMIT, &self.script(number, lines));
        command.stdout(Stdio::null()).stderr(Stdio::null());
        self.background.push(command.spawn().expect("Wine is started"));
    }

    /// Holds a file open without letting others delete or rename it, until [`Prefix::shut_down`].
    pub fn hold(&mut self, file: &str) {
        let marker = self.desk().join("held");
        let _ = fs::remove_file(&marker);
        // The shell opens the file for the program's whole life; ping is the program that only waits.
        self.start(&format!(
            "call :wait < \"{file}\"\nexit /b\n:wait\necho 1> W:\\held\nping -n 600 127.0.0.1 > nul"
        ));
        wait_for("the file is held", || marker.exists());
    }

    /// Keeps Windows (and its services) running between programs, until [`Prefix::shut_down`].
    pub fn boot(&mut self) {
        if self.session.is_none() {
            let mut command = self.wine(LIMIT * 4);
            command.args(["wine", "cmd.exe"]).stdin(Stdio::piped());
            let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("Wine is started");
            self.session = Some(child);
        }
    }

    /// Ends Windows: all programs are ended, the registry is on the disk.
    pub fn shut_down(&mut self) {
        // A shell that is only just starting ends by itself, too late for the server's `-k`.
        if let Some(child) = &mut self.session {
            drop(child.stdin.take());
        }
        self.server("-k");
        self.server("-w");
        for mut child in self.session.take().into_iter().chain(self.background.drain(..)) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Kills all that runs in it at once, as a power cut does. What waits for a server that was killed would wait for ever.
    pub fn cut_power(&mut self) {
        let mark = format!("WINEPREFIX={}", self.root().display());
        let is_ours = |process: &Path| {
            let environment = fs::read(process.join("environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes())
        };
        let processes = fs::read_dir("/proc").expect("Linux").flatten().map(|entry| entry.path());
        let ours: Vec<String> = processes
            .filter(|process| is_ours(process))
            .filter_map(|process| Some(process.file_name()?.to_str()?.to_owned()))
            .collect();
        // Some are gone before their turn.
        let _ = host::output(Command::new("sh").args(["-c", &format!("kill -KILL {} 2>&1", ours.join(" "))]));
        self.shut_down();
    }

    /// Restarts Windows: what was to be deleted or renamed at a restart is.
    pub fn restart(&mut self) {
        self.shut_down();
        let _ = self
            .wine(LIMIT)
            .args(["wine", "wineboot", "-r"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        self.shut_down();
    }

    /// The registry, after Windows has ended.
    pub fn registry(&mut self) -> Registry {
        self.shut_down();
        Registry::read(&self.root())
    }

    /// Files and registry, after Windows has ended.
    pub fn state(&mut self) -> State {
        self.shut_down();
        State::read(&self.root())
    }

    /// The state that `sc query` tells: `RUNNING`, `STOPPED`, …; `None` when there is no such service.
    pub fn service_state(&self, name: &str) -> Option<String> {
        let ran = self.run("sc.exe", &format!("query {name}"));
        let line = ran.output.lines().find(|line| line.trim_start().starts_with("STATE"))?.to_owned();
        line.split_whitespace().last().map(str::to_owned)
    }

    /// A program of Wine's installation (`wine`, `wineserver`, `strace`) on this prefix, killed after two minutes.
    pub fn unix(&self, arguments: &[&str]) -> Command {
        let mut command = self.wine(120);
        command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn command(&self, seconds: u32, script: &str) -> Command {
        let mut command = self.wine(seconds);
        command.args(["wine", "cmd.exe", "/c", script]);
        command
    }

    fn wine(&self, seconds: u32) -> Command {
        let mut command = wine(seconds, &self.root());
        command.current_dir(self.desk());
        if let Some(display) = &self.display {
            command.env("DISPLAY", display);
        }
        if let Some(overrides) = &self.overrides {
            command.env("WINEDLLOVERRIDES", overrides);
        }
        command
    }

    fn server(&self, option: &str) {
        let mut command = self.wine(60);
        let _ = command.args(["wineserver", option]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }

    /// Writes a batch file that keeps the exit code, and returns its Windows path.
    ///
    /// Wine may start a 32-bit shell, for which System32 is another folder: the script then goes on in the
    /// 64-bit one, as it would from a 64-bit service or console.
    fn script(&self, number: u32, lines: &str) -> String {
        let inner = format!("@echo off\n{lines}\n");
        let outer = format!(
            "@echo off\nset SHELL=cmd.exe\nif defined PROCESSOR_ARCHITEW6432 set SHELL=C:\\windows\\sysnative\\cmd.exe\n\
             %SHELL% /c W:\\run-{number}.cmd\n>W:\\run-{number}.code echo %errorlevel%\n"
        );
        for (name, text) in [("run", inner), ("outer", outer)] {
            let path = self.desk().join(format!("{name}-{number}.cmd"));
            fs::write(&path, text.replace('\n', "\r\n")).expect("the batch file is written");
        }
        format!("W:\\outer-{number}.cmd")
    }
}

impl Default for Prefix {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Prefix {
    fn drop(&mut self) {
        self.shut_down();
        if std::env::var_os("PACKAGER_KEEP_PREFIXES").is_some() {
            eprintln!("kept: {}", self.home.path().display());
            self.home.disable_cleanup(true);
        }
    }
}

/// Removes, once, what killed runs of the tests left.
fn remove_stale(cache: &Path) {
    static DONE: OnceLock<()> = OnceLock::new();
    DONE.get_or_init(|| {
        for entry in fs::read_dir(cache).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let process = name.split('-').next().unwrap_or_default();
            if !Path::new("/proc").join(process).exists() {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    });
}

/// Waits up to half a minute for something to become true.
#[track_caller]
pub fn wait_for(what: &str, mut ready: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !ready() {
        assert!(Instant::now() < end, "{what}: not within 30 seconds");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A command in the Wine installation, in a prefix.
fn wine(seconds: u32, prefix: &Path) -> Command {
    let mut command = host::limited(seconds, environment::wine());
    command.arg(prefix).env_remove("DISPLAY").env("WINEDEBUG", "-all");
    command
}

/// The 32-bit template, made once beside the 64-bit one.
fn template32() -> PathBuf {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| {
        let wide = environment::template();
        let name = format!("{}-win32", wide.file_name().unwrap_or_default().to_string_lossy());
        let template = wide.with_file_name(name);
        if !template.exists() {
            // Beside its final name, so that a killed run leaves no half template.
            let making = template.with_extension(format!("making-{}", std::process::id()));
            // The second start finds the host's devices, as every later one does.
            let end = ["wineserver", "-w"];
            for arguments in [["wine", "wineboot", "-i"].as_slice(), &end, &["wine", "wineboot"], &end] {
                let mut command = wine(LIMIT, &making);
                let _ = host::output(command.env("WINEARCH", "win32").args(arguments));
            }
            let registry = fs::read_to_string(making.join("system.reg")).unwrap_or_default();
            assert!(registry.contains("#arch=win32"), "Wine made no 32-bit prefix in {}", making.display());
            fs::rename(&making, &template).expect("the 32-bit template gets its name");
        }
        template
    })
    .clone()
}

/// Copies a template; programs and libraries of the system as hard links where the file system allows it.
fn copy(from: &Path, to: &Path) {
    let linked = from.join("drive_c/windows");
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.unwrap_or_else(|e| panic!("cannot read the template: {e}"));
        let target = to.join(entry.path().strip_prefix(from).expect("walked below the template"));
        let kind = entry.file_type();
        let done = if kind.is_dir() {
            fs::create_dir_all(&target)
        } else if kind.is_symlink() {
            fs::read_link(entry.path()).map(|link| symlink(&link, &target))
        } else if entry.path().starts_with(&linked)
            && is_program(entry.path())
            && fs::hard_link(entry.path(), &target).is_ok()
        {
            Ok(())
        } else {
            fs::copy(entry.path(), &target).map(drop)
        };
        done.unwrap_or_else(|e| panic!("cannot copy {}: {e}", entry.path().display()));
    }
}

fn is_program(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    ["acm", "ax", "cpl", "dll", "drv", "exe", "nls", "ocx", "sys", "tlb", "ttf"].contains(&extension.as_str())
}

#[cfg(unix)]
fn symlink(target: &Path, link: &Path) {
    std::os::unix::fs::symlink(target, link)
        .unwrap_or_else(|e| panic!("cannot link {}: {e}", link.display()));
}

#[cfg(not(unix))]
fn symlink(_target: &Path, _link: &Path) {
    panic!("Wine prefixes need symbolic links");
}
