//! 8.3 names for the `short|long` form of the File and Directory tables (Microsoft: "Filename" data type).
//!
//! Windows Installer wants one for every name that is not itself 8.3 (ICE03), unique within its directory
//! (ICE30). They depend on the names in the directory alone, never on the order in which they are asked for.

use std::collections::HashSet;

/// Whether a name is its own short name: up to 8 characters, a dot, up to 3, of the legal ones.
pub fn is_short(name: &str) -> bool {
    let (base, extension) = match name.split_once('.') {
        Some((base, extension)) => (base, Some(extension)),
        None => (name, None),
    };
    let legal =
        |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-$~!@#&(){}^'`%".contains(&b));
    (1..=8).contains(&base.len())
        && legal(base)
        && extension.is_none_or(|e| (1..=3).contains(&e.len()) && legal(e))
}

/// `short|long`, or the name itself when it is short, for each of a directory's names in the order given.
pub fn with_short_names(names: &[&str]) -> Vec<String> {
    let mut taken: HashSet<String> =
        names.iter().filter(|name| is_short(name)).map(|name| name.to_ascii_lowercase()).collect();
    let mut sorted: Vec<&str> = names.iter().copied().filter(|name| !is_short(name)).collect();
    sorted.sort_unstable_by_key(|name| (name.to_lowercase(), *name));
    // One counter a stem: a directory of many alike names stays linear.
    let mut counters = std::collections::HashMap::<String, u32>::new();
    let mut short = std::collections::HashMap::new();
    for name in sorted {
        let (stem, extension) = stem(name);
        let counter = counters.entry(stem.clone()).or_insert(0);
        let candidate = loop {
            *counter += 1;
            let tail = base36(*counter);
            let head: String = stem.chars().take(7usize.saturating_sub(tail.len())).collect();
            let candidate = format!("{head}~{tail}{extension}");
            if taken.insert(candidate.to_ascii_lowercase()) {
                break candidate;
            }
        };
        short.insert(name, candidate);
    }
    names
        .iter()
        .map(|name| short.get(name).map_or_else(|| (*name).to_owned(), |short| format!("{short}|{name}")))
        .collect()
}

/// Up to six usable characters of the base name, and `.ext` of up to three.
fn stem(name: &str) -> (String, String) {
    let usable = |part: &str, most: usize| -> String {
        part.chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '_' || *c == '-')
            .take(most)
            .collect::<String>()
            .to_ascii_uppercase()
    };
    let (base, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let mut stem = usable(base, 6);
    if stem.is_empty() {
        stem.push('X');
    }
    let extension = usable(extension, 3);
    (stem, if extension.is_empty() { String::new() } else { format!(".{extension}") })
}

fn base36(mut number: u32) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(char::from_digit(number % 36, 36).unwrap_or('0').to_ascii_uppercase());
        number /= 36;
        if number == 0 {
            return digits.iter().rev().collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_recognised() {
        for name in ["a", "AGENT.EXE", "agent.exe", "LICENSE", "12345678.123"] {
            assert!(is_short(name), "{name}");
        }
        for name in
            ["", ".npmrc", "a.b.c", "index.html", "with space", "ümlaut.txt", "a+b", "a=b", "node_modules"]
        {
            assert!(!is_short(name), "{name}");
        }
    }

    #[test]
    fn they_are_unique_and_do_not_depend_on_order() {
        let names: Vec<String> = (0..3000).map(|n| format!("same stem {n}.html")).collect();
        let forward: Vec<&str> = names.iter().map(String::as_str).collect();
        let backward: Vec<&str> = forward.iter().rev().copied().collect();
        let mut a = with_short_names(&forward);
        let mut b = with_short_names(&backward);
        let shorts: HashSet<&str> = a.iter().map(|name| name.split('|').next().unwrap_or("")).collect();
        assert_eq!(shorts.len(), names.len());
        assert!(shorts.iter().all(|name| is_short(name)), "{shorts:?}");
        a.sort();
        b.sort();
        assert_eq!(a, b);
    }

    #[test]
    fn a_generated_name_never_takes_a_real_one() {
        let all = with_short_names(&["INDEX~1.HTM", "index.html"]);
        assert_eq!(all, ["INDEX~1.HTM", "INDEX~2.HTM|index.html"]);
    }

    #[test]
    fn names_without_a_usable_character_get_one_too() {
        assert_eq!(with_short_names(&["日本.テキスト"]), ["X~1|日本.テキスト"]);
    }
}
