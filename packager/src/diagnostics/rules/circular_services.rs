//! `circular-services`: services of the product that wait for each other.

use packager_shared::path;

use super::{Context, Finding, Findings, Rule};
use crate::manifest::types::Service;
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "circular-services", summary: "services that wait for each other", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let services = &context.manifest.services;
    let find = |name: &str| {
        services.iter().find(|s| s.name.as_ref().is_some_and(|own| path::same(own.get_ref(), name)))
    };
    for service in services {
        // Each circle is told of once: at the first of its services in the file.
        let Some(way) = circle(service, &find) else { continue };
        if way.iter().any(|other| other.span.start < service.span.start) {
            continue;
        }
        let names: Vec<&str> = way.iter().filter_map(|s| s.name.as_ref().map(|n| n.get_ref().as_str())).collect();
        let first = names.first().copied().unwrap_or_default();
        let problem = Problem::new(format!("services wait for each other: {} → {first}", names.join(" → ")))
            .why("Windows refuses such a dependency (ERROR_CIRCULAR_DEPENDENCY), and none of them would start")
            .help("remove one of the dependencies");
        let at = service.depends.first().map_or_else(|| service.span.clone(), |d| d.span());
        out.error(Finding::at(at, problem));
    }
}

/// The way from a service over its dependencies back to itself, if there is one that is longer than one step.
fn circle<'a>(start: &'a Service, find: &dyn Fn(&str) -> Option<&'a Service>) -> Option<Vec<&'a Service>> {
    let mut ways = vec![vec![start]];
    let mut seen: Vec<usize> = Vec::new();
    while let Some(way) = ways.pop() {
        for next in way.last()?.depends.iter().filter_map(|name| find(name.get_ref())) {
            if next.span == start.span && way.len() > 1 {
                return Some(way);
            }
            if next.span != start.span && !seen.contains(&next.span.start) {
                seen.push(next.span.start);
                let mut longer = way.clone();
                longer.push(next);
                ways.push(longer);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    fn services(depends: &[(&str, &str)]) -> String {
        let one = |(name, on): &(&str, &str)| {
            format!("[[service]]\nname = '{name}'\nexe = 'bin\\agent.exe'\ndepends = [{on}]\n")
        };
        and(&depends.iter().map(one).collect::<String>())
    }

    #[test]
    fn circular_services() {
        error(&services(&[("A", "'b'"), ("B", "'A'")]), "circular-services", "'b'");
        error(&services(&[("A", "'Tcpip', 'B'"), ("B", "'C'"), ("C", "'a'")]), "circular-services", "Tcpip");
        error(&services(&[("X", "'A'"), ("A", "'B'"), ("B", "'A'")]), "circular-services", "'B'");
        fine(&services(&[("A", "'B', 'C'"), ("B", "'C', 'Tcpip'"), ("C", "")]));
    }
}
