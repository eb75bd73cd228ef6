//! Conditional statements: whether they are well formed, and what they refer to.
//!
//! <https://learn.microsoft.com/windows/win32/msi/conditional-statement-syntax>

/// What a symbol in a condition is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SymbolKind {
    /// A property.
    Property,
    /// `%`: an environment variable.
    Environment,
    /// `$`: the action state of a component.
    ComponentAction,
    /// `?`: the installed state of a component.
    ComponentState,
    /// `&`: the action state of a feature.
    FeatureAction,
    /// `!`: the installed state of a feature.
    FeatureState,
}

/// A symbol in a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Symbol<'a> {
    /// What it names.
    pub kind: SymbolKind,
    /// The name, without its prefix.
    pub name: &'a str,
}

/// How deep parentheses and NOTs may nest: far beyond use, so that hostile text cannot exhaust the stack.
const MAX_DEPTH: u32 = 200;

/// The symbols of a condition in their order; `None` when it is not well formed. An empty condition is.
#[must_use]
pub fn parse(text: &str) -> Option<Vec<Symbol<'_>>> {
    let mut parser = Parser { rest: text, symbols: Vec::new() };
    parser.skip();
    if !parser.rest.is_empty() {
        parser.expression(0)?;
    }
    parser.rest.is_empty().then_some(parser.symbols)
}

struct Parser<'a> {
    rest: &'a str,
    symbols: Vec<Symbol<'a>>,
}

const LOGICAL: [&str; 5] = ["AND", "OR", "XOR", "EQV", "IMP"];

impl<'a> Parser<'a> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }

    fn eat(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                self.skip();
                true
            }
            None => false,
        }
    }

    /// The identifier at the front, empty if there is none.
    fn peek_word(&self) -> &'a str {
        let end = self
            .rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'))
            .unwrap_or(self.rest.len());
        match self.rest.get(..end) {
            Some(word) if !word.starts_with(|c: char| c.is_ascii_digit() || c == '.') => word,
            _ => "",
        }
    }

    fn take(&mut self, len: usize) {
        self.rest = self.rest.get(len..).unwrap_or("");
        self.skip();
    }

    /// All logical operators alike: precedence does not change what is well formed.
    fn expression(&mut self, depth: u32) -> Option<()> {
        loop {
            self.factor(depth)?;
            let word = self.peek_word();
            if !LOGICAL.iter().any(|operator| word.eq_ignore_ascii_case(operator)) {
                return Some(());
            }
            self.take(word.len());
        }
    }

    fn factor(&mut self, depth: u32) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        while self.peek_word().eq_ignore_ascii_case("NOT") {
            self.take(3);
        }
        if self.eat("(") {
            self.expression(depth + 1)?;
            return self.eat(")").then_some(());
        }
        self.value()?;
        if self.operator() { self.value() } else { Some(()) }
    }

    fn operator(&mut self) -> bool {
        let before = self.rest;
        let _ = self.eat("~");
        // Longer ones first.
        for operator in ["<>", "<=", ">=", "><", "<<", ">>", "=", "<", ">"] {
            if self.eat(operator) {
                return true;
            }
        }
        self.rest = before;
        false
    }

    fn value(&mut self) -> Option<()> {
        let mut chars = self.rest.chars();
        let kind = match chars.next()? {
            '"' => {
                let len = chars.as_str().find('"')?;
                self.take(len + 2);
                return Some(());
            }
            c if c.is_ascii_digit() || c == '-' => return self.integer(),
            '%' => SymbolKind::Environment,
            '$' => SymbolKind::ComponentAction,
            '?' => SymbolKind::ComponentState,
            '&' => SymbolKind::FeatureAction,
            '!' => SymbolKind::FeatureState,
            _ => SymbolKind::Property,
        };
        if kind != SymbolKind::Property {
            self.rest = chars.as_str();
        }
        let name = self.peek_word();
        let reserved = kind == SymbolKind::Property
            && LOGICAL.iter().chain(&["NOT"]).any(|operator| name.eq_ignore_ascii_case(operator));
        if name.is_empty() || reserved {
            return None;
        }
        self.symbols.push(Symbol { kind, name });
        self.take(name.len());
        Some(())
    }

    fn integer(&mut self) -> Option<()> {
        let digits = self.rest.strip_prefix('-').unwrap_or(self.rest);
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        let after = digits.get(end..).unwrap_or("");
        if end == 0 || after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '.') {
            return None;
        }
        self.rest = after;
        self.skip();
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Option<Vec<&str>> {
        parse(text).map(|symbols| symbols.iter().map(|symbol| symbol.name).collect())
    }

    #[test]
    fn well_formed() {
        for (text, symbols) in [
            ("", vec![]),
            ("1", vec![]),
            ("NOT Installed", vec!["Installed"]),
            ("not not (A and B) OR \"x y\" ~= C", vec!["A", "B", "C"]),
            ("REMOVE=\"ALL\" AND NOT UPGRADINGPRODUCTCODE", vec!["REMOVE", "UPGRADINGPRODUCTCODE"]),
            ("VersionNT >= 601 Imp A<>-1", vec!["VersionNT", "A"]),
            ("&Main=3 AND !Main<>3 AND $C1>2 AND ?C2=3 AND %PATH", vec!["Main", "Main", "C1", "C2", "PATH"]),
            ("A><\"b\"", vec!["A"]),
            ("NOTHING", vec!["NOTHING"]),
        ] {
            assert_eq!(names(text), Some(symbols), "{text}");
        }
        assert_eq!(parse("&F"), Some(vec![Symbol { kind: SymbolKind::FeatureAction, name: "F" }]));
    }

    #[test]
    fn ill_formed() {
        for text in [
            "(",
            ")",
            "A B",
            "A AND",
            "AND A",
            "\"open",
            "A = ",
            "= A",
            "NOT",
            "A == B",
            "1.5",
            "A + B",
            "()",
            "a AND OR b",
            "1a",
        ] {
            assert_eq!(names(text), None, "{text}");
        }
        assert_eq!(names(&"(".repeat(100_000)), None);
        assert_eq!(names(&format!("{}A{}", "(".repeat(100), ")".repeat(100))), Some(vec!["A"]));
    }
}
