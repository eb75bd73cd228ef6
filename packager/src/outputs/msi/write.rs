//! From planned rows to a database file: encoded, checked against its schema, streamed into the sink.

use std::fs::File;
use std::io::{Cursor, Read, Seek as _, SeekFrom};

use camino::Utf8PathBuf;
use packager_shared::state::FILE_TIME;
use uuid::Uuid;

use super::{Cell, Error, MsiPlan, Result, files, predecessors};
use crate::content::cabinets::CabinetFile;
use crate::formats::msidb::{self, Database, Prepared, Stream, Value, codepage, stream_name};
use crate::outputs::Release;
use crate::outputs::sink::{Kind, Sink, Written};
use crate::plan::ids;
use crate::validate::{self, Finding, Severity};

/// Security (Microsoft: "Security Summary"): opening read-only is recommended.
const READ_ONLY_RECOMMENDED: i32 = 2;

/// The most bytes of cabinets: structured storage, which an MSI is, ends at 2 GB for Windows Installer.
const LARGEST: u64 = 0x7fff_ffff;

/// Writes the MSI as the artefact at `path`. One that Windows Installer's own validation would find an error in
/// does not leave.
pub fn write(
    plan: &MsiPlan,
    release: Release<'_>,
    cabinet: &CabinetFile,
    sink: &dyn Sink,
    (path, kind): (&str, Kind),
) -> Result<Written> {
    write_around(plan, release, &[cabinet], sink, (path, kind))
}

/// The same around several files of cabinets, the site's last.
pub fn write_around(
    plan: &MsiPlan,
    release: Release<'_>,
    cabinets: &[&CabinetFile],
    sink: &dyn Sink,
    (path, kind): (&str, Kind),
) -> Result<Written> {
    let package = release.package;
    let bytes = cabinets.iter().fold(0_u64, |sum, cabinet| sum.saturating_add(cabinet.packed.size));
    if bytes > LARGEST {
        return Err(Error::Large { bytes });
    }
    let mut database = database(plan, release.icon, release.image)?;
    let language = codepage::of_language(package.outputs.msi.language);
    let mut names = files::cabinets(&release);
    for cabinet in cabinets {
        let file = Utf8PathBuf::try_from(cabinet.packed.file.path().to_owned()).map_err(|error| {
            let what = error.to_string();
            Error::Io { what: "the cabinet".into(), source: std::io::Error::other(what) }
        })?;
        for (part, name) in cabinet.parts.iter().zip(&mut names) {
            let (file, start, size) = (file.clone(), part.start, part.size);
            let open = move || -> std::io::Result<Box<dyn Read>> {
                let mut file = File::open(&file)?;
                file.seek(SeekFrom::Start(start))?;
                Ok(Box::new(file.take(size)))
            };
            database
                .add_stream(&name, Stream::open_with(part.size, part.digest, open))
                .map_err(Error::Database)?;
        }
    }
    database.choose_codepage(language);
    let mut prepared = database.prepare().map_err(Error::Database)?;
    // Two files with one package code are one package to Windows Installer, so it is made of all their bytes.
    let digest = prepared.digest().map_err(Error::Database)?;
    let code = Uuid::new_v5(&Uuid::from_bytes(package.target.product.upgrade_code), &digest);
    prepared.set_package_code(&ids::braced(code.as_bytes()));
    let errors: Vec<Finding> =
        findings(&prepared)?.into_iter().filter(|found| found.severity == Severity::Error).collect();
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let mut artefact = sink.create(path, kind).map_err(Error::Sink)?;
    prepared.write(&mut artefact).map_err(Error::Database)?;
    artefact.finish().map_err(Error::Sink)
}

/// What Windows Installer's own validation would say of the package, asked of what is read back from its bytes.
/// Its streams are left out: nobody looks into them.
fn findings(prepared: &Prepared<'_>) -> Result<Vec<Finding>> {
    let mut bytes = Vec::new();
    prepared.write_hollow(&mut bytes).map_err(Error::Database)?;
    let package = msidb::open(Cursor::new(bytes)).map_err(Error::Database)?;
    Ok(validate::run(&package.database, &[]))
}

/// The database without its cabinets, with an icon and the installed bootstrap.
pub(super) fn database(plan: &MsiPlan, icon: Option<&[u8]>, image: &[u8]) -> Result<Database> {
    let mut database = Database::new(codepage::of_language(0));
    for table in plan.tables.iter().filter(|table| !table.columns.is_empty()) {
        database.add_table(&table.name, super::raw::columns(table)).map_err(Error::Database)?;
    }
    for (table, rows) in plan.rows.tables() {
        database.table(table).map_err(Error::Database)?;
        for row in rows {
            let values: Vec<Value> = row.iter().map(value).collect();
            if row.contains(&Cell::Stream) {
                // The only rows with a stream of their own are the icon's, the library's and the bootstrap's.
                let name = stream_name(table, values.iter().take(1));
                let bytes = match (table, row.first()) {
                    ("Binary", Some(Cell::Text(name))) if name == predecessors::BOOTSTRAP => image,
                    ("Binary", _) => packager_prebuilt::ACTION_X86,
                    _ => icon.unwrap_or_default(),
                };
                let bytes = bytes.to_vec();
                database.add_stream(&name, Stream::bytes(bytes)).map_err(Error::Database)?;
            }
            database.push(table, values).map_err(Error::Database)?;
        }
    }
    let summary = &mut database.summary;
    summary.title = "Installation Database".into();
    summary.subject.clone_from(&plan.summary.subject);
    summary.author.clone_from(&plan.summary.author);
    summary.keywords = "Installer".into();
    summary.comments.clone_from(&plan.summary.comments);
    summary.template.clone_from(&plan.summary.template);
    summary.created = Some(FILE_TIME);
    summary.saved = Some(FILE_TIME);
    summary.page_count = Some(plan.summary.installer_version);
    summary.word_count = Some(plan.summary.word_count);
    summary.security = Some(READ_ONLY_RECOMMENDED);
    summary.application = concat!("packager ", env!("CARGO_PKG_VERSION")).into();
    Ok(database)
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Int(number) => Value::Int(*number),
        Cell::Text(text) => Value::Str(text.as_str().into()),
        Cell::Stream => Value::Stream,
    }
}
