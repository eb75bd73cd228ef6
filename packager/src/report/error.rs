//! Why nothing was built.

use std::fmt;

use camino::Utf8Path;

/// What is wrong, why, and the way out, when it is not about a line of the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong, with the path or key it is about.
    pub message: String,
    /// Why.
    pub why: Option<String>,
    /// The way out.
    pub help: Option<String>,
}

impl Problem {
    /// A problem in a line.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), why: None, help: None }
    }

    /// Why it is one.
    #[must_use]
    pub fn why(mut self, text: impl fmt::Display) -> Self {
        self.why = Some(text.to_string());
        self
    }

    /// The way out.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(why) = &self.why {
            write!(f, "\n  = note: {why}")?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  = help: {help}")?;
        }
        Ok(())
    }
}

/// Why nothing was built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BuildError {
    /// The manifest or the payload is at fault; the reporter has been told each problem.
    Manifest {
        /// How many errors there were.
        errors: usize,
    },
    /// The input is at fault in a way that no line of the manifest shows.
    Input(Problem),
    /// The machine is at fault: I/O, a missing tool.
    Environment(Problem),
}

impl BuildError {
    /// Input or output that failed on a path: the machine is at fault.
    #[must_use]
    pub fn io(doing: &str, path: &Utf8Path, error: &std::io::Error) -> Self {
        Self::Environment(Problem::new(format!("cannot {doing} {path}")).why(error))
    }

    /// The command's exit code for it: 1 the input, 3 the environment.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Manifest { .. } | Self::Input(_) => 1,
            Self::Environment(_) => 3,
        }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Manifest { errors: 1 } => f.write_str("nothing was built: the manifest has 1 error"),
            Self::Manifest { errors } => write!(f, "nothing was built: the manifest has {errors} errors"),
            Self::Input(problem) | Self::Environment(problem) => problem.fmt(f),
        }
    }
}

impl std::error::Error for BuildError {}
