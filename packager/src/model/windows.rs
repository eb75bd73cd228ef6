//! Windows versions and languages by name.

use packager_shared::plan::WindowsVersion;

/// Major, minor and build of the first release under each name ("Operating System Version" on Microsoft Learn).
const WINDOWS: [(&str, WindowsVersion); 16] = [
    ("windows-xp", (5, 1, 2600)),
    ("server-2003", (5, 2, 3790)),
    ("windows-vista", (6, 0, 6000)),
    ("server-2008", (6, 0, 6001)),
    ("windows-7", (6, 1, 7600)),
    ("server-2008-r2", (6, 1, 7600)),
    ("windows-8", (6, 2, 9200)),
    ("server-2012", (6, 2, 9200)),
    ("windows-8.1", (6, 3, 9600)),
    ("server-2012-r2", (6, 3, 9600)),
    ("windows-10", (10, 0, 10240)),
    ("server-2016", (10, 0, 14393)),
    ("server-2019", (10, 0, 17763)),
    ("server-2022", (10, 0, 20348)),
    ("windows-11", (10, 0, 22000)),
    ("server-2025", (10, 0, 26100)),
];

/// The oldest Windows that anything here runs on.
pub const OLDEST: WindowsVersion = (5, 1, 2600);

/// The version of a name.
#[must_use]
pub fn windows(name: &str) -> Option<WindowsVersion> {
    WINDOWS.iter().find(|(n, _)| *n == name).map(|(_, v)| *v)
}

/// The least `Release` number of each .NET Framework ("How to: Determine which .NET Framework versions are installed"
/// on Microsoft Learn).
const DOTNET: [(&str, u32); 11] = [
    ("4.5", 378_389),
    ("4.5.1", 378_675),
    ("4.5.2", 379_893),
    ("4.6", 393_295),
    ("4.6.1", 394_254),
    ("4.6.2", 394_802),
    ("4.7", 460_798),
    ("4.7.1", 461_308),
    ("4.7.2", 461_808),
    ("4.8", 528_040),
    ("4.8.1", 533_320),
];

/// The least `Release` number of a .NET Framework.
#[must_use]
pub fn dotnet(version: &str) -> Option<u32> {
    DOTNET.iter().find(|(known, _)| *known == version).map(|(_, release)| *release)
}

/// The versions of .NET Framework that can be asked for.
pub fn dotnets() -> impl Iterator<Item = &'static str> {
    DOTNET.iter().map(|(version, _)| *version)
}

/// The version with this `Release` number.
#[must_use]
pub fn dotnet_name(release: u32) -> &'static str {
    DOTNET.iter().find(|(_, known)| *known == release).map_or("", |(version, _)| version)
}

/// Language ids of the languages an MSI can say it is in ("Language Identifier Constants" on Microsoft Learn).
const LANGUAGES: [(&str, u16); 24] = [
    ("cs-CZ", 1029),
    ("da-DK", 1030),
    ("de-DE", 1031),
    ("el-GR", 1032),
    ("en-GB", 2057),
    ("en-US", 1033),
    ("es-ES", 3082),
    ("fi-FI", 1035),
    ("fr-FR", 1036),
    ("hu-HU", 1038),
    ("it-IT", 1040),
    ("ja-JP", 1041),
    ("ko-KR", 1042),
    ("nb-NO", 1044),
    ("neutral", 0),
    ("nl-NL", 1043),
    ("pl-PL", 1045),
    ("pt-BR", 1046),
    ("pt-PT", 2070),
    ("ru-RU", 1049),
    ("sv-SE", 1053),
    ("tr-TR", 1055),
    ("zh-CN", 2052),
    ("zh-TW", 1028),
];

/// The language id of a name.
#[must_use]
pub fn language(name: &str) -> Option<u16> {
    LANGUAGES.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, id)| *id)
}

/// The name of a language id.
#[must_use]
pub fn language_name(language: u16) -> Option<&'static str> {
    LANGUAGES.iter().find(|(_, id)| *id == language).map(|(name, _)| *name)
}

/// The names of all languages.
pub fn languages() -> impl Iterator<Item = &'static str> {
    LANGUAGES.iter().map(|(n, _)| *n)
}
