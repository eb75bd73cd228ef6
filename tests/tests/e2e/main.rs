//! End-to-end tests: what `packager` builds, installed by the real Windows Installer and the real bootstrap.

mod acme;
mod acts;
mod bad_input;
mod cabinets;
mod containers;
mod dialogs;
mod examples;
mod exit_codes;
mod folders;
mod harness;
mod languages;
mod lifecycle;
mod node;
mod ownership;
mod parity;
mod per_user;
mod raw_tables;
mod reproducible;
mod rules;
mod secrets;
mod services;
mod settings;
mod share;
mod tables;
mod takeover;
mod when;
