//! Code pages: in which bytes a database holds its strings.

use encoding_rs::Encoding;

/// UTF-8.
pub const UTF8: u32 = 65001;
/// Western European, what a package gets when nothing else is asked for.
pub const DEFAULT: u32 = 1252;

/// The code pages we can write and read; 0 is "neutral", which is plain ASCII.
/// <https://learn.microsoft.com/windows/win32/intl/code-page-identifiers>
fn encoding(codepage: u32) -> Option<&'static Encoding> {
    Some(match codepage {
        874 => encoding_rs::WINDOWS_874,
        932 => encoding_rs::SHIFT_JIS,
        936 => encoding_rs::GBK,
        949 => encoding_rs::EUC_KR,
        950 => encoding_rs::BIG5,
        1250 => encoding_rs::WINDOWS_1250,
        1251 => encoding_rs::WINDOWS_1251,
        1252 => encoding_rs::WINDOWS_1252,
        1253 => encoding_rs::WINDOWS_1253,
        1254 => encoding_rs::WINDOWS_1254,
        1255 => encoding_rs::WINDOWS_1255,
        1256 => encoding_rs::WINDOWS_1256,
        1257 => encoding_rs::WINDOWS_1257,
        1258 => encoding_rs::WINDOWS_1258,
        UTF8 => encoding_rs::UTF_8,
        _ => return None,
    })
}

/// Whether [`encode`] knows the code page.
#[must_use]
pub fn is_known(codepage: u32) -> bool {
    codepage == 0 || encoding(codepage).is_some()
}

/// The ANSI code page of a Windows language id (1033 for en-US), [`UTF8`] for languages that have none.
#[must_use]
pub fn of_language(language: u16) -> u32 {
    match language & 0x3ff {
        0x1e => 874,
        0x11 => 932,
        0x12 => 949,
        // Chinese: Taiwan, Hong Kong and Macao write traditional characters.
        0x04 => match language >> 10 {
            1 | 3 | 5 => 950,
            _ => 936,
        },
        // Czech, Hungarian, Polish, Romanian, Albanian, Slovak, Slovenian.
        0x05 | 0x0e | 0x15 | 0x18 | 0x1c | 0x1b | 0x24 => 1250,
        // Croatian, Bosnian and Serbian in Latin script; Serbian and Bosnian in Cyrillic.
        0x1a => match language >> 10 {
            3 | 7 | 8 | 10 => 1251,
            _ => 1250,
        },
        // Bulgarian, Russian, Ukrainian, Belarusian, Macedonian, Tatar, Kyrgyz, Mongolian, Kazakh.
        0x02 | 0x19 | 0x22 | 0x23 | 0x2f | 0x44 | 0x40 | 0x50 | 0x3f => 1251,
        0x08 => 1253,
        // Turkish, Azeri (Latin).
        0x1f | 0x2c => 1254,
        0x0d => 1255,
        // Arabic, Urdu, Farsi.
        0x01 | 0x20 | 0x29 => 1256,
        // Estonian, Latvian, Lithuanian.
        0x25..=0x27 => 1257,
        0x2a => 1258,
        // Languages without an ANSI code page: Hindi, Georgian, Armenian and their like.
        0x2b | 0x37 | 0x39 | 0x45..=0x4f | 0x57 | 0x61 => UTF8,
        _ => DEFAULT,
    }
}

/// `preferred` (0: [`DEFAULT`]) if it can hold all the strings, else [`UTF8`].
#[must_use]
pub fn choose<'a>(preferred: u32, strings: impl IntoIterator<Item = &'a str>) -> u32 {
    let preferred = if preferred == 0 { DEFAULT } else { preferred };
    if strings.into_iter().all(|text| encode(preferred, text).is_some()) { preferred } else { UTF8 }
}

/// The bytes of a string, `None` when the code page lacks a character of it or is not known.
#[must_use]
pub fn encode(codepage: u32, text: &str) -> Option<Vec<u8>> {
    if text.is_ascii() && is_known(codepage) {
        return Some(text.as_bytes().to_vec());
    }
    let (bytes, _, lossy) = encoding(codepage)?.encode(text);
    (!lossy).then(|| bytes.into_owned())
}

/// The string of some bytes; what the code page does not know becomes U+FFFD.
#[must_use]
pub fn decode(codepage: u32, bytes: &[u8]) -> String {
    // A neutral database should have ASCII alone; the default code page shows most of what is there anyway.
    let encoding = encoding(codepage).unwrap_or(encoding_rs::WINDOWS_1252);
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ansi_code_page_is_kept_while_it_holds_everything() {
        assert_eq!(choose(0, ["Müller", "€"]), 1252);
        assert_eq!(choose(0, ["Müller", "日本"]), UTF8);
        assert_eq!(choose(932, ["日本"]), 932);
        assert_eq!(choose(1250, ["Łódź"]), 1250);
        assert_eq!(choose(4711, ["a"]), UTF8);
    }

    #[test]
    fn languages_have_their_code_page() {
        for (language, codepage) in [
            (1033, 1252),
            (1031, 1252),
            (1041, 932),
            (1042, 949),
            (2052, 936),
            (1028, 950),
            (1049, 1251),
            (1045, 1250),
            (2074, 1250),
            (3098, 1251),
            (1081, UTF8),
            (0, 1252),
        ] {
            assert_eq!(of_language(language), codepage, "{language}");
        }
    }

    #[test]
    fn what_is_encoded_comes_back() {
        for (codepage, text) in
            [(1252, "Ünï €"), (932, "テスト"), (936, "测试"), (949, "시험"), (950, "測試"), (UTF8, "😀")]
        {
            let bytes = encode(codepage, text).expect("it is in the code page");
            assert_eq!(decode(codepage, &bytes), text);
        }
        assert_eq!(encode(1252, "日"), None);
        assert_eq!(encode(0, "ü"), None);
        assert_eq!(encode(0, "u"), Some(b"u".to_vec()));
    }
}
