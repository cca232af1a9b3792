//! Crowds: much that is not asked for around the little that is. Evaluators that look statements, policies or keys up in tables only do
//! so from some number on, and go wrong at the edges of their tables.

use assize_model::scenario::Body;
use assize_model::{
    BaseOperator, ConditionBlock, ConditionKey, Context, ContextEntry, Effect, Element, Grammar, Literal,
    Policies, PolicySource, PolicyType, PrincipalKey, PrincipalSpec, Request, Scenario, SetOperator,
    Statement,
};

use crate::choices::Choices;

/// How many statements of one effect a crowded document has: few, and both sides of the widths that tables have.
const STATEMENTS: [usize; 12] = [15, 16, 16, 17, 17, 18, 20, 24, 33, 64, 65, 70];
/// How many policies a crowded list has.
const POLICIES: [usize; 4] = [16, 17, 18, 20];
/// How many keys a crowded context has.
const KEYS: [usize; 7] = [8, 9, 12, 20, 64, 65, 70];
/// How many values a crowded test has.
const VALUES: [usize; 7] = [11, 12, 13, 16, 20, 33, 65];

/// How many entries or values a crowded element has.
const ENTRIES: [usize; 9] = [5, 8, 9, 12, 16, 17, 33, 40, 65];
/// How many keys a crowded operator tests.
const TESTED: [usize; 5] = [5, 8, 9, 12, 17];

/// Crowds the documents of a scenario, their elements, one of its lists of policies, or the contexts of its requests and the values
/// that they are compared with. What is added differs a little from what is there, and mostly matches nothing.
pub fn crowd(choices: &mut dyn Choices, scenario: &mut Scenario) {
    let Body::Requests { policies, requests, .. } = &mut scenario.body else { return };
    match choices.weighted(&[(44, 0), (22, 1), (22, 2), (12, 3)]) {
        0 => {
            choices.label("crowded documents");
            for (policy_type, policy) in policies.documents_mut() {
                if choices.chance(60) {
                    crowd_statements(choices, policy_type, policy);
                }
            }
        }
        1 => {
            choices.label("crowded list of policies");
            crowd_list(choices, policies);
        }
        3 => {
            choices.label("crowded elements");
            for (policy_type, policy) in policies.documents_mut() {
                crowd_elements(choices, policy_type, policy);
            }
        }
        _ => {
            choices.label("crowded contexts");
            for (policy_type, policy) in policies.documents_mut() {
                crowd_values(choices, policy_type, policy);
            }
            for request in requests.iter_mut().filter_map(|case| case.request.as_mut().ok()) {
                crowd_context(choices, request);
            }
        }
    }
}

/// Changes the statements of a document. One that its grammar refuses stays as it is.
fn edit(policy_type: PolicyType, policy: &mut PolicySource, change: impl FnOnce(&mut Vec<Statement>)) {
    // Dates were judged when the document was made.
    let grammar = Grammar { policy_type, managed: policy.managed, is_date: |_| true };
    let Ok(mut document) = grammar.parse(&policy.document.text) else { return };
    change(&mut document.statements);
    let Some(region) = document.regions.first().copied() else { return };
    document.regions = vec![region; document.statements.len()];
    policy.document.text = document.to_json().into();
}

fn crowd_statements(choices: &mut dyn Choices, policy_type: PolicyType, policy: &mut PolicySource) {
    edit(policy_type, policy, |statements| {
        if statements.is_empty() {
            return;
        }
        statements.iter_mut().for_each(|statement| shorten_actions(choices, statement));
        let templates = statements.clone();
        let effect = choices.one_of(&templates).effect;
        let count = |statements: &[Statement], effect: Effect| {
            statements.iter().filter(|statement| statement.effect == effect).count()
        };
        let wanted = *choices.one_of(&STATEMENTS);
        let alike: Vec<&Statement> = templates.iter().filter(|known| known.effect == effect).collect();
        for nth in 0..wanted.saturating_sub(count(statements, effect)) {
            let template = *choices.one_of(&alike);
            let filler = filler(choices, template, nth);
            statements.insert(choices.pick(statements.len() + 1), filler);
        }
    });
}

/// Puts patterns in the place of some actions that are spelled out: beginnings of theirs, and what has a gap in the middle.
fn shorten_actions(choices: &mut dyn Choices, statement: &mut Statement) {
    if statement.action.negated {
        return;
    }
    for entry in &mut statement.action.entries {
        let name = entry.find(':').map_or(0, |colon| colon + 1);
        if entry.contains(['*', '?']) || !entry.is_ascii() || name == entry.len() {
            continue;
        }
        let cut = name + choices.pick(entry.len() - name + 1);
        match choices.weighted(&[(55, 0), (15, 1), (20, 2), (10, 3)]) {
            0 => {}
            1 => entry.push('*'),
            2 => *entry = format!("{}*", &entry[..cut]),
            _ => *entry = format!("{}*{}", &entry[..cut], &entry[entry.len().min(cut + 1)..]),
        }
    }
}

/// A statement like this one, about something else.
fn filler(choices: &mut dyn Choices, template: &Statement, nth: usize) -> Statement {
    let mut statement = Statement { sid: None, ..template.clone() };
    let (action, resource) = match choices.pick(3) {
        0 => (true, false),
        1 => (false, true),
        _ => (true, true),
    };
    if action || statement.resource.as_ref().is_none_or(is_everything) {
        statement.action.negated = false;
        statement.action.entries.truncate(1);
        for entry in &mut statement.action.entries {
            *entry = match entry.split_once(':') {
                // Found by its beginning, and not it.
                Some((vendor, name)) if name.is_ascii() && choices.chance(25) => {
                    let beginning = name.split(['*', '?']).next().unwrap_or_default();
                    format!("{vendor}:{}*X{nth}", &beginning[..choices.pick(beginning.len() + 1)])
                }
                Some(_) => beside(choices, entry, nth),
                None => format!("acme:X{nth}"),
            };
        }
    }
    if let Some(element) = statement.resource.as_mut().filter(|element| resource && !is_everything(element)) {
        element.negated &= choices.chance(15);
        element.entries.iter_mut().for_each(|entry| *entry = beside(choices, entry, nth));
    }
    statement
}

fn is_everything(element: &Element) -> bool {
    element.entries.iter().any(|entry| entry == "*")
}

/// A text or pattern that differs before its first wildcard or variable after the last colon: by what follows there, or already
/// somewhere before it.
fn beside(choices: &mut dyn Choices, text: &str, nth: usize) -> String {
    let name = text.rfind(':').map_or(0, |colon| colon + 1);
    let at = text[name..].find(['*', '?', '$']).map_or(text.len(), |at| name + at);
    let places: Vec<usize> = text[name..at].char_indices().map(|(place, _)| name + place).collect();
    let cut = if places.is_empty() || choices.chance(50) { at } else { *choices.one_of(&places) };
    // Letters before which and behind which most others are sorted.
    let own = choices.one_of(&["X", "~"]);
    format!("{}{own}{nth}{}", &text[..cut], &text[at..])
}

fn crowd_list(choices: &mut dyn Choices, policies: &mut Policies) {
    let wanted = *choices.one_of(&POLICIES);
    let other = |choices: &mut dyn Choices, policy_type: PolicyType, policy: &PolicySource, nth: usize| {
        let mut policy = PolicySource { id: format!("crowd-{nth}").into(), ..policy.clone() };
        edit(policy_type, &mut policy, |statements| {
            for statement in statements {
                *statement = filler(choices, statement, nth);
            }
        });
        policy
    };
    if let Some(identity) = policies.identity.as_mut().filter(|identity| !identity.is_empty()) {
        for nth in 0..wanted.saturating_sub(identity.len()) {
            let mut held = choices.one_of(identity).clone();
            held.policy = other(choices, PolicyType::Identity, &held.policy, nth);
            identity.insert(choices.pick(identity.len() + 1), held);
        }
    }
    let level = policies.scps.iter_mut().flatten().find(|level| !level.is_empty());
    if let Some(level) = level {
        for nth in 0..wanted.saturating_sub(level.len()) {
            let known = choices.one_of(level).clone();
            let policy = other(choices, PolicyType::Scp, &known, nth);
            level.insert(choices.pick(level.len() + 1), policy);
        }
    }
}

/// Adds entries to the elements of statements, and tests that hold to their conditions. What decides stands anywhere among them.
fn crowd_elements(choices: &mut dyn Choices, policy_type: PolicyType, policy: &mut PolicySource) {
    edit(policy_type, policy, |statements| {
        for statement in statements {
            let wanted = *choices.one_of(&ENTRIES);
            let of_everything = |entries: &[String]| entries.iter().any(|entry| entry == "*");
            if choices.chance(50) && !of_everything(&statement.action.entries) {
                crowd_entries(choices, &mut statement.action.entries, wanted, beside);
            }
            if let Some(element) = &mut statement.resource
                && choices.chance(50)
                && !of_everything(&element.entries)
            {
                crowd_entries(choices, &mut element.entries, wanted, beside);
            }
            let spec = statement.principal.as_mut().map(|element| &mut element.spec);
            if let Some(PrincipalSpec::Map(entries)) = spec
                && policy_type != PolicyType::Rcp
            {
                for entry in entries.iter_mut().filter(|entry| entry.key == PrincipalKey::Aws) {
                    let user = |_: &mut dyn Choices, _: &str, nth| {
                        format!("arn:aws:iam::111111111111:user/crowd{nth}")
                    };
                    crowd_entries(choices, &mut entry.values, wanted, user);
                }
            }
            crowd_tests(choices, &mut statement.condition);
        }
    });
}

/// Adds entries made from those that are there, until there are as many as wanted.
fn crowd_entries(
    choices: &mut dyn Choices,
    entries: &mut Vec<String>,
    wanted: usize,
    other: fn(&mut dyn Choices, &str, usize) -> String,
) {
    let known = entries.clone();
    for nth in 0..wanted.saturating_sub(known.len()) {
        let from = choices.one_of::<String>(&known);
        let entry = other(choices, from, nth);
        entries.insert(choices.pick(entries.len() + 1), entry);
    }
}

/// Adds keys that no request has to operators that hold without them.
fn crowd_tests(choices: &mut dyn Choices, condition: &mut [ConditionBlock]) {
    for block in condition {
        let operator = block.operator;
        let holds = operator.if_exists
            || operator.set == Some(SetOperator::ForAllValues)
            || operator.set.is_none() && operator.base.as_str().contains("Not");
        if !holds || block.keys.is_empty() {
            continue;
        }
        for nth in 0..choices.one_of(&TESTED).saturating_sub(block.keys.len()) {
            let values = block.keys[0].values.clone();
            let key = ConditionKey { key: format!("crowd:Absent{nth}"), values };
            block.keys.insert(choices.pick(block.keys.len() + 1), key);
        }
    }
}

/// Adds values to the tests for equal strings, and puts the same values under the operator with wildcards beside them.
fn crowd_values(choices: &mut dyn Choices, policy_type: PolicyType, policy: &mut PolicySource) {
    edit(policy_type, policy, |statements| {
        let swapped = statements.iter().find_map(with_wildcards_swapped).filter(|_| choices.chance(50));
        if let Some(swapped) = swapped {
            statements.insert(choices.pick(statements.len() + 1), swapped);
        }
        for block in statements.iter_mut().flat_map(|statement| &mut statement.condition) {
            if !matches!(block.operator.base, BaseOperator::StringEquals | BaseOperator::StringNotEquals) {
                continue;
            }
            for key in &mut block.keys {
                // The value of the key itself, which matches.
                if choices.chance(25) && key.key.is_ascii() && !key.key.contains(['}', '\'', ',', ' ']) {
                    key.values.push(Literal::string(format!("${{{}}}", key.key)));
                }
                for nth in 0..choices.one_of(&VALUES).saturating_sub(key.values.len()) {
                    let value = Literal::string(format!("{}{nth}", *choices.one_of(&["R", "a", "r", "z"])));
                    key.values.insert(choices.pick(key.values.len() + 1), value);
                }
            }
        }
    });
}

/// The statement with `StringLike` for `StringEquals` and the reverse; `None` if it has neither.
fn with_wildcards_swapped(statement: &Statement) -> Option<Statement> {
    let mut swapped = Statement { sid: None, ..statement.clone() };
    for block in &mut swapped.condition {
        block.operator.base = match block.operator.base {
            BaseOperator::StringEquals => BaseOperator::StringLike,
            BaseOperator::StringLike => BaseOperator::StringEquals,
            BaseOperator::StringNotEquals => BaseOperator::StringNotLike,
            BaseOperator::StringNotLike => BaseOperator::StringNotEquals,
            other => other,
        };
    }
    (swapped.condition != statement.condition).then_some(swapped)
}

fn crowd_context(choices: &mut dyn Choices, request: &mut Request) {
    let mut entries = request.context().entries().to_vec();
    for nth in 0..choices.one_of(&KEYS).saturating_sub(entries.len()) {
        let entry = ContextEntry { key: format!("crowd:Key{nth}"), values: vec![Literal::string("crowd")] };
        entries.insert(choices.pick(entries.len() + 1), entry);
    }
    let (principal, action) = (request.principal().clone(), request.action().clone());
    let context = Context::new(entries);
    let crowded =
        context.and_then(|context| Request::new(principal, action, request.resource().clone(), context));
    if let Ok(crowded) = crowded {
        *request = crowded;
    }
}
