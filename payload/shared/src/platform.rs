//! Whether a package runs on a machine.

use crate::plan::{Arch, Platform, WindowsVersion};

/// A machine's processor and Windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Processor.
    pub arch: Arch,
    /// Version as RtlGetVersion tells.
    pub version: WindowsVersion,
    /// A server edition.
    pub server: bool,
}

/// Windows 11: the first that runs x64 programs on ARM64.
const WINDOWS_11: WindowsVersion = (10, 0, 22000);

/// Whether a machine runs programs of an architecture, natively or emulated.
pub fn runs(machine: &Machine, arch: Arch) -> bool {
    match (machine.arch, arch) {
        (a, b) if a == b => true,
        (Arch::X64 | Arch::Arm64, Arch::X86) => true,
        (Arch::Arm64, Arch::X64) => machine.version >= WINDOWS_11,
        _ => false,
    }
}

/// Of several architectures the one to install: the native one, else the widest that runs.
pub fn choose(machine: &Machine, archs: &[Arch]) -> Option<Arch> {
    [machine.arch, Arch::X64, Arch::X86].into_iter().find(|arch| archs.contains(arch) && runs(machine, *arch))
}

/// Whether the `Release` number of .NET Framework 4 that a machine has is enough.
pub fn check_dotnet(platform: &Platform, release: Option<u32>) -> Result<(), &'static str> {
    match platform.dotnet_release {
        Some(least) if release.is_none_or(|release| release < least) => {
            Err("the package needs a newer .NET Framework")
        }
        _ => Ok(()),
    }
}

/// Checks processor, Windows version and edition. The error says what does not fit.
pub fn check(machine: &Machine, platform: &Platform, arch: Arch) -> Result<(), &'static str> {
    if !runs(machine, arch) {
        return Err("the package is for another processor");
    }
    if machine.version < platform.min {
        return Err("this Windows is too old for the package");
    }
    let (major, minor, _) = machine.version;
    if platform.refuse.iter().any(|refused| (refused.0, refused.1) == (major, minor)) {
        return Err("the package refuses this version of Windows");
    }
    if machine.server && !platform.server {
        return Err("the package is not for server editions of Windows");
    }
    if !machine.server && !platform.client {
        return Err("the package is for server editions of Windows only");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANY: Platform = Platform {
        min: (5, 1, 2600),
        server: true,
        client: true,
        refuse: alloc::vec::Vec::new(),
        dotnet_release: None,
        free_megabytes: 0,
    };

    fn machine(arch: Arch, version: WindowsVersion) -> Machine {
        Machine { arch, version, server: false }
    }

    #[test]
    fn processors() {
        let xp = machine(Arch::X86, (5, 1, 2600));
        let ten = machine(Arch::X64, (10, 0, 19045));
        let arm = machine(Arch::Arm64, (10, 0, 19045));
        let arm11 = machine(Arch::Arm64, (10, 0, 22631));
        assert_eq!(choose(&xp, &[Arch::X64, Arch::X86]), Some(Arch::X86));
        assert_eq!(choose(&xp, &[Arch::X64]), None);
        assert_eq!(choose(&ten, &[Arch::X86, Arch::X64]), Some(Arch::X64));
        assert_eq!(choose(&arm, &[Arch::X86, Arch::X64]), Some(Arch::X86));
        assert_eq!(choose(&arm11, &[Arch::X86, Arch::X64]), Some(Arch::X64));
        assert_eq!(choose(&arm11, &[Arch::Arm64, Arch::X64]), Some(Arch::Arm64));
    }

    #[test]
    fn versions_and_editions() {
        let mut seven = machine(Arch::X64, (6, 1, 7601));
        assert!(check(&seven, &ANY, Arch::X64).is_ok());
        assert!(check(&seven, &Platform { min: (10, 0, 0), ..ANY }, Arch::X64).is_err());
        assert!(check(&seven, &Platform { refuse: alloc::vec![(6, 1, 0)], ..ANY }, Arch::X64).is_err());
        assert!(check(&seven, &Platform { client: false, ..ANY }, Arch::X64).is_err());
        let dotnet = Platform { dotnet_release: Some(461_808), ..ANY };
        assert!(check_dotnet(&ANY, None).is_ok() && check_dotnet(&dotnet, Some(461_808)).is_ok());
        assert!(check_dotnet(&dotnet, None).is_err() && check_dotnet(&dotnet, Some(461_807)).is_err());
        seven.server = true;
        assert!(check(&seven, &Platform { server: false, ..ANY }, Arch::X64).is_err());
    }
}
