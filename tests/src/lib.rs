//! What the end-to-end tests stand on: Wine prefixes, their state, and the products that are put into them.
//!
//! | to do | look at |
//! | --- | --- |
//! | DLLs that leave a mark where they are loaded | [`planted`] |
//! | find the tools that `cargo xtask test` prepares | [`environment`] |
//! | a fresh Windows, a program run in it | [`prefix`] |
//! | a screen and a keyboard | [`display`] |
//! | a program of the host, with a time limit | [`host`] |
//! | everything a Windows holds, and what two of them differ in | [`state`], [`registry`] |
//! | a web server, and its troubles | [`web`] |
//! | TLS in front of it | [`tls`] |
//! | what may differ between an MSI and an EXE | [`allowed`] |
//! | a product with a payload, built by the real `packager` | [`product`] |
//! | the same test for MSI and EXE | [`installer`] |
//!
//! These tests fail, and say what is missing, where there is no Wine: a test that is skipped proves nothing.

pub mod allowed;
pub mod display;
pub mod environment;
pub mod host;
pub mod installer;
pub mod planted;
pub mod prefix;
pub mod product;
pub mod registry;
#[cfg(test)]
mod security;
pub mod state;
pub mod tls;
pub mod web;

/// A figure for whoever reads the test run's output: shown also when the test passes.
pub fn report(line: &str) {
    use std::io::Write as _;
    let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}
