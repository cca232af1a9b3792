//! Making statements, policies and principal values for transformations.

use assize_generate::Choices;
use assize_model::{
    BaseOperator, ConditionBlock, ConditionKey, Document, Effect, Issuer, Literal, Operator, PolicyType,
    Principal, PrincipalElement, PrincipalEntry, PrincipalKey, PrincipalSpec, SetOperator, Statement,
};

use super::situation::{Sheet, Situation, list, named};

/// The operators that compare with the complement of another's result (COND-004).
pub const NEGATED: [BaseOperator; 8] = [
    BaseOperator::StringNotEquals,
    BaseOperator::StringNotEqualsIgnoreCase,
    BaseOperator::StringNotLike,
    BaseOperator::NumericNotEquals,
    BaseOperator::DateNotEquals,
    BaseOperator::NotIpAddress,
    BaseOperator::ArnNotEquals,
    BaseOperator::ArnNotLike,
];

/// Account, user, role and service that no scenario has otherwise.
pub const NOBODY: &str = "444455556666";

/// A statement of any shape that the type takes: everything, the request's own action, a sibling of one that is there, a complement,
/// or a condition on the request's context.
pub fn some_statement(
    choices: &mut dyn Choices,
    situation: &Situation,
    policy_type: PolicyType,
    effect: Effect,
) -> Statement {
    let grammar = situation.grammar(policy_type);
    let mut made = match choices.pick(5) {
        0 => situation.everything(policy_type, effect),
        1 => situation.own_action(policy_type, effect),
        2 => {
            let siblings = situation.places_where(|place, _| place.policy_type == policy_type);
            match siblings.as_slice() {
                [] => situation.own_action(policy_type, effect),
                some => Statement { sid: None, effect, ..situation.statement(*choices.one_of(some)).clone() },
            }
        }
        3 if !matches!(grammar, PolicyType::Trust | PolicyType::Rcp) => {
            let mut complement = situation.own_action(policy_type, effect);
            complement.action.negated = true;
            if choices.chance(70) {
                complement.action.entries = vec!["assize-none:Nothing".to_owned()];
            }
            complement
        }
        _ => {
            let mut conditioned = situation.everything(policy_type, effect);
            conditioned.condition = some_condition(choices, situation);
            conditioned
        }
    };
    let negated = made.principal.as_ref().is_some_and(|principal| principal.negated);
    let free = !matches!(grammar, PolicyType::Rcp);
    if made.principal.is_some() && ((negated && effect == Effect::Allow) || (free && choices.chance(60))) {
        made.principal = Some(some_principal(choices, situation));
    }
    made
}

/// A principal element: everyone, the requester by one of its names, or somebody else.
pub fn some_principal(choices: &mut dyn Choices, situation: &Situation) -> PrincipalElement {
    let mut names = names(situation.request.principal());
    names.push((PrincipalKey::Aws, "*".to_owned()));
    names.push((PrincipalKey::Aws, NOBODY.to_owned()));
    let (key, value) = choices.one_of(&names).clone();
    named(key, value)
}

/// Every value that names a requester, its account's first (PRIN-029).
pub fn names(principal: &Principal) -> Vec<(PrincipalKey, String)> {
    let mut names: Vec<(PrincipalKey, String)> = Vec::new();
    if let Some(account) = principal.account() {
        names.push((PrincipalKey::Aws, account.id.clone()));
        names.push((PrincipalKey::Aws, format!("arn:{}:iam::{}:root", account.partition, account.id)));
        names.extend(account.canonical_user_id.clone().map(|id| (PrincipalKey::CanonicalUser, id)));
    }
    let mut aws =
        |values: &[&str]| names.extend(values.iter().map(|value| (PrincipalKey::Aws, (*value).to_owned())));
    match principal {
        Principal::User(user) => aws(&[user.arn(), &user.entity().id]),
        Principal::RoleSession(session) => aws(&[session.arn(), session.role_arn(), &session.role().id]),
        Principal::FederatedUser(session) => {
            aws(&[session.arn()]);
            if let (Issuer::User(user), Some(arn)) = (session.issuer(), session.issuer_arn()) {
                aws(&[arn, &user.id]);
            }
        }
        Principal::Service(service) => {
            names.extend(service.names_list().iter().map(|name| (PrincipalKey::Service, name.clone())));
        }
        Principal::FederatedCaller(caller) => {
            names.push((PrincipalKey::Federated, caller.provider().to_owned()));
        }
        Principal::Root(_) | Principal::Anonymous => {}
    }
    names
}

/// A condition on a key of the request's context, which mostly holds, or on an absent key.
pub fn some_condition(choices: &mut dyn Choices, situation: &Situation) -> Vec<ConditionBlock> {
    let entries = situation.request.context().entries();
    let base = *choices.one_of(&[
        BaseOperator::StringEquals,
        BaseOperator::StringLike,
        BaseOperator::StringNotEquals,
        BaseOperator::StringNotLike,
    ]);
    if entries.is_empty() || choices.chance(15) {
        return vec![test(base, "assize:Absent", &["x"])];
    }
    let entry = choices.one_of(entries);
    // Text that a policy would read as a pattern or variable stands for itself nowhere: any value will do then.
    let value = entry.values.first().map_or("x", |value| &value.text);
    let value = if value.contains(['$', '*', '?']) || choices.chance(25) { "x" } else { value };
    let mut block = test(base, &entry.key, &[value]);
    if entry.values.len() > 1 {
        block.operator.set = Some(*choices.one_of(&[SetOperator::ForAnyValue, SetOperator::ForAllValues]));
    }
    block.operator.if_exists = choices.chance(15);
    vec![block]
}

/// A condition of one operator on one key.
pub fn test(base: BaseOperator, key: &str, values: &[&str]) -> ConditionBlock {
    ConditionBlock {
        operator: Operator { set: None, base, if_exists: false },
        keys: vec![ConditionKey {
            key: key.to_owned(),
            values: values.iter().map(|value| Literal::string(*value)).collect(),
        }],
    }
}

/// A type's policies made anew: one to three statements; for SCPs one to three levels, for RCPs Deny statements alone.
pub fn some_levels(
    choices: &mut dyn Choices,
    situation: &Situation,
    policy_type: PolicyType,
) -> Vec<Vec<Sheet>> {
    let levels = match policy_type {
        PolicyType::Scp | PolicyType::Rcp => choices.between(1, 3),
        _ => 1,
    };
    (0..levels)
        .map(|level| {
            let mut statements = Vec::new();
            // Mostly something is let through: a limit that denies everything tells nothing apart.
            if policy_type != PolicyType::Rcp && choices.chance(75) {
                statements.push(situation.own_action(policy_type, Effect::Allow));
            }
            let more = choices.between(usize::from(statements.is_empty()), 2);
            for _ in 0..more {
                let effect = if policy_type == PolicyType::Rcp || choices.chance(25) {
                    Effect::Deny
                } else {
                    Effect::Allow
                };
                statements.push(some_statement(choices, situation, policy_type, effect));
            }
            vec![Sheet::new(format!("made-{level}"), statements)]
        })
        .collect()
}

/// The levels of a limit that lets everything through.
pub fn full_levels(situation: &Situation, policy_type: PolicyType, levels: usize) -> Vec<Vec<Sheet>> {
    let everything = situation.everything(policy_type, Effect::Allow);
    (0..levels).map(|level| vec![Sheet::new(format!("full-{level}"), vec![everything.clone()])]).collect()
}

/// Puts a general Allow on each side that lacks one, and takes the Deny statements away, by chance: requests that nothing allows say
/// little about what allows them.
pub fn favour(choices: &mut dyn Choices, situation: &mut Situation) {
    if choices.chance(50) {
        situation.retain(|_, statement| statement.effect == Effect::Allow);
    }
    if situation.can_have(PolicyType::Identity) && choices.chance(60) {
        situation.make_present(PolicyType::Identity);
        let allow = situation.own_action(PolicyType::Identity, Effect::Allow);
        situation.add(PolicyType::Identity, 0, allow);
    }
    if situation.consults_resource_policy() && choices.chance(60) {
        situation.make_present(PolicyType::Resource);
        let mut allow = situation.own_action(PolicyType::Resource, Effect::Allow);
        allow.principal = Some(some_principal(choices, situation));
        situation.add(PolicyType::Resource, 0, allow);
    }
}

/// Chooses among the types that `wanted` accepts.
pub fn some_type(choices: &mut dyn Choices, wanted: impl Fn(PolicyType) -> bool) -> Option<PolicyType> {
    let types: Vec<PolicyType> = PolicyType::REPORTED.into_iter().filter(|known| wanted(*known)).collect();
    (!types.is_empty()).then(|| *choices.one_of(&types))
}

/// Makes a type present that the requester can have, by chance with some policies.
pub fn ensure(choices: &mut dyn Choices, situation: &mut Situation, policy_type: PolicyType) {
    if !situation.present(policy_type) {
        let levels = some_levels(choices, situation, policy_type);
        situation.set(policy_type, levels);
    }
}

/// Whether a statement mentions a key that the principal record yields, in a condition or in a variable.
pub fn depends_on_principal(statement: &Statement) -> bool {
    let document = Document {
        version: assize_model::Version::V2012,
        id: None,
        statements: vec![statement.clone()],
        regions: vec![],
    };
    let text = document.to_json().to_ascii_lowercase();
    assize_model::request::DERIVED_KEYS.iter().any(|key| text.contains(&key.to_ascii_lowercase()))
}

/// The values of a principal element, key by key; everyone is `*`.
pub fn values(element: &PrincipalElement) -> Vec<(PrincipalKey, String)> {
    match &element.spec {
        PrincipalSpec::Everyone => vec![(PrincipalKey::Aws, "*".to_owned())],
        PrincipalSpec::Map(entries) => entries
            .iter()
            .flat_map(|entry| entry.values.iter().map(|value| (entry.key, value.clone())))
            .collect(),
    }
}

/// Adds a value to a principal element.
pub fn add_value(element: &mut PrincipalElement, key: PrincipalKey, value: String) {
    if element.spec == PrincipalSpec::Everyone {
        element.spec =
            PrincipalSpec::Map(vec![PrincipalEntry { key: PrincipalKey::Aws, values: vec!["*".to_owned()] }]);
    }
    if let PrincipalSpec::Map(entries) = &mut element.spec {
        match entries.iter_mut().find(|entry| entry.key == key) {
            Some(entry) => entry.values.push(value),
            None => entries.push(PrincipalEntry { key, values: vec![value] }),
        }
    }
}

/// Changes every value of a principal element.
pub fn map_values(
    element: &mut PrincipalElement,
    mut change: impl FnMut(PrincipalKey, &str) -> Option<String>,
) {
    if let PrincipalSpec::Map(entries) = &mut element.spec {
        for entry in entries {
            for value in &mut entry.values {
                if let Some(new) = change(entry.key, value) {
                    *value = new;
                }
            }
        }
    }
}

/// An action list that covers more than `entry`: the entry cut short after some letter of the name, or everything of its vendor.
pub fn wider_action(choices: &mut dyn Choices, entry: &str, any_vendor: bool) -> String {
    match entry.split_once(':') {
        None => entry.to_owned(),
        Some(_) if any_vendor && choices.chance(25) => "*".to_owned(),
        Some((vendor, name)) => format!("{vendor}:{}*", cut(choices, name)),
    }
}

/// A resource pattern that covers more than `entry`.
pub fn wider_resource(choices: &mut dyn Choices, entry: &str) -> String {
    let tail = entry.match_indices(':').nth(4).map(|(at, _)| at + 1);
    match tail {
        // A variable may hold colons: what follows it is not looked at.
        Some(tail) if !entry[..tail].contains('$') && choices.chance(75) => {
            format!("{}{}*", &entry[..tail], cut(choices, &entry[tail..]))
        }
        _ => "*".to_owned(),
    }
}

/// A beginning of `text` that ends before its first variable.
fn cut<'t>(choices: &mut dyn Choices, text: &'t str) -> &'t str {
    let plain = text.find('$').unwrap_or(text.len());
    let ends: Vec<usize> =
        text.char_indices().map(|(at, _)| at).filter(|at| *at <= plain).chain([plain]).collect();
    &text[..*choices.one_of(&ends)]
}

/// `Action` of one entry.
pub fn only_action(statement: &Statement, entry: &str) -> Statement {
    Statement { sid: None, action: list(vec![entry.to_owned()]), ..statement.clone() }
}
