//! LZX alone: the encoder of cabinets beside wimlib's, one thread each, on the same files.
//!
//! wimlib compresses pieces of 2 MB, each by itself; a cabinet's folder is longer, and its history ends with it. Both
//! read the files; wimlib also hashes them.

use std::path::PathBuf;
use std::process::Command;

use crate::bench::contest::{self, Contender, ratio};
use crate::bench::figures::share;
use crate::bench::table::{Check, Row};
use crate::bench::{inputs, ours::Packager, peers};
use crate::failure::{Failure, Result};
use crate::{command, place};

/// The bench that compresses a folder's files.
const BENCH: &str = "lzx_folder";
/// Levels, and those of wimlib that they are held against.
const LEVELS: [(&str, u32); 3] = [("fast", 20), ("normal", 50), ("max", 100)];
/// Of wimlib's size, and of its processor time.
const SIZE: f64 = 1.03;
const CPU: f64 = 1.0;

/// Each level against wimlib's.
pub fn run(_: &Packager) -> Result<Vec<Row>> {
    let input = inputs::dlls()?;
    let program = program()?;
    input.warm()?;
    let mut rows = Vec::new();
    for (level, theirs) in LEVELS {
        let output = place::build_dir("bench").join(format!("{level}.lzx"));
        let mut command = Command::new(&program);
        command.arg(&input.folder).arg(level).arg(&output);
        let name = format!("LZX {level}");
        let what = format!("{name} of {}, one thread", input.name);
        let ours = Contender { name, command, output, limit: None };
        let contenders = [ours, peers::wimcapture(&input, theirs)];
        let outcomes = contest::run(&contenders);
        let [ours, wimlib] = &outcomes[..] else { continue };
        rows.push(match (ours.done(), wimlib.done()) {
            (Ok((mine, size)), Ok((other, other_size))) => {
                let part = share(size, other_size);
                let cpu = ratio(mine, other, |sample| sample.cpu);
                let checks = vec![
                    Check::aimed(format!("{part:.3} of its size"), format!("{SIZE}"), part <= SIZE),
                    Check::aimed(format!("{cpu} of its CPU time"), format!("{CPU}"), cpu.median <= CPU),
                ];
                let peer = format!("{}: {}", contenders[1].name, super::shown(wimlib));
                Row::new(what, super::shown(ours), peer, checks)
            }
            (Err(why), _) | (_, Err(why)) => Row::failed(what, why),
        });
        contenders.iter().try_for_each(contest::remove)?;
    }
    Ok(rows)
}

/// Builds the bench; cargo says where it is.
fn program() -> Result<PathBuf> {
    let mut cargo = Command::new("cargo");
    cargo.args(["bench", "--quiet", "--locked", "--no-run", "--message-format=json"]);
    cargo.args(["--package", "packager", "--bench", BENCH]);
    let said = command::output(cargo.current_dir(place::root()))?;
    executable(&said, BENCH).ok_or_else(|| Failure::new(format!("cargo did not say where `{BENCH}` is")))
}

/// The path in cargo's messages, one JSON object a line, of which the one about the target has it.
fn executable(messages: &str, target: &str) -> Option<PathBuf> {
    let name = format!("\"name\":\"{target}\"");
    let line = messages.lines().find(|line| line.contains(&name) && line.contains("\"executable\":\""))?;
    let path = line.split_once("\"executable\":\"")?.1.split_once('"')?.0;
    Some(PathBuf::from(path.replace("\\\\", "\\")))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::executable;

    #[test]
    fn cargo_says_where_a_bench_is() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","target":{"name":"other"},"executable":"/t/other-1"}"#,
            "\n",
            r#"{"reason":"compiler-artifact","target":{"name":"lzx_folder"},"executable":"/t/lzx_folder-2"}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
        );
        assert_eq!(executable(messages, "lzx_folder"), Some(PathBuf::from("/t/lzx_folder-2")));
        assert_eq!(executable(messages, "absent"), None);
    }
}
