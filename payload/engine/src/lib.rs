//! Install, update, repair and uninstall as transactions over the [`System`] trait.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`system`] | the machine as the engine sees it |
//! | [`flows`] | what a run does, from its command line to its exit code |
//! | [`guard`] | which folders a run with an administrator's rights may work in |
//! | [`image`] | the package behind a PE image |
//! | [`detect`], [`facts`] | what is installed; the plan with this machine put in |
//! | [`uninstaller`] | what removes a predecessor |
//! | [`acts`] | what is done once, beside the state that becomes true |
//! | [`transaction`] | one change, done whole or not at all |
//! | [`source`], [`cabinet`], [`solid`] | where new files come from |
//! | [`purge`] | a folder goes with all that is in it |
//! | [`sddl`] | security descriptors as text |
//! | [`secrets`] | secret settings: how they come in, and what an MSI does with them |
//! | [`registry`], [`text`], [`failure`] | values, text, and why a run ends |
//! | [`buffer`] | room that is given back: all other memory is kept to the end of the run |

#![no_std]
extern crate alloc;
#[cfg(any(test, feature = "sim"))]
extern crate std;

pub mod acts;
pub mod buffer;
pub mod cabinet;
pub mod detect;
pub mod facts;
pub mod failure;
pub mod flows;
pub mod guard;
pub mod image;
pub mod purge;
pub mod registry;
pub mod sddl;
pub mod secrets;
#[cfg(any(test, feature = "sim"))]
pub mod sim;
pub mod solid;
pub mod source;
pub mod system;
pub mod text;
pub mod transaction;
pub mod uninstaller;

pub use system::System;

/// Runs the program: reads the own image's overlay ([`System::own_path`]) and the raw command line (program name
/// first), does what they say, and returns the exit code of the process.
pub fn main<S: System>(system: &mut S, command_line: &str) -> u32 {
    flows::run(system, command_line)
}
