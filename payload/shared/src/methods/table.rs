//! The table itself: one line a method and generation, one answer an account.

use super::{Cell, Verdict};

// What a program on the target says, too: few, and each once.
pub(super) const NO_MEMBER: &str = "this account is no member of Administrators (Power Users are not enough)";
pub(super) const RUN_AS: &str = "log on as an administrator, or use Run as";
pub(super) const NO_ADMINISTRATOR: &str = "this account is no administrator's";
pub(super) const NOT_ELEVATED: &str = "this administrator's program was not started as administrator";
pub(super) const AS_ADMINISTRATOR: &str =
    "run it as administrator, or leave it to Group Policy or to a scheduled task that runs as SYSTEM";

const SYSTEM_DOES_IT: &str = "Windows does it as the system, whoever is logged on";
const TASK_DOES_IT: &str = "the task runs as SYSTEM, whoever is logged on; an administrator installs once";
const SHARE_FOR_COMPUTERS: &str = "the script runs as SYSTEM, whoever is logged on; the computer's account has to be able to read the share";
const CONSENT: &str = "Windows asks for consent; with /qn or /quiet nobody is asked, and it fails";
const CREDENTIALS: &str =
    "Windows asks for an administrator's name and password; with /qn or /quiet nobody is asked, and it fails";
const MSI_REFUSED: &str = "Windows Installer installs for all users for administrators alone (message 1925)";
const ASSIGN: &str = "log on as an administrator, use Run as, or let Group Policy assign it";
const LATE_WITHOUT_RIGHTS: &str =
    "it ends with 0 while the release on the share is installed, with 740 when there is something to do";
const KEEP_CURRENT: &str =
    "let the installed copy do it: [bootstrap] update-every, or use the share in a startup script";
const AS_A_USER: &str =
    "a logon script of Group Policy gets an administrator's full token; from the desktop it ends with 740";
const OWN_PROFILE: &str =
    "everything goes into the profile of whoever runs it, and nothing needs more rights";
const WRONG_PROFILE: &str = "it would go into the system's own profile, where nobody finds it";
const AS_THE_USER: &str = "run it as the user who shall have it: in a login script or a user's assignment";
const NO_PUSH: &str = "nothing here reaches into other computers";
const PUSH: &str =
    "Group Policy or a management tool, or run the setup EXE /quiet by whatever remote shell there is";
const PUSH_UAC: &str = "Group Policy or a management tool, or run the setup EXE /quiet by whatever remote shell there is, \
     with a domain account: over the network local administrators get the filtered token";
const NO_PAGE: &str = "no page installs by itself: browsers no longer run installers";
const LINK: &str = "put a link to the setup EXE there; what holds for the setup EXE holds then";

const NO_ACCOUNT: Cell = Cell {
    verdict: Verdict::NoAccount,
    why: "without User Account Control an administrator has all rights",
    instead: "",
};
const YES: Cell = yes("");

const fn yes(why: &'static str) -> Cell {
    Cell { verdict: Verdict::Yes, why, instead: "" }
}

const fn asks(why: &'static str) -> Cell {
    Cell { verdict: Verdict::Asks, why, instead: AS_ADMINISTRATOR }
}

const fn no(why: &'static str, instead: &'static str) -> Cell {
    Cell { verdict: Verdict::No, why, instead }
}

const fn never(why: &'static str, instead: &'static str) -> Cell {
    Cell { verdict: Verdict::NotOffered, why, instead }
}

/// Whoever is logged on: the rights are the system's.
const fn system(why: &'static str) -> [[Cell; 4]; 2] {
    let done = yes(why);
    [[done, NO_ACCOUNT, done, done], [done; 4]]
}

/// No such way for anybody.
const fn none(why: &'static str, groups: &'static str, uac: &'static str) -> [[Cell; 4]; 2] {
    let none = never(why, groups);
    [[none, NO_ACCOUNT, none, none], [never(why, uac); 4]]
}

/// By method, generation, account.
pub(super) static TABLE: [[[Cell; 4]; 2]; 11] = [
    // MSI by hand. With a package that an administrator has assigned or published to the user nobody needs rights: that
    // is the line of Group Policy.
    [[no(MSI_REFUSED, ASSIGN), NO_ACCOUNT, YES, YES], [asks(CREDENTIALS), asks(CONSENT), YES, YES]],
    // MSI by Group Policy.
    system(SYSTEM_DOES_IT),
    // MSI by a management tool; Intune and Configuration Manager of today have no client for XP and Server 2003.
    system(SYSTEM_DOES_IT),
    // Setup EXE.
    [[no(NO_MEMBER, RUN_AS), NO_ACCOUNT, YES, YES], [asks(CREDENTIALS), asks(CONSENT), YES, YES]],
    // Login script.
    [
        [no(LATE_WITHOUT_RIGHTS, KEEP_CURRENT), NO_ACCOUNT, YES, YES],
        [no(LATE_WITHOUT_RIGHTS, KEEP_CURRENT), no(AS_A_USER, KEEP_CURRENT), YES, YES],
    ],
    // Startup script.
    system(SHARE_FOR_COMPUTERS),
    // Scheduled task.
    system(TASK_DOES_IT),
    // Per user.
    [
        [yes(OWN_PROFILE), NO_ACCOUNT, yes(OWN_PROFILE), no(WRONG_PROFILE, AS_THE_USER)],
        [yes(OWN_PROFILE), yes(OWN_PROFILE), yes(OWN_PROFILE), no(WRONG_PROFILE, AS_THE_USER)],
    ],
    // Remote.
    none(NO_PUSH, PUSH, PUSH_UAC),
    // Web, mail.
    none(NO_PAGE, LINK, LINK),
    none(NO_PAGE, LINK, LINK),
];
