//! ServiceInstall and ServiceControl, and MsiServiceConfig for a delayed start and the time before a shutdown.
//!
//! MsiServiceConfigFailureActions stays empty: "this functionality is not working as expected" (Microsoft:
//! "MsiConfigureServices Action"). A service with recovery, a password, or a start that hangs on whether it ran, is
//! the bootstrap's ([`Service::needs_bootstrap`]).

use packager_shared::plan::{ErrorControl, Run, Service, Start};

use super::builder::Builder;
use super::formatted;
use super::rows::row;
use crate::plan::ids::{self, Kind};

/// A process of its own (Win32OwnProcess).
const OWN_PROCESS: i32 = 16;
/// The installation fails when the service cannot be installed (Microsoft: "ServiceInstall Table", ErrorControl).
const VITAL: i32 = 0x8000;

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
/// SERVICE_CONFIG_PRESHUTDOWN_INFO.
const PRESHUTDOWN_INFO: i32 = 7;

/// Adds a service to the component of its program, whose key path that program is. One that the bootstrap makes is
/// stopped by Windows Installer nevertheless: it finds out here which files are in use by it.
pub fn write(builder: &mut Builder<'_>, service: &Service) {
    if service.needs_bootstrap() {
        return stop(builder, service);
    }
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
    let error_control = match service.error_control {
        ErrorControl::Ignore => 0,
        ErrorControl::Normal => 1,
        ErrorControl::Critical => 3,
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
            error_control | VITAL,
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
    let delayed = (service.start == Start::AutoDelayed).then(|| (DELAYED_AUTO_START, "1".to_owned()));
    let preshutdown = service.preshutdown_ms.map(|ms| (PRESHUTDOWN_INFO, ms.to_string()));
    for (kind, argument) in delayed.into_iter().chain(preshutdown) {
        builder.rows.push(
            "MsiServiceConfig",
            row![
                ids::row_key("v", Kind::File, &format!("{}\\{kind}", service.name)),
                formatted::literal(&service.name),
                ON_INSTALL_AND_REINSTALL,
                kind,
                argument,
                &component
            ],
        );
    }
}

/// Lets Windows Installer stop a service that the bootstrap makes, starts and deletes. Stopping one that is not there
/// is no error. One that runs only if it ran before is not stopped by a repair, which nobody would tell of it.
pub fn stop(builder: &mut Builder<'_>, service: &Service) {
    let component = builder.file_key(&service.exe);
    let key = ids::row_key("v", Kind::File, &builder.identity(&service.name));
    let on_install = if service.run == Run::Always { event::STOP_ON_INSTALL } else { 0 };
    let events = event::STOP_ON_UNINSTALL | on_install;
    builder.rows.push(
        "ServiceControl",
        row![&key, formatted::literal(&service.name), events, None::<String>, 1, &component],
    );
}
