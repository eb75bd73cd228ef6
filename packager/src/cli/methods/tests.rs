use super::*;
use crate::cli::console::MessageFormat;

const DOCS: &str = include_str!("../../../docs/methods.md");

#[test]
fn the_documentation_is_the_table() {
    assert!(DOCS == render::markdown(None), "packager methods --format markdown > packager/docs/methods.md");
}

#[test]
fn every_format_has_every_method_account_and_way_out() {
    let (human, markdown, json) = (render::human(None), render::markdown(None), render::json(None));
    let methods = json["methods"].as_array().unwrap();
    assert_eq!(methods.len(), Method::ALL.len());
    let mut answers = 0;
    for (method, value) in Method::ALL.into_iter().zip(methods) {
        assert!(human.contains(method.text()) && markdown.contains(method.text()));
        assert_eq!((value["method"].as_str(), value.get("served")), (Some(method.id()), None));
        for windows in value["windows"].as_array().unwrap() {
            assert!(human.contains(windows["name"].as_str().unwrap()));
            for account in windows["accounts"].as_array().unwrap() {
                answers += 1;
                for text in ["why", "instead"] {
                    let text = account[text].as_str().unwrap();
                    assert!(human.contains(text) && markdown.contains(text), "{text}");
                }
            }
        }
    }
    // XP knows three of the four accounts.
    assert_eq!(answers, Method::ALL.len() * 7);
    assert!(human.lines().all(|line| line.trim_end() == line));
}

#[test]
fn a_manifest_is_told_what_its_packages_serve() {
    let temp = tempfile::tempdir().unwrap();
    let dir = Utf8PathBuf::from_path_buf(temp.path().join("a")).unwrap();
    let run = |arguments: &[&str]| {
        let all = std::iter::once("packager").chain(arguments.iter().copied());
        crate::cli::main(all.map(std::ffi::OsString::from).collect())
    };
    assert_eq!(run(&["--quiet", "init", dir.as_str()]), 0);
    let path = dir.join("agent.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let refused = |text: &str| {
        std::fs::write(&path, text).unwrap();
        let mut console = Console::new(MessageFormat::Human, true);
        let served = serve(&path, &mut console).unwrap().unwrap();
        Method::ALL
            .into_iter()
            .filter(|method| served.refused[*method as usize].is_none())
            .collect::<Vec<_>>()
    };
    let machine = [Method::Msi, Method::GroupPolicy, Method::Management, Method::Setup];
    let scripts = [Method::LoginScript, Method::StartupScript];
    let all = refused(&text);
    assert!(machine.iter().chain(&scripts).all(|method| all.contains(method)), "{all:?}");
    assert!(!all.contains(&Method::PerUser) && !all.contains(&Method::Remote));
    let task =
        "\n[[task]]\nname = 'Update'\nrun = '{InstallDir}\\autopcc.exe'\nargs = '-u /quiet'\nevery = '4h'\n";
    assert!(refused(&format!("{text}{task}")).contains(&Method::ScheduledTask));
    let users = format!("{text}{task}as = 'users'\n");
    assert!(!refused(&users).contains(&Method::ScheduledTask));
    assert_eq!(run(&["--quiet", "methods", "--manifest", "/no/such/agent.toml"]), 1);
    std::fs::write(&path, "[product]\n").unwrap();
    assert_eq!(run(&["--quiet", "methods", "--manifest", path.as_str()]), 1);
}
