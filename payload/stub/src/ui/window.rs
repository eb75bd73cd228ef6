//! The progress window, on a thread of its own.
//!
//! The engine's thread only posts; it never waits for the window, so a window that hangs stops nothing.

use alloc::boxed::Box;
use alloc::string::String;
use core::ffi::c_void;
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering};

use super::template;
use crate::dynamic;
use crate::ffi::{self, Handle};
use crate::sys::handle::Owned;
use crate::text;

const WM_DESTROY: u32 = 2;
const WM_CLOSE: u32 = 0x10;
const WM_SETICON: u32 = 0x80;
const WM_INITDIALOG: u32 = 0x110;
const WM_COMMAND: u32 = 0x111;
/// Messages of our own begin at `WM_APP`. The work is done: the window goes.
const WM_FINISHED: u32 = 0x8000;
/// `lParam` is a boxed [`String`]: what is done now.
const WM_DETAIL: u32 = 0x8001;
/// `wParam` is the bar's position.
const WM_POSITION: u32 = 0x8002;
const STM_SETICON: u32 = 0x170;
const PBM_SETPOS: u32 = 0x402;
const PBM_SETRANGE32: u32 = 0x406;
const IMAGE_ICON: u32 = 1;
const LR_DEFAULTSIZE: u32 = 0x40;
const LR_SHARED: u32 = 0x8000;
const IDI_APPLICATION: usize = 32512;
const WS_CHILD: u32 = 0x4000_0000;
const WS_VISIBLE: u32 = 0x1000_0000;
const SW_SHOW: i32 = 5;

/// Steps of the bar.
const RANGE: u64 = 1000;

/// The dialog, once it is there.
static DIALOG: AtomicPtr<c_void> = AtomicPtr::new(core::ptr::null_mut());
/// The person wants to stop.
static CANCELLED: AtomicBool = AtomicBool::new(false);
/// The bar's position, for a window that comes later.
static POSITION: AtomicU32 = AtomicU32::new(0);

/// What stands in the window.
pub struct Words {
    /// In its title bar.
    pub title: String,
    /// Beside the icon, e.g. `Installing Acme Agent 1.2`.
    pub headline: String,
    /// On the button; `None`: there is no button.
    pub cancel: Option<String>,
}

/// The window; it goes when this is dropped.
pub struct Window {
    thread: Owned,
    shown: u32,
}

impl Window {
    /// Opens the window; `None` when there can be no thread.
    pub fn open(words: Words) -> Option<Self> {
        let words = Box::into_raw(Box::new(words));
        // SAFETY: the thread takes over the words, and they come back here when there is no thread.
        unsafe {
            let thread = ffi::CreateThread(core::ptr::null(), 0, run, words.cast(), 0, core::ptr::null_mut());
            let thread = Owned::new(thread);
            if thread.is_none() {
                drop(Box::from_raw(words));
            }
            Some(Self { thread: thread?, shown: 0 })
        }
    }

    /// How far it is.
    pub fn progress(&mut self, done: u64, total: u64) {
        let position = done.min(total).saturating_mul(RANGE).checked_div(total).unwrap_or(0) as u32;
        if position != self.shown {
            self.shown = position;
            POSITION.store(position, Ordering::Relaxed);
            post(WM_POSITION, position as usize, 0);
        }
    }

    /// What is done now.
    pub fn detail(&mut self, line: &str) {
        let line = Box::into_raw(Box::new(String::from(line)));
        if !post(WM_DETAIL, 0, line as isize) {
            // SAFETY: nobody took it.
            drop(unsafe { Box::from_raw(line) });
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // The window may still be on its way.
        for _ in 0..200 {
            if post(WM_FINISHED, 0, 0) {
                break;
            }
            // SAFETY: the thread is open.
            if unsafe { ffi::WaitForSingleObject(self.thread.get(), 10) } == ffi::WAIT_OBJECT_0 {
                return;
            }
        }
        // SAFETY: as above.
        unsafe { ffi::WaitForSingleObject(self.thread.get(), 2000) };
    }
}

/// Whether the person wants to stop.
pub fn is_cancelled() -> bool {
    CANCELLED.load(Ordering::Relaxed)
}

/// The person wants to stop: the button, or Ctrl+C in the console.
pub fn cancel() {
    CANCELLED.store(true, Ordering::Relaxed);
}

fn post(message: u32, first: usize, second: isize) -> bool {
    let dialog = DIALOG.load(Ordering::Acquire);
    match dynamic::PostMessageW() {
        // SAFETY: what the message carries is ours.
        Some(post) if !dialog.is_null() => unsafe { post(dialog, message, first, second) != 0 },
        _ => false,
    }
}

/// The thread: makes the dialog and serves it until it is destroyed.
unsafe extern "system" fn run(words: *mut c_void) -> u32 {
    // SAFETY: `open` gave the words to this thread.
    let words = unsafe { Box::from_raw(words.cast::<Words>()) };
    let template = template::dialog(&words.title, &words.headline, words.cancel.as_deref());
    let functions = (
        dynamic::CreateDialogIndirectParamW(),
        dynamic::ShowWindow(),
        dynamic::SetForegroundWindow(),
        dynamic::GetMessageW(),
        dynamic::IsDialogMessageW(),
        dynamic::TranslateMessage(),
        dynamic::DispatchMessageW(),
    );
    let (Some(create), Some(show), Some(front), Some(get), Some(is_dialog), Some(translate), Some(dispatch)) =
        functions
    else {
        return 1;
    };
    let null: Handle = core::ptr::null_mut();
    // SAFETY: the template is as documented and begins at an aligned address; a MSG fits in 8 pointers.
    unsafe {
        let dialog = create(ffi::GetModuleHandleW(null.cast()), template.as_ptr().cast(), null, procedure, 0);
        if dialog.is_null() {
            return 1;
        }
        show(dialog, SW_SHOW);
        front(dialog);
        DIALOG.store(dialog, Ordering::Release);
        let mut message = [0usize; 8];
        let message = message.as_mut_ptr().cast::<c_void>();
        while get(message, null, 0, 0) > 0 {
            if is_dialog(dialog, message) == 0 {
                translate(message);
                dispatch(message);
            }
        }
    }
    0
}

unsafe extern "system" fn procedure(dialog: Handle, message: u32, first: usize, second: isize) -> isize {
    match message {
        WM_INITDIALOG => {
            set_icons(dialog);
            add_bar(dialog);
        }
        WM_COMMAND if first & 0xffff == template::ID_CANCEL as usize => ask_to_stop(dialog),
        WM_CLOSE => ask_to_stop(dialog),
        WM_FINISHED => {
            if let Some(destroy) = dynamic::DestroyWindow() {
                // SAFETY: the dialog is this thread's.
                unsafe { destroy(dialog) };
            }
        }
        WM_DESTROY => {
            DIALOG.store(core::ptr::null_mut(), Ordering::Release);
            if let Some(quit) = dynamic::PostQuitMessage() {
                // SAFETY: takes a number.
                unsafe { quit(0) };
            }
        }
        WM_DETAIL => {
            // SAFETY: `detail` gave the text away with this message.
            let line = unsafe { Box::from_raw(second as *mut String) };
            set_text(item(dialog, template::ID_DETAIL), &line);
        }
        WM_POSITION => send(item(dialog, template::ID_BAR), PBM_SETPOS, first, 0),
        _ => return 0,
    }
    1
}

fn ask_to_stop(dialog: Handle) {
    let button = item(dialog, template::ID_CANCEL);
    // Without a button nobody may stop it, not by closing the window either.
    if button.is_null() {
        return;
    }
    cancel();
    set_text(item(dialog, template::ID_DETAIL), "Undoing what was done…");
    if let Some(enable) = dynamic::EnableWindow() {
        // SAFETY: the button is this dialog's.
        unsafe { enable(button, 0) };
    }
}

/// The icon of the EXE, which is its first one; Windows' own if there is none.
fn set_icons(dialog: Handle) {
    let Some(load) = dynamic::LoadImageW() else { return };
    let null: Handle = core::ptr::null_mut();
    let icon = |size: i32, flags: u32| {
        // SAFETY: small numbers stand for resources (MAKEINTRESOURCE).
        unsafe {
            let own = load(ffi::GetModuleHandleW(null.cast()), 1 as _, IMAGE_ICON, size, size, flags);
            if own.is_null() {
                load(null, IDI_APPLICATION as _, IMAGE_ICON, 0, 0, LR_DEFAULTSIZE | LR_SHARED)
            } else {
                own
            }
        }
    };
    let big = icon(0, LR_DEFAULTSIZE);
    send(dialog, WM_SETICON, 1, big as isize);
    send(dialog, WM_SETICON, 0, icon(16, 0) as isize);
    send(item(dialog, template::ID_ICON), STM_SETICON, big as usize, 0);
}

fn add_bar(dialog: Handle) {
    let (Some(create), Some(map)) = (dynamic::CreateWindowExW(), dynamic::MapDialogRect()) else { return };
    let class = text::wide("msctls_progress32");
    let null: Handle = core::ptr::null_mut();
    let mut place = template::BAR;
    // SAFETY: the rectangle is ours.
    unsafe { map(dialog, &mut place) };
    let [left, top, right, bottom] = place;
    let id = template::ID_BAR as usize as Handle;
    let style = WS_CHILD | WS_VISIBLE;
    // SAFETY: the class' name ends with a zero. The identifier stands where a menu would.
    let bar = || unsafe {
        create(
            0,
            class.as_ptr(),
            null.cast(),
            style,
            left,
            top,
            right - left,
            bottom - top,
            dialog,
            id,
            null,
            null,
        )
    };
    let mut made = bar();
    // With a manifest that asks for themed controls the class is known; else its DLL is loaded first.
    if made.is_null()
        && let Some(begin) = dynamic::InitCommonControls()
    {
        // SAFETY: takes nothing.
        unsafe { begin() };
        made = bar();
    }
    send(made, PBM_SETRANGE32, 0, RANGE as isize);
    send(made, PBM_SETPOS, POSITION.load(Ordering::Relaxed) as usize, 0);
}

fn item(dialog: Handle, id: i32) -> Handle {
    match dynamic::GetDlgItem() {
        // SAFETY: the dialog is this thread's.
        Some(get) => unsafe { get(dialog, id) },
        None => core::ptr::null_mut(),
    }
}

fn send(window: Handle, message: u32, first: usize, second: isize) {
    if let Some(send) = dynamic::SendMessageW() {
        // SAFETY: only messages that carry numbers and handles; a null window is refused by Windows.
        unsafe { send(window, message, first, second) };
    }
}

fn set_text(window: Handle, line: &str) {
    if let Some(set) = dynamic::SetWindowTextW() {
        let units = text::wide(line);
        // SAFETY: the text ends with a zero.
        unsafe { set(window, units.as_ptr()) };
    }
}
