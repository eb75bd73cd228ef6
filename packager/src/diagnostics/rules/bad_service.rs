//! `bad-service`: a service with a name that cannot be, an account without the password it needs, a password that
//! is no secret, or a dependency on itself or on a service that is not always there.

use packager_shared::path;

use super::bad_group::implies;
use super::{Context, Finding, Findings, Rule};
use crate::manifest::types::{Service, Text};
use crate::model::{conditions, values};
use crate::report::Problem;

pub(super) const RULE: Rule = Rule { name: "bad-service", summary: "a service that cannot be made", check };

/// What is left of a command line beside the program's path ("CreateProcessW" on Microsoft Learn: 32,767 characters).
const LONGEST_ARGUMENTS: usize = 32_000;

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
            always_there(context, out, service, depends);
            if let Some(name) = &service.name
                && path::same(name.get_ref(), depends.get_ref())
            {
                let problem = Problem::new("a service that depends on itself never starts").help("remove it");
                out.error(Finding::at(depends.span(), problem));
            }
        }
        if let Some(arguments) = &service.arguments {
            out.check(arguments, |text| values::line(text, LONGEST_ARGUMENTS));
        }
        if let Some(account) = &service.account {
            out.check(account, |text| account_name(context, text, service.password.is_some()));
        }
        if let Some(password) = &service.password {
            let account = service.account.as_ref().map_or("LocalSystem", |account| account.get_ref().as_str());
            out.check(password, |text| secret(context, text, account));
        }
    }
}

/// A service that another one waits for has to be there whenever that one is.
fn always_there(context: &Context<'_>, out: &mut Findings<'_>, service: &Service, depends: &Text) {
    let named = |other: &&Service| other.name.as_ref().is_some_and(|name| path::same(name.get_ref(), depends.get_ref()));
    let Some(other) = context.manifest.services.iter().find(named) else { return };
    let Some(place) = &other.when else { return };
    let parse = |when: &Text| conditions::parse(when.get_ref(), &context.names).ok();
    let Some(wanted) = parse(place) else { return };
    // What cannot be read is another rule's.
    let fits = service.when.as_ref().is_some_and(|when| parse(when).is_none_or(|holds| implies(&holds, &wanted)));
    if !fits {
        let problem = Problem::new(format!("the service {} is not always there", values::short(depends.get_ref())))
            .why("without it, what depends on it does not start (ERROR_SERVICE_DEPENDENCY_DELETED)")
            .help(format!("write here, too: when = \"{}\"", place.get_ref()));
        out.warning(Finding::at(depends.span(), problem).also(place.span(), "it hangs on this"));
    }
}

/// "CreateServiceW" on Microsoft Learn: up to 256 characters, no slashes.
pub(super) fn service_name(name: &str) -> Result<(), Problem> {
    if name.contains(['/', '\\', '"']) {
        return Err(Problem::new(format!("`{}` is no service name", values::short(name)))
            .why("a service's name has no slashes, backslashes or quotes")
            .help("write the key name, such as AcmeAgent"));
    }
    values::shown(name, 256)
}

/// Whether Windows needs no password for an account: built-in ones, virtual ones, managed ones.
fn needs_no_password(account: &str) -> bool {
    const BUILT_IN: [&str; 6] = [
        "localsystem",
        "nt authority\\system",
        "nt authority\\localservice",
        "nt authority\\networkservice",
        "nt authority\\local service",
        "nt authority\\network service",
    ];
    let lower = account.to_ascii_lowercase();
    BUILT_IN.contains(&lower.as_str()) || lower.starts_with("nt service\\") || lower.ends_with('$')
}

/// "CreateServiceW" on Microsoft Learn: `domain\user`, `.\user`, or one of the built-in names.
fn account_name(context: &Context<'_>, account: &str, password: bool) -> Result<(), Problem> {
    // What cannot be read is another rule's; what a setting names is known when it is installed.
    let Ok(template) = context.names.template(account) else { return Ok(()) };
    if template.settings().next().is_some() || needs_no_password(account) {
        return Ok(());
    }
    let help = match account.to_ascii_lowercase().as_str() {
        "localservice" | "networkservice" => format!("write 'NT AUTHORITY\\{account}'"),
        "system" => "write LocalSystem".into(),
        _ if password && account.contains(['\\', '@']) => return Ok(()),
        _ if password => format!("write '.\\{account}' for an account of the machine, or 'DOMAIN\\{account}'"),
        _ => "say which secret setting has it with `password`, or use LocalSystem, 'NT AUTHORITY\\LocalService', \
              'NT SERVICE\\name' or a managed account"
            .into(),
    };
    let short = values::short(account);
    Err(if password {
        Problem::new(format!("`{short}` names no account of a service"))
            .why("Windows wants a domain or a dot before the name")
            .help(help)
    } else {
        Problem::new(format!("the account `{short}` needs a password"))
            .why("Windows logs the service on with it")
            .help(help)
    })
}

/// A password has to be a secret setting, and an account that can have one.
fn secret(context: &Context<'_>, text: &str, account: &str) -> Result<(), Problem> {
    let name = values::setting_name(text);
    let Some(setting) = context.manifest.settings.iter().find(|s| s.name.get_ref() == name) else {
        return Err(Problem::new(format!("`{}` is no setting", values::short(name)))
            .why("a password that stands in a package can be read by everyone who has it")
            .help("name a setting with secret = true, such as SERVICE_PASSWORD"));
    };
    if !setting.secret.as_ref().is_some_and(|secret| *secret.get_ref()) {
        return Err(Problem::new(format!("the setting `{name}` is not secret"))
            .why("it would stand in logs and where every user can read it")
            .help(format!("write secret = true under [setting.{name}]")));
    }
    if needs_no_password(account) {
        return Err(Problem::new(format!("the account `{}` has no password", values::short(account)))
            .why("Windows knows built-in, virtual and managed accounts without one")
            .help("remove `password`, or name the account it belongs to"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, and, error, fine, warning};

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
        error(&service("A", "account = '{X}'"), "bad-template", "account");
        error(&service("A", "account = 'ACME\\bob'\npassword = 'hunter2'"), "bad-service", "password");
        let open = "account = 'ACME\\bob'\npassword = '{P}'\n[setting.P]\nmatches = '.'";
        error(&service("A", open), "bad-service", "password");
        let found = |more: &str| {
            let manifest = service("A", &format!("{more}\n[setting.P]\nsecret = true\n[setting.U]"));
            let found = Case::new().run(&manifest);
            found.iter().filter(|d| d.name == "bad-service").count()
        };
        assert_eq!(found("account = 'ACME\\bob'\npassword = 'P'"), 0);
        assert_eq!(found("account = '{U}'\npassword = '{P}'"), 0);
        assert_eq!(found("account = 'bob'\npassword = 'P'"), 1);
        assert_eq!(found("password = 'P'"), 1);
        assert_eq!(found("account = 'ACME\\gmsa$'\npassword = 'P'"), 1);
        error(&service("A", &format!("arguments = '{}'", "x".repeat(32_001))), "bad-service", "arguments");
        let two = |when: &str| {
            let other = "[[service]]\nname = 'B'\nexe = 'bin\\ctl.exe'\nwhen = 'S'\n[setting.S]\n[setting.T]";
            service("A", &format!("depends = ['b']\n{when}\n{other}"))
        };
        warning(&two(""), "bad-service", "depends");
        warning(&two("when = 'T'"), "bad-service", "depends");
        fine(&two("when = 'S'"));
        fine(&two("when = 'T AND S'"));
        fine(&service("A", "account = 'NT AUTHORITY\\LocalService'\ndepends = ['Tcpip']"));
    }
}
