//! What a person sees of an MSI, in one language.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `language` | the texts of a language, as the templates crate has them |
//! | `texts` | ActionText, Error, UIText |

pub mod language;
#[cfg(test)]
mod tests;
mod texts;

pub use language::Language;
pub use texts::write as write_texts;
