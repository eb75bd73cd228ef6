//! Operations as bytes.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::{acts, key, read_key, read_name, read_path, read_template, template};
use crate::condition;
use crate::plan::*;
use crate::template::{Dir, Part, Template};
use crate::wire::{Reader, Writer};

pub(super) fn op(w: &mut Writer, op: &Op) {
    match op {
        Op::Directory { path, acl, purge } => {
            w.u8(1);
            template(w, path);
            w.option(acl.as_deref(), |w, acl| w.string(acl));
            w.bool(*purge);
        }
        Op::RegistryValue { key: k, name, data: d } => {
            w.u8(2);
            key(w, k);
            w.string(name);
            data(w, d);
        }
        Op::RegistryKey { key: k, acl } => {
            w.u8(3);
            key(w, k);
            w.option(acl.as_deref(), |w, acl| w.string(acl));
        }
        Op::Environment { name, value, action } => {
            w.u8(4);
            w.string(name);
            template(w, value);
            w.u8(match action {
                EnvironmentAction::Set => 0,
                EnvironmentAction::Append => 1,
                EnvironmentAction::Prepend => 2,
            });
        }
        Op::Shortcut { folder, subfolder, name, target, arguments, description, icon } => {
            w.u8(5);
            template(w, &Template(alloc::vec![Part::Dir(*folder)]));
            for text in [subfolder, name, target] {
                w.string(text);
            }
            template(w, arguments);
            w.string(description);
            w.option(icon.as_deref(), |w, icon| w.string(icon));
        }
        Op::Service(s) => {
            w.u8(6);
            service(w, s);
        }
        Op::FileAcl { file, acl } => {
            w.u8(7);
            w.string(file);
            w.string(acl);
        }
        Op::RemoveFiles { folder, pattern, on_uninstall } => {
            w.u8(21);
            w.string(folder);
            w.string(pattern);
            w.bool(*on_uninstall);
        }
        Op::RegistryRemove { key: k, name, on_uninstall } => {
            w.u8(8);
            key(w, k);
            w.option(name.as_deref(), |w, name| w.string(name));
            w.bool(*on_uninstall);
        }
        Op::Ini { folder, file, section, key, value } => {
            w.u8(9);
            template(w, folder);
            w.string(file);
            for text in [section, key, value] {
                template(w, text);
            }
        }
        Op::Config(config) => {
            w.u8(10);
            acts::config(w, config);
        }
        Op::Migrate { from, to } => {
            w.u8(11);
            template(w, from);
            template(w, to);
        }
        Op::Firewall(rule) => {
            w.u8(12);
            acts::firewall(w, rule);
        }
        Op::Task(task) => {
            w.u8(13);
            acts::task(w, task);
        }
        Op::Run(run) => {
            w.u8(14);
            acts::run(w, run);
        }
        Op::Replaces(replaces) => {
            w.u8(15);
            acts::replaces(w, replaces);
        }
        Op::Close { program, within_ms } => {
            w.u8(16);
            w.string(program);
            w.u32(*within_ms);
        }
        Op::EventProvider { manifest, file } => {
            w.u8(20);
            w.string(manifest);
            w.string(file);
        }
        Op::When(when, inner) => {
            w.u8(17);
            condition::encode(w, when);
            self::op(w, inner);
        }
    }
}

pub(super) fn read_op(r: &mut Reader<'_>) -> Op {
    read_op_at(r, false)
}

fn read_op_at(r: &mut Reader<'_>, inside: bool) -> Op {
    match r.u8() {
        1 => Op::Directory { path: read_template(r), acl: r.option(Reader::string), purge: r.bool() },
        2 => Op::RegistryValue { key: read_key(r), name: r.string(), data: read_data(r) },
        3 => Op::RegistryKey { key: read_key(r), acl: r.option(Reader::string) },
        4 => Op::Environment {
            name: r.string(),
            value: read_template(r),
            action: r.choice(ENVIRONMENT, "an environment action is unknown"),
        },
        5 => Op::Shortcut {
            folder: match read_template(r).0.as_slice() {
                [Part::Dir(dir)] => *dir,
                _ => {
                    r.fail("a shortcut's folder is none");
                    Dir::StartMenu
                }
            },
            subfolder: read_path(r, true),
            name: read_name(r),
            target: read_path(r, false),
            arguments: read_template(r),
            description: r.string(),
            icon: r.option(|r| read_path(r, false)),
        },
        6 => Op::Service(read_service(r)),
        7 => Op::FileAcl { file: read_path(r, false), acl: r.string() },
        8 => Op::RegistryRemove { key: read_key(r), name: r.option(Reader::string), on_uninstall: r.bool() },
        9 => Op::Ini {
            folder: read_template(r),
            file: read_name(r),
            section: read_template(r),
            key: read_template(r),
            value: read_template(r),
        },
        10 => Op::Config(acts::read_config(r)),
        21 => {
            Op::RemoveFiles { folder: read_path(r, true), pattern: read_pattern(r), on_uninstall: r.bool() }
        }
        11 => Op::Migrate { from: read_template(r), to: read_template(r) },
        12 => Op::Firewall(acts::read_firewall(r)),
        13 => Op::Task(acts::read_task(r)),
        14 => Op::Run(acts::read_run(r)),
        15 => Op::Replaces(acts::read_replaces(r)),
        16 => Op::Close { program: read_path(r, false), within_ms: r.u32() },
        20 => Op::EventProvider { manifest: read_path(r, false), file: read_path(r, false) },
        17 if !inside => Op::When(condition::decode(r), Box::new(read_op_at(r, true))),
        _ => {
            r.fail("an operation is unknown");
            Op::FileAcl { file: String::new(), acl: String::new() }
        }
    }
}

const ENVIRONMENT: &[(u8, EnvironmentAction)] =
    &[(0, EnvironmentAction::Set), (1, EnvironmentAction::Append), (2, EnvironmentAction::Prepend)];

/// A file name with wildcards.
fn read_pattern(r: &mut Reader<'_>) -> String {
    let pattern = r.string();
    if crate::path::check_part(&pattern.replace(['*', '?'], "x")).is_err() {
        r.fail("a pattern of file names is none");
    }
    pattern
}

fn data(w: &mut Writer, data: &Data) {
    match data {
        Data::Sz(text) => {
            w.u8(1);
            template(w, text);
        }
        Data::ExpandSz(text) => {
            w.u8(2);
            template(w, text);
        }
        Data::Binary(bytes) => {
            w.u8(3);
            w.blob(bytes);
        }
        Data::Dword(value) => {
            w.u8(4);
            w.u32(*value);
        }
        Data::MultiSz(texts) => {
            w.u8(7);
            w.list(texts, template);
        }
        Data::Qword(value) => {
            w.u8(11);
            w.u64(*value);
        }
        Data::MultiSzPart { strings, first } => {
            w.u8(if *first { 0x47 } else { 0x87 });
            w.list(strings, template);
        }
    }
}

/// The tags are the REG_* numbers of winnt.h; parts of a list have a bit more.
fn read_data(r: &mut Reader<'_>) -> Data {
    match r.u8() {
        1 => Data::Sz(read_template(r)),
        2 => Data::ExpandSz(read_template(r)),
        3 => Data::Binary(r.blob().to_vec()),
        4 => Data::Dword(r.u32()),
        7 => Data::MultiSz(r.list(read_template)),
        11 => Data::Qword(r.u64()),
        tag @ (0x47 | 0x87) => Data::MultiSzPart { strings: r.list(read_template), first: tag == 0x47 },
        _ => {
            r.fail("a registry type is unknown");
            Data::Dword(0)
        }
    }
}

fn service(w: &mut Writer, s: &Service) {
    w.string(&s.name);
    w.string(&s.display);
    w.option(s.description.as_deref(), |w, text| w.string(text));
    w.string(&s.exe);
    template(w, &s.arguments);
    w.u8(match s.start {
        Start::Auto => 0,
        Start::AutoDelayed => 1,
        Start::Demand => 2,
        Start::Disabled => 3,
    });
    w.option(s.account.as_ref(), template);
    w.option(s.password.as_deref(), |w, text| w.string(text));
    w.list(&s.depends, |w, name| w.string(name));
    w.u8(match s.run {
        Run::Always => 0,
        Run::Never => 1,
        Run::IfItRan => 2,
    });
    w.u8(match s.error_control {
        ErrorControl::Ignore => 0,
        ErrorControl::Normal => 1,
        ErrorControl::Critical => 2,
    });
    w.option(s.recovery.as_ref(), |w, recovery| {
        w.u32(recovery.restart_after_ms);
        w.u32(recovery.attempts);
        w.u32(recovery.reset_after_s);
        w.bool(recovery.also_on_error_exit);
    });
    w.option(s.preshutdown_ms.as_ref(), |w, ms| w.u32(*ms));
}

/// When services start, in the plan and in the journal.
pub const STARTS: &[(u8, Start)] =
    &[(0, Start::Auto), (1, Start::AutoDelayed), (2, Start::Demand), (3, Start::Disabled)];

/// What a failed start of a service means, in the plan and in the journal.
pub const ERROR_CONTROLS: &[(u8, ErrorControl)] =
    &[(0, ErrorControl::Ignore), (1, ErrorControl::Normal), (2, ErrorControl::Critical)];

fn read_service(r: &mut Reader<'_>) -> Service {
    Service {
        name: r.string(),
        display: r.string(),
        description: r.option(Reader::string),
        exe: read_path(r, false),
        arguments: read_template(r),
        start: r.choice(STARTS, "a service start is unknown"),
        account: r.option(read_template),
        password: r.option(Reader::string),
        depends: r.list(Reader::string),
        run: r.choice(&[(0, Run::Always), (1, Run::Never), (2, Run::IfItRan)], "a service's run is unknown"),
        error_control: r.choice(ERROR_CONTROLS, "a service's error control is unknown"),
        recovery: r.option(|r| Recovery {
            restart_after_ms: r.u32(),
            attempts: r.u32(),
            reset_after_s: r.u32(),
            also_on_error_exit: r.bool(),
        }),
        preshutdown_ms: r.option(Reader::u32),
    }
}

/// Templates as a list.
pub(super) fn templates(w: &mut Writer, list: &[Template]) {
    w.list(list, template);
}

/// Reads what [`templates`] wrote.
pub(super) fn read_templates(r: &mut Reader<'_>) -> Vec<Template> {
    r.list(read_template)
}
