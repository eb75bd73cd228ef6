//! `packager keygen [DIR]`: a new pair of release keys.

use camino::Utf8PathBuf;

use super::Outcome;
use super::console::Console;
use crate::sign::{ReleaseKey, write_pair};

/// Make a pair of keys that releases on a share are signed with
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder to write release.pub and release.key to, made when absent
    #[arg(value_name = "DIR", default_value = ".")]
    pub dir: Utf8PathBuf,
}

/// Writes the pair and says what to do with it.
pub fn run(args: &Args, console: &mut Console) -> Outcome {
    let (public, private) = write_pair(&args.dir, &ReleaseKey::generate())?;
    console.say(&format!("wrote {public}  (public: name it in the manifest, [bootstrap] public-key)"));
    console.say(&format!(
        "wrote {private}  (private: signs releases; keep it out of version control, back it up)"
    ));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::console::MessageFormat;

    #[test]
    fn a_second_run_overwrites_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let args = Args { dir: Utf8PathBuf::from_path_buf(dir.path().join("a/b")).unwrap() };
        let mut console = Console::new(MessageFormat::Human, true);
        run(&args, &mut console).unwrap();
        let before = std::fs::read(args.dir.join("release.key")).unwrap();
        assert_eq!(run(&args, &mut console).unwrap_err().exit_code(), 1);
        assert_eq!(std::fs::read(args.dir.join("release.key")).unwrap(), before);
    }
}
