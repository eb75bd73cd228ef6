//! Files that packager writes for its users, embedded.

/// What `packager init` writes: path below the folder and text. The name `starter-agent` in it is replaced by
/// the product's.
pub const STARTER: &[(&str, &str)] = &[
    ("agent.toml", include_str!("../starter/agent.toml")),
    ("payload/readme.txt", include_str!("../starter/payload/readme.txt")),
    ("payload/conf/agent.conf", include_str!("../starter/payload/conf/agent.conf")),
    (".gitignore", include_str!("../starter/gitignore")),
];

/// The languages that an MSI can be in: name and all texts. The first one also stands for "neutral".
pub const LANGUAGES: &[(&str, &str)] = &[
    ("en-US", include_str!("../languages/en-US.toml")),
    ("de-DE", include_str!("../languages/de-DE.toml")),
    ("ja-JP", include_str!("../languages/ja-JP.toml")),
];

/// The dialogs of an MSI: name and what is in it.
pub const DIALOGS: &[(&str, &str)] = &[
    ("Browse", include_str!("../dialogs/Browse.toml")),
    ("CancelSetup", include_str!("../dialogs/CancelSetup.toml")),
    ("Costing", include_str!("../dialogs/Costing.toml")),
    ("ErrorMessage", include_str!("../dialogs/ErrorMessage.toml")),
    ("ExitDialog", include_str!("../dialogs/ExitDialog.toml")),
    ("FatalError", include_str!("../dialogs/FatalError.toml")),
    ("FilesInUse", include_str!("../dialogs/FilesInUse.toml")),
    ("Folder", include_str!("../dialogs/Folder.toml")),
    ("License", include_str!("../dialogs/License.toml")),
    ("Maintenance", include_str!("../dialogs/Maintenance.toml")),
    ("MsiRMFilesInUse", include_str!("../dialogs/MsiRMFilesInUse.toml")),
    ("Network", include_str!("../dialogs/Network.toml")),
    ("OutOfSpace", include_str!("../dialogs/OutOfSpace.toml")),
    ("Progress", include_str!("../dialogs/Progress.toml")),
    ("Ready", include_str!("../dialogs/Ready.toml")),
    ("RemoveReady", include_str!("../dialogs/RemoveReady.toml")),
    ("RepairReady", include_str!("../dialogs/RepairReady.toml")),
    ("Resume", include_str!("../dialogs/Resume.toml")),
    ("SettingProblem", include_str!("../dialogs/SettingProblem.toml")),
    ("Settings", include_str!("../dialogs/Settings.toml")),
    ("UserExit", include_str!("../dialogs/UserExit.toml")),
    ("Welcome", include_str!("../dialogs/Welcome.toml")),
];

/// Controls that several dialogs have.
pub const DIALOG_PARTS: &str = include_str!("../dialogs/parts.toml");
