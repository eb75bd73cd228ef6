//! `bad-acl`: rights that cannot be read, or of a folder that is not the product's alone.

use super::{Context, Finding, Findings, Rule};
use crate::model::acl::{self, Object};
use crate::model::{lower, places};
use crate::report::Problem;

pub(super) const RULE: Rule = Rule { name: "bad-acl", summary: "rights that cannot be set", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let manifest = context.manifest;
    let scope = lower::scope(manifest);
    for directory in &manifest.directories {
        let Some(rights) = &directory.acl else { continue };
        out.check(rights, |text| acl::sddl(text, Object::Directory));
        let path = directory.path.as_ref();
        let Some(Ok(template)) = path.map(|p| places::directory(p.get_ref(), scope, &context.names)) else {
            continue;
        };
        if let Some(whose) = places::shared_with(&template) {
            let problem = Problem::new(format!("the rights of a folder of {whose} would be changed"))
                .why("who else uses it could not get into it any more")
                .help("name a folder of the product's own, such as '{ProgramData}\\Manufacturer\\Product'");
            out.error(Finding::at(rights.span(), problem));
        }
    }
    for rights in manifest.payload.rights.iter().filter_map(|r| r.acl.as_ref()) {
        out.check(rights, |text| acl::sddl(text, Object::File));
    }
    for rights in manifest.registry.iter().filter_map(|r| r.acl.as_ref()) {
        out.check(rights, |text| acl::sddl(text, Object::Key));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine, with};

    #[test]
    fn bad_acl() {
        let directory = |path: &str, acl: &str| and(&format!("[[directory]]\npath = '{path}'\nacl = '{acl}'"));
        for bad in ["admins", "D:(A;;FA;;;Users)", "D:P(A;;FA;;;BA"] {
            error(&directory("{ProgramData}\\A\\B", bad), "bad-acl", "acl");
        }
        for shared in ["{ProgramData}\\Microsoft", "{Windows}\\Temp", "{ProgramFiles}\\Common Files"] {
            error(&directory(shared, "users-read"), "bad-acl", "acl");
        }
        error(&and("[[registry]]\nkey = 'HKLM\\A'\nacl = 'D:'"), "bad-acl", "acl");
        let files = |acl: &str| with("[bootstrap]", &format!("[[payload.rights]]\nfiles = ['conf/*']\nacl = '{acl}'\n[bootstrap]"));
        error(&files("none"), "bad-acl", "acl");
        fine(&files("users-modify"));
        fine(&directory("{ProgramData}\\A\\B", "admins-and-system"));
        fine(&and("[[registry]]\nkey = 'HKLM\\A'\nacl = 'users-read'"));
    }
}
