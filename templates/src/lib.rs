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
