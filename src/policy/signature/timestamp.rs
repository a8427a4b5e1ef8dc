//! OpenSSH's times (ssh-keygen(1), ALLOWED SIGNERS): `YYYYMMDD`, `YYYYMMDDHHMM` or `YYYYMMDDHHMMSS`, in the zone of
//! the machine, or in UTC with `Z` behind.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// `None` for what is no such time.
pub(super) fn parse(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let utc = ["Z", "z", "UTC", "utc"].iter().find_map(|end| text.strip_suffix(end));
    let digits = utc.unwrap_or(text);
    if !matches!(digits.len(), 8 | 12 | 14) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Pairs of digits: the century and the year, then month, day, hour, minute, second.
    let mut parts = digits.as_bytes().chunks_exact(2).map(|pair| match pair {
        [ten, one] => Some(i8::try_from((ten - b'0') * 10 + (one - b'0')).ok()?),
        _ => None,
    });
    let mut next = || parts.next().unwrap_or(Some(0));
    let year = i16::from(next()?) * 100 + i16::from(next()?);
    let time = DateTime::new(year, next()?, next()?, next()?, next()?, next()?, 0).ok()?;
    let zone = if utc.is_some() { &TimeZone::UTC } else { zone };
    Some(time.to_zoned(zone.clone()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, zone: &TimeZone) -> Option<String> {
        parse(text, zone).map(|time| time.to_string())
    }

    #[test]
    fn times_are_of_the_machine_unless_they_say_utc() {
        let east = TimeZone::fixed(jiff::tz::offset(2));
        assert_eq!(at("20270115", &east).as_deref(), Some("2027-01-14T22:00:00Z"));
        assert_eq!(at("20270115Z", &east).as_deref(), Some("2027-01-15T00:00:00Z"));
        assert_eq!(at("202701151230", &east).as_deref(), Some("2027-01-15T10:30:00Z"));
        assert_eq!(at("20270115123045UTC", &east).as_deref(), Some("2027-01-15T12:30:45Z"));
    }

    #[test]
    fn anything_else_is_none() {
        for text in
            ["", "Z", "2027011", "2027-01-15", "20271315", "20270132Z", "2027011525", "202701152500", "+2027011"]
        {
            assert_eq!(at(text, &TimeZone::UTC), None, "{text}");
        }
    }
}
