//! ServiceInstall and ServiceControl, and MsiServiceConfig for a delayed start.

use packager_shared::plan::{Run, Service, Start};

use super::builder::Builder;
use super::formatted;
use super::rows::row;
use crate::plan::ids::{self, Kind};

/// A process of its own (Win32OwnProcess).
const OWN_PROCESS: i32 = 16;
/// SERVICE_ERROR_NORMAL, and 32768: the installation fails when the service cannot be installed.
const ERROR_CONTROL: i32 = 1 | 0x8000;

/// ServiceControl.Event bits.
mod event {
    pub const START_ON_INSTALL: i32 = 0x1;
    pub const STOP_ON_INSTALL: i32 = 0x2;
    pub const STOP_ON_UNINSTALL: i32 = 0x20;
    pub const DELETE_ON_UNINSTALL: i32 = 0x80;
}

/// MsiServiceConfig.Event: on install and on reinstall.
const ON_INSTALL_AND_REINSTALL: i32 = 1 | 4;
/// SERVICE_CONFIG_DELAYED_AUTO_START.
const DELAYED_AUTO_START: i32 = 3;

/// Adds a service to the component of its program, whose key path that program is.
pub fn write(builder: &mut Builder<'_>, service: &Service) {
    let component = builder.file_key(&service.exe);
    let key = ids::row_key("v", Kind::File, &service.name);
    let start = match service.start {
        Start::Auto | Start::AutoDelayed => 2,
        Start::Demand => 3,
        Start::Disabled => 4,
    };
    // Each name ends with a null, the list with one more (Microsoft: "ServiceInstall Table").
    let depends = match service.depends.as_slice() {
        [] => String::new(),
        names => names.iter().map(|name| format!("{name}[~]")).collect::<String>() + "[~]",
    };
    let arguments = formatted::template(&service.arguments, builder.folders());
    builder.rows.push(
        "ServiceInstall",
        row![
            &key,
            formatted::literal(&service.name),
            formatted::literal(&service.display),
            OWN_PROCESS,
            start,
            ERROR_CONTROL,
            None::<String>,
            depends,
            service.account.as_ref().map(|account| formatted::template(account, builder.folders())),
            None::<String>,
            arguments,
            &component,
            service.description.as_deref().map(formatted::literal),
        ],
    );
    let mut events = event::STOP_ON_INSTALL | event::STOP_ON_UNINSTALL | event::DELETE_ON_UNINSTALL;
    if service.run == Run::Always {
        events |= event::START_ON_INSTALL;
    }
    builder.rows.push(
        "ServiceControl",
        row![&key, formatted::literal(&service.name), events, None::<String>, 1, &component],
    );
    if service.start == Start::AutoDelayed {
        builder.rows.push(
            "MsiServiceConfig",
            row![
                &key,
                formatted::literal(&service.name),
                ON_INSTALL_AND_REINSTALL,
                DELAYED_AUTO_START,
                "1",
                &component
            ],
        );
    }
}
