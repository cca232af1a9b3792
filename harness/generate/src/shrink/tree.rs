//! JSON as the shrinker edits it: owned, members in order and repeatable, documents inside strings opened.

use assize_model::json::{self, Kind, Value, Writer};

use super::text;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tree {
    /// A number, `true`, `false` or `null`, as spelled.
    Token(String),
    /// A string.
    Text(String),
    /// A string that holds JSON, such as a policy document.
    Inner(Box<Tree>),
    /// A list.
    List(Vec<Tree>),
    /// An object. Names may occur several times.
    Map(Vec<(String, Tree)>),
}

/// A place in a tree: which child, from the root on.
pub(super) type Path = Vec<usize>;

impl Tree {
    /// The value as a tree; no string is opened.
    pub(super) fn of(value: &Value<'_>) -> Tree {
        match &value.kind {
            Kind::Null => Tree::Token("null".to_owned()),
            Kind::Bool(value) => Tree::Token(value.to_string()),
            Kind::Number(text) => Tree::Token((*text).to_owned()),
            Kind::String(text) => Tree::Text(text.as_ref().to_owned()),
            Kind::Array(items) => Tree::List(items.iter().map(Tree::of).collect()),
            Kind::Object(members) => Tree::Map(
                members
                    .iter()
                    .map(|member| (member.name.as_ref().to_owned(), Tree::of(&member.value)))
                    .collect(),
            ),
        }
    }

    /// The tree that a string holds, if it holds an object or a list.
    pub(super) fn opened(&self) -> Option<Tree> {
        let Tree::Text(text) = self else { return None };
        if !text.trim_start().starts_with(['{', '[']) {
            return None;
        }
        Some(Tree::Inner(Box::new(Tree::of(&json::parse(text).ok()?))))
    }

    /// Makes strings again of those whose content shrank to something that [`Tree::opened`] would not open.
    pub(super) fn close_bare(&mut self) {
        match self {
            Tree::Token(_) | Tree::Text(_) => {}
            Tree::List(items) => items.iter_mut().for_each(Tree::close_bare),
            Tree::Map(members) => members.iter_mut().for_each(|(_, value)| value.close_bare()),
            Tree::Inner(inner) if inner.is_container() => inner.close_bare(),
            Tree::Inner(inner) => *self = Tree::Text(inner.document()),
        }
    }

    /// Appends it as compact JSON.
    pub(super) fn write(&self, writer: &mut Writer) {
        match self {
            Tree::Token(text) => {
                writer.raw(text);
            }
            Tree::Text(text) => {
                writer.string(text);
            }
            Tree::Inner(inner) => {
                writer.string(&inner.document());
            }
            Tree::List(items) => {
                writer.open_array();
                items.iter().for_each(|item| item.write(writer));
                writer.close_array();
            }
            Tree::Map(members) => {
                writer.open_object();
                for (name, value) in members {
                    writer.name(name);
                    value.write(writer);
                }
                writer.close_object();
            }
        }
    }

    /// The compact text of a document, in the characters that one may hold (GRAM-003).
    pub(super) fn document(&self) -> String {
        let mut writer = Writer::latin1();
        self.write(&mut writer);
        writer.finish()
    }

    /// The member of an object.
    pub(super) fn get(&self, name: &str) -> Option<&Tree> {
        match self {
            Tree::Map(members) => members.iter().find(|(known, _)| known == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The member of an object, to change it.
    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut Tree> {
        match self {
            Tree::Map(members) => members.iter_mut().find(|(known, _)| known == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The entries of a list; of anything else none.
    pub(super) fn items_mut(&mut self) -> &mut [Tree] {
        match self {
            Tree::List(items) => items,
            _ => &mut [],
        }
    }

    /// The text of a string.
    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Tree::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The tree at `path`.
    pub(super) fn at(&self, path: &[usize]) -> Option<&Tree> {
        let Some((&first, rest)) = path.split_first() else { return Some(self) };
        match self {
            Tree::List(items) => items.get(first)?.at(rest),
            Tree::Map(members) => members.get(first)?.1.at(rest),
            Tree::Inner(inner) => inner.at(rest),
            Tree::Token(_) | Tree::Text(_) => None,
        }
    }

    /// The tree at `path`, to change it.
    pub(super) fn at_mut(&mut self, path: &[usize]) -> Option<&mut Tree> {
        let Some((&first, rest)) = path.split_first() else { return Some(self) };
        match self {
            Tree::List(items) => items.get_mut(first)?.at_mut(rest),
            Tree::Map(members) => members.get_mut(first)?.1.at_mut(rest),
            Tree::Inner(inner) => inner.at_mut(rest),
            Tree::Token(_) | Tree::Text(_) => None,
        }
    }

    /// Every tree in it, itself included, from the outside to the inside: the place, the nearest member name, the tree.
    pub(super) fn walk<'t>(&'t self, visit: &mut dyn FnMut(&[usize], &'t str, &'t Tree)) {
        self.walk_from(&mut Path::new(), "", visit);
    }

    fn walk_from<'t>(
        &'t self,
        path: &mut Path,
        name: &'t str,
        visit: &mut dyn FnMut(&[usize], &'t str, &'t Tree),
    ) {
        visit(path, name, self);
        let mut below = |at: usize, name: &'t str, tree: &'t Tree| {
            path.push(at);
            tree.walk_from(path, name, visit);
            path.pop();
        };
        match self {
            Tree::Token(_) | Tree::Text(_) => {}
            Tree::Inner(inner) => below(0, name, inner),
            Tree::List(items) => items.iter().enumerate().for_each(|(at, item)| below(at, name, item)),
            Tree::Map(members) => {
                members.iter().enumerate().for_each(|(at, (name, value))| below(at, name, value));
            }
        }
    }

    /// Every string and every member name that is not a fixed word, to change it.
    pub(super) fn texts_mut(&mut self, change: &mut dyn FnMut(&mut String)) {
        self.texts_from("", change);
    }

    fn texts_from(&mut self, name: &str, change: &mut dyn FnMut(&mut String)) {
        match self {
            Tree::Token(_) => {}
            Tree::Text(text) => {
                if !text::is_fixed_value(name, text) {
                    change(text);
                }
            }
            Tree::Inner(inner) => inner.texts_from(name, change),
            Tree::List(items) => items.iter_mut().for_each(|item| item.texts_from(name, change)),
            Tree::Map(members) => {
                for (name, value) in members {
                    value.texts_from(name, change);
                    if !text::is_fixed_name(name) {
                        change(name);
                    }
                }
            }
        }
    }

    /// How many parts can be cut out of it: entries, members, or units of a text.
    pub(super) fn parts(&self) -> usize {
        match self {
            Tree::Token(_) | Tree::Inner(_) => 0,
            Tree::Text(text) => text::units(text).len(),
            Tree::List(items) => items.len(),
            Tree::Map(members) => members.len(),
        }
    }

    /// Whether it is a list or an object.
    pub(super) fn is_container(&self) -> bool {
        matches!(self, Tree::List(_) | Tree::Map(_))
    }
}
