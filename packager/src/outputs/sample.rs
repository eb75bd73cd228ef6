//! A small package for the outputs' unit tests.

use packager_shared::template::{Dir, Part, Template};

use super::{InstalledFile, Release};
use crate::plan::*;

fn text(text: &str) -> Template {
    Template(vec![Part::Text(text.into())])
}

fn below(dir: Dir, path: &str) -> Template {
    Template(vec![Part::Dir(dir), Part::Text(path.into())])
}

/// One of everything.
pub fn package(arch: Arch) -> PackagePlan {
    let view = if arch == Arch::X86 { View::Bits32 } else { View::Bits64 };
    let key = |view, path: &str| Key { root: Root::LocalMachine, view, path: path.into() };
    let value = |view, name: &str, data| Op::RegistryValue {
        key: key(view, r"SOFTWARE\Acme\Agent\CurrentVersion"),
        name: name.into(),
        data,
    };
    let target = Plan {
        product: Product {
            id: "com.acme.agent".into(),
            slug: "agent".into(),
            name: "Acme Agent".into(),
            manufacturer: "Acme".into(),
            version: [4, 2, 0, 0],
            version_text: "4.2.0".into(),
            upgrade_code: *ids::upgrade_code("com.acme.agent").as_bytes(),
            arch,
            scope: Scope::Machine,
            listing: Listing { url: Some("https://acme.example".into()), ..Listing::default() },
        },
        platform: Platform {
            min: (6, 1, 0),
            server: true,
            client: true,
            refuse: vec![(6, 2, 0)],
            dotnet_release: None,
            free_megabytes: 0,
        },
        install_dir: below(Dir::ProgramFiles, r"Acme\Agent"),
        settings: vec![
            Setting {
                name: "SERVER_URL".into(),
                default: "https://[a]".into(),
                required: true,
                secret: false,
                allowed: vec![],
                legacy: vec![],
                registry: Some((key(view, r"SOFTWARE\Acme\Agent\Settings"), "ServerUrl".into())),
            },
            Setting {
                name: "GROUP".into(),
                default: "default".into(),
                required: false,
                secret: false,
                allowed: vec!["default".into(), "servers".into()],
                registry: None,
                legacy: vec![(key(view, r"SOFTWARE\AcmeLegacy"), "Group".into())],
            },
        ],
        sites: vec![],
        groups: vec![],
        detect: vec![key(view, r"SOFTWARE\Acme\Agent\CurrentVersion")],
        detect_value: "Application Path".into(),
        bootstrap: Bootstrap {
            in_use: InUse::Abort,
            name: "autopcc.exe".into(),
            sources: vec![],
            first_install_msi: false,
            public_key: None,
            serial: 42,
            floor: 40,
            spread_s: 3_600,
        },
        ops: vec![
            Op::Directory {
                path: below(Dir::ProgramData, r"Acme\Agent"),
                acl: Some("D:P(A;OICI;FA;;;BA)".into()),
                purge: false,
            },
            Op::FileAcl { file: r"bin\agent.exe".into(), acl: "D:P(A;;FA;;;BA)".into() },
            Op::RegistryRemove {
                key: key(View::Bits32, r"SOFTWARE\Old\Agent"),
                name: None,
                on_uninstall: false,
            },
            Op::RegistryRemove {
                key: key(view, r"SOFTWARE\Old"),
                name: Some("Agent".into()),
                on_uninstall: false,
            },
            value(view, "Application Path", Data::Sz(below(Dir::InstallDir, ""))),
            value(view, "Retries", Data::Dword(5)),
            value(view, "Tags", Data::MultiSz(vec![text("a"), text("b")])),
            value(view, "Cache", Data::ExpandSz(text("%ProgramData%"))),
            value(View::Bits32, "Magic", Data::Binary(vec![0, 255, 16])),
            value(view, "Big", Data::Qword(5_000_000_000)),
            Op::RegistryKey {
                key: key(view, r"SOFTWARE\Acme\Agent\Empty"),
                acl: Some("D:P(A;CI;KA;;;BA)".into()),
            },
            Op::Environment {
                name: "PATH".into(),
                value: below(Dir::InstallDir, "bin"),
                action: EnvironmentAction::Append,
            },
            Op::Ini {
                folder: below(Dir::ProgramData, r"Acme\Shared"),
                file: "agents of acme.ini".into(),
                section: text("agents"),
                key: text("acme"),
                value: below(Dir::InstallDir, ""),
            },
            Op::Shortcut {
                folder: Dir::StartMenu,
                subfolder: "Acme".into(),
                name: "Agent Control".into(),
                target: r"bin\agentctl.exe".into(),
                arguments: Template::default(),
                description: "Asks the agent".into(),
                icon: None,
            },
            Op::Service(Service {
                name: "AcmeAgent".into(),
                display: "Acme Agent".into(),
                description: Some("Watches".into()),
                exe: r"bin\agent.exe".into(),
                arguments: Template(vec![Part::Text("--server ".into()), Part::Setting("SERVER_URL".into())]),
                start: Start::AutoDelayed,
                account: None,
                depends: vec!["Tcpip".into()],
                run: Run::Always,
                error_control: ErrorControl::Normal,
                password: None,
                recovery: None,
                preshutdown_ms: Some(30_000),
            }),
            Op::Service(Service {
                name: "AcmeHelper".into(),
                display: "Acme Helper".into(),
                description: None,
                exe: r"bin\agent.exe".into(),
                arguments: text("--helper"),
                start: Start::Demand,
                account: None,
                depends: vec!["AcmeAgent".into()],
                run: Run::IfItRan,
                error_control: ErrorControl::Critical,
                password: None,
                recovery: Some(Recovery {
                    restart_after_ms: 60_000,
                    attempts: 3,
                    reset_after_s: 86_400,
                    also_on_error_exit: true,
                }),
                preshutdown_ms: None,
            }),
        ],
    };
    PackagePlan {
        target,
        files: vec![],
        site_files: vec![],
        icon: None,
        license: None,
        outputs: Outputs::default(),
    }
}

/// Its files, as if they had been compressed.
pub fn files() -> Vec<InstalledFile> {
    let version = Some(FileVersion { version: [4, 2, 0, 0], languages: vec![1033] });
    let file = |sequence, path: &str, version: &Option<FileVersion>, keep| InstalledFile {
        path: path.into(),
        size: 1000 + u64::from(sequence),
        sha256: [sequence as u8; 32],
        file_hash: [1, -2, 3, -4],
        version: version.clone(),
        keep,
        sequence,
    };
    vec![
        file(1, r"bin\agent.exe", &version, false),
        file(2, r"bin\agentctl.exe", &version, false),
        file(3, r"conf\agent.toml", &None, true),
        file(4, r"data\long name.json", &None, false),
        file(5, "autopcc.exe", &version, false),
    ]
}

/// A release of them.
pub fn release<'a>(package: &'a PackagePlan, files: &'a [InstalledFile]) -> Release<'a> {
    Release {
        site: None,
        package,
        files,
        digest: [7; 32],
        cabinet: [8; 32],
        cabinets: &[5],
        image: b"bootstrap",
        icon: Some(b"icon"),
        license: None,
    }
}
