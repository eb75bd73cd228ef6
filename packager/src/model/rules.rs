//! Firewall rules and scheduled tasks, as they are written in a manifest.

use packager_shared::template::{Dir, Part, Template};

use super::values::{self, short};
use crate::report::Problem;

/// The longest name of a task's file below `System32\Tasks`, with room for its folder.
const LONGEST_TASK: usize = 200;

/// How far apart two runs may be ("Interval" in the Task Scheduler Schema on Microsoft Learn): 31 days.
const LONGEST_INTERVAL: u64 = 31 * 86_400_000;

/// Checks a rule's name.
pub fn firewall_name(text: &str) -> Result<(), Problem> {
    values::shown(text, 255)?;
    if text.eq_ignore_ascii_case("all") {
        return Err(Problem::new("a firewall rule cannot be called `all`")
            .why("to netsh this is the name of every rule there is: removing it would remove them all")
            .help("give it the product's name"));
    }
    if let Some(c) = text.chars().find(|c| matches!(c, '"' | '|')) {
        return Err(Problem::new(format!("a firewall rule's name cannot have {c:?}"))
            .why("Windows separates a rule's parts with it")
            .help("remove it"));
    }
    Ok(())
}

/// Checks ports, as far as they are known before the settings are: numbers, ranges, `any`, lists of them.
pub fn ports(text: &str) -> Result<(), Problem> {
    let port = |text: &str| text.parse::<u16>().is_ok() && text.bytes().all(|b| b.is_ascii_digit());
    let good = |part: &str| {
        if ["any", "rpc", "rpc-epmap", "iphttps"].contains(&part.to_ascii_lowercase().as_str()) || port(part)
        {
            return true;
        }
        let Some((from, to)) = part.split_once('-') else { return false };
        port(from) && port(to) && from.parse::<u16>().ok() <= to.parse::<u16>().ok()
    };
    list(text, good, "port", "write numbers up to 65535 and ranges, such as 8443 or 5000-5010,8443")
}

/// Checks remote addresses: IPv4 and IPv6 addresses, ranges and networks, and Windows' own words for some.
pub fn addresses(text: &str) -> Result<(), Problem> {
    const WORDS: [&str; 6] = ["any", "localsubnet", "dns", "dhcp", "wins", "defaultgateway"];
    let one = |text: &str| text.parse::<std::net::IpAddr>().is_ok();
    let good = |part: &str| {
        if WORDS.contains(&part.to_ascii_lowercase().as_str()) || one(part) {
            return true;
        }
        if let Some((from, to)) = part.split_once('-') {
            return one(from) && one(to);
        }
        let Some((network, mask)) = part.split_once('/') else { return false };
        let longest = if network.contains(':') { 128 } else { 32 };
        let v4_mask = || longest == 32 && mask.parse::<std::net::Ipv4Addr>().is_ok();
        one(network) && (mask.parse::<u8>().is_ok_and(|bits| bits <= longest) || v4_mask())
    };
    list(text, good, "address", "write addresses, ranges and networks, such as 10.0.0.0/8,LocalSubnet")
}

fn list(text: &str, good: impl Fn(&str) -> bool, what: &str, help: &str) -> Result<(), Problem> {
    for part in text.split(',').map(str::trim) {
        if !good(part) {
            return Err(Problem::new(format!("`{}` is no {what}", short(part))).help(help));
        }
    }
    Ok(())
}

/// Checks a task's name.
pub fn task_name(text: &str) -> Result<(), Problem> {
    let parts: Vec<&str> = text.split('\\').collect();
    let bad = |part: &&str| {
        part.trim().is_empty()
            || part.ends_with(['.', ' '])
            || part.chars().any(|c| c.is_control() || "/:*?\"<>|".contains(c))
    };
    if parts.iter().any(bad) || text.encode_utf16().count() > LONGEST_TASK {
        return Err(Problem::new(format!("`{}` is no name of a task", short(text)))
            .why("it becomes the name of a file")
            .help(format!(
                "write up to {LONGEST_TASK} characters, a backslash between folder and name alone"
            )));
    }
    if parts.first().is_some_and(|first| first.eq_ignore_ascii_case("Microsoft")) {
        return Err(Problem::new("tasks below `Microsoft` belong to Windows")
            .help("use a folder of the manufacturer, such as 'Acme\\Agent Update'"));
    }
    Ok(())
}

/// What the task of `[bootstrap] update-every` is called.
#[must_use]
pub fn update_task_name(product_id: &str) -> String {
    format!("{product_id} update")
}

/// A time between two runs of a task, in minutes.
pub fn interval(text: &str) -> Result<u32, Problem> {
    let ms = values::duration(text)?;
    if ms == 0 || ms % 60_000 != 0 || ms > LONGEST_INTERVAL {
        return Err(Problem::new(format!("a task cannot run every `{}`", short(text)))
            .why("the Task Scheduler takes 1 minute to 31 days")
            .help("write whole minutes, hours or days, such as 15m, 4h or 1d"));
    }
    Ok((ms / 60_000) as u32)
}

/// A length of time in whole minutes.
pub fn minutes(text: &str) -> Result<u32, Problem> {
    let ms = values::duration(text)?;
    if ms % 60_000 != 0 {
        return Err(Problem::new(format!("`{}` is no number of minutes", short(text)))
            .help("write such as 30m or 2h"));
    }
    Ok((ms / 60_000) as u32)
}

/// A time of day as a minute of the day.
pub fn time_of_day(text: &str) -> Result<u16, Problem> {
    let parse = || {
        let (hours, minutes) = text.split_once(':')?;
        let two = |text: &str| {
            let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| text.parse::<u16>().ok()).flatten()
        };
        let (hours, minutes) = (two(hours)?, two(minutes)?);
        (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
    };
    parse().ok_or_else(|| {
        Problem::new(format!("`{}` is no time of day", short(text)))
            .help("write hours and minutes, such as 03:30")
    })
}

/// Checks the program of a task: in a folder that users cannot write to.
pub fn task_program(template: &Template) -> Result<(), Problem> {
    let safe = [Dir::InstallDir, Dir::ProgramFiles, Dir::CommonFiles, Dir::System, Dir::Windows];
    match template.0.as_slice() {
        [Part::Dir(dir), Part::Text(path)] if safe.contains(dir) => packager_shared::path::check(path)
            .map_err(|e| {
                Problem::new(format!("the path `{}` {e}", short(path)))
                    .help("name a program, such as '{InstallDir}\\bin\\agent.exe'")
            }),
        _ => Err(Problem::new("a task runs a program of a folder that users cannot change")
            .why("whoever can replace the program gets the task's rights")
            .help("start it with {InstallDir}, {System}, {Windows}, {ProgramFiles} or {CommonFiles}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_and_addresses_are_those_of_netsh() {
        for good in ["8443", "1-2", "80, 443,5000-5010", "any", "RPC-EPMap"] {
            assert!(ports(good).is_ok(), "{good}");
        }
        for bad in ["", "65536", "2-1", "80,", "+80", "http", "1-"] {
            assert!(ports(bad).is_err(), "{bad}");
        }
        for good in
            ["10.0.0.0/8", "10.0.0.1-10.0.0.9", "LocalSubnet", "fe80::/10", "::1", "10.0.0.0/255.0.0.0"]
        {
            assert!(addresses(good).is_ok(), "{good}");
        }
        for bad in ["", "10.0.0.0/33", "example.com", "10.0.0.0/", "fe80::/129", "a-b"] {
            assert!(addresses(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn times_are_the_task_schedulers() {
        assert_eq!(interval("4h").ok(), Some(240));
        assert_eq!(interval("31d").ok(), Some(44_640));
        for bad in ["0m", "30s", "32d", "4", "h"] {
            assert!(interval(bad).is_err(), "{bad}");
        }
        assert_eq!(time_of_day("03:30").ok(), Some(210));
        for bad in ["3:30", "24:00", "03:60", "0330", "+3:30", "03:30:00"] {
            assert!(time_of_day(bad).is_err(), "{bad}");
        }
    }
}
