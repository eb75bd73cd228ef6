//! The manifest as Rust structures. Everything is optional: what is missing or of the wrong type has been
//! reported, and what is there can still be looked at.

mod acts;
mod config;
mod registered;
mod service;

use std::ops::Range;

pub use serde_spanned::Spanned;

pub use self::acts::{Close, EventProvider, Migrate, Replaces, RunProgram};
pub use self::config::Config;
pub use self::registered::{Association, EventSource, Font, Ini, Listing};
pub use self::service::{Recovery, Service};

/// Text and its place.
pub type Text = Spanned<String>;

/// The whole manifest.
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    /// `[product]`
    pub product: Product,
    /// `[payload]`
    pub payload: Payload,
    /// `[[directory]]`
    pub directories: Vec<Directory>,
    /// `[setting.NAME]`
    pub settings: Vec<Setting>,
    /// `[[registry]]`
    pub registry: Vec<Registry>,
    /// `[[service]]`
    pub services: Vec<Service>,
    /// `[[environment]]`
    pub environment: Vec<Environment>,
    /// `[[shortcut]]`
    pub shortcuts: Vec<Shortcut>,
    /// `[[close]]`
    pub close: Vec<Close>,
    /// `[[run]]`
    pub runs: Vec<RunProgram>,
    /// `[[replaces]]`
    pub replaces: Vec<Replaces>,
    /// `[[event-provider]]`
    pub event_providers: Vec<EventProvider>,
    /// `[[migrate]]`
    pub migrate: Vec<Migrate>,
    /// `[[firewall]]`
    pub firewall: Vec<Firewall>,
    /// `[[task]]`
    pub tasks: Vec<Task>,
    /// `[[event-source]]`
    pub event_sources: Vec<EventSource>,
    /// `[[ini]]`
    pub ini: Vec<Ini>,
    /// `[[font]]`
    pub fonts: Vec<Font>,
    /// `[[association]]`
    pub associations: Vec<Association>,
    /// `[[config]]`
    pub configs: Vec<Config>,
    /// `[detect]`
    pub detect: Detect,
    /// `[bootstrap]`
    pub bootstrap: Bootstrap,
    /// `[site.NAME]`
    pub sites: Vec<Site>,
    /// `[output.msi]`
    pub msi: Msi,
    /// `[output.exe] compression`
    pub exe_compression: Option<Text>,
}

/// `[product]`
#[derive(Clone, Debug, Default)]
pub struct Product {
    /// Place of the table.
    pub span: Range<usize>,
    /// `id`
    pub id: Option<Text>,
    /// `name`
    pub name: Option<Text>,
    /// `manufacturer`
    pub manufacturer: Option<Text>,
    /// `version`
    pub version: Option<Version>,
    /// `slug`
    pub slug: Option<Text>,
    /// `arch`
    pub arch: Vec<Text>,
    /// `scope`
    pub scope: Option<Text>,
    /// `icon`
    pub icon: Option<Text>,
    /// `license`
    pub license: Option<Text>,
    /// `url`
    pub url: Option<Text>,
    /// `platforms.min`
    pub min: Option<Text>,
    /// `platforms.server`
    pub server: Option<Spanned<bool>>,
    /// `platforms.client`
    pub client: Option<Spanned<bool>>,
    /// `platforms.refuse`
    pub refuse: Vec<Text>,
    /// `platforms.dotnet`
    pub dotnet: Option<Text>,
    /// `platforms.free-space`
    pub free_space: Option<Text>,
    /// `listing`
    pub listing: Listing,
}

/// `product.version`
#[derive(Clone, Debug)]
pub enum Version {
    /// As written.
    Text(Text),
    /// From the version resource of a file.
    File(Text),
}

impl Version {
    /// Its place.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        match self {
            Self::Text(text) | Self::File(text) => text.span(),
        }
    }
}

/// `[payload]`
#[derive(Clone, Debug, Default)]
pub struct Payload {
    /// Place of the table.
    pub span: Range<usize>,
    /// `source`
    pub source: Option<Text>,
    /// `dir`
    pub dir: Option<Text>,
    /// `exclude`
    pub exclude: Vec<Text>,
    /// The `files` of all `[[payload.keep]]`.
    pub keep: Vec<Text>,
    /// `[[payload.group]]`
    pub groups: Vec<Group>,
    /// `[[payload.rights]]`
    pub rights: Vec<Rights>,
    /// `[[payload.remove]]`
    pub remove: Vec<Remove>,
}

/// `[[payload.remove]]`
#[derive(Clone, Debug)]
pub struct Remove {
    /// `files`
    pub files: Vec<Text>,
    /// `on`
    pub on: Option<Text>,
}

/// `[[payload.rights]]`
#[derive(Clone, Debug)]
pub struct Rights {
    /// `files`
    pub files: Vec<Text>,
    /// `acl`
    pub acl: Option<Text>,
}

/// `[[payload.group]]`
#[derive(Clone, Debug)]
pub struct Group {
    /// `files`
    pub files: Vec<Text>,
    /// `when`
    pub when: Option<Text>,
}

/// `[[directory]]`
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// `path`
    pub path: Option<Text>,
    /// `when`
    pub when: Option<Text>,
    /// `acl`
    pub acl: Option<Text>,
    /// `purge`
    pub purge: Option<Spanned<bool>>,
}

/// `[setting.NAME]`
#[derive(Clone, Debug)]
pub struct Setting {
    /// The name.
    pub name: Text,
    /// `default`
    pub default: Option<Text>,
    /// `required`
    pub required: Option<Spanned<bool>>,
    /// `secret`
    pub secret: Option<Spanned<bool>>,
    /// `allowed`
    pub allowed: Vec<Text>,
    /// `ask`
    pub ask: Option<Text>,
    /// `matches`
    pub matches: Option<Text>,
    /// `registry`
    pub registry: Option<Text>,
    /// `legacy`
    pub legacy: Vec<Text>,
}

/// `[[registry]]`
#[derive(Clone, Debug)]
pub struct Registry {
    /// `key`
    pub key: Option<Text>,
    /// `view`
    pub view: Option<Text>,
    /// `values`: name and data, in the order of the file.
    pub values: Vec<(Text, Data)>,
    /// `remove`
    pub remove: Option<Removal>,
    /// `remove-on-uninstall`
    pub remove_on_uninstall: Option<Removal>,
    /// `when`
    pub when: Option<Text>,
    /// `acl`
    pub acl: Option<Text>,
}

/// What is removed of a registry key.
#[derive(Clone, Debug)]
pub enum Removal {
    /// All of it, and all that is below; the place of the word.
    Key(Range<usize>),
    /// Values.
    Values(Vec<Text>),
}

/// The data of a registry value.
#[derive(Clone, Debug)]
pub enum Data {
    /// A plain string.
    Text(Text),
    /// A table: every key that stands in it, of which there should be one.
    Typed(Range<usize>, Vec<Typed>),
}

/// One key of the table that says a value's type.
#[derive(Clone, Debug)]
pub enum Typed {
    /// `dword`
    Dword(u32),
    /// `qword`
    Qword(u64),
    /// `expand`
    Expand(Text),
    /// `multi`
    Multi(Vec<Text>),
    /// `hex`
    Hex(Text),
    /// `append`
    Append(Vec<Text>),
    /// `prepend`
    Prepend(Vec<Text>),
}

/// `[[environment]]`
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// Place of the table.
    pub span: Range<usize>,
    /// `name`
    pub name: Option<Text>,
    /// `value`
    pub value: Option<Text>,
    /// `append`
    pub append: Option<Text>,
    /// `prepend`
    pub prepend: Option<Text>,
    /// `when`
    pub when: Option<Text>,
}

/// `[[shortcut]]`
#[derive(Clone, Debug, Default)]
pub struct Shortcut {
    /// Place of the table.
    pub span: Range<usize>,
    /// `target`
    pub target: Option<Text>,
    /// `in`
    pub folder: Option<Text>,
    /// `folder`
    pub subfolder: Option<Text>,
    /// `name`
    pub name: Option<Text>,
    /// `arguments`
    pub arguments: Option<Text>,
    /// `description`
    pub description: Option<Text>,
    /// `when`
    pub when: Option<Text>,
    /// `icon`
    pub icon: Option<Text>,
}

/// `[[firewall]]`
#[derive(Clone, Debug, Default)]
pub struct Firewall {
    /// Place of the table.
    pub span: Range<usize>,
    /// `name`
    pub name: Option<Text>,
    /// `description`
    pub description: Option<Text>,
    /// `program`
    pub program: Option<Text>,
    /// `service`
    pub service: Option<Text>,
    /// `allow`
    pub allow: Option<Traffic>,
    /// `block`
    pub block: Option<Traffic>,
    /// `profiles`
    pub profiles: Vec<Text>,
    /// `edge`
    pub edge: Option<Spanned<bool>>,
    /// `when`
    pub when: Option<Text>,
}

/// `allow` or `block` of a firewall rule.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    /// Place of the table.
    pub span: Range<usize>,
    /// `direction`
    pub direction: Option<Text>,
    /// `protocol`
    pub protocol: Option<Text>,
    /// `ports`
    pub ports: Option<Text>,
    /// `remote-ports`
    pub remote_ports: Option<Text>,
    /// `remote`
    pub remote: Option<Text>,
}

/// `[[task]]`
#[derive(Clone, Debug, Default)]
pub struct Task {
    /// Place of the table.
    pub span: Range<usize>,
    /// `name`
    pub name: Option<Text>,
    /// `description`
    pub description: Option<Text>,
    /// `run`
    pub run: Option<Text>,
    /// `args`: one text, or one argument each.
    pub args: Vec<Text>,
    /// `every`
    pub every: Option<Text>,
    /// `daily`
    pub daily: Option<Text>,
    /// `at-boot`
    pub at_boot: Option<Spanned<bool>>,
    /// `at-logon`
    pub at_logon: Option<Spanned<bool>>,
    /// `jitter`
    pub jitter: Option<Text>,
    /// `as`
    pub account: Option<Text>,
    /// `limit`
    pub limit: Option<Text>,
    /// `when`
    pub when: Option<Text>,
}

/// `[detect]`
#[derive(Clone, Debug, Default)]
pub struct Detect {
    /// `keys`
    pub keys: Vec<Text>,
    /// `path`
    pub path: Option<Text>,
}

/// `[bootstrap]`
#[derive(Clone, Debug, Default)]
pub struct Bootstrap {
    /// Place of the table, when there is one.
    pub span: Option<Range<usize>>,
    /// `name`
    pub name: Option<Text>,
    /// `sources`
    pub sources: Vec<Text>,
    /// `first-install`
    pub first_install: Option<Text>,
    /// `in-use`
    pub in_use: Option<Text>,
    /// `public-key`
    pub public_key: Option<Text>,
    /// `private-key-env`
    pub private_key_env: Option<Text>,
    /// `private-key-file`
    pub private_key_file: Option<Text>,
    /// `update-every`
    pub update_every: Option<Text>,
    /// `serial`
    pub serial: Option<Spanned<u32>>,
    /// `spread`
    pub spread: Option<Text>,
    /// `floor`
    pub floor: Option<Spanned<u32>>,
}

/// `[site.NAME]`
#[derive(Clone, Debug)]
pub struct Site {
    /// The name.
    pub name: Text,
    /// Setting and value, in the order of the file.
    pub values: Vec<(Text, Text)>,
    /// `files`: a folder that is laid over the payload in the site's own MSI.
    pub files: Option<Text>,
}

/// `[output.msi]`
#[derive(Clone, Debug, Default)]
pub struct Msi {
    /// `compression`
    pub compression: Option<Text>,
    /// `dialogs`
    pub dialogs: Option<Text>,
    /// `cabinet-size`
    pub cabinet_size: Option<Text>,
    /// `same-version`
    pub same_version: Option<Text>,
    /// `downgrade`
    pub downgrade: Option<Text>,
    /// `language`
    pub language: Vec<Text>,
    /// `[[output.msi.table]]`
    pub tables: Vec<RawTable>,
}

/// `[[output.msi.table]]`
#[derive(Clone, Debug)]
pub struct RawTable {
    /// `name`
    pub name: Option<Text>,
    /// `columns`
    pub columns: Vec<RawColumn>,
    /// `rows`
    pub rows: Vec<RawRow>,
}

/// One of the `columns` of an `[[output.msi.table]]`.
#[derive(Clone, Debug)]
pub struct RawColumn {
    /// Its place.
    pub span: Range<usize>,
    /// `name`
    pub name: Option<Text>,
    /// `type`
    pub ty: Option<Text>,
    /// `size`
    pub size: Option<Spanned<u8>>,
    /// `key`
    pub key: Option<Spanned<bool>>,
    /// `nullable`
    pub nullable: Option<Spanned<bool>>,
    /// `category`
    pub category: Option<Text>,
    /// `refers`
    pub refers: Option<Text>,
}

/// One of the `rows` of an `[[output.msi.table]]`.
#[derive(Clone, Debug)]
pub struct RawRow {
    /// Its place.
    pub span: Range<usize>,
    /// Column and value, in the order of the file.
    pub cells: Vec<(Text, RawValue)>,
}

/// A field of a row.
#[derive(Clone, Debug)]
pub enum RawValue {
    /// A string.
    Text(Text),
    /// An integer.
    Number(Spanned<i64>),
    /// `{ file = … }`: the key of a payload file and of its component.
    File(Text),
}

impl RawValue {
    /// Its place.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        match self {
            Self::Text(text) | Self::File(text) => text.span(),
            Self::Number(number) => number.span(),
        }
    }
}

impl Manifest {
    /// Every `when`.
    #[must_use]
    pub fn conditions(&self) -> Vec<&Text> {
        let groups = self.payload.groups.iter().map(|at| &at.when);
        let directories = self.directories.iter().map(|at| &at.when);
        let registry = self.registry.iter().map(|at| &at.when);
        let services = self.services.iter().map(|at| &at.when);
        let environment = self.environment.iter().map(|at| &at.when);
        let shortcuts = self.shortcuts.iter().map(|at| &at.when);
        let runs = self.runs.iter().map(|at| &at.when);
        let all = groups.chain(directories).chain(registry).chain(services).chain(environment);
        let firewall = self.firewall.iter().map(|at| &at.when);
        let tasks = self.tasks.iter().map(|at| &at.when);
        let sources = self.event_sources.iter().map(|at| &at.when);
        let ini = self.ini.iter().map(|at| &at.when);
        let all = all.chain(shortcuts).chain(runs).chain(firewall).chain(tasks).chain(sources).chain(ini);
        let configs = self.configs.iter().map(|at| &at.when);
        let all = all.chain(configs);
        all.flatten().collect()
    }
}
