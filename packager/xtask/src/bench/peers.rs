//! The tools that people use today, as contenders.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::contest::Contender;
use super::inputs::Input;
use crate::failure::{Context, Failure, Result};
use crate::{apt, place};

/// What is run, and Debian's packages of it.
const PROGRAMS: [(&str, &str); 6] = [
    ("wixl", "wixl"),
    ("makensis", "nsis"),
    ("wimcapture", "wimtools"),
    ("msiextract", "msitools"),
    ("/usr/bin/time", "time"),
    ("dpkg", "dpkg"),
];

/// Seconds after which a peer is ended.
const LIMIT: u32 = 300;

/// The peers' packages, for their versions.
pub const PACKAGES: [&str; 3] = ["wixl", "nsis", "wimtools"];

/// Installs what is missing.
pub fn install() -> Result<()> {
    apt::programs(&PROGRAMS)
}

/// wixl, whose compression is MSZIP.
pub fn wixl(input: &Input) -> Result<Contender> {
    let folder = place::build_dir("bench").join("wixl");
    let source = folder.join("bench.wxs");
    place::write(&source, wxs(&input.folder)?.as_bytes())?;
    let output = folder.join("bench.msi");
    let mut command = Command::new("wixl");
    // It finds files below the current folder only.
    command.arg("-o").arg(&output).arg(&source).current_dir(&input.folder);
    Ok(Contender { name: "wixl".to_owned(), command, output, limit: Some(LIMIT) })
}

/// One component for each file, as wixl-heat makes them.
fn wxs(folder: &Path) -> Result<String> {
    let mut writer = Wxs::default();
    writer.folder(folder, folder)?;
    let references: String =
        (0..writer.components).map(|number| format!("<ComponentRef Id=\"C{number}\"/>\n")).collect();
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <Wix xmlns=\"http://schemas.microsoft.com/wix/2006/wi\">\n\
         <Product Id=\"*\" Name=\"Bench\" Manufacturer=\"Example\" Version=\"1.0.0\" Language=\"1033\" \
         UpgradeCode=\"9F1B6C1E-6D1E-4E0B-9C51-0C3F7D2A4B10\">\n\
         <Package InstallerVersion=\"405\" Compressed=\"yes\" InstallScope=\"perMachine\"/>\n\
         <Media Id=\"1\" Cabinet=\"bench.cab\" EmbedCab=\"yes\"/>\n\
         <Directory Id=\"TARGETDIR\" Name=\"SourceDir\"><Directory Id=\"ProgramFiles64Folder\">\
         <Directory Id=\"INSTALLDIR\" Name=\"Bench\">\n{}</Directory></Directory></Directory>\n\
         <Feature Id=\"All\" Level=\"1\">\n{references}</Feature>\n</Product>\n</Wix>\n",
        writer.text
    ))
}

/// The elements of files and folders.
#[derive(Default)]
struct Wxs {
    text: String,
    components: usize,
    folders: usize,
}

impl Wxs {
    fn folder(&mut self, folder: &Path, root: &Path) -> Result<()> {
        let listed = || format!("listing {}", folder.display());
        let entries = fs::read_dir(folder).context(listed)?.collect::<std::io::Result<Vec<_>>>();
        let mut paths: Vec<_> = entries.context(listed)?.iter().map(fs::DirEntry::path).collect();
        paths.sort();
        for path in paths {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy();
            if name.contains(['"', '&', '<']) {
                return Err(Failure::new(format!("{name}: a name that XML would have to escape")));
            }
            if path.is_dir() {
                let own = path.file_name().unwrap_or_default().to_string_lossy();
                self.text.push_str(&format!("<Directory Id=\"D{}\" Name=\"{own}\">\n", self.folders));
                self.folders += 1;
                self.folder(&path, root)?;
                self.text.push_str("</Directory>\n");
            } else {
                let number = self.components;
                self.text.push_str(&format!(
                    "<Component Id=\"C{number}\" Guid=\"*\" Win64=\"yes\">\
                     <File Id=\"F{number}\" Source=\"{name}\" KeyPath=\"yes\"/></Component>\n"
                ));
                self.components += 1;
            }
        }
        Ok(())
    }
}

/// A compressor of NSIS.
#[derive(Clone, Copy)]
pub enum Nsis {
    /// Its default: each file by itself, with deflate.
    Zlib,
    /// All files as one stream, with LZMA.
    SolidLzma,
}

impl Nsis {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Nsis::Zlib => ("zlib", "zlib"),
            Nsis::SolidLzma => ("lzma", "/SOLID lzma"),
        }
    }

    /// Its name in the table.
    pub fn shown(self) -> String {
        format!("makensis {}", self.words().1)
    }

    /// The contender.
    pub fn contender(self, input: &Input) -> Result<Contender> {
        let (name, compressor) = self.words();
        let folder = place::build_dir("bench").join("nsis");
        let (source, output) = (folder.join(format!("{name}.nsi")), folder.join(format!("{name}.exe")));
        let script = format!(
            "Unicode true\n\
             SetCompressor {compressor}\n\
             Name \"Bench\"\n\
             OutFile \"{}\"\n\
             InstallDir \"$PROGRAMFILES64\\Bench\"\n\
             RequestExecutionLevel admin\n\
             Section\n\
             SetOutPath \"$INSTDIR\"\n\
             File /r \"{}/*\"\n\
             WriteUninstaller \"$INSTDIR\\uninstall.exe\"\n\
             SectionEnd\n\
             Section Uninstall\n\
             RMDir /r \"$INSTDIR\"\n\
             SectionEnd\n",
            output.display(),
            input.folder.display()
        );
        place::write(&source, script.as_bytes())?;
        let mut command = Command::new("makensis");
        command.arg("-V1").arg(&source);
        Ok(Contender { name: self.shown(), command, output, limit: Some(LIMIT) })
    }
}

/// wimcapture with LZX at a level of its own, on one thread.
pub fn wimcapture(input: &Input, level: u32) -> Contender {
    let output = place::build_dir("bench").join(format!("lzx-{level}.wim"));
    let mut command = Command::new("wimcapture");
    command.arg(&input.folder).arg(&output);
    command.arg(format!("--compress=LZX:{level}")).args(["--chunk-size=2M", "--threads=1"]);
    Contender { name: format!("wimcapture LZX:{level}"), command, output, limit: Some(LIMIT) }
}

#[cfg(test)]
mod tests {
    use super::wxs;
    use crate::place;

    #[test]
    fn each_file_is_a_component_of_the_feature() {
        let folder = place::build_dir("bench-test-wxs");
        place::fresh_dir(&folder).expect("a folder");
        for name in ["b.txt", "sub/a.txt"] {
            place::write(&folder.join(name), b"x").expect("a file");
        }
        let text = wxs(&folder).expect("a source");
        assert_eq!(text.matches("<ComponentRef ").count(), 2);
        assert!(text.contains("Source=\"b.txt\""), "{text}");
        assert!(text.contains("<Directory Id=\"D0\" Name=\"sub\">\n<Component Id=\"C1\""), "{text}");
        assert!(text.contains("Source=\"sub/a.txt\""), "{text}");
        place::write(&folder.join("a&b"), b"x").expect("a file");
        assert!(wxs(&folder).is_err());
        place::remove(&folder).expect("removed");
    }
}
