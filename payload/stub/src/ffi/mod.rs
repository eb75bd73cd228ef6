//! The Win32 declarations the stub uses: types and constants by area, functions by DLL.
//!
//! Only `kernel32` and `advapi32` are imported; each name in those two files is also in
//! `payload/prebuilt/xp-sp2-imports.txt`. Everything else is found at run time, see [`crate::dynamic`].
//! Layouts and values are those of the Windows SDK headers, as Microsoft Learn documents them.

pub mod advapi32;
pub mod constants;
pub mod kernel32;
pub mod types;

pub use advapi32::*;
pub use constants::*;
pub use kernel32::*;
pub use types::*;
