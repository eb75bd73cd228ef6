//! `bad-run`: a program that is never run, or whose time makes no sense.

use super::{Context, Finding, Findings, Rule};
use crate::model::values;
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "bad-run", summary: "a program that is run or closed in a way that cannot be", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    for run in &context.manifest.runs {
        if let Some(timeout) = &run.timeout {
            out.check(timeout, some_time);
        }
        // A list without a word; a word that is unknown has been reported.
        if run.at.is_empty()
            && let Some(program) = &run.program
        {
            let problem = Problem::new("the program is never run")
                .why("`at` names no time")
                .help("write at = \"after-install\", or several in a list");
            out.error(Finding::at(program.span(), problem));
        }
        for (place, word) in run.at.iter().enumerate() {
            if run.at.iter().take(place).any(|other| other.get_ref() == word.get_ref()) {
                let problem = Problem::new("it is said twice").help("remove one");
                out.error(Finding::at(word.span(), problem));
            }
        }
    }
    for close in &context.manifest.close {
        if let Some(within) = &close.within {
            out.check(within, values::duration);
        }
    }
}

fn some_time(text: &str) -> Result<(), Problem> {
    match values::duration(text)? {
        0 => Err(Problem::new("no program ends in no time").help("write how long it may take, such as 60s")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_run() {
        let run = |more: &str| and(&format!("[[run]]\nprogram = 'bin\\ctl.exe'\n{more}"));
        error(&run("at = []"), "bad-run", "program");
        error(&run("at = 'after-install'\nwhen = 'GROUP ='"), "bad-condition", "when");
        error(&run("at = ['after-install', 'after-install']"), "bad-run", "at =");
        for bad in ["soon", "0s", "100d", ""] {
            error(&run(&format!("at = 'after-install'\ntimeout = '{bad}'")), "bad-run", "timeout");
        }
        let close = |within: &str| and(&format!("[[close]]\nprogram = 'bin\\ctl.exe'\nwithin = '{within}'"));
        error(&close("later"), "bad-run", "within");
        fine(&close("0s"));
        fine(&run(
            "at = ['after-install', 'before-uninstall']\nargs = ['a b']\nundo = []\ntimeout = '5m'\n\
             success = [0, 3010]\non-failure = 'continue'",
        ));
    }
}
