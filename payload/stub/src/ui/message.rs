//! Message boxes.

use crate::dynamic;
use crate::text;

const MB_OK: u32 = 0;
const MB_YESNO: u32 = 4;
const MB_ICONERROR: u32 = 0x10;
const MB_ICONQUESTION: u32 = 0x20;
const MB_ICONINFORMATION: u32 = 0x40;
const MB_SETFOREGROUND: u32 = 0x1_0000;
const IDYES: i32 = 6;

/// What kind of box.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something went wrong.
    Error,
    /// Something was done.
    Information,
    /// A question with yes and no.
    Question,
}

/// Shows a box and waits for its end; `true` is "yes".
pub fn show(kind: Kind, title: &str, message: &str) -> bool {
    let Some(show) = dynamic::MessageBoxW() else { return false };
    let (title, message) = (text::wide(title), text::wide(message));
    let style = match kind {
        Kind::Error => MB_OK | MB_ICONERROR,
        Kind::Information => MB_OK | MB_ICONINFORMATION,
        Kind::Question => MB_YESNO | MB_ICONQUESTION,
    };
    // SAFETY: both texts end with a zero.
    unsafe {
        show(core::ptr::null_mut(), message.as_ptr(), title.as_ptr(), style | MB_SETFOREGROUND) == IDYES
    }
}
