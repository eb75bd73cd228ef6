//! `bad-msi-table`: rows of `[[output.msi.table]]` that their table cannot have.

use super::{Context, Finding, Findings, Rule};
use crate::model::raw;

pub(super) const RULE: Rule = Rule { name: "bad-msi-table", summary: "a row that its table cannot have", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let Err(faults) = raw::tables_of(&context.manifest.msi.tables) else { return };
    for fault in faults {
        let finding = Finding::at(fault.span, fault.problem);
        out.error(match fault.also {
            Some(also) => finding.also(also, "the first is here"),
            None => finding,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    fn table(text: &str) -> String {
        and(&format!("[[output.msi.table]]\n{text}"))
    }

    const INI: &str = "name = 'IniFile'\nrows = [\n{ IniFile = 'a', FileName = 'a.ini', DirProperty = 'INSTALLDIR', \
                       Section = 'S', Key = 'K', Value = '[GROUP]', Action = 0, Component_ = { file = 'bin/agent.exe' } },\n]";

    #[test]
    fn bad_msi_table() {
        fine(&table(INI));
        error(&table(&INI.replace("'IniFile'\n", "'IniFiles'\n")), "bad-msi-table", "name = 'IniFiles'");
        error(&table("name = '_Columns'\nrows = []"), "bad-msi-table", "name = '_Columns'");
        for (part, by) in [
            ("Section", "Sektion"),
            ("Action = 0", "Action = 2"),
            ("Action = 0", "Action = '0'"),
            ("Action = 0", "Action = 99999999999"),
            ("'a.ini'", "'a:b'"),
            ("'a.ini'", "5"),
            ("'a.ini'", "''"),
            ("'bin/agent.exe'", "'../agent.exe'"),
        ] {
            assert!(INI.contains(part), "{part}");
            error(&table(&INI.replace(part, by)), "bad-msi-table", "{ IniFile");
        }
        let twice = INI.replace("\n]", "\n{ IniFile = 'a', FileName = 'b.ini', Section = 'S', Key = 'K', Value = 'v', Action = 0, Component_ = 'c' },\n]");
        error(&table(&twice), "bad-msi-table", "'b.ini'");
        error(&table(&INI.replace("Action = 0, ", "")), "bad-msi-table", "{ IniFile");
    }

    #[test]
    fn tables_of_the_authors_own_say_what_they_hold() {
        let own = |columns: &str, rows: &str| table(&format!("name = 'Mine'\ncolumns = [\n{columns}\n]\nrows = [\n{rows}\n]"));
        let columns = "{ name = 'Id', type = 'string', size = 72, key = true, category = 'Identifier' },\n\
                       { name = 'Count', type = 'int', size = 2 },\n{ name = 'Note', type = 'string', nullable = true },";
        fine(&own(columns, "{ Id = 'a', Count = 1 },\n{ Id = 'b', Count = -2, Note = 'n' },"));
        error(&own(columns, "{ Id = '1', Count = 1 },"), "bad-msi-table", "{ Id = '1'");
        error(&own(columns, "{ Id = 'a', Count = 70000 },"), "bad-msi-table", "{ Id = 'a'");
        error(&own(columns, "{ Count = 1 },"), "bad-msi-table", "{ Count");
        error(&own(&columns.replace(", key = true", ""), ""), "bad-msi-table", "name = 'Mine'");
        error(&own(&columns.replace("size = 2 }", "size = 3 }"), ""), "bad-msi-table", "'Count'");
        error(&own(&columns.replace("'Identifier'", "'Identifer'"), ""), "bad-msi-table", "'Id'");
        error(&own(&columns.replace("'Count'", "'1'"), ""), "bad-msi-table", "name = '1'");
        error(&table("name = 'File'\ncolumns = [{ name = 'A', type = 'int', key = true }]\nrows = []"), "bad-msi-table", "name = 'File'");
    }
}
