//! A screen that nobody looks at, with a keyboard: for what people would see and type.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};

use crate::host;

/// An X server of its own; it ends when dropped.
#[derive(Debug)]
pub struct Display {
    server: Child,
    name: String,
}

impl Display {
    /// Starts one under a number that is free.
    pub fn new() -> Self {
        let (mut reader, writer) = std::io::pipe().expect("a pipe is made");
        let mut command = Command::new("sh");
        // The shell gives the server the end of the pipe that it says its number through.
        command.args(["-c", "exec Xvfb -displayfd 3 -screen 0 1024x768x24 -nolisten tcp 3>&0 0</dev/null"]);
        command.stdin(Stdio::from(writer)).stdout(Stdio::null()).stderr(Stdio::null());
        let server = command.spawn().expect("Xvfb is started");
        drop(command);
        let mut number = Vec::new();
        let mut byte = [0];
        while reader.read(&mut byte).expect("Xvfb says its number") == 1 && byte[0] != b'\n' {
            number.push(byte[0]);
        }
        let number = String::from_utf8(number).expect("a number");
        assert!(!number.is_empty(), "Xvfb did not start");
        Self { server, name: format!(":{number}") }
    }

    /// `:99`
    pub fn name(&self) -> &str {
        &self.name
    }

    fn xdotool(&self, arguments: &[&str]) -> host::Output {
        host::output(host::limited(30, "xdotool").args(arguments).env("DISPLAY", &self.name))
    }

    /// The windows that are shown with something in their titles.
    pub fn windows(&self, title: &str) -> Vec<String> {
        // No window at all is exit code 1.
        let found = self.xdotool(&["search", "--onlyvisible", "--name", title]).stdout;
        found.lines().map(str::to_owned).collect()
    }

    /// Width and height of a window, in pixels.
    pub fn size(&self, window: &str) -> (u32, u32) {
        let said = self.xdotool(&["getwindowgeometry", "--shell", window]).expect_success("xdotool").stdout;
        let number = |name: &str| {
            let line = said.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("no {name} in {said}"))
        };
        (number("WIDTH="), number("HEIGHT="))
    }

    /// Presses keys, one after another: `Return`, `Tab`, `ctrl+a`.
    pub fn press(&self, keys: &[&str]) {
        for key in keys {
            self.xdotool(&["key", "--delay", "60", key]).expect_success("xdotool key");
        }
    }

    /// Types text.
    pub fn write(&self, text: &str) {
        self.xdotool(&["type", "--delay", "30", text]).expect_success("xdotool type");
    }
}

impl Default for Display {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
