//! Lists, complements, wildcards: chapter 08, part B.

use assize_model::{
    BaseOperator, ConditionBlock, Effect, Element, Literal, PolicyType, PrincipalElement, PrincipalKey,
    PrincipalSpec, Resource, SetOperator, Statement,
};

use super::bench::{Bench, Outcome, Stop, consulted, needs, report};
use super::making::{
    NEGATED, NOBODY, add_value, names, only_action, some_condition, some_principal, some_statement,
    some_type, test, values, wider_action, wider_resource,
};
use super::situation::{Place, Situation, list, named};

const FITTING: &str = "there is a statement of that shape";

/// A statement that `fits`: one that is there, or an addition of `make` to a type that takes it.
///
/// `make` is given the type; what it makes must fit.
fn with_fitting(
    bench: &mut Bench<'_>,
    types: &[PolicyType],
    fits: impl Fn(&Situation, &Place, &Statement) -> bool,
    make: impl FnOnce(&mut Bench<'_>, &Situation, PolicyType) -> Statement,
) -> Result<(Situation, Place), Stop> {
    let mut situation = bench.start();
    let known = situation.places_where(|place, statement| {
        types.contains(&place.policy_type) && fits(&situation, place, statement)
    });
    if !known.is_empty() && bench.chance(50) {
        return Ok((situation.clone(), *bench.choose(&known, FITTING)?));
    }
    let policy_type = some_type(bench.choices, |known| types.contains(&known) && situation.can_have(known))
        .ok_or(Stop::NotApplicable("the requester can have a policy of such a type"))?;
    situation.make_present(policy_type);
    let statement = make(bench, &situation, policy_type);
    let level = bench.pick(situation.levels(policy_type).len().max(1));
    let place = situation.add(policy_type, level, statement);
    needs(fits(&situation, &place, situation.statement(place)), FITTING)?;
    Ok((situation, place))
}

/// Types whose grammar takes every element that an identity-based policy takes.
const GENERAL: [PolicyType; 6] = [
    PolicyType::Scp,
    PolicyType::Vpce,
    PolicyType::Resource,
    PolicyType::Identity,
    PolicyType::Boundary,
    PolicyType::Session,
];

/// An effect that the type takes.
fn some_effect(bench: &mut Bench<'_>, policy_type: PolicyType) -> Effect {
    if policy_type == PolicyType::Rcp || bench.chance(40) { Effect::Deny } else { Effect::Allow }
}

fn not_trust(situation: &Situation, place: &Place) -> bool {
    situation.grammar(place.policy_type) != PolicyType::Trust
}

/// INV-013: a statement with several actions is equivalent to one statement per action.
///
/// Fails when: the element is NotAction, whose list is an intersection of complements.
pub fn action_list_is_a_union(bench: &mut Bench<'_>) -> Outcome {
    let (before, place) = with_fitting(
        bench,
        &PolicyType::REPORTED,
        |_, _, statement| !statement.action.negated && statement.action.entries.len() > 1,
        |bench, situation, policy_type| {
            let effect = some_effect(bench, policy_type);
            let mut made = situation.own_action(policy_type, effect);
            let other = situation.inert(policy_type).action.entries;
            made.action.entries.extend(other);
            made
        },
    )?;
    let mut after = before.clone();
    let statement = before.statement(place);
    let split = statement.action.entries.iter().map(|entry| only_action(statement, entry)).collect();
    after.replace(place, split);
    bench.same(&before, &after, "a list of actions is a union")
}

/// INV-014: a statement with several resources is equivalent to one statement per resource.
///
/// Fails when: the element is NotResource.
pub fn resource_list_is_a_union(bench: &mut Bench<'_>) -> Outcome {
    let several =
        |element: &Option<Element>| element.as_ref().is_some_and(|e| !e.negated && e.entries.len() > 1);
    let (before, place) = with_fitting(
        bench,
        &PolicyType::REPORTED,
        |_, _, statement| several(&statement.resource),
        |bench, situation, policy_type| {
            let effect = some_effect(bench, policy_type);
            let mut made = situation.own_action(policy_type, effect);
            let nothing = "arn:aws:assize-none:::nothing".to_owned();
            // Trust policies take no resource element.
            if situation.grammar(policy_type) != PolicyType::Trust {
                made.resource = Some(list(vec![nothing, "*".to_owned()]));
            }
            made
        },
    )?;
    let mut after = before.clone();
    let statement = before.statement(place);
    let entries = statement.resource.as_ref().map(|element| element.entries.clone()).unwrap_or_default();
    let split = entries
        .into_iter()
        .map(|entry| Statement { resource: Some(list(vec![entry])), ..statement.clone() })
        .collect();
    after.replace(place, split);
    bench.same(&before, &after, "a list of resources is a union")
}

/// INV-015: a statement with several principals is equivalent to one statement per principal.
///
/// Fails when: the element is NotPrincipal: all layers must stand in one list (PRIN-043).
pub fn principal_list_is_a_union(bench: &mut Bench<'_>) -> Outcome {
    let types = [PolicyType::Resource, PolicyType::Vpce];
    let several = |element: &Option<PrincipalElement>| {
        element.as_ref().is_some_and(|element| !element.negated && values(element).len() > 1)
    };
    let (before, place) = with_fitting(
        bench,
        &types,
        |_, _, statement| several(&statement.principal),
        |bench, situation, policy_type| {
            let effect = some_effect(bench, policy_type);
            let mut made = situation.own_action(policy_type, effect);
            let mut element = some_principal(bench.choices, situation);
            for (key, value) in names(situation.request.principal()) {
                if bench.chance(50) {
                    add_value(&mut element, key, value);
                }
            }
            add_value(&mut element, PrincipalKey::Aws, NOBODY.to_owned());
            made.principal = Some(element);
            made
        },
    )?;
    let mut after = before.clone();
    let statement = before.statement(place);
    let all = statement.principal.as_ref().map(values).unwrap_or_default();
    let split = all
        .into_iter()
        .map(|(key, value)| Statement { principal: Some(named(key, value)), ..statement.clone() })
        .collect();
    after.replace(place, split);
    bench.same_decision(&before, &after, "a list of principals is a union")
}

/// INV-016: the values of one key under a positive operator are a union: one statement per value is the same.
///
/// Needs: one operator without set prefix, one key.
/// Fails when: the operator is negated (none of the values), `ForAllValues`, several keys or operators.
pub fn positive_condition_values_are_a_union(bench: &mut Bench<'_>) -> Outcome {
    let fits = |condition: &[ConditionBlock]| match condition {
        [block] => {
            let operator = block.operator;
            operator.set.is_none()
                && operator.base != BaseOperator::Null
                && !NEGATED.contains(&operator.base)
                && matches!(block.keys.as_slice(), [key] if key.values.len() > 1)
        }
        _ => false,
    };
    let (before, place) = with_fitting(
        bench,
        &PolicyType::REPORTED,
        |_, _, statement| fits(&statement.condition),
        |bench, situation, policy_type| {
            let effect = some_effect(bench, policy_type);
            let mut made = situation.own_action(policy_type, effect);
            made.condition = vec![match situation.request.context().entries().first() {
                Some(entry) => {
                    let value = entry.values.first().map_or("x", |value| value.text.as_str());
                    let value = if value.contains('$') { "x" } else { value };
                    test(BaseOperator::StringEquals, &entry.key, &[value, "assize-other"])
                }
                None => test(BaseOperator::StringEquals, "assize:Absent", &["x", "y"]),
            }];
            made
        },
    )?;
    let mut after = before.clone();
    let statement = before.statement(place);
    let [block] = statement.condition.as_slice() else { return needs(false, FITTING) };
    let split = block.keys[0]
        .values
        .iter()
        .map(|value| {
            let mut one = block.clone();
            one.keys[0].values = vec![value.clone()];
            Statement { condition: vec![one], ..statement.clone() }
        })
        .collect();
    after.replace(place, split);
    bench.same(&before, &after, "the values of a positive operator are a union")
}

/// A universe that contains `member`, and a proper part of it, by chance with the member.
fn universe(bench: &mut Bench<'_>, member: String, others: [String; 3]) -> (Vec<String>, Vec<String>) {
    let mut universe = vec![member];
    universe.extend(others);
    let mut part: Vec<String> = universe.iter().filter(|_| bench.choices.pick(2) == 0).cloned().collect();
    if part.is_empty() {
        part.push(universe[bench.choices.pick(universe.len())].clone());
    } else if part.len() == universe.len() {
        part.remove(bench.choices.pick(part.len()));
    }
    let rest = universe.into_iter().filter(|known| !part.contains(known)).collect();
    (part, rest)
}

/// INV-017: over a finite set of actions that holds the request's, `NotAction` X is `Action` of all others.
///
/// Needs: X names actions without wildcards; a type that takes NotAction.
pub fn not_action_is_the_complement(bench: &mut Bench<'_>) -> Outcome {
    let (before, place) = with_fitting(
        bench,
        &GENERAL,
        |situation, place, _| not_trust(situation, place),
        |bench, situation, policy_type| {
            let effect = some_effect(bench, policy_type);
            situation.own_action(policy_type, effect)
        },
    )?;
    let own = before.request.action();
    let others = [format!("{}:AssizeOther", own.vendor()), "assize-a:X".to_owned(), "assize-b:X".to_owned()];
    let (part, rest) = universe(bench, own.as_str().to_owned(), others);
    complement(
        bench,
        &before,
        place,
        part,
        rest,
        |statement, element| statement.action = element,
        "NotAction is the complement of Action",
    )
}

/// INV-018: over a finite set of resources that holds the request's, `NotResource` X is `Resource` of all others.
///
/// Needs: X names resources without wildcards and variables.
/// Fails when: the action has no resource (EVAL-059).
pub fn not_resource_is_the_complement(bench: &mut Bench<'_>) -> Outcome {
    let own = match bench.situation.request.resource() {
        Resource::Arn(arn) => arn.as_str().to_owned(),
        Resource::None { .. } => return needs(false, "the action has a resource"),
    };
    needs(!own.contains(['*', '?', '$']), "the resource is no pattern")?;
    let (before, place) = with_fitting(
        bench,
        &GENERAL,
        |situation, place, _| not_trust(situation, place),
        |bench, situation, policy_type| {
            let effect = some_effect(bench, policy_type);
            situation.own_action(policy_type, effect)
        },
    )?;
    // Resources that a policy can name: the grammar wants a service in the third field.
    needs(own.split(':').nth(2).is_some_and(|service| !service.is_empty()), "the resource has a service")?;
    let others =
        [format!("{own}-other"), "arn:aws:assize-a:::x".to_owned(), "arn:aws:assize-b:::x".to_owned()];
    let (part, rest) = universe(bench, own, others);
    complement(
        bench,
        &before,
        place,
        part,
        rest,
        |statement, element| statement.resource = Some(element),
        "NotResource is the complement of Resource",
    )
}

fn complement(
    bench: &mut Bench<'_>,
    situation: &Situation,
    place: Place,
    part: Vec<String>,
    rest: Vec<String>,
    put: impl Fn(&mut Statement, Element),
    claim: &str,
) -> Outcome {
    let (mut before, mut after) = (situation.clone(), situation.clone());
    before.edit(place, |statement| put(statement, Element { negated: true, entries: part }));
    after.edit(place, |statement| put(statement, list(rest)));
    bench.same(&before, &after, claim)
}

/// INV-019: replacing every statement that applies by one for every action and resource, with its principal, and dropping all others
/// changes nothing.
///
/// That a statement applies is read from the record. RCPs keep the request's action and trust policies the actions of `sts`, as
/// their grammar asks. Types that are not consulted stay as they are.
pub fn only_what_applies_matters(bench: &mut Bench<'_>) -> Outcome {
    let before = bench.start();
    let answer = bench.decide(&before)?;
    let record = answer.record()?;
    needs(!before.lockout_exempt(), "EVAL-033 sets no Deny aside")?;
    let mut after = before.clone();
    let applies = |place: &Place| {
        let report = report(record, place.policy_type);
        let levelled = matches!(place.policy_type, PolicyType::Rcp | PolicyType::Scp);
        report.allow.iter().chain(&report.deny).any(|s| {
            s.policy == before.sheet(*place).id
                && s.statement == place.statement
                && (!levelled || s.level == Some(place.level))
        })
    };
    for place in before.places_where(|place, _| consulted(record, place.policy_type) && applies(place)) {
        let effect = before.statement(place).effect;
        let mut everything = if place.policy_type == PolicyType::Rcp {
            before.own_action(place.policy_type, effect)
        } else {
            before.everything(place.policy_type, effect)
        };
        after.edit(place, |statement| {
            everything.principal = statement.principal.take();
            *statement = everything;
        });
    }
    after.retain(|place, _| !consulted(record, place.policy_type) || applies(place));
    bench.same(&before, &after, "only the statements that apply matter")
}

/// Widens an element of a statement that has no `Not…` form there; what was done.
fn widen(bench: &mut Bench<'_>, situation: &mut Situation, place: Place) {
    let grammar = situation.grammar(place.policy_type);
    let any_vendor = !matches!(grammar, PolicyType::Trust | PolicyType::Rcp);
    let statement = situation.statement(place).clone();
    let principal = some_principal(bench.choices, situation);
    let own = situation.everything(place.policy_type, Effect::Allow).action.entries;
    let choices = &mut *bench.choices;
    let mut widened = statement;
    match (&mut widened.principal, &mut widened.resource, &mut widened.action) {
        (Some(element), _, _) if !element.negated && grammar != PolicyType::Rcp && choices.chance(40) => {
            if choices.chance(30) {
                element.spec = PrincipalSpec::Everyone;
            } else {
                for (key, value) in values(&principal) {
                    add_value(element, key, value);
                }
            }
        }
        (_, Some(element), _) if !element.negated && choices.chance(50) => {
            let at = choices.pick(element.entries.len());
            let wider = wider_resource(choices, &element.entries[at]);
            if choices.chance(50) {
                element.entries[at] = wider;
            } else {
                element.entries.push(wider);
            }
        }
        (_, _, action) if !action.negated => {
            let at = choices.pick(action.entries.len());
            match choices.pick(3) {
                0 => action.entries[at] = wider_action(choices, &action.entries[at], any_vendor),
                1 => action.entries.push(wider_action(choices, &action.entries[at], any_vendor)),
                _ => action.entries.extend(own),
            }
        }
        _ => {}
    }
    situation.edit(place, |statement| *statement = widened);
}

fn widening(bench: &mut Bench<'_>, effect: Effect) -> Result<(Situation, Situation), Stop> {
    let types = if effect == Effect::Allow { &GENERAL[..] } else { &PolicyType::REPORTED[..] };
    let (before, place) = with_fitting(
        bench,
        types,
        |_, _, statement| statement.effect == effect,
        |bench, situation, policy_type| {
            let mut made = situation.own_action(policy_type, effect);
            // Something that does not match yet, mostly: its widening may.
            if bench.chance(60) {
                made = situation.inert(policy_type);
                made.effect = effect;
            }
            made
        },
    )?;
    let mut after = before.clone();
    widen(bench, &mut after, place);
    Ok((before, after))
}

/// INV-020: replacing an action, resource or principal of an Allow by one that matches more, or adding one, makes the decision at most
/// as restrictive.
///
/// Fails when: the element is NotAction, NotResource or NotPrincipal; the change of principal lowers the class (INV-052).
pub fn widening_an_allow_never_restricts(bench: &mut Bench<'_>) -> Outcome {
    let (before, after) = widening(bench, Effect::Allow)?;
    bench.widens(&before, &after, "widening an Allow makes the decision at most as restrictive")
}

/// INV-021: the same change in a Deny makes the decision at least as restrictive.
///
/// Fails when: the element is NotAction, NotResource or NotPrincipal.
pub fn widening_a_deny_never_permits(bench: &mut Bench<'_>) -> Outcome {
    let (before, after) = widening(bench, Effect::Deny)?;
    bench.narrows(&before, &after, "widening a Deny makes the decision at least as restrictive")
}

/// INV-022: adding a value to NotAction or NotResource narrows the statement, adding one to NotPrincipal narrows the Deny.
pub fn growing_a_not_list_narrows(bench: &mut Bench<'_>) -> Outcome {
    let negated = |statement: &Statement| {
        statement.action.negated
            || statement.resource.as_ref().is_some_and(|element| element.negated)
            || statement.principal.as_ref().is_some_and(|element| element.negated)
    };
    let (before, place) = with_fitting(
        bench,
        &GENERAL,
        |_, _, statement| negated(statement),
        |bench, situation, policy_type| {
            let effect = some_effect(bench, policy_type);
            let mut made = situation.own_action(policy_type, effect);
            let nothing = || Element { negated: true, entries: vec!["assize-none:Nothing".to_owned()] };
            let has_principal =
                matches!(situation.grammar(policy_type), PolicyType::Resource | PolicyType::Vpce);
            if has_principal && effect == Effect::Deny && bench.chance(60) {
                let mut element = named(PrincipalKey::Aws, NOBODY);
                element.negated = true;
                for (key, value) in names(situation.request.principal()) {
                    if bench.chance(60) {
                        add_value(&mut element, key, value);
                    }
                }
                made.principal = Some(element);
            } else if situation.grammar(policy_type) != PolicyType::Trust {
                made.action = nothing();
            }
            made
        },
    )?;
    let mut after = before.clone();
    let own = before.request.action().as_str().to_owned();
    let resource = before.request.resource().as_str().to_owned();
    let mut own_names = names(before.request.principal());
    own_names.push((PrincipalKey::Aws, "*".to_owned()));
    let effect = before.statement(place).effect;
    let choices = &mut *bench.choices;
    after.edit(place, |statement| match (&mut statement.principal, &mut statement.resource) {
        (Some(element), _) if element.negated => {
            let (key, value) = choices.one_of(&own_names).clone();
            add_value(element, key, value);
        }
        (_, Some(element)) if element.negated => {
            let plain = resource.split(':').nth(2).is_some_and(|service| !service.is_empty())
                && !resource.contains('$');
            element.entries.push(if plain { resource } else { "*".to_owned() });
        }
        _ => statement.action.entries.push(if choices.chance(70) { own } else { "assize-a:X".to_owned() }),
    });
    match effect {
        Effect::Allow => bench.narrows(&before, &after, "growing a Not list of an Allow narrows it"),
        Effect::Deny => bench.widens(&before, &after, "growing a Not list of a Deny narrows it"),
    }
}

/// Holds `after` against `before`, given that a statement of this effect was widened.
fn widened(bench: &Bench<'_>, before: &Situation, after: &Situation, effect: Effect, claim: &str) -> Outcome {
    match effect {
        Effect::Allow => bench.widens(before, after, claim),
        Effect::Deny => bench.narrows(before, after, claim),
    }
}

/// INV-023: removing a condition, an operator or a key from a statement widens the statement.
pub fn dropping_a_condition_widens(bench: &mut Bench<'_>) -> Outcome {
    let (before, place) = with_fitting(
        bench,
        &PolicyType::REPORTED,
        |_, _, statement| !statement.condition.is_empty(),
        |bench, situation, policy_type| {
            let effect = some_effect(bench, policy_type);
            let mut made = some_statement(bench.choices, situation, policy_type, effect);
            made.condition = some_condition(bench.choices, situation);
            made
        },
    )?;
    let mut after = before.clone();
    let choices = &mut *bench.choices;
    after.edit(place, |statement| {
        let at = choices.pick(statement.condition.len());
        match choices.pick(3) {
            0 => statement.condition.clear(),
            1 if !statement.condition[at].keys.is_empty() => {
                let keys = &mut statement.condition[at].keys;
                keys.remove(choices.pick(keys.len()));
                if keys.is_empty() {
                    statement.condition.remove(at);
                }
            }
            _ => {
                statement.condition.remove(at);
            }
        }
    });
    let effect = before.statement(place).effect;
    widened(bench, &before, &after, effect, "dropping a condition widens a statement")
}

/// INV-024: adding a value under a positive operator widens the statement, under a negated operator narrows it.
///
/// Fails when: the operator is `Null`, or `ForAllValues` meets an empty request set.
pub fn adding_a_condition_value_is_monotone(bench: &mut Bench<'_>) -> Outcome {
    let fits = |block: &ConditionBlock| {
        block.operator.base != BaseOperator::Null
            && block.operator.set != Some(SetOperator::ForAllValues)
            && !block.keys.is_empty()
    };
    let (before, place) = with_fitting(
        bench,
        &PolicyType::REPORTED,
        |_, _, statement| statement.condition.iter().any(fits),
        |bench, situation, policy_type| {
            let effect = some_effect(bench, policy_type);
            let mut made = some_statement(bench.choices, situation, policy_type, effect);
            made.condition = some_condition(bench.choices, situation);
            for key in made.condition.iter_mut().flat_map(|block| &mut block.keys) {
                key.values = vec![Literal::string("assize-other")];
            }
            made
        },
    )?;
    let blocks: Vec<usize> = {
        let condition = &before.statement(place).condition;
        (0..condition.len()).filter(|at| fits(&condition[*at])).collect()
    };
    let at = *bench.choose(&blocks, FITTING)?;
    let block = &before.statement(place).condition[at];
    let nth = bench.pick(block.keys.len());
    let key = &block.keys[nth];
    let context = before.request.context().entries();
    let supplied = context.iter().find(|entry| entry.key.eq_ignore_ascii_case(&key.key));
    let value = supplied.and_then(|entry| entry.values.first()).map_or("x", |value| value.text.as_str());
    // Dates are checked when a policy is read (GRAM-039), references too (GRAM-041).
    let date = block.operator.base.as_str().starts_with("Date");
    let value = match () {
        () if date && !(bench.is_date)(value) => "2024-01-01",
        () if value.contains('$') => "x",
        () => value,
    };
    let mut after = before.clone();
    after.edit(place, |statement| statement.condition[at].keys[nth].values.push(Literal::string(value)));
    let negated = NEGATED.contains(&block.operator.base);
    let effect = before.statement(place).effect;
    match (negated, effect) {
        (false, effect) => {
            widened(bench, &before, &after, effect, "a value under a positive operator widens")
        }
        (true, Effect::Allow) => bench.narrows(&before, &after, "a value under a negated operator narrows"),
        (true, Effect::Deny) => bench.widens(&before, &after, "a value under a negated operator narrows"),
    }
}
