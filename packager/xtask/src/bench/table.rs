//! The table: what was compared, what came out, and what was aimed at.

/// Something measured, and what it should have been.
pub struct Check {
    measured: String,
    target: Option<(String, bool)>,
}

impl Check {
    /// Something that is only told.
    pub fn told(measured: impl Into<String>) -> Self {
        Self { measured: measured.into(), target: None }
    }

    /// Something with a target, and whether it is met.
    pub fn aimed(measured: impl Into<String>, target: impl Into<String>, met: bool) -> Self {
        Self { measured: measured.into(), target: Some((target.into(), met)) }
    }
}

/// A line of the table.
pub struct Row {
    what: String,
    ours: String,
    peer: String,
    checks: Vec<Check>,
    failure: Option<String>,
}

impl Row {
    /// A comparison.
    pub fn new(
        what: impl Into<String>,
        ours: impl Into<String>,
        peer: impl Into<String>,
        checks: Vec<Check>,
    ) -> Self {
        Self { what: what.into(), ours: ours.into(), peer: peer.into(), checks, failure: None }
    }

    /// A comparison that could not be made, or whose result is not valid.
    pub fn failed(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self { failure: Some(why.into()), ..Self::new(what, "", "", Vec::new()) }
    }

    /// What the peer did, where ours failed.
    pub fn beside(self, peer: impl Into<String>) -> Self {
        Self { peer: peer.into(), ..self }
    }

    /// Whether it failed; a missed target is no failure.
    pub fn is_failed(&self) -> bool {
        self.failure.is_some()
    }

    fn verdict(&self) -> &'static str {
        let mut targets = self.checks.iter().filter_map(|check| check.target.as_ref()).peekable();
        if targets.peek().is_none() {
            ""
        } else if targets.all(|(_, met)| *met) {
            "yes"
        } else {
            "**no**"
        }
    }
}

/// All rows in Markdown.
pub fn render(rows: &[Row]) -> String {
    let mut text =
        "| what | ours | peer | measured | target | met |\n| --- | --- | --- | --- | --- | --- |\n"
            .to_owned();
    for row in rows {
        let measured: Vec<_> = row.checks.iter().map(|check| check.measured.as_str()).collect();
        let targets: Vec<_> = row
            .checks
            .iter()
            .filter_map(|check| check.target.as_ref())
            .map(|(target, met)| if *met { target.clone() } else { format!("{target} (missed)") })
            .collect();
        let (measured, met) = match &row.failure {
            Some(why) => (format!("failed: {why}"), "**no**"),
            None => (measured.join("; "), row.verdict()),
        };
        let cells = [&row.what, &row.ours, &row.peer, &measured, &targets.join("; "), met];
        let cells: Vec<_> = cells.iter().map(|cell| escaped(cell)).collect();
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    text
}

/// A cell's text: a line break or a bar would end the cell.
fn escaped(cell: &str) -> String {
    cell.replace('|', "\\|").replace(['\r', '\n'], " ")
}

#[cfg(test)]
mod tests {
    use super::{Check, Row, render};

    fn last(row: Row) -> String {
        render(&[row]).lines().last().unwrap_or_default().to_owned()
    }

    #[test]
    fn a_row_that_meets_its_targets() {
        let checks = vec![Check::aimed("5.1x faster", "5x", true), Check::told("0.99 of its size")];
        let line = last(Row::new("MSI", "2 s", "wixl: 11 s", checks));
        assert_eq!(line, "| MSI | 2 s | wixl: 11 s | 5.1x faster; 0.99 of its size | 5x | yes |");
    }

    #[test]
    fn a_row_says_which_target_it_misses() {
        let checks = vec![
            Check::aimed("3x faster", "5x", false),
            Check::aimed("0.99 of its size", "not larger", true),
        ];
        let line = last(Row::new("MSI", "4 s", "wixl: 11 s", checks));
        assert!(line.ends_with("| 5x (missed); not larger | **no** |"), "{line}");
    }

    #[test]
    fn a_row_without_target_has_no_verdict() {
        let line = last(Row::new("EXE", "1 s", "", vec![Check::told("1 s")]));
        assert_eq!(line, "| EXE | 1 s |  | 1 s |  |  |");
    }

    #[test]
    fn a_failure_stays_in_its_cell() {
        let row = Row::failed("MSI", "a | b\nc");
        assert!(row.is_failed());
        assert_eq!(last(row), "| MSI |  |  | failed: a \\| b c |  | **no** |");
    }
}
