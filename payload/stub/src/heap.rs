//! Memory from the process heap.

use core::alloc::{GlobalAlloc, Layout};

use crate::ffi;

struct ProcessHeap;

#[global_allocator]
static HEAP: ProcessHeap = ProcessHeap;

/// What HeapAlloc aligns to: 8 bytes on 32-bit Windows, 16 on 64-bit (Microsoft Learn, HeapAlloc).
const ALIGNMENT: usize = size_of::<usize>() * 2;

const HEAP_ZERO_MEMORY: u32 = 8;

impl ProcessHeap {
    fn get(layout: Layout, flags: u32) -> *mut u8 {
        if layout.align() > ALIGNMENT {
            return core::ptr::null_mut();
        }
        // SAFETY: the process heap lives as long as the process and is safe to use from all threads.
        unsafe { ffi::HeapAlloc(ffi::GetProcessHeap(), flags, layout.size()) }
    }
}

// SAFETY: blocks are aligned to `ALIGNMENT`; a bigger alignment is refused with null.
unsafe impl GlobalAlloc for ProcessHeap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::get(layout, 0)
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        Self::get(layout, HEAP_ZERO_MEMORY)
    }

    unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
        // SAFETY: the block came from this heap.
        unsafe { ffi::HeapFree(ffi::GetProcessHeap(), 0, block) };
    }

    unsafe fn realloc(&self, block: *mut u8, _: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above; the block keeps its alignment.
        unsafe { ffi::HeapReAlloc(ffi::GetProcessHeap(), 0, block, size) }
    }
}
