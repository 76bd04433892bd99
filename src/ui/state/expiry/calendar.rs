//! The expiry dates of tokens on a calendar: groups, months, and the line in the status bar. Pure functions of the time.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp, ToSpan as _, civil::Date, tz::TimeZone};

use brickpass_core::connection::Status;

/// The number of months in the strip.
pub const MONTHS: usize = 12;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Span {
    Expired,
    /// The next seven days.
    Week,
    /// Its first day.
    Month(Date),
}

/// Tokens that expire within one span, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub span: Span,
    pub tokens: Range<usize>,
}

/// A month of the strip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month {
    /// Its first day.
    pub first_day: Date,
    /// The number of tokens that expire in it; expired ones do not count.
    pub count: usize,
    /// The first of them.
    pub first: Option<usize>,
    /// One of them expires within days.
    pub soon: bool,
}

/// The line in the status bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    pub expired: usize,
    /// From now to the end of this calendar month.
    pub this_month: usize,
    /// Within [`Status::WARNED_DAYS`], in whatever month.
    pub soon: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calendar {
    pub groups: Vec<Group>,
    pub months: Vec<Month>,
    pub summary: Summary,
}

/// `ends` must be sorted.
pub fn calendar(ends: impl IntoIterator<Item = Timestamp>, now: Timestamp, zone: &TimeZone) -> Calendar {
    let day = |time: Timestamp| time.to_zoned(zone.clone()).date();
    let today = day(now);
    let this_month = today.first_of_month();
    let week_ends = now.saturating_add(SignedDuration::from_hours(7 * 24)).unwrap_or(now);
    let month = |number: usize| this_month.saturating_add(i32::try_from(number).unwrap_or(0).months());
    let mut months: Vec<Month> = (0..MONTHS).map(|number| Month { first_day: month(number), count: 0, first: None, soon: false }).collect();
    let mut groups: Vec<Group> = Vec::new();
    let mut summary = Summary::default();
    for (at, end) in ends.into_iter().enumerate() {
        let date = day(end);
        let first_day = date.first_of_month();
        let span = if end <= now {
            summary.expired += 1;
            Span::Expired
        } else {
            let soon = Status::days_before_warning(end, now).is_some();
            summary.soon += usize::from(soon);
            summary.this_month += usize::from(first_day == this_month);
            if let Some(month) = months.iter_mut().find(|month| month.first_day == first_day) {
                month.count += 1;
                month.soon |= soon;
                month.first.get_or_insert(at);
            }
            if end < week_ends { Span::Week } else { Span::Month(first_day) }
        };
        match groups.last_mut().filter(|group| group.span == span) {
            Some(group) => group.tokens.end = at + 1,
            None => groups.push(Group { span, tokens: at..at + 1 }),
        }
    }
    Calendar { groups, months, summary }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    const NOW: &str = "2026-11-22T12:00:00Z";

    fn of(ends: &[&str]) -> Calendar {
        calendar(ends.iter().map(|end| at(end)), at(NOW), &TimeZone::UTC)
    }

    #[test]
    fn tokens_stand_under_expired_the_next_days_and_their_months() {
        let found = of(&[
            "2026-10-01T00:00:00Z",
            "2026-11-22T11:59:59Z",
            "2026-11-22T12:00:01Z",
            "2026-11-29T11:59:59Z",
            "2026-11-29T12:00:00Z",
            "2026-12-31T23:00:00Z",
            "2028-02-01T00:00:00Z",
        ]);
        let month = |year, month| Span::Month(Date::constant(year, month, 1));
        let groups: Vec<_> = found.groups.into_iter().map(|group| (group.span, group.tokens)).collect();
        let expected =
            [(Span::Expired, 0..2), (Span::Week, 2..4), (month(2026, 11), 4..5), (month(2026, 12), 5..6), (month(2028, 2), 6..7)];
        assert_eq!(groups, expected);
        assert_eq!(found.summary, Summary { expired: 2, this_month: 3, soon: 3 });
    }

    #[test]
    fn the_strip_has_twelve_months_and_knows_where_each_begins() {
        let found =
            of(&["2026-11-01T00:00:00Z", "2026-11-23T00:00:00Z", "2027-01-05T00:00:00Z", "2027-01-06T00:00:00Z", "2027-11-01T00:00:00Z"]);
        let counted: Vec<_> = found.months.iter().map(|month| (month.count, month.first, month.soon)).collect();
        assert_eq!(counted.len(), 12);
        assert_eq!(counted[..3], [(1, Some(1), true), (0, None, false), (2, Some(2), false)]);
        assert!(counted[3..].iter().all(|month| *month == (0, None, false)), "what ends in a year is beyond the strip");
        assert_eq!(found.months[11].first_day, Date::constant(2027, 10, 1));
    }

    #[test]
    fn months_and_days_are_those_of_the_persons_zone() {
        let end = [at("2026-12-01T03:00:00Z")];
        let group = |hours| calendar(end, at(NOW), &TimeZone::fixed(jiff::tz::offset(hours))).groups[0].span;
        assert_eq!(group(0), Span::Month(Date::constant(2026, 12, 1)));
        assert_eq!(group(-5), Span::Month(Date::constant(2026, 11, 1)));
    }

    #[test]
    fn a_day_of_which_the_next_month_has_none_skips_no_month() {
        let found = calendar([], at("2027-01-31T12:00:00Z"), &TimeZone::UTC);
        assert_eq!(found.months.iter().map(|month| month.first_day.month()).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        assert_eq!((found.groups, found.summary), (Vec::new(), Summary::default()));
    }
}
