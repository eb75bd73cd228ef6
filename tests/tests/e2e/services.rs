//! Services with more than a program and a start: what Windows Installer's tables do, and what the bootstrap does for
//! an MSI, is what the setup EXE does.

use packager_tests::allowed::not_allowed;
use packager_tests::installer::{BOTH, Installer, install_dir};
use packager_tests::prefix::Prefix;
use packager_tests::product::{Release, Source};
use packager_tests::registry::{Value, View};
use packager_tests::state::{State, listing};

const SERVICES: &str = r#"
[setting.SERVICE_USER]
default = 'ACME\agent'

[setting.SERVICE_PASSWORD]
secret = true

[[service]]
name          = "AcmeHelper"
exe           = 'bin\agent.exe'
arguments     = "--server helper"
start         = "demand"
run           = "if-it-ran"
depends       = ["AcmeAgent"]
error-control = "critical"
preshutdown   = "30s"
recovery      = { restart-after = "5s", attempts = 2, also-on-error-exit = true }

[[service]]
name     = "AcmeWorker"
exe      = 'bin\agent.exe'
start    = "demand"
run      = "never"
account  = "{SERVICE_USER}"
password = "{SERVICE_PASSWORD}"
"#;

fn releases(name: &str) -> [Release; 2] {
    let source = Source::new(name);
    for manifest in ["agent.toml", "agent-4.3.0.toml"] {
        source.edit(manifest, "[[environment]]", &format!("{SERVICES}\n[[environment]]"));
    }
    [source.build("agent.toml", &["--arch", "x64"]), source.build("agent-4.3.0.toml", &["--arch", "x64"])]
}

fn service<'a>(state: &'a State, name: &str, value: &str) -> Option<&'a Value> {
    state.registry.value(&format!(r"HKLM\System\CurrentControlSet\Services\{name}"), View::Bits64, value)
}

fn assert_configured(state: &State, who: &str) {
    assert_eq!(service(state, "AcmeHelper", "ErrorControl"), Some(&Value::Dword(3)), "{who}");
    assert_eq!(service(state, "AcmeHelper", "PreshutdownTimeout"), Some(&Value::Dword(30_000)), "{who}");
    let account = match service(state, "AcmeWorker", "ObjectName") {
        Some(Value::Sz(text)) => Some(text.as_str()),
        _ => None,
    };
    assert_eq!(account, Some(r"ACME\agent"), "{who}");
}

fn life(installer: &dyn Installer, [old, new]: &[Release; 2]) -> State {
    let mut prefix = Prefix::new();
    let who = installer.name();
    prefix.boot();
    installer.install(&prefix, old, "x64", &[("SERVICE_PASSWORD", "hunter2")]).expect(0);
    let running = |prefix: &Prefix| {
        ["AcmeAgent", "AcmeHelper", "AcmeWorker"]
            .map(|name| prefix.service_state(name).unwrap_or_else(|| "none".into()))
    };
    assert_eq!(running(&prefix), ["RUNNING", "STOPPED", "STOPPED"], "{who}: a first install");
    let state = prefix.state();
    assert_configured(&state, who);

    prefix.boot();
    prefix.run("net.exe", "start AcmeHelper").expect(0);
    assert_eq!(running(&prefix), ["RUNNING", "RUNNING", "STOPPED"], "{who}: started by hand");
    if who == "MSI" {
        // Wine's RemoveExistingProducts does not say UPGRADINGPRODUCTCODE to the old version: the reason that
        // Windows would give is given here.
        let bootstrap = format!("{}\\autopcc.exe", install_dir(&prefix, "x64"));
        prefix.run(&bootstrap, "/msi before-remove upgrade").expect(0);
    }
    installer.install(&prefix, new, "x64", &[]).expect(0);
    assert_eq!(running(&prefix), ["RUNNING", "RUNNING", "STOPPED"], "{who}: upgraded");
    let upgraded = prefix.state();
    assert_configured(&upgraded, who);
    let key = r"HKLM\SOFTWARE\Acme Corporation\com.acme.endpoint-agent\Setup";
    assert_eq!(upgraded.registry.value(key, View::Bits64, "Running"), None, "{who}");

    prefix.boot();
    installer.uninstall(&prefix, new, "x64").expect(0);
    assert_eq!(running(&prefix), ["none", "none", "none"], "{who}: uninstalled");
    state
}

#[test]
fn services_live_the_same_life_by_msi_and_by_exe() {
    let releases = releases("services");
    let [msi, exe] = BOTH.map(|installer| life(installer, &releases));
    let wrong = not_allowed(msi.differences(&exe));
    assert!(wrong.is_empty(), "MSI (first) and EXE (second) differ in:\n{}", listing(&wrong));
}
