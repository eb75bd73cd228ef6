//! What a person sees of an MSI, in one language. Dialogs and texts are data in the templates crate.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `language` | the texts of a language |
//! | `texts` | ActionText, Error, UIText |
//! | `dialog` | the dialogs as the templates describe them |
//! | `pages` | which dialogs a product has, and in what order |
//! | `fields` | settings as fields, and what is checked on Next |
//! | `license` | a plain text as RTF |
//! | `write` | dialogs as rows |

mod dialog;
mod fields;
pub mod language;
mod license;
mod pages;
#[cfg(test)]
mod tests;
mod texts;
mod write;

pub use language::Language;
pub use texts::write as write_texts;
pub use write::write as write_dialogs;
