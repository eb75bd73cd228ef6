//! `bad-firewall`: a firewall rule that Windows does not take, or that would do something else.

use packager_shared::template::Part;

use super::{Context, Finding, Findings, Rule};
use crate::manifest::types::{Firewall, Text, Traffic};
use crate::model::{rules, values};
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "bad-firewall", summary: "a firewall rule that Windows does not take", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    for rule in &context.manifest.firewall {
        if let Some(name) = &rule.name {
            out.check(name, rules::firewall_name);
        }
        if let Some(description) = &rule.description {
            out.check(description, |text| values::line(text, 1000));
        }
        if let Some(service) = &rule.service {
            out.check(service, super::bad_service::service_name);
        }
        match (&rule.allow, &rule.block) {
            (Some(traffic), None) | (None, Some(traffic)) => check_traffic(context, out, rule, traffic),
            (given, _) => {
                let what = if given.is_some() { "both `allow` and `block`" } else { "neither `allow` nor `block`" };
                let problem = Problem::new(format!("a firewall rule with {what}"))
                    .help("write one of them: allow = { direction = \"in\", protocol = \"tcp\", ports = \"8443\" }");
                out.error(Finding::at(rule.span.clone(), problem));
            }
        }
    }
}

fn check_traffic(context: &Context<'_>, out: &mut Findings<'_>, rule: &Firewall, traffic: &Traffic) {
    let outbound = traffic.direction.as_ref().is_some_and(|d| d.get_ref() == "out");
    let protocol = traffic.protocol.as_ref().map_or("any", |p| p.get_ref().as_str());
    let literal = |text: &Text| match context.names.template(text.get_ref()) {
        Ok(template) => !template.0.iter().any(|part| !matches!(part, Part::Text(_))),
        Err(_) => false,
    };
    for ports in [&traffic.ports, &traffic.remote_ports].into_iter().flatten() {
        if protocol == "any" {
            let problem = Problem::new("ports without a protocol")
                .why("Windows takes ports for TCP and UDP alone")
                .help("add protocol = \"tcp\" or \"udp\"");
            out.error(Finding::at(ports.span(), problem));
        } else if literal(ports) {
            out.check(ports, rules::ports);
        }
    }
    if let Some(remote) = traffic.remote.as_ref().filter(|remote| literal(remote)) {
        out.check(remote, rules::addresses);
    }
    if let Some(edge) = rule.edge.as_ref().filter(|edge| outbound && *edge.get_ref()) {
        let problem = Problem::new("edge traversal of outbound traffic")
            .why("it is about connections that come in through NAT")
            .help("remove `edge`");
        out.error(Finding::at(edge.span(), problem));
    }
    let everything = [&traffic.ports, &traffic.remote_ports, &traffic.remote].iter().all(|at| at.is_none());
    if rule.program.is_none() && rule.service.is_none() && everything {
        let problem = Problem::new("a firewall rule for every program and all traffic")
            .why("it would open, or close, the machine as a whole")
            .help("name the program, the ports or the addresses it is for");
        out.error(Finding::at(traffic.span.clone(), problem));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_firewall() {
        let rule = |text: &str| and(&format!("[[firewall]]\nname = 'Agent'\nprogram = 'bin\\agent.exe'\n{text}"));
        error(&rule(""), "bad-firewall", "[[firewall]]");
        error(&rule("service = 'a/b'\nallow = {}"), "bad-firewall", "service =");
        error(&rule("allow = {}\nblock = {}"), "bad-firewall", "[[firewall]]");
        error(&rule("allow = { ports = '80' }"), "bad-firewall", "allow");
        error(&rule("allow = { protocol = 'tcp', ports = '80-70' }"), "bad-firewall", "allow");
        error(&rule("allow = { remote = 'example.com' }"), "bad-firewall", "allow");
        error(&rule("allow = { direction = 'out' }\nedge = true"), "bad-firewall", "edge");
        error(&and("[[firewall]]\nname = 'All'\nallow = { remote = '10.0.0.1' }"), "bad-firewall", "name =");
        error(&and("[[firewall]]\nname = 'A'\nallow = { direction = 'in' }"), "bad-firewall", "allow");
        error(&and("[[firewall]]\nname = 'A'\nprogram = 'x.exe'\nallow = {}"), "bad-program", "program =");
        fine(&rule("allow = { protocol = 'tcp', ports = '8443', remote = '10.0.0.0/8' }\nprofiles = ['domain']"));
        fine(&rule("block = { direction = 'out' }"));
    }
}
