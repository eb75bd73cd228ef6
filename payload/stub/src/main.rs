//! The Windows bootstrap: one EXE for everything from Windows XP SP2 on.
//!
//! * [`entry`]: what happens before and after the engine runs.
//! * [`sys`]: the machine, as the engine wants to see it; one file per area.
//! * [`service`]: the same as a service of Windows.
//! * [`ui`]: console, progress window, message boxes, elevation.
//! * [`ffi`], [`dynamic`]: what is called of Windows, imported and found at run time.
//!
//! Nothing in here decides anything about an installation; that is the engine's.
#![no_std]
#![no_main]
#![warn(missing_docs)]

extern crate alloc;

mod arguments;
mod dynamic;
mod entry;
#[allow(missing_docs, clippy::missing_safety_doc)]
mod ffi;
mod heap;
mod load_config;
#[cfg(feature = "selftest")]
mod selftest;
mod service;
mod sys;
mod text;
mod ui;

/// Whether memory is given back before the process ends; see [`heap`].
const FREES: bool = false;
