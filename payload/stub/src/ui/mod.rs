//! What people see: lines in a console, a progress window, message boxes, the question for an administrator's
//! rights.

mod console;
mod desktop;
pub mod elevation;
mod message;
mod template;
pub mod window;

pub use window::is_cancelled;

use alloc::string::String;

use packager_shared::args;

use message::Kind;
use window::{Window, Words};

/// `ERROR_INSTALL_USEREXIT`: the person knows.
const CANCELLED: u32 = 1602;
/// `ERROR_SUCCESS_REBOOT_REQUIRED`
const RESTART: u32 = 3010;

/// What is shown in this run.
#[derive(Default)]
pub struct Ui {
    level: args::Ui,
    /// The product's name, once it is known.
    product: Option<String>,
    window: Option<Window>,
    /// What was said, for the box at the end when there is no console.
    said: String,
}

impl Ui {
    /// How much is shown from now on.
    pub fn begin(&mut self, level: args::Ui) {
        self.level = level;
    }

    /// What is done, and for what. Opens the window where there is a desktop to see it on.
    pub fn introduce(&mut self, product: &str, headline: &str) {
        self.product = Some(String::from(product));
        if self.level == args::Ui::Quiet || !desktop::is_visible() {
            return;
        }
        let cancel = (self.level == args::Ui::Full).then(|| String::from("Cancel"));
        self.window =
            Window::open(Words { title: String::from(product), headline: String::from(headline), cancel });
    }

    /// One line.
    pub fn say(&mut self, line: &str) {
        if self.level == args::Ui::Quiet {
            return;
        }
        console::line(line);
        if let Some(window) = &mut self.window {
            window.detail(line);
        }
        if !self.said.is_empty() {
            self.said.push('\n');
        }
        self.said.push_str(line);
    }

    /// How far it is.
    pub fn progress(&mut self, done: u64, total: u64) {
        if let Some(window) = &mut self.window {
            window.progress(done, total);
        }
    }

    /// A question with yes and no; yes when nobody can be asked.
    pub fn confirm(&mut self, question: &str) -> bool {
        !self.asks() || message::show(Kind::Question, self.title(), question)
    }

    /// The end. What was said is shown again in a box when it cannot be seen elsewhere: what went wrong always,
    /// the rest if there was a window.
    pub fn end(&mut self, code: u32) {
        let shown = self.window.take().is_some();
        if !self.asks() || console::exists() || self.said.is_empty() {
            return;
        }
        match code {
            CANCELLED => {}
            0 | RESTART if !shown => {}
            0 | RESTART => drop(message::show(Kind::Information, self.title(), &self.said)),
            _ => drop(message::show(Kind::Error, self.title(), &self.said)),
        }
    }

    fn asks(&self) -> bool {
        self.level == args::Ui::Full && desktop::is_visible()
    }

    fn title(&self) -> &str {
        self.product.as_deref().unwrap_or("Setup")
    }
}
