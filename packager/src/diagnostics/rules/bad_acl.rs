//! `bad-acl`: rights that cannot be read, or of a folder that is not the product's alone.

use super::{Context, Finding, Findings, Rule};
use crate::model::acl::{self, Object};
use crate::model::{lower, places, registry};
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
    for declared in &manifest.registry {
        let Some(rights) = &declared.acl else { continue };
        out.check(rights, |text| acl::sddl(text, Object::Key));
        let Some(Ok((root, path))) = declared.key.as_ref().map(|key| registry::key(key.get_ref())) else { continue };
        if registry::is_shared(root, &path) {
            let problem = Problem::new("the rights of a key that belongs to Windows would be changed")
                .why("other programs, and Windows itself, could not read or write below it any more")
                .help("name a key of the product's own, such as 'HKLM\\SOFTWARE\\Manufacturer\\Product'");
            out.error(Finding::at(rights.span(), problem));
        }
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
        let key = |key: &str, acl: &str| and(&format!("[[registry]]\nkey = '{key}'\nacl = '{acl}'"));
        error(&key("HKLM\\SOFTWARE\\A", "D:"), "bad-acl", "acl");
        for shared in [
            "HKLM\\SOFTWARE",
            "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run",
            "HKLM\\SYSTEM\\CurrentControlSet\\Control",
            "HKCR\\CLSID",
        ] {
            error(&key(shared, "users-read"), "bad-acl", "acl");
        }
        let files = |acl: &str| with("[bootstrap]", &format!("[[payload.rights]]\nfiles = ['conf/*']\nacl = '{acl}'\n[bootstrap]"));
        error(&files("none"), "bad-acl", "acl");
        fine(&files("users-modify"));
        fine(&directory("{ProgramData}\\A\\B", "admins-and-system"));
        fine(&key("HKLM\\SOFTWARE\\A", "users-read"));
    }
}
