//! Cabinets, as described in [MS-CAB] (layout) and [MS-MCI] (MSZIP).
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`layout`] | sizes, limits, checksums |
//! | [`coder`] | plain bytes of a folder become data blocks |
//! | [`write`] | header, folders and members: what stands before the data |
//! | [`read`] | cabinets that may be anything |
//!
//! MSZIP compresses blocks of 32 KB, and a block needs nothing of its predecessors but their plain text: the
//! last 32 KB of it are the preset dictionary. So any stretch of a folder can be made by itself, and its bytes do not
//! depend on who makes the others. What hangs together in LZX is the folder, so folders are what is made side by side.

pub mod coder;
pub mod layout;
pub mod read;
mod unpack;
pub mod write;

#[cfg(test)]
mod tests;

pub use coder::Coder;
pub use layout::Method;
pub use read::Cabinet;
pub use write::{Folder, Member, tables};
