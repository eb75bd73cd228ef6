//! What a product tells Windows about itself: event sources, fonts, associations, its entry in the list of programs,
//! values of INI files.

use std::ops::Range;

use super::{Spanned, Text};

/// `[product.listing]`
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// `help`
    pub help: Option<Text>,
    /// `updates`
    pub updates: Option<Text>,
    /// `contact`
    pub contact: Option<Text>,
    /// `phone`
    pub phone: Option<Text>,
    /// `comments`
    pub comments: Option<Text>,
    /// `no-remove`
    pub no_remove: Option<Spanned<bool>>,
    /// `hidden`
    pub hidden: Option<Spanned<bool>>,
}

/// `[[event-source]]`
#[derive(Clone, Debug, Default)]
pub struct EventSource {
    /// Place of the table.
    pub span: Range<usize>,
    /// `log`
    pub log: Option<Text>,
    /// `name`
    pub name: Option<Text>,
    /// `file`
    pub file: Option<Text>,
    /// `categories`
    pub categories: Option<Spanned<u32>>,
    /// `when`
    pub when: Option<Text>,
}

/// `[[ini]]`
#[derive(Clone, Debug, Default)]
pub struct Ini {
    /// Place of the table.
    pub span: Range<usize>,
    /// `file`
    pub file: Option<Text>,
    /// `section`
    pub section: Option<Text>,
    /// `values`: key and value, in the order of the file.
    pub values: Vec<(Text, Text)>,
    /// `when`
    pub when: Option<Text>,
}

/// `[[font]]`
#[derive(Clone, Debug, Default)]
pub struct Font {
    /// Place of the table.
    pub span: Range<usize>,
    /// `file`
    pub file: Option<Text>,
    /// `title`
    pub title: Option<Text>,
}

/// `[[association]]`
#[derive(Clone, Debug, Default)]
pub struct Association {
    /// Place of the table.
    pub span: Range<usize>,
    /// `extension`
    pub extension: Option<Text>,
    /// `protocol`
    pub protocol: Option<Text>,
    /// `program`
    pub program: Option<Text>,
    /// `args`
    pub args: Option<Text>,
    /// `description`
    pub description: Option<Text>,
    /// `content-type`
    pub content_type: Option<Text>,
    /// `icon`
    pub icon: Option<Text>,
}
