//! The texts of one language. They are data: one file a language in the templates crate.

use std::collections::BTreeMap;

use packager_templates::LANGUAGES;
use serde::Deserialize;

use crate::outputs::msi::{Error, Result};

/// All texts of a language.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Language {
    /// What it is.
    language: About,
    /// Launch conditions and the summary.
    message: BTreeMap<String, String>,
    /// Dialogs.
    text: BTreeMap<String, String>,
    /// Action to description and template.
    pub action: BTreeMap<String, (String, String)>,
    /// Number to message.
    pub error: BTreeMap<String, String>,
    /// UIText.
    pub ui: BTreeMap<String, String>,
}

/// What a language is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    id: u16,
    fonts: BTreeMap<String, (String, i32)>,
}

impl Language {
    /// The texts for a Windows language id. "Neutral" (0) says them in the first language there is.
    pub fn find(id: u16) -> Result<Self> {
        let mut first = None;
        for (name, text) in LANGUAGES {
            let language = Self::parse(name, text)?;
            if language.language.id == id {
                return Ok(language);
            }
            first.get_or_insert(language);
        }
        match first {
            Some(language) if id == 0 => Ok(language),
            _ => Err(Error::Texts(format!("there are no texts for language {id}"))),
        }
    }

    /// Reads one of the files.
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        toml::from_str(text).map_err(|error| Error::Texts(format!("languages/{name}.toml: {error}")))
    }

    /// A launch condition's message, with its places filled in. What is filled in is taken as it is.
    pub fn message(&self, key: &str, places: &[(&str, &str)]) -> Result<String> {
        fill(&self.message, key, places)
    }

    /// A dialog's text, with its places filled in.
    pub fn text(&self, key: &str, places: &[(&str, &str)]) -> Result<String> {
        fill(&self.text, key, places)
    }

    /// The fonts: name of the style, face, size in points.
    pub fn fonts(&self) -> impl Iterator<Item = (&str, &str, i32)> {
        self.language.fonts.iter().map(|(style, (face, size))| (style.as_str(), face.as_str(), *size))
    }
}

fn fill(texts: &BTreeMap<String, String>, key: &str, places: &[(&str, &str)]) -> Result<String> {
    let text = texts.get(key).ok_or_else(|| Error::Texts(format!("there is no text `{key}`")))?;
    // In one pass: what is filled in may look like a place.
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let place = places.iter().find_map(|(name, value)| {
            let after = from.strip_prefix('{')?.strip_prefix(name)?.strip_prefix('}')?;
            Some((*value, after))
        });
        let (value, after) = place.unwrap_or_else(|| from.split_at(1));
        out.push_str(value);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}
