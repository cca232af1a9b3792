//! Syntax does not matter: chapter 08, part A.

use std::thread;

use assize_generate::Choices;
use assize_model::{
    Effect, Grammar, IdentitySource, PolicyType, PrincipalEntry, PrincipalKey, PrincipalSpec, Resource,
    Statement, StatementRef, Verdict, Version,
};

use super::bench::{Bench, Outcome, Stop, ask, broken, broken_verdicts, needs};
use super::making::{map_values, some_statement, some_type, values};
use super::requester::for_action;
use super::situation::{Place, Sheet, Situation, named};
use super::spelling::{Spelling, spell};

const STATEMENT: &str = "there is a statement";
const POLICY: &str = "there is a policy";

/// The types that are lists of policies.
const LISTS: [PolicyType; 4] = [PolicyType::Identity, PolicyType::Session, PolicyType::Scp, PolicyType::Rcp];

/// Every policy, by the place of its first statement.
fn policies(situation: &Situation) -> Vec<Place> {
    situation.places_where(|place, _| place.statement == 0)
}

/// INV-001: the same input gives equal results, evaluated again, prepared again, or on another thread.
pub fn evaluation_is_deterministic(bench: &mut Bench<'_>) -> Outcome {
    let situation = bench.start();
    let first = bench.verdict(&situation)?;
    let again = bench.verdict(&situation)?;
    let policies = situation.policies();
    let prepared =
        bench.evaluator.prepare(&policies).map_err(|_| Stop::NotApplicable(super::bench::REFUSED))?;
    let here = prepared.evaluate(&situation.request);
    let there = thread::scope(|scope| scope.spawn(|| prepared.evaluate(&situation.request)).join());
    let mut others = vec![again, here];
    others.extend(there.ok());
    needs(!matches!(first, Verdict::Failed(_) | Verdict::Unsupported(_)), "the evaluator answers")?;
    match others.into_iter().find(|other| *other != first) {
        None => Ok(()),
        Some(other) => Err(broken_verdicts(
            "evaluating the same input again gives an equal result",
            (&situation, first),
            Some((&situation, other)),
        )),
    }
}

/// Answers of two situations are alike and have the same determining statements, `moved` taking those of the second to the first.
fn same_determining(
    bench: &Bench<'_>,
    before: &Situation,
    after: &Situation,
    claim: &str,
    moved: impl Fn(&StatementRef) -> (PolicyType, Option<usize>, String, usize),
) -> Outcome {
    let (first, second) = (bench.decide(before)?, bench.decide(after)?);
    let mut holds = first.is_same(&second);
    if let (Ok(one), Ok(other)) = (first.record(), second.record()) {
        let mut expected: Vec<_> = one
            .determining
            .iter()
            .map(|s| (s.policy_type, s.level, s.policy.to_string(), s.statement))
            .collect();
        let mut actual: Vec<_> = other.determining.iter().map(moved).collect();
        expected.sort();
        actual.sort();
        holds &= expected == actual;
    }
    if holds { Ok(()) } else { Err(broken(claim, (before, &first), Some((after, &second)))) }
}

fn unmoved(s: &StatementRef) -> (PolicyType, Option<usize>, String, usize) {
    (s.policy_type, s.level, s.policy.to_string(), s.statement)
}

/// INV-002: the order of statements in a policy matters neither to the decision nor to the set of determining statements.
pub fn statement_order_is_irrelevant(bench: &mut Bench<'_>) -> Outcome {
    let mut before = bench.start();
    let place = *bench.choose(&policies(&before), POLICY)?;
    if before.sheet(place).document().statements.len() < 2 {
        let effect = match place.policy_type {
            PolicyType::Rcp => Effect::Deny,
            _ if bench.chance(50) => Effect::Allow,
            _ => Effect::Deny,
        };
        let second = some_statement(bench.choices, &before, place.policy_type, effect);
        before.edit_sheet(place, |document| document.statements.push(second));
    }
    let mut after = before.clone();
    let count = before.sheet(place).document().statements.len();
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        order.swap(last, bench.pick(last + 1));
    }
    if order.is_sorted() {
        order.reverse();
    }
    after.edit_sheet(place, |document| {
        document.statements = order.iter().map(|&at| document.statements[at].clone()).collect();
    });
    let permuted = before.sheet(place).id.clone();
    let levelled = matches!(place.policy_type, PolicyType::Scp | PolicyType::Rcp);
    same_determining(bench, &before, &after, "the order of statements is irrelevant", |s| {
        let here = s.policy_type.place() == place.policy_type.place()
            && s.policy == permuted
            && (!levelled || s.level == Some(place.level));
        let statement =
            if here { order.get(s.statement).copied().unwrap_or(s.statement) } else { s.statement };
        (s.policy_type, s.level, s.policy.to_string(), statement)
    })
}

/// Chooses a level of a type that is a list of policies and gives it two policies at least.
fn with_several(bench: &mut Bench<'_>) -> Result<(Situation, PolicyType, usize), Stop> {
    let mut situation = bench.start();
    let policy_type = some_type(bench.choices, |known| {
        LISTS.contains(&known) && situation.can_have(known) && !situation.levels(known).is_empty()
    })
    .ok_or(Stop::NotApplicable("a list of policies is present"))?;
    let level = bench.pick(situation.levels(policy_type).len());
    while situation.levels(policy_type)[level].len() < 2 {
        let effect =
            if policy_type == PolicyType::Rcp || bench.chance(40) { Effect::Deny } else { Effect::Allow };
        let statement = some_statement(bench.choices, &situation, policy_type, effect);
        let id = situation.fresh_id(policy_type);
        situation.level_mut(policy_type, level).push(Sheet::new(id, vec![statement]));
    }
    Ok((situation, policy_type, level))
}

/// INV-003: the order of policies of one type and level is irrelevant.
pub fn policy_order_is_irrelevant(bench: &mut Bench<'_>) -> Outcome {
    let (before, policy_type, level) = with_several(bench)?;
    let mut after = before.clone();
    after.level_mut(policy_type, level).reverse();
    bench.same(&before, &after, "the order of policies is irrelevant")
}

/// INV-004: how statements of one type and level are split over policies is irrelevant.
///
/// Needs: equal `Version`s, and no `Sid` twice in the merged policy.
/// Fails when: statements move between SCP levels (INV-044) or types.
pub fn splitting_and_merging_is_irrelevant(bench: &mut Bench<'_>) -> Outcome {
    let (before, policy_type, level) = with_several(bench)?;
    let mut after = before.clone();
    let id = after.fresh_id(policy_type);
    let sheets = after.level_mut(policy_type, level);
    let at = bench.choices.pick(sheets.len());
    let statements = sheets[at].document().statements.len();
    if statements > 1 && bench.choices.chance(50) {
        let from = 1 + bench.choices.pick(statements - 1);
        let mut second = sheets[at].called(id);
        second.edit(|document| {
            document.statements.drain(..from);
        });
        sheets[at].edit(|document| document.statements.truncate(from));
        sheets.push(second);
    } else {
        let moved = sheets.remove(at);
        let into = bench.choices.pick(sheets.len());
        needs(moved.document().version == sheets[into].document().version, "the versions are equal")?;
        if policy_type == PolicyType::Rcp {
            let either = [&moved, &sheets[into]].into_iter().any(super::situation::is_full_access);
            needs(!either, "neither is the full-access RCP")?;
        }
        let sids = |sheet: &Sheet| -> Vec<_> {
            sheet
                .document()
                .statements
                .iter()
                .filter_map(|s| s.sid.clone())
                .filter(|sid| !sid.is_empty())
                .collect()
        };
        let taken = sids(&sheets[into]);
        needs(!sids(&moved).iter().any(|sid| taken.contains(sid)), "no Sid would stand twice")?;
        sheets[into].edit(|document| document.statements.extend(moved.document().statements.iter().cloned()));
    }
    bench.same(&before, &after, "how statements are split over policies is irrelevant")
}

/// INV-005: repeating a statement, a policy, an action, a resource, a principal or a condition value changes nothing.
///
/// Fails when: the repetition is refused (a repeated `Sid`, a quota).
pub fn duplicates_are_idempotent(bench: &mut Bench<'_>) -> Outcome {
    let before = bench.start();
    let place = *bench.choose(&before.places(), STATEMENT)?;
    let mut after = before.clone();
    let again = |choices: &mut dyn Choices, entries: &mut Vec<String>| {
        let entry = choices.one_of(entries).clone();
        entries.push(entry);
    };
    let statement = before.statement(place).clone();
    match bench.pick(6) {
        0 => after.edit_sheet(place, |document| {
            document.statements.push(Statement { sid: None, ..statement });
        }),
        1 if LISTS.contains(&place.policy_type) => {
            let many = after.levels(place.policy_type)[place.level].len();
            needs(
                place.policy_type != PolicyType::Session || many < 10,
                "the quota of session policies is kept",
            )?;
            let copy = after.sheet(place).called(after.fresh_id(place.policy_type));
            after.level_mut(place.policy_type, place.level).push(copy);
        }
        2 if statement.resource.is_some() => after.edit(place, |statement| {
            if let Some(resource) = &mut statement.resource {
                again(bench.choices, &mut resource.entries);
            }
        }),
        3 if statement.principal.as_ref().is_some_and(|p| p.spec != PrincipalSpec::Everyone) => {
            after.edit(place, |statement| {
                if let Some(principal) = &mut statement.principal
                    && let PrincipalSpec::Map(entries) = &mut principal.spec
                {
                    let at = bench.choices.pick(entries.len());
                    again(bench.choices, &mut entries[at].values);
                }
            });
        }
        4 if statement.condition.iter().any(|block| block.keys.iter().any(|key| !key.values.is_empty())) => {
            after.edit(place, |statement| {
                for key in statement.condition.iter_mut().flat_map(|block| &mut block.keys) {
                    if let Some(value) = key.values.first().cloned() {
                        key.values.push(value);
                    }
                }
            });
        }
        _ => after.edit(place, |statement| again(bench.choices, &mut statement.action.entries)),
    }
    bench.same(&before, &after, "a repetition changes nothing")
}

/// INV-006: renaming, adding or dropping `Sid` and policy `Id` changes nothing but references.
///
/// Needs: `Sid`s stay unique.
pub fn sid_and_id_are_labels(bench: &mut Bench<'_>) -> Outcome {
    let before = bench.start();
    let place = *bench.choose(&before.places(), STATEMENT)?;
    let mut after = before.clone();
    let takes_id = matches!(place.policy_type, PolicyType::Resource | PolicyType::Vpce);
    if takes_id && bench.chance(30) {
        after.edit_sheet(place, |document| {
            document.id = if document.id.is_some() { None } else { Some("oracle".into()) };
        });
    } else {
        let drop = bench.chance(50);
        after.edit(place, |statement| {
            let fresh = (!(drop && statement.sid.is_some())).then(|| "AssizeOracleSid".into());
            statement.sid = fresh;
        });
    }
    same_determining(bench, &before, &after, "Sid and Id are labels", unmoved)
}

/// INV-007: a string and a list of that one string are the same, and so are a statement and a list of it.
pub fn single_values_and_lists_of_one_are_equal(bench: &mut Bench<'_>) -> Outcome {
    respelled(bench, Spelling::Single, "a value and a list of it are the same")
}

/// INV-008: white space, the order of members and escapes change nothing, and the parsed policies are equal.
pub fn formatting_is_irrelevant(bench: &mut Bench<'_>) -> Outcome {
    respelled(bench, Spelling::Formatting, "formatting is irrelevant")
}

/// Spells every policy anew; returns the situation with the new texts.
fn spelled(bench: &mut Bench<'_>, before: &Situation, spelling: Spelling) -> Result<Situation, Stop> {
    needs(before.sheets().next().is_some(), POLICY)?;
    let mut after = before.clone();
    for policy_type in PolicyType::REPORTED.into_iter().filter(|known| before.present(*known)) {
        for sheet in after.levels_mut(policy_type).iter_mut().flatten() {
            let text = spell(bench.choices, sheet.document(), spelling);
            sheet.respell(text);
        }
    }
    Ok(after)
}

fn respelled(bench: &mut Bench<'_>, spelling: Spelling, claim: &str) -> Outcome {
    let before = bench.start();
    let after = spelled(bench, &before, spelling)?;
    let (first, second) = (bench.decide(&before)?, bench.decide(&after)?);
    if !first.is_same(&second) || !parses_alike(bench, &after, |_, _| true) {
        return Err(broken(claim, (&before, &first), Some((&after, &second))));
    }
    Ok(())
}

/// Whether every text of a situation parses as the document beside it, and `also` holds of the parsed document.
fn parses_alike(
    bench: &Bench<'_>,
    situation: &Situation,
    also: impl Fn(&Grammar, &assize_model::Document) -> bool,
) -> bool {
    PolicyType::REPORTED.into_iter().all(|policy_type| {
        situation.levels(policy_type).iter().flatten().all(|sheet| {
            let grammar = Grammar {
                policy_type: situation.grammar(policy_type),
                managed: sheet.managed,
                is_date: bench.is_date,
            };
            match grammar.parse(sheet.text()) {
                Ok(document) => document == *sheet.document() && also(&grammar, &document),
                Err(_) => false,
            }
        })
    })
}

/// INV-009: a policy read, written and read again is equal, and so is its second writing; evaluators decide both texts alike.
pub fn round_trip_is_the_identity(bench: &mut Bench<'_>) -> Outcome {
    let written = bench.start();
    let odd = spelled(bench, &written, Spelling::Formatting)?;
    let mut rewritten = odd.clone();
    for policy_type in PolicyType::REPORTED.into_iter().filter(|known| odd.present(*known)) {
        for sheet in rewritten.levels_mut(policy_type).iter_mut().flatten() {
            let text = sheet.document().to_json();
            sheet.respell(text);
        }
    }
    let stable = parses_alike(bench, &odd, |grammar, document| {
        let json = document.to_json();
        grammar.parse(&json).is_ok_and(|again| again == *document && again.to_json() == json)
    });
    let (first, second) = (bench.decide(&odd)?, bench.decide(&rewritten)?);
    if stable && first.is_same(&second) {
        return Ok(());
    }
    let claim = "reading, writing and reading again is the identity";
    Err(broken(claim, (&odd, &first), Some((&rewritten, &second))))
}

/// Changes the case of some letters.
fn other_case(choices: &mut dyn Choices, text: &str) -> String {
    match choices.pick(3) {
        0 => text.to_ascii_uppercase(),
        1 => text.to_ascii_lowercase(),
        _ => {
            let turn = |c: char| {
                if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
            };
            text.chars().map(turn).collect()
        }
    }
}

/// INV-010: letter case of actions, in policies and requests, changes nothing.
///
/// Fails when: applied to resources, principals or condition values.
pub fn case_of_actions_is_irrelevant(bench: &mut Bench<'_>) -> Outcome {
    let before = bench.start();
    let mut after = before.clone();
    let places = before.places();
    if places.is_empty() || bench.chance(40) {
        let action = other_case(bench.choices, before.request.action().as_str());
        let Some(request) = for_action(&before.request, action) else {
            return needs(false, "the action stays one");
        };
        after.request = request;
    } else {
        let place = *bench.choose(&places, STATEMENT)?;
        after.edit(place, |statement| {
            for entry in &mut statement.action.entries {
                *entry = other_case(bench.choices, entry);
            }
        });
    }
    bench.same(&before, &after, "the letter case of actions is irrelevant")
}

/// INV-011: an account id and the ARN of that account's root mean the same in Principal and NotPrincipal.
///
/// Needs: the resource's partition is `aws`, from which the short form takes its own.
pub fn account_notations_are_equal(bench: &mut Bench<'_>) -> Outcome {
    let mut before = bench.start();
    let aws = matches!(before.request.resource(), Resource::Arn(arn) if arn.partition() == "aws");
    needs(aws, "the partition of the resource is aws")?;
    let is_account = |value: &str| value.len() == 12 && value.bytes().all(|b| b.is_ascii_digit());
    let root_of = |value: &str| {
        let account = value.strip_prefix("arn:aws:iam::")?.strip_suffix(":root")?;
        is_account(account).then(|| account.to_owned())
    };
    let names_account = |statement: &Statement| {
        statement.principal.as_ref().is_some_and(|principal| {
            values(principal).iter().any(|(_, value)| is_account(value) || root_of(value).is_some())
        })
    };
    if before.places_where(|_, statement| names_account(statement)).is_empty() {
        needs(before.consults_resource_policy(), "the resource has a policy")?;
        let own = before.request.principal().account().map(|account| account.id.clone());
        let account = own.unwrap_or_else(|| super::making::NOBODY.to_owned());
        before.make_present(PolicyType::Resource);
        let effect = if bench.chance(70) { Effect::Allow } else { Effect::Deny };
        let mut naming = before.own_action(PolicyType::Resource, effect);
        naming.principal = Some(named(PrincipalKey::Aws, account));
        before.add(PolicyType::Resource, 0, naming);
    }
    let places = before.places_where(|_, statement| names_account(statement));
    let place = *bench.choose(&places, "an account is named")?;
    let mut after = before.clone();
    after.edit(place, |statement| {
        if let Some(principal) = &mut statement.principal {
            map_values(principal, |_, value| {
                root_of(value).or_else(|| is_account(value).then(|| format!("arn:aws:iam::{value}:root")))
            });
        }
    });
    bench.same(&before, &after, "both notations of an account mean the same")
}

/// INV-012: `"*"` and `{"AWS": "*"}` mean the same.
///
/// Fails when (only for a foreign evaluator): the bare string stands in a trust policy, where its acceptance is disputed (PRIN-031);
/// trust policies are left out when accusing.
pub fn two_wildcards_are_equal(bench: &mut Bench<'_>) -> Outcome {
    let mut before = bench.start();
    let map =
        || PrincipalSpec::Map(vec![PrincipalEntry { key: PrincipalKey::Aws, values: vec!["*".to_owned()] }]);
    let everyone = |statement: &Statement| {
        statement.principal.as_ref().is_some_and(|p| p.spec == PrincipalSpec::Everyone || p.spec == map())
    };
    let candidates = |situation: &Situation, accusing: bool| {
        situation.places_where(|place, statement| {
            everyone(statement) && !(accusing && situation.grammar(place.policy_type) == PolicyType::Trust)
        })
    };
    if candidates(&before, bench.accusing).is_empty() {
        needs(before.consults_resource_policy(), "the resource has a policy")?;
        before.make_present(PolicyType::Resource);
        let statement = before.own_action(PolicyType::Resource, Effect::Allow);
        before.add(PolicyType::Resource, 0, statement);
    }
    let place =
        *bench.choose(&candidates(&before, bench.accusing), "everyone is named where that is undisputed")?;
    let mut after = before.clone();
    after.edit(place, |statement| {
        if let Some(principal) = &mut statement.principal {
            principal.spec =
                if principal.spec == PrincipalSpec::Everyone { map() } else { PrincipalSpec::Everyone };
        }
    });
    bench.same(&before, &after, "both wildcards mean everyone")
}

/// INV-067: a policy of a user and the same policy of one of its groups are the same.
///
/// Needs: the requester is a user, or a federated session of one. Fails when: it is a role session.
pub fn groups_are_irrelevant(bench: &mut Bench<'_>) -> Outcome {
    let mut before = bench.start();
    let takes = before.can_have(PolicyType::Identity);
    needs(takes && before.own_source() != IdentitySource::Role, "the requester can have groups")?;
    if before.levels(PolicyType::Identity).iter().flatten().next().is_none() {
        let statement = some_statement(bench.choices, &before, PolicyType::Identity, Effect::Allow);
        before.set_one(PolicyType::Identity, vec![statement]);
    }
    let mut after = before.clone();
    let own = before.own_source();
    let sheets = after.level_mut(PolicyType::Identity, 0);
    let at = bench.choices.pick(sheets.len());
    let grouped = matches!(sheets[at].source, Some(IdentitySource::Group(_)));
    sheets[at].source = Some(if grouped { own } else { IdentitySource::Group("AssizeGroup".to_owned()) });
    bench.same(&before, &after, "a policy of a user and of its group are the same")
}

/// INV-068: the same document as inline or managed policy is the same.
///
/// Needs: a type that takes both (identity, boundary, session), and the version that managed policies need (GRAM-014).
pub fn managed_and_inline_are_equal(bench: &mut Bench<'_>) -> Outcome {
    let mut before = bench.start();
    let both = [PolicyType::Identity, PolicyType::Boundary, PolicyType::Session];
    let candidates = |situation: &Situation| {
        let mut places = policies(situation);
        places.retain(|place| {
            both.contains(&place.policy_type) && situation.sheet(*place).document().version == Version::V2012
        });
        places
    };
    if candidates(&before).is_empty() {
        let policy_type = some_type(bench.choices, |known| both.contains(&known) && before.can_have(known))
            .ok_or(Stop::NotApplicable("the requester can have such a policy"))?;
        let statement = some_statement(bench.choices, &before, policy_type, Effect::Allow);
        before.set_one(policy_type, vec![statement]);
    }
    let place = *bench.choose(&candidates(&before), POLICY)?;
    let mut after = before.clone();
    let sheet = &mut after.level_mut(place.policy_type, place.level)[place.policy];
    sheet.managed = !sheet.managed;
    bench.same(&before, &after, "an inline and a managed policy are the same")
}

/// INV-092: the evaluator returns the standard's record, field by field, errors included.
///
/// Needs: a standard to hold it against.
pub fn optimised_equals_reference(bench: &mut Bench<'_>) -> Outcome {
    let Some(standard) = bench.standard else { return needs(false, "there is a standard") };
    let situation = bench.start();
    let (expected, actual) = (ask(standard, &situation)?, bench.verdict(&situation)?);
    needs(!matches!(actual, Verdict::Unsupported(_)), "the evaluator answers")?;
    let equal = match (&expected, &actual) {
        (Verdict::Evaluated(_), Verdict::Decided { decision, .. }) => expected.decision() == Some(*decision),
        _ => expected == actual,
    };
    let claim = "the evaluator's record is the standard's";
    if equal {
        Ok(())
    } else {
        Err(broken_verdicts(claim, (&situation, expected), Some((&situation, actual))))
    }
}
