//! Programs that somebody signs with Authenticode after they were built: they work as before, and what follows the
//! table of certificates, which no signature covers, is refused (CVE-2013-3900).
//!
//! The certificate is made here and nobody trusts it. Whether Windows shows its name is not looked at.

use std::fs;
use std::path::Path;

use packager_tests::host;
use packager_tests::installer::setup;
use packager_tests::prefix::Prefix;
use packager_tests::product::{acme_42, acme_43, copy_tree, packager};
use packager_tests::state::listing;

use crate::acme::{Expected, look};
use crate::share::run_bootstrap;

const ARCH: &str = "x64";
const COPY: &str = r"C:\Program Files\Acme\Endpoint Agent\autopcc.exe";

const OURS: &str = r"W:\share\autopcc.exe";

/// A certificate for programs, and its key.
struct Signer {
    folder: tempfile::TempDir,
}

impl Signer {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let arguments = "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 30 -subj /CN=Acme \
                         -addext extendedKeyUsage=codeSigning";
        let arguments: Vec<&str> = arguments.split_whitespace().collect();
        host::run(folder.path(), "openssl", &arguments).expect_success("openssl");
        Self { folder }
    }

    /// Signs a program where it is.
    fn sign(&self, program: &Path) {
        let (before, signed) =
            (fs::read(program).expect("it is read"), self.folder.path().join("signed.exe"));
        let _ = fs::remove_file(&signed);
        let program_text = program.to_str().expect("UTF-8");
        let keys = ["sign", "-certs", "cert.pem", "-key", "key.pem", "-h", "sha256"];
        let files = ["-in", program_text, "-out", "signed.exe"];
        let arguments: Vec<&str> = keys.into_iter().chain(files).collect();
        host::run(self.folder.path(), "osslsigncode", &arguments).expect_success("osslsigncode");
        let after = fs::read(&signed).expect("it is read");
        assert!(after.len() > before.len() + 500, "nothing was signed");
        // A copy may be a second name of what was built.
        fs::remove_file(program).expect("it is removed");
        fs::copy(&signed, program).expect("it is copied");
    }
}

/// Runs `refused` with several things behind the program, and leaves the program as it was.
fn with_something_behind(program: &Path, mut refused: impl FnMut(&str)) {
    let signed = fs::read(program).expect("it is read");
    for what in [&[0; 8][..], b"x", &signed[signed.len() - 4096..]] {
        fs::write(program, [&signed, what].concat()).expect("it is written");
        refused(&format!("{} bytes behind the certificates", what.len()));
    }
    fs::write(program, signed).expect("it is written");
}

#[test]
fn a_signed_setup_installs_and_refuses_what_follows_its_signature() {
    let mut prefix = Prefix::new();
    let program = prefix.desk().join("signed.exe");
    fs::copy(acme_42().exe(ARCH), &program).expect("it is copied");
    Signer::new().sign(&program);
    packager(&prefix.desk(), &["verify", "signed.exe"]).expect_success("packager verify");
    prefix.boot();
    prefix.shut_down();
    let before = prefix.state();
    prefix.boot();
    with_something_behind(&program, |what| {
        let ran = setup(&prefix, &program, "/quiet");
        assert_eq!(ran.code, Some(1620), "{what}:\n{}", ran.output);
    });
    assert_eq!(listing(&before.differences(&prefix.state())), "");
    prefix.boot();
    setup(&prefix, &program, "/quiet").expect(0);
    let seen = look(&mut prefix);
    Expected::new(acme_42(), ARCH, false, "engine").assert(&prefix, &seen);
}

/// Those of the share and of the installation.
#[test]
fn signed_bootstraps_work_and_refuse_what_follows_their_signatures() {
    let signer = Signer::new();
    let mut prefix = Prefix::new();
    let share = prefix.desk().join("share");
    copy_tree(&acme_43().share(), &share);
    prefix.map_share("files.acme.example", "agent", &share);
    prefix.boot();
    setup(&prefix, &acme_42().exe(ARCH), "/quiet").expect(0);
    let before = prefix.state();
    prefix.boot();
    let (ours, copy) = (share.join("autopcc.exe"), prefix.host_path(COPY));
    signer.sign(&ours);
    with_something_behind(&ours, |what| {
        let ran = run_bootstrap(&prefix, OURS, "-u");
        assert_eq!(ran.code, Some(1620), "{what}:\n{}", ran.output);
    });
    assert_eq!(listing(&before.differences(&prefix.state())), "");
    prefix.boot();
    run_bootstrap(&prefix, OURS, "-u").expect(0);
    let seen = look(&mut prefix);
    Expected { edited: true, ..Expected::new(acme_43(), ARCH, true, "engine") }.assert(&prefix, &seen);

    signer.sign(&copy);
    let before = prefix.state();
    prefix.boot();
    for arguments in ["-u", "/repair", "/uninstall"] {
        with_something_behind(&copy, |what| {
            let ran = run_bootstrap(&prefix, COPY, arguments);
            assert_eq!(ran.code, Some(1620), "{arguments}, {what}:\n{}", ran.output);
        });
    }
    assert_eq!(listing(&before.differences(&prefix.state())), "");
    prefix.boot();
    let again = run_bootstrap(&prefix, COPY, "-u").expect(0);
    assert!(again.output.contains("exit=0 action=none"), "{}", again.output);
    run_bootstrap(&prefix, COPY, "/uninstall").expect(0);
    assert!(!copy.exists());
}

/// What an update believes of an installed copy hangs on its every byte (`an_uninstall_believes_no_planted_package`).
#[test]
fn a_bootstrap_signed_where_it_is_installed_is_not_the_released_one() {
    let mut prefix = Prefix::new();
    let share = prefix.desk().join("share");
    copy_tree(&acme_43().share(), &share);
    prefix.map_share("files.acme.example", "agent", &share);
    prefix.boot();
    setup(&prefix, &acme_42().exe(ARCH), "/quiet").expect(0);
    let copy = prefix.host_path(COPY);
    Signer::new().sign(&copy);
    let ran = run_bootstrap(&prefix, COPY, "-u").expect(0);
    assert!(ran.output.contains("this is not the release that was installed"), "{}", ran.output);
    // The new release is there all the same, and what only the old one had stays.
    assert!(copy.with_file_name("tools").join("trace.txt").exists());
    assert!(copy.with_file_name("data").join("regions/us.json").exists());
}
