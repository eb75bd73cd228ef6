use super::*;

/// RFC 8032 section 7.1, test 1.
const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
const PUBLIC: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

#[test]
fn a_seed_gives_the_public_key_and_signature_of_the_rfc() {
    let key = ReleaseKey::parse(SEED, "test").unwrap();
    assert_eq!(key.public(), PublicKey::parse(PUBLIC, "test").unwrap());
    let signature = key.sign(b"");
    assert_eq!(hex(&signature)[..32], *"e5564300c360ac729086e2cc806e828a");
    assert!(key.public().verify(b"", &signature));
    assert!(!key.public().verify(b"x", &signature));
}

#[test]
fn files_are_read_back_and_written_once() {
    let dir = tempfile::tempdir().unwrap();
    let dir = Utf8Path::from_path(dir.path()).unwrap().join("keys");
    let key = ReleaseKey::generate();
    let (public, private) = write_pair(&dir, &key).unwrap();
    let loaded = PublicKey::load(&public).unwrap();
    assert_eq!(loaded, key.public());
    assert_eq!(ReleaseKey::load(&KeySource::File(private.clone()), loaded).unwrap().public(), loaded);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&private).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let before = std::fs::read(&private).unwrap();
    assert!(matches!(write_pair(&dir, &ReleaseKey::generate()), Err(Error::Exists { .. })));
    std::fs::remove_file(&public).unwrap();
    assert!(matches!(write_pair(&dir, &ReleaseKey::generate()), Err(Error::Exists { .. })));
    assert_eq!(std::fs::read(&private).unwrap(), before);
    assert!(!public.exists());
}

#[test]
fn comments_blank_lines_and_case_do_not_matter() {
    let text = format!("\u{feff}# a comment\r\n\r\n  {}  \r\n# end", PUBLIC.to_uppercase());
    assert_eq!(PublicKey::parse(&text, "x").unwrap(), PublicKey::parse(PUBLIC, "x").unwrap());
}

#[test]
fn what_is_no_key_is_refused_without_being_shown() {
    let zeros = "0".repeat(64);
    for text in [
        "",
        "# only a comment",
        &SEED[1..],
        &format!("{SEED}0"),
        &format!("{SEED}\n{SEED}"),
        &SEED.replace('d', "ß"),
        &zeros,
    ] {
        let error = ReleaseKey::parse(text, "the file `k`").unwrap_err().to_string();
        assert!(error.contains("the file `k`") && !error.contains("9d61"), "{error}");
    }
    // The neutral point: everything verifies.
    assert!(PublicKey::parse(&format!("01{}", "0".repeat(62)), "x").is_err());
    assert!(!format!("{:?}", ReleaseKey::parse(SEED, "x").unwrap()).contains("9d61"));
}

#[test]
fn a_private_key_of_another_pair_is_told_with_both_public_keys() {
    let dir = tempfile::tempdir().unwrap();
    let path = Utf8Path::from_path(dir.path()).unwrap().join("release.key");
    std::fs::write(&path, SEED).unwrap();
    let other = ReleaseKey::generate().public();
    let error = ReleaseKey::load(&KeySource::File(path), other).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains(PUBLIC) && text.contains(&hex(&other.0)) && text.contains("made together"),
        "{text}"
    );
    assert!(matches!(BuildError::from(error), BuildError::Input(_)));
}

#[test]
fn a_missing_key_names_its_source() {
    let source = KeySource::Env("PACKAGER_TEST_NO_SUCH_KEY".into());
    let text = ReleaseKey::load(&source, PublicKey([1; 32])).unwrap_err().to_string();
    assert!(text.contains("PACKAGER_TEST_NO_SUCH_KEY") && text.contains("private-key-file"), "{text}");
    let error = PublicKey::load(Utf8Path::new("no/such/release.pub")).unwrap_err();
    assert!(error.to_string().contains("no/such/release.pub"));
    assert!(matches!(BuildError::from(error), BuildError::Input(_)));
}
