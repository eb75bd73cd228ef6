//! `[[service]]`: services, in the order in which they can start.

use packager_shared::path;
use packager_shared::plan::{ErrorControl, Op, Recovery, Run, Service, Start};
use packager_shared::template::{Part, Template};

use super::{template, text};
use crate::manifest::types::{self, Manifest};
use crate::model::places::Names;
use crate::model::values;

/// The services: each after those of them that it depends on.
pub(super) fn services(manifest: &Manifest, names: &Names) -> Option<Vec<Op>> {
    let mut rest =
        manifest.services.iter().map(|s| Some((service(s, names)?, &s.when))).collect::<Option<Vec<_>>>()?;
    let mut sorted: Vec<Op> = Vec::with_capacity(rest.len());
    while !rest.is_empty() {
        let waits = |service: &Service| {
            rest.iter().any(|(other, _)| service.depends.iter().any(|name| path::same(name, &other.name)))
        };
        // Services that wait for each other are an error of their own.
        let next = rest.iter().position(|(service, _)| !waits(service))?;
        let (service, when) = rest.remove(next);
        sorted.push(super::when::op(when, names, Op::Service(service))?);
    }
    Some(sorted)
}

fn service(service: &types::Service, names: &Names) -> Option<Service> {
    let name = text(&service.name)?;
    let account = match &service.account {
        Some(account) => Some(names.template(account.get_ref()).ok()?),
        None => None,
    };
    Some(Service {
        display: text(&service.display).unwrap_or_else(|| name.clone()),
        description: text(&service.description),
        exe: values::below_install_dir(service.exe.as_ref()?.get_ref()).ok()?,
        arguments: template(&service.arguments, names)?,
        start: match service.start.as_ref().map(|s| s.get_ref().as_str()) {
            None | Some("auto") => Start::Auto,
            Some("auto-delayed") => Start::AutoDelayed,
            Some("demand") => Start::Demand,
            Some("disabled") => Start::Disabled,
            Some(_) => return None,
        },
        account: account.filter(|account| !is_local_system(account)),
        password: service.password.as_ref().map(|p| values::setting_name(p.get_ref()).to_owned()),
        error_control: match service.error_control.as_ref().map(|e| e.get_ref().as_str()) {
            None | Some("normal") => ErrorControl::Normal,
            Some("ignore") => ErrorControl::Ignore,
            Some("critical") => ErrorControl::Critical,
            Some(_) => return None,
        },
        recovery: match &service.recovery {
            Some(recovery) => Some(self::recovery(recovery)?),
            None => None,
        },
        preshutdown_ms: match &service.preshutdown {
            Some(text) => Some(values::wait(text.get_ref()).ok()?),
            None => None,
        },
        depends: service.depends.iter().map(|d| d.get_ref().clone()).collect(),
        run: match service.run.as_ref().map(|s| s.get_ref().as_str()) {
            None | Some("always") => Run::Always,
            Some("if-it-ran") => Run::IfItRan,
            Some("never") => Run::Never,
            Some(_) => return None,
        },
        name,
    })
}

fn is_local_system(account: &Template) -> bool {
    matches!(account.0.as_slice(), [Part::Text(name)] if name.eq_ignore_ascii_case("LocalSystem"))
}

/// What happens when a service fails, with what the manifest leaves out.
pub fn recovery(recovery: &types::Recovery) -> Option<Recovery> {
    let time = |at: &Option<types::Text>, default: u64| match at {
        Some(text) => values::duration(text.get_ref()).ok(),
        None => Some(default),
    };
    Some(Recovery {
        restart_after_ms: u32::try_from(time(&recovery.restart_after, 60_000)?).ok()?,
        attempts: recovery.attempts.as_ref().map_or(3, |n| *n.get_ref()),
        reset_after_s: u32::try_from(time(&recovery.reset_after, 86_400_000)? / 1000).ok()?,
        also_on_error_exit: recovery.also_on_error_exit.as_ref().is_some_and(|f| *f.get_ref()),
    })
}
