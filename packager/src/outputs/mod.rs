//! What a build makes. One folder per output, and what they share.

pub mod sink;
