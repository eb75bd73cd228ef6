//! A scheduled task as the Task Scheduler takes it.
//!
//! Source: "Task Scheduler Schema" on Microsoft Learn, version 1.2, which Windows Vista brought. What came before has
//! no definition in XML: there `schtasks` gets the first trigger alone.

use alloc::string::String;
use alloc::vec::Vec;

use packager_shared::plan::{Task, TaskAccount, Trigger};
use packager_shared::quote;

use super::Facts;
use crate::System;
use crate::failure::Outcome;
use crate::text;

/// Triggers need a first moment: one that is past.
const START: &str = "2020-01-01T";

/// The definition of a task on this machine: UTF-16 with its mark. XML, or before Windows Vista what stands behind
/// `schtasks /create`.
pub fn definition<S: System>(facts: &Facts<'_>, system: &mut S, task: &Task) -> Outcome<Vec<u8>> {
    let program = facts.expand(system, &task.program)?;
    let arguments = facts.expand(system, &task.args)?;
    let text = match system.machine().version.0 {
        0..6 => legacy(task, &program, &arguments),
        _ => xml(task, &program, &arguments),
    };
    let mut bytes = Vec::from([0xff, 0xfe]);
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    Ok(bytes)
}

fn number(value: u32) -> String {
    text::number(u64::from(value))
}

fn two(value: u16) -> String {
    let mut out = String::from(if value < 10 { "0" } else { "" });
    out.push_str(&number(u32::from(value)));
    out
}

fn clock(minute: u16) -> String {
    text::join(&[&two(minute / 60), ":", &two(minute % 60)])
}

fn element(out: &mut String, name: &str, value: &str) {
    out.push_str(&text::join(&["<", name, ">"]));
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // XML 1.0 has no way to write most of them.
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push_str(&text::join(&["</", name, ">"]));
}

fn trigger(out: &mut String, trigger: Trigger, jitter: u32) {
    let minutes = |count: u32| text::join(&["PT", &number(count), "M"]);
    let (name, start) = match trigger {
        Trigger::Every(_) => ("TimeTrigger", Some(0)),
        Trigger::Daily(minute) => ("CalendarTrigger", Some(minute)),
        Trigger::Boot => ("BootTrigger", None),
        Trigger::Logon => ("LogonTrigger", None),
    };
    out.push_str(&text::join(&["<", name, ">"]));
    if let Trigger::Every(every) = trigger {
        out.push_str("<Repetition>");
        element(out, "Interval", &minutes(every));
        out.push_str("</Repetition>");
    }
    if let Some(minute) = start {
        element(out, "StartBoundary", &text::join(&[START, &clock(minute), ":00"]));
    }
    element(out, "Enabled", "true");
    if jitter > 0 {
        element(out, if start.is_some() { "RandomDelay" } else { "Delay" }, &minutes(jitter));
    }
    if matches!(trigger, Trigger::Daily(_)) {
        out.push_str("<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>");
    }
    out.push_str(&text::join(&["</", name, ">"]));
}

fn xml(task: &Task, program: &str, arguments: &str) -> String {
    let mut out = String::from(concat!(
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n",
        "<Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">",
        "<RegistrationInfo>"
    ));
    if !task.description.is_empty() {
        element(&mut out, "Description", &task.description);
    }
    out.push_str("</RegistrationInfo><Triggers>");
    for one in &task.triggers {
        trigger(&mut out, *one, task.jitter_minutes);
    }
    out.push_str("</Triggers><Principals><Principal id=\"Author\">");
    match task.account {
        TaskAccount::System => element(&mut out, "UserId", "S-1-5-18"),
        TaskAccount::LocalService => element(&mut out, "UserId", "S-1-5-19"),
        TaskAccount::NetworkService => element(&mut out, "UserId", "S-1-5-20"),
        TaskAccount::Users => element(&mut out, "GroupId", "S-1-5-32-545"),
    }
    let highest = task.account == TaskAccount::System;
    element(&mut out, "RunLevel", if highest { "HighestAvailable" } else { "LeastPrivilege" });
    // A laptop on its battery is updated, too, and a missed start is made up for.
    out.push_str(concat!(
        "</Principal></Principals><Settings>",
        "<MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>",
        "<DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>",
        "<StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>",
        "<StartWhenAvailable>true</StartWhenAvailable>",
        "<Enabled>true</Enabled>"
    ));
    let limit = match task.limit_minutes {
        0 => String::from("PT0S"),
        minutes => text::join(&["PT", &number(minutes), "M"]),
    };
    element(&mut out, "ExecutionTimeLimit", &limit);
    out.push_str("</Settings><Actions Context=\"Author\"><Exec>");
    element(&mut out, "Command", program);
    if !arguments.is_empty() {
        element(&mut out, "Arguments", arguments);
    }
    out.push_str("</Exec></Actions></Task>");
    out
}

fn legacy(task: &Task, program: &str, arguments: &str) -> String {
    let mut run = quote::program(program);
    if !arguments.is_empty() {
        run.push(' ');
        run.push_str(arguments);
    }
    let mut line = String::from("/tr ");
    quote::push_quoted(&mut line, &run);
    line.push_str(&match task.triggers.first() {
        Some(Trigger::Every(minutes)) if *minutes < 1440 => {
            text::join(&[" /sc MINUTE /mo ", &number(*minutes)])
        }
        Some(Trigger::Every(minutes)) => text::join(&[" /sc DAILY /mo ", &number(*minutes / 1440)]),
        Some(Trigger::Daily(minute)) => text::join(&[" /sc DAILY /st ", &clock(*minute), ":00"]),
        Some(Trigger::Logon) => String::from(" /sc ONLOGON"),
        Some(Trigger::Boot) | None => String::from(" /sc ONSTART"),
    });
    line.push_str(match task.account {
        TaskAccount::System | TaskAccount::Users => " /ru SYSTEM",
        TaskAccount::LocalService => " /ru \"NT AUTHORITY\\LocalService\"",
        TaskAccount::NetworkService => " /ru \"NT AUTHORITY\\NetworkService\"",
    });
    line
}
