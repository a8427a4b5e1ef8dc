//! The forms in which a moment of the past can be given.

use super::error::{CommandError, ErrorKind, Unmasked};
use crate::text::Shown;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan as _};

/// What `--since` says, in seconds since 1970-01-01T00:00:00Z: a day, a time (in UTC where it names no zone), or how
/// long ago (`2w`, `3 days ago`).
pub fn since(text: &str, now: Timestamp) -> Result<i64, CommandError> {
    let moment = moment(text.trim(), now).ok_or_else(|| {
        let shown = Shown::new(text.as_bytes(), &Unmasked);
        CommandError::new(ErrorKind::Usage, format!("--since: {shown:?} is no time that keyward knows")).hint(
            "give a day (2026-01-31), a time (2026-01-31T12:00:00Z), or how long ago (12h, 30d, 2w, 3 months ago)",
        )
    })?;
    if moment > now {
        let text = format!("--since: {moment} is still to come, so that nothing would be scanned");
        return Err(CommandError::new(ErrorKind::Usage, text));
    }
    Ok(moment.as_second())
}

fn moment(text: &str, now: Timestamp) -> Option<Timestamp> {
    let utc = |time: DateTime| time.to_zoned(TimeZone::UTC).ok().map(|time| time.timestamp());
    let day = || text.parse::<Date>().ok().filter(|_| text.len() == 10).and_then(|day| utc(day.at(0, 0, 0, 0)));
    let zoned = || text.parse::<Timestamp>().ok();
    let plain = || text.parse::<DateTime>().ok().and_then(utc);
    day().or_else(zoned).or_else(plain).or_else(|| ago(text, now))
}

fn ago(text: &str, now: Timestamp) -> Option<Timestamp> {
    if text == "yesterday" {
        return before(now, 1.day());
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (count, unit) = text.split_at_checked(digits)?;
    let count: i32 = count.parse().ok()?;
    let unit = unit.trim_matches([' ', '.']);
    let unit = unit.strip_suffix("ago").map_or(unit, |unit| unit.trim_end_matches([' ', '.']));
    let span = match unit.strip_suffix('s').filter(|unit| unit.len() > 1).unwrap_or(unit) {
        "h" | "hour" => count.hours(),
        "d" | "day" => count.days(),
        "w" | "week" => count.weeks(),
        "month" => count.months(),
        "y" | "year" => count.years(),
        _ => return None,
    };
    before(now, span)
}

fn before(now: Timestamp, span: Span) -> Option<Timestamp> {
    now.to_zoned(TimeZone::UTC).checked_sub(span).ok().map(|time| time.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Option<String> {
        let now = "2026-11-21T06:00:00Z".parse().unwrap();
        let seconds = since(text, now).ok()?;
        Some(Timestamp::from_second(seconds).unwrap().to_string())
    }

    #[test]
    fn days_times_and_how_long_ago_are_understood() {
        for (text, want) in [
            ("2026-01-31", "2026-01-31T00:00:00Z"),
            ("2026-01-31T12:00:00+02:00", "2026-01-31T10:00:00Z"),
            ("2026-01-31 12:30:00", "2026-01-31T12:30:00Z"),
            ("12h", "2026-11-20T18:00:00Z"),
            ("30d", "2026-10-22T06:00:00Z"),
            ("2 weeks ago", "2026-11-07T06:00:00Z"),
            ("2.weeks.ago", "2026-11-07T06:00:00Z"),
            ("1 month ago", "2026-10-21T06:00:00Z"),
            ("yesterday", "2026-11-20T06:00:00Z"),
        ] {
            assert_eq!(told(text).as_deref(), Some(want), "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_an_error_and_never_now() {
        for text in
            ["", "soon", "3", "3 parsecs ago", "-1d", "2026-13-01", "2027-01-01", "99999999999y", "last tuesday"]
        {
            assert_eq!(told(text), None, "{text}");
        }
    }
}
