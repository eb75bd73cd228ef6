//! From a payload directory and `agent.toml` to everything an agent needs to reach Windows machines.

pub mod build;
pub mod cli;
pub mod content;
pub mod diagnostics;
pub mod formats;
pub mod manifest;
pub mod model;
pub mod outputs;
pub mod plan;
pub mod report;
pub mod sign;
pub mod validate;
