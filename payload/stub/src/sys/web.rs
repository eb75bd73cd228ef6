//! Web servers, through WinHTTP ("Windows HTTP Services" on Microsoft Learn): in Windows since XP SP1.

use core::ffi::c_void;

use packager_engine::system::{Answer, Result};

use super::{error, machine};
use crate::dynamic;
use crate::ffi::{self, Handle};
use crate::text;

const WINHTTP_ACCESS_TYPE_DEFAULT_PROXY: u32 = 0;
/// Windows 8.1 and later: also the proxy that the network names.
const WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY: u32 = 4;
/// As it is: the URL is escaped.
const WINHTTP_FLAG_ESCAPE_DISABLE: u32 = 0x40;
const WINHTTP_FLAG_REFRESH: u32 = 0x100;
const WINHTTP_FLAG_SECURE: u32 = 0x0080_0000;
const WINHTTP_QUERY_CONTENT_LENGTH: u32 = 5;
const WINHTTP_QUERY_STATUS_CODE: u32 = 19;
const WINHTTP_QUERY_RETRY_AFTER: u32 = 36;
const WINHTTP_QUERY_FLAG_NUMBER: u32 = 0x2000_0000;
/// Options of the session, and their values: no redirect from https to http (88), no credentials of the account for
/// servers that ask (77). They are the defaults, or stricter.
const WINHTTP_OPTION_DISABLE_FEATURE: u32 = 63;
const WINHTTP_DISABLE_COOKIES: u32 = 1;
const WINHTTP_OPTION_AUTOLOGON_POLICY: u32 = 77;
const WINHTTP_AUTOLOGON_SECURITY_LEVEL_HIGH: u32 = 2;
const WINHTTP_OPTION_SECURE_PROTOCOLS: u32 = 84;
const WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2: u32 = 0x800;
const WINHTTP_OPTION_REDIRECT_POLICY: u32 = 88;
const WINHTTP_OPTION_REDIRECT_POLICY_DISALLOW_HTTPS_TO_HTTP: u32 = 1;
/// `ERROR_WINHTTP_INVALID_URL`
const INVALID_URL: u32 = 12005;
/// `ERROR_MOD_NOT_FOUND`
const NO_WINHTTP: u32 = 126;
/// Until the head of an answer is there; 90 seconds without it.
const WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT: u32 = 7;
/// How long finding a server's address, connecting, sending and each receiving may take, in milliseconds.
const PATIENCE: [i32; 4] = [15_000, 15_000, 30_000, 30_000];

/// An open handle of WinHTTP.
struct Web(Handle);

impl Web {
    fn new(handle: Handle, url: &str) -> Result<Self> {
        if handle.is_null() { Err(error::last("open", url)) } else { Ok(Self(handle)) }
    }

    fn set(&self, option: u32, value: u32) {
        if let Some(set) = dynamic::WinHttpSetOption() {
            // What an old Windows does not know has no meaning there.
            // SAFETY: the value is a number of four bytes.
            unsafe { set(self.0, option, (&raw const value).cast(), 4) };
        }
    }

    fn number(&self, what: u32) -> Option<u32> {
        let ask = dynamic::WinHttpQueryHeaders()?;
        let (mut value, mut size) = (0u32, 4u32);
        // SAFETY: the value is a number of four bytes; null for no name and the first such header.
        let done = unsafe {
            let to = (&raw mut value).cast();
            ask(
                self.0,
                what | WINHTTP_QUERY_FLAG_NUMBER,
                core::ptr::null(),
                to,
                &mut size,
                core::ptr::null_mut(),
            )
        };
        (done != 0).then_some(value)
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        if let Some(close) = dynamic::WinHttpCloseHandle() {
            // SAFETY: the handle is open.
            unsafe { close(self.0) };
        }
    }
}

/// The connections of a run: they are used again.
#[derive(Default)]
pub struct Session(Option<Web>);

/// A file that comes. The request is closed before what it belongs to.
pub struct Download {
    request: Web,
    _connection: Web,
    url: alloc::string::String,
}

impl Session {
    fn get(&mut self, url: &str) -> Result<&Web> {
        if self.0.is_none() {
            let open =
                dynamic::WinHttpOpen().ok_or_else(|| error::code(NO_WINHTTP, "load winhttp.dll for", url))?;
            let agent = text::wide("packager-bootstrap");
            let version = machine::machine().version;
            let proxy = if version >= (6, 3, 0) {
                WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY
            } else {
                WINHTTP_ACCESS_TYPE_DEFAULT_PROXY
            };
            let none = core::ptr::null();
            // SAFETY: the text ends with a zero; null where there is nothing to say.
            let session = Web::new(unsafe { open(agent.as_ptr(), proxy, none, none, 0) }, url)?;
            if let Some(set) = dynamic::WinHttpSetTimeouts() {
                let [resolve, connect, send, receive] = PATIENCE;
                // SAFETY: takes numbers.
                unsafe { set(session.0, resolve, connect, send, receive) };
            }
            session
                .set(WINHTTP_OPTION_REDIRECT_POLICY, WINHTTP_OPTION_REDIRECT_POLICY_DISALLOW_HTTPS_TO_HTTP);
            session.set(WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT, 30_000);
            // Windows 7 and 8 can TLS 1.2 and do not offer it; later ones know best.
            if ((6, 1, 0)..(6, 3, 0)).contains(&version) {
                session.set(WINHTTP_OPTION_SECURE_PROTOCOLS, WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2);
            }
            self.0 = Some(session);
        }
        self.0.as_ref().ok_or_else(|| error::code(NO_WINHTTP, "open", url))
    }

    /// Asks for a URL, from a byte on.
    pub fn open(&mut self, url: &str, from: u64, fresh: bool) -> Result<(Download, Answer)> {
        let bad = || error::code(INVALID_URL, "open", url);
        let (scheme, rest) = url.split_once("://").ok_or_else(bad)?;
        let secure = scheme.eq_ignore_ascii_case("https");
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        // The last colon is the port's, unless it is one of an IPv6 address in brackets.
        let (host, port) = match host.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().map_err(|_| bad())?),
            _ => (host, if secure { 443u16 } else { 80 }),
        };
        let session = self.get(url)?;
        let (Some(connect), Some(request), Some(send), Some(receive)) = (
            dynamic::WinHttpConnect(),
            dynamic::WinHttpOpenRequest(),
            dynamic::WinHttpSendRequest(),
            dynamic::WinHttpReceiveResponse(),
        ) else {
            return Err(bad());
        };
        let (host, path, get) = (text::wide(host), text::wide(path), text::wide("GET"));
        let flags = WINHTTP_FLAG_ESCAPE_DISABLE
            | if secure { WINHTTP_FLAG_SECURE } else { 0 }
            | if fresh { WINHTTP_FLAG_REFRESH } else { 0 };
        let none = core::ptr::null();
        // SAFETY: the texts end with a zero; null stands for HTTP/1.1, no referrer and any type.
        let (connection, request) = unsafe {
            let connection = Web::new(connect(session.0, host.as_ptr(), port, 0), url)?;
            let request = request(connection.0, get.as_ptr(), path.as_ptr(), none, none, none.cast(), flags);
            (connection, Web::new(request, url)?)
        };
        request.set(WINHTTP_OPTION_DISABLE_FEATURE, WINHTTP_DISABLE_COOKIES);
        request.set(WINHTTP_OPTION_AUTOLOGON_POLICY, WINHTTP_AUTOLOGON_SECURITY_LEVEL_HIGH);
        let range =
            packager_engine::text::join(&["Range: bytes=", &packager_engine::text::number(from), "-\r\n"]);
        let headers = text::wide(if from > 0 { &range } else { "" });
        let length = headers.len() as u32 - 1;
        // SAFETY: the headers are as long as is said; there is no content to send.
        unsafe {
            error::check(send(request.0, headers.as_ptr(), length, none.cast(), 0, 0, 0), "open", url)?;
            error::check(receive(request.0, core::ptr::null_mut()), "open", url)?;
        }
        let answer = Answer {
            status: request.number(WINHTTP_QUERY_STATUS_CODE).unwrap_or(0),
            retry_after: request.number(WINHTTP_QUERY_RETRY_AFTER).unwrap_or(0),
            length: request.number(WINHTTP_QUERY_CONTENT_LENGTH).map(u64::from),
        };
        Ok((Download { request, _connection: connection, url: url.into() }, answer))
    }
}

impl Download {
    /// Reads on.
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let Some(read) = dynamic::WinHttpReadData() else { return Ok(0) };
        let mut count = 0;
        let to = buffer.as_mut_ptr().cast::<c_void>();
        // SAFETY: the buffer is as long as is said.
        let done = unsafe { read(self.request.0, to, buffer.len() as u32, &mut count) };
        error::check(done, "download", &self.url)?;
        Ok(count as usize)
    }
}

/// A number that nobody can foresee.
pub fn random() -> u32 {
    let mut bytes = [0u8; 4];
    // SAFETY: the buffer is as long as is said.
    unsafe { ffi::SystemFunction036(bytes.as_mut_ptr(), 4) };
    u32::from_le_bytes(bytes)
}
