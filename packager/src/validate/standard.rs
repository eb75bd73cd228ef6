//! What Windows Installer knows by itself: actions, folders, properties.

/// What may be in a sequence without being authored elsewhere.
/// <https://learn.microsoft.com/windows/win32/msi/standard-actions-reference>
#[rustfmt::skip]
pub const ACTIONS: &[&str] = &[
    "ADMIN", "ADVERTISE", "AllocateRegistrySpace", "AppSearch", "BindImage", "CCPSearch", "CostFinalize",
    "CostInitialize", "CreateFolders", "CreateShortcuts", "DeleteServices", "DisableRollback", "DuplicateFiles",
    "ExecuteAction", "FileCost", "FindRelatedProducts", "ForceReboot", "INSTALL", "InstallAdminPackage",
    "InstallExecute", "InstallExecuteAgain", "InstallFiles", "InstallFinalize", "InstallInitialize", "InstallODBC",
    "InstallSFPCatalogFile", "InstallServices", "InstallValidate", "IsolateComponents", "LaunchConditions",
    "MigrateFeatureStates", "MoveFiles", "MsiConfigureServices", "MsiPublishAssemblies", "MsiUnpublishAssemblies",
    "PatchFiles", "ProcessComponents", "PublishComponents", "PublishFeatures", "PublishProduct", "RMCCPSearch",
    "RegisterClassInfo", "RegisterComPlus", "RegisterExtensionInfo", "RegisterFonts", "RegisterMIMEInfo",
    "RegisterProduct", "RegisterProgIdInfo", "RegisterTypeLibraries", "RegisterUser", "RemoveDuplicateFiles",
    "RemoveEnvironmentStrings", "RemoveExistingProducts", "RemoveFiles", "RemoveFolders", "RemoveIniValues",
    "RemoveODBC", "RemoveRegistryValues", "RemoveShortcuts", "ResolveSource", "SEQUENCE", "ScheduleReboot",
    "SelfRegModules", "SelfUnregModules", "SetODBCFolders", "StartServices", "StopServices", "UnpublishComponents",
    "UnpublishFeatures", "UnregisterClassInfo", "UnregisterComPlus", "UnregisterExtensionInfo", "UnregisterFonts",
    "UnregisterMIMEInfo", "UnregisterProgIdInfo", "UnregisterTypeLibraries", "ValidateProductID",
    "WriteEnvironmentStrings", "WriteIniValues", "WriteRegistryValues",
];

/// The sequence tables.
pub const SEQUENCES: &[&str] = &[
    "AdminExecuteSequence",
    "AdminUISequence",
    "AdvtExecuteSequence",
    "InstallExecuteSequence",
    "InstallUISequence",
];

/// Folders in the profile of a user, whatever ALLUSERS says.
/// <https://learn.microsoft.com/windows/win32/msi/ice91>
pub const USER_FOLDERS: &[&str] = &[
    "AppDataFolder",
    "FavoritesFolder",
    "LocalAppDataFolder",
    "MyPicturesFolder",
    "NetHoodFolder",
    "PersonalFolder",
    "PrintHoodFolder",
    "RecentFolder",
    "SendToFolder",
];

/// Folders in the profile of a user or of all users, as ALLUSERS says.
/// <https://learn.microsoft.com/windows/win32/msi/property-reference>
pub const EITHER_FOLDERS: &[&str] = &[
    "AdminToolsFolder",
    "DesktopFolder",
    "ProgramMenuFolder",
    "StartMenuFolder",
    "StartupFolder",
    "TemplateFolder",
];

/// Folders of the machine.
/// <https://learn.microsoft.com/windows/win32/msi/property-reference>
#[rustfmt::skip]
pub const MACHINE_FOLDERS: &[&str] = &[
    "CommonAppDataFolder", "CommonFiles64Folder", "CommonFilesFolder", "FontsFolder", "ProgramFiles64Folder",
    "ProgramFilesFolder", "System16Folder", "System64Folder", "SystemFolder", "TempFolder", "WindowsFolder",
    "WindowsVolume",
];

/// Folders whose files are seen by 64-bit programs.
pub const FOLDERS_64: &[&str] = &["CommonFiles64Folder", "ProgramFiles64Folder", "System64Folder"];

/// Folders whose files belong to 32-bit programs on 64-bit Windows.
pub const FOLDERS_32: &[&str] = &["CommonFilesFolder", "ProgramFilesFolder", "SystemFolder"];

/// Whether it is a property that Windows Installer sets to a folder.
#[must_use]
pub fn is_system_folder(name: &str) -> bool {
    [USER_FOLDERS, EITHER_FOLDERS, MACHINE_FOLDERS].iter().any(|folders| folders.contains(&name))
}

/// Properties that Windows Installer sets or reads, but for folders and [`TARGETDIR_LIKE`].
/// <https://learn.microsoft.com/windows/win32/msi/property-reference>
#[rustfmt::skip]
pub const PROPERTIES: &[&str] = &[
    "ACTION", "ADDDEFAULT", "ADDLOCAL", "ADDSOURCE", "ADVERTISE", "AFTERREBOOT", "ALLUSERS",
    "ARPAUTHORIZEDCDFPREFIX", "ARPCOMMENTS", "ARPCONTACT", "ARPHELPLINK", "ARPHELPTELEPHONE",
    "ARPINSTALLLOCATION", "ARPNOMODIFY", "ARPNOREMOVE", "ARPNOREPAIR", "ARPPRODUCTICON", "ARPREADME",
    "ARPSIZE", "ARPSYSTEMCOMPONENT", "ARPURLINFOABOUT", "ARPURLUPDATEINFO", "AVAILABLEFREEREG",
    "AdminProperties", "AdminUser", "Alpha", "Arm64", "BorderSide", "BorderTop", "CCP_DRIVE",
    "COMPADDDEFAULT", "COMPADDLOCAL", "COMPADDSOURCE", "COMPANYNAME", "CaptionHeight", "ColorBits",
    "ComputerName", "CostingComplete", "CustomActionData", "DISABLEADVTSHORTCUTS", "DISABLEMEDIA",
    "DISABLEROLLBACK", "Date", "DefaultUIFont", "DiskPrompt", "EXECUTEACTION", "EXECUTEMODE",
    "EnableUserControl", "FASTOEM", "FILEADDDEFAULT", "FILEADDLOCAL", "FILEADDSOURCE", "INSTALLLEVEL",
    "Installed", "Intel", "Intel64", "IsAdminPackage", "LIMITUI", "LOGACTION", "LeftUnit", "LogonUser",
    "MEDIAPACKAGEPATH", "MSIARPSETTINGSIDENTIFIER", "MSICHECKCRCS", "MSIDISABLEEEUI", "MSIDISABLELUAPATCHING",
    "MSIDISABLERMRESTART", "MSIENFORCEUPGRADECOMPONENTRULES", "MSIFASTINSTALL", "MSIINSTALLPERUSER",
    "MSIINSTANCEGUID", "MSINEWINSTANCE", "MSINODISABLEMEDIA", "MSIPATCHREMOVE", "MSIRESTARTMANAGERCONTROL",
    "MSIRMSHUTDOWN", "MSIUNINSTALLSUPERSEDEDCOMPONENTS", "MSIUSEREALADMINDETECTION", "Manufacturer",
    "MediaSourceDir", "MsiAMD64", "MsiHiddenProperties", "MsiLogFileLocation", "MsiLogging",
    "MsiNTProductType", "MsiNTSuiteBackOffice", "MsiNTSuiteDataCenter", "MsiNTSuiteEnterprise",
    "MsiNTSuitePersonal", "MsiNTSuiteSmallBusiness", "MsiNTSuiteSmallBusinessRestricted",
    "MsiNTSuiteWebServer", "MsiNetAssemblySupport", "MsiPatchRemovalList", "MsiRestartManagerSessionKey",
    "MsiRunningElevated", "MsiSelectionTreeSelectedFeature", "MsiSystemRebootPending", "MsiTabletPC",
    "MsiUIHideCancel", "MsiUIProgressOnly", "MsiUISourceResOnly", "MsiWin32AssemblySupport", "Msix64",
    "NOCOMPANYNAME", "NOUSERNAME", "OLEAdvtSupport", "OriginalDatabase", "OutOfDiskSpace",
    "OutOfNoRbDiskSpace", "PATCH", "PATCHNEWPACKAGECODE", "PATCHNEWSUMMARYCOMMENTS", "PATCHNEWSUMMARYSUBJECT",
    "PIDKEY", "PIDTemplate", "PRIMARYFOLDER", "PROMPTROLLBACKCOST", "ParentOriginalDatabase",
    "ParentProductCode", "PhysicalMemory", "Preselected", "PrimaryVolumePath", "PrimaryVolumeSpaceAvailable",
    "PrimaryVolumeSpaceRemaining", "PrimaryVolumeSpaceRequired", "Privileged", "ProductCode", "ProductID",
    "ProductLanguage", "ProductName", "ProductState", "ProductToBeRegistered", "ProductVersion", "REBOOT",
    "REBOOTPROMPT", "REINSTALL", "REINSTALLMODE", "REMOVE", "RESUME", "ROOTDRIVE", "RedirectedDllSupport",
    "RemoteAdminTS", "ReplacedInUseFiles", "RestrictedUserControl", "RollbackDisabled", "SEQUENCE",
    "SHORTFILENAMES", "ScreenX", "ScreenY", "SecureCustomProperties", "ServicePackLevel",
    "ServicePackLevelMinor", "SharedWindows", "ShellAdvtSupport", "SystemLanguageID", "TRANSFORMS",
    "TRANSFORMSATSOURCE", "TRANSFORMSECURE", "TRANSFORMSSECURE", "TTCSupport", "TerminalServer", "TextHeight",
    "TextHeight_Correction", "Time", "UILevel", "UPGRADINGPRODUCTCODE", "USERNAME", "UpdateStarted",
    "UpgradeCode", "UserLanguageID", "Version9X", "VersionDatabase", "VersionMsi", "VersionNT", "VersionNT64",
    "VirtualMemory", "WindowsBuild",
];

/// Properties that are directories of a package, and so have to be in its `Directory` table.
pub const TARGETDIR_LIKE: &[&str] = &["SourceDir", "SOURCEDIR", "TARGETDIR"];

/// Whether a name is that of a public property: no small letters.
/// <https://learn.microsoft.com/windows/win32/msi/about-properties>
#[must_use]
pub fn is_public(property: &str) -> bool {
    !property.contains(char::is_lowercase)
}
