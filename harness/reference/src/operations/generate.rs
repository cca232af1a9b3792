//! Policies from recorded activity (DELEG-060).

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::Stop;

/// One recorded event.
#[derive(Clone, Debug)]
pub struct Event {
    /// When.
    pub time: Timestamp,
    /// The ARN of the user or role that acted.
    pub entity: String,
    /// The action, `service:Name`.
    pub action: String,
    /// Whether it is a data event, such as reading an object.
    pub data: bool,
}

/// DELEG-060: the actions of the entity's management events from `from` until before `to`, each once, by service and name. Denied
/// events count; data events and `iam:PassRole` do not.
///
/// # Errors
/// `Range` if the range is longer than 90 days or ends before it begins.
pub fn generate(entity: &str, from: Timestamp, to: Timestamp, events: &[Event]) -> Result<Vec<String>, Stop> {
    let length = to.duration_since(from);
    if length > SignedDuration::from_hours(90 * 24) || length < SignedDuration::ZERO {
        return Err(Stop::Rejected("Range"));
    }
    let counts = |event: &&Event| {
        let in_range = from <= event.time && event.time < to;
        in_range
            && event.entity == entity
            && !event.data
            && !event.action.eq_ignore_ascii_case("iam:PassRole")
    };
    // Action names compare without case, so of several spellings one stays: the smallest, whatever the order of the events.
    let mut actions: BTreeMap<String, &str> = BTreeMap::new();
    for event in events.iter().filter(counts) {
        let spelling = actions.entry(event.action.to_ascii_lowercase()).or_insert(&event.action);
        *spelling = (*spelling).min(&event.action);
    }
    Ok(actions.into_values().map(str::to_owned).collect())
}
