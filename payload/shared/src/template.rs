//! Text with directories and settings in it: `{InstallDir}\bin;{SERVER_URL}`.
//!
//! A directory always expands **with** its trailing backslash, and a backslash that directly follows the
//! token in the text is swallowed by the parser. That is what Windows Installer does with `[INSTALLDIR]`, so
//! one rule serves both outputs: `{InstallDir}\bin` is `C:\App\bin`, `{InstallDir}` alone is `C:\App\`.

use alloc::string::String;
use alloc::vec::Vec;

/// A directory that is known only on the target machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dir {
    /// Where the product is installed.
    InstallDir,
    /// `C:\Program Files` of the package's architecture; in a per-user package `%LOCALAPPDATA%\Programs`.
    ProgramFiles,
    /// `C:\Program Files\Common Files` of the package's architecture.
    CommonFiles,
    /// `C:\ProgramData`.
    ProgramData,
    /// `C:\Windows`.
    Windows,
    /// `System32` of the package's architecture.
    System,
    /// The Programs folder of the start menu: of all users, or in a per-user package of the user.
    StartMenu,
    /// The desktop, of all users or of the user.
    Desktop,
    /// The Startup folder, of all users or of the user.
    Startup,
    /// `%LOCALAPPDATA%` (per-user packages).
    LocalAppData,
    /// `%APPDATA%` (per-user packages).
    AppData,
}

/// A piece of a [`Template`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Literal text.
    Text(String),
    /// A directory, expanded with a trailing backslash.
    Dir(Dir),
    /// The value of a setting.
    Setting(String),
}

/// Text with directories and settings in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Template(pub Vec<Part>);
