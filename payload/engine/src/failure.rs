//! Why a run ends without success.

use alloc::boxed::Box;
use alloc::string::String;

use packager_shared::exit::Exit;
use packager_shared::{overlay, release, settings, wire};

use crate::system;
use crate::text;

/// Why the run ends. One pointer: it is passed on in many places, and each costs code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(Box<Reason>);

impl core::ops::Deref for Failure {
    type Target = Reason;

    fn deref(&self) -> &Reason {
        &self.0
    }
}

/// How the run ends, and one sentence for log and person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The exit code.
    pub exit: Exit,
    /// What happened, on what.
    pub text: String,
    /// Windows' code for it; 0: there is none.
    pub windows: u32,
}

/// A result with a [`Failure`].
pub type Outcome<T> = Result<T, Failure>;

impl Failure {
    /// A failure.
    #[cold]
    pub fn new(exit: Exit, text: &str) -> Self {
        Self::with(exit, String::from(text))
    }

    /// A failure with a text that was put together.
    #[cold]
    pub fn with(exit: Exit, text: String) -> Self {
        Self(Box::new(Reason { exit, text, windows: 0 }))
    }

    /// A failure about something, e.g. a path.
    #[cold]
    pub fn about(exit: Exit, text: &str, on: &str) -> Self {
        Self::with(exit, text::join(&[text, ": ", on]))
    }

    /// A Windows error, with an exit code of its own.
    pub fn with_exit(exit: Exit, error: &system::Error) -> Self {
        let code = text::number(u64::from(error.code));
        let text = text::join(&[error.what, " ", &error.on, ": Windows error ", &code]);
        Self(Box::new(Reason { exit, text, windows: error.code }))
    }
}

impl From<system::Error> for Failure {
    fn from(error: system::Error) -> Self {
        Self::with_exit(Exit::of_windows_error(error.code), &error)
    }
}

impl From<wire::Error> for Failure {
    fn from(error: wire::Error) -> Self {
        Self::about(Exit::Damaged, "the package is damaged", error.what)
    }
}

impl From<overlay::Error> for Failure {
    fn from(error: overlay::Error) -> Self {
        let (exit, text) = match error {
            overlay::Error::Io(_) | overlay::Error::Pe(packager_shared::pe_tail::Error::Io(_)) => {
                (Exit::CannotOpen, "the package cannot be read")
            }
            overlay::Error::Pe(_) => (Exit::Damaged, "the program around the package is damaged"),
            overlay::Error::Missing => (Exit::Damaged, "the program carries no package"),
            overlay::Error::Damaged(what) => {
                return Self::about(Exit::Damaged, "the package is damaged", what);
            }
        };
        Self::new(exit, text)
    }
}

impl From<release::Error> for Failure {
    fn from(error: release::Error) -> Self {
        Self::new(Exit::Damaged, error.text())
    }
}

impl From<settings::Error> for Failure {
    fn from(error: settings::Error) -> Self {
        Self::with(Exit::CommandLine, error.text())
    }
}
