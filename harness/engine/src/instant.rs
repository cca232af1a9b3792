//! Instants (COND-060 to COND-065).

/// A point in time with nanosecond precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant {
    /// Seconds since 1970-01-01T00:00:00Z.
    seconds: i64,
    nanoseconds: u32,
}

impl Instant {
    /// Reads a date: digits alone are seconds since the epoch (COND-061), anything else must be an ISO form (COND-060).
    pub(crate) fn parse(text: &str) -> Option<Instant> {
        let bytes = text.as_bytes();
        if !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit) {
            let seconds = bytes.iter().try_fold(0i64, |seconds, &digit| {
                seconds.checked_mul(10)?.checked_add(i64::from(digit - b'0'))
            })?;
            return Some(Instant { seconds, nanoseconds: 0 });
        }
        iso(bytes)
    }
}

fn iso(bytes: &[u8]) -> Option<Instant> {
    let mut fields = Fields(bytes);
    let year = fields.number(4)?;
    fields.one_of(b"-")?;
    let month = fields.number(2)?;
    let mut day = 1;
    let (mut hour, mut minute, mut second, mut nanoseconds) = (0, 0, 0, 0);
    let mut offset_minutes = 0;
    if fields.more() {
        fields.one_of(b"-")?;
        day = fields.number(2)?;
    }
    if fields.more() {
        fields.one_of(b"Tt")?;
        hour = fields.number(2)?;
        fields.one_of(b":")?;
        minute = fields.number(2)?;
        if fields.one_of(b":").is_some() {
            second = fields.number(2)?;
            if fields.one_of(b".").is_some() {
                nanoseconds = fields.fraction()?;
            }
        }
        offset_minutes = fields.zone()?;
    }
    let valid = !fields.more()
        && (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if !valid {
        return None;
    }
    let offset_minutes = faulty!(OffsetsAdded => -offset_minutes, else offset_minutes);
    let nanoseconds = faulty!(FractionsDropped => 0, else nanoseconds);
    let minutes = (days_since_epoch(year, month, day) * 24 + i64::from(hour)) * 60 + i64::from(minute);
    Some(Instant { seconds: (minutes - offset_minutes) * 60 + i64::from(second), nanoseconds })
}

/// What is left to read.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn more(&self) -> bool {
        !self.0.is_empty()
    }

    /// Exactly `width` digits.
    fn number(&mut self, width: usize) -> Option<u32> {
        let (digits, rest) = self.0.split_at_checked(width)?;
        let number = digits.iter().try_fold(0, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0'))
        })?;
        self.0 = rest;
        Some(number)
    }

    /// One character out of `choices`.
    fn one_of(&mut self, choices: &[u8]) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        choices.contains(&first).then(|| {
            self.0 = rest;
            first
        })
    }

    /// One to nine digits of a second's fraction, in nanoseconds.
    fn fraction(&mut self) -> Option<u32> {
        let width = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=9).contains(&width) {
            return None;
        }
        Some(self.number(width)? * 10u32.pow(9 - width as u32))
    }

    /// `Z`, `±hh:mm` or nothing, in minutes east of UTC.
    fn zone(&mut self) -> Option<i64> {
        if !self.more() {
            return Some(0);
        }
        let sign = match self.one_of(b"Zz+-")? {
            b'+' => 1,
            b'-' => -1,
            _ => return Some(0),
        };
        let hours = self.number(2)?;
        self.one_of(b":")?;
        let minutes = self.number(2)?;
        (hours < 24 && minutes < 60).then(|| sign * i64::from(hours * 60 + minutes))
    }
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar. Years are counted from March, so that the leap day comes last.
fn days_since_epoch(year: u32, month: u32, day: u32) -> i64 {
    let from_march = i64::from((month + 9) % 12);
    let year = i64::from(year) - i64::from(month <= 2);
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let days_before_month = (153 * from_march + 2) / 5;
    const EPOCH: i64 = 719_468;
    year * 365 + leap_days + days_before_month + i64::from(day) - 1 - EPOCH
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap_or_else(|| panic!("{text} is a date"))
    }

    #[test]
    fn forms_of_one_instant() {
        for (one, other) in [
            ("1704067200", "2024-01-01T00:00:00Z"),
            ("2024", "1970-01-01T00:33:44Z"),
            ("2024-03", "2024-03-01t00:00:00z"),
            ("2024-03-01T12:00", "2024-03-01T12:00:00.000Z"),
            ("1997-07-16T19:20:30+01:00", "1997-07-16T18:20:30Z"),
            ("2024-03-01T00:30-00:45", "2024-03-01T01:15"),
            ("2000-02-29", "951782400"),
        ] {
            assert_eq!(at(one), at(other), "{one} {other}");
        }
        assert_eq!(at("0000-03-01").seconds - at("0000-02-29").seconds, 86_400);
        assert!(at("2024-01-01T00:00:00.5Z") > at("2024-01-01T00:00:00.499999999Z"));
        assert!(at("1969-12-31T23:59:59.5") < at("0"));
    }

    #[test]
    fn everything_else_is_no_date() {
        for text in [
            "",
            "-1",
            "1.5",
            "9223372036854775808",
            "2024-3-1",
            "2023-02-29",
            "1900-02-29",
            "2024-13",
            "2024-00",
            "2024-01-00",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:60",
            "2024-01-01T00:00:60Z",
            "2024-01-01T00:00:00.Z",
            "2024-01-01T00:00:00.1234567890Z",
            "2024-01-01T00:00+24:00",
            "2024-01-01Z",
            "2024-01-01T00",
            "2024-01-01 00:00",
            "2024-01-01T00:00:00Z ",
            "tomorrow",
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }
}
