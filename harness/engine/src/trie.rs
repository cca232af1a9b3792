//! A map that is cheap to copy and to change after copying: copies share what they have in common.
//!
//! A hash trie with thirty-two branches per node and up to sixteen entries per leaf. A change copies the nodes on the way to one leaf,
//! three of them for a hundred thousand entries, and leaves every other copy of the map as it is.

use std::mem::size_of;
use std::sync::Arc;

use crate::hash;

const BITS: u32 = 5;
const BRANCHES: usize = 1 << BITS;

/// The most entries of a leaf that can still be divided.
const LEAF: usize = 16;

/// The bits of a hash are used up at this depth; leaves there grow without limit, which only equal hashes make them do.
const MAX_SHIFT: u32 = u64::BITS - BITS;

/// A name and its hash.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    hash: u64,
    name: Arc<str>,
}

impl Key {
    pub(crate) fn new(name: Arc<str>) -> Key {
        Key { hash: hash::exact(name.as_bytes()), name }
    }

    pub(crate) fn name(&self) -> &Arc<str> {
        &self.name
    }

    fn is(&self, hash: u64, name: &str) -> bool {
        (self.hash == hash && *self.name == *name) || faulty!(NamesByHashAlone if self.hash & 63 == hash & 63)
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.is(other.hash, &other.name)
    }
}

/// A map from names.
#[derive(Clone, Debug)]
pub(crate) struct Trie<V> {
    root: Arc<Node<V>>,
}

#[derive(Clone, Debug)]
enum Node<V> {
    /// The nodes by the next bits of the hash.
    Branch(Vec<Arc<Node<V>>>),
    Leaf(Vec<(Key, V)>),
}

impl<V> Default for Trie<V> {
    fn default() -> Self {
        Trie { root: Arc::new(Node::Leaf(Vec::new())) }
    }
}

impl<V: Clone> Trie<V> {
    pub(crate) fn get(&self, name: &str) -> Option<&V> {
        self.find(hash::exact(name.as_bytes()), name)
    }

    /// [`Trie::get`] for a name whose hash is known.
    pub(crate) fn get_key(&self, key: &Key) -> Option<&V> {
        self.find(key.hash, &key.name)
    }

    fn find(&self, hash: u64, name: &str) -> Option<&V> {
        let mut node = &self.root;
        let mut shift = 0;
        loop {
            match &**node {
                Node::Branch(nodes) => {
                    node = &nodes[branch(hash, shift)];
                    shift += BITS;
                }
                Node::Leaf(entries) => {
                    return entries.iter().find(|(key, _)| key.is(hash, name)).map(|(_, value)| value);
                }
            }
        }
    }

    /// Puts a value under a name, in place of the one that was there.
    pub(crate) fn insert(&mut self, key: Key, value: V) {
        let (mut node, mut shift) = (&mut self.root, 0);
        loop {
            let this = Arc::make_mut(node);
            if let Node::Leaf(entries) = this
                && entries.len() >= LEAF
                && shift <= MAX_SHIFT
            {
                *this = divide(std::mem::take(entries), shift);
            }
            match this {
                Node::Branch(nodes) => {
                    node = &mut nodes[branch(key.hash, shift)];
                    shift += BITS;
                }
                Node::Leaf(entries) => {
                    match entries.iter_mut().find(|(known, _)| *known == key) {
                        Some((_, known)) => *known = value,
                        None => entries.push((key, value)),
                    }
                    return;
                }
            }
        }
    }

    /// Takes out what is under a name.
    pub(crate) fn remove(&mut self, name: &str) -> Option<V> {
        let hash = hash::exact(name.as_bytes());
        self.find(hash, name)?;
        let (mut node, mut shift) = (&mut self.root, 0);
        loop {
            match Arc::make_mut(node) {
                Node::Branch(nodes) => {
                    node = &mut nodes[branch(hash, shift)];
                    shift += BITS;
                }
                Node::Leaf(entries) => {
                    let place = entries.iter().position(|(key, _)| key.is(hash, name))?;
                    return Some(entries.swap_remove(place).1);
                }
            }
        }
    }

    /// Every entry, in no particular order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Key, &V)> {
        self.leaves().flatten().map(|(key, value)| (key, value))
    }

    /// The bytes that the map occupies beside its names and what its values point to.
    pub(crate) fn memory(&self) -> usize {
        let (mut nodes, mut bytes) = (vec![&self.root], 0);
        while let Some(node) = nodes.pop() {
            bytes += 2 * size_of::<usize>() + size_of::<Node<V>>();
            match &**node {
                Node::Branch(branches) => {
                    bytes += branches.capacity() * size_of::<Arc<Node<V>>>();
                    nodes.extend(branches);
                }
                Node::Leaf(entries) => bytes += entries.capacity() * size_of::<(Key, V)>(),
            }
        }
        bytes
    }

    fn leaves(&self) -> impl Iterator<Item = &[(Key, V)]> {
        let mut nodes = vec![&self.root];
        std::iter::from_fn(move || {
            loop {
                match &**nodes.pop()? {
                    Node::Branch(branches) => nodes.extend(branches),
                    Node::Leaf(entries) => return Some(entries.as_slice()),
                }
            }
        })
    }
}

fn branch(hash: u64, shift: u32) -> usize {
    (hash >> shift) as usize % BRANCHES
}

fn divide<V>(entries: Vec<(Key, V)>, shift: u32) -> Node<V> {
    let mut leaves: Vec<Vec<(Key, V)>> = (0..BRANCHES).map(|_| Vec::new()).collect();
    for (key, value) in entries {
        leaves[branch(key.hash, shift)].push((key, value));
    }
    Node::Branch(leaves.into_iter().map(|leaf| Arc::new(Node::Leaf(leaf))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: usize) -> Key {
        Key::new(format!("name-{number}").into())
    }

    #[test]
    fn copies_keep_what_they_had() {
        let mut map = Trie::default();
        for number in 0..5_000 {
            map.insert(key(number), number);
        }
        let before = map.clone();
        for number in (0..5_000).step_by(2) {
            assert_eq!(map.remove(&format!("name-{number}")), Some(number));
        }
        map.insert(key(1), 7);
        for number in 0..5_000 {
            let name = format!("name-{number}");
            assert_eq!(before.get(&name), Some(&number));
            let now = if number == 1 { Some(7) } else { (number % 2 == 1).then_some(number) };
            assert_eq!(map.get_key(&key(number)).copied(), now, "{name}");
        }
        assert_eq!((before.iter().count(), map.iter().count()), (5_000, 2_500));
        assert_eq!(map.remove("name-0"), None);
    }

    #[test]
    fn leaves_stay_short() {
        let longest = |map: &Trie<usize>| map.leaves().map(<[_]>::len).max();
        let (mut spread, mut close) = (Trie::default(), Trie::default());
        for number in 0..5_000 {
            spread.insert(key(number), number);
        }
        // These differ in nothing but the last five bits that are looked at.
        let last = 55;
        for number in 0..BRANCHES {
            let hash = (number as u64) << last;
            close.insert(Key { hash, name: number.to_string().into() }, number);
        }
        assert!(longest(&spread) <= Some(LEAF), "{:?}", longest(&spread));
        assert_eq!(longest(&close), Some(1));
    }

    #[test]
    fn equal_hashes_end_in_one_leaf() {
        let mut map = Trie::default();
        let clashing = |number: u32| Key { hash: 42, name: number.to_string().into() };
        for number in 0..100 {
            map.insert(clashing(number), number);
        }
        for number in 0..100 {
            assert_eq!(map.get_key(&clashing(number)), Some(&number));
        }
    }
}
