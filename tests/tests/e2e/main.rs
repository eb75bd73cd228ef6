//! End-to-end tests: what `packager` builds, installed by the real Windows Installer and the real bootstrap.

mod acme;
mod containers;
mod harness;
mod lifecycle;
mod ownership;
mod parity;
mod reproducible;
mod share;
