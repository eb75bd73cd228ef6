use std::format;
use std::string::{String, ToString as _};
use std::vec::Vec;

use saphyr::LoadableYamlNode as _;

use super::*;

extern crate std;

const FORMATS: [ConfigFormat; 4] =
    [ConfigFormat::Ini, ConfigFormat::Toml, ConfigFormat::Json, ConfigFormat::Yaml];

fn value(key: &str, text: &str) -> Value {
    Value { key: key.into(), text: text.into(), set: true }
}

fn set(format: ConfigFormat, text: &str, key: &str, to: &str) -> Option<String> {
    let edited = edit(format, text.as_bytes(), &[value(key, to)], &[]).ok()?;
    edited.failed.is_empty().then(|| String::from_utf8(edited.bytes).expect("UTF-8"))
}

#[track_caller]
fn gives(format: ConfigFormat, text: &str, key: &str, to: &str, expected: &str) {
    assert_eq!(set(format, text, key, to).as_deref(), Some(expected));
}

#[track_caller]
fn refuses(format: ConfigFormat, text: &str, key: &str) {
    assert_eq!(set(format, text, key, "v"), None);
}

#[test]
fn ini() {
    use ConfigFormat::Ini;
    let text = "; c\r\n[A]\r\nx = 1 \r\n\r\n[b.c]\r\ny=\"q\"\r\n";
    gives(Ini, text, "a.X", "2", &text.replace("1 ", "2 "));
    gives(Ini, text, "b.c.y", "z", &text.replace("\"q\"", "\"z\""));
    gives(Ini, text, "A.new", "2", &text.replace("1 \r\n", "1 \r\nnew=2\r\n"));
    gives(Ini, text, "D.k", "v", &format!("{text}\r\n[D]\r\nk=v\r\n"));
    gives(Ini, "", "D.k", "v", "[D]\nk=v\n");
    gives(Ini, "a=1", "a", "", "a=");
    gives(Ini, "[x]\na=1", "top", "t", "top=t\n[x]\na=1");
    assert_eq!(set(Ini, text, "A.x", "two\nlines"), None);
    assert_eq!(set(Ini, text, "A.x", " blanks "), None);
    // UTF-16, a mark, and a code page.
    let wide = |text: &str| -> Vec<u8> {
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        [0xff, 0xfe].into_iter().chain(units).collect()
    };
    let edited = |bytes: &[u8], to: &str| edit(Ini, bytes, &[value("s.k", to)], &[]);
    assert_eq!(
        edited(&wide("[s]\r\nk=1\r\n"), "\u{e4}\u{65e5}").unwrap().bytes,
        wide("[s]\r\nk=\u{e4}\u{65e5}\r\n")
    );
    assert_eq!(edited(b"\xef\xbb\xbf[s]\nk=1\n", "2").unwrap().bytes, b"\xef\xbb\xbf[s]\nk=2\n");
    assert_eq!(edited(b";\xe4\n[s]\nk=1\n", "2").unwrap().bytes, b";\xe4\n[s]\nk=2\n");
    assert_eq!(edited(b";\xe4\n[s]\nk=1\n", "\u{65e5}").unwrap().failed, ["s.k"]);
    assert_eq!(edited(b"\xff\xfe[", "2"), Err(Malformed));
}

#[test]
fn toml() {
    use ConfigFormat::Toml;
    let text = "# c\nroot = 1 # one\n\n[server]\nurl = 'https://x' # where\nport = 8443\nflag = true\n\n[[list]]\na = 1\n";
    gives(Toml, text, "server.url", "a\"b\\c", &text.replace("'https://x'", "\"a\\\"b\\\\c\""));
    gives(Toml, text, "server.port", "1", &text.replace("8443", "1"));
    gives(Toml, text, "server.port", "x", &text.replace("8443", "\"x\""));
    gives(Toml, text, "server.flag", "false", &text.replace("true", "false"));
    gives(Toml, text, "server.new", "v", &text.replace("true\n", "true\nnew = \"v\"\n"));
    gives(Toml, text, "top", "v", &text.replace("# one\n", "# one\ntop = \"v\"\n"));
    gives(Toml, text, "a.b.c d", "v", &format!("{text}\n[a.b]\n\"c d\" = \"v\"\n"));
    gives(Toml, "[a]\n", "x", "v", "x = \"v\"\n\n[a]\n");
    gives(Toml, "[a]", "a.x", "v", "[a]\nx = \"v\"");
    gives(Toml, "", "a.x", "v", "[a]\nx = \"v\"\n");
    gives(Toml, "a = { b = 1 }\n", "a.c", "v", "a = { b = 1, c = \"v\" }\n");
    gives(Toml, "a = {}\n", "a.c.d", "v", "a = { c.d = \"v\" }\n");
    gives(Toml, "a.b.c = 1\n", "a.x", "v", "a.b.c = 1\na.x = \"v\"\n");
    gives(Toml, "a = \"\"\"x\ny\"\"\"\"\nb = [1, # ]\n 2]\n", "a", "v", "a = \"v\"\nb = [1, # ]\n 2]\n");
    refuses(Toml, text, "list.a");
    refuses(Toml, text, "server");
    refuses(Toml, text, "root.x");
    refuses(Toml, "a = [1\n", "b");
    refuses(Toml, "a = \n", "b");
}

#[test]
fn json() {
    use ConfigFormat::Json;
    let text = "{\r\n  // where\r\n  \"server\": {\r\n    \"url\": \"x\", /* } */\r\n    \"port\": 8443\r\n  },\r\n  \"l\": [{\"url\": 1}]\r\n}\r\n";
    gives(Json, text, "server.url", "a\"\n", &text.replace("\"x\"", "\"a\\\"\\n\""));
    gives(Json, text, "server.port", "1", &text.replace("8443", "1"));
    gives(Json, text, "server.port", "01", &text.replace("8443", "\"01\""));
    gives(Json, text, "server.new", "v", &text.replace("8443", "8443,\r\n    \"new\": \"v\""));
    gives(Json, text, "a.b", "v", &text.replace("1}]", "1}],\r\n  \"a\": { \"b\": \"v\" }"));
    gives(Json, "{}", "a", "v", "{ \"a\": \"v\" }");
    gives(Json, "{\"a\":1,}", "b", "v", "{\"a\":1, \"b\": \"v\",}");
    refuses(Json, text, "l.url");
    refuses(Json, text, "server");
    refuses(Json, "{\"a\":}", "a");
    refuses(Json, "[]", "a");
    refuses(Json, &"[".repeat(100_000), "a");
}

#[test]
fn yaml() {
    use ConfigFormat::Yaml;
    let text = "# c\nserver:\n  url: https://x # where\n  port: 8443\n  list:\n  - a: 1\n    b: 2\n  text: |\n    url: no\nother: 'it''s'\n";
    gives(Yaml, text, "server.url", "a: \"b\" # c", &text.replace("https://x", "\"a: \\\"b\\\" # c\""));
    gives(Yaml, text, "server.port", "1", &text.replace("8443", "1"));
    gives(Yaml, text, "other", "v", &text.replace("'it''s'", "\"v\""));
    gives(Yaml, text, "server.new", "v", &text.replace("    url: no\n", "    url: no\n  new: \"v\"\n"));
    gives(Yaml, text, "a.b", "v", &format!("{text}a:\n  b: \"v\"\n"));
    gives(Yaml, "", "a.b", "v", "a:\n  b: \"v\"\n");
    gives(Yaml, "a:\nb: 1\n", "a", "v", "a: \"v\"\nb: 1\n");
    gives(Yaml, "a: # c\nb: 1\n", "a", "v", "a: \"v\" # c\nb: 1\n");
    gives(Yaml, "a:\nb: 1\n", "a.x", "v", "a:\n  x: \"v\"\nb: 1\n");
    gives(Yaml, "{ \"a\": 1 }", "a", "v", "{ \"a\": \"v\" }");
    for key in ["server", "server.list", "server.text", "server.list.a", "server.url.x"] {
        refuses(Yaml, text, key);
    }
    refuses(Yaml, "a: one\n  two\n", "a");
    refuses(Yaml, "a: *b\n", "a");
    refuses(Yaml, "- a\n", "a");
}

#[test]
fn placeholders_are_found_again_by_their_lines() {
    let payload = "<a url='@URL@' g='@GROUP@'/>\n<b>@URL@</b>\n<c>@URL@</c>\n";
    let keys = ["@URL@", "@GROUP@"];
    let lines = text::lines_with(payload, &keys);
    assert_eq!(lines.len(), 3);
    assert!(lines.iter().all(|line| text::is_findable(line, &keys)));
    assert!(!text::is_findable("  @URL@", &keys) && !text::is_findable("x@URL@@GROUP@y", &keys));
    let edit = |bytes: &[u8], values: &[Value]| edit(ConfigFormat::Xml, bytes, values, &lines).expect("text");
    let first = edit(payload.as_bytes(), &[value("@URL@", "a&b"), value("@GROUP@", "g")]);
    assert!(first.failed.is_empty());
    let text = String::from_utf8(first.bytes).expect("UTF-8");
    assert_eq!(text, "<a url='a&amp;b' g='g'/>\n<b>a&amp;b</b>\n<c>a&amp;b</c>\n");
    // Other lines are people's own; a value that is not set stays.
    let edited = text.replace("<b>", "<!-- mine -->\n<b>").replace("g='g'", "g='mine'");
    let url = Value { set: true, ..value("@URL@", "new") };
    let group = Value { set: false, ..value("@GROUP@", "g") };
    let second = edit(edited.as_bytes(), &[url.clone(), group.clone()]);
    assert!(second.failed.is_empty());
    assert_eq!(String::from_utf8(second.bytes).expect("UTF-8"), edited.replace("a&amp;b", "new"));
    // A line that is gone is said.
    assert_eq!(edit(b"<b>x</b>\n", &[url, group]).failed, ["@URL@"]);
}

/// Numbers that look random and are the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most as u64) as usize
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

const PIECES: &[&str] = &[
    "a",
    "b",
    "server",
    "url",
    ".",
    "=",
    " = ",
    ": ",
    ":\n",
    "\n",
    "\r\n",
    "  ",
    "    ",
    "\t",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    ",",
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "\\",
    "#",
    " # c\n",
    "//",
    "/*",
    "*/",
    "- ",
    "1",
    "8443",
    "true",
    "null",
    "\"x\"",
    "'y'",
    "[a]\n",
    "[a.b]\n",
    "a = 1\n",
    "a.b = \"x\"\n",
    "a:\n  b: 1\n",
    "{\"a\": {\"b\": 1}}",
    ";",
    "|",
    ">",
    "&",
    "*",
    "\u{e4}",
    "\u{65e5}",
    "\u{2028}",
    "\0",
    "---\n",
    "...\n",
    "\u{feff}",
];
const KEYS: &[&str] = &["a", "a.b", "server.url", "b", "a.b.c", "x y", "\u{e4}.b"];
const VALUES: &[&str] = &[
    "",
    "v",
    "1",
    "true",
    "a b",
    "\"",
    "\\",
    "a: b",
    "# c",
    "'",
    "\n",
    "\u{e4}\u{65e5}",
    "\u{1}",
    "\t",
    "0x1",
    "- x",
    "\u{1F600}",
];

#[test]
fn nothing_panics_and_what_is_written_is_read_back_and_all_else_is_the_same() {
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let mut done = 0;
    for round in 0..60_000 {
        let format = FORMATS[round % FORMATS.len()];
        let mut text: String = (0..chance.below(14)).map(|_| chance.pick(PIECES)).collect();
        if round % 50 == 0 {
            text.insert(0, '\u{feff}');
        }
        let (key, to) = (chance.pick(KEYS), chance.pick(VALUES));
        let Ok(edited) = edit(format, text.as_bytes(), &[value(key, to)], &[]) else { continue };
        if !edited.failed.is_empty() {
            assert_eq!(edited.bytes, text.as_bytes(), "a failed edit changes nothing");
            continue;
        }
        done += 1;
        let new = String::from_utf8(edited.bytes).expect("UTF-8");
        // One stretch differs: what stands before and behind it is the same.
        let same = |a: &mut dyn Iterator<Item = char>, b: &mut dyn Iterator<Item = char>| {
            a.zip(b).take_while(|(a, b)| a == b).count()
        };
        let before = same(&mut text.chars(), &mut new.chars());
        let after = same(&mut text.chars().rev(), &mut new.chars().rev());
        let old: Vec<char> = text.chars().collect();
        let removed = old.get(before..old.len().saturating_sub(after)).unwrap_or_default();
        // Only TOML has values of several lines.
        assert!(format == ConfigFormat::Toml || !removed.contains(&'\n'), "{text:?} {new:?}");
        // Once more changes nothing.
        assert_eq!(
            edit(format, new.as_bytes(), &[value(key, to)], &[]).map(|e| e.bytes),
            Ok(new.clone().into_bytes()),
            "{format:?} {key} {text:?}"
        );
        oracle(format, &text, &new, key, to);
    }
    assert!(done > 5_000, "{done}");
}

/// Other readers read the same value where they read the file at all before.
fn oracle(format: ConfigFormat, old: &str, new: &str, key: &str, to: &str) {
    match format {
        ConfigFormat::Toml => {
            if old.parse::<::toml::Table>().is_err() {
                return;
            }
            let table: ::toml::Table = new.parse().unwrap_or_else(|e| panic!("{old:?} -> {new:?}: {e}"));
            let mut at = ::toml::Value::Table(table);
            for part in key.split('.') {
                at = at.get(part).cloned().unwrap_or_else(|| panic!("{key} is not in {new:?}"));
            }
            let text = at.as_str().map_or_else(|| at.to_string(), String::from);
            assert_eq!(text, to, "{old:?} -> {new:?}");
        }
        ConfigFormat::Json => {
            if serde_json::from_str::<serde_json::Value>(old).is_err() {
                return;
            }
            let mut at: serde_json::Value =
                serde_json::from_str(new).unwrap_or_else(|e| panic!("{old:?} -> {new:?}: {e}"));
            for part in key.split('.') {
                at = at.get(part).cloned().unwrap_or_else(|| panic!("{key} is not in {new:?}"));
            }
            let text = at.as_str().map_or_else(|| at.to_string(), String::from);
            assert_eq!(text, to, "{old:?} -> {new:?}");
        }
        ConfigFormat::Yaml => {
            let Ok(documents) = saphyr::Yaml::load_from_str(old) else { return };
            if !documents.is_empty() && !documents[0].is_mapping() {
                return;
            }
            let documents =
                saphyr::Yaml::load_from_str(new).unwrap_or_else(|e| panic!("{old:?} -> {new:?}: {e}"));
            let mut at = &documents[0];
            for part in key.split('.') {
                at = at.as_mapping_get(part).unwrap_or_else(|| panic!("{key} is not in {new:?}"));
            }
            let text = match (at.as_str(), at.as_bool(), at.as_integer()) {
                (Some(text), ..) => String::from(text),
                (_, Some(flag), _) => flag.to_string(),
                (_, _, Some(number)) => number.to_string(),
                _ => panic!("{old:?} -> {new:?}: {at:?}"),
            };
            assert_eq!(text, to, "{old:?} -> {new:?}");
        }
        _ => {}
    }
}

#[test]
fn any_bytes_are_survived() {
    let mut chance = Chance(7);
    for _ in 0..5_000 {
        let bytes: Vec<u8> = (0..chance.below(60)).map(|_| chance.below(256) as u8).collect();
        for format in FORMATS.into_iter().chain([ConfigFormat::Xml, ConfigFormat::Text]) {
            let lines = [String::from("a=@A@;")];
            let _ = edit(format, &bytes, &[value("@A@", "v"), value("a.b", "v")], &lines);
        }
    }
}
