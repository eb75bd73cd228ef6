//! Portable executables: what the outputs must know of them, and what turns a stub into a product's program.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`read`] | header fields, imports, end of the image, certificate table; made for hostile input |
//! | [`version`] | the version resource, read and built |
//! | [`icon`] | `.ico` files as icon resources |
//! | [`manifest`] | the application manifest |
//! | [`resources`] | the resource section |
//! | [`write`] | resources, subsystem, load configuration and checksum of an existing image |
//!
//! Offsets and names are those of the "PE Format" page of Microsoft Learn.

mod error;
pub mod icon;
mod layout;
pub mod manifest;
pub mod read;
pub mod resources;
pub mod version;
pub mod write;

#[cfg(test)]
mod tests;

pub use error::Error;
pub use icon::Icon;
pub use layout::{Machine, Subsystem};
pub use manifest::Manifest;
pub use read::{Image, version_of};
pub use version::{Product, Version};
pub use write::{Checksum, Look, customise, patch_load_config};
