//! `packager init [DIR]`: a manifest to start from, a sample payload and a pair of release keys.

use std::io::Write as _;

use camino::{Utf8Path, Utf8PathBuf};

use super::Outcome;
use super::console::Console;
use crate::model::values;
use crate::report::{BuildError, Problem};
use crate::sign::{self, ReleaseKey};

/// Write a manifest to start from, a sample payload and a pair of release keys
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder to write to, made when absent
    #[arg(value_name = "DIR", default_value = ".")]
    pub dir: Utf8PathBuf,
}

/// Writes the files; what exists is never overwritten, and when one exists nothing is written.
pub fn run(args: &Args, console: &mut Console) -> Outcome {
    let dir = &args.dir;
    let name = product_name(dir);
    let files: Vec<(Utf8PathBuf, String)> = packager_templates::STARTER
        .iter()
        .map(|(path, text)| (dir.join(path), text.replace("starter-agent", &name)))
        .collect();
    let keys = [sign::PUBLIC_FILE, sign::PRIVATE_FILE].map(|name| dir.join(name));
    let mut targets = files.iter().map(|(path, _)| path).chain(&keys);
    if let Some(there) = targets.find(|path| path.symlink_metadata().is_ok()) {
        return Err(BuildError::Input(
            Problem::new(format!("{there} exists already"))
                .why("init overwrites nothing")
                .help("name a new folder: packager init my-agent"),
        ));
    }
    for (path, text) in &files {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|e| BuildError::io("make the folder", folder, &e))?;
        }
        write_new(path, text)?;
    }
    let (public, private) = sign::write_pair(dir, &ReleaseKey::generate())?;
    for (path, _) in &files {
        console.say(&format!("wrote {path}"));
    }
    console.say(&format!("wrote {public} (public: clients trust it)"));
    console.say(&format!("wrote {private} (private: signs releases; keep it secret, back it up)"));
    console.say(&format!("next: packager build {}", dir.join("agent.toml")));
    Ok(())
}

fn write_new(path: &Utf8Path, text: &str) -> Result<(), BuildError> {
    std::fs::File::create_new(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|e| BuildError::io("write", path, &e))
}

/// The folder's name when it can be part of a product id, `my-agent` when not.
fn product_name(dir: &Utf8Path) -> String {
    let name = match dir.file_name() {
        Some(name) => Some(name.to_owned()),
        None => dir.canonicalize_utf8().ok().and_then(|d| d.file_name().map(str::to_owned)),
    };
    name.map(|n| n.to_ascii_lowercase().replace([' ', '_', '.'], "-"))
        .filter(|n| values::product_id(&format!("com.example.{n}")).is_ok())
        .unwrap_or_else(|| "my-agent".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_names_the_product() {
        for (dir, name) in
            [("/a/My Agent", "my-agent"), ("x/Ünï", "my-agent"), ("a/b-2.x", "b-2-x"), ("con", "my-agent")]
        {
            assert_eq!(product_name(Utf8Path::new(dir)), name);
        }
    }
}
