//! ICE102: what services are configured to makes sense.
//!
//! <https://learn.microsoft.com/windows/win32/msi/ice-102>

use crate::validate::{Place, Report, View};

const DELAYED_AUTO_START: i32 = 3;
const FAILURE_ACTIONS_FLAG: i32 = 4;
const SERVICE_SID_INFO: i32 = 5;
const REQUIRED_PRIVILEGES: i32 = 6;
const PRESHUTDOWN: i32 = 7;

pub(super) fn check(view: &View<'_>, report: &mut Report<'_>) {
    for table in ["MsiServiceConfig", "MsiServiceConfigFailureActions"] {
        for row in view.rows(table).filter(|row| !matches!(row.bits("Event"), 1..=7)) {
            report.error(
                Place::field(&row, "Event"),
                "it is none of install (1), uninstall (2), reinstall (4)",
            );
        }
    }
    for row in view.rows("MsiServiceConfig") {
        let argument = row.text("Argument");
        // A property is known at run time only.
        if argument.contains('[') && row.bits("ConfigType") != REQUIRED_PRIVILEGES {
            continue;
        }
        let why = match row.bits("ConfigType") {
            DELAYED_AUTO_START | FAILURE_ACTIONS_FLAG if !matches!(argument, "0" | "1") => "has to be 0 or 1",
            SERVICE_SID_INFO if !matches!(argument, "0" | "1" | "3") => "has to be 0, 1 or 3",
            REQUIRED_PRIVILEGES if !argument.split("[~]").all(is_privilege) => {
                "has to be privileges, separated by [~]"
            }
            PRESHUTDOWN if !argument.is_empty() && argument.parse::<u32>().is_err() => {
                "has to be a number of milliseconds"
            }
            DELAYED_AUTO_START..=PRESHUTDOWN => continue,
            other => {
                report.error(Place::field(&row, "ConfigType"), format!("{other} is not between 3 and 7"));
                continue;
            }
        };
        report.error(Place::field(&row, "Argument"), format!("`{argument}` {why}"));
    }
    for row in view.rows("MsiServiceConfigFailureActions") {
        let count = |column: &str| match row.text(column) {
            "" => 0,
            list => list.split("[~]").count(),
        };
        if count("Actions") != count("DelayActions") {
            report.error(Place::field(&row, "DelayActions"), "there has to be one delay for each action");
        }
    }
}

fn is_privilege(name: &str) -> bool {
    name.is_empty() || (name.starts_with("Se") && name.ends_with("Privilege"))
}

#[cfg(test)]
mod tests {
    use crate::row;
    use crate::validate::testing::{add, found};

    #[test]
    fn ice102() {
        let config = |event: i32, ty: i32, argument: &str| {
            found("ICE102", |db| {
                add(db, "MsiServiceConfig", row!["d", "AcmeAgent", event, ty, argument, "exe"])
            })
        };
        for (ty, argument) in
            [(3, "1"), (4, "0"), (5, "3"), (6, "SeDebugPrivilege[~]SeTcbPrivilege"), (7, "10000"), (3, "[X]")]
        {
            assert!(config(1, ty, argument).is_empty(), "{ty} {argument}");
        }
        for (ty, argument) in [(3, "2"), (4, ""), (5, "2"), (6, "Debug"), (7, "-1")] {
            assert_eq!(config(1, ty, argument), ["error MsiServiceConfig d Argument"], "{ty} {argument}");
        }
        assert_eq!(config(1, 8, "1"), ["error MsiServiceConfig d ConfigType"]);
        assert_eq!(config(0, 3, "1"), ["error MsiServiceConfig d Event"]);
        let actions = |actions: &str, delays: &str| {
            let row = row!["f", "AcmeAgent", 1, 86400, "", "", actions, delays, "exe"];
            found("ICE102", |db| add(db, "MsiServiceConfigFailureActions", row))
        };
        assert!(actions("1[~]1[~]0", "60000[~]60000[~]0").is_empty());
        assert_eq!(actions("1[~]1", "60000"), ["error MsiServiceConfigFailureActions f DelayActions"]);
    }
}
