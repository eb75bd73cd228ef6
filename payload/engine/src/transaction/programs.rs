//! Programs of the payload are run before services stop and after they have started; other programs are closed.

use alloc::string::String;

use packager_shared::exit::Exit;

use super::Transaction;
use super::undo::Undo;
use crate::System;
use crate::acts::program::{Line, Program};
use crate::failure::{Failure, Outcome};
use crate::system::{self, ExitCode};
use crate::text;

/// ERROR_TIMEOUT: the program was ended.
pub const TIMED_OUT: u32 = 1460;

impl<S: System> Transaction<'_, S> {
    /// Runs programs of the version that is there. One that is gone is passed over: it shall go anyway.
    pub fn run_before(&mut self, programs: &[Program]) -> Outcome<()> {
        for program in programs {
            if self.system.stat(&program.path)?.is_none() {
                self.system.log(&text::join(&["not run, because it is not there: ", &program.path]));
                continue;
            }
            self.run_one(program)?;
        }
        Ok(())
    }

    /// Runs programs of the version that was made whole.
    pub fn run_after(&mut self, programs: &[Program]) -> Outcome<()> {
        programs.iter().try_for_each(|program| self.run_one(program))
    }

    fn run_one(&mut self, program: &Program) -> Outcome<()> {
        if let Some(undo) = &program.undo {
            self.will(&[Undo::Run(program.path.clone(), undo.clone(), program.timeout_ms)])?;
        }
        self.count();
        let why = match run(self.system, &program.path, &program.line, program.timeout_ms) {
            Ok(code) if program.success.contains(&code) => return Ok(()),
            Ok(code) => text::join(&["it ended with code ", &text::number(u64::from(code))]),
            Err(error) if error.code == TIMED_OUT => String::from("it took too long and was ended"),
            Err(error) => Failure::from(error).text.clone(),
        };
        let name = program.path.rsplit('\\').next().unwrap_or_default();
        if program.may_fail {
            self.system.log(&text::join(&[name, " failed, which does not matter: ", &why]));
            return Ok(());
        }
        Err(Failure::about(Exit::Failed, &text::join(&[name, " failed"]), &why))
    }

    /// Ends programs of the installed files. There is no way back: nobody knows how they were started.
    pub fn close_programs(&mut self, programs: &[(String, u32)]) -> Outcome<()> {
        for (program, within_ms) in programs {
            if self.system.stat(program)?.is_none() {
                continue;
            }
            match self.system.close_program(program, *within_ms) {
                Ok(0) => {}
                Ok(count) => {
                    let count = text::number(count as u64);
                    self.system.log(&text::join(&["closed ", program, ", processes: ", &count]));
                }
                Err(error) => return Err(Failure::with_exit(Exit::InUse, &error)),
            }
        }
        Ok(())
    }
}

/// Runs a program and logs what is no secret of it.
pub fn run<S: System>(
    system: &mut S,
    program: &str,
    line: &Line,
    timeout_ms: u32,
) -> system::Result<ExitCode> {
    system.log(&text::join(&["running ", program, " ", &line.shown]));
    let start = system.ticks();
    // What was told a secret may print it.
    let ended = system.run_hidden(program, &line.text, timeout_ms, line.text == line.shown);
    let took = text::number(system.ticks().saturating_sub(start));
    let code = match &ended {
        Ok(code) => text::number(u64::from(*code)),
        Err(error) => text::join(&["no code, Windows error ", &text::number(u64::from(error.code))]),
    };
    system.log(&text::join(&["it ended after ", &took, " ms: ", &code]));
    ended
}
