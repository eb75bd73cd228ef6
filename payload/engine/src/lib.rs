//! Install, update, repair and uninstall as transactions over the [`System`] trait.

#![no_std]
extern crate alloc;

pub mod system;

pub use system::System;

/// Runs the program: reads the own image's overlay ([`System::own_path`]) and the raw command line (program name
/// first), does what they say, and returns the exit code of the process.
pub fn main<S: System>(system: &mut S, command_line: &str) -> u32 {
    let _ = (system, command_line);
    packager_shared::exit::Exit::Damaged.code()
}
