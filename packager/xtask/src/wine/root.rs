//! A Debian root with Wine in the cache.

use std::fs;
use std::path::{Path, PathBuf};

use super::quoted;
use crate::failure::{Context, Result};
use crate::{apt, command, place};

/// Debian's release with Wine 8, the one the tests were written against.
const SUITE: &str = "bookworm";
const MIRROR: &str = "http://deb.debian.org/debian";

/// The finished root, made if need be (about a minute, 1.3 GB).
pub fn get() -> Result<PathBuf> {
    let path = place::cache()?.join("wine-root");
    // It gets its name when it is finished.
    if path.is_dir() {
        bubblewrap()?;
        return Ok(path);
    }
    bubblewrap()?;
    if command::version("debootstrap").is_none() {
        apt::install(&["debootstrap", "debian-archive-keyring"])?;
    }
    println!("making a Debian root with Wine in {}", path.display());
    let partial = path.with_extension("partial");
    let mut script = apt::as_root("unshare", "making a root for Wine")?;
    script.args(["--mount", "bash", "-c", MAKE, "make-wine-root"]).arg(&partial).args([SUITE, MIRROR]);
    command::output(&mut script)?;
    // A prefix of an earlier Wine would be updated again in each test.
    place::remove(&place::cache()?.join("wine-prefix"))?;
    let mut rename = apt::as_root("mv", "finishing the root for Wine")?;
    command::output(rename.arg("-T").arg(&partial).arg(&path))?;
    Ok(path)
}

/// In a mount namespace of its own, so that nothing stays mounted however it ends. Wine's packages start programs
/// when they are set up, which need /proc and /dev. Wine's TLS is GnuTLS, loaded when it is there.
const MAKE: &str = r#"
set -e
rm -rf --one-file-system "$1"
debootstrap --variant=minbase "$2" "$1" "$3"
mount --bind /proc "$1/proc"
mount --rbind /dev "$1/dev"
chroot "$1" dpkg --add-architecture i386
chroot "$1" apt-get -q update
chroot "$1" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends wine wine64 wine32:i386 libgnutls30 libgnutls30:i386 \
    xvfb xauth strace
chroot "$1" apt-get clean
"#;

fn bubblewrap() -> Result<()> {
    if command::version("bwrap").is_some() { Ok(()) } else { apt::install(&["bubblewrap"]) }
}

/// The lines of a shell script that run `"$@"` in the root, with `$prefix` as Wine's prefix. What tests use of
/// the machine is there under its own path: the checkout, the cache, the target folder, the temporary folders.
pub fn command_line(root: &Path) -> Result<String> {
    let mut seen = vec![place::root(), place::cache()?, PathBuf::from("/tmp"), std::env::temp_dir()];
    seen.extend(std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from));
    let mut script = "binds=()\nfor folder in".to_owned();
    for path in &seen {
        let path = fs::canonicalize(path).context(|| format!("finding {}", path.display()))?;
        script.push_str(&format!(" {}", quoted(&path)));
    }
    // The root itself is read-only and behind a tmpfs, in which any mount point can be made without rights.
    script.push_str(&format!(
        " \"$prefix\"; do\n  if [ -e \"$folder\" ]; then binds+=(--bind \"$folder\" \"$folder\"); fi\ndone\n\
         root={}\n\
         exec bwrap --tmpfs / --ro-bind \"$root/usr\" /usr --ro-bind \"$root/etc\" /etc --ro-bind \"$root/var\" /var \\\n  \
         --symlink usr/bin /bin --symlink usr/sbin /sbin --symlink usr/lib /lib --symlink usr/lib64 /lib64 \\\n  \
         --dev-bind /dev /dev --proc /proc \"${{binds[@]}}\" \\\n  \
         --unsetenv XDG_RUNTIME_DIR --chdir \"$PWD\" \"$@\"",
        quoted(root)
    ));
    Ok(script)
}
