//! Memory from the process heap.
//!
//! The stub frees nothing: it runs once, and its memory goes with its process. Where `dealloc` is empty the compiler
//! leaves out all that would lead to it, the ends of every text, list and error in every function: a tenth of the
//! stub. Growing and shrinking (`realloc`) do give memory back, which is what
//! [`Buffer`](packager_engine::buffer::Buffer) lives on. The DLL of custom actions is a guest in another process and
//! frees what it took ([`crate::FREES`]).

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

    #[inline(always)]
    unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
        if crate::FREES {
            // SAFETY: the block came from this heap.
            unsafe { ffi::HeapFree(ffi::GetProcessHeap(), 0, block) };
        }
    }

    unsafe fn realloc(&self, block: *mut u8, _: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above; the block keeps its alignment.
        unsafe { ffi::HeapReAlloc(ffi::GetProcessHeap(), 0, block, size) }
    }
}
