//! Files of a Windows Installer package: File, Component, Directory, Media, and the cabinets they name.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::BufReader;

use camino::Utf8Path;

use super::super::kind::bad;
use super::target::Target;
use crate::formats::cab::Cabinet;
use crate::formats::msidb::{self, Database, Value};
use crate::report::BuildError;

/// Directories that a package's user may choose: what lies below one is extracted without what is above it.
const ROOTS: [&str; 4] = ["INSTALLDIR", "INSTALLFOLDER", "APPLICATIONFOLDER", "APPDIR"];
/// More levels of folders than Windows could have in a path: the table goes in a circle.
const DEEPEST: usize = 128;

/// Extracts every file.
pub(super) fn extract(path: &Utf8Path, target: &mut Target) -> Result<(), BuildError> {
    let file = File::open(path).map_err(|e| BuildError::io("open", path, &e))?;
    let mut package = msidb::open(BufReader::new(file)).map_err(|e| bad(path, e))?;
    if package.clsid == msidb::transform::CLSID {
        return Err(bad(
            path,
            "it is a transform, which has no files; `packager inspect` shows what it changes",
        ));
    }
    let files = files(&package.database).map_err(|what| bad(path, what))?;
    for (cabinet, members) in files {
        let Some(name) = cabinet else {
            let what = "its files lie beside it and not in a cabinet: there is nothing to extract";
            return Err(bad(path, what));
        };
        let wanted = |key: &str| members.get(key).map(|to| (to.clone(), None));
        let check = |there: &[crate::formats::cab::read::File]| {
            let there: std::collections::HashSet<&str> = there.iter().map(|f| f.name.as_str()).collect();
            match members.iter().find(|(key, _)| !there.contains(key.as_str())) {
                Some((key, to)) => Err(bad(path, format!("`{to}` ({key}) is not in the cabinet {name}"))),
                None => Ok(()),
            }
        };
        if let Some(stream) = name.strip_prefix('#') {
            let stream = package.stream(stream).map_err(|e| bad(path, e))?;
            let mut cabinet = Cabinet::open(BufReader::new(stream)).map_err(|e| bad(path, e))?;
            check(cabinet.files())?;
            target.unpack(path, &mut cabinet, wanted)?;
        } else {
            if packager_shared::path::check_part(&name).is_err() {
                return Err(bad(path, format!("the cabinet {name:?} has no name of a file beside it")));
            }
            let beside = path.with_file_name(&name);
            let file = File::open(&beside).map_err(|e| BuildError::io("open the cabinet", &beside, &e))?;
            let mut cabinet = Cabinet::open(file).map_err(|e| bad(&beside, e))?;
            check(cabinet.files())?;
            target.unpack(&beside, &mut cabinet, wanted)?;
        }
    }
    Ok(())
}

/// Rows of a table with the named columns.
pub(in crate::cli) fn rows<'d, const N: usize>(
    database: &'d Database,
    table: &str,
    columns: [&str; N],
) -> Result<Vec<[&'d Value; N]>, String> {
    let Some(found) = database.get(table) else { return Ok(Vec::new()) };
    let mut places = [0; N];
    for (place, column) in places.iter_mut().zip(columns) {
        *place = found.column(column).ok_or_else(|| format!("its table {table} has no column {column}"))?;
    }
    const NULL: &Value = &Value::Null;
    Ok(found.rows().iter().map(|row| places.map(|place| row.get(place).unwrap_or(NULL))).collect())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// `short|long` or `name`: the long one.
fn long(name: &str) -> &str {
    name.rsplit_once('|').map_or(name, |(_, long)| long)
}

/// Member names and paths of each cabinet. `None`: files that are in no cabinet.
type Files = BTreeMap<Option<String>, HashMap<String, String>>;

fn files(database: &Database) -> Result<Files, String> {
    let directories: HashMap<&str, (&str, &str)> =
        rows(database, "Directory", ["Directory", "Directory_Parent", "DefaultDir"])?
            .into_iter()
            .map(|[id, parent, name]| (text(id), (text(parent), text(name))))
            .collect();
    let components: HashMap<&str, &str> = rows(database, "Component", ["Component", "Directory_"])?
        .into_iter()
        .map(|[id, directory]| (text(id), text(directory)))
        .collect();
    let mut media: Vec<(i32, &str)> = rows(database, "Media", ["LastSequence", "Cabinet"])?
        .into_iter()
        .map(|[last, cabinet]| (last.as_int().unwrap_or(0), text(cabinet)))
        .collect();
    media.sort_unstable();

    let mut all = Files::new();
    for [key, component, name, sequence] in
        rows(database, "File", ["File", "Component_", "FileName", "Sequence"])?
    {
        let directory = components
            .get(text(component))
            .ok_or_else(|| format!("the file {} belongs to no component", text(key)))?;
        let mut path = folders(&directories, directory)?;
        path.push(long(text(name)));
        let sequence = sequence.as_int().unwrap_or(0);
        let cabinet = media.iter().find(|(last, _)| *last >= sequence).map_or("", |(_, cabinet)| cabinet);
        let cabinet = Some(cabinet.to_owned()).filter(|cabinet| !cabinet.is_empty());
        all.entry(cabinet).or_default().insert(text(key).to_owned(), path.join("\\"));
    }
    Ok(all)
}

/// The folders of a directory from the top, without what is above the chosen one.
fn folders<'d>(
    directories: &HashMap<&'d str, (&'d str, &'d str)>,
    id: &'d str,
) -> Result<Vec<&'d str>, String> {
    let mut parts = Vec::new();
    let mut at = id;
    while !ROOTS.contains(&at) && at != "TARGETDIR" && !at.is_empty() {
        let (parent, name) = *directories.get(at).ok_or_else(|| format!("there is no directory {at}"))?;
        // `target:source`: where it is installed, and where it lies in an uncompressed source.
        let name = long(name.split_once(':').map_or(name, |(target, _)| target));
        let name = match name {
            // A standard folder has no name of its own; its id says which it is.
            "." if at.ends_with("Folder") => at,
            name => name,
        };
        if name != "." {
            parts.push(name);
        }
        if parent == at || parts.len() > DEEPEST {
            break;
        }
        at = parent;
    }
    if parts.len() > DEEPEST {
        return Err(format!("the directory {id} lies in itself"));
    }
    parts.reverse();
    Ok(parts)
}
