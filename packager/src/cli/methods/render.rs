//! The table for people, for programs, and as the page `packager/docs/methods.md`.

use std::fmt::Write as _;

use packager_shared::methods::{Account, Cell, Generation, Method, Verdict, cell};
use serde_json::{Value, json};

use super::Served;

const PAGE: &str = "\
# Who may install how

One table: the method, the Windows, the account that the program runs for. `packager methods --format markdown` prints
this page, and a test keeps the two equal; `--manifest agent.toml` adds what a manifest's own packages serve.

The setup EXE and the bootstrap need an administrator's rights when there is something to change, and nothing else:
where nothing is to do they end with 0 for everybody. Without the rights and without somebody to ask (`/quiet`,
`/passive`, Windows before Vista) they change nothing, end with 740, and say what is missing on that Windows; with
somebody to ask, Windows asks from Vista on. With User Account Control switched off (`EnableLUA` 0) the rules of Windows
XP hold. Who keeps a machine current whose users have no rights: Group Policy, a management tool, a startup script, or
the installed copy by its scheduled task; a login script of a standard user there ends with 740 until that has happened,
and its message names the task.

Over the network: a share that is read by SYSTEM (task, startup script) is read as the computer's account, so
`Domain Computers` needs to read it. Local administrators get the filtered token on the network from Vista on, unless
`LocalAccountTokenFilterPolicy` is set; domain accounts get the full one.

What this page says of Windows is Microsoft's: the pages are named in `payload/shared/src/methods/mod.rs`. Under Wine
every account is an administrator: the table's use in the program is proven on a simulated machine, for every Windows
and account here, and not by running it on them.
";

/// An answer in a word, with the number of its note.
fn answer(cell: Cell, notes: &mut Vec<String>) -> String {
    let text = match (cell.why, cell.instead) {
        ("", _) => return cell.verdict.text().to_owned(),
        (why, "") => format!("{why}."),
        (why, instead) => format!("{why}. Way out: {instead}."),
    };
    let number = notes.iter().position(|note| *note == text).unwrap_or_else(|| {
        notes.push(text);
        notes.len().saturating_sub(1)
    });
    format!("{} [{}]", cell.verdict.text(), number.saturating_add(1))
}

/// Rows of a generation: the method, then an answer an account.
fn rows(generation: Generation, notes: &mut Vec<String>) -> Vec<(Method, Vec<String>)> {
    let accounts: Vec<Account> = accounts(generation).collect();
    let row = |method| {
        let answers = accounts.iter().map(|account| answer(cell(method, generation, *account), notes));
        (method, answers.collect())
    };
    Method::ALL.into_iter().map(row).collect()
}

/// The accounts that a generation has.
fn accounts(generation: Generation) -> impl Iterator<Item = Account> {
    Account::ALL
        .into_iter()
        .filter(move |account| cell(Method::Setup, generation, *account).verdict != Verdict::NoAccount)
}

/// What a manifest's packages make of a method.
fn serves(served: &Served, method: Method) -> &'static str {
    served.refused.get(method as usize).copied().flatten().unwrap_or("yes")
}

/// The generations that are shown.
fn generations(served: Option<&Served>) -> impl Iterator<Item = Generation> {
    let runs_on = served.map_or([true; 2], |served| served.runs_on);
    Generation::ALL.into_iter().zip(runs_on).filter_map(|(generation, shown)| shown.then_some(generation))
}

/// For people at a terminal.
pub(super) fn human(served: Option<&Served>) -> String {
    let mut out = String::new();
    let mut notes = Vec::new();
    for generation in generations(served) {
        let rows = rows(generation, &mut notes);
        let _ = writeln!(out, "{}\n", generation.text());
        for (number, account) in accounts(generation).enumerate() {
            let _ = writeln!(out, "  {}  {}", letter(number), account.text());
        }
        let width = rows.iter().map(|(method, _)| method.text().len()).max().unwrap_or(0);
        let _ = write!(out, "\n  {:width$}", "");
        for number in 0..accounts(generation).count() {
            let _ = write!(out, "  {:<16}", letter(number));
        }
        trim(&mut out);
        for (method, answers) in rows {
            let _ = write!(out, "  {:width$}", method.text());
            for answer in answers {
                let _ = write!(out, "  {answer:<16}");
            }
            trim(&mut out);
        }
        out.push('\n');
    }
    for (number, note) in notes.iter().enumerate() {
        let _ = writeln!(out, "[{}] {note}", number.saturating_add(1));
    }
    if let Some(served) = served {
        let _ = writeln!(out, "\nWhat the packages of {} serve:", served.name);
        for method in Method::ALL {
            let _ = writeln!(out, "  {}: {}", method.text(), serves(served, method));
        }
    }
    out
}

/// Ends the line, without the blanks before its end.
fn trim(out: &mut String) {
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
}

fn letter(number: usize) -> char {
    char::from(b'A'.saturating_add(u8::try_from(number).unwrap_or(0)))
}

/// A page.
pub(super) fn markdown(served: Option<&Served>) -> String {
    let mut out = String::from(PAGE);
    let mut notes = Vec::new();
    for generation in generations(served) {
        let _ = write!(out, "\n## {}\n\n| method |", generation.text());
        for account in accounts(generation) {
            let _ = write!(out, " {} |", account.text());
        }
        out.push_str("\n| --- |");
        for _ in accounts(generation) {
            out.push_str(" --- |");
        }
        out.push('\n');
        for (method, answers) in rows(generation, &mut notes) {
            let _ = writeln!(out, "| {} | {} |", method.text(), answers.join(" | "));
        }
    }
    out.push_str("\n## What is missing, and the way out\n\n");
    for (number, note) in notes.iter().enumerate() {
        let _ = writeln!(out, "- [{}] {note}", number.saturating_add(1));
    }
    if let Some(served) = served {
        let _ = writeln!(out, "\n## What the packages of {} serve\n", served.name);
        for method in Method::ALL {
            let _ = writeln!(out, "- {}: {}", method.text(), serves(served, method));
        }
    }
    out
}

/// For programs.
pub(super) fn json(served: Option<&Served>) -> Value {
    let account = |method, generation, account| {
        let cell = cell(method, generation, account);
        json!({
            "account": account.id(), "verdict": cell.verdict.text(), "why": cell.why, "instead": cell.instead,
        })
    };
    let windows = |method, generation: Generation| {
        let accounts: Vec<Value> = accounts(generation).map(|who| account(method, generation, who)).collect();
        json!({ "windows": generation.id(), "name": generation.text(), "accounts": accounts })
    };
    let method = |method: Method| {
        let all: Vec<Value> = generations(served).map(|generation| windows(method, generation)).collect();
        let mut value = json!({ "method": method.id(), "name": method.text(), "windows": all });
        if let (Some(served), Value::Object(fields)) = (served, &mut value) {
            let refused = served.refused.get(method as usize).copied().flatten();
            fields.insert("served".into(), refused.is_none().into());
            fields.insert("why_not".into(), refused.into());
        }
        value
    };
    let methods: Vec<Value> = Method::ALL.into_iter().map(method).collect();
    let names: Vec<Value> =
        Account::ALL.iter().map(|who| json!({ "account": who.id(), "name": who.text() })).collect();
    json!({ "product": served.map(|served| served.name.as_str()), "accounts": names, "methods": methods })
}
