//! The certificate authority that TLS needs: made on first use, kept in a folder, good for this machine only.
//!
//! Its certificate is limited to the names that a mock goes by (RFC 5280 §4.2.1.10), so that who trusts it
//! trusts it with nothing else, even where the key gets about.

use std::{
    fs, io,
    net::IpAddr,
    path::{Path, PathBuf},
};

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints,
};
use rebuttal_model::Timestamp;
use thiserror::Error;
use time::OffsetDateTime;
use tokio_rustls::rustls::pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer,
    pem::{self, PemObject},
};

/// The host that the mock stands in for.
pub const API_HOST: &str = "api.omise.co";

/// What a certificate may be for besides [`API_HOST`]: names that lead nowhere else, and addresses that are
/// nobody's on the Internet.
const NAMES: &[&str] = &[API_HOST, "localhost", "test", "local", "internal"];
const NETWORKS: &[(&str, u8)] = &[
    ("127.0.0.0", 8),
    ("10.0.0.0", 8),
    ("172.16.0.0", 12),
    ("192.168.0.0", 16),
    ("169.254.0.0", 16),
    ("::1", 128),
    ("fc00::", 7),
    ("fe80::", 10),
];

const DAY: i64 = 24 * 3600;
/// How long an authority lasts, and how long before its end another is made, in seconds.
const AUTHORITY_LASTS: i64 = 10 * 365 * DAY;
const AUTHORITY_MARGIN: i64 = 120 * DAY;
/// How long a server's certificate lasts, and how long before its end it is renewed, in seconds. More than
/// 825 days some systems refuse.
const LEAF_LASTS: i64 = 90 * DAY;
pub(crate) const LEAF_MARGIN: i64 = 30 * DAY;
/// How slow a client's clock may be, in seconds.
const SKEW: i64 = DAY;

/// The file of what only the mock reads: when the authority was made, its certificate and its key.
const KEY_FILE: &str = "ca.key";
/// The file for clients.
const CERTIFICATE_FILE: &str = "ca.pem";
const MADE: &str = "made ";

/// Why there is no authority.
#[derive(Debug, Error)]
pub enum AuthorityError {
    /// A file or the folder cannot be used.
    #[error("cannot use {path}")]
    File {
        /// The file or folder.
        path: String,
        /// The system's reason.
        source: io::Error,
    },
    /// The key can be read by others.
    #[error(
        "expected {path} to be readable by its owner only, found mode {mode:o}: `chmod 600` it, or delete it to have another"
    )]
    Open {
        /// The file.
        path: String,
        /// Its permissions.
        mode: u32,
    },
    /// The file was not written by a mock, or not wholly.
    #[error("expected {path} to hold what a mock wrote, found {found}: delete it to have another")]
    Content {
        /// The file.
        path: String,
        /// What is wrong.
        found: String,
    },
    /// The cryptography failed.
    #[error("cannot make a certificate")]
    Certificate(#[from] rcgen::Error),
}

/// A certificate authority with its key.
#[derive(Debug)]
pub struct Authority {
    certificate: PathBuf,
    der: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
    until: Timestamp,
}

/// A certificate for a server.
#[derive(Debug)]
pub(crate) struct Leaf {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: PrivateKeyDer<'static>,
    pub(crate) until: Timestamp,
}

impl Authority {
    /// The authority of a folder, made where there is none, or none that lasts another 120 days.
    ///
    /// ```
    /// # let folder = std::env::temp_dir().join(format!("rebuttal-authority-{}", std::process::id()));
    /// let now = "2026-01-01T00:00:00Z".parse().unwrap();
    /// let authority = rebuttal_mock::Authority::open(&folder, now)?;
    /// assert!(authority.certificate().ends_with("ca.pem"));
    /// # std::fs::remove_dir_all(&folder).unwrap();
    /// # Ok::<(), rebuttal_mock::AuthorityError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the folder cannot be used, or holds something else, or its key can be read by others.
    pub fn open(folder: &Path, now: Timestamp) -> Result<Self, AuthorityError> {
        let failed = |path: &Path| {
            let path = path.display().to_string();
            move |source| AuthorityError::File { path, source }
        };
        make_folder(folder).map_err(failed(folder))?;
        let (secret, certificate) = (folder.join(KEY_FILE), folder.join(CERTIFICATE_FILE));
        let old = fs::exists(&secret).map_err(failed(&secret))?;
        let kept = if old { Some(read(&secret)?) } else { None };
        let lasts = |kept: &Kept| kept.until.unix_seconds() - now.unix_seconds() >= AUTHORITY_MARGIN;
        let kept = match kept.filter(lasts) {
            Some(kept) => kept,
            None => {
                publish(&secret, &make(now)?, old).map_err(failed(&secret))?;
                // Another process may have been first: there is one authority in a folder.
                read(&secret)?
            }
        };
        let text = kept.pem.as_bytes();
        if fs::read(&certificate).ok().as_deref() != Some(text) {
            replace(&certificate, text, 0o644).map_err(failed(&certificate))?;
        }
        Ok(Self {
            // Clients that are told of it run elsewhere.
            certificate: fs::canonicalize(&certificate).map_err(failed(&certificate))?,
            der: kept.der,
            issuer: Issuer::new(authority_terms(kept.made), kept.key),
            until: kept.until,
        })
    }

    /// The file that clients are told to trust (PEM).
    pub fn certificate(&self) -> &Path {
        &self.certificate
    }

    /// When the authority ends.
    pub fn until(&self) -> Timestamp {
        self.until
    }

    /// A certificate for every name of this machine and [`API_HOST`], and for the address that is listened on.
    pub(crate) fn leaf(&self, address: IpAddr, now: Timestamp) -> Result<Leaf, rcgen::Error> {
        let mut names = vec![
            "localhost".to_owned(),
            API_HOST.to_owned(),
            "127.0.0.1".to_owned(),
            "::1".to_owned(),
        ];
        let address = address.to_string();
        if permitted(&address) && !names.contains(&address) {
            names.push(address);
        }
        let mut terms = CertificateParams::new(names)?;
        let until = now.plus_seconds(LEAF_LASTS.min(self.until.unix_seconds() - now.unix_seconds()));
        terms.distinguished_name = named("rebuttal mock");
        terms.not_before = at(now.plus_seconds(-SKEW));
        terms.not_after = at(until);
        terms.use_authority_key_identifier_extension = true;
        terms.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        terms.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate()?;
        let certificate = terms.signed_by(&key, &self.issuer)?;
        Ok(Leaf {
            chain: vec![certificate.der().clone(), self.der.clone()],
            key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            until,
        })
    }
}

/// Whether the authority may speak for an address.
fn permitted(address: &str) -> bool {
    let Ok(address) = address.parse::<IpAddr>() else {
        return false;
    };
    NETWORKS
        .iter()
        .any(|(network, bits)| match (network.parse(), address) {
            (Ok(IpAddr::V4(network)), IpAddr::V4(address)) => {
                u32::from(network) >> (32 - bits) == u32::from(address) >> (32 - bits)
            }
            (Ok(IpAddr::V6(network)), IpAddr::V6(address)) => {
                u128::from(network) >> (128 - bits) == u128::from(address) >> (128 - bits)
            }
            _ => false,
        })
}

/// What is read from the file of the key.
struct Kept {
    made: Timestamp,
    until: Timestamp,
    pem: String,
    der: CertificateDer<'static>,
    key: KeyPair,
}

fn read(path: &Path) -> Result<Kept, AuthorityError> {
    let shown = path.display().to_string();
    let failed = |source| AuthorityError::File {
        path: shown.clone(),
        source,
    };
    let wrong = |found: &str| AuthorityError::Content {
        path: shown.clone(),
        found: found.to_owned(),
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path).map_err(failed)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(AuthorityError::Open { path: shown, mode });
        }
    }
    let text = fs::read_to_string(path).map_err(failed)?;
    let (first, rest) = text.split_once('\n').ok_or_else(|| wrong("one line"))?;
    let made = first
        .strip_prefix(MADE)
        .and_then(|time| time.parse::<Timestamp>().ok());
    let made = made.ok_or_else(|| wrong("no time in the first line"))?;
    let no_pem = |what: &'static str| move |_: pem::Error| wrong(what);
    let der = CertificateDer::from_pem_slice(rest.as_bytes()).map_err(no_pem("no certificate"))?;
    let key = PrivatePkcs8KeyDer::from_pem_slice(rest.as_bytes()).map_err(no_pem("no private key"))?;
    let end = rest
        .find("-----BEGIN PRIVATE KEY")
        .ok_or_else(|| wrong("no private key"))?;
    Ok(Kept {
        made,
        until: made.plus_seconds(AUTHORITY_LASTS),
        pem: rest[..end].to_owned(),
        der,
        key: KeyPair::try_from(&key).map_err(|_| wrong("a private key of another kind"))?,
    })
}

/// The text of a new authority's file.
fn make(now: Timestamp) -> Result<String, AuthorityError> {
    let key = KeyPair::generate()?;
    let certificate = authority_terms(now).self_signed(&key)?;
    // Other systems end lines otherwise.
    let text = format!("{MADE}{now}\n{}{}", certificate.pem(), key.serialize_pem());
    Ok(text.replace('\r', ""))
}

fn authority_terms(made: Timestamp) -> CertificateParams {
    let names = NAMES
        .iter()
        .map(|name| GeneralSubtree::DnsName((*name).to_owned()));
    let networks = NETWORKS.iter().filter_map(|(network, bits)| {
        let network = network.parse().ok()?;
        Some(GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(
            network, *bits,
        )))
    });
    let mut terms = CertificateParams::default();
    // With the time in it, an authority and the one after it are never taken for each other.
    terms.distinguished_name = named(&format!("rebuttal mock, made {made}"));
    terms.not_before = at(made.plus_seconds(-SKEW));
    terms.not_after = at(made.plus_seconds(AUTHORITY_LASTS));
    terms.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    terms.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    terms.name_constraints = Some(NameConstraints {
        permitted_subtrees: names.chain(networks).collect(),
        excluded_subtrees: Vec::new(),
    });
    terms
}

fn named(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}

fn at(time: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(time.unix_seconds()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes the file of the key: whole or not at all, and over nothing that another process has just made.
fn publish(path: &Path, text: &str, replaces: bool) -> io::Result<()> {
    if replaces {
        return replace(path, text.as_bytes(), 0o600);
    }
    let beside = write_beside(path, text.as_bytes(), 0o600)?;
    let linked = match fs::hard_link(&beside, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        // Some file systems have no links.
        Err(_) => fs::copy(&beside, path).map(drop),
        done => done,
    };
    fs::remove_file(&beside)?;
    linked
}

fn replace(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let beside = write_beside(path, bytes, mode)?;
    fs::rename(&beside, path)
}

/// Writes a file beside its place, with these permissions from the start.
fn write_beside(path: &Path, bytes: &[u8], mode: u32) -> io::Result<PathBuf> {
    use std::io::Write;
    let beside = path.with_extension(format!("{}-{}.new", std::process::id(), fastrand::u32(..)));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(beside)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn an_authority_is_made_once_kept_and_made_anew_near_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("deep/er");
        let now = time("2026-01-01T00:00:00Z");
        let first = Authority::open(&folder, now).unwrap();
        let text = fs::read_to_string(first.certificate()).unwrap();
        assert!(
            text.starts_with("-----BEGIN CERTIFICATE-----") && !text.contains("PRIVATE"),
            "{text}"
        );
        let again = Authority::open(&folder, time("2035-08-01T00:00:00Z")).unwrap();
        assert_eq!(again.der, first.der);
        assert_eq!(again.until(), time("2035-12-30T00:00:00Z"));
        let anew = Authority::open(&folder, time("2035-10-01T00:00:00Z")).unwrap();
        assert_ne!(anew.der, first.der);
        assert_ne!(fs::read_to_string(anew.certificate()).unwrap(), text);
        assert_eq!(
            fs::read_dir(&folder).unwrap().count(),
            2,
            "nothing is left beside"
        );
    }

    #[test]
    fn a_key_is_private_and_a_file_that_is_no_authority_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let now = time("2026-01-01T00:00:00Z");
        Authority::open(folder.path(), now).unwrap();
        let key = folder.path().join(KEY_FILE);
        let told = |content: &str| {
            fs::write(&key, content).unwrap();
            Authority::open(folder.path(), now).unwrap_err().to_string()
        };
        for (content, found) in [
            ("", "one line"),
            ("hello\n", "no time"),
            ("made 2026-01-01T00:00:00Z\nx", "no certificate"),
        ] {
            assert!(told(content).contains(found), "{}", told(content));
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
            fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
            let told = Authority::open(folder.path(), now).unwrap_err().to_string();
            assert!(told.contains("found mode 644"), "{told}");
        }
    }

    #[test]
    fn many_at_once_share_one_authority() {
        let folder = tempfile::tempdir().unwrap();
        let now = time("2026-01-01T00:00:00Z");
        let open = || Authority::open(folder.path(), now).unwrap().der;
        let found: Vec<_> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(found.iter().all(|der| *der == found[0]));
    }

    #[test]
    fn a_leaf_ends_with_its_authority() {
        let folder = tempfile::tempdir().unwrap();
        let now = time("2026-01-01T00:00:00Z");
        let authority = Authority::open(folder.path(), now).unwrap();
        for (at, until) in [
            ("2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z"),
            ("2035-12-01T00:00:00Z", "2035-12-30T00:00:00Z"),
        ] {
            let leaf = authority.leaf("127.0.0.1".parse().unwrap(), time(at)).unwrap();
            assert_eq!(leaf.until, time(until));
        }
    }

    #[test]
    fn only_addresses_of_nobody_get_certificates() {
        for (address, wanted) in [
            ("127.0.0.53", true),
            ("192.168.1.5", true),
            ("fe80::1", true),
            ("8.8.8.8", false),
            ("2001:db8::1", false),
            ("0.0.0.0", false),
        ] {
            assert_eq!(permitted(address), wanted, "{address}");
        }
    }
}
