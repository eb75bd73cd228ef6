//! Memory from the process heap.

use core::alloc::{GlobalAlloc, Layout};

use crate::win32;

struct ProcessHeap;

#[global_allocator]
static HEAP: ProcessHeap = ProcessHeap;

/// What HeapAlloc aligns to: 8 bytes on 32-bit Windows, 16 on 64-bit (Microsoft Learn, HeapAlloc).
const ALIGNMENT: usize = core::mem::size_of::<usize>() * 2;

// SAFETY: HeapAlloc gives `ALIGNMENT`-aligned memory or null; a bigger alignment is refused with null.
unsafe impl GlobalAlloc for ProcessHeap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() > ALIGNMENT {
            return core::ptr::null_mut();
        }
        unsafe { win32::HeapAlloc(win32::GetProcessHeap(), 0, layout.size()) }
    }

    unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
        unsafe { win32::HeapFree(win32::GetProcessHeap(), 0, block) };
    }
}
