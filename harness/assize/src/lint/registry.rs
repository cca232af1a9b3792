//! The registry of condition keys: the table at the end of chapter 04, read as it stands there.

use std::sync::OnceLock;

const CHAPTER: &str = include_str!("../../../../corpus/spec/04-context-keys.md");

/// The heading under which the table stands.
const HEADING: &str = "\n## G. Registry\n";

/// A catalogued key.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// The name; `aws:PrincipalTag/*` stands for all keys that have something after the slash.
    pub(super) name: &'static str,
    /// Its types: `String`, `Numeric`, `Date`, `Bool`, `IP`, `ARN` or `Binary`, one at least.
    pub(super) types: Vec<&'static str>,
}

impl Key {
    /// What stands before the name of a tag, for the keys that have one: `aws:PrincipalTag`.
    pub(super) fn stem(&self) -> Option<&'static str> {
        self.name.strip_suffix("/*")
    }

    /// Whether this is the entry of the key called `name`, in any letter case (COND-006).
    fn is(&self, name: &str) -> bool {
        match self.stem() {
            Some(stem) => name
                .split_once('/')
                .is_some_and(|(start, tag)| start.eq_ignore_ascii_case(stem) && !tag.is_empty()),
            None => self.name.eq_ignore_ascii_case(name),
        }
    }
}

/// The entry of the key called `name`, if it is catalogued.
pub(super) fn find(name: &str) -> Option<&'static Key> {
    keys().iter().find(|key| key.is(name))
}

/// All entries in the order of the table.
pub(super) fn keys() -> &'static [Key] {
    static KEYS: OnceLock<Vec<Key>> = OnceLock::new();
    KEYS.get_or_init(|| read(CHAPTER))
}

fn read(chapter: &'static str) -> Vec<Key> {
    let section = chapter.split_once(HEADING).map_or("", |(_, section)| section);
    let table = section
        .split_once("```text\n")
        .and_then(|(_, rest)| rest.split_once("```"))
        .map_or("", |(table, _)| table);
    let key = |line: &'static str| {
        let mut words = line.split(' ');
        let (name, types) = (words.next()?, words.next()?);
        Some(Key { name, types: types.split(',').collect() })
    };
    table.lines().filter_map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table that is not found would silence lints without anyone noticing.
    #[test]
    fn the_table_is_read_whole() {
        let section = CHAPTER.split_once(HEADING).unwrap().1;
        let lines = section.split("```").nth(1).unwrap().lines().skip(1).count();
        assert_eq!(keys().len(), lines);
        assert!(lines > 80);
        for key in keys() {
            for of in &key.types {
                assert!(["String", "Numeric", "Date", "Bool", "IP", "ARN", "Binary"].contains(of), "{key:?}");
            }
        }
    }

    #[test]
    fn names_are_found_in_any_case_and_with_tags() {
        assert_eq!(find("AWS:sourceip").unwrap().types, ["IP"]);
        assert_eq!(find("aws:epochtime").unwrap().types, ["Date", "Numeric"]);
        assert_eq!(find("aws:principalTAG/Team").unwrap().name, "aws:PrincipalTag/*");
        assert_eq!(find("aws:PrincipalTag"), None);
        assert_eq!(find("aws:PrincipalTag/"), None);
        assert_eq!(find("acme:Colour"), None);
    }
}
