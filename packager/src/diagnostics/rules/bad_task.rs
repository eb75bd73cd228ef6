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
    update(context, out);
}

/// `[bootstrap] update-every`
fn update(context: &Context<'_>, out: &mut Findings<'_>) {
    let manifest = context.manifest;
    let Some(every) = &manifest.bootstrap.update_every else { return };
    out.check(every, rules::interval);
    if manifest.bootstrap.sources.is_empty() {
        let problem = Problem::new("`update-every` without `sources`")
            .why("the installed copy looks for releases in its sources alone")
            .help("name the share: sources = ['\\\\server\\share']");
        out.error(Finding::at(every.span(), problem));
    }
    let id = manifest.product.id.as_ref().map_or("", |id| id.get_ref());
    let own = rules::update_task_name(id);
    let mut names = manifest.tasks.iter().filter_map(|task| task.name.as_ref());
    if let Some(name) = names.find(|name| name.get_ref().eq_ignore_ascii_case(&own)) {
        let problem = Problem::new(format!("`{own}` is the name of the task that `update-every` makes"))
            .help("give this task another name, or remove one of the two");
        out.error(Finding::at(name.span(), problem));
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
        let update = |every: &str| and("").replace("[bootstrap]", &format!("[bootstrap]\nupdate-every = '{every}'"));
        let sources = |every: &str| update(every).replace("[bootstrap]", "[bootstrap]\nsources = ['\\\\s\\x']");
        fine(&sources("4h"));
        error(&update("4h"), "bad-task", "update-every");
        for bad in ["10s", "0h", "32d", "often"] {
            error(&sources(bad), "bad-task", "update-every");
        }
        let same = "[[task]]\nname = 'com.example.agent UPDATE'\nevery = '4h'\nrun = '{InstallDir}\\bin\\ctl.exe'";
        error(&format!("{}\n{same}", sources("4h")), "bad-task", "name = 'com.example.agent UPDATE'");
    }
}
