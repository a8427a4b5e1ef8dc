use super::testing::{at, key, line, sign, signers};
use super::*;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use ssh_key::public::{KeyData, SkEd25519};
use ssh_key::{Algorithm, HashAlg, PublicKey, SshSig};

const NOW: &str = "2027-01-15T12:00:00Z";

fn vouched(file: &str, principal: &str, seed: u8) -> Result<(), NotSigned> {
    signers(file).vouch(principal, "ns", b"message", &sign(seed, "ns", b"message"), at(NOW))
}

#[test]
fn a_signature_counts_for_its_principal_namespace_and_message() {
    let file = line("ann@example.com", "", 1);
    assert_eq!(vouched(&file, "ann@example.com", 1), Ok(()));
    assert_eq!(vouched(&file, "bob@example.com", 1), Err(NotAllowed::Principal.into()));
    assert_eq!(vouched(&file, "ann@example.com", 2), Err(NotAllowed::Key.into()));
    let (signature, signers) = (sign(1, "other", b"message"), signers(&file));
    let vouch = |message: &[u8], signature| signers.vouch("ann@example.com", "ns", message, signature, at(NOW));
    assert_eq!(vouch(b"message", &signature), Err(SignatureFault::Namespace("other".to_owned()).into()));
    assert_eq!(vouch(b"Message", &sign(1, "ns", b"message")), Err(SignatureFault::Altered.into()));
}

#[test]
fn options_narrow_a_line_and_any_line_that_fits_is_enough() {
    let spaces = line("ann", "namespaces=\"git,keyward-*\"", 1);
    assert_eq!(vouched(&spaces, "ann", 1), Err(NotAllowed::Namespace.into()));
    assert_eq!(vouched(&line("ann", "namespaces=\"git,n?\"", 1), "ann", 1), Ok(()));
    assert_eq!(vouched(&format!("{spaces}{}", line("a*,!al*", "", 1)), "ann", 1), Ok(()));
    let early = vouched(&line("ann", "valid-after=\"20270116Z\"", 1), "ann", 1);
    assert_eq!(early, Err(NotAllowed::NotYet(at("2027-01-16T00:00:00Z")).into()));
    let late = vouched(&line("ann", "valid-before=\"202701151159Z\"", 1), "ann", 1);
    assert_eq!(late, Err(NotAllowed::Expired(at("2027-01-15T11:59:00Z")).into()));
    let between = "valid-after=\"20270115Z\",valid-before=\"202701151201Z\"";
    assert_eq!(vouched(&line("ann", between, 1), "ann", 1), Ok(()));
}

#[test]
fn comments_quotes_and_empty_lines_are_read_as_openssh_does() {
    let key = key(1).public_key().to_openssh().unwrap();
    let text = format!("# people\n\n  \"ann smith,bob\" NAMESPACES=\"ns\"  {key} a comment\r\n");
    assert!(AllowedSigners::parse("f", text.as_bytes(), &TimeZone::UTC).is_ok());
    assert_eq!(vouched(&format!("\"ann,bob\" {key}\n"), "bob", 1), Ok(()));
}

#[test]
fn a_wrong_line_is_an_error_with_its_number() {
    let good = line("ann", "", 1);
    for (wrong, word) in [
        (line("ann", "cert-authority", 1), "certificates"),
        (line("ann", "namespace=\"git\"", 1), "unknown option"),
        (line("ann", "namespaces=git", 1), "double quotes"),
        (line("ann", "namespaces=\"git", 1), "no key"),
        (line("ann", "namespaces=\"git\",namespaces=\"git\"", 1), "twice"),
        (line("ann", "valid-after=\"tomorrow\"", 1), "YYYYMMDD"),
        (line("ann", "valid-after=\"20270116Z\",valid-before=\"20270115Z\"", 1), "not behind"),
        ("ann\n".to_owned(), "no key"),
        ("ann ssh-ed25519 AAAA\n".to_owned(), "cannot be read"),
        ("\"ann ssh-ed25519\n".to_owned(), "closing quote"),
    ] {
        let error = AllowedSigners::parse("f", format!("{good}{wrong}").as_bytes(), &TimeZone::UTC).unwrap_err();
        assert_eq!((error.line, error.message.contains(word)), (2, true), "{wrong} {error}");
    }
    assert_eq!(AllowedSigners::parse("f", b"ann \xff", &TimeZone::UTC).unwrap_err().line, 1);
}

/// What a security key makes of a message: the signature over the digests of application and message, with flags and a
/// counter between them (OpenSSH's PROTOCOL.u2f).
fn by_security_key(flags: u8) -> (Signature, String) {
    use sha2::{Digest, Sha256};
    use ssh_key::private::KeypairData;
    let own = key(7);
    let KeypairData::Ed25519(pair) = own.key_data() else { panic!("an Ed25519 key") };
    let public = pair.public;
    let secret = ed25519_dalek::SigningKey::from_bytes(&pair.private.to_bytes());
    let key = PublicKey::from(KeyData::SkEd25519(SkEd25519::new(public, "ssh:")));
    let data = SshSig::signed_data("ns", HashAlg::Sha512, b"message").unwrap();
    let trailer = [flags, 0, 0, 0, 9];
    let signed = [&Sha256::digest(b"ssh:")[..], &trailer, &Sha256::digest(&data)[..]].concat();
    let raw = ed25519_dalek::Signer::sign(&secret, &signed).to_bytes();
    let signature = ssh_key::Signature::new(Algorithm::SkEd25519, [&raw[..], &trailer].concat()).unwrap();
    let sshsig = SshSig::new(key.key_data().clone(), "ns", HashAlg::Sha512, signature).unwrap();
    use ssh_key::encoding::Encode as _;
    (Signature::from_bytes(&sshsig.encode_vec().unwrap()).unwrap(), key.to_openssh().unwrap())
}

#[test]
fn a_security_key_has_to_be_touched_unless_its_line_says_otherwise() {
    let vouch = |flags: u8, options: &str| {
        let (signature, key) = by_security_key(flags);
        signers(&format!("ann {options} {key}")).vouch("ann", "ns", b"message", &signature, at(NOW))
    };
    assert_eq!(vouch(1, ""), Ok(()));
    assert_eq!(vouch(0, ""), Err(SignatureFault::Untouched.into()));
    assert_eq!(vouch(0, "no-touch-required"), Ok(()));
    assert_eq!(vouch(1, "verify-required"), Err(SignatureFault::Unverified.into()));
    assert_eq!(vouch(5, "verify-required"), Ok(()));
}

#[test]
fn what_follows_a_signature_or_is_written_another_way_is_none() {
    let bytes = sign(1, "ns", b"message").to_bytes();
    assert!(Signature::from_bytes(&bytes).is_ok());
    assert!(Signature::from_bytes(&[&bytes[..], b"x"].concat()).is_err());
    let armour = sign(1, "ns", b"message").to_armour();
    assert_eq!(Signature::from_armour(armour.as_bytes()).unwrap().to_bytes(), bytes);
    assert!(Signature::from_armour(&bytes).is_err());
    assert!(Signature::from_bytes(&vec![b'S'; 1 << 20]).is_err());
}

proptest! {
    /// One bit is enough, wherever it is.
    #[test]
    fn a_changed_signature_never_counts(at_byte in 0usize..200, bit in 0u8..8) {
        let mut bytes = sign(1, "ns", b"message").to_bytes();
        let at_byte = at_byte % bytes.len();
        bytes[at_byte] ^= 1 << bit;
        let signers = signers(&line("ann", "", 1));
        if let Ok(signature) = Signature::from_bytes(&bytes) {
            prop_assert!(signers.vouch("ann", "ns", b"message", &signature, at(NOW)).is_err());
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in "\\PC{0,120}") {
        let _ = Signature::from_bytes(&bytes);
        let _ = Signature::from_bytes(&[b"SSHSIG\0\0\0\x01".as_slice(), &bytes].concat());
        let _ = Signature::from_armour(&bytes);
        let _ = AllowedSigners::parse("f", &bytes, &TimeZone::UTC);
        let _ = AllowedSigners::parse("f", text.as_bytes(), &TimeZone::UTC);
    }
}
