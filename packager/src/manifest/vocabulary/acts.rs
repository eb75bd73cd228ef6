//! The tables for what is done on the target beyond files and values.

use crate::manifest::shape::Shape::{AnyOf, Choice, Flag, List, Map, Number, Table, Text};
use crate::manifest::shape::{Field, Shape, field, need, word};

const TEXTS: Shape = List(&Text);
const WHEN: Field = field("when", Text, "a condition over settings");

const RUN_AT: Shape = Choice(&[
    word("after-install"),
    word("after-upgrade"),
    word("after-repair"),
    word("before-uninstall"),
    word("before-upgrade"),
]);

pub(super) const RUN: &[Field] = &[
    need("program", Text, "below the install directory"),
    field("args", TEXTS, "its arguments, one by one"),
    need("at", AnyOf(&[RUN_AT, List(&RUN_AT)]), "when it is run"),
    field("undo", TEXTS, "arguments of the run that takes it back on rollback"),
    field("on-failure", Choice(&[word("rollback"), word("continue")]), "rollback when absent"),
    field("success", List(&Number(0, u32::MAX as i64)), "exit codes that are no failure; 0 when absent"),
    field("timeout", Text, "after which it is ended and has failed; 60s when absent"),
    WHEN,
];

pub(super) const CONFIG: &[Field] = &[
    need("file", Text, "below the install directory; it is kept"),
    field(
        "format",
        Choice(&[word("ini"), word("toml"), word("json"), word("yaml"), word("xml"), word("text")]),
        "how it is written; by its extension when absent",
    ),
    need("values", Map(&Text), "dotted key and value; in XML and text placeholder and value"),
    WHEN,
];

pub(super) const REPLACES: &[Field] = &[
    field("name", Text, "what it is called in messages"),
    field("upgrade-code", Text, "a product of Windows Installer"),
    field("uninstall-entry", Text, "the name of its uninstall key: its quiet uninstaller is run"),
    field("uninstall-args", Text, "what makes its uninstaller silent, if its entry does not say it"),
    field("service", AnyOf(&[Text, TEXTS]), "services of it"),
    field("files", TEXTS, "files of it, and with a backslash at the end folders"),
    field("keys", TEXTS, "registry keys of it, in both views"),
    field("firewall", TEXTS, "names of its firewall rules"),
    field("then", Choice(&[word("remove"), word("refuse")]), "remove when absent"),
];

pub(super) const CLOSE: &[Field] = &[
    need("program", Text, "below the install directory"),
    field("within", Text, "how long it gets to end by itself; 10s when absent"),
];

pub(super) const FIREWALL: &[Field] = &[
    need("name", Text, "the rule's name"),
    field("description", Text, "what it is for"),
    field("program", Text, "the program it is for, below the install directory"),
    field("service", Text, "the service it is for"),
    field("allow", Table(TRAFFIC), "traffic that is let through"),
    field("block", Table(TRAFFIC), "traffic that is not"),
    field(
        "profiles",
        List(&Choice(&[word("domain"), word("private"), word("public")])),
        "the networks it is for; all when absent",
    ),
    field("edge", Flag, "traffic through NAT is accepted"),
    WHEN,
];

const TRAFFIC: &[Field] = &[
    field("direction", Choice(&[word("in"), word("out")]), "in when absent"),
    field("protocol", Choice(&[word("any"), word("tcp"), word("udp")]), "any when absent"),
    field("ports", Text, "local ports: 8443, 5000-5010, lists with commas"),
    field("remote-ports", Text, "remote ports"),
    field("remote", Text, "remote addresses: 10.0.0.0/8, LocalSubnet, lists with commas"),
];

pub(super) const EVENT_SOURCE: &[Field] = &[
    field("log", Text, "the log; Application when absent"),
    need("name", Text, "the source"),
    field("file", Text, "the file with its messages, below the install directory; EventCreate's when absent"),
    field("categories", Number(1, 65_535), "how many categories the file has"),
    WHEN,
];

pub(super) const EVENT_PROVIDER: &[Field] = &[
    need("manifest", Text, "its .man file, below the install directory"),
    need("file", Text, "the program or library with its messages, below the install directory"),
];

pub(super) const TASK: &[Field] = &[
    need("name", Text, "the task's name; a backslash makes a folder"),
    field("description", Text, "what it is for"),
    need("run", Text, "the program"),
    field("args", AnyOf(&[Text, TEXTS]), "its arguments"),
    field("every", Text, "how often, such as 4h"),
    field("daily", Text, "a time of day, such as 03:30"),
    field("at-boot", Flag, "when Windows has started"),
    field("at-logon", Flag, "when somebody logs on"),
    field("jitter", Text, "up to so much later, by chance"),
    field(
        "as",
        Choice(&[word("system"), word("local-service"), word("network-service"), word("users")]),
        "the account; system when absent",
    ),
    field("limit", Text, "after which it is ended; never when absent"),
    WHEN,
];

pub(super) const FONT: &[Field] = &[
    need("file", Text, "below the install directory"),
    field("title", Text, "the name it is registered under; that in the file when absent"),
];

pub(super) const INI: &[Field] = &[
    need("file", Text, "the file, below a known folder"),
    need("section", Text, "the section"),
    need("values", Map(&Text), "keys and values"),
    WHEN,
];

pub(super) const ASSOCIATION: &[Field] = &[
    field("extension", Text, "a file extension, such as .acme"),
    field("protocol", Text, "a URL protocol, such as acme"),
    need("program", Text, "below the install directory"),
    field("args", Text, "its arguments, with %1 for the file or URL; \"%1\" when absent"),
    field("description", Text, "what such files are called"),
    field("content-type", Text, "MIME type"),
    field("icon", Text, "an .ico, .exe or .dll file below the install directory"),
];

pub(super) const MIGRATE: &[Field] = &[
    need("from", Text, "the predecessor's folder"),
    need("to", Text, "where it is copied, if nothing is there"),
];
