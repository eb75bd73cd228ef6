//! From the table to the structures. What does not fit has been reported by then and is passed over.

mod acts;
mod registered;

use std::ops::Range;

use serde_spanned::Spanned;
use toml::de::{DeTable, DeValue};

use super::types::{
    Bootstrap, Data, Detect, Directory, Environment, Firewall, Group, Manifest, Msi, Payload, Product,
    RawColumn, RawRow, RawTable, RawValue, Recovery, Registry, Removal, Remove, Rights, Service, Setting,
    Shortcut, Site, Task, Text, Traffic, Typed, Version,
};

/// The whole manifest.
#[must_use]
pub fn manifest(root: &DeTable<'_>) -> Manifest {
    let root = Table { table: root, span: 0..0 };
    Manifest {
        product: root.table("product").map(|t| product(&t)).unwrap_or_default(),
        payload: root.table("payload").map(|t| payload(&t)).unwrap_or_default(),
        directories: root.tables("directory").iter().map(directory).collect(),
        settings: root.table("setting").map(|t| settings(&t)).unwrap_or_default(),
        registry: root.tables("registry").iter().map(registry).collect(),
        services: root.tables("service").iter().map(service).collect(),
        environment: root.tables("environment").iter().map(environment).collect(),
        shortcuts: root.tables("shortcut").iter().map(shortcut).collect(),
        close: root.tables("close").iter().map(acts::close).collect(),
        runs: root.tables("run").iter().map(acts::run).collect(),
        replaces: root.tables("replaces").iter().map(acts::replaces).collect(),
        event_providers: root.tables("event-provider").iter().map(acts::event_provider).collect(),
        migrate: root.tables("migrate").iter().map(acts::migrate).collect(),
        firewall: root.tables("firewall").iter().map(firewall).collect(),
        tasks: root.tables("task").iter().map(task).collect(),
        configs: root.tables("config").iter().map(acts::config).collect(),
        event_sources: root.tables("event-source").iter().map(registered::event_source).collect(),
        ini: root.tables("ini").iter().map(registered::ini).collect(),
        fonts: root.tables("font").iter().map(registered::font).collect(),
        associations: root.tables("association").iter().map(registered::association).collect(),
        detect: root
            .table("detect")
            .map(|t| Detect { keys: t.texts("keys"), path: t.text("path") })
            .unwrap_or_default(),
        bootstrap: root.table("bootstrap").map(|t| bootstrap(&t)).unwrap_or_default(),
        sites: root.table("site").map(|t| sites(&t)).unwrap_or_default(),
        msi: root.table("output").and_then(|t| t.table("msi")).map(|t| msi(&t)).unwrap_or_default(),
        exe_compression: root
            .table("output")
            .and_then(|t| t.table("exe"))
            .and_then(|t| t.text("compression")),
    }
}

/// A table with its place.
struct Table<'a, 'i> {
    table: &'a DeTable<'i>,
    span: Range<usize>,
}

impl<'a, 'i> Table<'a, 'i> {
    fn text(&self, key: &str) -> Option<Text> {
        text(self.table.get(key)?)
    }

    fn texts(&self, key: &str) -> Vec<Text> {
        match self.table.get(key).map(Spanned::get_ref) {
            Some(DeValue::Array(items)) => items.iter().filter_map(text).collect(),
            _ => Vec::new(),
        }
    }

    /// A string, or a list of strings.
    fn one_or_more(&self, key: &str) -> Vec<Text> {
        self.text(key).map_or_else(|| self.texts(key), |one| vec![one])
    }

    fn flag(&self, key: &str) -> Option<Spanned<bool>> {
        let value = self.table.get(key)?;
        Some(Spanned::new(value.span(), value.get_ref().as_bool()?))
    }

    fn number<T: TryFrom<i64>>(&self, key: &str) -> Option<Spanned<T>> {
        number(self.table.get(key)?)
    }

    fn table(&self, key: &str) -> Option<Table<'a, 'i>> {
        let value = self.table.get(key)?;
        Some(Table { table: value.get_ref().as_table()?, span: value.span() })
    }

    fn tables(&self, key: &str) -> Vec<Table<'a, 'i>> {
        let Some(DeValue::Array(items)) = self.table.get(key).map(Spanned::get_ref) else {
            return Vec::new();
        };
        let table =
            |v: &'a Spanned<DeValue<'i>>| Some(Table { table: v.get_ref().as_table()?, span: v.span() });
        items.iter().filter_map(table).collect()
    }

    /// Names of the author's choice, in the order of the file.
    fn entries(&self) -> Vec<(Text, &'a Spanned<DeValue<'i>>)> {
        let mut entries: Vec<_> = self
            .table
            .iter()
            .map(|(key, value)| (Spanned::new(key.span(), key.get_ref().to_string()), value))
            .collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        entries
    }
}

fn number<T: TryFrom<i64>>(value: &Spanned<DeValue<'_>>) -> Option<Spanned<T>> {
    let number = value.get_ref().as_integer()?;
    let number = i64::from_str_radix(number.as_str(), number.radix()).ok()?;
    Some(Spanned::new(value.span(), T::try_from(number).ok()?))
}

fn text(value: &Spanned<DeValue<'_>>) -> Option<Text> {
    Some(Spanned::new(value.span(), value.get_ref().as_str()?.to_owned()))
}

fn product(t: &Table<'_, '_>) -> Product {
    let platforms = t.table("platforms");
    let platform = platforms.as_ref();
    let version_file = || t.table("version").and_then(|v| v.text("file")).map(Version::File);
    Product {
        span: t.span.clone(),
        id: t.text("id"),
        name: t.text("name"),
        manufacturer: t.text("manufacturer"),
        version: t.text("version").map(Version::Text).or_else(version_file),
        slug: t.text("slug"),
        arch: t.one_or_more("arch"),
        scope: t.text("scope"),
        icon: t.text("icon"),
        license: t.text("license"),
        url: t.text("url"),
        min: platform.and_then(|p| p.text("min")),
        server: platform.and_then(|p| p.flag("server")),
        client: platform.and_then(|p| p.flag("client")),
        refuse: platform.map(|p| p.texts("refuse")).unwrap_or_default(),
        dotnet: platform.and_then(|p| p.text("dotnet")),
        free_space: platform.and_then(|p| p.text("free-space")),
        listing: t.table("listing").map(|t| registered::listing(&t)).unwrap_or_default(),
    }
}

fn payload(t: &Table<'_, '_>) -> Payload {
    Payload {
        span: t.span.clone(),
        source: t.text("source"),
        dir: t.text("dir"),
        exclude: t.texts("exclude"),
        keep: t.tables("keep").iter().flat_map(|k| k.texts("files")).collect(),
        groups: t
            .tables("group")
            .iter()
            .map(|g| Group { files: g.texts("files"), when: g.text("when") })
            .collect(),
        rights: t
            .tables("rights")
            .iter()
            .map(|r| Rights { files: r.texts("files"), acl: r.text("acl") })
            .collect(),
        remove: t
            .tables("remove")
            .iter()
            .map(|r| Remove { files: r.texts("files"), on: r.text("on") })
            .collect(),
    }
}

fn directory(t: &Table<'_, '_>) -> Directory {
    Directory { path: t.text("path"), when: t.text("when"), acl: t.text("acl"), purge: t.flag("purge") }
}

fn settings(t: &Table<'_, '_>) -> Vec<Setting> {
    let read = |(name, value): (Text, &Spanned<DeValue<'_>>)| {
        let t = Table { table: value.get_ref().as_table()?, span: value.span() };
        Some(Setting {
            name,
            default: t.text("default"),
            required: t.flag("required"),
            secret: t.flag("secret"),
            allowed: t.texts("allowed"),
            ask: t.text("ask"),
            matches: t.text("matches"),
            registry: t.text("registry"),
            legacy: t.texts("legacy"),
        })
    };
    t.entries().into_iter().filter_map(read).collect()
}

fn registry(t: &Table<'_, '_>) -> Registry {
    let values = t.table("values").map(|v| v.entries()).unwrap_or_default();
    let view = t
        .text("view")
        .or_else(|| t.number::<u8>("view").map(|n| Spanned::new(n.span(), n.get_ref().to_string())));
    Registry {
        key: t.text("key"),
        view,
        values: values.into_iter().filter_map(|(name, value)| Some((name, data(value)?))).collect(),
        remove: removal(t, "remove"),
        remove_on_uninstall: removal(t, "remove-on-uninstall"),
        acl: t.text("acl"),
        when: t.text("when"),
    }
}

fn removal(t: &Table<'_, '_>, key: &str) -> Option<Removal> {
    match t.flag(key) {
        Some(flag) => flag.get_ref().then(|| Removal::Key(flag.span())),
        None => t.table.contains_key(key).then(|| Removal::Values(t.texts(key))),
    }
}

fn data(value: &Spanned<DeValue<'_>>) -> Option<Data> {
    if let Some(text) = text(value) {
        return Some(Data::Text(text));
    }
    let t = Table { table: value.get_ref().as_table()?, span: value.span() };
    let mut found = Vec::new();
    found.extend(t.number("dword").map(|n| Typed::Dword(n.into_inner())));
    found.extend(t.number("qword").map(|n| Typed::Qword(n.into_inner())));
    found.extend(t.text("expand").map(Typed::Expand));
    found.extend(t.text("hex").map(Typed::Hex));
    if t.table.contains_key("multi") {
        found.push(Typed::Multi(t.texts("multi")));
    }
    if t.table.contains_key("append") {
        found.push(Typed::Append(t.texts("append")));
    }
    if t.table.contains_key("prepend") {
        found.push(Typed::Prepend(t.texts("prepend")));
    }
    // A key that could not be read has been reported: nothing is said about the rest.
    (found.len() == t.table.len()).then_some(Data::Typed(t.span, found))
}

fn service(t: &Table<'_, '_>) -> Service {
    Service {
        span: t.span.clone(),
        name: t.text("name"),
        display: t.text("display"),
        description: t.text("description"),
        exe: t.text("exe"),
        arguments: t.text("arguments"),
        start: t.text("start"),
        account: t.text("account"),
        depends: t.texts("depends"),
        run: t.text("run"),
        password: t.text("password"),
        error_control: t.text("error-control"),
        preshutdown: t.text("preshutdown"),
        recovery: t.table("recovery").map(|r| Recovery {
            span: r.span.clone(),
            restart_after: r.text("restart-after"),
            attempts: r.number("attempts"),
            reset_after: r.text("reset-after"),
            also_on_error_exit: r.flag("also-on-error-exit"),
        }),
        when: t.text("when"),
    }
}

fn environment(t: &Table<'_, '_>) -> Environment {
    Environment {
        span: t.span.clone(),
        name: t.text("name"),
        value: t.text("value"),
        append: t.text("append"),
        prepend: t.text("prepend"),
        when: t.text("when"),
    }
}

fn shortcut(t: &Table<'_, '_>) -> Shortcut {
    Shortcut {
        span: t.span.clone(),
        target: t.text("target"),
        folder: t.text("in"),
        subfolder: t.text("folder"),
        name: t.text("name"),
        arguments: t.text("arguments"),
        description: t.text("description"),
        when: t.text("when"),
        icon: t.text("icon"),
    }
}

fn firewall(t: &Table<'_, '_>) -> Firewall {
    Firewall {
        span: t.span.clone(),
        name: t.text("name"),
        description: t.text("description"),
        program: t.text("program"),
        service: t.text("service"),
        allow: t.table("allow").map(|t| traffic(&t)),
        block: t.table("block").map(|t| traffic(&t)),
        profiles: t.texts("profiles"),
        edge: t.flag("edge"),
        when: t.text("when"),
    }
}

fn traffic(t: &Table<'_, '_>) -> Traffic {
    Traffic {
        span: t.span.clone(),
        direction: t.text("direction"),
        protocol: t.text("protocol"),
        ports: t.text("ports"),
        remote_ports: t.text("remote-ports"),
        remote: t.text("remote"),
    }
}

fn task(t: &Table<'_, '_>) -> Task {
    Task {
        span: t.span.clone(),
        name: t.text("name"),
        description: t.text("description"),
        run: t.text("run"),
        args: t.one_or_more("args"),
        every: t.text("every"),
        daily: t.text("daily"),
        at_boot: t.flag("at-boot"),
        at_logon: t.flag("at-logon"),
        jitter: t.text("jitter"),
        account: t.text("as"),
        limit: t.text("limit"),
        when: t.text("when"),
    }
}

fn bootstrap(t: &Table<'_, '_>) -> Bootstrap {
    Bootstrap {
        span: Some(t.span.clone()),
        name: t.text("name"),
        sources: t.texts("sources"),
        first_install: t.text("first-install"),
        in_use: t.text("in-use"),
        public_key: t.text("public-key"),
        private_key_env: t.text("private-key-env"),
        private_key_file: t.text("private-key-file"),
        update_every: t.text("update-every"),
        serial: t.number("serial"),
        floor: t.number("floor"),
        spread: t.text("spread"),
    }
}

fn sites(t: &Table<'_, '_>) -> Vec<Site> {
    let read = |(name, value): (Text, &Spanned<DeValue<'_>>)| {
        let t = Table { table: value.get_ref().as_table()?, span: value.span() };
        let mut values: Vec<(Text, Text)> =
            t.entries().into_iter().filter_map(|(setting, v)| Some((setting, text(v)?))).collect();
        // No setting has small letters.
        values.retain(|(setting, _)| setting.get_ref() != "files");
        Some(Site { name, values, files: t.text("files") })
    };
    t.entries().into_iter().filter_map(read).collect()
}

fn msi(t: &Table<'_, '_>) -> Msi {
    Msi {
        compression: t.text("compression"),
        dialogs: t.text("dialogs"),
        cabinet_size: t.text("cabinet-size"),
        same_version: t.text("same-version"),
        downgrade: t.text("downgrade"),
        language: t.one_or_more("language"),
        tables: t.tables("table").iter().map(raw_table).collect(),
    }
}

fn raw_table(t: &Table<'_, '_>) -> RawTable {
    let column = |t: &Table<'_, '_>| RawColumn {
        span: t.span.clone(),
        name: t.text("name"),
        ty: t.text("type"),
        size: t.number("size"),
        key: t.flag("key"),
        nullable: t.flag("nullable"),
        category: t.text("category"),
        refers: t.text("refers"),
    };
    let row = |t: &Table<'_, '_>| RawRow {
        span: t.span.clone(),
        cells: t.entries().into_iter().filter_map(|(name, value)| Some((name, raw_value(value)?))).collect(),
    };
    RawTable {
        name: t.text("name"),
        columns: t.tables("columns").iter().map(column).collect(),
        rows: t.tables("rows").iter().map(row).collect(),
    }
}

fn raw_value(value: &Spanned<DeValue<'_>>) -> Option<RawValue> {
    if let Some(table) = value.get_ref().as_table() {
        return Some(RawValue::File(Table { table, span: value.span() }.text("file")?));
    }
    if let Some(text) = text(value) {
        return Some(RawValue::Text(text));
    }
    let number = value.get_ref().as_integer()?;
    let number = i64::from_str_radix(number.as_str(), number.radix()).ok()?;
    Some(RawValue::Number(Spanned::new(value.span(), number)))
}
