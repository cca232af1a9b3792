//! Dates (COND-060 to COND-065).

use jiff::civil::DateTime;

/// An instant: seconds since 1970-01-01T00:00:00Z, and nanoseconds into that second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant {
    seconds: i64,
    nanoseconds: u32,
}

/// Whether `text` is a date in either form.
pub fn is_date(text: &str) -> bool {
    parse_epoch(text).or_else(|| parse_iso(text)).is_some()
}

/// Reads ASCII digits as seconds since the epoch, up to 9223372036854775807 (COND-061). Four digits are no year (COND-062).
pub fn parse_epoch(text: &str) -> Option<Instant> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = digits.then(|| text.parse().ok())??;
    Some(Instant { seconds, nanoseconds: 0 })
}

/// Reads the ISO forms (COND-060): the shape is checked here, character by character; the calendar is the library's (COND-065).
pub fn parse_iso(text: &str) -> Option<Instant> {
    let mut rest = Reader(text.as_bytes());
    let year = rest.digits(4)?;
    rest.expect(b"-")?;
    let month = rest.digits(2)?;
    let has_day = rest.take(b"-");
    let day = if has_day { rest.digits(2)? } else { 1 };
    let (mut hour, mut minute, mut second, mut nanosecond, mut zone) = (0, 0, 0, 0, 0);
    if has_day && rest.take(b"Tt") {
        hour = rest.digits(2)?;
        rest.expect(b":")?;
        minute = rest.digits(2)?;
        if rest.take(b":") {
            second = rest.digits(2)?;
            if rest.take(b".") {
                nanosecond = rest.fraction()?;
            }
        }
        zone = rest.zone()?;
    }
    if !rest.0.is_empty() || second > 59 {
        return None;
    }
    let narrow = |number: i32| i8::try_from(number).ok();
    let civil = DateTime::new(
        i16::try_from(year).ok()?,
        narrow(month)?,
        narrow(day)?,
        narrow(hour)?,
        narrow(minute)?,
        narrow(second)?,
        0,
    )
    .ok()?;
    let since_epoch = civil.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0)).as_secs();
    Some(Instant { seconds: since_epoch - i64::from(zone), nanoseconds: nanosecond })
}

/// What is left of a text.
struct Reader<'t>(&'t [u8]);

impl Reader<'_> {
    /// Takes one byte if it is one of `wanted`.
    fn take(&mut self, wanted: &[u8]) -> bool {
        match self.0.split_first() {
            Some((first, rest)) if wanted.contains(first) => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    fn expect(&mut self, wanted: &[u8]) -> Option<()> {
        self.take(wanted).then_some(())
    }

    /// Takes exactly `count` digits.
    fn digits(&mut self, count: usize) -> Option<i32> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        digits.iter().try_fold(0, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + i32::from(digit - b'0'))
        })
    }

    /// Takes one to nine digits as a fraction of a second, in nanoseconds.
    fn fraction(&mut self) -> Option<u32> {
        let length = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at_checked(length).filter(|_| (1..=9).contains(&length))?;
        self.0 = rest;
        format!("{:0<9}", std::str::from_utf8(digits).ok()?).parse().ok()
    }

    /// Takes `Z` or `±hh:mm`, in seconds; a missing zone is UTC.
    fn zone(&mut self) -> Option<i32> {
        if self.0.is_empty() || self.take(b"Zz") {
            return Some(0);
        }
        let sign = if self.take(b"-") { -1 } else { self.expect(b"+").map(|()| 1)? };
        let hours = self.digits(2).filter(|hours| *hours <= 23)?;
        self.expect(b":")?;
        let minutes = self.digits(2).filter(|minutes| *minutes <= 59)?;
        Some(sign * (hours * 3600 + minutes * 60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_iso_forms_have_exactly_the_digits_shown() {
        for date in [
            "0000-01",
            "2024-02-29",
            "2024-01-01T00:00",
            "2024-01-01t00:00:00z",
            "2024-01-01T00:00-23:59",
            "9999-12-31T23:59:59.999999999+23:59",
        ] {
            assert!(parse_iso(date).is_some(), "{date}");
        }
        for text in [
            "",
            "2024",
            "2024-00",
            "2024-13",
            "2024-1",
            "+2024-01",
            "2024-01-",
            "2024-01Z",
            "2024-01T00:00",
            "2024-01-01Z",
            "2024-01-01T00",
            "2024-01-01T",
            "2024-01-01 00:00",
            "2024-01-01T00:00.5",
            "2024-01-01T00:00:00.",
            "2024-01-01T00:00:00.1234567890",
            "2024-01-01T23:59:60Z",
            "2024-01-01T24:00",
            "2024-01-01T00:00+24:00",
            "2024-01-01T00:00+00:60",
            "2024-01-01T00:00+0000",
            "2024-01-01T00:00Z ",
            "1900-02-29",
        ] {
            assert!(parse_iso(text).is_none(), "{text}");
        }
    }

    #[test]
    fn seconds_reach_to_the_end_of_64_bits() {
        assert!(parse_epoch("9223372036854775807") > parse_iso("9999-12-31"));
        assert!(parse_epoch("00000000000000000000001").is_some());
        assert_eq!(parse_epoch("9223372036854775808"), None);
        assert_eq!(parse_epoch("+1"), None);
    }
}
