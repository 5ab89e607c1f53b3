//! The test key pair. It is made on this machine and lives under `target/`: a committed private key, even a fake one,
//! trips every secret scanner that looks at the repository.
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::locked;

/// The private key as the programs read it (PEM, PKCS#8) and the public half as the mock checks it (DER, PKCS#1).
pub(crate) struct Keys {
    /// Path of the PEM file.
    pub(crate) private_key_file: PathBuf,
    /// The public key.
    pub(crate) public_der: Vec<u8>,
}

/// The pair of this checkout; made once, then read back.
pub(crate) fn keys() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| {
        let folder = super::target_dir().join("keys");
        let (private, public) = (folder.join("private.key"), folder.join("public.der"));
        locked(&folder, || {
            if !public.exists() {
                generate(&private, &public);
            }
        });
        Keys { public_der: fs::read(&public).unwrap(), private_key_file: private }
    })
}

/// The public half is written last: it is the sign that the pair is complete.
fn generate(private: &Path, public: &Path) {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).unwrap();
    fs::write(private, pem("PRIVATE KEY", der.as_ref())).unwrap();
    fs::write(public, pair.public_key().as_ref()).unwrap();
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
