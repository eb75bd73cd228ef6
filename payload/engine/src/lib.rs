//! Install, update, repair and uninstall as transactions over the [`System`] trait.

#![no_std]
extern crate alloc;

pub mod system;

pub use system::System;
