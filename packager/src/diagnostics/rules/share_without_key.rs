//! `share-without-key`: no share is built, because there is no key that clients could trust, or none to sign with.

use super::{Context, Finding, Findings, Rule};
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "share-without-key", summary: "why no share is built", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let bootstrap = &context.manifest.bootstrap;
    let private = bootstrap.private_key_file.as_ref().or(bootstrap.private_key_env.as_ref());
    let help = "`packager keygen` makes a pair; name it with `public-key` and `private-key-file` in [bootstrap]";
    let (span, problem) = match (&bootstrap.public_key, private) {
        (Some(_), Some(_)) => return,
        (Some(public), None) => (
            public.span(),
            Problem::new("no share is built: there is no private key to sign releases with")
                .help("name it with `private-key-file`, or with `private-key-env` on a build machine"),
        ),
        (None, Some(private)) => (
            private.span(),
            Problem::new("no share is built: there is no public key that clients trust").help(help),
        ),
        (None, None) => (
            bootstrap.span.clone().unwrap_or_else(|| context.manifest.product.span.clone()),
            Problem::new("no share is built: there is no key to sign releases with")
                .why("installed machines apply only what is signed with the key they know")
                .help(help),
        ),
    };
    out.warning(Finding::at(span, problem));
}

#[cfg(test)]
mod tests {
    use super::super::testing::{GOOD, warning, with};

    #[test]
    fn share_without_key() {
        warning(&with("public-key = \"release.pub\"\n", ""), "share-without-key", "private-key-file");
        warning(&with("private-key-file = \"release.key\"\n", ""), "share-without-key", "public-key");
        let bare = GOOD.split("[bootstrap]").next().unwrap();
        warning(bare, "share-without-key", "[product]");
    }
}
