//! Documents on their way to text: JSON that may hold anything where a value or a name stands.

use assize_model::PolicyType;
use assize_model::json::{Kind, Value};

use crate::choices::Choices;

/// A JSON value, or something in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Json {
    /// Text that is written as it is: a number, a word, a value that needs no variation, or no JSON at all.
    Verbatim(String),
    /// A string, or a member name.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object.
    Map(Vec<Member>),
}

/// A name, which is `Text` or `Verbatim`, with its value.
pub(super) type Member = (Json, Json);

/// A document that is being made.
pub(super) struct Draft {
    /// The grammar that it obeyed before it had faults.
    pub(super) policy_type: PolicyType,
    /// The document.
    pub(super) root: Json,
}

impl Json {
    /// A value of a document.
    pub(super) fn of(value: &Value<'_>) -> Json {
        match &value.kind {
            Kind::Null => Json::verbatim("null"),
            Kind::Bool(value) => Json::Verbatim(value.to_string()),
            Kind::Number(text) => Json::verbatim(text),
            Kind::String(text) => Json::text(text),
            Kind::Array(items) => Json::List(items.iter().map(Json::of).collect()),
            Kind::Object(members) => {
                let member = |member: &assize_model::json::Member<'_>| {
                    (Json::text(&member.name), Json::of(&member.value))
                };
                Json::Map(members.iter().map(member).collect())
            }
        }
    }

    /// A string.
    pub(super) fn text(text: &str) -> Json {
        Json::Text(text.to_owned())
    }

    /// Text as it is.
    pub(super) fn verbatim(text: &str) -> Json {
        Json::Verbatim(text.to_owned())
    }

    /// An object of one member.
    pub(super) fn map(name: &str, value: Json) -> Json {
        Json::Map(vec![(Json::text(name), value)])
    }

    /// Whether it is this name.
    pub(super) fn is(&self, name: &str) -> bool {
        matches!(self, Json::Text(text) if text == name)
    }

    /// The members of an object.
    pub(super) fn members_mut(&mut self) -> Option<&mut Vec<Member>> {
        match self {
            Json::Map(members) => Some(members),
            _ => None,
        }
    }

    /// The first member with this name.
    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut Json> {
        self.members_mut()?.iter_mut().find(|(known, _)| known.is(name)).map(|(_, value)| value)
    }

    /// Puts a member; one with this name is replaced.
    pub(super) fn set(&mut self, name: &str, value: Json) {
        match self.get_mut(name) {
            Some(place) => *place = value,
            None => {
                if let Some(members) = self.members_mut() {
                    members.push((Json::text(name), value));
                }
            }
        }
    }

    /// Takes a member away; whether there was one.
    pub(super) fn remove(&mut self, name: &str) -> bool {
        let Some(members) = self.members_mut() else { return false };
        let before = members.len();
        members.retain(|(known, _)| !known.is(name));
        members.len() < before
    }

    /// Shows every value in it, itself included, to `visit`.
    pub(super) fn each(&mut self, visit: &mut dyn FnMut(&mut Json)) {
        visit(self);
        match self {
            Json::Verbatim(_) | Json::Text(_) => {}
            Json::List(items) => items.iter_mut().for_each(|item| item.each(visit)),
            Json::Map(members) => members.iter_mut().for_each(|(_, value)| value.each(visit)),
        }
    }

    /// Changes one of the values in it that `of` accepts; whether there is one.
    pub(super) fn change_one(
        &mut self,
        choices: &mut dyn Choices,
        of: &dyn Fn(&Json) -> bool,
        change: &mut dyn FnMut(&mut dyn Choices, &mut Json),
    ) -> bool {
        let mut count = 0;
        self.each(&mut |json| count += usize::from(of(json)));
        if count == 0 {
            return false;
        }
        let (chosen, mut at) = (choices.pick(count), 0);
        // Judged before the change, so that what is put in is not visited as another.
        self.each(&mut |json| {
            if of(json) {
                if at == chosen {
                    change(choices, json);
                }
                at += 1;
            }
        });
        true
    }
}

impl Draft {
    /// One of the statements; `None` if faults left no object to be one.
    pub(super) fn statement(&mut self, choices: &mut dyn Choices) -> Option<&mut Json> {
        match self.root.get_mut("Statement")? {
            statement @ Json::Map(_) => Some(statement),
            Json::List(items) => {
                let mut statements: Vec<&mut Json> =
                    items.iter_mut().filter(|item| matches!(item, Json::Map(_))).collect();
                if statements.is_empty() {
                    return None;
                }
                let chosen = choices.pick(statements.len());
                Some(statements.swap_remove(chosen))
            }
            _ => None,
        }
    }

    /// Puts a member into one of the statements; whether there is one.
    pub(super) fn put(&mut self, choices: &mut dyn Choices, name: &str, value: Json) -> bool {
        let statement = self.statement(choices);
        statement.map(|statement| statement.set(name, value)).is_some()
    }

    /// Puts a condition of one operator and one key into one of the statements, beside what is there if nothing is wrong with that.
    pub(super) fn put_condition(
        &mut self,
        choices: &mut dyn Choices,
        operator: &str,
        key: &str,
        value: Json,
    ) -> bool {
        let Some(statement) = self.statement(choices) else { return false };
        let block = Json::map(key, value);
        match statement.get_mut("Condition") {
            Some(condition @ Json::Map(_)) => condition.set(operator, block),
            _ => statement.set("Condition", Json::map(operator, block)),
        }
        true
    }
}
