//! The table of decisions, on the simulated machine. Wine's runs the same rows: `tests/decisions.txt`.

use super::*;

const ROWS: &str = include_str!("../../../../../tests/decisions.txt");
const SHARE: &str = "\\\\server\\share";

/// The offered release is always the second.
fn machine(state: &str) -> World {
    let (by, release) = state.split_once('-').unwrap_or((state, ""));
    let number = match release {
        "older" => 1,
        "same" => 2,
        _ => 3,
    };
    match by {
        "absent" => world(),
        "engine" => with(number),
        "msi" => {
            let mut world = with(number);
            let setup = world.registry.get_mut(&reg(&key("SOFTWARE\\Acme\\com.acme.agent\\Setup")));
            setup.expect("the state key").insert("managedby".into(), registry::string(SZ, "msi"));
            let version = std::format!("{number}.0.0");
            let related = RelatedProduct { product_code: "{CODE}".into(), version };
            world.products.insert("{07070707-0707-0707-0707-070707070707}".into(), [related].into());
            world
        }
        "broken" => {
            let mut world = with(1);
            let below = |path: &String| lower(path).starts_with(&lower(DIR));
            let all: Vec<String> = world.tree.iter().map(|(path, _)| path.clone()).filter(below).collect();
            for path in all {
                world.tree.remove(&path);
            }
            world
        }
        "keyless" => {
            let mut world = world();
            world.put(&std::format!("{DIR}\\old.exe"), b"old");
            let values = [(String::from("application path"), registry::string(SZ, DIR))];
            world.registry.insert(reg(&key("SOFTWARE\\Acme\\com.acme.agent\\CurrentVersion")), values.into());
            world
        }
        other => panic!("no state {other}"),
    }
}

#[test]
fn every_row_of_the_table_holds() {
    let mut rows = 0;
    for row in ROWS.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [state_name, request, exit, reason] = cells[..] else { panic!("not four cells: {row}") };
        let mut world = machine(state_name);
        let bootstrap = product(2).publish(&mut world, SHARE);
        world.put(SETUP, &product(2).setup());
        let (program, arguments) = match request {
            "setup" => (SETUP, ""),
            "repair" => (SETUP, "/repair"),
            "uninstall" => (SETUP, "/uninstall"),
            "update" => (bootstrap.as_str(), "-u"),
            "forced" => (bootstrap.as_str(), "-f -u"),
            other => panic!("no request {other}"),
        };
        let before = state(&world);
        let code = world.launch(program, &std::format!("{arguments} /quiet /whatif"));
        assert_eq!(std::format!("{code}"), exit, "{row}: {:#?}", world.log);
        assert!(world.log.contains(&std::format!("decision: {reason}")), "{row}: {:#?}", world.log);
        assert_same(&before, &state(&world), row);
        assert_eq!(world.mutations, 0, "{row}");
        rows += 1;
    }
    assert!(rows > 35, "{rows} rows");
}
