//! Packages for the simulated machine: setup EXEs, installed bootstraps, shares.

use std::collections::BTreeMap;
use std::string::String;
use std::vec;
use std::vec::Vec;

use packager_shared::identity::{self, Identity};
use packager_shared::ids::{file_key, sha256};
use packager_shared::index::{self, Entry, Index};
use packager_shared::overlay::{self, Kind};
use packager_shared::path::join;
use packager_shared::plan::*;
use packager_shared::release::{self, ArchRelease, Release, Sealed, arch_name};
use packager_shared::template::{Dir, Template};

use super::World;
use super::cabinet::cabinet;
use super::solid::solid;

/// A product with its payload.
#[derive(Clone, Debug)]
pub struct Product {
    /// Everything but the files.
    pub plan: Plan,
    /// Path, content, `keep`.
    pub files: Vec<(String, Vec<u8>, bool)>,
    /// Whether its setup EXE has solid streams, and no cabinet.
    pub solid: bool,
}

/// A template from text.
pub fn template(text: &str) -> Template {
    Template::parse(text, &[], &["SERVER", "GROUP"]).expect("a template")
}

/// A key of HKLM's 64-bit view.
pub fn key(path: &str) -> Key {
    Key { root: Root::LocalMachine, view: View::Bits64, path: path.into() }
}

/// A configuration file as it comes.
pub const CONFIG: &[u8] = b"default = 1 # one\n\n[server]\nurl = \"\"\n";

/// The condition of what only kiosks have.
pub fn kiosk() -> Condition {
    Condition::Is("GROUP".into(), "kiosk".into())
}

fn others() -> Condition {
    Condition::Not(alloc::boxed::Box::new(kiosk()))
}

fn when(condition: Condition, op: Op) -> Op {
    Op::When(condition, alloc::boxed::Box::new(op))
}

/// A product with one operation of every kind, in a version.
pub fn product(version: u16) -> Product {
    let value = |path: &str, name: &str, data| Op::RegistryValue { key: key(path), name: name.into(), data };
    let setting = |name: &str, registry| Setting {
        name: name.into(),
        default: "standard".into(),
        required: false,
        secret: false,
        allowed: vec![],
        legacy: vec![],
        registry,
    };
    let run = |at, act: &str, undo: &str| {
        Op::Run(RunProgram {
            program: "bin\\agent.exe".into(),
            args: vec![template(act), template("{SERVER}")],
            at,
            undo: Some(vec![template(undo), template("{SERVER}")]),
            may_fail: false,
            success: vec![0],
            timeout_ms: 60_000,
        })
    };
    let server = key("SOFTWARE\\Acme\\Agent\\Settings");
    let plan = Plan {
        product: packager_shared::plan::Product {
            id: "com.acme.agent".into(),
            slug: "agent".into(),
            name: "Acme Agent".into(),
            manufacturer: "Acme".into(),
            version: [version, 0, 0, 0],
            version_text: std::format!("{version}.0.0"),
            upgrade_code: [7; 16],
            arch: Arch::X64,
            scope: Scope::Machine,
            listing: Listing { url: Some("https://acme.example".into()), ..Listing::default() },
        },
        platform: Platform {
            min: (6, 1, 0),
            server: true,
            client: true,
            refuse: vec![],
            dotnet_release: None,
            free_megabytes: 0,
        },
        install_dir: template("{ProgramFiles}\\Acme\\Agent"),
        settings: vec![setting("SERVER", Some((server.clone(), "Server".into()))), setting("GROUP", None)],
        sites: vec![Site { name: "paris".into(), values: vec![("SERVER".into(), "paris".into())] }],
        groups: vec![FileGroup { when: kiosk(), files: vec!["kiosk\\shell.txt".into()] }],
        detect: vec![key("SOFTWARE\\Acme\\com.acme.agent\\CurrentVersion")],
        detect_value: "Application Path".into(),
        bootstrap: Bootstrap {
            in_use: InUse::Abort,
            name: "autopcc.exe".into(),
            sources: vec!["\\\\server\\share".into()],
            first_install_msi: false,
            public_key: Some(*keys().pk),
            serial: u32::from(version),
            floor: 1,
            spread_s: 0,
        },
        ops: vec![
            Op::Directory { path: template("{ProgramData}\\Acme\\Agent"), acl: None, purge: false },
            Op::Directory {
                path: template("{ProgramData}\\Acme\\Secret"),
                acl: Some(std::format!("D:P(A;OICI;FA;;;BA)(A;;0x{version};;;WD)")),
                purge: true,
            },
            Op::Directory {
                path: template("{ProgramData}\\Acme\\Less"),
                acl: (version == 1).then(|| "D:P(A;;FA;;;SY)".into()),
                purge: false,
            },
            Op::FileAcl { file: "bin\\agent.exe".into(), acl: "D:P(A;;FA;;;SY)".into() },
            Op::RegistryKey {
                key: key("SOFTWARE\\Acme\\Locked"),
                acl: Some(std::format!("D:P(A;;KA;;;BA)(A;;0x{version};;;WD)")),
            },
            value(
                "SOFTWARE\\Acme\\com.acme.agent\\CurrentVersion",
                "Application Path",
                Data::Sz(template("{InstallDir}")),
            ),
            value(&server.path, "Server", Data::Sz(template("{SERVER}"))),
            value("SOFTWARE\\Acme\\Agent", "Big", Data::Qword(u64::from(version))),
            value("SOFTWARE\\Acme\\Agent", "Tags", Data::MultiSz(vec![template("a"), template("{GROUP}")])),
            Op::RegistryKey { key: key("SOFTWARE\\Acme\\Agent\\Empty"), acl: None },
            Op::RegistryRemove { key: key("SOFTWARE\\Acme\\Before"), name: None, on_uninstall: false },
            Op::RegistryRemove { key: key("SOFTWARE\\Acme\\Agent\\Written"), name: None, on_uninstall: true },
            value(
                "SOFTWARE\\Foreign",
                "List",
                Data::MultiSzPart { strings: vec![template("ours")], first: version.is_multiple_of(2) },
            ),
            Op::Environment {
                name: "Path".into(),
                value: template("{InstallDir}\\bin"),
                action: EnvironmentAction::Append,
            },
            Op::Environment {
                name: "ACME_HOME".into(),
                value: template("{InstallDir}"),
                action: EnvironmentAction::Set,
            },
            Op::Ini {
                folder: template("{ProgramData}\\Acme\\Shared"),
                file: "agents.ini".into(),
                section: template("agents"),
                key: template("acme"),
                value: template("\"{InstallDir}\""),
            },
            Op::Ini {
                folder: template("{Windows}"),
                file: "other.ini".into(),
                section: template("all"),
                key: template(if version == 1 { "one" } else { "two" }),
                value: template("{SERVER}"),
            },
            Op::Shortcut {
                folder: Dir::StartMenu,
                subfolder: "Acme".into(),
                name: "Agent".into(),
                target: "bin\\agent.exe".into(),
                arguments: template("--x"),
                description: "Agent".into(),
                icon: (version != 1).then(|| "bin\\agent.exe".into()),
            },
            Op::Service(Service {
                name: "AcmeAgent".into(),
                display: "Acme Agent".into(),
                description: None,
                exe: "bin\\agent.exe".into(),
                arguments: template("--server {SERVER}"),
                start: Start::Auto,
                account: None,
                depends: vec![],
                run: Run::Always,
                error_control: ErrorControl::Normal,
                password: None,
                recovery: None,
                preshutdown_ms: None,
            }),
            Op::Firewall(FirewallRule {
                name: "Acme Agent".into(),
                description: String::new(),
                program: Some("bin\\agent.exe".into()),
                service: None,
                outbound: false,
                block: false,
                protocol: Protocol::Tcp,
                ports: template(if version.is_multiple_of(2) { "8443" } else { "8443, 9443" }),
                remote_ports: template(""),
                remote: template("10.0.0.0/8"),
                profiles: profile::DOMAIN | profile::PRIVATE,
                edge: true,
            }),
            Op::Task(Task {
                name: "Acme\\Update".into(),
                description: "Updates <Agent> & more".into(),
                program: template("{InstallDir}\\autopcc.exe"),
                args: template("-u /quiet"),
                triggers: vec![Trigger::Every(240), Trigger::Daily(61), Trigger::Boot],
                jitter_minutes: u32::from(version),
                account: TaskAccount::System,
                limit_minutes: 60,
            }),
            // Everything that a service can have, and something else with each version.
            Op::Service(Service {
                name: "AcmeHelper".into(),
                display: "Acme Helper".into(),
                description: Some("Helps".into()),
                exe: "bin\\agent.exe".into(),
                arguments: template("--helper"),
                start: Start::Demand,
                account: Some(template("ACME\\{GROUP}")),
                depends: vec!["AcmeAgent".into()],
                run: Run::IfItRan,
                error_control: if version == 1 { ErrorControl::Ignore } else { ErrorControl::Critical },
                password: Some("GROUP".into()),
                recovery: Some(Recovery {
                    restart_after_ms: 1_000,
                    attempts: u32::from(version),
                    reset_after_s: 60,
                    also_on_error_exit: version == 1,
                }),
                preshutdown_ms: Some(u32::from(version) * 1_000),
            }),
            run(run_at::AFTER_INSTALL | run_at::AFTER_UPGRADE, "enroll", "unenroll"),
            run(run_at::BEFORE_UNINSTALL | run_at::BEFORE_UPGRADE, "unenroll", "enroll"),
            Op::When(
                Condition::parse("SERVER = 'repaired'", &["SERVER"]).expect("a condition"),
                alloc::boxed::Box::new(run(run_at::AFTER_REPAIR, "enroll", "unenroll")),
            ),
            Op::EventProvider { manifest: "bin\\agent.man".into(), file: "bin\\agent.exe".into() },
            Op::Close { program: "bin\\agent.exe".into(), within_ms: 1_000 },
            Op::Config(Config {
                file: "conf\\agent.toml".into(),
                format: ConfigFormat::Toml,
                values: vec![
                    ("server.url".into(), template("https://{SERVER}")),
                    ("group".into(), template("{GROUP}")),
                ],
                pristine: sha256(CONFIG),
                lines: vec![],
                marks: key("SOFTWARE\\Acme\\com.acme.agent\\Setup\\Config"),
                secret: false,
            }),
            when(kiosk(), value("SOFTWARE\\Acme\\Agent\\Kiosk", "x", Data::Sz(template("{GROUP}")))),
            // There in turns, each time with another value.
            when(kiosk(), value("SOFTWARE\\Acme\\Agent", "Mode", Data::Dword(1))),
            when(others(), value("SOFTWARE\\Acme\\Agent", "Mode", Data::Dword(2))),
            when(
                kiosk(),
                Op::Directory { path: template("{ProgramData}\\Acme\\Kiosk"), acl: None, purge: false },
            ),
            when(
                kiosk(),
                Op::Service(Service {
                    name: "AcmeKiosk".into(),
                    display: "Acme Kiosk".into(),
                    description: None,
                    exe: "bin\\agent.exe".into(),
                    arguments: template("--kiosk"),
                    start: Start::Auto,
                    account: None,
                    depends: vec!["AcmeAgent".into()],
                    run: Run::Always,
                    error_control: ErrorControl::Normal,
                    password: None,
                    recovery: None,
                    preshutdown_ms: None,
                }),
            ),
            when(
                kiosk(),
                Op::RegistryRemove { key: key("SOFTWARE\\Acme\\Late"), name: None, on_uninstall: true },
            ),
        ],
    };
    let text =
        |n: u32| (0..n).flat_map(|i| i.wrapping_mul(u32::from(version) + 40_503).to_le_bytes()).collect();
    let mut out = Product {
        plan,
        files: vec![
            ("bin\\agent.exe".into(), text(12_000), false),
            ("bin\\agent.man".into(), b"<events/>".to_vec(), false),
            ("bin\\same.dll".into(), vec![b's'; 40_000], false),
            ("conf\\agent.toml".into(), CONFIG.to_vec(), true),
            ("empty.txt".into(), vec![], false),
            ("kiosk\\shell.txt".into(), vec![b'k'; 500], false),
            ("twin\\same.dll".into(), vec![b's'; 40_000], false),
        ],
        solid: false,
    };
    // Something that comes and something that goes.
    if version == 1 {
        out.files.push(("old\\gone.txt".into(), b"one".to_vec(), false));
        out.plan.ops.push(value("SOFTWARE\\Acme\\Gone", "x", Data::Dword(1)));
        out.plan.ops.push(Op::Directory {
            path: template("{ProgramData}\\Acme\\Old"),
            acl: None,
            purge: false,
        });
    } else {
        out.files.push(("new\\deep\\come.txt".into(), b"two".to_vec(), false));
        out.plan.ops.push(value("SOFTWARE\\Acme\\Come", "x", Data::ExpandSz(template("%TEMP%"))));
    }
    out
}

/// The keys of the simulated product.
pub fn keys() -> ed25519_compact::KeyPair {
    ed25519_compact::KeyPair::from_seed(ed25519_compact::Seed::new([3; 32]))
}

/// The smallest thing that counts as a PE image.
pub fn image() -> Vec<u8> {
    let mut out = vec![0; 0x210];
    let mut put = |at: usize, bytes: &[u8]| out[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"MZ");
    put(0x3c, &0x80u32.to_le_bytes());
    put(0x80, b"PE\0\0");
    put(0x86, &1u16.to_le_bytes());
    put(0x94, &224u16.to_le_bytes());
    put(0x98, &0x10bu16.to_le_bytes());
    put(0x98 + 60, &0x200u32.to_le_bytes());
    put(0x98 + 92, &16u32.to_le_bytes());
    put(0x98 + 224 + 16, &16u32.to_le_bytes());
    put(0x98 + 224 + 20, &0x200u32.to_le_bytes());
    out
}

fn entry(path: &str, content: &[u8], keep: bool) -> Entry {
    Entry { path: path.into(), size: content.len() as u64, sha256: sha256(content), pe_version: None, keep }
}

impl Product {
    /// The encoded plan.
    pub fn plan_bin(&self) -> Vec<u8> {
        packager_shared::plan::encode(&self.plan)
    }

    fn payload_index(&self) -> Index {
        let entries = self.files.iter().map(|(path, content, keep)| entry(path, content, *keep)).collect();
        let mut index = Index { entries };
        index.sort();
        index
    }

    /// The bootstrap in the install directory.
    pub fn installed(&self) -> Vec<u8> {
        let plan = self.plan_bin();
        let index = index::encode(&self.payload_index(), &packager_shared::plan::digest(&self.plan));
        let mut out = image();
        out.extend(overlay::build(
            Kind::Installed,
            1 << 26,
            &[(overlay::PLAN, &plan), (overlay::INDEX, &index)],
        ));
        out
    }

    /// The index of everything, the bootstrap too.
    pub fn index(&self) -> Index {
        let mut index = self.payload_index();
        let bootstrap = entry(&self.plan.bootstrap.name, &self.installed(), false);
        index.entries.push(Entry { pe_version: Some(self.plan.product.version), ..bootstrap });
        index.sort();
        index
    }

    /// The encoded index of everything.
    pub fn files_idx(&self) -> Vec<u8> {
        index::encode(&self.index(), &packager_shared::plan::digest(&self.plan))
    }

    fn contents(&self) -> BTreeMap<&str, Vec<u8>> {
        let files = self.files.iter().map(|(path, content, _)| (path.as_str(), content.clone()));
        files.chain([(self.plan.bootstrap.name.as_str(), self.installed())]).collect()
    }

    /// The content of an installed file.
    pub fn content(&self, path: &str) -> Vec<u8> {
        match self.files.iter().find(|(name, ..)| name == path) {
            Some((_, content, _)) => content.clone(),
            None => self.installed(),
        }
    }

    /// The setup EXE.
    pub fn setup(&self) -> Vec<u8> {
        let index = self.index();
        let contents = self.contents();
        if self.solid {
            return self.setup_with(overlay::SOLID, &solid(&index, |path| contents[path].clone()));
        }
        let mut members: Vec<(String, Vec<u8>)> = Vec::new();
        for Entry { path, .. } in &index.entries {
            members.push((file_key(path), contents[path.as_str()].clone()));
        }
        // Two, so that whatever reads one goes on to the next.
        let (first, second) = members.split_at(members.len() / 2);
        self.setup_with(overlay::CABINET, &[cabinet(first, true), cabinet(second, true)].concat())
    }

    /// The setup EXE with a payload that is made already.
    pub fn setup_with(&self, tag: overlay::Tag, payload: &[u8]) -> Vec<u8> {
        let mut out = image();
        let sections: [(overlay::Tag, &[u8]); 3] =
            [(overlay::PLAN, &self.plan_bin()), (overlay::INDEX, &self.files_idx()), (tag, payload)];
        out.extend(overlay::build(Kind::Setup, 1 << 26, &sections));
        out
    }

    /// The bootstrap on a share.
    pub fn share_bootstrap(&self) -> Vec<u8> {
        let mut identity = Identity::of(&self.plan);
        identity.archs.push((Arch::X86, self.plan.platform.clone()));
        let mut out = image();
        out.extend(overlay::build(
            Kind::Share,
            1 << 26,
            &[(overlay::IDENTITY, &identity::encode(&identity))],
        ));
        out
    }

    /// Puts a share onto a machine. Returns the path of its bootstrap.
    pub fn publish(&self, world: &mut World, root: &str) -> String {
        let sealed = |bytes: &[u8]| Sealed { size: bytes.len() as u64, sha256: sha256(bytes) };
        let (plan, index, setup) = (self.plan_bin(), self.files_idx(), self.setup());
        let bootstrap = self.share_bootstrap();
        let product = &self.plan.product;
        let package = |name: &str, msi, bytes: &[u8]| release::Package {
            name: name.into(),
            arch: product.arch,
            msi,
            file: sealed(bytes),
        };
        let release = Release {
            product_id: product.id.clone(),
            serial: self.plan.bootstrap.serial,
            floor: self.plan.bootstrap.floor,
            version: product.version,
            version_text: product.version_text.clone(),
            archs: vec![ArchRelease { arch: product.arch, index: sealed(&index), plan: sealed(&plan) }],
            packages: vec![package("agent-setup.exe", false, &setup), package("agent.msi", true, b"msi")],
            bootstrap: sha256(&bootstrap),
        };
        let signed = release::encode(&release, |bytes| *keys().sk.sign(bytes, None));
        let folder =
            std::format!("{root}\\files\\{}\\{}", self.plan.bootstrap.serial, arch_name(product.arch));
        for (path, content) in self.contents() {
            world.put(&join(&folder, path), &content);
        }
        world.put(&join(&folder, "files.idx"), &index);
        world.put(&join(&folder, "plan.bin"), &plan);
        world.put(&std::format!("{root}\\packages\\agent-setup.exe"), &setup);
        world.put(&std::format!("{root}\\packages\\agent.msi"), b"msi");
        world.put(&join(root, "release.idx"), &signed);
        let path = join(root, &self.plan.bootstrap.name);
        world.put(&path, &bootstrap);
        path
    }
}
