//! The command line of the process, split at blanks outside of quotes.

use crate::win32;

/// The arguments, the program's name first.
pub struct Arguments {
    rest: &'static [u16],
}

/// One argument: UTF-16, without the quotes around it.
pub struct Argument(&'static [u16]);

const BLANK: u16 = b' ' as u16;
const QUOTE: u16 = b'"' as u16;

impl Arguments {
    /// Those of this process.
    pub fn of_process() -> Self {
        Self { rest: win32::command_line() }
    }

    /// The line after so many arguments, as it is.
    #[allow(dead_code, reason = "each of the two programs uses a part")]
    pub fn after(mut self, count: usize) -> &'static [u16] {
        for _ in 0..count {
            if self.next().is_none() {
                return &[];
            }
        }
        let start = self.rest.iter().position(|unit| *unit != BLANK).unwrap_or(self.rest.len());
        self.rest.get(start..).unwrap_or_default()
    }
}

impl Iterator for Arguments {
    type Item = Argument;

    fn next(&mut self) -> Option<Argument> {
        let start = self.rest.iter().position(|unit| *unit != BLANK)?;
        let line = self.rest.get(start..)?;
        let mut quoted = false;
        let end = line
            .iter()
            .position(|unit| {
                quoted ^= *unit == QUOTE;
                *unit == BLANK && !quoted
            })
            .unwrap_or(line.len());
        self.rest = line.get(end..)?;
        let argument = line.get(..end)?;
        Some(Argument(
            argument.strip_prefix(&[QUOTE]).and_then(|rest| rest.strip_suffix(&[QUOTE])).unwrap_or(argument),
        ))
    }
}

#[allow(dead_code, reason = "each of the two programs uses a part")]
impl Argument {
    /// Whether it is this ASCII text.
    pub fn is(&self, text: &str) -> bool {
        self.0.iter().copied().eq(text.bytes().map(u16::from))
    }

    /// As it is.
    pub fn text(&self) -> &'static [u16] {
        self.0
    }

    /// As a decimal number.
    pub fn number(&self) -> Option<u32> {
        self.0.iter().try_fold(0u32, |number, unit| {
            let digit = u32::from(*unit).checked_sub(u32::from(b'0')).filter(|digit| *digit < 10)?;
            number.checked_mul(10)?.checked_add(digit)
        })
    }
}
