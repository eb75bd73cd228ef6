//! What passed and what failed, over all runs.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::failure::{Context, Failure, Result};

/// A count over all parts.
#[derive(Default)]
pub struct Tally {
    passed: usize,
    failed: usize,
    failures: Vec<String>,
}

impl Tally {
    /// Does one thing that passes or fails as a whole. Returns whether it passed.
    pub fn step(&mut self, name: &str, work: impl FnOnce() -> Result<()>) -> bool {
        match work() {
            Ok(()) => {
                println!("{name} ... ok");
                self.passed += 1;
                true
            }
            Err(failure) => {
                println!("{name} ... FAILED\n{failure}");
                self.failed += 1;
                self.failures.push(name.to_owned());
                false
            }
        }
    }

    /// Runs `cargo test`, shows what it says, and counts.
    pub fn tests(&mut self, name: &str, command: &mut Command) {
        let before = self.failed;
        let status = self.follow(command);
        match status {
            Ok(true) => {}
            // Tests that do not compile or die are in no summary.
            Ok(false) if self.failed > before => self.failures.push(name.to_owned()),
            Ok(false) => {
                self.failed += 1;
                self.failures.push(format!("{name} (they did not run to their end)"));
            }
            Err(failure) => {
                println!("{failure}");
                self.failed += 1;
                self.failures.push(name.to_owned());
            }
        }
    }

    fn follow(&mut self, command: &mut Command) -> Result<bool> {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .context(|| format!("starting {:?}", command.get_program()))?;
        let output = child.stdout.take().ok_or_else(|| Failure::new("a child without output"))?;
        for line in BufReader::new(output).split(b'\n') {
            let line = line.context(|| "reading what the tests say".to_owned())?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            if let Some((passed, failed)) = summary(&line) {
                self.passed += passed;
                self.failed += failed;
            }
        }
        Ok(child.wait().context(|| "waiting for the tests".to_owned())?.success())
    }

    /// The last line.
    pub fn finish(self) -> Result<()> {
        if !self.failures.is_empty() {
            println!("failed: {}", self.failures.join(", "));
        }
        println!("{} passed, {} failed", self.passed, self.failed);
        // The last line is said; the exit code says the rest.
        if self.failed > 0 {
            std::process::exit(1)
        }
        Ok(())
    }
}

/// The numbers in a line like `test result: ok. 12 passed; 0 failed; 0 ignored; …`.
fn summary(line: &str) -> Option<(usize, usize)> {
    let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
    let number = |unit: &str| {
        counts.split(';').find_map(|part| part.trim().strip_suffix(unit)?.trim().parse::<usize>().ok())
    };
    Some((number("passed")?, number("failed")?))
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn a_summary_of_the_test_runner_is_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 0 ignored; 0 measured; 7 filtered out; finished in 0.00s";
        assert_eq!(summary(line), Some((12, 3)));
    }

    #[test]
    fn other_lines_are_not_counted() {
        assert_eq!(summary("test parity ... ok"), None);
        assert_eq!(summary("test result: "), None);
    }
}
