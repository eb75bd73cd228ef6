//! What dialogs are made of, and the texts shown.

use super::{Category, TableDef, localized, long, short, table, text};

pub(super) const TABLES: &[TableDef] = &[
    table(
        "ActionText",
        &[
            text("Action", 72).key().is(Category::Identifier).about("Name of the action."),
            localized("Description", 0).null().is(Category::Text).about("Text shown while the action runs."),
            localized("Template", 0)
                .null()
                .is(Category::Template)
                .about("Template of the text for each item of the action."),
        ],
    ),
    table(
        "BBControl",
        &[
            text("Billboard_", 50)
                .key()
                .is(Category::Identifier)
                .refers("Billboard", 1)
                .about("The billboard."),
            text("BBControl", 50).key().is(Category::Identifier).about("Name of the control."),
            text("Type", 50).is(Category::Identifier).about("Kind of control."),
            short("X").range(0, 32767).about("Left edge, in installer units."),
            short("Y").range(0, 32767).about("Upper edge, in installer units."),
            short("Width").range(0, 32767).about("Width, in installer units."),
            short("Height").range(0, 32767).about("Height, in installer units."),
            long("Attributes")
                .null()
                .range(0, i32::MAX)
                .about("Bits that say how the control looks and acts."),
            localized("Text", 50).null().is(Category::Text).about("Text of the control."),
        ],
    ),
    table(
        "Billboard",
        &[
            text("Billboard", 50).key().is(Category::Identifier).about("Name of the billboard."),
            text("Feature_", 38)
                .is(Category::Identifier)
                .refers("Feature", 1)
                .about("Shown only when this feature is installed."),
            text("Action", 50).null().is(Category::Identifier).about("Shown while this action runs."),
            short("Ordering").null().range(0, 32767).about("Order among those of the same event."),
        ],
    ),
    table(
        "CheckBox",
        &[
            text("Property", 72).key().is(Category::Identifier).about("Property behind the check box."),
            text("Value", 64).null().is(Category::Formatted).about("Value when checked."),
        ],
    ),
    table(
        "ComboBox",
        &[
            text("Property", 72).key().is(Category::Identifier).about("Property behind the combo box."),
            short("Order").key().range(1, 32767).about("Position in the list."),
            text("Value", 64).is(Category::Formatted).about("Value given to the property."),
            localized("Text", 64).null().is(Category::Formatted).about("Text shown for the entry."),
        ],
    ),
    table(
        "Control",
        &[
            text("Dialog_", 72).key().is(Category::Identifier).refers("Dialog", 1).about("The dialog."),
            text("Control", 50).key().is(Category::Identifier).about("Name of the control."),
            text("Type", 20).is(Category::Identifier).about("Kind of control."),
            short("X").range(0, 32767).about("Left edge, in installer units."),
            short("Y").range(0, 32767).about("Upper edge, in installer units."),
            short("Width").range(0, 32767).about("Width, in installer units."),
            short("Height").range(0, 32767).about("Height, in installer units."),
            long("Attributes")
                .null()
                .range(0, i32::MAX)
                .about("Bits that say how the control looks and acts."),
            text("Property", 72).null().is(Category::Identifier).about("Property behind the control."),
            localized("Text", 0).null().is(Category::Formatted).about("Text or picture of the control."),
            text("Control_Next", 50)
                .null()
                .is(Category::Identifier)
                .refers("Control", 2)
                .about("Next control in tab order."),
            localized("Help", 50).null().is(Category::Text).about("Help text; tool tip and context help."),
        ],
    ),
    table(
        "ControlCondition",
        &[
            text("Dialog_", 72).key().is(Category::Identifier).refers("Dialog", 1).about("The dialog."),
            text("Control_", 50).key().is(Category::Identifier).refers("Control", 2).about("The control."),
            text("Action", 50)
                .key()
                .among("Default;Disable;Enable;Hide;Show")
                .about("What is done to the control."),
            text("Condition", 255).key().is(Category::Condition).about("When it is done."),
        ],
    ),
    table(
        "ControlEvent",
        &[
            text("Dialog_", 72).key().is(Category::Identifier).refers("Dialog", 1).about("The dialog."),
            text("Control_", 50).key().is(Category::Identifier).refers("Control", 2).about("The control."),
            text("Event", 50).key().is(Category::Formatted).about("Control event or [property]."),
            text("Argument", 255).key().is(Category::Formatted).about("Argument of the event."),
            text("Condition", 255).key().null().is(Category::Condition).about("When it is published."),
            short("Ordering").null().range(0, i32::MAX).about("Order among those of the same event."),
        ],
    ),
    table(
        "Dialog",
        &[
            text("Dialog", 72).key().is(Category::Identifier).about("Name of the dialog."),
            short("HCentering").range(0, 100).about("Horizontal place, percent."),
            short("VCentering").range(0, 100).about("Vertical place, percent."),
            short("Width").range(0, 32767).about("Width, in installer units."),
            short("Height").range(0, 32767).about("Height, in installer units."),
            long("Attributes").null().range(0, i32::MAX).about("Bits that say how the dialog acts."),
            localized("Title", 128).null().is(Category::Formatted).about("Title bar."),
            text("Control_First", 50)
                .is(Category::Identifier)
                .refers("Control", 2)
                .about("Control with the first focus."),
            text("Control_Default", 50)
                .null()
                .is(Category::Identifier)
                .refers("Control", 2)
                .about("Control of the Enter key."),
            text("Control_Cancel", 50)
                .null()
                .is(Category::Identifier)
                .refers("Control", 2)
                .about("Control of the Escape key."),
        ],
    ),
    table(
        "Error",
        &[
            short("Error").key().range(0, 32767).about("Number of the message."),
            localized("Message", 0).null().is(Category::Template).about("Its text."),
        ],
    ),
    table(
        "EventMapping",
        &[
            text("Dialog_", 72).key().is(Category::Identifier).refers("Dialog", 1).about("The dialog."),
            text("Control_", 50).key().is(Category::Identifier).refers("Control", 2).about("The control."),
            text("Event", 50).key().is(Category::Identifier).about("Event subscribed to."),
            text("Attribute", 50).is(Category::Identifier).about("Attribute of the control it sets."),
        ],
    ),
    table(
        "ListBox",
        &[
            text("Property", 72).key().is(Category::Identifier).about("Property behind the list box."),
            short("Order").key().range(1, 32767).about("Position in the list."),
            text("Value", 64).is(Category::Formatted).about("Value given to the property."),
            localized("Text", 64).null().is(Category::Formatted).about("Text shown for the entry."),
        ],
    ),
    table(
        "ListView",
        &[
            text("Property", 72).key().is(Category::Identifier).about("Property behind the list view."),
            short("Order").key().range(1, 32767).about("Position in the list."),
            text("Value", 64).is(Category::Formatted).about("Value given to the property."),
            localized("Text", 64).null().is(Category::Formatted).about("Text shown for the entry."),
            text("Binary_", 72)
                .null()
                .is(Category::Identifier)
                .refers("Binary", 1)
                .about("Icon shown with the entry."),
        ],
    ),
    table(
        "RadioButton",
        &[
            text("Property", 72).key().is(Category::Identifier).about("Property behind the group."),
            short("Order").key().range(1, 32767).about("Position in the list."),
            text("Value", 64).is(Category::Formatted).about("Value given to the property."),
            short("X").range(0, 32767).about("Left edge, in installer units."),
            short("Y").range(0, 32767).about("Upper edge, in installer units."),
            short("Width").range(0, 32767).about("Width, in installer units."),
            short("Height").range(0, 32767).about("Height, in installer units."),
            localized("Text", 0).null().is(Category::Formatted).about("Text of the button."),
            localized("Help", 50).null().is(Category::Text).about("Help text; tool tip and context help."),
        ],
    ),
    table(
        "TextStyle",
        &[
            text("TextStyle", 72).key().is(Category::Identifier).about("Name of the style."),
            text("FaceName", 32).is(Category::Text).about("Font."),
            short("Size").range(0, 32767).about("Size in points."),
            long("Color").null().range(0, 16777215).about("Colour."),
            short("StyleBits").null().range(0, 15).about("Bits: bold, italic, underlined, struck out."),
        ],
    ),
    table(
        "UIText",
        &[
            text("Key", 72).key().is(Category::Identifier).about("Name of the text."),
            localized("Text", 255).null().is(Category::Text).about("The text."),
        ],
    ),
];
