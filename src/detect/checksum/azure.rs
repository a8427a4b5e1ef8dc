//! Checksums that Microsoft puts into its keys.
//! <https://github.com/microsoft/security-utilities>: IdentifiableMetadata.cs, IdentifiableSecrets.cs, SEC101_102_AdoPat.cs

use super::alphabet::{BASE62, base64, digits};
use super::marvin::marvin32;
use super::{Checked, Input, Proof, proved};
use data_encoding::{BASE32_NOPAD, BASE64};

/// Where a key of some length has the four letters that name its service.
const SIGNATURE_AT: [(usize, usize); 4] = [(44, 33), (52, 42), (56, 44), (88, 76)];

/// A service that issues identifiable keys.
struct Service {
    letters: &'static [u8; 4],
    seeds: &'static [&'static [u8; 8]],
    /// Whether a wrong checksum tells anything: for some services no genuine key was there to confirm the seeds with,
    /// and Redis also issues keys without + and /, whose checksum is altered.
    confirmed: bool,
}

const SERVICES: &[Service] = &[
    Service { letters: b"+ASt", seeds: &[b"Default0"], confirmed: true },
    Service { letters: b"+ABa", seeds: &[b"AbAcct00"], confirmed: true },
    Service { letters: b"ACDb", seeds: COSMOS, confirmed: true },
    Service { letters: b"+AMC", seeds: &[b"Classic0"], confirmed: true },
    Service { letters: b"APIM", seeds: &[b"Tenant00", b"IoTHub00", b"Gatewy00", b"GitKey00"], confirmed: true },
    Service { letters: b"+ASb", seeds: MESSAGING, confirmed: true },
    Service { letters: b"+AEh", seeds: MESSAGING, confirmed: true },
    Service { letters: b"+ARm", seeds: MESSAGING, confirmed: true },
    Service { letters: b"AIoT", seeds: &[b"IoTHub00", b"DpsKey00", b"Device00"], confirmed: true },
    Service { letters: b"AzCa", seeds: &[b"Access00"], confirmed: false },
    Service { letters: b"AzFu", seeds: &[b"Master00", b"System00", b"Functi00"], confirmed: false },
    Service { letters: b"AzSe", seeds: &[b"Query000", b"PAdmin00"], confirmed: false },
    Service { letters: b"+ACR", seeds: &[b"ACRDflt0"], confirmed: false },
];
const COSMOS: &[&[u8; 8]] =
    &[b"MastRW00", b"MastRO00", b"SystRW00", b"SystRO00", b"SysAll00", b"Resour00", b"Encryp00"];
const MESSAGING: &[&[u8; 8]] = &[b"System00", b"Unknown0", b"Send0000", b"Manage00", b"Listen00"];

/// Keys that hold four letters of their service and end in a Marvin32 checksum of the bytes before.
pub(super) fn identifiable(input: &Input<'_>) -> Checked {
    let key = input.subject();
    let at = SIGNATURE_AT.iter().find(|(length, _)| *length == key.len()).map(|(_, at)| *at);
    let Some(letters) = at.and_then(|at| key.get(at..at + 4)) else { return proved(false) };
    let Some(service) = SERVICES.iter().find(|service| service.letters == letters) else { return proved(false) };
    let Some(bytes) = base64(key) else { return proved(false) };
    let Some((body, sum)) = bytes.split_last_chunk::<4>() else { return proved(false) };
    let passes =
        service.seeds.iter().any(|seed| marvin32(body, u64::from_be_bytes(**seed)) == u32::from_le_bytes(*sum));
    if passes || service.confirmed { proved(passes) } else { Proof::Plausible.into() }
}

/// Client secrets of Entra ID: `8Q~` as characters 4 to 6, and the first 3 digits of the checksum at the end.
/// `7Q~`, the older form, has no checksum.
pub(super) fn entra(input: &Input<'_>) -> Checked {
    const ALPHABET: &[u8; 66] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890.-_~";
    let secret = input.subject();
    if secret.get(3..6) == Some(b"7Q~") {
        return Proof::Plausible.into();
    }
    let Some((text, sum)) = secret.split_last_chunk::<3>() else { return proved(false) };
    let expected = digits(marvin32(text, u64::from_be_bytes(*b"AadPwd00")), ALPHABET, 6);
    proved(secret.get(3..6) == Some(b"8Q~") && expected.starts_with(sum))
}

/// Common annotated keys with `JQQJ9` at character 53: 84 characters, or 88 with `==`.
pub(super) fn cask(input: &Input<'_>) -> Checked {
    const SUM_AT: usize = 80;
    let Some((body, sum)) = input.subject().split_at_checked(SUM_AT) else { return proved(false) };
    let Some(bytes) = base64(body) else { return proved(false) };
    let expected = marvin32(&bytes, u64::from_be_bytes(*b"Default0")).to_le_bytes();
    let short = sum.len() == 4;
    let plain = BASE64.encode(if short { expected.get(..3).unwrap_or_default() } else { &expected });
    // The digits of the bytes read as a big-endian number, filled on the right.
    let mut base62 = digits(u32::from_be_bytes(expected), BASE62, 0);
    base62.resize(6, b'0');
    let bare = sum.strip_suffix(b"==").unwrap_or(sum);
    let fits = matches!((sum.len(), bare.len()), (4, 4) | (8, 6));
    proved(fits && (base62.starts_with(bare) || plain.as_bytes() == sum))
}

/// Personal access tokens of Azure DevOps in their older form: base32 of 32 bytes, four of them a CRC-32.
/// No genuine token was there to confirm it with, so that a wrong checksum tells nothing.
pub(super) fn devops_pat(input: &Input<'_>) -> Checked {
    const SEEDS: [u32; 2] = [0xE0B9_692D, 0x1019_F92E];
    let decoded = BASE32_NOPAD.decode(&input.subject().to_ascii_uppercase());
    let Some(bytes) = decoded.ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()) else { return proved(false) };
    let data = [&bytes[0..2], &bytes[3..7], &bytes[9..22], &bytes[23..32]].concat();
    let sum = u32::from_le_bytes([bytes[22], bytes[8], bytes[7], bytes[2]]);
    let passes = SEEDS.iter().any(|seed| crc32fast::hash(&data) ^ seed == sum);
    if passes { Proof::Passes.into() } else { Proof::Plausible.into() }
}
