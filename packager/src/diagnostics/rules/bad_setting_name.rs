//! `bad-setting-name`: a setting's name is no public property, or one that something else has taken.

use packager_shared::template::is_setting_name;

use super::{Context, Findings, Rule};
use crate::model::values;
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "bad-setting-name", summary: "a name that a setting cannot have", check };

/// Windows Installer identifiers have up to 72 characters and conditions 255: names are in both, with prefixes, and in
/// a condition up to four times.
const LONGEST: usize = 40;

/// Names that start like these belong to Windows Installer or to the packages made here.
const PREFIXES: [&str; 9] = [
    "MSI",
    "FOUND_",
    "REMEMBERED_",
    "LEGACY_",
    "SITEVALUE_",
    "DEFAULTVALUE_",
    "ALLOWEDVALUE_",
    "PACKAGER_",
    "WIX",
];

/// Windows Installer's properties ("Property Reference" on Microsoft Learn), the private ones in upper case: two
/// properties that differ in case alone are a mistake (ICE46). Sorted.
const TAKEN: &[&str] = &[
    "ACTION",
    "ADDDEFAULT",
    "ADDLOCAL",
    "ADDSOURCE",
    "ADMINPROPERTIES",
    "ADMINTOOLSFOLDER",
    "ADMINUSER",
    "ADVTFLAGS",
    "AFTERREBOOT",
    "ALLUSERS",
    "ALPHA",
    "APPDATAFOLDER",
    "ARM64",
    "ARPAUTHORIZEDCDFPREFIX",
    "ARPCOMMENTS",
    "ARPCONTACT",
    "ARPHELPLINK",
    "ARPHELPTELEPHONE",
    "ARPINSTALLLOCATION",
    "ARPNOMODIFY",
    "ARPNOREMOVE",
    "ARPNOREPAIR",
    "ARPPRODUCTICON",
    "ARPREADME",
    "ARPSETTINGSIDENTIFIER",
    "ARPSIZE",
    "ARPSYSTEMCOMPONENT",
    "ARPURLINFOABOUT",
    "ARPURLUPDATEINFO",
    "AVAILABLEFREEREG",
    "BORDERSIDE",
    "BORDERTOP",
    "BROWSEDFOLDER",
    "CAPTIONHEIGHT",
    "CCP_DRIVE",
    "CCP_SUCCESS",
    "CCP_TEST",
    "COLORBITS",
    "COMMONAPPDATAFOLDER",
    "COMMONFILES64FOLDER",
    "COMMONFILESFOLDER",
    "COMPADDDEFAULT",
    "COMPADDLOCAL",
    "COMPADDSOURCE",
    "COMPANYNAME",
    "COMPUTERNAME",
    "COSTINGCOMPLETE",
    "CUSTOMACTIONDATA",
    "DATE",
    "DEFAULTUIFONT",
    "DESKTOPFOLDER",
    "DISABLEADVTSHORTCUTS",
    "DISABLEMEDIA",
    "DISABLEROLLBACK",
    "DISKPROMPT",
    "ERRORDIALOG",
    "EXECUTEACTION",
    "EXECUTEMODE",
    "FASTOEM",
    "FAVORITESFOLDER",
    "FILEADDDEFAULT",
    "FILEADDLOCAL",
    "FILEADDSOURCE",
    "FILEINUSEPROCESS",
    "FONTSFOLDER",
    "GPTSUPPORT",
    "HIDECANCEL",
    "INSTALLATION_MANAGER",
    "INSTALLDIR",
    "INSTALLED",
    "INSTALLLEVEL",
    "INTEL",
    "INTEL64",
    "ISADMINPACKAGE",
    "LEFTUNIT",
    "LICENSEACCEPTED",
    "LIMITUI",
    "LOCALAPPDATAFOLDER",
    "LOGACTION",
    "LOGONUSER",
    "MANUFACTURER",
    "MEDIAPACKAGEPATH",
    "MEDIASOURCEDIR",
    "MYPICTURESFOLDER",
    "NETHOODFOLDER",
    "NEWER_VERSION_FOUND",
    "NOCOMPANYNAME",
    "NOUSERNAME",
    "OLDER_VERSION_FOUND",
    "OLEADVTSUPPORT",
    "ORIGINALDATABASE",
    "OUTOFDISKSPACE",
    "OUTOFNORBDISKSPACE",
    "PARENTORIGINALDATABASE",
    "PARENTPRODUCTCODE",
    "PATCH",
    "PATCHNEWPACKAGECODE",
    "PATCHNEWSUMMARYCOMMENTS",
    "PATCHNEWSUMMARYSUBJECT",
    "PERSONALFOLDER",
    "PHYSICALMEMORY",
    "PIDKEY",
    "PIDTEMPLATE",
    "PRESELECTED",
    "PRIMARYFOLDER",
    "PRIMARYVOLUMEPATH",
    "PRIMARYVOLUMESPACEAVAILABLE",
    "PRIMARYVOLUMESPACEREMAINING",
    "PRIMARYVOLUMESPACEREQUIRED",
    "PRINTHOODFOLDER",
    "PRIVILEGED",
    "PRODUCTCODE",
    "PRODUCTID",
    "PRODUCTLANGUAGE",
    "PRODUCTNAME",
    "PRODUCTSTATE",
    "PRODUCTVERSION",
    "PROGRAMFILES64FOLDER",
    "PROGRAMFILESFOLDER",
    "PROGRAMMENUFOLDER",
    "PROGRESSTYPE1",
    "PROGRESSTYPE2",
    "PROMPTROLLBACKCOST",
    "REBOOT",
    "REBOOTPROMPT",
    "RECENTFOLDER",
    "REDIRECTEDDLLSUPPORT",
    "REINSTALL",
    "REINSTALLMODE",
    "REMOTEADMINTS",
    "REMOVE",
    "REPLACEDINUSEFILES",
    "RESET",
    "RESTRICTEDUSERCONTROL",
    "RESUME",
    "RMRESTART",
    "ROLLBACKDISABLED",
    "ROOTDRIVE",
    "SAME_VERSION_FOUND",
    "SCREENX",
    "SCREENY",
    "SECURECUSTOMPROPERTIES",
    "SENDTOFOLDER",
    "SEQUENCE",
    "SERVICEPACKLEVEL",
    "SERVICEPACKLEVELMINOR",
    "SETTINGPROBLEM",
    "SETTINGREFUSED",
    "SETTINGSCLEARED",
    "SETTINGSTORESET",
    "SHAREDWINDOWS",
    "SHELLADVTSUPPORT",
    "SHORTFILENAMES",
    "SITE",
    "SITENAME",
    "SITESETTINGS",
    "SOURCEDIR",
    "SOURCELIST",
    "STARTMENUFOLDER",
    "STARTUPFOLDER",
    "SYSTEM16FOLDER",
    "SYSTEM64FOLDER",
    "SYSTEMFOLDER",
    "SYSTEMLANGUAGEID",
    "TARGETDIR",
    "TEMPFOLDER",
    "TEMPLATEFOLDER",
    "TERMINALSERVER",
    "TEXTHEIGHT",
    "TEXTHEIGHT_CORRECTION",
    "TEXTINTERNALLEADING",
    "TIME",
    "TRANSFORMS",
    "TRANSFORMSATSOURCE",
    "TRANSFORMSSECURE",
    "TTCSUPPORT",
    "UILEVEL",
    "UPDATESTARTED",
    "UPGRADECODE",
    "UPGRADINGPRODUCTCODE",
    "USERLANGUAGEID",
    "USERNAME",
    "USERSID",
    "VERSION9X",
    "VERSIONDATABASE",
    "VERSIONMSI",
    "VERSIONNT",
    "VERSIONNT64",
    "VIRTUALMEMORY",
    "WINDOWSBUILD",
    "WINDOWSFOLDER",
    "WINDOWSVOLUME",
    "WINDOWS_BUILD",
];

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    for setting in &context.manifest.settings {
        out.check(&setting.name, name);
    }
}

fn name(name: &str) -> Result<(), Problem> {
    let shown = values::short(name);
    let upper = name.to_ascii_uppercase();
    if !is_setting_name(name) {
        let problem = Problem::new(format!("`{shown}` cannot be a setting"))
            .why("a setting is a public property of the MSI: capital letters, digits and underscores");
        let proposal: String =
            upper.chars().map(|c| if c.is_ascii_uppercase() || c.is_ascii_digit() { c } else { '_' }).collect();
        let proposal = proposal.trim_start_matches(|c: char| !c.is_ascii_uppercase());
        return Err(problem.help(match proposal {
            "" => "such as SERVER_URL".into(),
            proposal => format!("write {}", proposal.chars().take(LONGEST).collect::<String>()),
        }));
    }
    if name.len() > LONGEST {
        return Err(Problem::new(format!("`{shown}` is longer than {LONGEST} characters")).help("make it shorter"));
    }
    let prefixed = PREFIXES.iter().any(|p| name.starts_with(p));
    if prefixed || TAKEN.binary_search(&name).is_ok() {
        return Err(Problem::new(format!("`{shown}` is reserved"))
            .why("Windows Installer, or the packages made here, use a property of this name")
            .help(format!("choose another name, such as APP_{name}")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};
    use super::TAKEN;

    #[test]
    fn bad_setting_name() {
        let long = "A".repeat(41);
        for bad in ["server", "Server", "A-B", "1A", "_A", "''", "REBOOT", "TARGETDIR", "MSIX", "VERSIONNT", "INSTALLDIR", "LEGACY_A", "SITENAME", &long] {
            error(&and(&format!("[setting.{bad}]")), "bad-setting-name", "[setting.");
        }
        fine(&and("[setting.SERVER_URL_2]"));
    }

    #[test]
    fn the_list_is_sorted_and_in_upper_case() {
        assert!(TAKEN.is_sorted());
        assert!(TAKEN.iter().all(|n| *n == n.to_ascii_uppercase()));
    }
}
