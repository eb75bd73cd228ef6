//! A run through everything that the stub offers the engine, on a real machine or under Wine.
//!
//! Built with `--features selftest`; says `ok` or `FAILED` for each area, and ends with the number of failures.
//! It writes below `%ProgramFiles%\packager-selftest` and below `HKLM\SOFTWARE\packager-selftest`, and removes that.

use alloc::string::String;
use alloc::vec::Vec;

use packager_engine::System;
use packager_engine::system::{
    Error, FailureActions, RegValue, Result, ServiceConfig, ServiceState, Shortcut,
};
use packager_shared::args::Ui;
use packager_shared::plan::{Arch, ErrorControl, Key, Root, Scope, Start, View};
use packager_shared::template::Dir;

use crate::sys::Win32;
use crate::{sys, text};

/// Runs all areas.
pub fn run(system: &mut Win32, command_line: &str) -> u32 {
    let shown = command_line.contains("/window");
    drop(system.begin(if shown { Ui::Full } else { Ui::Passive }, None));
    if shown {
        return if system.confirm("Remove Acme Agent 4.2.0 from this computer?") {
            window(system)
        } else {
            1602
        };
    }
    let areas: [(&str, fn(&mut Win32) -> Result<()>); 10] = [
        ("machine", machine),
        ("folders", folders),
        ("files", files),
        ("long paths", long_paths),
        ("system32", system32),
        ("registry", registry),
        ("protected keys", protected_keys),
        ("services", services),
        ("shortcut", shortcut),
        ("rest", rest),
    ];
    let mut failures = 0;
    for (name, area) in areas {
        match area(system) {
            Ok(()) => system.say(&["ok ", name].concat()),
            Err(error) => {
                failures += 1;
                let code = sys::log::hexadecimal(error.code);
                system.say(&["FAILED ", name, ": ", error.what, " ", &error.on, " 0x", &code].concat());
            }
        }
    }
    failures
}

fn ensure(condition: bool, on: &str) -> Result<()> {
    if condition { Ok(()) } else { Err(Error::new(0, "expected", on)) }
}

fn window(system: &mut Win32) -> u32 {
    system.introduce("Acme Agent", "Installing Acme Agent 4.2.0");
    for step in 0..200u64 {
        system.progress(step, 200);
        if step % 20 == 0 {
            system.say(r"C:\Program Files\Acme\Agent\lib\a rather long name of a file.dll");
        }
        if system.cancelled() {
            return 1602;
        }
        system.sleep(50);
    }
    0
}

fn machine(system: &mut Win32) -> Result<()> {
    let machine = system.machine();
    ensure(machine.version >= (5, 1, 2600), "version")?;
    ensure(system.is_administrator(), "administrator")?;
    let name = match machine.arch {
        Arch::X86 => "x86",
        Arch::X64 => "x64",
        Arch::Arm64 => "arm64",
    };
    system.say(&["machine ", name, if machine.server { " server" } else { " client" }].concat());
    Ok(())
}

fn folders(system: &mut Win32) -> Result<()> {
    let all = [
        Dir::ProgramFiles,
        Dir::CommonFiles,
        Dir::ProgramData,
        Dir::Windows,
        Dir::System,
        Dir::StartMenu,
        Dir::Desktop,
        Dir::Startup,
        Dir::LocalAppData,
        Dir::AppData,
    ];
    for dir in all {
        for wide in [false, true] {
            let path = system.directory(dir, wide, Scope::Machine)?;
            system.say(&path);
            ensure(text::is_absolute(&path) && !path.ends_with('\\'), &path)?;
        }
    }
    let (narrow, wide) = (
        system.directory(Dir::System, false, Scope::Machine)?,
        system.directory(Dir::System, true, Scope::Machine)?,
    );
    ensure((system.machine().arch == Arch::X86) == (narrow == wide), "two System32")
}

fn base(system: &mut Win32) -> Result<String> {
    let mut path = system.directory(Dir::ProgramFiles, true, Scope::Machine)?;
    path.push_str(r"\packager-selftest");
    Ok(path)
}

fn write(system: &mut Win32, path: &str, bytes: &[u8]) -> Result<()> {
    let mut file = system.create(path)?;
    system.write(&mut file, bytes)?;
    system.set_times(&mut file, 132_223_104_000_000_000)?;
    system.flush(&mut file)
}

fn files(system: &mut Win32) -> Result<()> {
    let base = base(system)?;
    ensure(system.stat(&base)?.is_none(), "a clean machine")?;
    system.create_dir(&base)?;
    let work = [&base, r"\.upd"].concat();
    system.create_protected_dir(&work)?;
    ensure(system.create_protected_dir(&work).is_err_and(|error| error.code == 183), "183")?;
    ensure(system.is_protected(&work)?, "protected")?;
    let (a, b) = ([&base, r"\a ä€.txt"].concat(), [&work, r"\b"].concat());
    write(system, &a, b"first")?;
    ensure(system.create(&a).is_err_and(|error| error.code == 80), "80")?;
    write(system, &b, b"second!")?;
    ensure(system.rename(&b, &a).is_err(), "rename does not replace")?;
    let stat = system.stat(&a)?;
    ensure(stat.is_some_and(|stat| stat.size == 5 && stat.modified == 132_223_104_000_000_000), "stat")?;
    system.probe_delete(&a)?;
    system.replace(&b, &a)?;
    system.inherit_rights(core::slice::from_ref(&a))?;
    let mut file = system.open(&a)?;
    ensure(system.length(&mut file)? == 7, "length")?;
    system.seek(&mut file, 3)?;
    let mut buffer = [0; 16];
    let read = system.read(&mut file, &mut buffer)?;
    ensure(buffer.get(..read) == Some(&b"ond!"[..]), "read")?;
    system.rename(&a, &b)?;
    drop(file);
    system.rename(&b, &a)?;
    let names: Vec<String> = system.list(&base)?.into_iter().map(|(name, _)| name).collect();
    ensure(names.len() == 2 && names.iter().any(|name| name == "a ä€.txt"), "list")?;
    ensure(system.free_space(&base)? > 0, "free space")?;
    ensure(system.remove_dir(&base).is_err(), "not empty")?;
    system.remove_file(&a)?;
    ensure(system.remove_file(&a).is_err_and(|error| error.code == 2), "2")?;
    system.remove_dir(&work)?;
    system.remove_dir(&base)?;
    ensure(system.stat(&base)?.is_none(), "gone")
}

fn long_paths(system: &mut Win32) -> Result<()> {
    let mut path = base(system)?;
    let mut made = Vec::new();
    for _ in 0..8 {
        system.create_dir(&path)?;
        made.push(path.clone());
        path.push_str(r"\a folder whose name has quite some letters");
    }
    let file = [&path.replace(r"\a folder", r"\x folder"), ""].concat();
    ensure(file.len() > 300, "long enough")?;
    let folder = made.last().cloned().unwrap_or_default();
    let file = [&folder, r"\file"].concat();
    write(system, &file, b"x")?;
    ensure(system.list(&folder)?.len() == 1, "list")?;
    system.remove_file(&file)?;
    for folder in made.iter().rev() {
        system.remove_dir(folder)?;
    }
    Ok(())
}

fn system32(system: &mut Win32) -> Result<()> {
    let wide = [&system.directory(Dir::System, true, Scope::Machine)?, r"\packager-selftest.txt"].concat();
    let narrow = [&system.directory(Dir::System, false, Scope::Machine)?, r"\packager-selftest.txt"].concat();
    write(system, &wide, b"x")?;
    let seen = system.stat(&narrow)?.is_some();
    system.remove_file(&wide)?;
    ensure(seen == (wide == narrow), "the two System32 are not one")
}

fn key(view: View, path: &str) -> Key {
    Key { root: Root::LocalMachine, view, path: String::from(path) }
}

fn registry(system: &mut Win32) -> Result<()> {
    let wide = key(View::Bits64, r"SOFTWARE\packager-selftest\a\b");
    let narrow = key(View::Bits32, r"SOFTWARE\packager-selftest\a\b");
    ensure(!system.key_exists(&wide)?, "a clean machine")?;
    ensure(system.key_create(&wide)? == 3, "three new components")?;
    ensure(system.key_create(&wide)? == 0, "none is new")?;
    let two_views = system.machine().arch != Arch::X86;
    ensure(system.key_exists(&narrow)? != two_views, "views")?;
    let value = RegValue { kind: 3, bytes: (0..2000u32).map(|byte| byte as u8).collect() };
    system.value_set(&wide, "name ä", &value)?;
    ensure(system.value_get(&wide, "name ä")? == Some(value), "binary")?;
    ensure(system.value_get(&wide, "none")?.is_none(), "none")?;
    let empty = RegValue { kind: 1, bytes: Vec::new() };
    system.value_set(&wide, "", &empty)?;
    ensure(system.value_get(&wide, "")? == Some(empty), "default value")?;
    ensure(system.key_values(&wide)?.len() == 2, "values")?;
    ensure(!system.key_remove_empty(&wide)?, "not empty")?;
    ensure(system.value_remove(&wide, "name ä")?, "removed")?;
    ensure(!system.value_remove(&wide, "name ä")?, "removed once")?;
    ensure(system.value_remove(&wide, "")?, "default removed")?;
    let above = key(View::Bits64, r"SOFTWARE\packager-selftest");
    ensure(system.key_subkeys(&above)? == ["a"], "subkeys")?;
    ensure(!system.key_remove_empty(&above)?, "has subkeys")?;
    for path in
        [r"SOFTWARE\packager-selftest\a\b", r"SOFTWARE\packager-selftest\a", r"SOFTWARE\packager-selftest"]
    {
        ensure(system.key_remove_empty(&key(View::Bits64, path))?, path)?;
    }
    ensure(!system.key_exists(&above)?, "gone")
}

fn protected_keys(system: &mut Win32) -> Result<()> {
    for root in [Root::LocalMachine, Root::CurrentUser] {
        let key = |path: &str| Key { root, view: View::Bits64, path: String::from(path) };
        let (above, own) = (key(r"SOFTWARE\packager-selftest"), key(r"SOFTWARE\packager-selftest\own"));
        ensure(!system.key_is_protected(&own)?, "absent")?;
        ensure(system.key_protect(&own)? == 2, "two new components")?;
        ensure(system.key_is_protected(&own)?, "protected from the start")?;
        ensure(!system.key_is_protected(&above)?, "its parent is not")?;
        ensure(system.key_protect(&own)? == 0, "none is new")?;
        let value = RegValue { kind: 1, bytes: Vec::from([0; 2]) };
        let other = key(r"SOFTWARE\packager-selftest\other");
        system.key_create(&other)?;
        system.value_set(&other, "x", &value)?;
        ensure(!system.key_is_protected(&other)?, "open")?;
        ensure(system.key_protect(&other)? == 0 && system.key_is_protected(&other)?, "closed")?;
        ensure(system.value_get(&other, "x")? == Some(value), "its value stays")?;
        system.value_remove(&other, "x")?;
        for key in [&other, &own, &above] {
            ensure(system.key_remove_empty(key)?, &key.path)?;
        }
    }
    Ok(())
}

fn services(system: &mut Win32) -> Result<()> {
    let name = "packager-selftest";
    ensure(
        system.service_config(name)?.is_none() && system.service_state(name)?.is_none(),
        "a clean machine",
    )?;
    let mut config = ServiceConfig {
        image_path: String::from(r#""C:\Program Files\packager-selftest\none.exe" /run"#),
        display: String::from("Packager self-test"),
        description: String::from("Nothing – “really”"),
        start: Start::AutoDelayed,
        account: String::new(),
        password: None,
        depends: Vec::from([String::from("RpcSs")]),
        error_control: ErrorControl::Ignore,
        recovery: Some(FailureActions { reset_after_s: 60, actions: Vec::from([(1, 1000), (0, 0)]) }),
        also_on_error_exit: Some(true),
        preshutdown_ms: Some(30_000),
    };
    system.service_create(name, &config)?;
    let found = system.service_config(name)?;
    let result = ensure(found.is_some(), "config").and_then(|()| {
        config.start = Start::Demand;
        config.display = String::from("Renamed");
        system.service_change(name, &config)?;
        let found = system.service_config(name)?;
        for found in &found {
            let depends = found.depends.concat();
            let start = if found.start == config.start { "demand" } else { "other" };
            let fields =
                [&found.image_path, &found.display, &found.description, &found.account, &depends, start];
            system.say(&fields.join("|"));
        }
        ensure(found.is_some_and(|found| found.is(&config)), "changed config")?;
        ensure(system.service_dependents(name)?.is_empty(), "nothing depends on it")?;
        ensure(system.service_state(name)? == Some(ServiceState::Stopped), "stopped")?;
        system.service_stop(name, 1000)?;
        ensure(system.service_start(name, 1000).is_err(), "there is no program to start")
    });
    system.service_delete(name)?;
    result?;
    ensure(system.service_state(name)?.is_none(), "gone")
}

fn shortcut(system: &mut Win32) -> Result<()> {
    let path = [&system.directory(Dir::StartMenu, true, Scope::Machine)?, r"\packager selftest.lnk"].concat();
    let target = system.own_path()?;
    let shortcut = Shortcut {
        target,
        arguments: String::from("/a \"b c\""),
        description: String::from("tip"),
        working_dir: String::from(r"C:\"),
        icon: String::from(r"C:\windows\explorer.exe"),
    };
    system.shortcut_write(&path, &shortcut)?;
    let size = system.stat(&path)?.map_or(0, |stat| stat.size);
    system.remove_file(&path)?;
    ensure(size > 100, "a link")?;

    let ini = path.replace(".lnk", ".ini");
    ensure(system.ini_get(&ini, "s", "k")?.is_none(), "no INI file")?;
    system.ini_set(&ini, "s", "k", Some("\"a b\""))?;
    system.ini_set(&ini, "s", "l", Some("c"))?;
    let written = system.ini_get(&ini, "S", "K")?;
    system.ini_set(&ini, "s", "k", None)?;
    let gone = system.ini_get(&ini, "s", "k")?;
    let stays = system.ini_get(&ini, "s", "l")?;
    system.ini_set(&ini, "s", "l", None)?;
    let size = system.stat(&ini)?.map_or(u64::MAX, |stat| stat.size);
    system.remove_file(&ini)?;
    ensure(written.as_deref() == Some("a b") && gone.is_none() && stays.is_some(), "INI values")?;
    ensure(size <= 3, "an empty INI file")
}

fn rest(system: &mut Win32) -> Result<()> {
    let lock = system.lock("packager-selftest")?;
    ensure(lock.is_some(), "lock")?;
    ensure(system.lock("packager-selftest")?.is_none(), "a lock that is held")?;
    drop(lock);
    ensure(system.lock("packager-selftest")?.is_some(), "a lock that was given back")?;
    let file = [&system.directory(Dir::Windows, true, Scope::Machine)?, r"\packager-selftest.lock"].concat();
    ensure(system.stat(&file)?.is_none(), "nothing is left of a lock")?;
    ensure(!system.installer_busy(), "Windows Installer is idle")?;
    let none = system.related_products("{7D1B6F5C-2E5E-4C6C-8E5B-9B7F1A2C3D4E}")?;
    ensure(none.is_empty(), "no products")?;
    let before = system.ticks();
    system.sleep(50);
    ensure(system.ticks() > before, "ticks")?;
    let shell = [&system.directory(Dir::System, true, Scope::Machine)?, r"\cmd.exe"].concat();
    ensure(system.run(&shell, "/c exit 42")? == 42, "exit code")?;
    system.broadcast_environment();
    Ok(())
}
