use super::*;
use alloc::vec;

const OFFER: Offer<'static> = Offer { version: [2, 0, 0, 0], serial: 5, floor: 3, digest: "new" };

fn engine(version: u16, serial: u32, digest: &str) -> Found {
    Found {
        dir: Some("C:\\App".into()),
        broken: false,
        state: true,
        managed_by: Some(Manager::Engine),
        version: Some([version, 0, 0, 0]),
        serial: Some(serial),
        digest: Some(digest.into()),
        related: vec![],
    }
}

fn msi(version: u16, serial: u32, digest: &str) -> Found {
    let related = vec![Related { product_code: "{X}".into(), version: Some([version, 0, 0, 0]) }];
    Found { managed_by: Some(Manager::Msi), related, ..engine(version, serial, digest) }
}

fn broken() -> Found {
    Found { dir: None, broken: true, ..engine(1, 1, "old") }
}

fn ask(found: &Found, request: Request) -> Action {
    decide(found, &OFFER, request).action
}

const HASH: Action = Action::Transaction { hash: true };
const LOOK: Action = Action::Transaction { hash: false };
const OTHER: Action = Action::Refuse(Exit::OtherVersion);
const UPDATE: Request = Request::Update { force: false };
const FORCE: Request = Request::Update { force: true };

#[test]
fn setup_installs_upgrades_repairs_and_refuses() {
    assert_eq!(ask(&Found::default(), Request::Setup), HASH);
    assert_eq!(ask(&broken(), Request::Setup), HASH);
    assert_eq!(ask(&engine(1, 1, "old"), Request::Setup), HASH);
    assert_eq!(ask(&engine(2, 5, "new"), Request::Setup), HASH);
    assert_eq!(ask(&engine(3, 6, "x"), Request::Setup), OTHER);
    assert_eq!(ask(&msi(1, 1, "old"), Request::Setup), OTHER);
}

#[test]
fn repair_wants_the_same_version() {
    assert_eq!(ask(&Found::default(), Request::Repair), Action::Refuse(Exit::NotInstalled));
    assert_eq!(ask(&engine(2, 5, "new"), Request::Repair), HASH);
    assert_eq!(ask(&engine(1, 1, "old"), Request::Repair), OTHER);
    assert_eq!(ask(&engine(3, 6, "x"), Request::Repair), OTHER);
    assert_eq!(ask(&broken(), Request::Repair), HASH);
}

#[test]
fn uninstall_leaves_windows_installer_alone() {
    assert_eq!(ask(&Found::default(), Request::Uninstall), Action::Refuse(Exit::NotInstalled));
    assert_eq!(ask(&engine(2, 5, "new"), Request::Uninstall), Action::Uninstall);
    assert_eq!(ask(&broken(), Request::Uninstall), Action::Uninstall);
    assert_eq!(ask(&msi(2, 5, "new"), Request::Uninstall), OTHER);
}

#[test]
fn update_by_digest_and_serial() {
    assert_eq!(ask(&Found::default(), UPDATE), Action::FirstInstall);
    assert_eq!(ask(&broken(), UPDATE), Action::FirstInstall);
    assert_eq!(ask(&engine(2, 5, "new"), UPDATE), Action::Nothing);
    assert_eq!(ask(&engine(2, 5, "new"), FORCE), HASH);
    assert_eq!(ask(&engine(1, 4, "old"), UPDATE), LOOK);
    assert_eq!(ask(&engine(1, 6, "x"), UPDATE), OTHER);
    assert_eq!(ask(&engine(1, 6, "x"), FORCE), HASH);
}

#[test]
fn the_floor_holds_even_when_forced() {
    let offer = Offer { floor: 6, ..OFFER };
    for request in [UPDATE, FORCE] {
        for found in [Found::default(), engine(1, 1, "old"), msi(1, 1, "old")] {
            assert_eq!(decide(&found, &offer, request).action, Action::Refuse(Exit::Damaged));
        }
    }
}

#[test]
fn windows_installer_updates_what_it_manages() {
    assert_eq!(ask(&msi(1, 4, "old"), UPDATE), Action::Msi { repair: false });
    assert_eq!(ask(&msi(2, 5, "new"), UPDATE), Action::Nothing);
    assert_eq!(ask(&msi(2, 5, "new"), FORCE), Action::Msi { repair: true });
    // A newer MSI came over a state key that it did not write.
    let mut found = msi(1, 5, "new");
    found.related[0].version = Some([3, 0, 0, 0]);
    assert_eq!(ask(&found, UPDATE), OTHER);
}

#[test]
fn without_a_state_the_version_counts_and_nothing_is_equal() {
    let found = Found { dir: Some("C:\\App".into()), ..Found::default() };
    assert_eq!(found.manager(), Some(Manager::Unknown));
    assert_eq!(ask(&found, UPDATE), LOOK);
    assert_eq!(ask(&found, Request::Setup), HASH);
    assert_eq!(ask(&found, Request::Uninstall), Action::Refuse(Exit::NotInstalled));
}
