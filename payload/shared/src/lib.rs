//! What the build-time tool and the program on the target machine have in common: the plan, the formats
//! that carry it, and every decision that can be made without asking Windows.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`plan`] | what shall be true on the target: product, platform, settings, an ordered list of operations |
//! | [`template`] | text with directories and settings in it, resolved on the target |
//! | [`index`] | the files of a release: path, size, SHA-256, PE version, flags |

#![no_std]
extern crate alloc;

pub mod index;
pub mod plan;
pub mod template;
