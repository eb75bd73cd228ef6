//! One file of a place. A download that breaks is continued where it broke, so many times and no more, with longer and
//! longer pauses in between: whole sites meet the same server at the same moment.

use alloc::string::String;

use packager_shared::exit::Exit;
use packager_shared::path;

use super::wait;
use crate::System;
use crate::failure::{Failure, Outcome};
use crate::system;
use crate::text;

/// How often a file is asked for again before this much of it came, in bytes.
const ENOUGH: u64 = 1 << 20;
/// A server that wants to be left alone for longer is left alone until the next run, in seconds.
const LONGEST_PAUSE: u32 = 120;
/// After so many milliseconds a connection must have brought a quarter of a byte for each of them.
const SLOWEST: u64 = 60_000;

/// Why a piece did not come.
pub struct Broken {
    /// For the log, and for the end.
    pub failure: Failure,
    /// Whether asking again can help, and the seconds to wait at least.
    pub again: Option<u32>,
}

impl From<Failure> for Broken {
    fn from(failure: Failure) -> Self {
        Self { failure, again: None }
    }
}

impl Broken {
    fn error(error: &system::Error) -> Self {
        // ERROR_WINHTTP_TIMEOUT, _CANNOT_CONNECT, _CONNECTION_ERROR, _RESEND_REQUEST, _INVALID_SERVER_RESPONSE
        let passes = matches!(error.code, 12002 | 12029 | 12030 | 12032 | 12152);
        Self { failure: Failure::with_exit(Exit::CannotOpen, error), again: passes.then_some(0) }
    }

    fn status(answer: system::Answer, url: &str) -> Self {
        let status = text::number(u64::from(answer.status));
        let text = text::join(&["the web server says ", &status, ": ", url]);
        let passes = matches!(answer.status, 408 | 425 | 429 | 500 | 502 | 503 | 504);
        Self {
            failure: Failure::with(Exit::CannotOpen, text),
            again: (passes && answer.retry_after <= LONGEST_PAUSE).then_some(answer.retry_after),
        }
    }

    fn early(url: &str) -> Self {
        Self { failure: Failure::about(Exit::CannotOpen, "a download ended early", url), again: Some(0) }
    }
}

/// Whether a place is a web site.
pub fn is_web(root: &str) -> bool {
    // Nothing else has its first colon there: drives have it second, servers have none.
    root.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http"))
        && root
            .get(4..)
            .is_some_and(|rest| rest.starts_with(':') || rest.starts_with("s:") || rest.starts_with("S:"))
}

/// The name of a file in a place: a path, or a URL with each part's UTF-8 bytes escaped (RFC 3986, 2.3).
pub fn name(root: &str, file: &str) -> String {
    if !is_web(root) {
        return path::join(root, file);
    }
    let mut url = String::from(root.trim_end_matches('/'));
    url.push('/');
    for byte in file.bytes() {
        match byte {
            b'\\' => url.push('/'),
            b'-' | b'.' | b'_' | b'~' => url.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => url.push(char::from(byte)),
            _ => {
                url.push('%');
                for half in [byte >> 4, byte & 15] {
                    url.push(char::from(
                        b"0123456789ABCDEF".get(usize::from(half)).map_or(b'0', |digit| *digit),
                    ));
                }
            }
        }
    }
    url
}

enum Origin<S: System> {
    File(S::File),
    /// Not connected.
    Site,
    /// Connected, since then and there.
    Download(S::Download, u64, u64),
}

/// A file that is being read.
pub struct Stream<S: System> {
    name: String,
    from: Origin<S>,
    /// Bytes that came.
    at: u64,
    /// Bytes that have to come, where that is known.
    length: Option<u64>,
    /// How often it broke before [`ENOUGH`] came, and where it broke last.
    failures: u32,
    broke_at: u64,
}

impl<S: System> Stream<S> {
    /// A file; one of a web site is asked for when it is read.
    pub fn open(system: &mut S, root: &str, file: &str, length: Option<u64>) -> Outcome<Self> {
        let name = name(root, file);
        let from = if is_web(root) {
            Origin::Site
        } else {
            Origin::File(system.open(&name).map_err(|error| Failure::with_exit(Exit::CannotOpen, &error))?)
        };
        Ok(Self { name, from, at: 0, length, failures: 0, broke_at: 0 })
    }

    /// Whether it was continued after it broke.
    pub fn is_patched(&self) -> bool {
        self.broke_at > 0
    }

    /// Reads on; 0 is the end. `most` times without much progress a download is asked for again.
    pub fn read(&mut self, system: &mut S, buffer: &mut [u8], most: u32) -> Outcome<usize> {
        loop {
            let broken = match self.piece(system, buffer) {
                Ok(count) => {
                    if self.at - self.broke_at >= ENOUGH {
                        self.failures = 0;
                    }
                    return Ok(count);
                }
                Err(broken) => broken,
            };
            let (Some(least), true) = (broken.again, self.failures < most) else {
                return Err(broken.failure);
            };
            self.failures += 1;
            self.broke_at = self.at;
            system.log(&text::join(&[&broken.failure.text, ", after bytes: ", &text::number(self.at)]));
            back_off(system, self.failures, least)?;
        }
    }

    /// Reads on, from the disk or from the web.
    pub fn piece(&mut self, system: &mut S, buffer: &mut [u8]) -> Result<usize, Broken> {
        let outcome = self.next(system, buffer);
        match &outcome {
            Ok(count) => self.at += *count as u64,
            Err(_) if matches!(self.from, Origin::Download(..)) => self.from = Origin::Site,
            Err(_) => {}
        }
        outcome
    }

    fn next(&mut self, system: &mut S, buffer: &mut [u8]) -> Result<usize, Broken> {
        if let Origin::Site = self.from {
            self.connect(system, buffer)?;
        }
        let (download, since, there) = match &mut self.from {
            Origin::File(file) => {
                let read = system.read(file, buffer);
                return read.map_err(|error| Failure::with_exit(Exit::CannotOpen, &error).into());
            }
            Origin::Download(download, since, there) => (download, *since, *there),
            Origin::Site => return Ok(0),
        };
        let count = system.web_read(download, buffer).map_err(|error| Broken::error(&error))?;
        let at = self.at + count as u64;
        if count == 0 && self.length.is_some_and(|length| at < length) {
            return Err(Broken::early(&self.name));
        }
        let passed = system.ticks().saturating_sub(since);
        if count > 0 && passed > SLOWEST && at - there < passed / 4 {
            return Err(Broken::error(&system::Error::new(12002, "download", &self.name)));
        }
        Ok(count)
    }

    /// Asks the site for what is missing. One that begins at the start all the same is read up to there.
    fn connect(&mut self, system: &mut S, buffer: &mut [u8]) -> Result<(), Broken> {
        // What says which release there is, is asked of the server itself and not of what proxies remember.
        let fresh = self.length.is_none();
        let (mut download, answer) =
            system.web_open(&self.name, self.at, fresh).map_err(|error| Broken::error(&error))?;
        let mut skip = match answer.status {
            206 if self.at > 0 => 0,
            200 => self.at,
            _ => return Err(Broken::status(answer, &self.name)),
        };
        if answer.status == 200 && self.length.is_none() {
            self.length = answer.length;
        }
        let since = system.ticks();
        while skip > 0 {
            let most = usize::try_from(skip).unwrap_or(usize::MAX).min(buffer.len());
            let piece = buffer.get_mut(..most).unwrap_or_default();
            match system.web_read(&mut download, piece).map_err(|error| Broken::error(&error))? {
                0 => return Err(Broken::early(&self.name)),
                count => skip -= count as u64,
            }
        }
        self.from = Origin::Download(download, since, self.at);
        Ok(())
    }
}

/// Waits after the n-th failure, in seconds at least `least`: each time up to twice as long, and by chance, so that those
/// who met once do not meet again.
pub fn back_off<S: System>(system: &mut S, failures: u32, least: u32) -> Outcome<()> {
    let half = 500u32 << failures.min(6);
    let chance = system.random() % (half + 1);
    wait(system, least.saturating_mul(1_000) + half + chance)
}
