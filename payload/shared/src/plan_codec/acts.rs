//! What is done on the target beyond files and values, as bytes.

use super::ops::{read_templates, templates};
use super::{read_path, read_template, template};
use crate::plan::*;
use crate::wire::{Reader, Writer};

pub(super) fn config(w: &mut Writer, config: &Config) {
    w.string(&config.file);
    w.u8(match config.format {
        ConfigFormat::Ini => 0,
        ConfigFormat::Toml => 1,
        ConfigFormat::Json => 2,
        ConfigFormat::Yaml => 3,
        ConfigFormat::Xml => 4,
        ConfigFormat::Text => 5,
    });
    w.list(&config.values, |w, (key, value)| {
        w.string(key);
        template(w, value);
    });
    w.raw(&config.pristine);
    w.list(&config.lines, |w, line| w.string(line));
    super::key(w, &config.marks);
    w.bool(config.secret);
}

pub(super) fn read_config(r: &mut Reader<'_>) -> Config {
    Config {
        file: read_path(r, false),
        format: r.choice(
            &[
                (0, ConfigFormat::Ini),
                (1, ConfigFormat::Toml),
                (2, ConfigFormat::Json),
                (3, ConfigFormat::Yaml),
                (4, ConfigFormat::Xml),
                (5, ConfigFormat::Text),
            ],
            "a configuration format is unknown",
        ),
        values: r.list(|r| (r.string(), read_template(r))),
        pristine: r.array(),
        lines: r.list(Reader::string),
        marks: super::read_key(r),
        secret: r.bool(),
    }
}

pub(super) fn run(w: &mut Writer, run: &RunProgram) {
    w.string(&run.program);
    templates(w, &run.args);
    w.u8(run.at);
    w.option(run.undo.as_deref(), templates);
    w.bool(run.may_fail);
    w.list(&run.success, |w, code| w.u32(*code));
    w.u32(run.timeout_ms);
}

pub(super) fn read_run(r: &mut Reader<'_>) -> RunProgram {
    RunProgram {
        program: read_path(r, false),
        args: read_templates(r),
        at: r.u8(),
        undo: r.option(read_templates),
        may_fail: r.bool(),
        success: r.list(Reader::u32),
        timeout_ms: r.u32(),
    }
}

pub(super) fn replaces(w: &mut Writer, replaces: &Replaces) {
    w.string(&replaces.name);
    w.option(replaces.upgrade_code.as_ref(), |w, code| w.raw(code));
    w.option(replaces.uninstall_entry.as_deref(), |w, entry| w.string(entry));
    w.option(replaces.uninstall_args.as_deref(), |w, args| w.string(args));
    w.list(&replaces.services, |w, name| w.string(name));
    templates(w, &replaces.files);
    w.list(&replaces.keys, |w, (root, path)| {
        super::key(w, &Key { root: *root, view: View::Bits32, path: path.clone() });
    });
    w.list(&replaces.firewall, |w, name| w.string(name));
    w.bool(replaces.refuse);
}

pub(super) fn read_replaces(r: &mut Reader<'_>) -> Replaces {
    Replaces {
        name: r.string(),
        upgrade_code: r.option(Reader::array),
        uninstall_entry: r.option(Reader::string),
        uninstall_args: r.option(Reader::string),
        services: r.list(Reader::string),
        files: read_templates(r),
        keys: r.list(|r| {
            let key = super::read_key(r);
            (key.root, key.path)
        }),
        firewall: r.list(Reader::string),
        refuse: r.bool(),
    }
}

pub(super) fn firewall(w: &mut Writer, rule: &FirewallRule) {
    w.string(&rule.name);
    w.string(&rule.description);
    w.option(rule.program.as_deref(), |w, text| w.string(text));
    w.option(rule.service.as_deref(), |w, text| w.string(text));
    w.bool(rule.outbound);
    w.bool(rule.block);
    w.u8(match rule.protocol {
        Protocol::Any => 0,
        Protocol::Tcp => 6,
        Protocol::Udp => 17,
    });
    for text in [&rule.ports, &rule.remote_ports, &rule.remote] {
        template(w, text);
    }
    w.u8(rule.profiles);
    w.bool(rule.edge);
}

pub(super) fn read_firewall(r: &mut Reader<'_>) -> FirewallRule {
    FirewallRule {
        name: r.string(),
        description: r.string(),
        program: r.option(|r| read_path(r, false)),
        service: r.option(Reader::string),
        outbound: r.bool(),
        block: r.bool(),
        // The numbers are those of IP.
        protocol: r
            .choice(&[(0, Protocol::Any), (6, Protocol::Tcp), (17, Protocol::Udp)], "a protocol is unknown"),
        ports: read_template(r),
        remote_ports: read_template(r),
        remote: read_template(r),
        profiles: r.u8(),
        edge: r.bool(),
    }
}

pub(super) fn task(w: &mut Writer, task: &Task) {
    w.string(&task.name);
    w.string(&task.description);
    template(w, &task.program);
    template(w, &task.args);
    w.list(&task.triggers, |w, trigger| match trigger {
        Trigger::Every(minutes) => {
            w.u8(0);
            w.u32(*minutes);
        }
        Trigger::Daily(minute) => {
            w.u8(1);
            w.u16(*minute);
        }
        Trigger::Boot => w.u8(2),
        Trigger::Logon => w.u8(3),
    });
    w.u32(task.jitter_minutes);
    w.u8(match task.account {
        TaskAccount::System => 0,
        TaskAccount::LocalService => 1,
        TaskAccount::NetworkService => 2,
        TaskAccount::Users => 3,
    });
    w.u32(task.limit_minutes);
}

pub(super) fn read_task(r: &mut Reader<'_>) -> Task {
    Task {
        name: r.string(),
        description: r.string(),
        program: read_template(r),
        args: read_template(r),
        triggers: r.list(|r| match r.u8() {
            0 => Trigger::Every(r.u32()),
            1 => Trigger::Daily(r.u16()),
            2 => Trigger::Boot,
            3 => Trigger::Logon,
            _ => {
                r.fail("a trigger is unknown");
                Trigger::Boot
            }
        }),
        jitter_minutes: r.u32(),
        account: r.choice(
            &[
                (0, TaskAccount::System),
                (1, TaskAccount::LocalService),
                (2, TaskAccount::NetworkService),
                (3, TaskAccount::Users),
            ],
            "a task's account is unknown",
        ),
        limit_minutes: r.u32(),
    }
}
