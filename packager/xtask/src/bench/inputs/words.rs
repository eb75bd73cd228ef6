//! Texts of made-up words: common words come often, as in a language.

use std::path::Path;

use super::random::Random;
use crate::failure::Result;
use crate::place;

const FILES: usize = 40_000;
const FILES_IN_A_FOLDER: usize = 200;
/// Bytes of the smallest file, and how many more the largest has at most.
const SMALLEST: usize = 2 << 10;
const MORE: usize = 6 << 10;

/// Words of the language.
const WORDS: usize = 4096;
const SYLLABLES: [&str; 24] = [
    "ab", "an", "ber", "co", "de", "dro", "el", "fi", "gen", "ha", "in", "ka", "lo", "ma", "ne", "or", "pre",
    "qui", "re", "sta", "ti", "ul", "ver", "wo",
];

/// Writes the files, 200 to a folder.
pub fn write(folder: &Path) -> Result<()> {
    let language = Language::new();
    for number in 0..FILES {
        let mut random = Random::new(number as u64);
        let size = SMALLEST + random.below(MORE);
        let mut text = Vec::with_capacity(size);
        language.write(&mut random, &mut text, size);
        let path = format!("part-{:03}/text-{number:05}.txt", number / FILES_IN_A_FOLDER);
        place::write(&folder.join(path), &text)?;
    }
    Ok(())
}

/// A vocabulary.
pub struct Language(Vec<String>);

impl Language {
    /// The one language there is.
    pub fn new() -> Self {
        let mut random = Random::new(0);
        let word = |random: &mut Random| {
            (0..1 + random.below(4)).map(|_| SYLLABLES[random.below(SYLLABLES.len())]).collect()
        };
        Self((0..WORDS).map(|_| word(&mut random)).collect())
    }

    /// Appends exactly `size` bytes of text.
    pub fn write(&self, random: &mut Random, text: &mut Vec<u8>, size: usize) {
        let end = text.len() + size;
        while text.len() < end {
            // The product of two even draws prefers small numbers: the words in front are the common ones.
            let word = &self.0[random.below(WORDS) * random.below(WORDS) / WORDS];
            text.extend_from_slice(word.as_bytes());
            text.extend_from_slice(if random.below(12) == 0 { b".\r\n" } else { b" " });
        }
        text.truncate(end);
    }
}

#[cfg(test)]
mod tests {
    use super::Language;
    use crate::bench::inputs::random::Random;

    #[test]
    fn a_text_has_its_size_and_is_the_same_again() {
        let write = || {
            let mut text = b"before ".to_vec();
            Language::new().write(&mut Random::new(7), &mut text, 1001);
            text
        };
        assert_eq!(write().len(), 7 + 1001);
        assert_eq!(write(), write());
    }
}
