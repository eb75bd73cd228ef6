//! The Windows Installer package.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `rows` | rows before they are a database |
//! | `builder` | what the table modules share; components |
//! | `directories`, `files`, `short_names` | Directory, File, Component, Media |
//! | [`previous`] | what an upgrade from an earlier MSI would do wrong |
//! | `raw` | rows that the author wrote |
//! | `purge`, `remove_files` | folders that go with all that is in them, files that are no payload |
//! | `locks` | rights of folders, files and keys |
//! | `registry`, `services`, `shell` | what operations become |
//! | `predecessors` | Upgrade and AppSearch of what is taken over |
//! | `settings`, `upgrade`, `ownership` | properties, launch conditions, the state key |
//! | `sites` | transforms, and packages of one site |
//! | `secrets` | secret settings, which are in no table |
//! | `actions`, `sequences` | custom actions and the five sequence tables |
//! | `product` | Property, Feature, summary information |
//! | `ui` | everything a person reads, in the language of the package |
//! | `write` | rows and streams into a database file |

mod actions;
mod builder;
mod directories;
mod files;
mod formatted;
mod locks;
mod ownership;
mod predecessors;
pub mod previous;
mod product;
mod purge;
mod raw;
mod registry;
mod remove_files;
mod rows;
mod secrets;
mod sequences;
mod services;
mod settings;
mod shell;
mod short_names;
mod sites;
#[cfg(test)]
mod tests;
mod ui;
mod upgrade;
mod write;

use std::fmt;

use packager_shared::plan::{Op, Site};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

pub use files::{CABINET, cabinet};
pub use product::Summary;
pub use remove_files::MOST as MOST_REMOVED;
pub use rows::{Cell, Row, Rows};
pub use sites::write as write_transforms;
pub use write::{write, write_around};

use self::builder::Builder;
use self::ui::Language;
use super::Release;
use crate::model::windows;
use crate::plan::ids;
use crate::plan::raw::RawTable;
use crate::validate::Finding;

/// Why a package cannot be made.
#[derive(Debug)]
pub enum Error {
    /// A file that an MSI cannot hold.
    File {
        /// Its path below the install directory.
        path: String,
        /// Why not.
        what: &'static str,
    },
    /// A row that the author wrote and that does not fit to the others.
    Raw {
        /// Where it stands: `agent.toml:12:3`.
        place: String,
        /// What is wrong with it.
        what: String,
    },
    /// More compressed files than a database can hold.
    Large {
        /// Bytes of its cabinets.
        bytes: u64,
    },
    /// More cabinets than there can be disks.
    Cabinets {
        /// How many.
        count: usize,
    },
    /// More settings than there is room for between AppSearch and LaunchConditions.
    Settings {
        /// Actions that were to stand there.
        actions: usize,
    },
    /// More secret settings than there is room for.
    Secrets {
        /// How many.
        count: usize,
    },
    /// The texts of a language are not as they should be.
    Texts(String),
    /// A site's values need characters that the package's code page does not have.
    Site {
        /// The site.
        site: String,
        /// The package's code page.
        codepage: u32,
    },
    /// The rows break the schema.
    Database(crate::formats::msidb::Error),
    /// Windows Installer's own validation would find errors in it.
    Invalid(Vec<Finding>),
    /// The artefact could not be written.
    Sink(super::sink::Error),
    /// The cabinet or the icon could not be read back.
    Io {
        /// What was read.
        what: String,
        /// Why not.
        source: std::io::Error,
    },
}

/// A result of this output.
pub type Result<T> = std::result::Result<T, Error>;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, what } => write!(f, "{path}: {what}"),
            Self::Raw { place, what } => write!(f, "{place}: {what}"),
            Self::Large { bytes } => write!(
                f,
                "its cabinets have {bytes} bytes together, and Windows Installer opens files of up to 2 GB: move what \
                 is large out of the package"
            ),
            Self::Cabinets { count } => write!(
                f,
                "{count} cabinets are too many, an MSI has {} disks at most: let `cabinet-size` be larger",
                i16::MAX
            ),
            Self::Settings { actions } => write!(
                f,
                "too many settings for one MSI: {actions} actions, there is room for {}",
                sequences::MOST_EARLY
            ),
            Self::Secrets { count } => {
                write!(
                    f,
                    "too many secret settings for one MSI: {count}, there is room for {}",
                    secrets::MOST
                )
            }
            Self::Texts(what) => what.fmt(f),
            Self::Site { site, codepage } => write!(
                f,
                "the site {site} has characters that the MSI's code page {codepage} does not have, and a transform \
                 cannot change the code page of an MSI whose own texts are not plain ASCII; `build --site {site}` \
                 makes an MSI of its own for it"
            ),
            Self::Database(error) => error.fmt(f),
            Self::Invalid(errors) => {
                write!(f, "it would break {} rules of Windows Installer", errors.len())?;
                errors.iter().try_for_each(|error| write!(f, "; {error}"))
            }
            Self::Sink(error) => error.fmt(f),
            Self::Io { what, source } => write!(f, "cannot read {what}: {source}"),
        }
    }
}

impl std::error::Error for Error {}

/// Everything that will be in the MSI but for the bytes of its streams.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MsiPlan {
    /// `{slug}-{version}-{arch}.msi`; of a further language `{slug}-{version}-{arch}-{language}.msi`.
    pub file_name: String,
    /// `{…}`: of everything that is installed, so that a rebuild with any change is another product.
    pub product_code: String,
    /// Summary information but for the package code.
    pub summary: Summary,
    /// Rows by table.
    pub rows: Rows,
    /// Tables with rows that the author wrote, which are among `rows`: the columns of those of the author's own.
    #[serde(skip)]
    pub tables: Vec<RawTable>,
}

/// Plans the MSI of a release.
pub fn plan(release: Release<'_>) -> Result<MsiPlan> {
    plan_for(release, None)
}

/// Plans the MSI of one site, which needs no transform: `{slug}-{version}-{arch}-{site}.msi`.
pub fn plan_for(release: Release<'_>, site: Option<&Site>) -> Result<MsiPlan> {
    let package = release.package;
    let product = &package.target.product;
    let options = &package.outputs.msi;
    let mut builder = Builder::new(release, Language::find(options.language)?);
    let mut early = Vec::new();

    let mut secure = upgrade::write(&mut builder, &product::version(product))?;
    secure.extend(upgrade::write_platform(&mut builder)?);
    secure.extend(predecessors::write(&mut builder)?);
    files::write(&mut builder)?;
    upgrade::write_free_space(&mut builder);
    shell::directories(&mut builder, &package.target.ops);
    for op in &package.target.ops {
        operation(&mut builder, op);
    }
    shell::folders_on_the_way(&mut builder);
    secure.extend(ownership::write(&mut builder, &mut early));
    secure.extend(settings::write(&mut builder, &mut early)?);
    secure.extend(settings::search_folders(&mut builder, &mut early));
    let mut execute = actions::write(&mut builder, &mut early);
    if early.len() > sequences::MOST_EARLY {
        return Err(Error::Settings { actions: early.len() });
    }
    ui::write_dialogs(&mut builder.rows, &release, &builder.texts)?;
    execute.push(settings::reinstall(&mut builder));
    execute.extend(secrets::write(&mut builder)?);
    execute.extend(purge::write(&mut builder));
    execute.extend(remove_files::write(&mut builder));
    let both = product::write(&mut builder, secure);
    let last = settings::hand_over(&mut builder);
    raw::write(&mut builder.rows, &options.tables);
    sequences::write(&mut builder, &early, &execute, &both, &last);
    let summary = product::summary(&builder)?;

    let Builder { mut rows, directories, texts, .. } = builder;
    ui::write_texts(&mut rows, &texts)?;
    directories.write(&mut rows);
    if let Some(site) = site {
        sites::choose(&mut rows, site);
    }
    let product_code = product_code(package, &rows, &summary, &release);
    rows.push("Property", rows::row!["ProductCode", &product_code]);
    raw::check(&rows, &options.tables)?;
    let arch = ids::arch_name(product.arch);
    let language = match windows::language_name(options.language) {
        Some(name) if options.is_translation => format!("-{name}"),
        _ => String::new(),
    };
    let of_site = site.map_or(String::new(), |site| format!("-{}", site.name));
    let file_name = format!("{}-{}-{arch}{of_site}{language}.msi", product.slug, product.version_text);
    Ok(MsiPlan { file_name, product_code, summary, rows, tables: options.tables.clone() })
}

/// Adds the rows of an operation; what no table can say has none.
fn operation(builder: &mut Builder<'_>, op: &Op) {
    match op {
        Op::Directory { path, acl: Some(acl), .. } => {
            let folder = builder.directories.template(path);
            locks::write(builder, "CreateFolder", &folder, acl);
        }
        Op::Directory { acl: None, .. } => {}
        Op::FileAcl { file, acl } => {
            let file = builder.file_key(file);
            locks::write(builder, "File", &file, acl);
        }
        Op::RegistryValue { key, name, data } => registry::write_value(builder, key, name, data),
        Op::RegistryKey { key, acl } => {
            let row = registry::write_key(builder, key);
            if let Some(acl) = acl {
                locks::write(builder, "Registry", &row, acl);
            }
        }
        Op::Environment { name, value, action } => shell::environment(builder, name, value, *action),
        Op::Shortcut { folder, subfolder, name, target, arguments, description, icon: None } => {
            shell::shortcut(
                builder,
                shell::Shortcut { folder: *folder, subfolder, name, target, arguments, description },
            )
        }
        Op::Service(service) => services::write(builder, service),
        Op::Ini { folder, file, section, key, value } => {
            shell::ini(builder, shell::Ini { folder, file, section, key, value });
        }
        Op::RegistryRemove { key, name, on_uninstall: false } => {
            registry::remove(builder, key, name.as_deref());
        }
        Op::RemoveFiles { .. }
        | Op::RegistryRemove { .. }
        | Op::Shortcut { .. }
        | Op::Config(_)
        | Op::Migrate { .. }
        | Op::Firewall(_)
        | Op::Task(_)
        | Op::Run(_)
        | Op::Replaces(_)
        | Op::EventProvider { .. }
        | Op::Close { .. } => {}
        Op::When(when, inner) => {
            builder.when = Some(when.clone());
            match &**inner {
                Op::Service(service) => services::stop(builder, service),
                inner => operation(builder, inner),
            }
            builder.when = None;
        }
    }
}

/// UUID v5 over everything that the package installs and does. Same product code with another package code is
/// error 1638 on Windows, so whatever could differ between two builds enters.
fn product_code(
    package: &crate::plan::PackagePlan,
    rows: &Rows,
    summary: &Summary,
    release: &Release<'_>,
) -> String {
    let product = &package.target.product;
    let mut hash = Sha256::new();
    hash.update(release.digest);
    hash.update(release.cabinet);
    hash.update(release.icon.unwrap_or_default());
    if !rows.table("Binary").is_empty() {
        hash.update(packager_prebuilt::ACTION_X86);
        hash.update(release.image);
    }
    hash_rows(&mut hash, rows);
    hash.update(&summary.template);
    hash.update(summary.installer_version.to_le_bytes());
    let digest = hash.finalize();
    let mut name = format!("{}/{}/", ids::arch_name(product.arch), package.outputs.msi.language).into_bytes();
    name.extend_from_slice(&digest);
    ids::braced(Uuid::new_v5(&Uuid::from_bytes(product.upgrade_code), &name).as_bytes())
}

fn hash_rows(hash: &mut Sha256, rows: &Rows) {
    for (table, rows) in rows.tables() {
        hash.update(table);
        for cell in rows.iter().flatten() {
            match cell {
                Cell::Null => hash.update([0]),
                Cell::Int(number) => {
                    hash.update([1]);
                    hash.update(number.to_le_bytes());
                }
                Cell::Text(text) => {
                    hash.update([2]);
                    hash.update((text.len() as u64).to_le_bytes());
                    hash.update(text);
                }
                Cell::Stream => hash.update([3]),
            }
        }
    }
}
