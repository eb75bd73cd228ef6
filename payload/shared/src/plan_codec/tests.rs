use super::*;
use alloc::vec;

fn template(text: &str) -> Template {
    Template::parse(text, &[], &["URL"]).expect("parses")
}

fn key(view: View) -> Key {
    Key { root: Root::LocalMachine, view, path: "SOFTWARE\\Acme".into() }
}

fn condition() -> Condition {
    Condition::parse("URL AND NOT (URL = 'x' OR URL = 'y')", &["URL"]).expect("parses")
}

/// A plan with one of everything.
fn plan() -> Plan {
    let value = |data| Op::RegistryValue { key: key(View::Bits64), name: "v".into(), data };
    let environment =
        |action| Op::Environment { name: "PATH".into(), value: template("{InstallDir}"), action };
    let service = |start, run| {
        Op::Service(Service {
            name: "svc".into(),
            display: "Service".into(),
            description: Some("does".into()),
            exe: "bin\\a.exe".into(),
            arguments: template("--url {URL}"),
            start,
            account: Some(template("NT AUTHORITY\\LocalService")),
            password: Some("URL".into()),
            depends: vec!["Tcpip".into()],
            run,
            error_control: ErrorControl::Critical,
            recovery: Some(Recovery {
                restart_after_ms: 60_000,
                attempts: 3,
                reset_after_s: 86_400,
                also_on_error_exit: true,
            }),
            preshutdown_ms: Some(30_000),
        })
    };
    Plan {
        product: Product {
            id: "com.acme.agent".into(),
            slug: "agent".into(),
            name: "Acme Agent".into(),
            manufacturer: "Acme".into(),
            version: [1, 2, 3, 4],
            version_text: "1.2.3.4".into(),
            upgrade_code: [5; 16],
            arch: Arch::Arm64,
            scope: Scope::User,
            listing: Listing {
                url: Some("https://acme.example".into()),
                phone: Some("1".into()),
                no_remove: true,
                ..Listing::default()
            },
        },
        platform: Platform {
            min: (6, 1, 7601),
            server: true,
            client: false,
            refuse: vec![(6, 2, 0)],
            dotnet_release: Some(461_808),
            free_megabytes: 500,
        },
        install_dir: template("{ProgramFiles}\\Acme"),
        settings: vec![Setting {
            name: "URL".into(),
            default: "x".into(),
            required: true,
            secret: true,
            allowed: vec!["x".into(), "y".into()],
            registry: Some((key(View::Bits32), "Url".into())),
            legacy: vec![(key(View::Bits64), "Server".into()), (key(View::Bits32), "Server".into())],
        }],
        sites: vec![Site { name: "paris".into(), values: vec![("URL".into(), "y".into())] }],
        groups: vec![FileGroup { when: condition(), files: vec!["bin\\x.dll".into()] }],
        detect: vec![key(View::Bits32)],
        detect_value: "Application Path".into(),
        bootstrap: Bootstrap {
            in_use: InUse::Rename,
            name: "autopcc.exe".into(),
            sources: vec!["\\\\server\\share".into()],
            first_install_msi: true,
            public_key: Some([6; 32]),
            serial: 42,
            floor: 40,
            spread_s: 3_600,
        },
        ops: vec![
            Op::Directory { path: template("{ProgramData}\\Acme"), acl: Some("D:".into()), purge: true },
            Op::RegistryKey { key: key(View::Bits64), acl: None },
            Op::RemoveFiles { folder: "logs".into(), pattern: "*.log".into(), on_uninstall: true },
            Op::FileAcl { file: "bin\\a.exe".into(), acl: "D:P".into() },
            Op::RegistryRemove { key: key(View::Bits64), name: None, on_uninstall: true },
            Op::RegistryRemove { key: key(View::Bits64), name: Some("v".into()), on_uninstall: false },
            Op::Ini {
                folder: template("{Windows}"),
                file: "a.ini".into(),
                section: template("s"),
                key: template("k"),
                value: template("{URL}"),
            },
            value(Data::MultiSzPart { strings: vec![template("a")], first: true }),
            value(Data::MultiSzPart { strings: vec![template("a")], first: false }),
            value(Data::Sz(template("a{URL}"))),
            value(Data::ExpandSz(template("%A%"))),
            value(Data::MultiSz(vec![template("a"), template("{Desktop}")])),
            value(Data::Dword(7)),
            value(Data::Qword(u64::MAX)),
            value(Data::Binary(vec![0, 255])),
            environment(EnvironmentAction::Set),
            environment(EnvironmentAction::Append),
            environment(EnvironmentAction::Prepend),
            Op::Shortcut {
                folder: Dir::StartMenu,
                subfolder: "".into(),
                name: "Agent".into(),
                target: "bin\\a.exe".into(),
                arguments: template("-x"),
                description: "".into(),
                icon: Some("a.ico".into()),
            },
            Op::When(
                condition(),
                alloc::boxed::Box::new(Op::Close { program: "a.exe".into(), within_ms: 5 }),
            ),
            Op::Config(Config {
                file: "a.toml".into(),
                format: ConfigFormat::Toml,
                values: vec![("a.b".into(), template("{URL}"))],
                pristine: [9; 32],
                lines: vec!["url=@URL@".into()],
                marks: key(View::Bits64),
                secret: true,
            }),
            Op::EventProvider { manifest: "bin\\agent.man".into(), file: "bin\\agent.exe".into() },
            Op::Migrate { from: template("{ProgramData}\\Old"), to: template("{InstallDir}\\conf") },
            Op::Firewall(FirewallRule {
                name: "Agent".into(),
                description: "".into(),
                program: Some("a.exe".into()),
                service: None,
                outbound: true,
                block: false,
                protocol: Protocol::Udp,
                ports: template("1-2"),
                remote_ports: template(""),
                remote: template("10.0.0.0/8"),
                profiles: profile::DOMAIN | profile::PRIVATE,
                edge: true,
            }),
            Op::Task(Task {
                name: "Acme\\Update".into(),
                description: "".into(),
                program: template("{InstallDir}\\a.exe"),
                args: template("-u"),
                triggers: vec![Trigger::Every(240), Trigger::Daily(61), Trigger::Boot, Trigger::Logon],
                jitter_minutes: 5,
                account: TaskAccount::LocalService,
                limit_minutes: 60,
            }),
            Op::Run(RunProgram {
                program: "a.exe".into(),
                args: vec![template("--url"), template("{URL}")],
                at: run_at::AFTER_INSTALL | run_at::BEFORE_UPGRADE,
                undo: Some(vec![template("undo")]),
                may_fail: true,
                success: vec![0, 3010],
                timeout_ms: 60_000,
            }),
            Op::Replaces(Replaces {
                name: "Old".into(),
                upgrade_code: Some([7; 16]),
                uninstall_entry: Some("OldAgent".into()),
                uninstall_args: Some("/S".into()),
                services: vec!["OldSvc".into()],
                files: vec![template("{ProgramData}\\Old\\")],
                keys: vec![(Root::LocalMachine, "SOFTWARE\\Old".into())],
                firewall: vec!["Old".into()],
                refuse: true,
            }),
            service(Start::Auto, Run::Always),
            service(Start::AutoDelayed, Run::Never),
            service(Start::Demand, Run::IfItRan),
            service(Start::Disabled, Run::Never),
        ],
    }
}

#[test]
fn everything_comes_back() {
    assert_eq!(decode(&encode(&plan())), Ok(plan()));
}

#[test]
fn cut_or_changed_bytes_never_panic() {
    let bytes = encode(&plan());
    for at in 0..bytes.len() {
        assert!(decode(&bytes[..at]).is_err());
        let mut bad = bytes.clone();
        for value in [0, 1, 0x7f, 0x80, 0xff] {
            bad[at] = value;
            let _ = decode(&bad);
        }
    }
    assert!(decode(&[&bytes[..], &[0]].concat()).is_err());
}

#[test]
fn targets_outside_the_install_directory_are_refused() {
    let mut bad = plan();
    for op in &mut bad.ops {
        if let Op::Shortcut { target, .. } = op {
            *target = "..\\evil.exe".into();
        }
    }
    assert!(decode(&encode(&bad)).is_err());
    let mut bad = plan();
    bad.bootstrap.name = "a\\b.exe".into();
    assert!(decode(&encode(&bad)).is_err());
}

/// Wherever a plan holds a path below the install directory, one that leads out of it is refused.
#[test]
fn no_path_of_a_plan_leads_elsewhere() {
    let bytes = encode(&plan());
    let (mut refused, mut passed) = (0, Vec::new());
    for path in
        ["bin\\a.exe", "bin\\x.dll", "bin\\agent.man", "bin\\agent.exe", "a.exe", "a.ico", "a.toml", "logs"]
    {
        let found: Vec<usize> =
            (0..bytes.len()).filter(|at| bytes[*at..].starts_with(path.as_bytes())).collect();
        assert!(!found.is_empty(), "{path}");
        for at in found {
            // As long as the path was, so that all else stays what it is.
            for hostile in
                [alloc::format!("..\\{}", "a".repeat(path.len() - 3)), alloc::format!("c:{}", &path[2..])]
            {
                let mut bad = bytes.clone();
                bad[at..at + path.len()].copy_from_slice(hostile.as_bytes());
                match decode(&bad) {
                    Err(_) => refused += 1,
                    Ok(_) => passed.push(at),
                }
            }
        }
    }
    // The task's program is a template: its folder is checked when it is known.
    assert_eq!((passed.len(), passed.first()), (2, passed.last()), "{passed:?}");
    assert!(refused > 20, "{refused}");
}

#[test]
fn identities_come_back() {
    let mut identity = crate::identity::Identity::of(&plan());
    identity.in_use = InUse::Restart;
    let bytes = crate::identity::encode(&identity);
    assert_eq!(crate::identity::decode(&bytes), Ok(identity));
    for at in 0..bytes.len() {
        assert!(crate::identity::decode(&bytes[..at]).is_err());
    }
}

#[test]
fn a_release_is_the_same_with_other_sites() {
    let plan = plan();
    let more = Plan { sites: vec![], ..plan.clone() };
    assert_ne!(encode(&plan), encode(&more));
    assert_eq!(digest(&plan), digest(&more));
    let (read, found) = decode_with_digest(&encode(&plan)).expect("reads");
    assert_eq!((read, found), (plan.clone(), digest(&plan)));
    let other = Plan { detect_value: "other".into(), ..plan.clone() };
    assert_ne!(digest(&plan), digest(&other));
}
