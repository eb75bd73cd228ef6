//! `bad-recovery`: times after a service's failure, or before a shutdown, that Windows cannot keep to.

use super::{Context, Finding, Findings, Rule};
use crate::model::values;
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "bad-recovery", summary: "times of a service that Windows cannot keep to", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    for service in &context.manifest.services {
        if let Some(preshutdown) = &service.preshutdown {
            out.check(preshutdown, values::wait);
        }
        let Some(recovery) = &service.recovery else { continue };
        let mut time = |at: &Option<crate::manifest::types::Text>, default: u64| match at {
            Some(text) => {
                out.check(text, values::duration);
                values::duration(text.get_ref()).ok()
            }
            None => Some(default),
        };
        let restart = time(&recovery.restart_after, 60_000);
        let reset = time(&recovery.reset_after, 86_400_000);
        let (Some(restart), Some(reset)) = (restart, reset) else { continue };
        let span = recovery.reset_after.as_ref().map_or_else(|| recovery.span.clone(), |t| t.span());
        // Windows keeps it in whole seconds ("SERVICE_FAILURE_ACTIONSW" on Microsoft Learn).
        if !reset.is_multiple_of(1_000) {
            let problem = Problem::new("`reset-after` is not a whole number of seconds")
                .why("Windows counts it in seconds")
                .help("write seconds, minutes, hours or days, such as 1d");
            out.error(Finding::at(span, problem));
        } else if reset <= restart {
            let problem = Problem::new("failures would be forgotten before the service is started again")
                .why("each failure would be the first one: the service would be started again without end")
                .help("let `reset-after` be longer than `restart-after`, such as 1d");
            out.error(Finding::at(span, problem));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_recovery() {
        let service = |more: &str| and(&format!("[[service]]\nname = 'A'\nexe = 'bin\\agent.exe'\n{more}"));
        for bad in [
            "{ restart-after = 'soon' }",
            "{ reset-after = '1' }",
            "{ reset-after = '1500ms' }",
            "{ restart-after = '2h', reset-after = '1h' }",
            "{ restart-after = '2d' }",
        ] {
            error(&service(&format!("recovery = {bad}")), "bad-recovery", "recovery");
        }
        error(&service("preshutdown = '10ms'"), "bad-recovery", "preshutdown");
        error(&service("preshutdown = 'long'"), "bad-recovery", "preshutdown");
        fine(&service("preshutdown = '30s'\nrecovery = { restart-after = '0s', attempts = 10, reset-after = '1h' }"));
        fine(&service("recovery = {}"));
    }
}
