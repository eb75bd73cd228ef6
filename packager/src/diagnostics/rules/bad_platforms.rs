//! `bad-platforms`: a single Windows that cannot be told apart is refused, or no Windows is left.

use super::{Context, Finding, Findings, Rule};
use crate::model::{values, windows};
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "bad-platforms", summary: "platforms that cannot be told apart, or none left", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let product = &context.manifest.product;
    let min = product.min.as_ref().and_then(|m| windows::windows(m.get_ref()));
    for name in &product.refuse {
        let Some(version) = windows::windows(name.get_ref()) else { continue };
        if version.0 >= 10 {
            let problem = Problem::new(format!("{} cannot be refused by itself", name.get_ref()))
                .why("all since Windows 10 have the version 10.0; they differ in the build alone")
                .help("say the oldest with `min`, or refuse servers with `server = false`");
            out.error(Finding::at(name.span(), problem));
        } else if min.is_some_and(|min| version < min) {
            let problem = Problem::new(format!("{} is older than `min`", name.get_ref()))
                .help("it is refused already: remove it from `refuse`");
            out.warning(Finding::at(name.span(), problem));
        }
    }
    if let Some(version) = &product.dotnet
        && windows::dotnet(version.get_ref()).is_none()
    {
        let known: Vec<&str> = windows::dotnets().collect();
        let problem = Problem::new(format!("there is no .NET Framework {}", values::short(version.get_ref())))
            .why("those before 4.5 are not found by a number; .NET 5 and later come with the program")
            .help(format!("write one of {}", known.join(", ")));
        out.error(Finding::at(version.span(), problem));
    }
    if let Some(size) = &product.free_space {
        out.check(size, values::free_space);
    }
    if let (Some(server), Some(client)) = (&product.server, &product.client)
        && !server.get_ref()
        && !client.get_ref()
    {
        let problem = Problem::new("neither servers nor clients are accepted").help("accept one of them");
        out.error(Finding::at(server.span(), problem).also(client.span(), "and here"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{error, fine, warning, with};

    #[test]
    fn bad_platforms() {
        let platforms = |text: &str| with("[payload]", &format!("platforms = {{ {text} }}\n[payload]"));
        error(&platforms("refuse = ['windows-11']"), "bad-platforms", "refuse");
        error(&platforms("server = false, client = false"), "bad-platforms", "server");
        warning(&platforms("min = 'windows-7', refuse = ['windows-xp']"), "bad-platforms", "refuse");
        error(&platforms("dotnet = '3.5'"), "bad-platforms", "dotnet");
        error(&platforms("free-space = '0 MB'"), "bad-platforms", "free-space");
        error(&platforms("free-space = '1 TB'"), "bad-platforms", "free-space");
        fine(&platforms("dotnet = '4.7.2', free-space = '500 MB'"));
        fine(&platforms("min = 'windows-7', refuse = ['windows-8'], server = false"));
    }
}
