//! What the bootstrap costs the server, as a Markdown table: `cargo bench -p packager-engine --features sim --bench bootstrap` writes it to
//! `packager/benches/BOOTSTRAP.md`. Requests and bytes are counted on the simulated machine; times are of this machine
//! alone, and nothing hangs on them.

use std::fmt::Write as _;
use std::time::Instant;

use packager_engine::sim::large::{self, INSTALLED};
use packager_engine::sim::{Traffic, World};

const SHARE: &str = r"\\server\share";
const SITE: &str = "https://agents.example";
const DISK: &str = "W:\\site";
const SIZES: [usize; 3] = [10, 2_184, 50_000];
const CLIENTS: usize = 50_000;
/// The length of the storm, in seconds.
const STORM: usize = 1_800;
/// Clients whose every request is simulated; the others do the same at other times.
const SAMPLE: usize = 200;

fn main() {
    let project = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let stub = std::fs::metadata(project.join("payload/prebuilt/stub-x86.exe")).expect("the stub").len();
    let mut out = String::from("# What the bootstrap costs the server\n\n");
    out.push_str("Written by `cargo bench -p packager-engine --features sim --bench bootstrap`, on the simulated machine. Opens, reads, requests and\n");
    out.push_str("bytes are counts and the same everywhere; tests hold them (`payload/engine/src/flows/tests/cost.rs`). Seconds are of\n");
    let _ = writeln!(out, "this machine: {}.\n", machine());
    let _ = writeln!(
        out,
        "The stub around each bootstrap has {stub} bytes; Windows maps it when it is started from a share, and the copy in\nthe install directory is replaced with each release.\n"
    );
    nothing_to_do(&mut out, stub);
    one_file(&mut out, stub);
    storm(&mut out, stub);
    out.push_str(NOTES);
    print!("{out}");
    std::fs::write(project.join("packager/benches/BOOTSTRAP.md"), out).expect("the page is written");
}

const NOTES: &str = "
The storm: 50,000 computers ask at random moments of half an hour. Each of 200 is simulated request by request, with a
random number of its own; the others repeat these at their own moments. The server answers at once: what queues there do
is not in it. \"A look at each file\" is what a bootstrap does that compares its files with those of the share: at least
one question for size and time per file.
";

fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(": unknown processor");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{}, {cores} processors, {}", name.trim_start_matches([' ', '\t', ':']), std::env::consts::OS)
}

fn nothing_to_do(out: &mut String, stub: u64) {
    out.push_str("## Nothing to do\n\n| files | run | opens | reads | bytes from the share | a look at each file | seconds |\n");
    out.push_str("| ---: | --- | ---: | ---: | ---: | ---: | ---: |\n");
    for count in SIZES {
        let product = large::large(7, count, b"one");
        let mut world = large::with(&product);
        let bootstrap = product.publish(&mut world, SHARE);
        for (program, name, image) in
            [(INSTALLED, "the installed copy", 0), (&bootstrap, "from the share", stub)]
        {
            let timer = Instant::now();
            assert_eq!(world.launch(program, "/quiet"), 0, "{:#?}", world.log);
            let Traffic { opens, reads, bytes, .. } = world.traffic_below(SHARE);
            let bytes =
                if image > 0 { format!("{bytes} and at most {image} mapped") } else { bytes.to_string() };
            let seconds = timer.elapsed().as_secs_f64();
            let _ = writeln!(
                out,
                "| {count} | {name} | {opens} | {reads} | {bytes} | {count} looks | {seconds:.3} |"
            );
        }
    }
}

fn one_file(out: &mut String, stub: u64) {
    let (old, new) = (large::large(7, 50_000, b"one"), large::large(8, 50_000, b"two"));
    let mut world = large::with(&old);
    new.publish(&mut world, SHARE);
    let timer = Instant::now();
    assert_eq!(world.launch(INSTALLED, "/quiet"), 0, "{:#?}", world.log);
    let seconds = timer.elapsed().as_secs_f64();
    let _ = writeln!(
        out,
        "\n## One file of 50,000 changes ({seconds:.1} s)\n\n| file | opens | bytes |\n| --- | ---: | ---: |"
    );
    for (path, traffic) in &world.traffic {
        let own = if path.ends_with("autopcc.exe") { stub } else { 0 };
        let name = path.trim_start_matches(SHARE);
        let _ = writeln!(out, "| `{name}` | {} | {} |", traffic.opens, traffic.bytes + own);
    }
}

/// What a client asks for: milliseconds since its first request, and bytes.
fn requests(start: &World, seed: u64, stub: u64) -> Vec<(u64, u64)> {
    let mut world = start.clone();
    (world.now, world.seed) = (0, seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    world.web.asked.clear();
    assert_eq!(world.launch(INSTALLED, "-u /quiet"), 0, "{:#?}", world.log);
    let size = |url: &str| {
        let path = format!("{DISK}{}", url.trim_start_matches(SITE).replace('/', "\\"));
        let own = if path.ends_with("autopcc.exe") { stub } else { 0 };
        world.content(&path).map_or(0, |content| content.len() as u64) + own
    };
    world.web.asked.iter().map(|asked| (asked.at, size(&asked.url))).collect()
}

fn storm(out: &mut String, stub: u64) {
    let _ = writeln!(out, "\n## 50,000 computers in half an hour, 2,184 files\n");
    out.push_str("| case | requests | bytes | most requests in a second | most bytes in a second | last request after |\n");
    out.push_str("| --- | ---: | ---: | ---: | ---: | ---: |\n");
    let _ = writeln!(
        out,
        "| a look at each file, nothing new | {} | | {} | | 30 min |",
        CLIENTS * 2_184,
        busiest(&vec![vec![(0, 0); 1]; 1]).0 * 2_184
    );
    for (name, new, spread) in [
        ("nothing new", false, 0),
        ("a new release, one file of 1 MB", true, 0),
        ("the same, `spread = \"1h\"`", true, 3_600),
        ("the same, `spread = \"4h\"`", true, 14_400),
    ] {
        let product = |serial, content: &[u8]| {
            let mut product = large::large(serial, 2_184, content);
            product.plan.bootstrap.sources = vec![SITE.into()];
            product.plan.bootstrap.spread_s = spread;
            product
        };
        let mut world = large::with(&product(7, b"one"));
        let content = vec![7; 1_000_000];
        if new { product(8, &content) } else { product(7, b"one") }.publish(&mut world, DISK);
        world.web.sites.push((SITE.into(), DISK.into()));
        let sample: Vec<_> = (0..SAMPLE as u64).map(|seed| requests(&world, seed, stub)).collect();
        let (most, most_bytes, total, bytes, end) = busiest(&sample);
        let _ = writeln!(
            out,
            "| {name} | {total} | {:.2} GB | {most} | {:.2} MB | {} min |",
            bytes as f64 / 1e9,
            most_bytes as f64 / 1e6,
            end / 60
        );
    }
}

/// Requests and bytes of the busiest seconds, all of them, and the last second.
fn busiest(sample: &[Vec<(u64, u64)>]) -> (u64, u64, u64, u64, usize) {
    let mut seconds = vec![(0u64, 0u64); STORM + 90_000];
    let mut random = 1u64;
    for client in 0..CLIENTS {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let start = (random >> 33) % (STORM as u64 * 1_000);
        for (at, bytes) in &sample[client % sample.len()] {
            let second = &mut seconds[((start + at) / 1_000) as usize];
            *second = (second.0 + 1, second.1 + bytes);
        }
    }
    let most = |of: fn(&(u64, u64)) -> u64| seconds.iter().map(of).max().unwrap_or(0);
    let all = |of: fn(&(u64, u64)) -> u64| seconds.iter().map(of).sum();
    let end = seconds.iter().rposition(|second| second.0 > 0).unwrap_or(0);
    (most(|s| s.0), most(|s| s.1), all(|s| s.0), all(|s| s.1), end)
}
