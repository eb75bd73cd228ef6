use std::io::{Cursor, Write as _};

use packager_shared::plan::{Arch, Condition, FileGroup, Op};

use super::*;
use crate::content::cabinets::{CabinetFile, CabinetPart};
use crate::content::{PackedFile, Tally};
use crate::formats::msidb;
use crate::outputs::sample;
use crate::outputs::sink::{Kind, MemorySink};
use crate::validate;

fn rows(arch: Arch) -> Rows {
    let package = sample::package(arch);
    let files = sample::files();
    plan(sample::release(&package, &files)).unwrap().rows
}

fn text(cell: &Cell) -> &str {
    match cell {
        Cell::Text(text) => text,
        _ => "",
    }
}

fn property(rows: &Rows, name: &str) -> String {
    let row = rows.table("Property").iter().find(|row| text(&row[0]) == name);
    row.map(|row| text(&row[1]).to_owned()).unwrap_or_default()
}

#[test]
fn every_component_is_64_bit_but_those_of_the_32_bit_view() {
    let rows = rows(Arch::X64);
    let narrow: Vec<_> = rows
        .table("Component")
        .iter()
        .filter(|row| !matches!(row[3], Cell::Int(a) if a & 256 != 0))
        .collect();
    assert_eq!(narrow.len(), 1, "{narrow:?}");
    let none = self::rows(Arch::X86);
    assert!(none.table("Component").iter().all(|row| matches!(row[3], Cell::Int(a) if a & 256 == 0)));
}

#[test]
fn kept_files_are_permanent_and_never_overwritten() {
    let rows = rows(Arch::X64);
    let kept: Vec<_> = rows
        .table("Component")
        .iter()
        .filter(|row| matches!(row[3], Cell::Int(a) if a & (16 | 128) == 16 | 128))
        .collect();
    assert_eq!(kept.len(), 1);
}

#[test]
fn what_the_tables_cannot_say_is_an_action_with_its_undo_before_it() {
    let rows = rows(Arch::X64);
    let sequence = |action: &str| {
        rows.table("InstallExecuteSequence")
            .iter()
            .find(|row| text(&row[0]) == action)
            .and_then(|row| match row[2] {
                Cell::Int(number) => Some(number),
                _ => None,
            })
            .unwrap()
    };
    assert!(sequence("UndoBootstrapInstall") < sequence("BootstrapInstall"));
    assert!(sequence("UndoBootstrapUninstall") < sequence("BootstrapUninstall"));
    assert!(sequence("BootstrapUninstall") < sequence("RemoveFiles"));
    assert!(sequence("InstallFiles") < sequence("BootstrapInstall"));
    assert_eq!(sequence("RemoveExistingProducts") - sequence("InstallInitialize"), 10);
}

#[test]
fn rights_are_rows_of_one_table_and_need_windows_installer_5() {
    let rows = rows(Arch::X86);
    let locks = rows.table("MsiLockPermissionsEx");
    let mut seen: Vec<_> = locks.iter().map(|row| (text(&row[2]), text(&row[3]))).collect();
    seen.sort_unstable();
    let wanted = [
        ("CreateFolder", "D:P(A;OICI;FA;;;BA)"),
        ("File", "D:P(A;;FA;;;BA)"),
        ("Registry", "D:P(A;CI;KA;;;BA)"),
    ];
    assert_eq!(seen, wanted);
    for row in locks {
        let object = rows.table(text(&row[2]).to_owned().as_str()).iter().any(|locked| locked[0] == row[1]);
        assert!(object, "{row:?} locks nothing");
    }
    let package = sample::package(Arch::X86);
    let files = sample::files();
    assert_eq!(plan(sample::release(&package, &files)).unwrap().summary.installer_version, 500);
    assert!(rows.table("LockPermissions").is_empty());
}

#[test]
fn a_purged_folder_goes_when_the_removal_is_settled_and_not_on_an_upgrade() {
    let mut package = sample::package(Arch::X64);
    for op in &mut package.target.ops {
        if let Op::Directory { purge, .. } = op {
            *purge = true;
        }
    }
    let files = sample::files();
    let rows = plan(sample::release(&package, &files)).unwrap().rows;
    let action = |name: &str| rows.table("CustomAction").iter().find(|row| text(&row[0]) == name).unwrap();
    let purge = action("Purge.0");
    // A DLL of the Binary table; commit, deferred, not impersonated, its exit code ignored.
    assert_eq!((&purge[1], text(&purge[3])), (&Cell::Int(1 | 0x200 | 0x400 | 0x800 | 0x40), "PurgeFolder"));
    // `{ProgramData}\Acme\Agent`: the one folder above it is the product's, too.
    let data = text(&action("Find.Purge.0")[3]).strip_prefix("1;").unwrap();
    let folder = data.trim_matches(['[', ']']).to_owned();
    assert!(rows.table("CreateFolder").iter().any(|row| text(&row[0]) == folder), "{folder}");
    let ours = rows.table("Binary").iter().filter(|row| text(&row[0]) == text(&purge[2]));
    assert_eq!(ours.count(), 1);
    let places: Vec<_> = rows
        .table("InstallExecuteSequence")
        .iter()
        .filter(|row| text(&row[0]).ends_with("Purge.0"))
        .map(|row| text(&row[1]))
        .collect();
    assert_eq!(places, ["REMOVE~=\"ALL\" AND NOT UPGRADINGPRODUCTCODE"; 2]);
    let found = findings(sample::release(&package, &files));
    assert_eq!(found.iter().filter(|text| !text.starts_with("ICE61 warning")).count(), 0, "{found:#?}");
}

#[test]
fn a_service_is_of_the_tables_or_of_the_bootstrap_and_stopped_by_windows_installer() {
    let rows = rows(Arch::X64);
    let names = |table| rows.table(table).iter().map(|row| text(&row[1])).collect::<Vec<_>>();
    assert_eq!(names("ServiceInstall"), ["AcmeAgent"]);
    // SERVICE_ERROR_NORMAL, and vital.
    assert_eq!(rows.table("ServiceInstall")[0][5], Cell::Int(0x8001));
    assert_eq!(names("ServiceControl"), ["AcmeAgent", "AcmeHelper"]);
    let events: Vec<_> = rows.table("ServiceControl").iter().map(|row| row[2].clone()).collect();
    assert_eq!(events, [Cell::Int(0xa3), Cell::Int(0x20)]);
    let extra: Vec<_> = rows.table("MsiServiceConfig").iter().map(|row| (&row[3], text(&row[4]))).collect();
    assert_eq!(extra, [(&Cell::Int(3), "1"), (&Cell::Int(7), "30000")]);
    assert!(rows.table("MsiServiceConfigFailureActions").is_empty());
    let actions = rows.table("CustomAction").iter().map(|row| text(&row[0])).collect::<Vec<_>>();
    for action in ["BootstrapBeforeRemove", "BootstrapUninstall", "BootstrapInstall", "BootstrapRun"] {
        assert!(actions.contains(&action), "{action}");
    }
}

#[test]
fn what_tables_can_say_needs_no_custom_action_but_set_properties_and_the_takeover() {
    let mut package = sample::package(Arch::X64);
    package.target.ops.retain(|op| !op.needs_bootstrap());
    let files = sample::files();
    let rows = plan(sample::release(&package, &files)).unwrap().rows;
    let other = rows.table("CustomAction").iter().filter(|row| row[1] != Cell::Int(actions::SET_PROPERTY));
    let other: Vec<&str> = other.map(|row| text(&row[0])).collect();
    let takeover = ["BootstrapCommit", "BootstrapCommitAtOnce", "UndoBootstrapReplace", "BootstrapReplace"];
    assert_eq!(other, takeover);
    // It runs only over what the engine installed.
    for row in rows.table("InstallExecuteSequence").iter().filter(|row| other.contains(&text(&row[0]))) {
        assert!(text(&row[1]).contains("INSTALLATION_MANAGER=\"engine\""), "{row:?}");
    }
}

#[test]
fn what_is_removed_on_install_is_named_in_the_packages_own_view() {
    let removed = |arch| -> Vec<(String, String)> {
        let rows = rows(arch);
        let removals = rows.table("RemoveRegistry").iter();
        removals.map(|row| (text(&row[2]).to_owned(), text(&row[3]).to_owned())).collect()
    };
    let key = |path: &str, name: &str| (path.to_owned(), name.to_owned());
    let x64 = removed(Arch::X64);
    assert!(x64.contains(&key(r"SOFTWARE\Wow6432Node\Old\Agent", "-")), "{x64:?}");
    assert!(x64.contains(&key(r"SOFTWARE\Old", "Agent")), "{x64:?}");
    assert!(removed(Arch::X86).contains(&key(r"SOFTWARE\Old\Agent", "-")));
}

#[test]
fn the_folder_of_an_ini_file_is_made() {
    let rows = rows(Arch::X64);
    let folder = &rows.table("IniFile")[0][2];
    assert!(rows.table("CreateFolder").iter().any(|row| row[0] == *folder));
}

#[test]
fn the_least_of_a_machine_is_asked_for() {
    let mut package = sample::package(Arch::X64);
    package.target.platform.dotnet_release = Some(461_808);
    package.target.platform.free_megabytes = 5000;
    let files = sample::files();
    let rows = plan(sample::release(&package, &files)).unwrap().rows;
    let condition = "Installed OR DOTNET_RELEASE >= \"#461808\"";
    let said = rows.table("LaunchCondition").iter().find(|row| text(&row[0]) == condition).unwrap();
    assert_eq!(text(&said[1]), "Acme Agent needs .NET Framework 4.7.2 or newer.");
    let reserved = rows.table("ReserveCost").iter().map(|row| match row[3] {
        Cell::Int(bytes) => i64::from(bytes),
        _ => 0,
    });
    assert_eq!(reserved.sum::<i64>(), 5000 << 20);
}

#[test]
fn settings_are_secure_and_unset() {
    let rows = rows(Arch::X64);
    assert_eq!(property(&rows, "SERVER_URL"), settings::UNSET);
    let secure = property(&rows, "SecureCustomProperties");
    for name in ["INSTALLDIR", "SERVER_URL", "GROUP", "REMEMBERED_GROUP", "NEWER_VERSION_FOUND"] {
        assert!(secure.split(';').any(|secure| secure == name), "{name} in {secure}");
    }
}

#[test]
fn a_tool_tip_is_taken_as_it_is() {
    let mut package = sample::package(Arch::X64);
    for op in &mut package.target.ops {
        if let Op::Shortcut { description, .. } = op {
            *description = "Asks [the] agent".into();
        }
    }
    let files = sample::files();
    let rows = plan(sample::release(&package, &files)).unwrap().rows;
    let tips: Vec<_> = rows.table("Shortcut").iter().map(|row| text(&row[6])).collect();
    assert_eq!(tips, ["Asks [the] agent"]);
}

/// The conditions on what is found of other versions.
fn refused(same_version_upgrades: bool) -> Vec<String> {
    let mut package = sample::package(Arch::X64);
    package.outputs.msi.same_version_upgrades = same_version_upgrades;
    let files = sample::files();
    let rows = plan(sample::release(&package, &files)).unwrap().rows;
    let conditions = rows.table("LaunchCondition").iter().map(|row| text(&row[0]).to_owned());
    conditions.filter(|condition| condition.contains("VERSION_FOUND")).collect()
}

#[test]
fn the_same_version_never_stands_beside_itself() {
    assert_eq!(refused(true), ["NOT NEWER_VERSION_FOUND"]);
    assert_eq!(refused(false), ["NOT NEWER_VERSION_FOUND", "NOT SAME_VERSION_FOUND"]);
}

#[test]
fn a_change_of_anything_is_another_product() {
    let files = sample::files();
    let code =
        |package: &crate::plan::PackagePlan| plan(sample::release(package, &files)).unwrap().product_code;
    let base = sample::package(Arch::X64);
    let mut url = base.clone();
    url.target.product.listing.url = None;
    let mut language = base.clone();
    language.outputs.msi.language = 1031;
    let codes = [code(&base), code(&sample::package(Arch::X86)), code(&url), code(&language)];
    assert_eq!(codes.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
    assert_eq!(code(&base), codes[0]);
}

#[test]
fn component_codes_do_not_move_with_the_version() {
    let files = sample::files();
    let codes = |package: &crate::plan::PackagePlan| -> Vec<String> {
        let rows = plan(sample::release(package, &files)).unwrap().rows;
        rows.table("Component").iter().map(|row| text(&row[1]).to_owned()).collect()
    };
    let base = sample::package(Arch::X64);
    let mut next = base.clone();
    next.target.product.version = [5, 0, 0, 0];
    next.target.settings[1].default = "servers".into();
    assert_eq!(codes(&base), codes(&next));
}

/// The MSI of the sample, written and read back.
fn written(arch: Arch) -> msidb::Package<Cursor<Vec<u8>>> {
    written_of(&sample::package(arch))
}

fn written_of(package: &crate::plan::PackagePlan) -> msidb::Package<Cursor<Vec<u8>>> {
    let files = sample::files();
    written_from(sample::release(package, &files))
}

fn written_from(release: Release<'_>) -> msidb::Package<Cursor<Vec<u8>>> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"cabinet").unwrap();
    let part = CabinetPart { start: 0, size: 7, digest: [8; 32], last: 5 };
    let cabinet = CabinetFile { packed: packed(file, 7), parts: vec![part] };
    let sink = MemorySink::new();
    write(&plan(release).unwrap(), release, &cabinet, &sink, ("a.msi", Kind::Msi)).unwrap();
    msidb::open(Cursor::new(sink.get("a.msi").unwrap())).unwrap()
}

fn packed(file: tempfile::NamedTempFile, size: u64) -> PackedFile {
    PackedFile::new(file, size, Tally::default())
}

/// What the original suite would say, but for what is known.
pub(super) fn findings(release: Release<'_>) -> Vec<String> {
    let findings = validate::run(&written_from(release).database, &[]);
    // Installing the same version again is an upgrade on purpose.
    findings.iter().map(ToString::to_string).filter(|text| !text.starts_with("ICE61 warning")).collect()
}

#[test]
fn the_original_suites_questions_are_answered() {
    for arch in [Arch::X64, Arch::X86, Arch::Arm64] {
        let findings = validate::run(&written(arch).database, &[]);
        let text: Vec<String> = findings.iter().map(ToString::to_string).collect();
        // Installing the same version again is an upgrade on purpose.
        let known = |text: &&String| !text.starts_with("ICE61 warning");
        assert_eq!(text.iter().filter(known).collect::<Vec<_>>(), Vec::<&String>::new());
    }
}

/// The sample with everything that can hang on a condition hanging on one, and once more on the opposite.
fn conditional() -> crate::plan::PackagePlan {
    let mut package = sample::package(Arch::X64);
    let plan = &mut package.target;
    let is = |name: &str, value: &str| Condition::Is(name.into(), value.into());
    let servers = is("GROUP", "servers");
    let others = Condition::Not(Box::new(servers.clone()));
    let when = |when: &Condition, op: &Op| Op::When(when.clone(), Box::new(op.clone()));
    plan.ops = plan.ops.iter().flat_map(|op| [when(&servers, op), when(&others, op)]).collect();
    plan.groups = vec![
        FileGroup { when: servers, files: vec![r"bin\agentctl.exe".into()] },
        FileGroup { when: others, files: vec![r"data\long name.json".into()] },
    ];
    package
}

#[test]
fn what_hangs_on_a_condition_is_a_component_that_is_looked_at_again() {
    let package = conditional();
    let findings = validate::run(&written_of(&package).database, &[]);
    let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
    let known = |text: &&String| !text.starts_with("ICE61 warning");
    assert_eq!(said.iter().filter(known).collect::<Vec<_>>(), Vec::<&String>::new());

    let files = sample::files();
    let rows = plan(sample::release(&package, &files)).unwrap().rows;
    let mut conditions = std::collections::BTreeMap::<String, usize>::new();
    for row in rows.table("Component") {
        let transitive = matches!(row[3], Cell::Int(a) if a & 64 != 0);
        assert_eq!(transitive, text(&row[4]).starts_with("GROUP"), "{row:?}");
        *conditions.entry(text(&row[4]).to_owned()).or_default() += 1;
    }
    // Empty keys are made by the tables, and removed by the bootstrap.
    let empty = |op: &Op| matches!(op, Op::RegistryKey { .. });
    // The rights of a file are no component.
    let rights = |op: &Op| matches!(op, Op::FileAcl { .. });
    let by_tables = |op: &&Op| matches!(op, Op::When(_, inner) if (!op.needs_bootstrap() && !rights(inner)) || empty(inner));
    let each = package.target.ops.iter().filter(by_tables).count() / 2 + 1;
    assert!(each > 10);
    let servers = "GROUP=\"servers\" OR REMOVE~=\"ALL\"".to_owned();
    let others = "GROUP<>\"servers\" OR REMOVE~=\"ALL\"".to_owned();
    assert_eq!((conditions[&servers], conditions[&others]), (each, each), "{conditions:?}");
    // The bootstrap makes the service: the tables only stop it.
    assert!(rows.table("ServiceInstall").is_empty());
    let stops = |row: &Row| matches!(row[2], Cell::Int(events) if events & !0x2 == 0x20);
    let control = rows.table("ServiceControl");
    assert!(!control.is_empty() && control.iter().all(stops), "{control:?}");
    // A folder for nothing but such a shortcut comes with it.
    let acme = rows.table("Shortcut").iter().map(|row| text(&row[1])).next().unwrap();
    for row in rows.table("CreateFolder").iter().filter(|row| text(&row[0]) == acme) {
        let component = rows.table("Component").iter().find(|c| c[0] == row[1]).unwrap();
        assert_ne!(component[4], Cell::Null);
    }
}

#[test]
fn dialogs_in_every_language_answer_them_too() {
    for (name, _) in packager_templates::LANGUAGES {
        let mut package = sample::package(Arch::X64);
        package.outputs.msi.dialogs = true;
        package.outputs.msi.language = crate::model::windows::language(name).unwrap();
        let ask = |setting: &crate::plan::Setting| crate::plan::Ask {
            setting: setting.name.clone(),
            label: setting.name.clone(),
        };
        package.outputs.msi.asks = package.target.settings.iter().map(ask).collect();
        let files = sample::files();
        let mut release = sample::release(&package, &files);
        release.license = Some("[1] {a} \\ \u{e9}\u{65e5}");
        let findings = validate::run(&written_from(release).database, &[]);
        let text: Vec<String> = findings.iter().map(ToString::to_string).collect();
        let known = |text: &&String| !text.starts_with("ICE61 warning");
        assert_eq!(text.iter().filter(known).collect::<Vec<_>>(), Vec::<&String>::new(), "{name}");
    }
}

#[test]
fn the_cabinet_is_a_stream_of_the_package() {
    let mut package = written(Arch::X64);
    let mut bytes = String::new();
    std::io::Read::read_to_string(&mut package.stream(CABINET).unwrap(), &mut bytes).unwrap();
    assert_eq!(bytes, "cabinet");
}

#[test]
fn each_cabinet_is_a_disk_and_a_stream_of_its_own() {
    let package = sample::package(Arch::X64);
    let files = sample::files();
    let release = Release { cabinets: &[2, 5], ..sample::release(&package, &files) };
    let plan = plan(release).unwrap();
    let media: Vec<_> = plan.rows.table("Media").iter().map(|row| format!("{:?}", &row[..4])).collect();
    let row = |disk: i32, last: i32, name: &str| {
        format!("{:?}", [Cell::Int(disk), Cell::Int(last), Cell::Null, Cell::Text(name.into())])
    };
    assert_eq!(media, [row(1, 2, "#payload.cab"), row(2, 5, "#payload2.cab")]);

    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"one-and-two").unwrap();
    let part = |start, size, last| CabinetPart { start, size, digest: [8; 32], last };
    let cabinet = CabinetFile { packed: packed(file, 11), parts: vec![part(0, 4, 2), part(4, 7, 5)] };
    let sink = MemorySink::new();
    write(&plan, release, &cabinet, &sink, ("a.msi", Kind::Msi)).unwrap();
    let mut package = msidb::open(Cursor::new(sink.get("a.msi").unwrap())).unwrap();
    for (name, expected) in [(CABINET.to_owned(), "one-"), (super::cabinet(2), "and-two")] {
        let mut bytes = String::new();
        std::io::Read::read_to_string(&mut package.stream(&name).unwrap(), &mut bytes).unwrap();
        assert_eq!(bytes, expected);
    }
}

#[test]
fn more_cabinets_than_disks_are_refused() {
    let package = sample::package(Arch::X64);
    let files = sample::files();
    let all: Vec<u32> = (1..=32_768).collect();
    let release = Release { cabinets: &all, ..sample::release(&package, &files) };
    assert!(matches!(plan(release), Err(Error::Cabinets { count: 32_768 })));
}

#[test]
fn an_arm64_package_says_what_it_needs() {
    let package = sample::package(Arch::Arm64);
    let files = sample::files();
    let plan = plan(sample::release(&package, &files)).unwrap();
    assert!(plan.file_name.ends_with("-arm64.msi"), "{}", plan.file_name);
    assert_eq!((plan.summary.template.as_str(), plan.summary.installer_version), ("Arm64;1033", 500));
    let directories: Vec<&str> = plan.rows.table("Directory").iter().map(|row| text(&row[0])).collect();
    assert!(directories.contains(&"ProgramFiles64Folder") && !directories.contains(&"ProgramFilesFolder"));
    // The same values as of an x64 package are of the 64-bit view.
    let wide = |row: &&Row| matches!(row[3], Cell::Int(bits) if bits & 256 != 0);
    assert_eq!(plan.rows.table("Component").iter().filter(|row| !wide(row)).count(), 1);
    let other = super::plan(sample::release(&sample::package(Arch::X64), &files)).unwrap();
    let codes = |plan: &MsiPlan| -> Vec<String> {
        plan.rows.table("Component").iter().map(|row| text(&row[1]).to_owned()).collect()
    };
    assert!(codes(&plan).iter().all(|code| !codes(&other).contains(code)));
}

/// What the package of one user has instead of what the machine's has.
#[test]
fn a_package_of_one_user_stays_in_the_profile() {
    let mut package = sample::package(Arch::X64);
    package.target.product.scope = packager_shared::plan::Scope::User;
    package.target.ops.retain(|op| {
        !matches!(
            op,
            Op::Service(_) | Op::Directory { .. } | Op::RegistryValue { .. } | Op::RegistryKey { .. }
        )
    });
    for setting in &mut package.target.settings {
        setting.registry = None;
    }
    let files = sample::files();
    let plan = plan(sample::release(&package, &files)).unwrap();
    assert_eq!(plan.summary.word_count, 10);
    assert_eq!(property(&plan.rows, "ALLUSERS"), "");
    let table = |name: &str| plan.rows.table(name);
    // Each component has a value of the user as its key path.
    for component in table("Component") {
        assert!(matches!(component[3], Cell::Int(bits) if bits & 4 != 0), "{component:?}");
        let value = table("Registry").iter().find(|value| value[0] == component[5]).unwrap();
        assert_eq!((&value[1], &value[5]), (&Cell::Int(1), &component[0]));
    }
    assert!(table("Registry").iter().all(|value| value[1] == Cell::Int(1)));
    let below = |id: &str| table("Directory").iter().find(|row| text(&row[0]) == id).map(|row| text(&row[1]));
    assert_eq!(below("UserPrograms"), Some("LocalAppDataFolder"));
    let removed: Vec<&str> = table("RemoveFile").iter().map(|row| text(&row[3])).collect();
    for directory in ["INSTALLDIR", "UserPrograms"] {
        assert!(removed.contains(&directory), "{directory} in {removed:?}");
    }
}

#[test]
fn an_msi_ends_at_two_gigabytes() {
    let package = sample::package(Arch::X64);
    let files = sample::files();
    let release = sample::release(&package, &files);
    let part = CabinetPart { start: 0, size: 1 << 31, digest: [8; 32], last: 5 };
    let file = tempfile::NamedTempFile::new().unwrap();
    let cabinet = CabinetFile { packed: packed(file, 1 << 31), parts: vec![part] };
    let made = write(&plan(release).unwrap(), release, &cabinet, &MemorySink::new(), ("a.msi", Kind::Msi));
    assert!(matches!(made, Err(Error::Large { bytes: 0x8000_0000 })));
}

#[test]
fn a_key_alone_is_no_key_path() {
    for arch in [Arch::X64, Arch::X86] {
        let rows = rows(arch);
        let alone: Vec<&Row> = rows
            .table("Registry")
            .iter()
            .filter(|row| row[3] == Cell::from("+") && row[4] == Cell::Null)
            .collect();
        assert!(!alone.is_empty());
        for component in rows.table("Component") {
            assert!(!alone.iter().any(|row| row[0] == component[5]), "{component:?}");
        }
    }
}
