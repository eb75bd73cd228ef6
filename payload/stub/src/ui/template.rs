//! The dialog of the progress window, as a template in memory.
//!
//! Sizes are dialog units, which follow the font and with it the screen's resolution (Microsoft Learn,
//! "DLGTEMPLATE", "DLGITEMTEMPLATE").

use alloc::vec::Vec;

/// The button; the number is `IDCANCEL`, so that Esc presses it.
pub const ID_CANCEL: i32 = 2;
/// The icon.
pub const ID_ICON: i32 = 100;
/// What is done.
pub const ID_HEADLINE: i32 = 101;
/// What is done now.
pub const ID_DETAIL: i32 = 102;
/// The bar.
pub const ID_BAR: i32 = 103;

const DS_SETFONT: u32 = 0x40;
const DS_CENTER: u32 = 0x800;
const WS_POPUP: u32 = 0x8000_0000;
const WS_CHILD: u32 = 0x4000_0000;
const WS_MINIMIZEBOX: u32 = 0x2_0000;
const WS_VISIBLE: u32 = 0x1000_0000;
const WS_CAPTION: u32 = 0xc0_0000;
const WS_SYSMENU: u32 = 0x8_0000;
const WS_TABSTOP: u32 = 0x1_0000;
const SS_ICON: u32 = 3;
const SS_NOPREFIX: u32 = 0x80;
const SS_ENDELLIPSIS: u32 = 0x4000;
const BUTTON: u16 = 0x80;
const STATIC: u16 = 0x82;

/// Where the bar stands: left, top, right, bottom in dialog units. It is not in the template, as its class is
/// not user32's.
pub const BAR: [i32; 4] = [10, 40, 250, 50];

/// The whole dialog.
pub fn dialog(title: &str, headline: &str, cancel: Option<&str>) -> Vec<u16> {
    let mut template = Template(Vec::with_capacity(512));
    template.long(DS_SETFONT | DS_CENTER | WS_POPUP | WS_CAPTION | WS_SYSMENU | WS_MINIMIZEBOX);
    template.long(0);
    template.short(if cancel.is_some() { 4 } else { 3 });
    template.shorts([0, 0, 260, if cancel.is_some() { 80 } else { 60 }]);
    // No menu, the dialog class of user32.
    template.shorts([0, 0]);
    template.text(title);
    template.short(8);
    template.text("MS Shell Dlg");
    template.item(STATIC, WS_VISIBLE | SS_ICON, [10, 9, 21, 20], ID_ICON, "");
    let label = WS_VISIBLE | SS_NOPREFIX | SS_ENDELLIPSIS;
    template.item(STATIC, label, [40, 10, 210, 10], ID_HEADLINE, headline);
    template.item(STATIC, label, [40, 23, 210, 10], ID_DETAIL, "");
    if let Some(cancel) = cancel {
        template.item(BUTTON, WS_VISIBLE | WS_TABSTOP, [200, 59, 50, 14], ID_CANCEL, cancel);
    }
    template.0
}

struct Template(Vec<u16>);

impl Template {
    fn short(&mut self, value: u16) {
        self.0.push(value);
    }

    fn shorts<const N: usize>(&mut self, values: [u16; N]) {
        self.0.extend(values);
    }

    fn long(&mut self, value: u32) {
        self.shorts([value as u16, (value >> 16) as u16]);
    }

    fn text(&mut self, text: &str) {
        self.0.extend(text.encode_utf16());
        self.short(0);
    }

    fn item(&mut self, class: u16, style: u32, place: [u16; 4], id: i32, text: &str) {
        // Each item begins at a multiple of four bytes.
        if self.0.len() % 2 == 1 {
            self.short(0);
        }
        self.long(style | WS_CHILD);
        self.long(0);
        self.shorts(place);
        self.short(id as u16);
        self.shorts([0xffff, class]);
        self.text(text);
        self.short(0);
    }
}
