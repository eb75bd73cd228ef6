//! A cabinet: folders and members.

use camino::Utf8Path;
use serde_json::json;

use super::super::kind::bad;
use super::shown::{Shown, Table};
use crate::formats::cab::Cabinet;
use crate::report::BuildError;

pub(super) fn look(path: &Utf8Path) -> Result<Shown, BuildError> {
    let file = std::fs::File::open(path).map_err(|e| BuildError::io("open", path, &e))?;
    let cabinet = Cabinet::open(std::io::BufReader::new(file)).map_err(|e| bad(path, e))?;
    let mut shown = Shown { kind: "cab", path: path.to_string(), ..Shown::default() };
    shown.fact("Bytes", cabinet.len());
    shown.fact("Files", cabinet.files().len());
    let mut folders = Table::new("Folders", &["Number", "Method", "Blocks", "Start"]);
    for (number, folder) in cabinet.folders().iter().enumerate() {
        let method = match folder.compression & 15 {
            0 => "none",
            1 => "MSZIP",
            2 => "Quantum",
            3 => "LZX",
            _ => "unknown",
        };
        folders.push([json!(number), json!(method), json!(folder.blocks), json!(folder.start)]);
    }
    let mut files = Table::new("Files", &["Name", "Bytes", "Folder", "Offset", "Time"]);
    for file in cabinet.files() {
        let (date, time) = (file.date, file.time);
        // DOS date and time: years from 1980 in 7 bits, two-second steps.
        let stamp = format!(
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
            1980 + (date >> 9),
            date >> 5 & 15,
            date & 31,
            time >> 11,
            time >> 5 & 63,
            (time & 31) * 2
        );
        files.push([
            json!(file.name),
            json!(file.size),
            json!(file.folder),
            json!(file.offset),
            json!(stamp),
        ]);
    }
    shown.tables = vec![folders, files];
    Ok(shown)
}
