//! What the build-time tool and the program on the target machine have in common: the plan, the formats
//! that carry it, and every decision that can be made without asking Windows.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`plan`] | what shall be true on the target: product, platform, settings, an ordered list of operations |
//! | [`template`] | text with directories and settings in it, resolved on the target |
//! | [`condition`] | conditions over settings |
//! | [`config`] | values in configuration files |
//! | [`index`] | the files of a release: path, size, SHA-256, PE version, flags |
//! | [`release`] | the signed head of a release on a share |
//! | [`identity`] | the product as the bootstrap on a share knows it |
//! | [`overlay`], [`pe_tail`] | how they travel behind a PE image |
//! | [`solid`] | the files as long compressed streams |
//! | [`path`] | which paths may be installed, and when two are the same |
//! | [`settings`] | which value a setting has |
//! | [`args`], [`quote`], [`exit`] | the command line, and how a run ends |
//! | [`methods`] | who may install how, and what is missing |
//! | [`platform`], [`decide`] | whether it runs here, and what is to be done |
//! | [`state`] | where an installation remembers who owns it |
//! | [`wire`], [`read_at`], [`ids`], [`sort`] | bytes, reading, derived names, sorting |

#![no_std]
extern crate alloc;

pub mod args;
pub mod condition;
pub mod config;
pub mod decide;
pub mod exit;
pub mod identity;
pub mod ids;
pub mod index;
pub mod methods;
pub mod overlay;
pub mod path;
pub mod pe_tail;
pub mod plan;
mod plan_codec;
pub mod platform;
pub mod quote;
pub mod read_at;
pub mod release;
pub mod settings;
pub mod solid;
pub mod sort;
pub mod state;
pub mod template;
pub mod wire;
