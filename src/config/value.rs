//! The small languages of single values: versions, sizes, durations, dates.

use jiff::civil::Date;
use std::fmt;
use std::time::Duration;

/// A version of keyward: major, minor, patch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Version(pub u32, pub u32, pub u32);

impl Version {
    /// This program's.
    pub fn current() -> Self {
        Self::parse(env!("CARGO_PKG_VERSION")).unwrap_or(Self(0, 0, 0))
    }

    /// From `MAJOR.MINOR` or `MAJOR.MINOR.PATCH`; what follows a `-` or `+` (a pre-release, a build) is left out.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.split(['-', '+']).next()?;
        let mut parts = plain.split('.').map(number);
        let version = Self(parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
        parts.next().is_none().then_some(version)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// Bytes from a text such as `256MiB`, `64 kB` or `1000`.
pub fn parse_size(text: &str) -> Option<u64> {
    let (digits, unit) = split_number(text);
    let scale: u64 = match unit {
        "" | "B" => 1,
        "kB" | "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return None,
    };
    number::<u64>(digits)?.checked_mul(scale)
}

/// A duration from a number and `ms`, `s`, `m` or `h`; `Some(None)` for `none`, which is no limit.
pub fn parse_duration(text: &str) -> Option<Option<Duration>> {
    if text == "none" {
        return Some(None);
    }
    let (digits, unit) = split_number(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    if part.len() > 9 {
        return None;
    }
    let unit_ms: u64 = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    let tenths = 10_u64.checked_pow(u32::try_from(part.len()).ok()?)?;
    let fraction = number::<u64>(part)?.checked_mul(unit_ms)? / tenths;
    let whole = number::<u64>(whole)?.checked_mul(unit_ms)?;
    Some(Some(Duration::from_millis(whole.checked_add(fraction)?)))
}

/// A day as `YYYY-MM-DD`.
pub fn parse_date(text: &str) -> Option<Date> {
    let shape = text.len() == 10 && text.bytes().enumerate().all(|(at, byte)| (at == 4 || at == 7) == (byte == b'-'));
    if !shape {
        return None;
    }
    let mut parts = text.split('-');
    Date::new(number(parts.next()?)?, number(parts.next()?)?, number(parts.next()?)?).ok()
}

fn split_number(text: &str) -> (&str, &str) {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (digits, unit) = text.split_at_checked(end).unwrap_or((text, ""));
    (digits, unit.trim_start())
}

/// Digits only: `parse` alone would take a sign.
fn number<T: std::str::FromStr>(digits: &str) -> Option<T> {
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_have_two_or_three_numbers() {
        assert_eq!(Version::parse("0.3"), Some(Version(0, 3, 0)));
        assert_eq!(Version::parse("1.2.3-rc.1"), Some(Version(1, 2, 3)));
        assert!(["", "1", "1.2.3.4", "a.b", "1.", "+1.2", "1.-2"].iter().all(|text| Version::parse(text).is_none()));
    }

    #[test]
    fn sizes_are_bytes_or_have_a_unit() {
        assert_eq!(parse_size("256MiB"), Some(256 << 20));
        assert_eq!(parse_size("64 kB"), Some(64_000));
        assert_eq!(parse_size("7"), Some(7));
        assert!(["", "MiB", "-1", "1.5MiB", "1 Mib", "99999999999GiB"].iter().all(|text| parse_size(text).is_none()));
    }

    #[test]
    fn durations_have_a_unit_or_are_none() {
        assert_eq!(parse_duration("0ms"), Some(Some(Duration::ZERO)));
        assert_eq!(parse_duration("4.5s"), Some(Some(Duration::from_millis(4_500))));
        assert_eq!(parse_duration("2 h"), Some(Some(Duration::from_secs(7_200))));
        assert_eq!(parse_duration("none"), Some(None));
        assert!(["", "5", "5d", "-1s", "1.s", "1..2s", "s"].iter().all(|text| parse_duration(text).is_none()));
    }

    #[test]
    fn dates_have_four_two_and_two_digits() {
        assert_eq!(parse_date("2027-06-30"), Some(jiff::civil::date(2027, 6, 30)));
        assert!(["2027-6-30", "2027-02-30", "27-06-2030", "2027-06-30T"].iter().all(|text| parse_date(text).is_none()));
    }
}
