//! Cabinets, as described in [MS-CAB] (layout) and [MS-MCI] (MSZIP).
//!
//! MSZIP compresses blocks of 32 KB, and a block needs nothing of its predecessors but their plain text: the
//! last 32 KB of it are its history. So [`write::Writer`] compresses batches of blocks by themselves on all
//! cores, and its bytes do not depend on how many there are.

pub mod layout;
mod pipeline;
pub mod read;
mod unpack;
pub mod write;

#[cfg(test)]
mod tests;

pub use layout::Method;
pub use read::Cabinet;
pub use write::{Member, Options, Summary, Writer};
