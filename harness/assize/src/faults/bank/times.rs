//! Dates.

use std::cmp::Ordering;

use assize_model::BaseOperator;
use assize_reference::date::Instant;
use assize_reference::{Correct, Semantics};

/// The date and, if there is one, the time without zone.
fn without_zone(text: &str) -> &str {
    let Some(time) = text.find(['T', 't']) else { return text };
    text[time..].find(['Z', 'z', '+', '-']).map_or(text, |zone| &text[..time + zone])
}

faults! { FAULTS, Evaluation, "dates";
    "epoch-unknown", "COND-061", Real, OverGrant, "Seconds since the epoch are no date.":
    fn date_epoch(&self, _text: &str) -> Option<Instant> { None }

    "epoch-in-milliseconds", "COND-061", Plausible, OverGrant, "Digits are milliseconds since the epoch.":
    fn date_epoch(&self, text: &str) -> Option<Instant> {
        let seconds = text.parse::<u64>().ok()? / 1000;
        Correct.date_epoch(&seconds.to_string())
    }

    "long-epoch-in-milliseconds", "COND-061", Plausible, OverGrant, "More than nine digits are milliseconds since the epoch.":
    fn date_epoch(&self, text: &str) -> Option<Instant> {
        Correct.date_epoch(if text.len() > 9 { text.get(..text.len() - 3).unwrap_or(text) } else { text })
    }

    "four-digits-are-a-year", "COND-062", Plausible, OverGrant, "Four digits are a year.":
    fn date_epoch(&self, text: &str) -> Option<Instant> {
        let epoch = Correct.date_epoch(text);
        if text.len() == 4 && epoch.is_some() { Correct.date_iso(&format!("{text}-01-01")) } else { epoch }
    }

    "fractional-epoch", "COND-061", Plausible, OverGrant, "Seconds since the epoch may have a fraction.":
    fn date_epoch(&self, text: &str) -> Option<Instant> { Correct.date_epoch(text.split_once('.').map_or(text, |(seconds, _)| seconds)) }

    "negative-epoch-is-zero", "COND-061", Plausible, OverGrant, "Negative seconds since the epoch are the epoch.":
    fn date_epoch(&self, text: &str) -> Option<Instant> { Correct.date_epoch(if text.starts_with('-') { "0" } else { text }) }

    "epoch-in-32-bits", "COND-061", Plausible, OverGrant, "Seconds since the epoch beyond 32 bits are no date.":
    fn date_epoch(&self, text: &str) -> Option<Instant> { Correct.date_epoch(text).filter(|_| text.parse::<u32>().is_ok()) }

    "huge-epoch-is-a-date", "COND-061", Plausible, OverGrant, "Digits beyond 64 bits are the last date there is.":
    fn date_epoch(&self, text: &str) -> Option<Instant> {
        let huge = text.len() > 18 && text.bytes().all(|byte| byte.is_ascii_digit());
        Correct.date_epoch(text).or_else(|| if huge { Correct.date_epoch("9223372036854775807") } else { None })
    }

    "iso-unknown", "COND-060", Plausible, OverGrant, "Dates in ISO form are none.":
    fn date_iso(&self, _text: &str) -> Option<Instant> { None }

    "day-alone-unknown", "COND-060", Plausible, OverGrant, "A day without time is no date.":
    fn date_iso(&self, text: &str) -> Option<Instant> { Correct.date_iso(text).filter(|_| text.len() != 10) }

    "month-alone-unknown", "COND-060", Plausible, OverGrant, "A month without day is no date.":
    fn date_iso(&self, text: &str) -> Option<Instant> { Correct.date_iso(text).filter(|_| text.len() != 7) }

    "minutes-alone-unknown", "COND-060", Plausible, OverGrant, "A time without seconds is no date.":
    fn date_iso(&self, text: &str) -> Option<Instant> { Correct.date_iso(text).filter(|_| without_zone(text).len() != 16) }

    "fraction-unknown", "COND-060", Plausible, OverGrant, "A time with a fraction of a second is no date.":
    fn date_iso(&self, text: &str) -> Option<Instant> { Correct.date_iso(text).filter(|_| !text.contains('.')) }

    "fraction-dropped", "COND-063", Plausible, OverGrant, "Fractions of a second are dropped.":
    fn date_iso(&self, text: &str) -> Option<Instant> {
        let Some((second, rest)) = text.split_once('.') else { return Correct.date_iso(text) };
        Correct.date_iso(&format!("{second}{}", rest.trim_start_matches(|c: char| c.is_ascii_digit())))
    }

    "seconds-dropped", "COND-063", Plausible, OverGrant, "Seconds are dropped.":
    fn date_iso(&self, text: &str) -> Option<Instant> {
        let minutes = || Some(format!("{}{}", without_zone(text).get(..16)?, &text[without_zone(text).len()..]));
        Correct.date_iso(text).and_then(|date| minutes().map_or(Some(date), |minutes| Correct.date_iso(&minutes)))
    }

    "time-dropped", "COND-064", Plausible, OverGrant, "Of a date in ISO form only the day counts.":
    fn date_iso(&self, text: &str) -> Option<Instant> {
        Correct.date_iso(text).and_then(|date| text.get(..10).map_or(Some(date), |day| Correct.date_iso(day)))
    }

    "zone-ignored", "COND-063", Plausible, OverGrant, "Zones are ignored.":
    fn date_iso(&self, text: &str) -> Option<Instant> { Correct.date_iso(text).and_then(|_| Correct.date_iso(without_zone(text))) }

    "zone-inverted", "COND-063", Plausible, OverGrant, "Zones count in the wrong direction.":
    fn date_iso(&self, text: &str) -> Option<Instant> {
        let (time, zone) = text.split_at(without_zone(text).len());
        let inverted = match zone.split_at_checked(1) {
            Some(("+", zone)) => format!("{time}-{zone}"),
            Some(("-", zone)) => format!("{time}+{zone}"),
            _ => text.to_owned(),
        };
        Correct.date_iso(&inverted)
    }

    "zone-required", "COND-060", Plausible, OverGrant, "A time without zone is no date.":
    fn date_iso(&self, text: &str) -> Option<Instant> {
        Correct.date_iso(text).filter(|_| text.len() <= 10 || without_zone(text).len() < text.len())
    }

    "only-zone-z", "COND-060", Plausible, OverGrant, "A zone other than Z is unknown.":
    fn date_iso(&self, text: &str) -> Option<Instant> {
        Correct.date_iso(text).filter(|_| text.len() <= 10 || !text[without_zone(text).len()..].contains(['+', '-']))
    }

    "capital-t-required", "COND-060", Plausible, OverGrant, "A time after a small t is no date.":
    fn date_iso(&self, text: &str) -> Option<Instant> { Correct.date_iso(text).filter(|_| !text.contains('t')) }

    "blank-before-time", "COND-060", Plausible, OverGrant, "A blank may stand before the time.":
    fn date_iso(&self, text: &str) -> Option<Instant> { Correct.date_iso(&text.replacen(' ', "T", 1)) }

    "short-fields-taken", "COND-060", Plausible, OverGrant, "Months and days may have one digit.":
    fn date_iso(&self, text: &str) -> Option<Instant> {
        let padded: Vec<String> = text.split('-').map(|field| format!("{field:0>2}")).collect();
        Correct.date_iso(text).or_else(|| Correct.date_iso(&padded.join("-")))
    }

    "midnight-at-24-hours", "COND-065", Plausible, OverGrant, "Hour 24 is hour 0.":
    fn date_iso(&self, text: &str) -> Option<Instant> { Correct.date_iso(&text.replace("T24:", "T00:")) }

    "days-run-over", "COND-065", Plausible, OverGrant, "29 February is 1 March where it does not exist.":
    fn date_iso(&self, text: &str) -> Option<Instant> { Correct.date_iso(text).or_else(|| Correct.date_iso(&text.replace("-02-29", "-03-01"))) }

    "leap-day-unknown", "COND-060", Plausible, OverGrant, "29 February never exists.":
    fn date_iso(&self, text: &str) -> Option<Instant> { Correct.date_iso(text).filter(|_| !text.contains("-02-29")) }

    "before-1970-unknown", "COND-060", Plausible, OverGrant, "What is before 1970 is no date.":
    fn date_iso(&self, text: &str) -> Option<Instant> { Correct.date_iso(text).filter(|date| Correct.date_epoch("0").is_some_and(|epoch| *date >= epoch)) }

    "before-1900-unknown", "COND-060", Plausible, OverGrant, "A date before 1900 is none.":
    fn date_iso(&self, text: &str) -> Option<Instant> { Correct.date_iso(text).filter(|_| text >= "1900") }

    "zone-below-an-hour-inverted", "COND-060", Plausible, OverGrant, "A zone of less than an hour behind UTC loses its sign, as minus zero does.":
    fn date_iso(&self, text: &str) -> Option<Instant> { Correct.date_iso(&text.replace("-00:", "+00:")) }

    "date-direction-swapped", "COND-063", Plausible, OverGrant, "The policy's date stands on the left.":
    fn compare_dates(&self, value: Instant, policy: Instant) -> Ordering { policy.cmp(&value) }

    "earlier-includes-equal", "COND-063", Real, OverGrant, "DateLessThan holds for equal dates.":
    fn date_holds(&self, base: BaseOperator, order: Ordering) -> bool {
        Correct.date_holds(base, order) || (base == BaseOperator::DateLessThan && order.is_eq())
    }

    "later-includes-equal", "COND-063", Real, OverGrant, "DateGreaterThan holds for equal dates.":
    fn date_holds(&self, base: BaseOperator, order: Ordering) -> bool {
        Correct.date_holds(base, order) || (base == BaseOperator::DateGreaterThan && order.is_eq())
    }

    "earlier-or-equal-excludes-equal", "COND-063", Plausible, OverGrant, "DateLessThanEquals does not hold for equal dates.":
    fn date_holds(&self, base: BaseOperator, order: Ordering) -> bool {
        Correct.date_holds(base, order) && !(base == BaseOperator::DateLessThanEquals && order.is_eq())
    }

    "later-or-equal-excludes-equal", "COND-063", Plausible, OverGrant, "DateGreaterThanEquals does not hold for equal dates.":
    fn date_holds(&self, base: BaseOperator, order: Ordering) -> bool {
        Correct.date_holds(base, order) && !(base == BaseOperator::DateGreaterThanEquals && order.is_eq())
    }

    "no-date-matches", "COND-030", Plausible, OverGrant, "A comparison with what is no date is true.":
    fn incomparable(&self, base: BaseOperator) -> bool { base.as_str().starts_with("Date") }
}
