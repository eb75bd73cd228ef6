//! What each part of the stub costs: `cargo xtask size [WORD]…`.
//!
//! The stub is built once more with the names of its functions. A function's size reaches from its address to the
//! next name's. Code that the compiler copies into its only caller counts there, so a large number at a function
//! says "this and what it alone calls".

use std::collections::BTreeMap;
use std::process::Command;

use super::build::{self, Contents, Processor};
use super::toolchain::Toolchain;
use crate::failure::{Failure, Result};
use crate::{command, place};

/// How many functions are listed.
const FUNCTIONS: usize = 40;
/// Parts below this many bytes are one line.
const SMALL: usize = 400;

/// Bytes and number of functions.
#[derive(Clone, Copy, Default)]
struct Cost {
    bytes: usize,
    functions: usize,
}

type Costs = BTreeMap<String, Cost>;

/// Prints sections, parts, and the largest functions; with words those alone whose names have one of them.
pub fn show(words: &[&str]) -> Result<()> {
    let toolchain = Toolchain::get()?;
    let crate_dir = place::root().join("payload/stub");
    let image =
        build::build(&toolchain, &crate_dir, "stub", Processor::X86, &[], Contents::SmallWithNames, None)?;
    let path = place::build_dir("windows").join("stub-with-names.exe");
    place::write(&path, &image)?;
    let tool = |name: &str| Command::new(format!("{}-{name}", Processor::X86.mingw()));
    let sections = command::output(tool("objdump").arg("-h").arg(&path))?;
    let names = command::output(tool("nm").args(["--numeric-sort", "--demangle"]).arg(&path))?;
    let functions = functions(&names, text_end(&sections)?);
    let wanted = |name: &str| words.is_empty() || words.iter().any(|word| name.contains(word));
    let (mut parts, mut single) = (Costs::new(), Costs::new());
    for (name, bytes) in functions.iter().filter(|(name, _)| wanted(name)) {
        for (costs, key) in [(&mut parts, part(name)), (&mut single, name.clone())] {
            let cost = costs.entry(key).or_default();
            cost.bytes += bytes;
            cost.functions += 1;
        }
    }
    for (name, _, size) in sections_of(&sections) {
        println!("{size:>8}  section {name}");
    }
    print("part", &parts, usize::MAX);
    print("function", &single, if words.is_empty() { FUNCTIONS } else { usize::MAX });
    Ok(())
}

/// A table, the largest first.
fn print(what: &str, costs: &Costs, most: usize) {
    let mut rows: Vec<_> = costs.iter().collect();
    rows.sort_by_key(|(_, cost)| std::cmp::Reverse(cost.bytes));
    println!("\n   bytes  count  {what}");
    let mut rest = Cost::default();
    for (number, (name, cost)) in rows.into_iter().enumerate() {
        if number < most && (most != usize::MAX || cost.bytes >= SMALL) {
            println!("{:>8} {:>6}  {name}", cost.bytes, cost.functions);
        } else {
            rest.bytes += cost.bytes;
            rest.functions += cost.functions;
        }
    }
    println!("{:>8} {:>6}  all others", rest.bytes, rest.functions);
}

/// Sections of `objdump -h`: name, address, size.
fn sections_of(table: &str) -> impl Iterator<Item = (&str, usize, usize)> {
    table.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        words.next()?.parse::<usize>().ok()?;
        let (name, size, address) = (words.next()?, words.next()?, words.next()?);
        Some((name, usize::from_str_radix(address, 16).ok()?, usize::from_str_radix(size, 16).ok()?))
    })
}

fn text_end(sections: &str) -> Result<usize> {
    sections_of(sections)
        .find(|(name, ..)| *name == ".text")
        .map(|(_, address, size)| address + size)
        .ok_or_else(|| Failure::new("the stub has no section .text"))
}

/// Functions of `nm --numeric-sort`, and the bytes up to the next one.
fn functions(names: &str, end: usize) -> Vec<(String, usize)> {
    let mut places: Vec<(usize, String)> = Vec::new();
    for line in names.lines() {
        let mut words = line.splitn(3, ' ');
        let (Some(address), Some("t" | "T"), Some(name)) = (words.next(), words.next(), words.next()) else {
            continue;
        };
        let Ok(address) = usize::from_str_radix(address, 16) else { continue };
        // A section and its function stand at the same address.
        if name.starts_with(".text") || places.last().is_some_and(|(last, _)| *last == address) {
            continue;
        }
        places.push((address, plain(name)));
    }
    let ends: Vec<usize> = places.iter().skip(1).map(|(address, _)| *address).chain([end]).collect();
    places.into_iter().zip(ends).map(|((address, name), end)| (name, end.saturating_sub(address))).collect()
}

/// A name without the hashes of its crates (`core[0123456789abcdef]::…`) and the numbers of what was outlined.
fn plain(name: &str) -> String {
    let name = name.trim_start_matches('_');
    if name.starts_with("OUTLINED_FUNCTION") {
        return "OUTLINED_FUNCTION".to_owned();
    }
    let mut out = String::new();
    let mut rest = name;
    while let Some(open) = rest.find('[') {
        let inside = rest.get(open + 1..open + 18).unwrap_or_default();
        let hash = inside.ends_with(']') && inside.bytes().take(16).all(|byte| byte.is_ascii_hexdigit());
        let keep = if hash { open } else { open + 1 };
        out.push_str(&rest[..keep]);
        rest = &rest[if hash { open + 18 } else { open + 1 }..];
    }
    out + rest
}

/// The crate and the module, two levels deep, that a function's code is from; what the compiler makes by itself
/// for types has parts of its own.
fn part(name: &str) -> String {
    if name.contains("drop_in_place") || name.contains(" as core::ops::drop::Drop>") {
        return "made for types: drop".to_owned();
    }
    for (mark, what) in [("core::clone::Clone>", "clone"), ("core::cmp::Partial", "compare")] {
        if name.contains(mark) {
            return format!("made for types: {what}");
        }
    }
    let path = name.trim_start_matches(['<', '[', '&', '*']);
    let path = path.strip_prefix("mut ").unwrap_or(path);
    let end = path.find(|c: char| !c.is_alphanumeric() && c != '_' && c != ':').unwrap_or(path.len());
    let mut words = path[..end].split("::").filter(|word| !word.is_empty());
    let first = words.next().unwrap_or("(no name)");
    let modules: Vec<&str> =
        words.take_while(|word| word.starts_with(|c: char| c.is_lowercase())).take(2).collect();
    let depth = if first.starts_with("packager_") || first == "stub" { 2 } else { 1 };
    std::iter::once(first).chain(modules.into_iter().take(depth)).collect::<Vec<_>>().join("::")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_hashes_and_become_parts() {
        let name = "<packager_engine[0123456789abcdef]::facts::Facts>::step::<[u8]>";
        assert_eq!(plain(name), "<packager_engine::facts::Facts>::step::<[u8]>");
        assert_eq!(part(&plain(name)), "packager_engine::facts");
        assert_eq!(part("core::str::pattern::f"), "core::str");
        assert_eq!(part("core::ptr::drop_in_place::<stub::A>"), "made for types: drop");
        assert_eq!(plain("_OUTLINED_FUNCTION_12"), "OUTLINED_FUNCTION");
    }

    #[test]
    fn a_function_reaches_to_the_next_name() {
        let names = "00401000 t .text$a\n00401000 t _a\n00401010 T b\n00402000 d data\n";
        assert_eq!(functions(names, 0x40_1018), [("a".to_owned(), 16), ("b".to_owned(), 8)]);
        let sections = "  0 .text 00000018  00401000  00401000  00000400  2**2\n         CONTENTS\n";
        assert_eq!(text_end(sections).ok(), Some(0x40_1018));
    }
}
