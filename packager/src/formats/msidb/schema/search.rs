//! Searches, launch conditions and related products.

use super::{Category, TableDef, localized, long, short, table, text};

pub(super) const TABLES: &[TableDef] = &[
    table(
        "AppSearch",
        &[
            text("Property", 72).key().is(Category::Identifier).about("Property that takes what was found."),
            text("Signature_", 72)
                .key()
                .is(Category::Identifier)
                .refers("Signature;RegLocator;IniLocator;DrLocator;CompLocator", 1)
                .about("The search."),
        ],
    ),
    table(
        "CCPSearch",
        &[text("Signature_", 72)
            .key()
            .is(Category::Identifier)
            .refers("Signature;RegLocator;IniLocator;DrLocator;CompLocator", 1)
            .about("The search.")],
    ),
    table(
        "CompLocator",
        &[
            text("Signature_", 72).key().is(Category::Identifier).about("Name of the search."),
            text("ComponentId", 38).is(Category::Guid).about("Component looked for."),
            short("Type").null().range(0, 1).about("0: a folder, 1: a file."),
        ],
    ),
    table(
        "DrLocator",
        &[
            text("Signature_", 72).key().is(Category::Identifier).about("Name of the search."),
            text("Parent", 72)
                .key()
                .null()
                .is(Category::Identifier)
                .about("Search whose result is the folder to start in."),
            text("Path", 255).key().null().is(Category::AnyPath).about("Path below it."),
            short("Depth").null().range(0, 32767).about("Levels of folders that are searched."),
        ],
    ),
    table(
        "IniLocator",
        &[
            text("Signature_", 72).key().is(Category::Identifier).about("Name of the search."),
            text("FileName", 255).is(Category::Filename).about("Name, short|long."),
            text("Section", 96).is(Category::Text).about("Section."),
            text("Key", 128).is(Category::Text).about("Key."),
            short("Field").null().range(0, 32767).about("Which part of a list; 0: all of it."),
            short("Type").null().range(0, 2).about("0: a folder, 1: a file, 2: the text."),
        ],
    ),
    table(
        "LaunchCondition",
        &[
            text("Condition", 255)
                .key()
                .is(Category::Condition)
                .about("Must hold for installation to go on."),
            localized("Description", 255).is(Category::Formatted).about("Message if it does not."),
        ],
    ),
    table(
        "RegLocator",
        &[
            text("Signature_", 72).key().is(Category::Identifier).about("Name of the search."),
            short("Root").range(0, 3).about("Root key: 0 HKCR, 1 HKCU, 2 HKLM, 3 HKU."),
            text("Key", 255).is(Category::RegPath).about("Key."),
            text("Name", 255).null().is(Category::Formatted).about("Value; none: the default value."),
            short("Type").null().range(0, 18).about("0: a folder, 1: a file, 2: raw; 16 more: 64-bit view."),
        ],
    ),
    table(
        "Signature",
        &[
            text("Signature", 72).key().is(Category::Identifier).about("Name of the file search."),
            text("FileName", 255).is(Category::Text).about("File name."),
            text("MinVersion", 20).null().is(Category::Text).about("Lowest version."),
            text("MaxVersion", 20).null().is(Category::Text).about("Highest version."),
            long("MinSize").null().range(0, i32::MAX).about("Fewest bytes."),
            long("MaxSize").null().range(0, i32::MAX).about("Most bytes."),
            long("MinDate").null().range(0, i32::MAX).about("Earliest date."),
            long("MaxDate").null().range(0, i32::MAX).about("Latest date."),
            text("Languages", 255).null().is(Category::Language).about("Languages."),
        ],
    ),
    table(
        "Upgrade",
        &[
            text("UpgradeCode", 38)
                .key()
                .is(Category::Guid)
                .about("Upgrade code of the products looked for."),
            text("VersionMin", 20).key().null().is(Category::Text).about("Lowest version."),
            text("VersionMax", 20).key().null().is(Category::Text).about("Highest version."),
            text("Language", 255)
                .key()
                .null()
                .is(Category::Language)
                .about("Languages, separated by commas."),
            long("Attributes").key().range(0, i32::MAX).about("Bits: detect only, bounds inclusive, ..."),
            text("Remove", 255).null().is(Category::Formatted).about("Features to remove; none: all."),
            text("ActionProperty", 72)
                .is(Category::UpperCase)
                .about("Property that takes the product codes found."),
        ],
    ),
];
