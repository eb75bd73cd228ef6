//! A small web server for a folder, with everything that goes wrong with web servers.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// After so many bytes of content the connection is closed.
    Break(usize),
    /// This status, with a `Retry-After` in seconds.
    Status(u16, u32),
    /// The whole file, whatever range is asked for.
    NoRange,
    /// Another byte in the middle.
    Alter,
    /// Nothing at all, for a long time.
    Silence,
    /// To another path.
    Redirect(&'static str),
}

/// A request that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The path, as it was sent.
    pub path: String,
    /// Header lines by lower-case name.
    pub headers: HashMap<String, String>,
    /// Bytes of content that were sent.
    pub sent: usize,
}

#[derive(Debug, Default)]
struct State {
    troubles: Vec<(String, Trouble, u32)>,
    requests: Vec<Request>,
}

/// A web server on a port of this computer, until it is dropped.
#[derive(Debug)]
pub struct Server {
    /// Its port.
    pub port: u16,
    state: Arc<Mutex<State>>,
    ends: Arc<AtomicBool>,
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Server {
    /// Serves a folder, on a port that is free.
    pub fn new(folder: &Path) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (state, ends) = (Arc::<Mutex<State>>::default(), Arc::<AtomicBool>::default());
        let (shared, over, folder) = (Arc::clone(&state), Arc::clone(&ends), folder.to_owned());
        thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let (state, folder) = (Arc::clone(&shared), folder.clone());
                // A client that goes away is no fault of the server.
                thread::spawn(move || drop(serve(&stream, &state, &folder)));
            }
        });
        Self { port, state, ends }
    }

    /// The URL of the folder.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Something goes wrong the next `times` times that a path with this part is asked for.
    pub fn trouble(&self, part: &str, trouble: Trouble, times: u32) {
        lock(&self.state).troubles.push((part.to_owned(), trouble, times));
    }

    /// Takes the requests that came so far.
    pub fn requests(&self) -> Vec<Request> {
        std::mem::take(&mut lock(&self.state).requests)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::SeqCst);
        // Wakes the thread that waits.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
    }
}

fn decoded(path: &str) -> Option<PathBuf> {
    let mut out = Vec::new();
    let mut bytes = path.trim_start_matches('/').bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            _ => byte,
        });
    }
    let path = PathBuf::from(String::from_utf8(out).ok()?);
    path.components().all(|part| matches!(part, Component::Normal(_))).then_some(path)
}

fn serve(stream: &TcpStream, state: &Mutex<State>, folder: &Path) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    loop {
        let mut line = String::new();
        if reader.by_ref().take(8_192).read_line(&mut line)? == 0 {
            return Ok(());
        }
        let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut headers = HashMap::new();
        loop {
            let mut line = String::new();
            reader.by_ref().take(8_192).read_line(&mut line)?;
            match line.trim_end().split_once(':') {
                Some((name, value)) => headers.insert(name.to_ascii_lowercase(), value.trim().to_owned()),
                None => break,
            };
        }
        let trouble = {
            let mut state = lock(state);
            let found =
                state.troubles.iter_mut().find(|(part, _, times)| *times > 0 && path.contains(part.as_str()));
            found.map(|(_, trouble, times)| {
                *times -= 1;
                *trouble
            })
        };
        let from = headers
            .get("range")
            .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
        let (head, content) = answer(folder, &path, from, trouble);
        let whole = content.len();
        let sent = match trouble {
            Some(Trouble::Break(after)) => after.min(whole),
            _ => whole,
        };
        lock(state).requests.push(Request { path, headers, sent });
        if trouble == Some(Trouble::Silence) {
            thread::sleep(Duration::from_secs(300));
            return Ok(());
        }
        writer.write_all(format!("HTTP/1.1 {head}\r\nContent-Length: {whole}\r\n\r\n").as_bytes())?;
        writer.write_all(content.get(..sent).unwrap_or_default())?;
        if sent < whole {
            return stream.shutdown(std::net::Shutdown::Both);
        }
    }
}

/// Status line and further headers, and the content.
fn answer(folder: &Path, path: &str, from: Option<usize>, trouble: Option<Trouble>) -> (String, Vec<u8>) {
    match trouble {
        Some(Trouble::Status(status, after)) => {
            return (format!("{status} Trouble\r\nRetry-After: {after}"), b"trouble".to_vec());
        }
        Some(Trouble::Redirect(to)) => return (format!("302 Found\r\nLocation: {to}"), Vec::new()),
        _ => {}
    }
    let Some(Ok(mut content)) = decoded(path).map(|path| fs::read(folder.join(path))) else {
        return ("404 Not Found".to_owned(), b"nothing".to_vec());
    };
    if trouble == Some(Trouble::Alter) {
        let middle = content.len() / 2;
        content[middle] ^= 1;
    }
    match from {
        Some(from) if trouble != Some(Trouble::NoRange) => {
            let whole = content.len();
            let rest = content.split_off(from.min(whole));
            (format!("206 Partial Content\r\nContent-Range: bytes {from}-{}/{whole}", whole.max(1) - 1), rest)
        }
        _ => ("200 OK".to_owned(), content),
    }
}
