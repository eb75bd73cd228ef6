//! TLS in front of the web server: `openssl` makes the certificates, `socat` speaks.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::host;
use crate::prefix::wait_for;

/// An authority that nobody knows but who is told, and a port that shows its certificates.
#[derive(Debug)]
pub struct Front {
    folder: PathBuf,
    port: u16,
    behind: u16,
    socat: Option<Child>,
}

impl Front {
    /// A port that is free, for the server on port `behind`. Keys and certificates lie in `folder`.
    pub fn new(folder: &Path, behind: u16) -> Self {
        fs::create_dir_all(folder).expect("the folder is made");
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let front = Self { folder: folder.to_owned(), port, behind, socat: None };
        front.openssl(
            "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 -subj /CN=Acme_Test_CA \
             -addext keyUsage=critical,keyCertSign",
        );
        front.openssl("x509 -in ca.pem -outform DER -out ca.der");
        front
    }

    /// The URL of what is behind.
    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// From now on the certificate is for this host.
    pub fn shows(&mut self, host: &str) {
        self.stop();
        // An address in the place of a name, too: that is where Wine looks for it.
        let names = match host.parse::<std::net::IpAddr>() {
            Ok(_) => format!("IP:{host},DNS:{host}"),
            Err(_) => format!("DNS:{host}"),
        };
        fs::write(self.folder.join("names"), format!("subjectAltName={names}\n")).expect("written");
        self.openssl(&format!(
            "req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN={host}"
        ));
        self.openssl(
            "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile names \
             -out server.pem",
        );
        let port = self.port;
        let socat = Command::new("socat")
            .arg(format!(
                "OPENSSL-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork,verify=0,cert=server.pem,key=server.key"
            ))
            .arg(format!("TCP:127.0.0.1:{}", self.behind))
            .current_dir(&self.folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.socat = Some(socat.expect("socat is started"));
        wait_for("socat", || TcpStream::connect(("127.0.0.1", port)).is_ok());
    }

    /// The authority as a registry file has one that the machine trusts: a serialized store's certificate element
    /// (number 0x20, encoding 1, length), under its SHA-1.
    pub fn authority(&self) -> String {
        let der = fs::read(self.folder.join("ca.der")).expect("the certificate is read");
        let said = host::run(&self.folder, "sha1sum", &["ca.der"]).expect_success("sha1sum");
        let sha1 = said.stdout.split(' ').next().unwrap_or_default().to_uppercase();
        let length = u32::try_from(der.len()).expect("it is short").to_le_bytes();
        let blob = [&[0x20, 0, 0, 0, 1, 0, 0, 0][..], &length, &der].concat();
        let digits: Vec<String> = blob.iter().map(|byte| format!("{byte:02x}")).collect();
        format!(
            "Windows Registry Editor Version 5.00\r\n\r\n\
             [HKEY_LOCAL_MACHINE\\Software\\Microsoft\\SystemCertificates\\Root\\Certificates\\{sha1}]\r\n\
             \"Blob\"=hex:{}\r\n",
            digits.join(",")
        )
    }

    fn openssl(&self, arguments: &str) {
        let arguments: Vec<&str> = arguments.split_whitespace().collect();
        host::run(&self.folder, "openssl", &arguments).expect_success("openssl");
    }

    fn stop(&mut self) {
        if let Some(mut socat) = self.socat.take() {
            let _ = socat.kill();
            let _ = socat.wait();
        }
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.stop();
    }
}
