//! Every table and key of `agent.toml`.

mod acts;

use self::acts::{
    ASSOCIATION, CLOSE, CONFIG, EVENT_PROVIDER, EVENT_SOURCE, FIREWALL, FONT, INI, MIGRATE, REPLACES, RUN,
    TASK,
};
use super::shape::Shape::{AnyOf, Choice, Flag, List, Map, Number, Open, Table, Tables, Text};
use super::shape::{Field, Shape, field, later, need, word};

const TEXTS: Shape = List(&Text);
const U32: i64 = u32::MAX as i64;

const ARCH: Shape = Choice(&[word("x64"), word("x86"), word("arm64")]);

/// Windows by name, oldest first. The numbers are in the model.
const WINDOWS: Shape = Choice(&[
    word("windows-xp"),
    word("server-2003"),
    word("windows-vista"),
    word("server-2008"),
    word("windows-7"),
    word("server-2008-r2"),
    word("windows-8"),
    word("server-2012"),
    word("windows-8.1"),
    word("server-2012-r2"),
    word("windows-10"),
    word("server-2016"),
    word("server-2019"),
    word("server-2022"),
    word("windows-11"),
    word("server-2025"),
]);

/// The whole manifest.
pub const ROOT: &[Field] = &[
    need("product", Table(PRODUCT), "who the product is"),
    need("payload", Table(PAYLOAD), "the files and where they go"),
    field("directory", Tables(DIRECTORY), "a folder that exists even if empty"),
    field("setting", Map(&Table(SETTING)), "a value the administrator may give"),
    field("registry", Tables(REGISTRY), "registry values"),
    field("service", Tables(SERVICE), "a Windows service"),
    field("environment", Tables(ENVIRONMENT), "an environment variable, or a part of one"),
    field("shortcut", Tables(SHORTCUT), "a shortcut"),
    field("detect", Table(DETECT), "how an installation is found"),
    field("bootstrap", Table(BOOTSTRAP), "the program on the share and in the install directory"),
    field(
        "site",
        Map(&Map(&Text)),
        "values of settings for one site; `files` names a folder laid over the payload in its own MSI",
    ),
    field("output", Table(OUTPUT), "what is special about an output"),
    field("run", Tables(RUN), "a program of the payload that is run"),
    field("config", Tables(CONFIG), "a payload file that takes values from settings"),
    field("replaces", Tables(REPLACES), "a predecessor that is taken over"),
    field("close", Tables(CLOSE), "a program that is closed before files are replaced"),
    field("firewall", Tables(FIREWALL), "a firewall rule"),
    field("event-source", Tables(EVENT_SOURCE), "a source of the event log"),
    field("task", Tables(TASK), "a scheduled task"),
    field("event-provider", Tables(EVENT_PROVIDER), "a manifest of events"),
    field("font", Tables(FONT), "a font of the payload"),
    field("ini", Tables(INI), "a value of an INI file that is not the payload's"),
    field("association", Tables(ASSOCIATION), "a file extension or URL protocol that opens a program"),
    field("migrate", Tables(MIGRATE), "a predecessor's folder that is copied"),
    later("sign", Table(SIGN), "how artefacts are signed"),
];

const PRODUCT: &[Field] = &[
    need("id", Text, "reverse-DNS id; it never changes: upgrade code, component ids and slug derive from it"),
    need("name", Text, "shown name"),
    need("manufacturer", Text, "shown manufacturer"),
    need("version", AnyOf(&[Text, Table(VERSION_FILE)]), "up to four numbers, or the file it is read from"),
    field("slug", Text, "the product's name in file names; the last part of the id when absent"),
    field("arch", AnyOf(&[ARCH, List(&ARCH)]), "the architectures packages are made for; x64 when absent"),
    field("scope", Choice(&[word("machine"), word("user")]), "for all users or for one; machine when absent"),
    field("icon", Text, "an .ico file"),
    field("license", Text, "a text file"),
    field("url", Text, "support page"),
    field("platforms", Table(PLATFORMS), "what the target must be"),
    field("listing", Table(LISTING), "what the list of installed programs shows"),
];

const VERSION_FILE: &[Field] = &[need("file", Text, "a program with a version resource")];

const PLATFORMS: &[Field] = &[
    field("min", WINDOWS, "the oldest Windows; windows-xp when absent"),
    field("server", Flag, "server editions are accepted; true when absent"),
    field("client", Flag, "client editions are accepted; true when absent"),
    field("refuse", List(&WINDOWS), "single versions that are refused"),
    field("dotnet", Text, "the least .NET Framework, from 4.5 on"),
    field("free-space", Text, "what must be free beside the product's own files, such as 500 MB"),
];

const LISTING: &[Field] = &[
    field("help", Text, "page with help"),
    field("updates", Text, "page with newer versions"),
    field("contact", Text, "whom to ask"),
    field("phone", Text, "telephone number of support"),
    field("comments", Text, "remarks"),
    field("no-remove", Flag, "people cannot remove it there"),
    field("hidden", Flag, "it is not in the list at all"),
];

const PAYLOAD: &[Field] = &[
    need("source", Text, "the folder the files are taken from; {arch} becomes x64, x86 or arm64"),
    need("dir", Text, "the folder they are installed to"),
    field("exclude", TEXTS, "files that are left out, as globs"),
    field("keep", Tables(KEEP), "files that survive update, repair and uninstall once they were edited"),
    field("group", Tables(GROUP), "files that hang on a setting"),
    field("rights", Tables(RIGHTS), "who may do what with single files"),
    field("remove", Tables(REMOVE), "files that are no payload, such as logs, and are removed"),
];

const KEEP: &[Field] = &[need("files", TEXTS, "globs below the payload folder")];
const GROUP: &[Field] = &[
    need("files", TEXTS, "globs below the payload folder"),
    need("when", Text, "a condition over settings"),
];

const REMOVE: &[Field] = &[
    need("files", TEXTS, "below the install directory; * and ? in the last part"),
    field(
        "on",
        Choice(&[word("install"), word("uninstall")]),
        "on install, upgrade and repair, or on uninstall; uninstall when absent",
    ),
];

const RIGHTS: &[Field] = &[
    need("files", TEXTS, "globs below the payload folder"),
    need("acl", Text, "who may do what with them: a name or SDDL"),
];

const DIRECTORY: &[Field] = &[
    need("path", Text, "the folder"),
    field("acl", Text, "who may do what in it: a name or SDDL"),
    field("purge", Flag, "removed with all that is in it on uninstall, not on update; kept files, too"),
    field("when", Text, "a condition over settings"),
];

const SETTING: &[Field] = &[
    field("default", Text, "what it is when nobody says; empty when absent"),
    field("required", Flag, "an install without a value is refused"),
    field("secret", Flag, "never shown or logged; stored where only administrators and the system read it"),
    field("allowed", TEXTS, "the values that may be given"),
    field("matches", Text, "a regular expression its values match; checked when a package is built"),
    field("registry", Text, "root\\key\\value where it is stored and remembered"),
    field(
        "legacy",
        TEXTS,
        "root\\key\\value where predecessors stored it, in order; each is looked for in both views",
    ),
    field("ask", Text, "what stands above its field on the settings page when dialogs are shown"),
];

const REGISTRY: &[Field] = &[
    need("key", Text, "root and key: HKLM\\SOFTWARE\\…"),
    field(
        "view",
        AnyOf(&[Choice(&[word("native"), word("32"), word("64")]), Number(32, 64)]),
        "native, 32 or 64",
    ),
    field("values", Map(&AnyOf(&[Text, Table(VALUE)])), "its values; the key alone when absent"),
    field("remove", AnyOf(&[Flag, TEXTS]), "values that are removed on install, or true: the whole key"),
    field("remove-on-uninstall", AnyOf(&[Flag, TEXTS]), "the same, on uninstall"),
    field("acl", Text, "who may do what in the key: a name or SDDL"),
    field("when", Text, "a condition over settings"),
];

const VALUE: &[Field] = &[
    field("dword", Number(0, U32), "REG_DWORD"),
    field("qword", Number(0, i64::MAX), "REG_QWORD"),
    field("expand", Text, "REG_EXPAND_SZ"),
    field("multi", TEXTS, "REG_MULTI_SZ"),
    field("hex", Text, "REG_BINARY"),
    field("append", TEXTS, "strings at the end of a REG_MULTI_SZ that others may have written"),
    field("prepend", TEXTS, "the same, at its start"),
];

const SERVICE: &[Field] = &[
    need("name", Text, "the service's key name"),
    field("display", Text, "the name people see; the key name when absent"),
    field("description", Text, "what it is for"),
    need("exe", Text, "its program, below the install directory"),
    field("arguments", Text, "arguments after the program; settings are put in as they are, without quotes"),
    field(
        "start",
        Choice(&[word("auto"), word("auto-delayed"), word("demand"), word("disabled")]),
        "when it starts; auto when absent",
    ),
    field("account", Text, "the account it runs as, settings may be in it; LocalSystem when absent"),
    field("depends", TEXTS, "services that must run before it"),
    field(
        "run",
        Choice(&[word("always"), word("if-it-ran"), word("never")]),
        "whether installing starts it; always when absent",
    ),
    field("recovery", Table(RECOVERY), "what happens when it fails"),
    field("password", Text, "the secret setting with the account's password"),
    field("error-control", Choice(&[word("ignore"), word("normal"), word("critical")]), "normal when absent"),
    field("preshutdown", Text, "how long Windows waits for it before it shuts down, such as 30s"),
    field("when", Text, "a condition over settings"),
];

const RECOVERY: &[Field] = &[
    field("restart-after", Text, "how long after the failure it is started again; 60s when absent"),
    field("attempts", Number(1, 10), "how many failures in a row are answered so; 3 when absent"),
    field("reset-after", Text, "without a failure for so long, counting starts anew; 1d when absent"),
    field("also-on-error-exit", Flag, "also when it ends with an error"),
];

const ENVIRONMENT: &[Field] = &[
    need("name", Text, "the variable"),
    field("value", Text, "its value: set, and removed on uninstall"),
    field("append", Text, "one more part at the end of a list"),
    field("prepend", Text, "one more part at the start of a list"),
    field("when", Text, "a condition over settings"),
];

const SHORTCUT: &[Field] = &[
    need("target", Text, "the program, below the install directory"),
    field(
        "in",
        Choice(&[word("start-menu"), word("desktop"), word("startup")]),
        "where it stands; start-menu when absent",
    ),
    field("folder", Text, "a sub-folder of that"),
    field("name", Text, "its name; the product's when absent"),
    field("arguments", Text, "arguments of the program"),
    field("description", Text, "tool tip"),
    field("icon", Text, "an .ico, .exe or .dll file below the install directory"),
    field("when", Text, "a condition over settings"),
];

const DETECT: &[Field] = &[
    field("keys", TEXTS, "registry keys, tried in order, each in both views"),
    field("path", Text, "the value that holds the install directory; Application Path when absent"),
];

const BOOTSTRAP: &[Field] = &[
    field("name", Text, "its file name; autopcc.exe when absent"),
    field("sources", TEXTS, "where releases come from, in order"),
    field("first-install", Choice(&[word("exe"), word("msi")]), "what a first install runs; exe when absent"),
    field(
        "in-use",
        Choice(&[word("abort"), word("rename"), word("restart")]),
        "what happens when a file is in use; abort when absent",
    ),
    field("public-key", Text, "the file with the key clients trust"),
    field("private-key-env", Text, "the environment variable with the key releases are signed with"),
    field("private-key-file", Text, "the file with the key releases are signed with"),
    field(
        "update-every",
        Text,
        "how often the installed copy updates, as SYSTEM, such as 4h; never when absent",
    ),
    field("serial", Number(0, U32), "grows with every release; 1 when absent"),
    field("floor", Number(0, U32), "clients never go below it; 0 when absent"),
    field("spread", Text, "a silent run waits up to so long, by chance, before it takes a new release"),
];

const OUTPUT: &[Field] =
    &[field("msi", Table(MSI), "the Windows Installer package"), field("exe", Table(EXE), "the setup EXE")];

const MSI: &[Field] = &[
    field("compression", Choice(&[word("mszip"), word("none"), word("lzx")]), "mszip when absent"),
    field(
        "cabinet-size",
        Text,
        "files of this size in sum share a cabinet, such as 500 MB; 2 GB when absent",
    ),
    field("dialogs", Choice(&[word("none"), word("minimal")]), "none when absent"),
    field("same-version", Choice(&[word("upgrade"), word("refuse")]), "upgrade when absent"),
    field("downgrade", Choice(&[word("refuse"), word("allow")]), "refuse when absent"),
    field("language", AnyOf(&[Text, TEXTS]), "languages of its texts, an MSI for each; en-US when absent"),
    field("table", Tables(RAW_TABLE), "rows that are written as they stand"),
];

const RAW_TABLE: &[Field] = &[
    need("name", Text, "the table"),
    field("columns", Tables(RAW_COLUMN), "the columns of a table that is none of Windows Installer's own"),
    need("rows", List(&Map(&RAW_VALUE)), "its rows: column and value"),
];

const RAW_COLUMN: &[Field] = &[
    need("name", Text, "its name"),
    need("type", Choice(&[word("string"), word("int")]), "what it holds"),
    field("size", Number(0, 255), "characters of a string, 0 for any number; 2 or 4 bytes of an int"),
    field("key", Flag, "part of the primary key"),
    field("nullable", Flag, "may be empty"),
    field("category", Text, "what Windows Installer calls this kind of text; Text when absent"),
    field("refers", Text, "the table whose key it holds"),
];

const RAW_VALUE: Shape = AnyOf(&[Text, Number(i64::MIN, i64::MAX), Table(RAW_FILE)]);
const RAW_FILE: &[Field] =
    &[need("file", Text, "a file below the install directory: its key, which is its component's too")];

const EXE: &[Field] = &[
    field("compression", Choice(&[word("fast"), word("balanced"), word("max")]), "fast when absent"),
    field("elevation", Choice(&[word("administrator")]), "administrator when absent"),
];

const SIGN: &[Field] =
    &[field("certificate", Open, "a PFX or a command"), field("timestamp", Text, "a server")];
