//! Chapter 01: from text to [`Document`], or to every fault in it.
//!
//! | module | holds |
//! |---|---|
//! | `text` | the characters and the JSON of a document (part A) |
//! | `document` | top-level elements (part B), and which policy type takes what (part E) |
//! | `statement` | statement elements (part C) |
//! | `condition` | the condition element (part D) |
//! | `entry` | the strings in `Action` and `Resource`, and policy variables |
//! | `principal` | the strings in `Principal` |
//! | [`size`] | the optional size stage (part F) |
//! | `report`, `position`, `spelling` | collecting faults, placing them, wording them |

mod condition;
mod document;
mod entry;
mod position;
mod principal;
mod report;
pub mod size;
mod spelling;
mod statement;
mod text;

use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::json;
use crate::policies::PolicyType;

pub use report::MAX_FAULTS;

/// The grammar of one policy type.
///
/// The model reads no dates: what [`Grammar::is_date`] says, the evaluator that parses supplies.
#[derive(Clone, Copy, Debug)]
pub struct Grammar {
    /// The type of policy that documents are read as.
    pub policy_type: PolicyType,
    /// Whether they are stored (managed) policies. Matters for identity-based policies, boundaries and session policies, which
    /// must then name their version (GRAM-014).
    pub managed: bool,
    /// Whether a text is a date (COND-060, COND-061), which GRAM-039 asks of the values of date operators.
    pub is_date: fn(&str) -> bool,
}

impl Grammar {
    /// Reads a policy document: GRAM-001 to GRAM-049, all or nothing (GRAM-052).
    ///
    /// # Errors
    ///
    /// Every fault in the order of the text, one at least. A fault in the JSON itself ends the reading there. Of more than
    /// [`MAX_FAULTS`] faults the rest are counted in a last entry.
    pub fn parse(&self, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let mut report = report::Report::new(text);
        text::check_characters(&mut report);
        match json::parse(text) {
            Ok(root) => {
                let document = document::read(self, &root, &mut report);
                let faults = report.finish();
                document.filter(|_| faults.is_empty()).ok_or(faults)
            }
            Err(error) => {
                text::report_json(&mut report, error);
                Err(report.finish())
            }
        }
    }

    /// Reads a policy document from bytes, which must be UTF-8 (GRAM-001).
    ///
    /// # Errors
    ///
    /// As [`Grammar::parse`].
    pub fn parse_bytes(&self, bytes: &[u8]) -> Result<Document, Vec<Diagnostic>> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.parse(text),
            Err(error) => Err(vec![text::not_utf8(bytes, error)]),
        }
    }
}
