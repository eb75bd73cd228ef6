//! What `strace` saw: which points there are, and in which phase a run was killed.

/// Where to kill: at the n-th call of a system call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// `writev`, `rename`, …
    pub call: String,
    /// From 1.
    pub ordinal: usize,
    /// Counted are calls on the journal alone: other threads force files to the disk, too.
    pub on_journal: bool,
}

/// One call, in the order they began.
#[derive(Clone, Debug)]
struct Event {
    point: Point,
    phase: &'static str,
}

/// What a whole run does.
pub struct Plan {
    events: Vec<Event>,
    /// How often files in `.upd/new` are written to; other threads force them to the disk.
    staged: usize,
    /// How often the journal is.
    journal: usize,
    of_server: bool,
}

/// The calls of one process: its name and the whole line. The first line's process is the one that counts.
fn calls(trace: &str) -> Vec<(&str, &str)> {
    let process = |line: &str| line.split_whitespace().next().map(str::to_owned);
    let main = trace.lines().next().and_then(process);
    let of_main = trace.lines().filter(|line| process(line) == main);
    let mut all = Vec::new();
    for line in of_main {
        let Some((_, call)) = line.split_once(' ') else { continue };
        let call = call.trim_start();
        if let Some((name, _)) = call.split_once('(')
            && !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        {
            all.push((name, line));
        }
    }
    all
}

impl Plan {
    /// Of the program's trace.
    pub fn read(trace: &str) -> Self {
        let all = calls(trace);
        let synced =
            |part: &str| all.iter().filter(|(name, line)| *name == "fsync" && line.contains(part)).count();
        let mut plan = Self {
            events: vec![],
            staged: all.iter().filter(|(name, line)| is_staging(name, line)).count(),
            journal: synced("/.upd/J>"),
            of_server: false,
        };
        assert!(plan.staged > 50 && plan.journal > 4, "{} staged, {} records", plan.staged, plan.journal);
        plan.events = plan.events_of(trace);
        plan
    }

    /// Of the trace of Wine's server.
    pub fn of_server(trace: &str) -> Self {
        let mut plan = Self { events: vec![], staged: 0, journal: 0, of_server: true };
        plan.events = plan.events_of(trace);
        plan
    }

    fn events_of(&self, trace: &str) -> Vec<Event> {
        let mut ordinals = std::collections::HashMap::<&str, usize>::new();
        let mut events = Vec::new();
        let (mut work, mut staged, mut journal) = (false, 0, 0);
        for (call, line) in calls(trace) {
            let ordinal = ordinals.entry(call).or_insert(0);
            *ordinal += 1;
            let phase = if self.of_server {
                server_phase(call, line)
            } else {
                work |= line.contains("/.upd/");
                let phase = match (staged, journal) {
                    _ if !work => "look",
                    (staged, _) if staged < self.staged => "stage",
                    (_, 0 | 1) => "journal",
                    (_, 2) => "swap",
                    // The record of the commit is written, and forced to the disk.
                    (_, now) if now + 1 == self.journal && line.contains("/.upd/J>") => "commit",
                    (_, now) if now < self.journal => "steps",
                    _ => "clean-up",
                };
                staged += usize::from(is_staging(call, line));
                if call == "fsync" {
                    journal += usize::from(line.contains("/.upd/J>"));
                }
                phase
            };
            let point = Point { call: call.to_owned(), ordinal: *ordinal, on_journal: false };
            events.push(Event { point, phase });
        }
        events
    }

    /// Right before the record of the commit is written, and right before it is forced to the disk: each is the last of
    /// its kind on the journal.
    pub fn commit(&self, trace: &str) -> Vec<Point> {
        let on_journal = |call: &str| {
            calls(trace).iter().filter(|(name, line)| *name == call && line.contains("/.upd/J>")).count()
        };
        let point = |call: &str| {
            let ordinal = on_journal(call);
            assert!(ordinal > 4, "{ordinal} calls of {call} on the journal");
            Point { call: call.to_owned(), ordinal, on_journal: true }
        };
        vec![point("write"), point("fsync")]
    }

    /// So many points of each phase, spread evenly over it.
    pub fn spread(&self, wanted: &[(&str, usize)]) -> Vec<Point> {
        let mut points = Vec::new();
        for (phase, count) in wanted {
            // How many files Wine opens and writes while it starts is not always the same; what it asks its server is.
            // Each thread counts for itself, and those that force files to the disk would be first with fsync.
            let counts = |event: &&Event| self.of_server || event.point.call == "writev";
            let of_phase: Vec<&Event> =
                self.events.iter().filter(|event| event.phase == *phase).filter(counts).collect();
            assert!(!of_phase.is_empty(), "no call in the phase {phase}");
            // Wine starts in the first phase, and ends the process in the last: some calls more or less.
            let (first, end) = match *phase {
                "look" => (of_phase.len() / 2, of_phase.len()),
                "clean-up" if !self.of_server => (0, of_phase.len() * 9 / 10),
                _ => (0, of_phase.len()),
            };
            let last = end.saturating_sub(first + 1);
            let mut places: Vec<usize> =
                (0..*count).map(|n| first + n * last / (*count - 1).max(1)).collect();
            places.dedup();
            points.extend(places.into_iter().map(|place| of_phase[place].point.clone()));
        }
        points
    }

    /// The phase of the last call of a run that was killed at a point.
    pub fn phase_at_end(&self, point: &Point, trace: &str) -> String {
        if point.on_journal {
            return "commit".to_owned();
        }
        let events = self.events_of(trace);
        let last = events.last().unwrap_or_else(|| panic!("nothing was done"));
        last.phase.to_owned()
    }
}

/// Whether a call writes to a file that is staged.
fn is_staging(call: &str, line: &str) -> bool {
    matches!(call, "write" | "writev") && line.contains("/.upd/new/")
}

/// By what is made, renamed or deleted.
fn server_phase(call: &str, line: &str) -> &'static str {
    let product = line.contains("/Node Runtime/");
    match call {
        "openat" if product && line.contains("/.upd/new/") && line.contains("O_CREAT") => "stage",
        "mkdir" if product && line.contains("/.upd") => "stage",
        "rename" | "mkdir" if product => "swap",
        "rename" if line.contains(".reg\"") => "registry",
        "unlink" | "rmdir" if product => "clean-up",
        _ => "other",
    }
}
