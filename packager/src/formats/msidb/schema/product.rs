//! Features, components, directories, files and media.

use super::{Category, TableDef, localized, long, short, stream, table, text};

pub(super) const TABLES: &[TableDef] = &[
    table(
        "Component",
        &[
            text("Component", 72).key().is(Category::Identifier).about("Name of the component."),
            text("ComponentId", 38).null().is(Category::Guid).about("Its GUID."),
            text("Directory_", 72)
                .is(Category::Identifier)
                .refers("Directory", 1)
                .about("Directory it is installed in."),
            short("Attributes")
                .about("Bits: where it runs, kind of key path, shared, permanent, 64-bit, ..."),
            text("Condition", 255).null().is(Category::Condition).about("Installed only if this holds."),
            text("KeyPath", 72)
                .null()
                .is(Category::Identifier)
                .refers("File;Registry;ODBCDataSource", 1)
                .about("File, registry row or data source that stands for it."),
        ],
    ),
    table(
        "Condition",
        &[
            text("Feature_", 38)
                .key()
                .is(Category::Identifier)
                .refers("Feature", 1)
                .about("Feature whose level is set."),
            short("Level").key().range(0, 32767).about("Level it gets."),
            text("Condition", 255).null().is(Category::Condition).about("When it gets it."),
        ],
    ),
    table(
        "Directory",
        &[
            text("Directory", 72)
                .key()
                .is(Category::Identifier)
                .about("Name of the directory; a property with its path."),
            text("Directory_Parent", 72)
                .null()
                .is(Category::Identifier)
                .refers("Directory", 1)
                .about("Directory above; the root has none."),
            localized("DefaultDir", 255)
                .is(Category::DefaultDir)
                .about("Target name and source name, short|long."),
        ],
    ),
    table(
        "Feature",
        &[
            text("Feature", 38).key().is(Category::Identifier).about("Name of the feature."),
            text("Feature_Parent", 38)
                .null()
                .is(Category::Identifier)
                .refers("Feature", 1)
                .about("Feature above."),
            localized("Title", 64).null().is(Category::Text).about("Short text shown."),
            localized("Description", 255).null().is(Category::Text).about("Longer text shown."),
            short("Display")
                .null()
                .range(0, 32767)
                .about("Order in the tree; even: closed, odd: open, 0: hidden."),
            short("Level").range(0, 32767).about("Installed when not above INSTALLLEVEL; 0: never."),
            text("Directory_", 72)
                .null()
                .is(Category::UpperCase)
                .refers("Directory", 1)
                .about("Directory the user may change."),
            short("Attributes")
                .among("0;1;2;4;5;6;8;9;10;16;17;18;20;21;22;24;25;26;32;33;34;36;37;38;48;49;50;52;53;54")
                .about("Bits: where it runs, follows parent, advertising."),
        ],
    ),
    table(
        "FeatureComponents",
        &[
            text("Feature_", 38).key().is(Category::Identifier).refers("Feature", 1).about("The feature."),
            text("Component_", 72)
                .key()
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("The component it belongs to."),
        ],
    ),
    table(
        "File",
        &[
            text("File", 72)
                .key()
                .is(Category::Identifier)
                .about("Name of the file row, and in the cabinet."),
            text("Component_", 72)
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("The component it belongs to."),
            localized("FileName", 255).is(Category::Filename).about("Name, short|long."),
            long("FileSize").range(0, i32::MAX).about("Bytes."),
            text("Version", 72)
                .null()
                .is(Category::Version)
                .refers("File", 1)
                .about("Version, or the file whose version is taken."),
            text("Language", 20).null().is(Category::Language).about("Language ids, separated by commas."),
            short("Attributes")
                .null()
                .range(0, 32767)
                .about("Bits: read-only, hidden, vital, compressed, ..."),
            short("Sequence").range(1, 32767).about("Position in the cabinets."),
        ],
    ),
    table(
        "Icon",
        &[
            text("Name", 72).key().is(Category::Identifier).about("Name of the icon."),
            stream("Data").about("The data."),
        ],
    ),
    table(
        "Media",
        &[
            short("DiskId").key().range(1, 32767).about("Number of the disk."),
            short("LastSequence").range(0, 32767).about("Sequence number of its last file."),
            localized("DiskPrompt", 64).null().is(Category::Text).about("Name printed on the disk."),
            text("Cabinet", 255)
                .null()
                .is(Category::Cabinet)
                .about("Cabinet; # before it: a stream of this database."),
            text("VolumeLabel", 32).null().is(Category::Text).about("Label of the volume."),
            text("Source", 72).null().is(Category::Property).about("Property with its source."),
        ],
    ),
    table(
        "MsiFileHash",
        &[
            text("File_", 72).key().is(Category::Identifier).refers("File", 1).about("The file."),
            short("Options").range(0, 32767).about("Always 0."),
            long("HashPart1").about("First four bytes of the MD5."),
            long("HashPart2").about("Second four bytes."),
            long("HashPart3").about("Third four bytes."),
            long("HashPart4").about("Last four bytes."),
        ],
    ),
];
