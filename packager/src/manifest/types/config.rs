//! `[[config]]`.

use std::ops::Range;

use super::Text;

/// `[[config]]`
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Place of the table.
    pub span: Range<usize>,
    /// `file`
    pub file: Option<Text>,
    /// `format`
    pub format: Option<Text>,
    /// `values`: key and value, in the order of the file.
    pub values: Vec<(Text, Text)>,
    /// `when`
    pub when: Option<Text>,
}
