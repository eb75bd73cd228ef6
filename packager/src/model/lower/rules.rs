//! `[[firewall]]` and `[[task]]`.

use packager_shared::plan::{FirewallRule, Op, Protocol, Task, TaskAccount, Trigger, profile};
use packager_shared::quote;
use packager_shared::template::{Dir, Part, Template};

use super::{template, text};
use crate::manifest::types::{self, Manifest};
use crate::model::places::Names;
use crate::model::{rules, values};

/// Minutes after which an update is ended that hangs; the next one begins where it stood.
const UPDATE_LIMIT: u32 = 12 * 60;

/// A firewall rule.
pub fn firewall(rule: &types::Firewall, names: &Names) -> Option<Op> {
    let (traffic, block) = match (&rule.allow, &rule.block) {
        (Some(traffic), None) => (traffic, false),
        (None, Some(traffic)) => (traffic, true),
        _ => return None,
    };
    let mut profiles = 0;
    for name in &rule.profiles {
        profiles |= match name.get_ref().as_str() {
            "domain" => profile::DOMAIN,
            "private" => profile::PRIVATE,
            "public" => profile::PUBLIC,
            _ => return None,
        };
    }
    Some(Op::Firewall(FirewallRule {
        name: text(&rule.name)?,
        description: text(&rule.description).unwrap_or_default(),
        program: match &rule.program {
            Some(program) => Some(values::below_install_dir(program.get_ref()).ok()?),
            None => None,
        },
        service: text(&rule.service),
        outbound: text(&traffic.direction).as_deref() == Some("out"),
        block,
        protocol: match text(&traffic.protocol).as_deref() {
            None | Some("any") => Protocol::Any,
            Some("tcp") => Protocol::Tcp,
            Some("udp") => Protocol::Udp,
            Some(_) => return None,
        },
        ports: template(&traffic.ports, names)?,
        remote_ports: template(&traffic.remote_ports, names)?,
        remote: template(&traffic.remote, names)?,
        profiles: if profiles == 0 { profile::ALL } else { profiles },
        edge: rule.edge.as_ref().is_some_and(|edge| *edge.get_ref()),
    }))
}

/// A scheduled task.
pub fn task(task: &types::Task, names: &Names) -> Option<Op> {
    let flag = |at: &Option<serde_spanned::Spanned<bool>>| at.as_ref().is_some_and(|flag| *flag.get_ref());
    let mut triggers = Vec::new();
    if let Some(every) = &task.every {
        triggers.push(Trigger::Every(rules::interval(every.get_ref()).ok()?));
    }
    if let Some(daily) = &task.daily {
        triggers.push(Trigger::Daily(rules::time_of_day(daily.get_ref()).ok()?));
    }
    if flag(&task.at_boot) {
        triggers.push(Trigger::Boot);
    }
    if flag(&task.at_logon) {
        triggers.push(Trigger::Logon);
    }
    let minutes = |at: &Option<types::Text>| match at {
        Some(at) => rules::minutes(at.get_ref()).ok(),
        None => Some(0),
    };
    let program = names.template(task.run.as_ref()?.get_ref()).ok()?;
    rules::task_program(&program).ok()?;
    Some(Op::Task(Task {
        name: text(&task.name)?,
        description: text(&task.description).unwrap_or_default(),
        program,
        args: match task.args.as_slice() {
            [one] => names.template(one.get_ref()).ok()?,
            many => joined(&super::all(many, |arg| names.template(arg.get_ref()).ok())?),
        },
        triggers,
        jitter_minutes: minutes(&task.jitter)?,
        account: match task.account.as_ref().map(|a| a.get_ref().as_str()) {
            None | Some("system") => TaskAccount::System,
            Some("local-service") => TaskAccount::LocalService,
            Some("network-service") => TaskAccount::NetworkService,
            Some("users") => TaskAccount::Users,
            Some(_) => return None,
        },
        limit_minutes: minutes(&task.limit)?,
    }))
}

/// The task of `[bootstrap] update-every`: the installed bootstrap brings the machine to the release of its share, with
/// the rights of the system, whoever is logged on. Its name has to be legal and the product's own: it is the id's.
pub fn update_task(manifest: &Manifest) -> Option<Option<Op>> {
    let Some(every) = &manifest.bootstrap.update_every else { return Some(None) };
    let minutes = rules::interval(every.get_ref()).ok()?;
    let name = super::bootstrap_name(&manifest.bootstrap);
    Some(Some(Op::Task(Task {
        name: rules::update_task_name(text(&manifest.product.id)?.as_str()),
        description: format!("Brings {} to the release that its share offers", text(&manifest.product.name)?),
        program: Template(vec![Part::Dir(Dir::InstallDir), Part::Text(name)]),
        args: Template(vec![Part::Text("-u /quiet".into())]),
        triggers: vec![Trigger::Every(minutes)],
        // Otherwise all machines would ask the server in the same minute.
        jitter_minutes: (minutes / 4).min(60),
        account: TaskAccount::System,
        limit_minutes: UPDATE_LIMIT,
    })))
}

/// Arguments as a command line: those that are known only on the target stand in quotes.
fn joined(args: &[Template]) -> Template {
    let mut parts: Vec<Part> = Vec::new();
    let mut literal = String::new();
    for arg in args {
        match arg.0.as_slice() {
            [] => quote::push(&mut literal, ""),
            [Part::Text(text)] => quote::push(&mut literal, text),
            [Part::Optional(name, before, after)] => {
                if !literal.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut literal)));
                }
                let (before, after) = (before.replace('"', "\\\""), after.replace('"', "\\\""));
                let space = if parts.is_empty() { "" } else { " " };
                parts.push(Part::Optional(name.clone(), format!("{space}\"{before}"), format!("{after}\"")));
            }
            known_later => {
                literal.push_str(if literal.is_empty() && parts.is_empty() { "\"" } else { " \"" });
                for part in known_later {
                    match part {
                        Part::Text(text) => literal.push_str(&text.replace('"', "\\\"")),
                        part => {
                            parts.push(Part::Text(std::mem::take(&mut literal)));
                            parts.push(part.clone());
                        }
                    }
                }
                // A folder ends in a backslash, which would take the quote away.
                literal.push_str(if matches!(known_later.last(), Some(Part::Dir(_))) {
                    "\\\""
                } else {
                    "\""
                });
            }
        }
    }
    if !literal.is_empty() {
        parts.push(Part::Text(literal));
    }
    Template(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_quoted_one_by_one() {
        let names = Names { constants: vec![], settings: vec!["URL".into()] };
        let line = |args: &[&str]| {
            let args: Vec<Template> = args.iter().map(|a| names.template(a).expect("parses")).collect();
            joined(&args).expand(&mut |_| Some("C:\\a b".into()), &mut |_| Some("u v".into()))
        };
        assert_eq!(line(&["-u", "a b"]).as_deref(), Some("-u \"a b\""));
        assert_eq!(line(&["-u", "{URL?--url={URL}}"]).as_deref(), Some("-u \"--url=u v\""));
        assert_eq!(line(&["{URL}", "--dir={InstallDir}"]).as_deref(), Some("\"u v\" \"--dir=C:\\a b\\\\\""));
    }
}
