//! What was measured on, and with.

use std::fs;
use std::process::Command;

use crate::command;

/// The machine in a sentence: processor, count, memory, kernel, system.
pub fn machine() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let system = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let count = std::thread::available_parallelism().map_or(1, |count| count.get());
    let kilobytes: u64 = value(&memory, "MemTotal", ':')
        .and_then(|text| text.split_whitespace().next())
        .and_then(|text| text.parse().ok())
        .unwrap_or_default();
    format!(
        "{}, {count} processors, {} GB, Linux {}, {}",
        value(&cpus, "model name", ':').unwrap_or("unknown processor"),
        kilobytes.div_ceil(1 << 20),
        kernel.trim(),
        value(&system, "PRETTY_NAME", '=').unwrap_or("unknown system").trim_matches('"')
    )
}

/// The first value of a name in a text of `name: value` lines.
fn value<'a>(text: &'a str, name: &str, sign: char) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(sign)?;
        (key.trim() == name).then(|| value.trim())
    })
}

/// A Debian package's name and version.
pub fn package(name: &str) -> String {
    let mut query = Command::new("dpkg-query");
    match command::output(query.args(["--show", "--showformat", "${Version}", name])) {
        Ok(version) => format!("{name} {}", version.trim()),
        Err(_) => format!("{name} of an unknown version"),
    }
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn the_first_value_of_a_name() {
        let text = "processor\t: 0\nmodel name\t: AMD EPYC\nmodel name\t: other\n";
        assert_eq!(value(text, "model name", ':'), Some("AMD EPYC"));
        assert_eq!(value(text, "model", ':'), None);
        assert_eq!(value("PRETTY_NAME=\"Debian\"", "PRETTY_NAME", '='), Some("\"Debian\""));
    }
}
