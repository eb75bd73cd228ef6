//! Who may do what: three names, or SDDL.
//!
//! SDDL is checked here, so that a typing error is found when a package is built and not on the first machine
//! ("Security Descriptor String Format", "ACE Strings", "SID Strings" on Microsoft Learn).

use crate::report::Problem;

/// What a security descriptor is for: each has rights of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    /// A folder, and what will be in it.
    Directory,
    /// A file.
    File,
    /// A registry key, and the keys that will be in it.
    Key,
}

/// The named descriptors. All are protected (`P`): what the folder above allows does not count.
///
/// | name | administrators (`BA`) and the system (`SY`) | users (`BU`) |
/// | --- | --- | --- |
/// | `admins-and-system` | everything | nothing |
/// | `users-read` | everything | read, list, run |
/// | `users-modify` | everything | read, write, delete; no change of rights or owner |
///
/// `OICI` and `CI` pass the rights on to what is made in a folder or key.
const NAMED: &[(&str, [&str; 3])] = &[
    (
        "admins-and-system",
        [
            "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)",
            "D:P(A;;FA;;;SY)(A;;FA;;;BA)",
            "D:P(A;CI;KA;;;SY)(A;CI;KA;;;BA)",
        ],
    ),
    (
        "users-read",
        [
            // FILE_GENERIC_READ and FILE_GENERIC_EXECUTE
            "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)",
            "D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x1200a9;;;BU)",
            "D:P(A;CI;KA;;;SY)(A;CI;KA;;;BA)(A;CI;KR;;;BU)",
        ],
    ),
    (
        "users-modify",
        [
            // FILE_GENERIC_READ, _WRITE, _EXECUTE and DELETE
            "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1301bf;;;BU)",
            "D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x1301bf;;;BU)",
            // KEY_READ, KEY_WRITE and DELETE
            "D:P(A;CI;KA;;;SY)(A;CI;KA;;;BA)(A;CI;0x3001f;;;BU)",
        ],
    ),
];

/// Trustees with two letters that every Windows from XP on knows, and those that need a domain.
const TRUSTEES: &[&str] = &[
    "AN", "AO", "AU", "BA", "BG", "BO", "BU", "CA", "CG", "CO", "DA", "DC", "DD", "DG", "DU", "EA", "ED",
    "IU", "LA", "LG", "LS", "LU", "MU", "NO", "NS", "NU", "OW", "PA", "PO", "PS", "PU", "RC", "RD", "RE",
    "RS", "RU", "SA", "SO", "SU", "SY", "WD",
];
const RIGHTS: &[&str] = &[
    "GA", "GR", "GW", "GX", "RC", "SD", "WD", "WO", "RP", "WP", "CC", "DC", "LC", "SW", "LO", "DT", "CR",
    "FA", "FR", "FW", "FX", "KA", "KR", "KW", "KX",
];
const ACE_FLAGS: &[&str] = &["CI", "OI", "NP", "IO", "ID"];

/// The SDDL of a name, or SDDL itself when nothing is wrong with it.
pub fn sddl(text: &str, object: Object) -> Result<String, Problem> {
    if let Some((_, forms)) = NAMED.iter().find(|(name, _)| *name == text) {
        let [directory, file, key] = forms;
        let form = match object {
            Object::Directory => directory,
            Object::File => file,
            Object::Key => key,
        };
        return Ok((*form).to_owned());
    }
    if !text.contains(':') {
        let names: Vec<&str> = NAMED.iter().map(|(name, _)| *name).collect();
        let near = crate::diagnostics::suggest::closest(text, names.iter().copied());
        return Err(Problem::new(format!("`{}` is no name of rights", super::values::short(text))).help(
            match near {
                Some(near) => format!("did you mean {near}?"),
                None => format!("write {}, or SDDL such as 'D:P(A;OICI;FA;;;BA)'", names.join(", ")),
            },
        ));
    }
    Parser { text, at: 0 }.descriptor().map_err(|(at, what, help)| {
        let place = text.get(..at).unwrap_or(text).chars().count().saturating_add(1);
        Problem::new(format!("the security descriptor is wrong at character {place}: {what}"))
            .why(format!("Windows Installer and Windows refuse `{}`", super::values::short(text)))
            .help(help)
    })?;
    Ok(text.to_owned())
}

type Fault = (usize, String, String);

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn fail<T>(&self, what: impl Into<String>, help: impl Into<String>) -> Result<T, Fault> {
        Err((self.at, what.into(), help.into()))
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    /// `O:…G:…D:…`, each once and in this order.
    fn descriptor(&mut self) -> Result<(), Fault> {
        for (token, what) in [("O:", "owner"), ("G:", "group")] {
            if self.eat(token) {
                let end = self.rest().find(':').map_or(self.rest().len(), |colon| colon.saturating_sub(1));
                let sid = self.rest().get(..end).unwrap_or_default();
                self.trustee(sid, what)?;
                self.at += sid.len();
            }
        }
        if !self.eat("D:") {
            return match self.rest().get(..2) {
                Some("S:") => self.fail("audit entries (S:) cannot be set by an installation", "remove S:…"),
                _ => self.fail("there is no list of rights", "write D: and entries in parentheses"),
            };
        }
        while self.eat("P") || self.eat("AI") || self.eat("AR") {}
        let mut entries = 0;
        while self.eat("(") {
            self.entry()?;
            entries += 1;
        }
        if self.rest().starts_with("S:") {
            return self.fail("audit entries (S:) cannot be set by an installation", "remove S:…");
        }
        if !self.rest().is_empty() {
            return self.fail("an entry in parentheses was expected", "such as (A;OICI;FA;;;BA)");
        }
        if entries == 0 {
            return self
                .fail("nobody may do anything", "add at least an entry for administrators: (A;;FA;;;BA)");
        }
        Ok(())
    }

    /// `type;flags;rights;object;inherited object;trustee)`
    fn entry(&mut self) -> Result<(), Fault> {
        let Some(end) = self.rest().find(')') else {
            return self.fail("the entry does not end", "close it with a parenthesis");
        };
        let fields: Vec<&str> = self.rest().get(..end).unwrap_or_default().split(';').collect();
        let [kind, flags, rights, object, inherited, trustee] = fields.as_slice() else {
            return self.fail(
                format!("the entry has {} fields, not 6", fields.len()),
                "write (type;flags;rights;;;trustee), such as (A;OICI;FA;;;BA)",
            );
        };
        if !matches!(*kind, "A" | "D") {
            return self.fail(format!("`{kind}` is no entry of rights"), "write A to allow or D to deny");
        }
        self.at += kind.len() + 1;
        if let Some(wrong) = pairs(flags, ACE_FLAGS) {
            return self.fail(format!("`{wrong}` is no flag of an entry"), "there are OI, CI, NP and IO");
        }
        self.at += flags.len() + 1;
        let number = rights.strip_prefix("0x").or_else(|| rights.strip_prefix("0X"));
        let fine = match number {
            Some(hex) => u32::from_str_radix(hex, 16).is_ok_and(|bits| bits != 0),
            None => !rights.is_empty() && pairs(rights, RIGHTS).is_none(),
        };
        if !fine {
            return self
                .fail(format!("`{rights}` are no rights"), "such as FA, FR, FW, FX, KA, KR or 0x1200a9");
        }
        self.at += rights.len() + 1;
        if !object.is_empty() || !inherited.is_empty() {
            return self.fail("an entry of a file or key names no object types", "leave these fields empty");
        }
        self.at += 2;
        self.trustee(trustee, "trustee")?;
        self.at += trustee.len() + 1;
        Ok(())
    }

    /// Two letters, or `S-1-…`.
    fn trustee(&self, sid: &str, what: &str) -> Result<(), Fault> {
        let numbers = |rest: &str| {
            let parts: Vec<&str> = rest.split('-').collect();
            (2..=16).contains(&parts.len()) && parts.iter().all(|part| part.parse::<u64>().is_ok())
        };
        if TRUSTEES.contains(&sid) || sid.strip_prefix("S-1-").is_some_and(numbers) {
            return Ok(());
        }
        self.fail(
            format!("`{sid}` is no {what}"),
            "write BA (administrators), SY (the system), BU (users), AU, WD, … or a SID such as S-1-5-32-545",
        )
    }
}

/// The first two letters that are none of `known`.
fn pairs<'a>(text: &'a str, known: &[&str]) -> Option<&'a str> {
    let mut rest = text;
    while !rest.is_empty() {
        match rest.get(..2) {
            Some(pair) if known.contains(&pair) => rest = rest.get(2..).unwrap_or_default(),
            other => return Some(other.unwrap_or(rest)),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sddl_that_is_right() {
        for (name, forms) in NAMED {
            for (object, form) in [Object::Directory, Object::File, Object::Key].into_iter().zip(forms) {
                assert_eq!(sddl(name, object).unwrap(), *form);
                assert_eq!(sddl(form, object).unwrap(), *form, "{name}");
                let passed_on = form.contains("OICI") == (object == Object::Directory);
                assert!(passed_on && form.contains("KA") == (object == Object::Key), "{name} {form}");
            }
        }
    }

    #[test]
    fn sddl_is_checked_with_the_place() {
        let place = |text: &str| {
            let problem = sddl(text, Object::Directory).expect_err(text);
            assert!(problem.help.is_some());
            let digits = problem.message.split("character ").nth(1).unwrap_or_default();
            digits.split(':').next().and_then(|n| n.parse::<usize>().ok()).unwrap_or(0)
        };
        for good in [
            "O:BAG:SYD:PAI(A;OICI;FA;;;BA)",
            "O:S-1-5-32-544D:(A;;FRFX;;;S-1-5-21-1-2-3-1001)(D;;0x2;;;WD)",
            "D:AI(A;CIOINP;GRGX;;;AU)",
        ] {
            sddl(good, Object::Directory).expect(good);
        }
        for (bad, at) in [
            ("admin-and-system", 0),
            ("D:", 3),
            ("O:XXD:(A;;FA;;;BA)", 3),
            ("D:(A;;FA;;;BA", 4),
            ("D:(A;;FA;;BA)", 4),
            ("D:(X;;FA;;;BA)", 4),
            ("D:(A;ZZ;FA;;;BA)", 6),
            ("D:(A;;;;;BA)", 7),
            ("D:(A;;FZ;;;BA)", 7),
            ("D:(A;;0x0;;;BA)", 7),
            ("D:(A;;FA;x;;BA)", 10),
            ("D:(A;;FA;;;Users)", 12),
            ("D:(A;;FA;;;S-1-x)", 12),
            ("D:(A;;FA;;;BA)x", 15),
            ("D:(A;;FA;;;BA)S:(AU;SA;FA;;;WD)", 15),
            ("S:(AU;SA;FA;;;WD)", 1),
            ("D:(A;;FA;;;é)", 12),
        ] {
            assert_eq!(place(bad), at, "{bad}");
        }
    }
}
