//! A firewall rule as `netsh` takes it. Its words are the same in every language of Windows.
//!
//! Source: "Netsh AdvFirewall Firewall Commands" on Microsoft Learn; before Windows Vista "Netsh Firewall".

use alloc::string::String;

use packager_shared::path;
use packager_shared::plan::{self, Protocol, profile};

use super::Facts;
use crate::System;
use crate::failure::Outcome;
use crate::system::FirewallRule;
use crate::text;

/// Appends ` name="value"`. Values have no quotes: the build refuses them, and what a setting brings loses them.
fn push(line: &mut String, name: &str, value: &str) {
    line.push(' ');
    line.push_str(name);
    line.push_str("=\"");
    line.extend(value.chars().filter(|c| *c != '"' && !c.is_control()));
    line.push('"');
}

/// The rule on this machine.
pub fn rule<S: System>(
    facts: &Facts<'_>,
    system: &mut S,
    rule: &plan::FirewallRule,
) -> Outcome<FirewallRule> {
    let program = rule.program.as_ref().map(|program| path::join(facts.install_dir, program));
    let mut out = FirewallRule {
        name: rule.name.clone(),
        outbound: rule.outbound,
        add: String::new(),
        remove: String::new(),
    };
    if system.machine().version.0 < 6 {
        legacy(&mut out, rule, program.as_deref());
        return Ok(out);
    }
    let direction = if rule.outbound { "out" } else { "in" };
    let mut line = String::from("advfirewall firewall add rule");
    push(&mut line, "name", &rule.name);
    push(&mut line, "dir", direction);
    push(&mut line, "action", if rule.block { "block" } else { "allow" });
    if !rule.description.is_empty() {
        push(&mut line, "description", &rule.description);
    }
    if let Some(program) = &program {
        push(&mut line, "program", program);
    }
    if let Some(service) = &rule.service {
        push(&mut line, "service", service);
    }
    push(
        &mut line,
        "protocol",
        match rule.protocol {
            Protocol::Any => "any",
            Protocol::Tcp => "tcp",
            Protocol::Udp => "udp",
        },
    );
    for (name, template) in
        [("localport", &rule.ports), ("remoteport", &rule.remote_ports), ("remoteip", &rule.remote)]
    {
        let mut value = facts.expand(system, template)?;
        value.retain(|c| !c.is_whitespace());
        if !value.is_empty() {
            push(&mut line, name, &value);
        }
    }
    let mut profiles = String::new();
    for (bit, name) in
        [(profile::DOMAIN, "domain"), (profile::PRIVATE, "private"), (profile::PUBLIC, "public")]
    {
        if rule.profiles & bit != 0 {
            if !profiles.is_empty() {
                profiles.push(',');
            }
            profiles.push_str(name);
        }
    }
    let all = rule.profiles & profile::ALL == profile::ALL;
    push(&mut line, "profile", if all { "any" } else { &profiles });
    if rule.edge && !rule.outbound {
        push(&mut line, "edge", "yes");
    }
    out.add = line;
    out.remove = String::from("advfirewall firewall delete rule");
    push(&mut out.remove, "name", &rule.name);
    push(&mut out.remove, "dir", direction);
    Ok(out)
}

/// All rules of a name and direction, to be removed.
pub fn named(name: &str, outbound: bool) -> FirewallRule {
    let mut remove = String::from("advfirewall firewall delete rule");
    push(&mut remove, "name", name);
    push(&mut remove, "dir", if outbound { "out" } else { "in" });
    FirewallRule { name: String::from(name), outbound, add: String::new(), remove }
}

/// Windows XP and Server 2003 know programs that may listen, and nothing else that a rule says.
fn legacy(out: &mut FirewallRule, rule: &plan::FirewallRule, program: Option<&str>) {
    let Some(program) = program.filter(|_| !rule.outbound && !rule.block) else { return };
    out.add = text::join(&["firewall set allowedprogram"]);
    push(&mut out.add, "program", program);
    push(&mut out.add, "name", &rule.name);
    out.add.push_str(" mode=ENABLE");
    out.remove = text::join(&["firewall delete allowedprogram"]);
    push(&mut out.remove, "program", program);
}
