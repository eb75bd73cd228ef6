//! `bad-service`: a service with a name that cannot be, an account that needs a password, or a dependency on
//! itself.

use packager_shared::path;

use super::{Context, Finding, Findings, Rule};
use crate::model::values;
use crate::report::Problem;

pub(super) const RULE: Rule = Rule { name: "bad-service", summary: "a service that cannot be made", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    for service in &context.manifest.services {
        if let Some(name) = &service.name {
            out.check(name, service_name);
        }
        if let Some(display) = &service.display {
            out.check(display, |text| values::shown(text, 256));
        }
        if let Some(description) = &service.description {
            out.check(description, |text| values::line(text, 1024));
        }
        for depends in &service.depends {
            out.check(depends, service_name);
            if let Some(name) = &service.name
                && path::same(name.get_ref(), depends.get_ref())
            {
                let problem = Problem::new("a service that depends on itself never starts").help("remove it");
                out.error(Finding::at(depends.span(), problem));
            }
        }
        if let Some(account) = &service.account {
            out.check(account, account_name);
        }
    }
}

/// "CreateServiceW" on Microsoft Learn: up to 256 characters, no slashes.
fn service_name(name: &str) -> Result<(), Problem> {
    if name.contains(['/', '\\', '"']) {
        return Err(Problem::new(format!("`{}` is no service name", values::short(name)))
            .why("a service's name has no slashes, backslashes or quotes")
            .help("write the key name, such as AcmeAgent"));
    }
    values::shown(name, 256)
}

/// Accounts that need no password: the built-in ones, virtual ones, managed ones.
fn account_name(account: &str) -> Result<(), Problem> {
    const BUILT_IN: [&str; 6] = [
        "localsystem",
        "nt authority\\system",
        "nt authority\\localservice",
        "nt authority\\networkservice",
        "nt authority\\local service",
        "nt authority\\network service",
    ];
    let lower = account.to_ascii_lowercase();
    if BUILT_IN.contains(&lower.as_str()) || lower.starts_with("nt service\\") || lower.ends_with('$') {
        return Ok(());
    }
    let help = match lower.as_str() {
        "localservice" | "networkservice" => format!("write 'NT AUTHORITY\\{account}'"),
        "system" => "write LocalSystem".into(),
        _ => "use LocalSystem, 'NT AUTHORITY\\LocalService', 'NT SERVICE\\name' or a managed account".into(),
    };
    Err(Problem::new(format!("the account `{}` needs a password", values::short(account)))
        .why("passwords are not available in this version of packager")
        .help(help))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_service() {
        let service = |name: &str, more: &str| and(&format!("[[service]]\nname = '{name}'\nexe = 'bin\\agent.exe'\n{more}"));
        for bad in ["", "a/b", "a\\b", " a"] {
            error(&service(bad, ""), "bad-service", "name =");
        }
        error(&service("A", "account = 'ACME\\bob'"), "bad-service", "account");
        error(&service("A", "account = 'NetworkService'"), "bad-service", "account");
        error(&service("A", "depends = ['a']"), "bad-service", "depends");
        error(&service("A", "display = ''"), "bad-service", "display");
        fine(&service("A", "account = 'NT AUTHORITY\\LocalService'\ndepends = ['Tcpip']"));
    }
}
