//! Sequences, custom actions, properties and the validation data.

use super::{Category, TableDef, localized, long, short, stream, table, text};

pub(super) const TABLES: &[TableDef] = &[
    table("AdminExecuteSequence", &[
        text("Action", 72).key().is(Category::Identifier).about("Name of the action."),
        text("Condition", 255).null().is(Category::Condition).about("The action runs only if this holds."),
        short("Sequence").null().range(-4, 32767).about("Position in the sequence; negative: at an exit, 0: never."),
    ]),
    table("AdminUISequence", &[
        text("Action", 72).key().is(Category::Identifier).about("Name of the action."),
        text("Condition", 255).null().is(Category::Condition).about("The action runs only if this holds."),
        short("Sequence").null().range(-4, 32767).about("Position in the sequence; negative: at an exit, 0: never."),
    ]),
    table("AdvtExecuteSequence", &[
        text("Action", 72).key().is(Category::Identifier).about("Name of the action."),
        text("Condition", 255).null().is(Category::Condition).about("The action runs only if this holds."),
        short("Sequence").null().range(-4, 32767).about("Position in the sequence; negative: at an exit, 0: never."),
    ]),
    table("AdvtUISequence", &[
        text("Action", 72).key().is(Category::Identifier).about("Name of the action."),
        text("Condition", 255).null().is(Category::Condition).about("The action runs only if this holds."),
        short("Sequence").null().range(-4, 32767).about("Position in the sequence; negative: at an exit, 0: never."),
    ]),
    table("Binary", &[
        text("Name", 72).key().is(Category::Identifier).about("Name of the data."),
        stream("Data").about("The data."),
    ]),
    table("CustomAction", &[
        text("Action", 72).key().is(Category::Identifier).about("Name of the action."),
        short("Type").range(1, 32767).about("Bits: kind of action, source and when it runs."),
        text("Source", 72).null().is(Category::CustomSource).about("Where its code is."),
        text("Target", 255).null().is(Category::Formatted).about("Entry point, command line or value."),
        long("ExtendedType").null().optional().range(0, i32::MAX).about("Further bits."),
    ]),
    table("InstallExecuteSequence", &[
        text("Action", 72).key().is(Category::Identifier).about("Name of the action."),
        text("Condition", 255).null().is(Category::Condition).about("The action runs only if this holds."),
        short("Sequence").null().range(-4, 32767).about("Position in the sequence; negative: at an exit, 0: never."),
    ]),
    table("InstallUISequence", &[
        text("Action", 72).key().is(Category::Identifier).about("Name of the action."),
        text("Condition", 255).null().is(Category::Condition).about("The action runs only if this holds."),
        short("Sequence").null().range(-4, 32767).about("Position in the sequence; negative: at an exit, 0: never."),
    ]),
    table("Property", &[
        text("Property", 72).key().is(Category::Identifier).about("Name of the property."),
        localized("Value", 0).is(Category::Text).about("Its value."),
    ]),
    table("_Validation", &[
        text("Table", 32).key().is(Category::Identifier).about("Table described."),
        text("Column", 32).key().is(Category::Identifier).about("Column described."),
        text("Nullable", 4).among("Y;N").about("Whether it may be empty."),
        long("MinValue").null().range(-i32::MAX, i32::MAX).about("Lowest number."),
        long("MaxValue").null().range(-i32::MAX, i32::MAX).about("Highest number."),
        text("KeyTable", 255).null().is(Category::Identifier).about("Tables it refers to."),
        short("KeyColumn").null().range(1, 32).about("Column of those tables."),
        text("Category", 32).null().among("Text;Formatted;Template;Condition;Guid;Path;Version;Language;Identifier;Binary;UpperCase;LowerCase;Filename;Paths;AnyPath;WildCardFilename;RegPath;CustomSource;Property;Cabinet;Shortcut;FormattedSDDLText;Integer;DoubleInteger;TimeDate;DefaultDir").about("Kind of text."),
        text("Set", 255).null().is(Category::Text).about("Values allowed."),
        text("Description", 255).null().is(Category::Text).about("What it is for."),
    ]),
];
