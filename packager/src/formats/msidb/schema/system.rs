//! What installing does to the system besides copying files.

use super::{Category, TableDef, localized, long, short, table, text};

pub(super) const TABLES: &[TableDef] = &[
    table(
        "CreateFolder",
        &[
            text("Directory_", 72)
                .key()
                .is(Category::Identifier)
                .refers("Directory", 1)
                .about("Directory to create."),
            text("Component_", 72)
                .key()
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("The component it belongs to."),
        ],
    ),
    table(
        "DuplicateFile",
        &[
            text("FileKey", 72).key().is(Category::Identifier).about("Name of the row."),
            text("Component_", 72)
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("The component it belongs to."),
            text("File_", 72).is(Category::Identifier).refers("File", 1).about("File that is copied."),
            localized("DestName", 255).null().is(Category::Filename).about("Name of the copy."),
            text("DestFolder", 72).null().is(Category::Identifier).about("Property with the target folder."),
        ],
    ),
    table(
        "Environment",
        &[
            text("Environment", 72).key().is(Category::Identifier).about("Name of the row."),
            localized("Name", 255).is(Category::Text).about("Variable, with prefixes that say what is done."),
            localized("Value", 255)
                .null()
                .is(Category::Formatted)
                .about("Value, with [~] for what was there."),
            text("Component_", 72)
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("The component it belongs to."),
        ],
    ),
    table(
        "IniFile",
        &[
            text("IniFile", 72).key().is(Category::Identifier).about("Name of the row."),
            localized("FileName", 255).is(Category::Filename).about("Name, short|long."),
            text("DirProperty", 72).null().is(Category::Identifier).about("Property with the folder."),
            localized("Section", 96).is(Category::Formatted).about("Section."),
            localized("Key", 128).is(Category::Formatted).about("Key."),
            localized("Value", 255).is(Category::Formatted).about("Value to write."),
            short("Action").among("0;1;3").about("What is done with the value."),
            text("Component_", 72)
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("The component it belongs to."),
        ],
    ),
    table(
        "LockPermissions",
        &[
            text("LockObject", 72).key().is(Category::Identifier).about("Key of the object in its table."),
            text("Table", 32)
                .key()
                .is(Category::Identifier)
                .among("Directory;File;Registry")
                .about("Table of the object."),
            text("Domain", 255).key().null().is(Category::Formatted).about("Domain of the user."),
            text("User", 255).key().is(Category::Formatted).about("User or group."),
            long("Permission").null().range(-i32::MAX, i32::MAX).about("Access rights."),
        ],
    ),
    table(
        "MoveFile",
        &[
            text("FileKey", 72).key().is(Category::Identifier).about("Name of the row."),
            text("Component_", 72)
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("The component it belongs to."),
            localized("SourceName", 255).null().is(Category::Text).about("Name or pattern of the source."),
            localized("DestName", 255).null().is(Category::Filename).about("Name of the copy."),
            text("SourceFolder", 72)
                .null()
                .is(Category::Identifier)
                .about("Property with the source folder."),
            text("DestFolder", 72).is(Category::Identifier).about("Property with the target folder."),
            short("Options").range(0, 1).about("0: copy, 1: move."),
        ],
    ),
    table(
        "MsiLockPermissionsEx",
        &[
            text("MsiLockPermissionsEx", 72).key().is(Category::Identifier).about("Name of the row."),
            text("LockObject", 72).is(Category::Identifier).about("Key of the object in its table."),
            text("Table", 32)
                .is(Category::Identifier)
                .among("CreateFolder;File;Registry;ServiceInstall")
                .about("Table of the object."),
            text("SDDLText", 0).is(Category::FormattedSDDLText).about("Security descriptor."),
            text("Condition", 255).null().is(Category::Condition).about("Applied only if this holds."),
        ],
    ),
    table(
        "MsiServiceConfig",
        &[
            text("MsiServiceConfig", 72).key().is(Category::Identifier).about("Name of the row."),
            localized("Name", 255).is(Category::Formatted).about("Name of the service."),
            short("Event").range(0, 7).about("Bits: at install, uninstall, reinstall."),
            long("ConfigType").range(-i32::MAX, i32::MAX).about("Which configuration is set."),
            text("Argument", 0).null().is(Category::Formatted).about("What it is set to."),
            text("Component_", 72)
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("The component it belongs to."),
        ],
    ),
    table(
        "MsiServiceConfigFailureActions",
        &[
            text("MsiServiceConfigFailureActions", 72)
                .key()
                .is(Category::Identifier)
                .about("Name of the row."),
            localized("Name", 255).is(Category::Formatted).about("Name of the service."),
            short("Event").range(0, 7).about("Bits: at install, uninstall, reinstall."),
            long("ResetPeriod")
                .null()
                .range(0, i32::MAX)
                .about("Seconds after which the count of failures is reset."),
            localized("RebootMessage", 255)
                .null()
                .is(Category::Formatted)
                .about("Message before a restart of the computer."),
            localized("Command", 255).null().is(Category::Formatted).about("Command line."),
            text("Actions", 0).null().is(Category::Text).about("Actions after failures, separated by [~]."),
            text("DelayActions", 0)
                .null()
                .is(Category::Text)
                .about("Delays in milliseconds, separated by [~]."),
            text("Component_", 72)
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("The component it belongs to."),
        ],
    ),
    table(
        "MsiShortcutProperty",
        &[
            text("MsiShortcutProperty", 72).key().is(Category::Identifier).about("Name of the row."),
            text("Shortcut_", 72).is(Category::Identifier).refers("Shortcut", 1).about("The shortcut."),
            text("PropertyKey", 0).is(Category::Formatted).about("Property of the shortcut."),
            text("PropVariantValue", 0).is(Category::Formatted).about("Its value."),
        ],
    ),
    table(
        "Registry",
        &[
            text("Registry", 72).key().is(Category::Identifier).about("Name of the row."),
            short("Root").range(-1, 3).about("Root key: -1 by context, 0 HKCR, 1 HKCU, 2 HKLM, 3 HKU."),
            localized("Key", 255).is(Category::RegPath).about("Key."),
            localized("Name", 255)
                .null()
                .is(Category::Formatted)
                .about("Value; none: the default value; +, -, *: the key itself."),
            localized("Value", 0).null().is(Category::Formatted).about("Data, with a prefix for its type."),
            text("Component_", 72)
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("The component it belongs to."),
        ],
    ),
    table(
        "RemoveFile",
        &[
            text("FileKey", 72).key().is(Category::Identifier).about("Name of the row."),
            text("Component_", 72)
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("The component it belongs to."),
            localized("FileName", 255)
                .null()
                .is(Category::WildCardFilename)
                .about("Name or pattern; none: the folder."),
            text("DirProperty", 72).is(Category::Identifier).about("Property with the folder."),
            short("InstallMode").among("1;2;3").about("1: at install, 2: at removal, 3: both."),
        ],
    ),
    table(
        "RemoveIniFile",
        &[
            text("RemoveIniFile", 72).key().is(Category::Identifier).about("Name of the row."),
            localized("FileName", 255).is(Category::Filename).about("Name, short|long."),
            text("DirProperty", 72).null().is(Category::Identifier).about("Property with the folder."),
            localized("Section", 96).is(Category::Formatted).about("Section."),
            localized("Key", 128).is(Category::Formatted).about("Key."),
            localized("Value", 255).null().is(Category::Formatted).about("Part to remove."),
            short("Action").among("2;4").about("2: the line, 4: the part."),
            text("Component_", 72)
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("The component it belongs to."),
        ],
    ),
    table(
        "RemoveRegistry",
        &[
            text("RemoveRegistry", 72).key().is(Category::Identifier).about("Name of the row."),
            short("Root").range(-1, 3).about("Root key: -1 by context, 0 HKCR, 1 HKCU, 2 HKLM, 3 HKU."),
            localized("Key", 255).is(Category::RegPath).about("Key."),
            localized("Name", 255).null().is(Category::Formatted).about("Value; -: the key."),
            text("Component_", 72)
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("The component it belongs to."),
        ],
    ),
    table(
        "ReserveCost",
        &[
            text("ReserveKey", 72).key().is(Category::Identifier).about("Name of the row."),
            text("Component_", 72)
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("The component it belongs to."),
            text("ReserveFolder", 72).null().is(Category::Identifier).about("Property with the folder."),
            long("ReserveLocal").range(0, i32::MAX).about("Bytes when installed locally."),
            long("ReserveSource").range(0, i32::MAX).about("Bytes when run from source."),
        ],
    ),
    table(
        "ServiceControl",
        &[
            text("ServiceControl", 72).key().is(Category::Identifier).about("Name of the row."),
            localized("Name", 255).is(Category::Formatted).about("Name of the service."),
            short("Event").range(0, 187).about("Bits: start, stop, delete; low: install, high: removal."),
            localized("Arguments", 255)
                .null()
                .is(Category::Formatted)
                .about("Arguments for a start, separated by [~]."),
            short("Wait").null().range(0, 1).about("1: waits until it is done."),
            text("Component_", 72)
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("The component it belongs to."),
        ],
    ),
    table(
        "ServiceInstall",
        &[
            text("ServiceInstall", 72).key().is(Category::Identifier).about("Name of the row."),
            text("Name", 255).is(Category::Formatted).about("Name of the service."),
            localized("DisplayName", 255).null().is(Category::Formatted).about("Name that is shown."),
            long("ServiceType").range(-i32::MAX, i32::MAX).about("Own process, shared, interactive."),
            long("StartType").range(0, 4).about("2 automatic, 3 on demand, 4 disabled."),
            long("ErrorControl").range(-i32::MAX, i32::MAX).about("What a failed start means."),
            text("LoadOrderGroup", 255).null().is(Category::Formatted).about("Load order group."),
            text("Dependencies", 255)
                .null()
                .is(Category::Formatted)
                .about("Services it needs, separated and ended by [~]."),
            text("StartName", 255).null().is(Category::Formatted).about("Account."),
            text("Password", 255).null().is(Category::Formatted).about("Password of the account."),
            text("Arguments", 255).null().is(Category::Formatted).about("Arguments."),
            text("Component_", 72)
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("The component it belongs to."),
            localized("Description", 255).null().is(Category::Formatted).about("Description of the service."),
        ],
    ),
    table(
        "Shortcut",
        &[
            text("Shortcut", 72).key().is(Category::Identifier).about("Name of the shortcut."),
            text("Directory_", 72)
                .is(Category::Identifier)
                .refers("Directory", 1)
                .about("Directory it stands in."),
            localized("Name", 128).is(Category::Filename).about("File name, short|long."),
            text("Component_", 72)
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("The component it belongs to."),
            text("Target", 72).is(Category::Shortcut).about("Feature (advertised) or path."),
            text("Arguments", 255).null().is(Category::Formatted).about("Arguments."),
            localized("Description", 255).null().is(Category::Text).about("Description."),
            short("Hotkey").null().range(0, 32767).about("Hot key."),
            text("Icon_", 72).null().is(Category::Identifier).refers("Icon", 1).about("The icon."),
            short("IconIndex").null().range(-32767, 32767).about("Index within the icon file."),
            short("ShowCmd").null().among("1;3;7").about("Window: 1 normal, 3 maximised, 7 minimised."),
            text("WkDir", 72).null().is(Category::Identifier).about("Property with the working directory."),
            text("DisplayResourceDLL", 255)
                .null()
                .optional()
                .is(Category::Formatted)
                .about("File with the localised name."),
            short("DisplayResourceId").null().optional().range(0, 32767).about("Its resource id."),
            text("DescriptionResourceDLL", 255)
                .null()
                .optional()
                .is(Category::Formatted)
                .about("File with the localised description."),
            short("DescriptionResourceId").null().optional().range(0, 32767).about("Its resource id."),
        ],
    ),
];
