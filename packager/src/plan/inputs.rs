//! What the manifest refers to on disk: the files it names and the payload folders. All of a build's reading
//! that is not of payload content happens here; what follows is pure.

use camino::{Utf8Path, Utf8PathBuf};
use packager_shared::plan::Arch;

use super::scan::{self, Scan};
use crate::formats::font;
use crate::manifest::types::{Font, Manifest, Text, Version};
use crate::model::lower::archs;
use crate::model::values;
use crate::report::Problem;
use crate::report::artifacts::arch_name;
use crate::sign::PublicKey;

/// The largest font that is read, in bytes.
const LARGEST_FONT: u64 = 256 << 20;

/// What was found.
#[derive(Debug, Default)]
pub struct Inputs {
    /// The folder that the manifest's paths are relative to.
    pub base: Utf8PathBuf,
    /// The version of `version = { file = … }`.
    pub version: Option<Result<[u16; 4], Problem>>,
    /// The key of `bootstrap.public-key`.
    pub public_key: Option<Result<[u8; 32], Problem>>,
    /// What is wrong with `product.icon`.
    pub icon: Option<Problem>,
    /// What is wrong with `product.license`.
    pub license: Option<Problem>,
    /// What is wrong with `bootstrap.private-key-file`.
    pub private_key: Option<Problem>,
    /// The payload file that is the private key.
    pub shipped_secret: Option<Utf8PathBuf>,
    /// The title of each `[[font]]`.
    pub fonts: Vec<Result<String, Problem>>,
    /// The files of sites: architecture, site, and what is in its folder.
    pub site_files: Vec<(Arch, String, Result<Scan, Problem>)>,
    /// The payload of each architecture.
    pub payloads: Vec<(Arch, Result<Scan, Problem>)>,
}

impl Inputs {
    /// Reads what a manifest refers to; `base` is the manifest's folder.
    #[must_use]
    pub fn gather(manifest: &Manifest, base: &Utf8Path) -> Self {
        let mut inputs = Self { base: base.to_owned(), ..Self::default() };
        let product = &manifest.product;
        if let Some(Version::File(path)) = &product.version {
            let first = archs(manifest).first().map_or("", |a| arch_name(*a));
            inputs.version = Some(pe_version(&inputs.path(&path.get_ref().replace("{arch}", first))));
        }
        inputs.public_key = manifest
            .bootstrap
            .public_key
            .as_ref()
            .map(|t| PublicKey::load(&inputs.path(t.get_ref())).map(|k| k.0).map_err(|e| e.problem()));
        inputs.icon = product.icon.as_ref().and_then(|t| inputs.file_problem(t, is_icon));
        inputs.license = product.license.as_ref().and_then(|t| inputs.file_problem(t, is_text));
        // What is in it is looked at by whoever signs with it.
        inputs.private_key =
            manifest.bootstrap.private_key_file.as_ref().and_then(|t| inputs.file_problem(t, |_| Ok(())));
        if let Some(source) = &manifest.payload.source {
            // A glob that is wrong is a problem of its own; without it more files are looked at.
            let exclude = manifest.payload.exclude.iter().map(|t| t.get_ref().as_str());
            let exclude = scan::globs(exclude).unwrap_or_default();
            let configs: Vec<String> =
                manifest.configs.iter().filter_map(crate::model::lower::config::file).collect();
            let mut scanned: Vec<(Utf8PathBuf, Result<Scan, Problem>)> = Vec::new();
            for arch in archs(manifest) {
                let folder = inputs.path(&source.get_ref().replace("{arch}", arch_name(arch)));
                let known = scanned.iter().find(|(known, _)| *known == folder).map(|(_, scan)| scan.clone());
                let mut scan = known.unwrap_or_else(|| scan::scan(&folder, &exclude));
                if let Ok(scan) = &mut scan {
                    scan.read_configs(&configs);
                }
                scanned.push((folder, scan.clone()));
                inputs.payloads.push((arch, scan));
            }
            for arch in archs(manifest) {
                for site in &manifest.sites {
                    let Some(files) = &site.files else { continue };
                    let folder = inputs.path(&files.get_ref().replace("{arch}", arch_name(arch)));
                    let scan = scan::scan(&folder, &exclude);
                    inputs.site_files.push((arch, site.name.get_ref().clone(), scan));
                }
            }
            inputs.shipped_secret = inputs.find_secret(manifest);
        }
        inputs.fonts = manifest.fonts.iter().map(|font| inputs.font_title(font)).collect();
        inputs
    }

    /// A path of the manifest.
    #[must_use]
    pub fn path(&self, text: &str) -> Utf8PathBuf {
        self.base.join(text.replace('\\', "/"))
    }

    /// The private key among the payload's files, under whatever name it got there.
    fn find_secret(&self, manifest: &Manifest) -> Option<Utf8PathBuf> {
        let key = self.path(manifest.bootstrap.private_key_file.as_ref()?.get_ref());
        let size = key.metadata().ok()?.len();
        let content = std::fs::read(&key).ok().filter(|bytes| !bytes.is_empty() && size < 65_536)?;
        let payloads = self.payloads.iter().map(|(_, scan)| scan);
        let scans = payloads.chain(self.site_files.iter().map(|(_, _, scan)| scan));
        let files = scans.filter_map(|scan| scan.as_ref().ok()).flat_map(|s| &s.files);
        let same = |f: &&scan::Found| f.size == size && std::fs::read(&f.source).is_ok_and(|b| b == content);
        files.into_iter().find(same).map(|f| f.source.clone())
    }

    /// What a font calls itself. One that is not in the payload is a problem of its own.
    fn font_title(&self, font: &Font) -> Result<String, Problem> {
        let Some(path) = font.file.as_ref().and_then(|f| values::below_install_dir(f.get_ref()).ok()) else {
            return Ok(String::new());
        };
        let files = self.payloads.iter().filter_map(|(_, scan)| scan.as_ref().ok()).flat_map(|s| &s.files);
        let Some(found) = files.into_iter().find(|f| packager_shared::path::same(&f.path, &path)) else {
            return Ok(String::new());
        };
        if found.size > LARGEST_FONT {
            return Err(Problem::new(format!("{} is too large for a font", found.source))
                .help("name a .ttf, .otf or .ttc file"));
        }
        let bytes = std::fs::read(&found.source).map_err(|e| cannot_read(&found.source, e))?;
        font::title(&bytes).map_err(|why| {
            Problem::new(format!("{} is no font that Windows can register by name", found.source))
                .why(why)
                .help("name a .ttf, .otf or .ttc file")
        })
    }

    fn file_problem(&self, path: &Text, looks_right: fn(&[u8]) -> Result<(), Problem>) -> Option<Problem> {
        let path = self.path(path.get_ref());
        let read = |path: &Utf8Path| -> Result<Vec<u8>, Problem> {
            let cannot = |e| cannot_read(path, e);
            if path.metadata().map_err(cannot)?.len() > (16 << 20) {
                return Err(Problem::new(format!("{path} is larger than 16 MiB")).help("use a smaller file"));
            }
            std::fs::read(path).map_err(cannot)
        };
        read(&path).and_then(|bytes| looks_right(&bytes)).err()
    }
}

fn cannot_read(path: &Utf8Path, error: std::io::Error) -> Problem {
    Problem::new(format!("{path} cannot be read"))
        .why(error)
        .help("paths are relative to the manifest's folder")
}

/// An icon directory: reserved 0, type 1, at least one image ("Icons" on Microsoft Learn).
fn is_icon(bytes: &[u8]) -> Result<(), Problem> {
    match bytes {
        [0, 0, 1, 0, count, more, ..] if *count > 0 || *more > 0 => Ok(()),
        _ => Err(Problem::new("the icon is not an .ico file")
            .why("it does not start with an icon directory")
            .help("make an .ico file of it: a renamed .png is none")),
    }
}

fn is_text(bytes: &[u8]) -> Result<(), Problem> {
    match std::str::from_utf8(bytes) {
        Ok(_) => Ok(()),
        Err(e) => Err(Problem::new("the licence is not a text in UTF-8")
            .why(e)
            .help("save it as plain text in UTF-8")),
    }
}

/// The file version of a program.
fn pe_version(path: &Utf8Path) -> Result<[u16; 4], Problem> {
    let (_, version) = scan::image(path).map_err(|e| cannot_read(path, e))?;
    version.map(|v| v.version).ok_or_else(|| {
        Problem::new(format!("{path} has no version resource"))
            .help("name a program that has one, or write the version into the manifest: version = \"1.2.3\"")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_a_program() {
        let root = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/acme-agent/payload/x64");
        assert_eq!(pe_version(&root.join("bin/agent.exe")).map(|v| v[0]), Ok(4));
        assert!(pe_version(&root.join("docs/readme.txt")).is_err());
        assert!(pe_version(&root.join("nothing.exe")).is_err());
    }
}
