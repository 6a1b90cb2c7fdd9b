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
