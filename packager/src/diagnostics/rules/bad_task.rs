//! `bad-task`: a scheduled task that the Task Scheduler does not take, or that hands out the system's rights.

use super::{Context, Finding, Findings, Rule};
use crate::model::{rules, values};
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "bad-task", summary: "a scheduled task that cannot be, or must not be", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    for task in &context.manifest.tasks {
        if let Some(name) = &task.name {
            out.check(name, rules::task_name);
        }
        if let Some(description) = &task.description {
            out.check(description, |text| values::line(text, 1000));
        }
        if let Some(run) = &task.run {
            out.check(run, |text| rules::task_program(&context.names.template(text)?));
        }
        if let Some(every) = &task.every {
            out.check(every, rules::interval);
        }
        if let Some(daily) = &task.daily {
            out.check(daily, rules::time_of_day);
        }
        for minutes in [&task.jitter, &task.limit].into_iter().flatten() {
            out.check(minutes, rules::minutes);
        }
        let flags = [&task.at_boot, &task.at_logon];
        let by_flag = flags.into_iter().flatten().any(|flag| *flag.get_ref());
        if task.every.is_none() && task.daily.is_none() && !by_flag {
            let problem = Problem::new("a task that never runs")
                .help("say when: every = \"4h\", daily = \"03:30\", at-boot = true or at-logon = true");
            out.error(Finding::at(task.span.clone(), problem));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_task() {
        let task = |text: &str| and(&format!("[[task]]\nname = 'Acme\\Update'\nrun = '{{InstallDir}}\\autopcc.exe'\n{text}"));
        error(&task(""), "bad-task", "[[task]]");
        error(&task("every = '10s'"), "bad-task", "every =");
        error(&task("daily = '25:00'"), "bad-task", "daily =");
        error(&task("every = '4h'\njitter = '10s'"), "bad-task", "jitter =");
        let run = |run: &str| and(&format!("[[task]]\nname = 'A'\nevery = '4h'\nrun = '{run}'"));
        for bad in ["C:\\x.exe", "{ProgramData}\\x.exe", "{InstallDir}", "{InstallDir}\\..\\x.exe"] {
            error(&run(bad), "bad-task", "run =");
        }
        let named = |name: &str| and(&format!("[[task]]\nname = '{name}'\nevery = '4h'\nrun = '{{InstallDir}}\\bin\\ctl.exe'"));
        for bad in ["\\A", "A\\", "a:b", "Microsoft\\A", ""] {
            error(&named(bad), "bad-task", "name =");
        }
        fine(&task("every = '4h'\nargs = ['-u', '/quiet']\njitter = '30m'\nas = 'system'"));
    }
}
