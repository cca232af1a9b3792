//! Reading the JSON of an operation: strict about members, with errors that say where.

use std::collections::HashSet;

use assize_model::json::{Kind, Member, Value, Writer};
use assize_model::{ContextEntry, Policies, Principal, Request, scenario};

use crate::operations::Stop;

/// A JSON value of an operation, and where it stands in it: a JSON pointer.
#[derive(Clone)]
pub(super) struct Node<'v, 'a> {
    value: &'v Value<'a>,
    pointer: String,
}

/// The members of an object, all of which are known.
pub(super) struct Fields<'v, 'a> {
    list: &'v [Member<'a>],
    pointer: String,
}

impl<'v, 'a> Node<'v, 'a> {
    /// The operation itself.
    pub(super) fn root(value: &'v Value<'a>) -> Self {
        Node { value, pointer: String::new() }
    }

    fn fault(&self, expected: &str) -> Stop {
        let found = self.value.type_name();
        Stop::Failed(format!("at {}: expected {expected}, not {found}", place(&self.pointer)))
    }

    fn members(&self) -> Result<&'v [Member<'a>], Stop> {
        let list = self.value.as_object().ok_or_else(|| self.fault("an object"))?;
        let mut names = HashSet::new();
        match list.iter().find(|member| !names.insert(&*member.name)) {
            Some(repeated) => {
                let name = &repeated.name;
                Err(Stop::Failed(format!("at {}: repeated member {name:?}", place(&self.pointer))))
            }
            None => Ok(list),
        }
    }

    /// The members of an object that has none but those of `known`, each once.
    pub(super) fn fields(&self, known: &[&str]) -> Result<Fields<'v, 'a>, Stop> {
        let list = self.members()?;
        if let Some(member) = list.iter().find(|member| !known.contains(&&*member.name)) {
            return Err(Stop::Failed(format!(
                "at {}: unknown member {:?}; known here: {}",
                place(&self.pointer),
                member.name,
                known.join(", ")
            )));
        }
        Ok(Fields { list, pointer: self.pointer.clone() })
    }

    /// The members of an object, whatever their names, each with its value.
    pub(super) fn entries(&self) -> Result<Vec<(String, Node<'v, 'a>)>, Stop> {
        let list = self.members()?;
        let entry = |member: &'v Member<'a>| {
            let pointer = format!("{}/{}", self.pointer, member.name);
            (member.name.to_string(), Node { value: &member.value, pointer })
        };
        Ok(list.iter().map(entry).collect())
    }

    /// The values of a list.
    pub(super) fn items(&self) -> Result<Vec<Node<'v, 'a>>, Stop> {
        let list = self.value.as_array().ok_or_else(|| self.fault("a list"))?;
        let item = |(at, value)| Node { value, pointer: format!("{}/{at}", self.pointer) };
        Ok(list.iter().enumerate().map(item).collect())
    }

    /// The values of a list, each read by `read`.
    pub(super) fn list<T>(&self, read: impl Fn(&Node<'v, 'a>) -> Result<T, Stop>) -> Result<Vec<T>, Stop> {
        self.items()?.iter().map(read).collect()
    }

    /// A text.
    pub(super) fn string(&self) -> Result<String, Stop> {
        self.value.as_str().map(str::to_owned).ok_or_else(|| self.fault("a string"))
    }

    /// `true` or `false`.
    pub(super) fn bool(&self) -> Result<bool, Stop> {
        self.value.as_bool().ok_or_else(|| self.fault("true or false"))
    }

    /// A whole number.
    pub(super) fn integer(&self) -> Result<i64, Stop> {
        let number = self.value.as_number().and_then(|spelling| spelling.parse().ok());
        number.ok_or_else(|| self.fault("a whole number"))
    }

    /// One of `words`.
    pub(super) fn word<T: Copy>(&self, words: &[(&str, T)]) -> Result<T, Stop> {
        let text = self.string()?;
        let found = words.iter().find(|(word, _)| *word == text).map(|&(_, meaning)| meaning);
        let all: Vec<&str> = words.iter().map(|&(word, _)| word).collect();
        found.ok_or_else(|| {
            Stop::Failed(format!("at {}: {text:?} is none of {}", place(&self.pointer), all.join(", ")))
        })
    }

    /// The text of a policy document: of an object its JSON, of a string what it holds.
    pub(super) fn document(&self) -> Result<String, Stop> {
        match &self.value.kind {
            Kind::String(text) => Ok(text.to_string()),
            Kind::Object(_) => Ok(self.json()),
            _ => Err(self.fault("a policy document")),
        }
    }

    /// A principal, as in a request.
    pub(super) fn principal(&self) -> Result<Principal, Stop> {
        // Every kind that can be a caller may ask for this action, so the rest of the request has no say.
        let request = format!(
            "{{\"principal\":{},\"action\":\"sts:GetCallerIdentity\",\"resource\":{{\"arn\":\"*\"}}}}",
            self.json()
        );
        Ok(self.read_request(&request)?.principal().clone())
    }

    /// A whole request.
    pub(super) fn request(&self) -> Result<Request, Stop> {
        self.read_request(&self.json())
    }

    /// The `context` of a request.
    pub(super) fn context(&self) -> Result<Vec<ContextEntry>, Stop> {
        let request = format!(
            "{{\"principal\":{{\"kind\":\"anonymous\"}},\"action\":\"sts:GetCallerIdentity\",\"resource\":{{\"arn\":\"*\"}},\
             \"context\":{}}}",
            self.json()
        );
        Ok(self.read_request(&request)?.context().entries().to_vec())
    }

    fn read_request(&self, text: &str) -> Result<Request, Stop> {
        let case = scenario::read_request(text).map_err(|faults| self.faults(&faults))?;
        let place = place(&self.pointer);
        case.request.map_err(|invalid| Stop::Failed(format!("at {place}: input error {}", invalid.error)))
    }

    /// The `policies` of a scenario.
    pub(super) fn policies(&self) -> Result<Policies, Stop> {
        scenario::read_policies(&self.json()).map_err(|faults| self.faults(&faults))
    }

    /// The faults of a part that the scenario format reads; their positions are those within the part.
    fn faults(&self, faults: &[scenario::Fault]) -> Stop {
        let messages: Vec<String> =
            faults.iter().map(|fault| format!("{} at {:?}", fault.message, fault.pointer)).collect();
        Stop::Failed(format!("in {}: {}", place(&self.pointer), messages.join("; ")))
    }

    /// The value as compact JSON.
    pub(super) fn json(&self) -> String {
        let mut writer = Writer::new();
        write(&mut writer, self.value);
        writer.finish()
    }
}

impl<'v, 'a> Fields<'v, 'a> {
    /// The member with this name; `null` counts as absent.
    pub(super) fn get(&self, name: &str) -> Option<Node<'v, 'a>> {
        let member = self.list.iter().find(|member| member.name == name && !member.value.is_null())?;
        Some(Node { value: &member.value, pointer: format!("{}/{name}", self.pointer) })
    }

    /// The member with this name.
    pub(super) fn require(&self, name: &str) -> Result<Node<'v, 'a>, Stop> {
        self.get(name).ok_or_else(|| {
            Stop::Failed(format!("at {}: the member {name:?} is missing", place(&self.pointer)))
        })
    }

    /// The text of the member with this name.
    pub(super) fn string(&self, name: &str) -> Result<String, Stop> {
        self.require(name)?.string()
    }

    /// What `read` makes of the member with this name, if it is there.
    pub(super) fn optional<T>(
        &self,
        name: &str,
        read: impl Fn(&Node<'v, 'a>) -> Result<T, Stop>,
    ) -> Result<Option<T>, Stop> {
        self.get(name).map(|node| read(&node)).transpose()
    }

    /// What `read` makes of each value of the list with this name; no list is an empty one.
    pub(super) fn list<T>(
        &self,
        name: &str,
        read: impl Fn(&Node<'v, 'a>) -> Result<T, Stop>,
    ) -> Result<Vec<T>, Stop> {
        Ok(self.optional(name, |node| node.list(&read))?.unwrap_or_default())
    }

    /// Whether the member with this name is `true`; absent is `false`.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Stop> {
        Ok(self.optional(name, Node::bool)?.unwrap_or(false))
    }
}

fn place(pointer: &str) -> &str {
    if pointer.is_empty() { "the top" } else { pointer }
}

fn write(writer: &mut Writer, value: &Value<'_>) {
    match &value.kind {
        Kind::Null => {
            writer.null();
        }
        Kind::Bool(value) => {
            writer.bool(*value);
        }
        Kind::Number(spelling) => {
            writer.raw(spelling);
        }
        Kind::String(text) => {
            writer.string(text);
        }
        Kind::Array(values) => {
            writer.open_array();
            values.iter().for_each(|value| write(writer, value));
            writer.close_array();
        }
        Kind::Object(members) => {
            writer.open_object();
            for member in members {
                writer.name(&member.name);
                write(writer, &member.value);
            }
            writer.close_object();
        }
    }
}
