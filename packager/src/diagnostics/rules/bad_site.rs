//! `bad-site`: a site names a setting that does not exist or is secret, or a value that the setting does not accept.

use packager_shared::path;

use super::{Context, Finding, Findings, Rule, bad_setting_value};
use crate::diagnostics::suggest::closest;
use crate::model::values;
use crate::report::Problem;

pub(super) const RULE: Rule = Rule { name: "bad-site", summary: "a site that no package can be made for", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let settings = &context.manifest.settings;
    for site in &context.manifest.sites {
        out.check(&site.name, |name| {
            if path::same(name, "all") {
                return Err(Problem::new("a site cannot be called `all`")
                    .why("`packager build --site all` means every site")
                    .help("choose another name"));
            }
            values::slug(name).map_err(|p| Problem { message: format!("the site's name: {}", p.message), ..p })
        });
        for (name, value) in &site.values {
            if let Some(setting) = settings.iter().find(|s| s.name.get_ref() == name.get_ref()) {
                bad_setting_value::accepts(setting, value, out);
                if setting.secret.as_ref().is_some_and(|flag| *flag.get_ref()) {
                    let problem = Problem::new(format!("a site cannot set the secret {}", values::short(name.get_ref())))
                        .why("anybody who can read the site's transform or the setup program could read it there")
                        .help("give it on the command line of each installation");
                    out.error(Finding::at(name.span(), problem));
                }
                if value.get_ref().is_empty() && setting.required.as_ref().is_some_and(|flag| *flag.get_ref()) {
                    let problem = Problem::new(format!("a site cannot clear {}", values::short(name.get_ref())))
                        .why("it is `required`: every installation of the site would be refused")
                        .help("name a value, or leave the setting out of the site");
                    out.error(Finding::at(value.span(), problem));
                }
                continue;
            }
            let help = match closest(name.get_ref(), settings.iter().map(|s| s.name.get_ref().as_str())) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("declare it: [setting.{}]", values::short(name.get_ref())),
            };
            let problem = Problem::new(format!("there is no setting {}", values::short(name.get_ref())));
            out.error(Finding::at(name.span(), problem.help(help)));
        }
    }
    for (n, site) in context.manifest.sites.iter().enumerate() {
        let before = context.manifest.sites.iter().take(n);
        if let Some(other) = before.into_iter().find(|s| path::same(s.name.get_ref(), site.name.get_ref())) {
            let problem = Problem::new(format!("two sites differ in case alone: {}", values::short(site.name.get_ref())))
                .why("their files would have one name on Windows")
                .help("rename one of them");
            out.error(Finding::at(site.name.span(), problem).also(other.name.span(), "the other"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, and, error, fine};

    #[test]
    fn bad_site() {
        let site = |text: &str| and(&format!("[setting.GROUP]\nallowed = ['a', 'b']\ndefault = 'a'\n[site.{text}"));
        error(&site("paris]\nGROP = 'a'"), "bad-site", "GROP");
        error(&site("paris]\nGROUP = 'c'"), "bad-site", "GROUP = 'c'");
        error(&site("'a/b']\nGROUP = 'b'"), "bad-site", "[site.");
        error(&site("paris]\n[site.Paris]"), "bad-site", "[site.Paris]");
        let found = Case::new().run(&and("[setting.A]\nsecret = true\n[site.paris]\nA = 'x'"));
        assert!(found.iter().any(|d| d.name == "bad-site" && d.message.contains("the secret A")), "{found:#?}");
        error(&and("[setting.A]\nrequired = true\n[site.paris]\nA = ''"), "bad-site", "A = ''");
        error(&site("all]\nGROUP = 'b'"), "bad-site", "[site.");
        fine(&and("[setting.A]\n[site.paris]\nA = ''"));
        fine(&site("paris]\nGROUP = 'b'"));
    }
}
