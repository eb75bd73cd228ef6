use super::*;

/// Method, then for each generation an answer an account: `+` yes, `?` asks, `-` no, `/` not offered, `.` no account.
const EXPECTED: [(Method, &str, &str); 11] = [
    (Method::Msi, "-.++", "??++"),
    (Method::GroupPolicy, "+.++", "++++"),
    (Method::Management, "+.++", "++++"),
    (Method::Setup, "-.++", "??++"),
    (Method::LoginScript, "-.++", "--++"),
    (Method::StartupScript, "+.++", "++++"),
    (Method::ScheduledTask, "+.++", "++++"),
    (Method::PerUser, "+.+-", "+++-"),
    (Method::Remote, "/.//", "////"),
    (Method::Web, "/.//", "////"),
    (Method::Notify, "/.//", "////"),
];

#[test]
fn every_answer_is_the_expected_one_and_says_what_helps() {
    for (method, groups, uac) in EXPECTED {
        for (generation, expected) in Generation::ALL.into_iter().zip([groups, uac]) {
            for (account, sign) in Account::ALL.into_iter().zip(expected.chars()) {
                let cell = cell(method, generation, account);
                let context = [method.id(), generation.id(), account.id()];
                let verdict = match sign {
                    '+' => Verdict::Yes,
                    '?' => Verdict::Asks,
                    '-' => Verdict::No,
                    '/' => Verdict::NotOffered,
                    _ => Verdict::NoAccount,
                };
                assert_eq!(cell.verdict, verdict, "{context:?}");
                let (works, absent) = (verdict == Verdict::Yes, verdict == Verdict::NoAccount);
                assert_eq!(cell.instead.is_empty(), works || absent, "{context:?}");
                assert!(works || !cell.why.is_empty(), "{context:?}");
            }
        }
    }
    assert_eq!(EXPECTED.map(|(method, ..)| method), Method::ALL);
}

#[test]
fn names_differ() {
    for (number, method) in Method::ALL.into_iter().enumerate() {
        for other in &Method::ALL[number + 1..] {
            assert!(method.id() != other.id() && method.text() != other.text());
        }
    }
    for (number, account) in Account::ALL.into_iter().enumerate() {
        assert!(Account::ALL[number + 1..].iter().all(|other| other.id() != account.id()));
    }
}

#[test]
fn windows_decides_by_groups_before_vista_and_without_user_account_control() {
    for (version, uac, generation) in [
        ((5, 1, 2600), true, Generation::Groups),
        ((5, 2, 3790), true, Generation::Groups),
        ((6, 0, 6000), true, Generation::Uac),
        ((6, 1, 7601), true, Generation::Uac),
        ((6, 1, 7601), false, Generation::Groups),
        ((10, 0, 26100), true, Generation::Uac),
    ] {
        assert_eq!(Generation::of(version, uac), generation, "{version:?} {uac}");
    }
}

#[test]
fn a_program_says_what_the_table_says() {
    let setup = |generation, account| cell(Method::Setup, generation, account);
    let groups = setup(Generation::Groups, Account::Standard);
    assert_eq!(missing(Generation::Groups, false), [groups.why, groups.instead]);
    assert_eq!(missing(Generation::Groups, true), [groups.why, groups.instead]);
    for (filtered, account) in [(false, Account::Standard), (true, Account::Filtered)] {
        let [why, instead] = missing(Generation::Uac, filtered);
        assert_eq!(instead, setup(Generation::Uac, account).instead);
        assert_ne!(why, missing(Generation::Uac, !filtered)[0]);
    }
}
