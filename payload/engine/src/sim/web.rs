//! Web servers of the simulated machine: folders of it under a URL, and what goes wrong on the way.

use std::string::String;
use std::vec::Vec;

use super::{Node, World, fail};
use crate::system::{Answer, Result};

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No connection: WinHTTP's error.
    Error(u32),
    /// The server says this status, with this `Retry-After`.
    Status(u32, u32),
    /// The content ends after so many bytes; with an error, or (0) as if it were the end.
    Breaks(usize, u32),
    /// The range is passed over: everything comes, from the start.
    NoRange,
    /// A range begins so many bytes too early.
    WrongRange(usize),
    /// Each byte takes so many milliseconds.
    Slow(u64),
}

/// A request as the server saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The URL.
    pub url: String,
    /// From which byte.
    pub from: u64,
    /// When, in milliseconds of the machine.
    pub at: u64,
}

/// Web servers.
#[derive(Clone, Debug, Default)]
pub struct Web {
    /// URL of a folder without slash at its end, and the folder.
    pub sites: Vec<(String, String)>,
    /// Part of a URL, what goes wrong with it, and how often still.
    pub troubles: Vec<(String, Trouble, u32)>,
    /// From this time on all sites have this folder.
    pub swap_at: Option<(u64, String)>,
    /// What was asked.
    pub asked: Vec<Asked>,
    /// Bytes of content that were sent.
    pub sent: u64,
}

/// A download.
#[derive(Debug)]
pub struct SimDownload {
    url: String,
    content: Vec<u8>,
    position: usize,
    ends: usize,
    error: u32,
    slow: u64,
}

impl World {
    /// Something goes wrong the next times that a URL with this part is asked for.
    pub fn trouble(&mut self, part: &str, trouble: Trouble, times: u32) {
        self.web.troubles.push((String::from(part), trouble, times));
    }

    pub(super) fn ask_web(&mut self, url: &str, from: u64) -> Result<(SimDownload, Answer)> {
        self.now += 1;
        self.web.asked.push(Asked { url: String::from(url), from, at: self.now });
        let found =
            self.web.troubles.iter_mut().find(|(part, _, times)| *times > 0 && url.contains(part.as_str()));
        let trouble = found.map(|(_, trouble, times)| {
            *times -= 1;
            *trouble
        });
        let status = |status, retry_after| {
            let nothing = SimDownload {
                url: String::from(url),
                content: Vec::new(),
                position: 0,
                ends: 0,
                error: 0,
                slow: 0,
            };
            Ok((nothing, Answer { status, retry_after, length: Some(0) }))
        };
        match trouble {
            Some(Trouble::Error(code)) => return fail(code, "open", url),
            Some(Trouble::Status(code, retry_after)) => return status(code, retry_after),
            _ => {}
        }
        if let Some((at, folder)) = &self.web.swap_at
            && self.now >= *at
        {
            self.web.sites.iter_mut().for_each(|site| site.1.clone_from(folder));
        }
        let site = self.web.sites.iter().find(|(root, _)| url.starts_with(&std::format!("{root}/")));
        let Some((root, folder)) = site else { return fail(12007, "open", url) };
        let path = std::format!("{folder}\\{}", decoded(&url[root.len() + 1..]).replace('/', "\\"));
        let Some(Node::File { id, .. }) = self.tree.get(&path) else { return status(404, 0) };
        let content = self.contents.get(id).map(|content| content.to_vec()).unwrap_or_default();
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        if from > 0 && from >= content.len() {
            return status(416, 0);
        }
        let mut download = SimDownload {
            url: String::from(url),
            ends: content.len(),
            content,
            position: from,
            error: 0,
            slow: 0,
        };
        let mut status = if from > 0 { 206 } else { 200 };
        match trouble {
            Some(Trouble::Breaks(after, error)) => {
                (download.ends, download.error) = ((from + after).min(download.ends), error);
            }
            Some(Trouble::NoRange) => (download.position, status) = (0, 200),
            Some(Trouble::WrongRange(early)) => download.position = from.saturating_sub(early),
            Some(Trouble::Slow(ms)) => download.slow = ms,
            _ => {}
        }
        let length = Some((download.content.len() - download.position) as u64);
        Ok((download, Answer { status, retry_after: 0, length }))
    }

    pub(super) fn read_web(&mut self, download: &mut SimDownload, buffer: &mut [u8]) -> Result<usize> {
        let rest = &download.content[download.position..download.ends.max(download.position)];
        let most = if download.slow > 0 { 1_000 } else { 8_000 };
        let count = rest.len().min(buffer.len()).min(most);
        if count == 0 && download.error != 0 && download.ends < download.content.len() {
            return fail(download.error, "download", &download.url);
        }
        buffer[..count].copy_from_slice(&rest[..count]);
        download.position += count;
        self.web.sent += count as u64;
        self.now += download.slow * count as u64;
        Ok(count)
    }
}

fn decoded(text: &str) -> String {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let mut half =
            || bytes.next().and_then(|digit| char::from(digit).to_digit(16)).expect("a digit") as u8;
        out.push(if byte == b'%' { half() << 4 | half() } else { byte });
    }
    String::from_utf8(out).expect("UTF-8")
}
