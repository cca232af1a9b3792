//! Stretches of a compiled document's tables.
//!
//! All text of a document lies in one string and all lists of one kind in one array; what refers to them is eight bytes wide. That
//! keeps a document in few allocations and what is read together close together.

use std::ops::Range;

/// A stretch of a document's text, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    start: u32,
    length: u32,
}

impl Span {
    /// `range` must lie within the first 4 GiB, which the limit on the length of documents sees to.
    pub(crate) fn new(range: Range<usize>) -> Span {
        Span { start: range.start as u32, length: (range.end - range.start) as u32 }
    }

    /// The text that it covers.
    pub(crate) fn of(self, text: &str) -> &str {
        &text[self.start as usize..self.start as usize + self.length as usize]
    }

    /// Its first `length` bytes; all of it if it has fewer.
    pub(crate) fn first(self, length: usize) -> Span {
        Span { length: self.length.min(length as u32), ..self }
    }

    /// What follows its first `length` bytes.
    pub(crate) fn after(self, length: usize) -> Span {
        let length = (length as u32).min(self.length);
        Span { start: self.start + length, length: self.length - length }
    }

    pub(crate) fn len(self) -> usize {
        self.length as usize
    }
}

/// A stretch of one of a document's arrays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct List {
    start: u32,
    length: u32,
}

impl List {
    /// From `start` to the end of an array that is `end` long now.
    pub(crate) fn new(start: usize, end: usize) -> List {
        List { start: start as u32, length: (end - start) as u32 }
    }

    /// The entries that it covers.
    pub(crate) fn of<T>(self, array: &[T]) -> &[T] {
        &array[self.start as usize..self.start as usize + self.length as usize]
    }

    pub(crate) fn len(self) -> usize {
        self.length as usize
    }
}
