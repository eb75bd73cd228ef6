//! ICE42: a server in a process is no program, and only a program has arguments.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice42>

use crate::validate::directories::name;
use crate::validate::{Place, Report, View};

/// The key path is a registry value, or an ODBC data source.
const NO_FILE: i32 = 0x4 | 0x20;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    let (files, components) = (view.by_key("File"), view.by_key("Component"));
    for class in view.rows("Class") {
        let context = class.text("Context").to_ascii_lowercase();
        let component = components.get(class.text("Component_"));
        let component = component.filter(|component| component.bits("Attributes") & NO_FILE == 0);
        let file = component.and_then(|component| files.get(component.text("KeyPath")));
        let program = file.map(|file| name(file.text("FileName"), true));
        let program = program.filter(|name| name.to_lowercase().ends_with(".exe"));
        if context.starts_with("inproc")
            && let Some(program) = program
        {
            let why = format!("it is served in the caller's process, and `{program}` is a program");
            report.error(Place::field(&class, "Component_"), why);
        }
        if context.starts_with("localserver") {
            continue;
        }
        for column in ["Argument", "DefInprocHandler"] {
            if class.is_set(column) {
                report.error(Place::field(&class, column), "only LocalServer and LocalServer32 have one");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{GUID, add, found};

    #[test]
    fn ice42() {
        let class = |context: &'static str,
                     component: &'static str,
                     handler: &'static str,
                     argument: &'static str| {
            found("ICE42", |db| {
                let row =
                    row![GUID, context, component, "", "", "", "", "", "", handler, argument, "Main", ""];
                add(db, "Class", row);
            })
        };
        let place = |context: &str, component: &str, column: &str| {
            format!("error Class {GUID}.{context}.{component} {column}")
        };
        assert!(class("LocalServer32", "exe", "1", "/a").is_empty());
        assert!(class("InprocServer32", "txt", "", "").is_empty());
        assert_eq!(class("InprocServer32", "exe", "", ""), [place("InprocServer32", "exe", "Component_")]);
        assert_eq!(
            class("InprocServer32", "txt", "1", "/a"),
            [place("InprocServer32", "txt", "Argument"), place("InprocServer32", "txt", "DefInprocHandler")]
        );
    }
}
