//! The rules, one a file.

mod ice02;
mod ice03;
mod ice04;
mod ice05;
mod ice06;
mod ice07;
mod ice08;
mod ice09;
mod ice10;
mod ice100;
mod ice101;
mod ice102;
mod ice103;
mod ice104;
mod ice105;
mod ice11;
mod ice12;
mod ice13;
mod ice14;
mod ice15;
mod ice16;
mod ice17;
mod ice18;
mod ice19;
mod ice20;
mod ice21;
mod ice22;
mod ice23;
mod ice24;
mod ice25;
mod ice26;
mod ice27;
mod ice28;
mod ice29;
mod ice30;
mod ice31;
mod ice32;
mod ice34;
mod ice35;
mod ice36;
mod ice38;
mod ice39;
mod ice40;
mod ice41;
mod ice42;
mod ice43;
mod ice44;
mod ice45;
mod ice46;
mod ice47;
mod ice48;
mod ice49;
mod ice50;
mod ice51;
mod ice52;
mod ice53;
mod ice54;
mod ice55;
mod ice56;
mod ice57;
mod ice58;
mod ice59;
mod ice60;
mod ice61;
mod ice62;
mod ice63;
mod ice64;
mod ice65;
mod ice66;
mod ice67;
mod ice68;
mod ice69;
mod ice70;
mod ice71;
mod ice72;
mod ice73;
mod ice74;
mod ice75;
mod ice76;
mod ice77;
mod ice78;
mod ice79;
mod ice80;
mod ice81;
mod ice82;
mod ice83;
mod ice84;
mod ice85;
mod ice86;
mod ice87;
mod ice88;
mod ice89;
mod ice90;
mod ice91;
mod ice92;
mod ice93;
mod ice94;
mod ice95;
mod ice96;
mod ice97;
mod ice98;
mod ice99;

use super::Rule;

/// Every rule, by number.
pub const RULES: &[Rule] = &[
    Rule {
        name: "ICE02",
        asks: "the key path of a component is one of its own files or registry rows",
        check: ice02::check,
    },
    Rule {
        name: "ICE03",
        asks: "every field holds what `_Validation` allows, and every foreign key is there",
        check: ice03::check,
    },
    Rule {
        name: "ICE04",
        asks: "no file has a sequence number past the last of all media",
        check: ice04::check,
    },
    Rule { name: "ICE05", asks: "the properties that every package needs are there", check: ice05::check },
    Rule { name: "ICE06", asks: "what `_Validation` describes is there", check: ice06::check },
    Rule { name: "ICE07", asks: "fonts are installed to the folder of fonts", check: ice07::check },
    Rule { name: "ICE08", asks: "no two components have the same GUID", check: ice08::check },
    Rule { name: "ICE09", asks: "components in the system folder are permanent", check: ice09::check },
    Rule {
        name: "ICE10",
        asks: "no feature forbids advertising that its parent asks for",
        check: ice10::check,
    },
    Rule {
        name: "ICE11",
        asks: "an advertised package that an action installs is another one, named by its product code",
        check: ice11::check,
    },
    Rule {
        name: "ICE12",
        asks: "actions that set a directory stand on the right side of CostFinalize",
        check: ice12::check,
    },
    Rule { name: "ICE13", asks: "no dialog is in an execute sequence", check: ice13::check },
    Rule {
        name: "ICE14",
        asks: "no feature is its own parent, and a root feature follows no parent",
        check: ice14::check,
    },
    Rule { name: "ICE15", asks: "content types and extensions name each other", check: ice15::check },
    Rule { name: "ICE16", asks: "the product's name has at most 63 characters", check: ice16::check },
    Rule { name: "ICE17", asks: "controls have what they depend on in other tables", check: ice17::check },
    Rule { name: "ICE18", asks: "an empty directory that is a key path is created", check: ice18::check },
    Rule {
        name: "ICE19",
        asks: "what is advertised belongs to a component with a GUID and a fitting key path",
        check: ice19::check,
    },
    Rule {
        name: "ICE20",
        asks: "the dialogs that Windows Installer itself calls for are there",
        check: ice20::check,
    },
    Rule { name: "ICE21", asks: "every component belongs to a feature", check: ice21::check },
    Rule {
        name: "ICE22",
        asks: "published components belong to the feature that publishes them",
        check: ice22::check,
    },
    Rule {
        name: "ICE23",
        asks: "the tab key leads through the controls of a dialog in one circle",
        check: ice23::check,
    },
    Rule {
        name: "ICE24",
        asks: "product code, upgrade code, version and language are of their kind",
        check: ice24::check,
    },
    Rule {
        name: "ICE25",
        asks: "merge modules have what they need, and nothing that they cannot stand",
        check: ice25::check,
    },
    Rule {
        name: "ICE26",
        asks: "sequences have the actions they need and none that do not belong there",
        check: ice26::check,
    },
    Rule {
        name: "ICE27",
        asks: "the actions of a sequence are known, in their section, and in order",
        check: ice27::check,
    },
    Rule {
        name: "ICE28",
        asks: "ForceReboot does not tear apart actions that belong together",
        check: ice28::check,
    },
    Rule {
        name: "ICE29",
        asks: "names of streams stay different when they are cut to what a compound file can hold",
        check: ice29::check,
    },
    Rule { name: "ICE30", asks: "no two components install the same file", check: ice30::check },
    Rule { name: "ICE31", asks: "the styles of texts exist", check: ice31::check },
    Rule {
        name: "ICE32",
        asks: "a key and what refers to it are columns of the same type and width",
        check: ice32::check,
    },
    Rule {
        name: "ICE34",
        asks: "one button of every group of radio buttons is chosen from the start",
        check: ice34::check,
    },
    Rule {
        name: "ICE35",
        asks: "a component whose file is in a cabinet is not set to run from source",
        check: ice35::check,
    },
    Rule { name: "ICE36", asks: "every icon is used", check: ice36::check },
    Rule {
        name: "ICE38",
        asks: "a component in the user's profile has a registry value of the user as its key path",
        check: ice38::check,
    },
    Rule { name: "ICE39", asks: "the summary information is well formed", check: ice39::check },
    Rule {
        name: "ICE40",
        asks: "REINSTALLMODE is not authored, and a part removed from an .ini file is named",
        check: ice40::check,
    },
    Rule {
        name: "ICE41",
        asks: "classes and extensions belong to the feature that they name",
        check: ice41::check,
    },
    Rule {
        name: "ICE42",
        asks: "a server in a process is no program, and only a program has arguments",
        check: ice42::check,
    },
    Rule {
        name: "ICE43",
        asks: "a component with a shortcut in the user's profile has a registry value of the user as its key path",
        check: ice43::check,
    },
    Rule { name: "ICE44", asks: "events open dialogs that are there", check: ice44::check },
    Rule { name: "ICE45", asks: "bits without a meaning are not set", check: ice45::check },
    Rule { name: "ICE46", asks: "no property differs from another one in case alone", check: ice46::check },
    Rule { name: "ICE47", asks: "no feature has 1600 components or more", check: ice47::check },
    Rule {
        name: "ICE48",
        asks: "no directory is tied to a path of this or that machine",
        check: ice48::check,
    },
    Rule { name: "ICE49", asks: "the default value of a registry key is a string", check: ice49::check },
    Rule {
        name: "ICE50",
        asks: "icons of advertised shortcuts have the extension of what they start",
        check: ice50::check,
    },
    Rule {
        name: "ICE51",
        asks: "fonts have a title when their file has no name of its own, and only then",
        check: ice51::check,
    },
    Rule { name: "ICE52", asks: "searches set public properties", check: ice52::check },
    Rule {
        name: "ICE53",
        asks: "nothing is written that Windows Installer keeps for itself, or a policy of it",
        check: ice53::check,
    },
    Rule {
        name: "ICE54",
        asks: "the key path file of a component has a version of its own",
        check: ice54::check,
    },
    Rule {
        name: "ICE55",
        asks: "what permissions are set on is there, and so are the permissions",
        check: ice55::check,
    },
    Rule {
        name: "ICE56",
        asks: "there is one root directory, TARGETDIR, and its source is SourceDir",
        check: ice56::check,
    },
    Rule {
        name: "ICE57",
        asks: "a component is of the user or of the machine, not of both",
        check: ice57::check,
    },
    Rule {
        name: "ICE58",
        asks: "a package for Windows Installer 1.x has at most 80 media",
        check: ice58::check,
    },
    Rule {
        name: "ICE59",
        asks: "advertised shortcuts belong to components of the feature that they install",
        check: ice59::check,
    },
    Rule { name: "ICE60", asks: "a file with a version has a language and no hash", check: ice60::check },
    Rule { name: "ICE61", asks: "rows of the Upgrade table do what they say", check: ice61::check },
    Rule {
        name: "ICE62",
        asks: "isolated components are of files, counted, and there when their program is",
        check: ice62::check,
    },
    Rule { name: "ICE63", asks: "RemoveExistingProducts stands where it may", check: ice63::check },
    Rule { name: "ICE64", asks: "new directories in the user's profile are removed", check: ice64::check },
    Rule { name: "ICE65", asks: "parts of environment variables have sound separators", check: ice65::check },
    Rule {
        name: "ICE66",
        asks: "the package asks for a Windows Installer that knows the tables and columns it uses",
        check: ice66::check,
    },
    Rule {
        name: "ICE67",
        asks: "the target of a shortcut that is not advertised cannot move away from it",
        check: ice67::check,
    },
    Rule { name: "ICE68", asks: "the types of custom actions exist", check: ice68::check },
    Rule { name: "ICE69", asks: "formatted text refers to its own component", check: ice69::check },
    Rule { name: "ICE70", asks: "registry values that are to be numbers are numbers", check: ice70::check },
    Rule { name: "ICE71", asks: "there is a disk 1, the one the package itself is on", check: ice71::check },
    Rule {
        name: "ICE72",
        asks: "advertising runs only custom actions that are built in: types 19, 35 and 51",
        check: ice72::check,
    },
    Rule { name: "ICE73", asks: "the codes of the package are not those of a sample", check: ice73::check },
    Rule {
        name: "ICE74",
        asks: "there is an upgrade code, and FASTOEM is left to the command line",
        check: ice74::check,
    },
    Rule {
        name: "ICE75",
        asks: "custom actions whose source is an installed file come after CostFinalize",
        check: ice75::check,
    },
    Rule {
        name: "ICE76",
        asks: "files of a catalog of Windows File Protection are permanent, local and not bound",
        check: ice76::check,
    },
    Rule {
        name: "ICE77",
        asks: "deferred custom actions stand between InstallInitialize and InstallFinalize",
        check: ice77::check,
    },
    Rule { name: "ICE78", asks: "advertising shows no dialogs", check: ice78::check },
    Rule {
        name: "ICE79",
        asks: "components and features that conditions name are there",
        check: ice79::check,
    },
    Rule {
        name: "ICE80",
        asks: "platform, bitness and language of the package go together",
        check: ice80::check,
    },
    Rule {
        name: "ICE81",
        asks: "certificates are used, and what is signed is a cabinet outside of the package",
        check: ice81::check,
    },
    Rule {
        name: "ICE82",
        asks: "the actions that register the product go together, and no two actions have one number",
        check: ice82::check,
    },
    Rule {
        name: "ICE83",
        asks: "assemblies are published, and the manifest of one is not its key path",
        check: ice83::check,
    },
    Rule {
        name: "ICE84",
        asks: "actions that every installation needs have no condition",
        check: ice84::check,
    },
    Rule {
        name: "ICE85",
        asks: "what files are moved from has a long name, or a pattern of one",
        check: ice85::check,
    },
    Rule { name: "ICE86", asks: "conditions ask for Privileged, not for AdminUser", check: ice86::check },
    Rule {
        name: "ICE87",
        asks: "properties that choose features are left to the command line",
        check: ice87::check,
    },
    Rule { name: "ICE88", asks: "the directory of an .ini file is known", check: ice88::check },
    Rule { name: "ICE89", asks: "the parent of a program id is one itself", check: ice89::check },
    Rule {
        name: "ICE90",
        asks: "no shortcut is in a directory of the profile that a public property names",
        check: ice90::check,
    },
    Rule {
        name: "ICE91",
        asks: "files, .ini files and shortcuts that only one user would get",
        check: ice91::check,
    },
    Rule { name: "ICE92", asks: "a permanent component has a GUID", check: ice92::check },
    Rule { name: "ICE93", asks: "no custom action has the name of a standard one", check: ice93::check },
    Rule {
        name: "ICE94",
        asks: "shortcuts to assemblies of the global cache are advertised",
        check: ice94::check,
    },
    Rule {
        name: "ICE95",
        asks: "the controls of billboards fit on every billboard control",
        check: ice95::check,
    },
    Rule {
        name: "ICE96",
        asks: "a package that is advertised publishes its features and itself",
        check: ice96::check,
    },
    Rule {
        name: "ICE97",
        asks: "no two programs isolate one component in one directory",
        check: ice97::check,
    },
    Rule {
        name: "ICE98",
        asks: "the description of a data source is a name that ODBC takes",
        check: ice98::check,
    },
    Rule {
        name: "ICE99",
        asks: "no directory has the name of one of Windows Installer's own properties",
        check: ice99::check,
    },
    Rule {
        name: "ICE100",
        asks: "an embedded user interface is one library, and one chainer runs",
        check: ice100::check,
    },
    Rule { name: "ICE101", asks: "names of features have at most 38 characters", check: ice101::check },
    Rule { name: "ICE102", asks: "what services are configured to makes sense", check: ice102::check },
    Rule {
        name: "ICE103",
        asks: "only a dialog with a scrollable text can be printed",
        check: ice103::check,
    },
    Rule {
        name: "ICE104",
        asks: "permissions stand in one of the two tables, and what they lock is there",
        check: ice104::check,
    },
    Rule {
        name: "ICE105",
        asks: "a package for the user or the machine does nothing that only an administrator may",
        check: ice105::check,
    },
];
