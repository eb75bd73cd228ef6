//! Releases from a web server: first install, update, and what web servers do.

use std::fs;
use std::path::Path;

use packager_tests::installer::{Exe, Installer};
use packager_tests::prefix::{Prefix, Ran};
use packager_tests::product::{Release, Source};
use packager_tests::registry::{Value, View};
use packager_tests::state::listing;
use packager_tests::tls::Front;
use packager_tests::web::{Server, Trouble};

use crate::acme::SETUP;
use crate::share::run_bootstrap;

const ARCH: &str = "x64";
const INSTALLED: &str = r"C:\Program Files\Acme\Endpoint Agent\autopcc.exe";
/// A file of the payload that only the second release has, large enough to be broken off twice.
const LARGE: &str = "data/groß 100%.bin";

/// A server, and two releases that name it as their source; the folder is empty.
struct Site {
    server: Server,
    old: Release,
    new: Release,
    folder: std::path::PathBuf,
}

impl Site {
    /// `sources` around the server's own URL.
    fn new(name: &str, before: &str, after: &str) -> Self {
        Self::at(name, |server, _| format!("[{before}'{}'{after}]", server.url()))
    }

    /// `sources` as it is said for the server and a folder.
    fn at(name: &str, sources: impl FnOnce(&Server, &Path) -> String) -> Self {
        let old = Source::new(&format!("{name}-old"));
        let folder = old.folder.with_file_name("site");
        fs::create_dir_all(&folder).expect("the folder is made");
        let server = Server::new(&folder);
        let sources = sources(&server, &folder);
        let new = Source::new(&format!("{name}-new"));
        for source in [&old, &new] {
            source.edit("agent.toml", r"['\\files.acme.example\agent']", &sources);
        }
        let large: Vec<u8> =
            (0..700_000u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        new.edit("agent.toml", "serial           = 42", "serial           = 44");
        new.write(&format!("payload/x64/{LARGE}"), &large);
        let build = |source: &Source| source.build("agent.toml", &["--arch", ARCH]);
        Self { server, old: build(&old), new: build(&new), folder }
    }

    fn publish(&self, release: &Release) {
        fs::remove_dir_all(&self.folder).expect("the old release is removed");
        packager_tests::product::copy_tree(&release.share(), &self.folder);
    }

    /// A machine with the first release, and the second one on the server.
    fn updating(&self) -> Prefix {
        let mut prefix = Prefix::new();
        prefix.boot();
        Exe.install(&prefix, &self.old, ARCH, &[]).expect(0);
        self.publish(&self.new);
        prefix.boot();
        prefix
    }
}

fn update(prefix: &Prefix) -> Ran {
    run_bootstrap(prefix, INSTALLED, "-u")
}

fn serial(prefix: &mut Prefix) -> Option<u32> {
    match prefix.registry().value(SETUP, View::Bits64, "Serial") {
        Some(Value::Dword(serial)) => Some(*serial),
        _ => None,
    }
}

#[track_caller]
fn assert_updated(prefix: &mut Prefix, site: &Site) {
    assert_eq!(serial(prefix), Some(44));
    for (path, host) in site.new.files(ARCH) {
        if !path.starts_with("conf\\") {
            let there = prefix.host_path(&format!(r"C:\Program Files\Acme\Endpoint Agent\{path}"));
            assert_eq!(fs::read(there).ok(), fs::read(host).ok(), "{path}");
        }
    }
}

#[test]
fn installed_and_updated_from_the_web() {
    let site = Site::new("web-plain", "", "");
    site.publish(&site.old);
    let mut prefix = Prefix::new();
    prefix.boot();
    // Handed out by itself, without the share.
    let alone = prefix.bring(&site.folder.join("autopcc.exe"));
    run_bootstrap(&prefix, &alone, "").expect(0);
    assert_eq!(serial(&mut prefix), Some(42));
    site.server.requests();
    prefix.boot();
    update(&prefix).expect(0);
    let requests = site.server.requests();
    assert_eq!(requests.len(), 1, "nothing new is one request: {requests:#?}");
    assert!(requests[0].sent < 4_096 && requests[0].path == "/release.idx");
    assert!(
        !requests[0].headers.contains_key("cookie") && !requests[0].headers.contains_key("authorization")
    );
    site.publish(&site.new);
    prefix.boot();
    update(&prefix).expect(0);
    assert_updated(&mut prefix, &site);
    let paths: Vec<String> = site.server.requests().into_iter().map(|request| request.path).collect();
    assert_eq!(
        paths,
        [
            "/release.idx",
            "/files/44/x64/files.idx",
            "/files/44/x64/plan.bin",
            "/files/44/x64/autopcc.exe",
            "/files/44/x64/data/gro%C3%9F%20100%25.bin"
        ]
    );
    // Older than what is installed.
    site.publish(&site.old);
    prefix.boot();
    let before = prefix.state();
    prefix.boot();
    update(&prefix).expect(1638);
    assert_eq!(listing(&before.differences(&prefix.state())), "");
}

#[test]
fn a_broken_download_goes_on_where_it_broke() {
    let site = Site::new("web-breaks", "", "");
    let mut prefix = site.updating();
    site.server.trouble("%C3%9F", Trouble::Break(1_000_000), 2);
    update(&prefix).expect(0);
    let requests = site.server.requests();
    let large: Vec<_> = requests.iter().filter(|request| request.path.contains("%C3%9F")).collect();
    assert_eq!(large.len(), 3, "{large:#?}");
    assert!(large[1].headers.contains_key("range") && large[2].headers.contains_key("range"));
    let sent: usize = large.iter().map(|request| request.sent).sum();
    assert!(sent < 2_800_000 + 200_000, "{sent} bytes for 2,800,000");
    assert_updated(&mut prefix, &site);
}

#[test]
fn a_server_without_ranges_sends_it_again() {
    let site = Site::new("web-norange", "", "");
    let mut prefix = site.updating();
    site.server.trouble("%C3%9F", Trouble::Break(1_000_000), 1);
    site.server.trouble("%C3%9F", Trouble::NoRange, 1);
    site.server.trouble("release.idx", Trouble::Status(503, 1), 1);
    site.server.trouble("plan.bin", Trouble::Status(429, 2), 1);
    update(&prefix).expect(0);
    assert_updated(&mut prefix, &site);
}

#[test]
fn the_next_source_serves_when_the_first_does_not() {
    // Port 9 of this computer is nobody's; the second one has nothing.
    let site = Site::new("web-next", "'http://127.0.0.1:9/a', ", "");
    let mut prefix = site.updating();
    update(&prefix).expect(0);
    assert_updated(&mut prefix, &site);
    let other = Site::new("web-middle", "", ", 'W:\\share'");
    let mut prefix = other.updating();
    packager_tests::product::copy_tree(&other.new.share(), &prefix.desk().join("share"));
    other.server.trouble("%C3%9F", Trouble::Alter, 9);
    update(&prefix).expect(0);
    assert_updated(&mut prefix, &other);
}

#[test]
fn what_cannot_be_had_or_was_altered_changes_nothing() {
    let site = Site::new("web-fails", "", "");
    let mut prefix = site.updating();
    prefix.shut_down();
    let before = prefix.state();
    for (part, trouble, code) in [
        ("%C3%9F", Trouble::Alter, 1620),
        ("plan.bin", Trouble::Alter, 1620),
        ("release.idx", Trouble::Alter, 1620),
        ("release.idx", Trouble::Status(404, 0), 1619),
        ("%C3%9F", Trouble::Status(403, 0), 1619),
        ("release.idx", Trouble::Status(503, 3_600), 1619),
        ("release.idx", Trouble::Redirect("/nowhere"), 1619),
        ("release.idx", Trouble::Silence, 1619),
    ] {
        site.server.trouble(part, trouble, 1);
        prefix.boot();
        update(&prefix).expect(code);
        prefix.shut_down();
        let mut differences = before.differences(&prefix.state());
        // What came before the failure is kept for the next run, beside the product.
        differences.retain(|difference| !difference.subject.contains(r"\.upd"));
        assert_eq!(listing(&differences), "", "{part} {trouble:?}");
    }
    // Nothing is left of all that: the next run updates.
    prefix.boot();
    update(&prefix).expect(0);
    assert_updated(&mut prefix, &site);
}

#[test]
fn over_https_the_certificate_decides() {
    let mut made = None;
    let site = Site::at("web-tls", |server, folder| {
        let front = made.insert(Front::new(&folder.with_file_name("tls"), server.port));
        format!("['{}']", front.url())
    });
    let mut front = made.expect("it was made");
    let mut prefix = site.updating();
    prefix.shut_down();
    let mut before = prefix.state();
    for (host, trusted) in [("127.0.0.1", false), ("agents.acme.example", true)] {
        front.shows(host);
        prefix.boot();
        if trusted {
            fs::write(prefix.desk().join("ca.reg"), front.authority()).expect("written");
            prefix.run("regedit.exe", "W:\\ca.reg").expect(0);
            before = prefix.state();
            prefix.boot();
        }
        let ran = update(&prefix).expect(1619);
        let line = format!("source {}: ", front.url());
        assert!(ran.output.contains(&line), "{}", ran.output);
        assert_eq!(site.server.requests(), [], "nothing was asked of it: {host}");
        let mut differences = before.differences(&prefix.state());
        // Whoever looks at a certificate has Wine make the stores they are in.
        differences.retain(|difference| !difference.subject.contains(r"\SystemCertificates"));
        assert_eq!(listing(&differences), "", "{host}");
    }
    front.shows("127.0.0.1");
    prefix.boot();
    update(&prefix).expect(0);
    assert_updated(&mut prefix, &site);
}
