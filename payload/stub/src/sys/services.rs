//! Services.

use alloc::string::String;
use alloc::vec::Vec;

use packager_engine::system::{FailureActions, Result, ServiceConfig, ServiceState};
use packager_shared::path;
use packager_shared::plan::{ErrorControl, Key, Root, Start, View};

use super::handle::Owned;
use super::{error, registry};
use crate::ffi::{self, Handle, ServiceStatus, ServiceStatusProcess};
use crate::text;

/// An open service, or the manager.
struct Service(Handle);

impl Drop for Service {
    fn drop(&mut self) {
        // SAFETY: the handle is ours and open.
        unsafe { ffi::CloseServiceHandle(self.0) };
    }
}

fn manager(access: u32) -> Result<Service> {
    // SAFETY: null is this machine and its active database.
    let handle = unsafe { ffi::OpenSCManagerW(core::ptr::null(), core::ptr::null(), access) };
    if handle.is_null() { Err(error::last("open", "the service manager")) } else { Ok(Service(handle)) }
}

/// Opens a service; `None` when there is none.
fn open(name: &str, access: u32) -> Result<Option<Service>> {
    let manager = manager(ffi::SC_MANAGER_CONNECT)?;
    let units = text::wide(name);
    // SAFETY: the name ends with a zero.
    let handle = unsafe { ffi::OpenServiceW(manager.0, units.as_ptr(), access) };
    if !handle.is_null() {
        return Ok(Some(Service(handle)));
    }
    let error = error::last("open service", name);
    // 123: what can be no service's name is no service's name.
    match error.code {
        ffi::ERROR_SERVICE_DOES_NOT_EXIST | ffi::ERROR_INVALID_NAME => Ok(None),
        _ => Err(error),
    }
}

fn open_existing(name: &str, access: u32) -> Result<Service> {
    open(name, access)?.ok_or_else(|| error::code(ffi::ERROR_SERVICE_DOES_NOT_EXIST, "open service", name))
}

/// Calls a function of the kind that wants a buffer and says how big. `u64` for the alignment of structures.
fn query(
    what: &'static str,
    name: &str,
    mut call: impl FnMut(*mut core::ffi::c_void, u32, *mut u32) -> ffi::Bool,
) -> Result<Vec<u64>> {
    let mut buffer: Vec<u64> = alloc::vec![0; 1024];
    loop {
        let mut needed = 0;
        let size = (buffer.len() * 8) as u32;
        if call(buffer.as_mut_ptr().cast(), size, &mut needed) != 0 {
            return Ok(buffer);
        }
        let error = error::last(what, name);
        let more = error.code == ffi::ERROR_INSUFFICIENT_BUFFER || error.code == ffi::ERROR_MORE_DATA;
        if !more || needed <= size {
            return Err(error);
        }
        buffer.resize(needed as usize / 8 + 1, 0);
    }
}

pub fn config(name: &str) -> Result<Option<ServiceConfig>> {
    let Some(service) = open(name, ffi::SERVICE_QUERY_CONFIG)? else { return Ok(None) };
    let buffer = query("ask service", name, |buffer, size, needed| unsafe {
        // SAFETY: the buffer is as long as is said.
        ffi::QueryServiceConfigW(service.0, buffer, size, needed)
    })?;
    // SAFETY: the buffer starts with this structure, whose pointers lead into the buffer and end with a zero.
    let (start, error_control, image_path, display, account, depends) = unsafe {
        let config = &*buffer.as_ptr().cast::<ffi::QueryServiceConfig>();
        (
            config.start,
            config.error_control,
            text::from_pointer(config.image_path),
            text::from_pointer(config.display),
            text::from_pointer(config.account),
            list_from_pointer(config.depends),
        )
    };
    // Wine 8 stores them and does not tell.
    let depends = if depends.is_empty() { stored_depends(name)? } else { depends };
    let account = if account.eq_ignore_ascii_case("LocalSystem") { String::new() } else { account };
    let start = match start {
        ffi::SERVICE_AUTO_START
            if extra(&service, name, ffi::SERVICE_CONFIG_DELAYED_AUTO_START_INFO)
                .is_some_and(|on| on != 0) =>
        {
            Start::AutoDelayed
        }
        ffi::SERVICE_DISABLED => Start::Disabled,
        ffi::SERVICE_DEMAND_START => Start::Demand,
        _ => Start::Auto,
    };
    Ok(Some(ServiceConfig {
        image_path,
        display,
        description: description(&service, name),
        start,
        account,
        password: None,
        depends,
        error_control: match error_control {
            ffi::SERVICE_ERROR_IGNORE => ErrorControl::Ignore,
            ffi::SERVICE_ERROR_NORMAL => ErrorControl::Normal,
            _ => ErrorControl::Critical,
        },
        recovery: recovery(&service, name),
        also_on_error_exit: extra(&service, name, ffi::SERVICE_CONFIG_FAILURE_ACTIONS_FLAG).map(|on| on != 0),
        preshutdown_ms: extra(&service, name, ffi::SERVICE_CONFIG_PRESHUTDOWN_INFO),
    }))
}

/// The texts of a double-zero-terminated list.
///
/// # Safety
/// `list` is null or such a list.
unsafe fn list_from_pointer(mut list: *const u16) -> Vec<String> {
    let mut texts = Vec::new();
    // SAFETY: each text ends with a zero, and an empty one ends the list.
    unsafe {
        while !list.is_null() && *list != 0 {
            texts.push(text::from_pointer(list));
            while *list != 0 {
                list = list.add(1);
            }
            list = list.add(1);
        }
    }
    texts
}

/// The services that a service needs, as the registry has them.
fn stored_depends(name: &str) -> Result<Vec<String>> {
    let key = Key {
        root: Root::LocalMachine,
        view: View::Bits32,
        path: [r"SYSTEM\CurrentControlSet\Services\", name].concat(),
    };
    Ok(registry::get(&key, "DependOnService")?.map(|value| text::list(&value.bytes)).unwrap_or_default())
}

fn description(service: &Service, name: &str) -> String {
    let buffer = query("ask service", name, |buffer, size, needed| unsafe {
        // SAFETY: the buffer is as long as is said.
        ffi::QueryServiceConfig2W(service.0, ffi::SERVICE_CONFIG_DESCRIPTION, buffer, size, needed)
    });
    // SAFETY: the buffer starts with a pointer to text in the buffer, or null.
    buffer
        .map(|buffer| unsafe { text::from_pointer(*buffer.as_ptr().cast::<*const u16>()) })
        .unwrap_or_default()
}

/// A level of configuration that is one number. They exist from Windows Vista on; `None`: this Windows cannot tell.
fn extra(service: &Service, name: &str, level: u32) -> Option<u32> {
    let buffer = query("ask service", name, |buffer, size, needed| unsafe {
        // SAFETY: the buffer is as long as is said.
        ffi::QueryServiceConfig2W(service.0, level, buffer, size, needed)
    });
    // SAFETY: the buffer starts with a 32-bit number.
    buffer.ok().map(|buffer| unsafe { *buffer.as_ptr().cast::<u32>() })
}

/// What happens when a service fails. Wine 8 cannot tell.
fn recovery(service: &Service, name: &str) -> Option<FailureActions> {
    let buffer = query("ask service", name, |buffer, size, needed| unsafe {
        // SAFETY: the buffer is as long as is said.
        ffi::QueryServiceConfig2W(service.0, ffi::SERVICE_CONFIG_FAILURE_ACTIONS, buffer, size, needed)
    })
    .ok()?;
    // SAFETY: the buffer starts with this structure, whose list is as long as it says and lies in the buffer.
    unsafe {
        let found = &*buffer.as_ptr().cast::<ffi::ServiceFailureActions>();
        let count = if found.actions.is_null() { 0 } else { found.count as usize };
        let actions = (0..count).map(|index| {
            let action = &*found.actions.add(index);
            (action.kind, action.delay)
        });
        Some(FailureActions { reset_after_s: found.reset_period, actions: actions.collect() })
    }
}

pub fn state(name: &str) -> Result<Option<ServiceState>> {
    let Some(service) = open(name, ffi::SERVICE_QUERY_STATUS)? else { return Ok(None) };
    Ok(Some(match status(&service, name)?.state {
        ffi::SERVICE_STOPPED | ffi::SERVICE_STOP_PENDING => ServiceState::Stopped,
        _ => ServiceState::Running,
    }))
}

fn status(service: &Service, name: &str) -> Result<ServiceStatus> {
    let mut status = ServiceStatus::default();
    // SAFETY: the structure is ours.
    error::check(unsafe { ffi::QueryServiceStatus(service.0, &mut status) }, "ask service", name)?;
    Ok(status)
}

/// The arguments that creating and changing have in common.
struct Arguments {
    display: Vec<u16>,
    image_path: Vec<u16>,
    depends: Vec<u16>,
    account: Vec<u16>,
    /// `None` for accounts that have no password of ours (virtual and managed ones).
    password: Option<Vec<u16>>,
    start: u32,
    error_control: u32,
}

impl Arguments {
    fn new(config: &ServiceConfig) -> Self {
        let account = if config.account.is_empty() { "LocalSystem" } else { config.account.as_str() };
        let managed = account.ends_with('$')
            || account.get(..11).is_some_and(|start| start.eq_ignore_ascii_case(r"NT SERVICE\"));
        Self {
            display: text::wide(&config.display),
            image_path: text::wide(&config.image_path),
            depends: text::wide_list(&config.depends),
            account: text::wide(account),
            password: (!managed).then(|| text::wide(config.password.as_deref().unwrap_or_default())),
            start: match config.start {
                Start::Auto | Start::AutoDelayed => ffi::SERVICE_AUTO_START,
                Start::Demand => ffi::SERVICE_DEMAND_START,
                Start::Disabled => ffi::SERVICE_DISABLED,
            },
            error_control: match config.error_control {
                ErrorControl::Ignore => ffi::SERVICE_ERROR_IGNORE,
                ErrorControl::Normal => ffi::SERVICE_ERROR_NORMAL,
                ErrorControl::Critical => ffi::SERVICE_ERROR_CRITICAL,
            },
        }
    }

    fn password(&self) -> *const u16 {
        self.password.as_ref().map_or(core::ptr::null(), |password| password.as_ptr())
    }
}

const ALL_WE_NEED: u32 = ffi::SERVICE_QUERY_CONFIG
    | ffi::SERVICE_CHANGE_CONFIG
    | ffi::SERVICE_QUERY_STATUS
    | ffi::SERVICE_START
    | ffi::SERVICE_STOP;

pub fn create(name: &str, config: &ServiceConfig) -> Result<()> {
    let manager = manager(ffi::SC_MANAGER_CONNECT | ffi::SC_MANAGER_CREATE_SERVICE)?;
    let units = text::wide(name);
    let arguments = Arguments::new(config);
    // A service that something still holds open after its deletion cannot be created yet: wait a little for it.
    let mut tries = 50;
    loop {
        // SAFETY: all texts end with a zero, the list with two.
        let handle = unsafe {
            ffi::CreateServiceW(
                manager.0,
                units.as_ptr(),
                arguments.display.as_ptr(),
                ALL_WE_NEED,
                ffi::SERVICE_WIN32_OWN_PROCESS,
                arguments.start,
                arguments.error_control,
                arguments.image_path.as_ptr(),
                core::ptr::null(),
                core::ptr::null_mut(),
                arguments.depends.as_ptr(),
                arguments.account.as_ptr(),
                arguments.password(),
            )
        };
        if !handle.is_null() {
            let service = Service(handle);
            let described = describe(&service, name, config);
            forget_bitness(name);
            return described;
        }
        let error = error::last("create service", name);
        if error.code != ffi::ERROR_SERVICE_MARKED_FOR_DELETE || tries == 0 {
            return Err(error);
        }
        tries -= 1;
        pause();
    }
}

/// Windows notes when a 32-bit program creates a service, and would look for its program in the 32-bit folders.
/// The path here is that of the file itself, as Windows Installer would have written it.
fn forget_bitness(name: &str) {
    let path = ["SYSTEM\\CurrentControlSet\\Services\\", name].concat();
    let key = Key { root: Root::LocalMachine, view: View::Bits64, path };
    // Where there is no 64-bit Windows there is no such value.
    let _ = registry::remove(&key, "WOW64");
}

pub fn change(name: &str, config: &ServiceConfig) -> Result<()> {
    let service = open_existing(name, ALL_WE_NEED)?;
    let arguments = Arguments::new(config);
    // An account that stays keeps its password, unless there is another one.
    let now = self::config(name)?.map(|now| now.account).unwrap_or_default();
    let (account, password) = if config.password.is_none() && path::same(&now, &config.account) {
        (core::ptr::null(), core::ptr::null())
    } else {
        (arguments.account.as_ptr(), arguments.password())
    };
    // SAFETY: all texts end with a zero, the list with two.
    let done = unsafe {
        ffi::ChangeServiceConfigW(
            service.0,
            ffi::SERVICE_WIN32_OWN_PROCESS,
            arguments.start,
            arguments.error_control,
            arguments.image_path.as_ptr(),
            core::ptr::null(),
            core::ptr::null_mut(),
            arguments.depends.as_ptr(),
            account,
            password,
            arguments.display.as_ptr(),
        )
    };
    error::check(done, "change service", name)?;
    let described = describe(&service, name, config);
    forget_bitness(name);
    described
}

/// Everything beyond the arguments. XP knows no delayed start, no failures but crashes and no preshutdown: there the
/// service does without.
fn describe(service: &Service, name: &str, config: &ServiceConfig) -> Result<()> {
    let description = text::wide(&config.description);
    let pointer = description.as_ptr();
    let set = |what: &'static str, level: u32, information: *const core::ffi::c_void| {
        // SAFETY: each caller gives the structure of the level.
        error::check(unsafe { ffi::ChangeServiceConfig2W(service.0, level, information) }, what, name)
    };
    set("describe service", ffi::SERVICE_CONFIG_DESCRIPTION, (&raw const pointer).cast())?;
    let number = |what, level, wanted: Option<u32>| match wanted {
        Some(wanted) => match set(what, level, (&raw const wanted).cast()) {
            Err(error) if is_unknown_level(error.code) => Ok(()),
            done => done,
        },
        None => Ok(()),
    };
    if matches!(config.start, Start::Auto | Start::AutoDelayed) {
        let delayed = (config.start == Start::AutoDelayed).into();
        number("delay service", ffi::SERVICE_CONFIG_DELAYED_AUTO_START_INFO, Some(delayed))?;
    }
    if let Some(wanted) = &config.recovery
        && recovery(service, name).as_ref() != Some(wanted)
    {
        let mut actions: Vec<ffi::ServiceAction> = Vec::new();
        for (kind, delay) in &wanted.actions {
            actions.push(ffi::ServiceAction { kind: *kind, delay: *delay });
        }
        // A list of none that is not null takes away what there was ("SERVICE_FAILURE_ACTIONSW").
        let actions = ffi::ServiceFailureActions {
            reset_period: wanted.reset_after_s,
            reboot_message: core::ptr::null(),
            command: core::ptr::null(),
            count: actions.len() as u32,
            actions: actions.as_ptr(),
        };
        set("set recovery of service", ffi::SERVICE_CONFIG_FAILURE_ACTIONS, (&raw const actions).cast())?;
    }
    let flag = config.also_on_error_exit.map(u32::from);
    number("set recovery of service", ffi::SERVICE_CONFIG_FAILURE_ACTIONS_FLAG, flag)?;
    number("set preshutdown of service", ffi::SERVICE_CONFIG_PRESHUTDOWN_INFO, config.preshutdown_ms)
}

/// What XP says to a level that it does not know, and what Wine 8 does.
fn is_unknown_level(code: u32) -> bool {
    const INVALID_PARAMETER: u32 = 87;
    const INVALID_LEVEL: u32 = 124;
    const RPC_INVALID_TAG: u32 = 1733;
    matches!(code, INVALID_PARAMETER | INVALID_LEVEL | RPC_INVALID_TAG)
}

pub fn delete(name: &str) -> Result<()> {
    let service = open_existing(name, ffi::DELETE)?;
    // SAFETY: the service is open.
    let done = unsafe { ffi::DeleteService(service.0) };
    match error::check(done, "delete service", name) {
        Err(error) if error.code == ffi::ERROR_SERVICE_MARKED_FOR_DELETE => Ok(()),
        result => result,
    }
}

pub fn start(name: &str, timeout_ms: u32) -> Result<()> {
    let service = open_existing(name, ffi::SERVICE_START | ffi::SERVICE_QUERY_STATUS)?;
    // SAFETY: no arguments.
    let done = unsafe { ffi::StartServiceW(service.0, 0, core::ptr::null()) };
    if let Err(error) = error::check(done, "start service", name)
        && error.code != ffi::ERROR_SERVICE_ALREADY_RUNNING
    {
        return Err(error);
    }
    let mut clock = Clock::new(timeout_ms);
    loop {
        let status = status(&service, name)?;
        match status.state {
            ffi::SERVICE_RUNNING => return Ok(()),
            // It ended by itself: its own code says why, 1066 says that it is the service's and not Windows'.
            ffi::SERVICE_STOPPED => {
                let code =
                    if status.exit_code == 0 { ffi::ERROR_SERVICE_NOT_ACTIVE } else { status.exit_code };
                return Err(error::code(code, "start service", name));
            }
            _ if clock.is_over() => {
                return Err(error::code(ffi::ERROR_SERVICE_REQUEST_TIMEOUT, "start service", name));
            }
            _ => pause(),
        }
    }
}

/// The running services that depend on one; none when it is not there.
pub fn all_dependents(name: &str) -> Result<Vec<String>> {
    match open(name, ffi::SERVICE_ENUMERATE_DEPENDENTS)? {
        Some(service) => dependents(&service, name),
        None => Ok(Vec::new()),
    }
}

/// Stops what depends on a service, then the service.
pub fn stop(name: &str, timeout_ms: u32) -> Result<()> {
    let mut clock = Clock::new(timeout_ms);
    let access = ffi::SERVICE_STOP | ffi::SERVICE_QUERY_STATUS | ffi::SERVICE_ENUMERATE_DEPENDENTS;
    let service = open_existing(name, access)?;
    if status(&service, name)?.state == ffi::SERVICE_STOPPED {
        return Ok(());
    }
    // Windows gives them in the order in which they are to be stopped, indirect ones too.
    for dependent in dependents(&service, name)? {
        if let Some(dependent_service) = open(&dependent, ffi::SERVICE_STOP | ffi::SERVICE_QUERY_STATUS)? {
            stop_one(&dependent_service, &dependent, &mut clock)?;
        }
    }
    stop_one(&service, name, &mut clock)
}

fn dependents(service: &Service, name: &str) -> Result<Vec<String>> {
    let mut count = 0;
    let buffer = query("list dependent services", name, |buffer, size, needed| unsafe {
        // SAFETY: the buffer is as long as is said.
        ffi::EnumDependentServicesW(service.0, ffi::SERVICE_ACTIVE, buffer, size, needed, &mut count)
    })?;
    let first = buffer.as_ptr().cast::<ffi::EnumServiceStatus>();
    // SAFETY: the buffer starts with `count` structures whose pointers lead into it.
    Ok((0..count as usize).map(|index| unsafe { text::from_pointer((*first.add(index)).name) }).collect())
}

fn stop_one(service: &Service, name: &str, clock: &mut Clock) -> Result<()> {
    let process = process(service);
    let mut asked = false;
    loop {
        match status(service, name)?.state {
            ffi::SERVICE_STOPPED => break,
            ffi::SERVICE_STOP_PENDING => {}
            // A service takes no stop before its start has ended.
            ffi::SERVICE_START_PENDING => {}
            _ if !asked => {
                let mut status = ServiceStatus::default();
                // SAFETY: the structure is ours.
                let done = unsafe { ffi::ControlService(service.0, ffi::SERVICE_CONTROL_STOP, &mut status) };
                match error::check(done, "stop service", name) {
                    Err(error) if error.code != ffi::ERROR_SERVICE_NOT_ACTIVE => return Err(error),
                    _ => asked = true,
                }
            }
            _ => {}
        }
        if clock.is_over() {
            return Err(error::code(ffi::ERROR_SERVICE_REQUEST_TIMEOUT, "stop service", name));
        }
        pause();
    }
    // "Stopped" is said before the process ends, and until then its files are in use.
    if let Some(process) = process {
        // SAFETY: the handle may be waited for.
        unsafe { ffi::WaitForSingleObject(process.get(), clock.rest()) };
    }
    Ok(())
}

/// The process of a service that has one of its own.
fn process(service: &Service) -> Option<Owned> {
    let mut status = ServiceStatusProcess::default();
    let mut needed = 0;
    // SAFETY: the structure is as long as is said.
    unsafe {
        let done = ffi::QueryServiceStatusEx(
            service.0,
            ffi::SC_STATUS_PROCESS_INFO,
            (&raw mut status).cast(),
            size_of::<ServiceStatusProcess>() as u32,
            &mut needed,
        );
        if done == 0 || status.process_id == 0 || status.status.kind & ffi::SERVICE_WIN32_OWN_PROCESS == 0 {
            return None;
        }
        Owned::new(ffi::OpenProcess(ffi::SYNCHRONIZE, 0, status.process_id))
    }
}

fn pause() {
    // SAFETY: takes a number.
    unsafe { ffi::Sleep(100) };
}

/// A time limit; ticks may wrap around.
struct Clock {
    begun: u32,
    limit: u32,
}

impl Clock {
    fn new(limit: u32) -> Self {
        // SAFETY: takes nothing.
        Self { begun: unsafe { ffi::GetTickCount() }, limit }
    }

    fn rest(&self) -> u32 {
        // SAFETY: takes nothing.
        self.limit.saturating_sub(unsafe { ffi::GetTickCount() }.wrapping_sub(self.begun))
    }

    fn is_over(&mut self) -> bool {
        self.rest() == 0
    }
}
