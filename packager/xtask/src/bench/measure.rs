//! Running a program with a clock on it: GNU `time` says what the kernel counted for it and its children.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::failure::{Context, Failure, Result};
use crate::place;

/// What `timeout` ends with when the time was up.
const TIME_WAS_UP: i32 = 124;

/// What one run took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// Seconds from start to end.
    pub wall: f64,
    /// Seconds of processor time of all threads, in the program and in the kernel.
    pub cpu: f64,
    /// Peak of resident memory in KB, of the largest process.
    pub peak: u64,
}

/// The clock's report, which is asked for as `%e %U %S %M`; a line about the exit code may stand before it.
fn parse(report: &str) -> Option<Sample> {
    let mut fields = report.lines().next_back()?.split_whitespace();
    let mut number = || fields.next()?.parse::<f64>().ok();
    let (wall, user, system) = (number()?, number()?, number()?);
    let peak = fields.next()?.parse().ok()?;
    fields.next().is_none().then_some(Sample { wall, cpu: user + system, peak })
}

/// Lets a command read nothing and say everything to a file.
pub fn quiet<'a>(command: &'a mut Command, log: &Path) -> Result<&'a mut Command> {
    let create = || format!("creating {}", log.display());
    let out = File::create(log).context(create)?;
    let errors = out.try_clone().context(create)?;
    Ok(command.stdin(Stdio::null()).stdout(out).stderr(errors))
}

/// Runs a command; `None` when it was not ready after `limit` seconds.
pub fn run(task: &Command, limit: Option<u32>) -> Result<Option<Sample>> {
    let report = place::build_dir("bench").join("time");
    place::write(&report, b"")?;
    let mut time = Command::new("/usr/bin/time");
    time.arg("-o").arg(&report).args(["-f", "%e %U %S %M"]);
    if let Some(limit) = limit {
        time.args(["timeout", &limit.to_string()]);
    }
    time.arg(task.get_program()).args(task.get_args());
    if let Some(folder) = task.get_current_dir() {
        time.current_dir(folder);
    }
    // Into a file: a pipe would stay open as long as a program in the background, such as Wine's server, lives.
    let log = report.with_file_name("log");
    let status = quiet(&mut time, &log)?.status().context(|| format!("starting {time:?}"))?;
    if limit.is_some() && status.code() == Some(TIME_WAS_UP) {
        return Ok(None);
    }
    if !status.success() {
        let program = task.get_program().to_string_lossy();
        let said = String::from_utf8_lossy(&place::read(&log)?).into_owned();
        let line = said.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        return Err(Failure::new(format!("`{program}` ended with {status}: {line}")));
    }
    let text = fs::read_to_string(&report).context(|| format!("reading {}", report.display()))?;
    parse(&text).map(Some).ok_or_else(|| Failure::new(format!("`time` said {text:?}")))
}

#[cfg(test)]
mod tests {
    use super::{Sample, parse};

    #[test]
    fn the_report_of_a_run() {
        assert_eq!(parse("1.50 2.25 0.50 20480\n"), Some(Sample { wall: 1.5, cpu: 2.75, peak: 20480 }));
    }

    #[test]
    fn the_report_of_a_run_that_failed() {
        let report = "Command exited with non-zero status 1\n0.01 0.00 0.01 10716\n";
        assert_eq!(parse(report), Some(Sample { wall: 0.01, cpu: 0.01, peak: 10716 }));
    }

    #[test]
    fn what_is_no_report() {
        for text in ["", "1.0 2.0 3.0\n", "1.0 2.0 x 4\n", "1 2 3 4 5\n", "1 2 3 4.5\n"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
