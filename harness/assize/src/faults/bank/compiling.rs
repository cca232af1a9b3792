//! What a compiler of policies gets wrong: statements dropped, merged or read under the wrong version.

use assize_model::{Diagnostic, Document, Effect, Grammar, PolicyType, PrincipalSpec, Statement, Version};
use assize_reference::{Correct, Semantics};

type Read = Result<Document, Vec<Diagnostic>>;

/// Reads a document and leaves out the statements that `keep`, asked with those before them, does not want.
fn keeping(grammar: Grammar, text: &str, keep: impl Fn(&[Statement], &Statement) -> bool) -> Read {
    let mut document = Correct.read_document(grammar, text)?;
    let kept: Vec<bool> = (0..document.statements.len())
        .map(|at| keep(&document.statements[..at], &document.statements[at]))
        .collect();
    // The places of dropped statements are kept by turning them into ones that match nothing.
    for (statement, kept) in document.statements.iter_mut().zip(kept) {
        if !kept {
            statement.action.negated = false;
            statement.action.entries = vec!["none:".to_owned()];
        }
    }
    Ok(document)
}

/// Reads a document and changes its statements.
fn changing(grammar: Grammar, text: &str, change: impl Fn(&mut Statement)) -> Read {
    let mut document = Correct.read_document(grammar, text)?;
    document.statements.iter_mut().for_each(change);
    Ok(document)
}

/// Whether two statements are alike once `change` has made them so.
fn alike(one: &Statement, other: &Statement, change: impl Fn(&mut Statement)) -> bool {
    let (mut one, mut other) = (one.clone(), other.clone());
    (one.sid, other.sid) = (None, None);
    change(&mut one);
    change(&mut other);
    one == other
}

faults! { FAULTS, Evaluation, "compiling";
    "equal-but-for-condition-merged", "COND-102", Plausible, OverGrant, "Of statements that differ in their conditions only the first is kept.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        keeping(grammar, text, |before, own| !before.iter().any(|other| alike(own, other, |s| s.condition.clear())))
    }

    "equal-but-for-effect-merged", "EVAL-005", Plausible, OverGrant, "Of statements that differ in their effects only the first is kept.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        keeping(grammar, text, |before, own| !before.iter().any(|other| alike(own, other, |s| s.effect = Effect::Allow)))
    }

    "equal-but-for-actions-merged", "MATCH-018", Plausible, OverGrant, "Of statements that differ in their actions only the first is kept.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        keeping(grammar, text, |before, own| !before.iter().any(|other| alike(own, other, |s| s.action.entries.clear())))
    }

    "equal-but-for-not-resource-merged", "MATCH-041", Real, OverGrant, "Of statements that differ in NotResource only the first is kept.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let blind = |statement: &mut Statement| if statement.resource.as_ref().is_some_and(|resource| resource.negated) { statement.resource = None };
        keeping(grammar, text, |before, own| !before.iter().any(|other| alike(own, other, blind)))
    }

    "equal-but-for-principal-merged", "PRIN-019", Plausible, OverGrant, "Of statements that differ in their principals only the first is kept.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        keeping(grammar, text, |before, own| !before.iter().any(|other| alike(own, other, |s| s.principal = None)))
    }

    "statements-of-equal-shape-merged", "EVAL-003", Real, OverGrant, "Statements whose texts have equal lengths are taken for equal.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let shape = |statement: &Statement| {
            let lengths = |entries: &[String]| entries.iter().map(String::len).collect::<Vec<_>>();
            let resource = statement.resource.as_ref().map(|resource| (resource.negated, lengths(&resource.entries)));
            (statement.effect, lengths(&statement.action.entries), resource, statement.condition.len())
        };
        keeping(grammar, text, |before, own| !before.iter().any(|other| shape(other) == shape(own)))
    }

    "broad-allow-removes-deny", "EVAL-005", Plausible, OverGrant, "A Deny behind an unconditional Allow of every action on every resource is dropped.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let everything = |s: &Statement| {
            let resource = s.resource.as_ref().is_some_and(|resource| resource.entries == ["*"] && !resource.negated);
            s.effect == Effect::Allow && s.action.entries == ["*"] && resource && s.condition.is_empty()
        };
        keeping(grammar, text, |before, own| own.effect == Effect::Allow || !before.iter().any(everything))
    }

    "conditional-deny-covers-narrower-deny", "COND-102", Plausible, OverGrant, "A Deny is dropped behind one on all resources, whose condition is overlooked.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let broad = |s: &Statement| s.effect == Effect::Deny && s.resource.as_ref().is_none_or(|resource| resource.entries == ["*"]);
        keeping(grammar, text, |before, own| own.effect == Effect::Allow || !before.iter().any(broad))
    }

    "narrower-statement-hides-broader", "EVAL-003", Plausible, OverGrant, "A statement on everything is dropped behind one on something.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let broad = |s: &Statement| s.action.entries.iter().all(|entry| entry.ends_with('*'));
        keeping(grammar, text, |before, own| !broad(own) || before.iter().all(broad))
    }

    "exact-action-hides-wildcard", "EVAL-003", Real, OverGrant, "Statements with wildcard actions are dropped behind one that spells an action out.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let exact = |s: &Statement| s.action.entries.iter().any(|entry| !entry.contains(['*', '?']));
        keeping(grammar, text, |before, own| exact(own) || !before.iter().any(exact))
    }

    "statements-of-one-sid-merged", "GRAM-017", Plausible, OverGrant, "Of statements with equal Sid, none included, only the last is kept.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let mut document = Correct.read_document(grammar, text)?;
        let sids: Vec<_> = document.statements.iter().map(|statement| statement.sid.clone()).collect();
        for (at, statement) in document.statements.iter_mut().enumerate() {
            if sids[at + 1..].contains(&sids[at]) { statement.action.negated = false; statement.action.entries = vec!["none:".to_owned()] }
        }
        Ok(document)
    }

    "patterns-share-a-case-blind-cache", "MATCH-035", Plausible, OverGrant, "A resource takes the spelling of an earlier one that differs in case.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let mut document = Correct.read_document(grammar, text)?;
        let mut known: Vec<String> = Vec::new();
        for entry in document.statements.iter_mut().filter_map(|statement| statement.resource.as_mut()).flat_map(|resource| &mut resource.entries) {
            match known.iter().find(|known| known.eq_ignore_ascii_case(entry)) {
                Some(earlier) => entry.clone_from(earlier),
                None => known.push(entry.clone()),
            }
        }
        Ok(document)
    }

    "empty-condition-is-false", "COND-027", Plausible, OverGrant, "A Deny whose condition has an operator without keys is dropped.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        keeping(grammar, text, |_, own| own.condition.iter().all(|block| !block.keys.is_empty()))
    }

    "single-condition-value-list-unwrapped-wrongly", "COND-003", Plausible, OverGrant, "Of a condition's value list the first value is kept if the list has two.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        changing(grammar, text, |statement| for key in statement.condition.iter_mut().flat_map(|block| &mut block.keys) {
            if key.values.len() == 2 { key.values.truncate(1) }
        })
    }

    "if-exists-stripped", "COND-011", Plausible, OverGrant, "The suffix IfExists is lost when operators are compiled.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        changing(grammar, text, |statement| statement.condition.iter_mut().for_each(|block| block.operator.if_exists = false))
    }

    "set-prefix-stripped", "COND-016", Plausible, OverGrant, "Set prefixes are lost when operators are compiled.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        changing(grammar, text, |statement| statement.condition.iter_mut().for_each(|block| block.operator.set = None))
    }

    "keys-differing-in-case-merged", "GRAM-038", Plausible, OverGrant, "Of two keys of one operator that differ in case only the last is kept.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        changing(grammar, text, |statement| for block in &mut statement.condition {
            let names: Vec<String> = block.keys.iter().map(|key| key.key.to_lowercase()).collect();
            let mut at = 0;
            block.keys.retain(|_| { at += 1; !names[at..].contains(&names[at - 1]) });
        })
    }

    "principal-map-keeps-one-kind", "MATCH-098", Plausible, OverGrant, "Of a principal map only the first kind is kept.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        changing(grammar, text, |statement| if let Some(PrincipalSpec::Map(entries)) = statement.principal.as_mut().map(|p| &mut p.spec) { entries.truncate(1) })
    }

    "entries-past-the-second-not-kept", "MATCH-041", Plausible, OverGrant, "Of action and resource lists the first two entries are kept.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        changing(grammar, text, |statement| {
            statement.action.entries.truncate(2);
            if let Some(resource) = &mut statement.resource { resource.entries.truncate(2) }
        })
    }

    "versions-not-told-apart", "GRAM-012", Plausible, OverGrant, "Every document is read under 2008-10-17 unless it is an SCP or RCP.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let mut document = Correct.read_document(grammar, text)?;
        if !matches!(grammar.policy_type, PolicyType::Scp | PolicyType::Rcp) { document.version = Version::V2008 }
        Ok(document)
    }

    "missing-version-is-the-newest", "GRAM-012", Plausible, OverGrant, "A document without Version is read under 2012-10-17.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let mut document = Correct.read_document(grammar, text)?;
        if !text.contains("\"Version\"") { document.version = Version::V2012 }
        Ok(document)
    }

    "newest-version-wins", "MATCH-061", Plausible, OverGrant, "Resource-based policies are always read under 2012-10-17.":
    fn read_document(&self, grammar: Grammar, text: &str) -> Result<Document, Vec<Diagnostic>> {
        let mut document = Correct.read_document(grammar, text)?;
        if grammar.policy_type == PolicyType::Resource { document.version = Version::V2012 }
        Ok(document)
    }
}
