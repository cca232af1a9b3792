//! Scenarios about conditions: a table whose rows are statements that differ in their conditions alone, and whose columns are requests
//! that differ in their contexts alone. Every row meets every column, so that a few requests try hundreds of pairs of values.
//!
//! What such a scenario is about is chosen once: the spellings of one value, the logic of condition blocks, what a requester's record
//! yields, variables, or the names of keys.

mod derived;
mod logic;
mod names;
mod values;
mod variables;

use assize_model::scenario::Case;
use assize_model::{
    BaseOperator, ConditionBlock, ConditionKey, Context, ContextEntry, Effect, Element, EndpointKind,
    EndpointPolicy, IdentityPolicy, Literal, Operator, Policies, PolicySource, PolicyType, PrincipalElement,
    PrincipalSpec, ResourceKind, ResourcePolicy, SetOperator, Statement, Version,
};

use crate::cast::{ACCOUNTS, Cast, Role, Target, supported};
use crate::choices::Choices;
use crate::policy::{assemble, everything, full_access, has_principal, list, statement, written};
use crate::scenario::{Cases, own_source};
use crate::settings::Settings;

/// What a scenario is about.
struct Table {
    version: Version,
    /// One a statement.
    rows: Vec<Row>,
    /// One a request.
    columns: Vec<Column>,
}

/// What one statement has for itself.
#[derive(Default)]
struct Row {
    /// Its resource element; without one it covers everything.
    resource: Option<Element>,
    condition: Vec<ConditionBlock>,
}

/// What one request has for itself.
#[derive(Clone, Default)]
struct Column {
    /// Whose request it is, as an index of the cast's principals.
    principal: usize,
    /// The resource, if not that of all.
    resource: Option<String>,
    context: Vec<(String, Vec<Literal>)>,
}

/// How many of the tables are asked row by row. Of rows that all answer to one request a decision tells only whether one of them holds;
/// the record tells each, but not everybody gives it.
const APART: usize = 32;

/// The policies and the requests of a table, of one of the kinds; none if nothing in it is supported.
pub(crate) fn table(choices: &mut dyn Choices, settings: &Settings) -> Option<(Policies, Vec<Case>)> {
    let can = &settings.capabilities;
    let columns = choices.between(settings.requests.div_ceil(2), settings.requests.max(1));
    let (cast, table) = match choices.weighted(&[(36, 0), (15, 1), (21, 2), (15, 3), (13, 4)]) {
        0 => (Cast::within(choices, can), values::table(choices, columns)),
        1 => (Cast::within(choices, can), logic::table(choices, columns)),
        2 => {
            let role = derived::role(choices);
            let cast = Cast::of(choices, role, can);
            let table = derived::table(choices, &cast, columns);
            (cast, table)
        }
        3 => {
            let cast = Cast::within(choices, can);
            let table = variables::table(choices, &cast, columns);
            (cast, table)
        }
        _ => {
            let cast = Cast::within(choices, can);
            let table = names::table(choices, &cast, columns);
            (cast, table)
        }
    };
    let target = target(&cast);
    let carrier = Carrier::choose(choices, &cast);
    // A trust policy names few actions (GRAM-045).
    let apart = cast.kind != ResourceKind::RoleTrust && choices.chance(APART);
    let made = table.rows.into_iter().enumerate().map(|(nth, row)| {
        let action = if apart { format!("{}{nth}", target.action) } else { target.action.clone() };
        carrier.statement(row, action)
    });
    let rows: Vec<Statement> =
        made.filter(|statement| can.lacking(table.version, statement).is_none()).collect();
    let asks = can.principals.iter().any(|kind| kind == cast.role.kind());
    if !asks || rows.is_empty() || !can.policies.contains(&carrier.policy_type) {
        return None;
    }
    let mut columns = table.columns;
    let actions = if apart {
        let count = columns.len().max(rows.len().min(settings.requests));
        // The first column is what the rows are mostly about.
        let column = |nth: usize| if nth % 2 == 1 && nth < rows.len() { 0 } else { nth % columns.len() };
        columns = (0..count).map(|nth| columns[column(nth)].clone()).collect();
        rows.iter().map(|row| row.action.entries[0].clone()).collect()
    } else {
        vec![target.action.clone()]
    };
    let policies = carrier.policies(choices, &cast, table.version, rows);
    let mut cases = requests(choices, &cast, &target, &actions, columns);
    // The rows are not about it, so that it shows what holds without them: mostly that nothing grants, seldom that nothing forbids.
    let without = if carrier.effect == Effect::Allow { 95 } else { 45 };
    if choices.chance(without) {
        let other = [beside(cast.kind).to_owned()];
        cases.extend(requests(choices, &cast, &target, &other, vec![Column::default()]));
    }
    Some((policies, cases))
}

/// What the requests are for.
fn target(cast: &Cast) -> Target {
    match cast.kind {
        ResourceKind::Ordinary => Target {
            action: "s3:GetObject".to_owned(),
            resource: format!("arn:{}:s3:::bkt/k", cast.partition),
            owner: ACCOUNTS[0].to_owned(),
        },
        ResourceKind::KmsKey | ResourceKind::RoleTrust => cast.targets[0].clone(),
    }
}

/// Another action on the same resource.
fn beside(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Ordinary => "s3:PutObject",
        ResourceKind::KmsKey => "kms:Encrypt",
        ResourceKind::RoleTrust => "sts:TagSession",
    }
}

/// The policy that holds the rows.
struct Carrier {
    policy_type: PolicyType,
    effect: Effect,
}

impl Carrier {
    fn choose(choices: &mut dyn Choices, cast: &Cast) -> Carrier {
        let role = cast.role;
        let has = |policy_type| cast.capabilities.policies.contains(&policy_type);
        let managed = cast.principals.iter().any(|p| p.account().is_some_and(|account| account.management));
        let own = cast.kind.policy_type();
        let candidates = [
            (if role.has_identity() { 40 } else { 0 }, PolicyType::Identity),
            (30, own),
            (if role.has_boundary() { 6 } else { 0 }, PolicyType::Boundary),
            (if role.has_session() { 6 } else { 0 }, PolicyType::Session),
            (if role.has_account() && !managed { 6 } else { 0 }, PolicyType::Scp),
            (if cast.kind == ResourceKind::Ordinary { 4 } else { 0 }, PolicyType::Rcp),
            (4, PolicyType::Vpce),
        ];
        let policy_type = supported(choices, &candidates, has, own);
        // Root has its own account's leave anyway (EVAL-025), and an RCP grants nothing.
        let denies = match (policy_type, role) {
            (PolicyType::Rcp, _) => 100,
            (_, Role::Root) if cast.account == 0 => 85,
            _ => 50,
        };
        let effect = if choices.chance(denies) { Effect::Deny } else { Effect::Allow };
        Carrier { policy_type, effect }
    }

    /// The policies: the rows, and what else the requester needs.
    fn policies(
        &self,
        choices: &mut dyn Choices,
        cast: &Cast,
        version: Version,
        mut rows: Vec<Statement>,
    ) -> Policies {
        let role = cast.role;
        let across = !role.has_account() || cast.account != 0;
        let has = |policy_type| cast.capabilities.policies.contains(&policy_type);
        let mut policies = Policies::default();
        let own = cast.kind.policy_type();
        let rest = self.rest(choices, cast, version, &mut rows);
        let mut source = |policy_type: PolicyType| {
            if policy_type == self.policy_type {
                self.source(choices, version, std::mem::take(&mut rows))
            } else {
                PolicySource::new("p", full_access(policy_type))
            }
        };
        // Where one side is enough, the other is left out, so that the rows decide.
        let rows_grant = self.effect == Effect::Allow;
        if role.has_identity()
            && has(PolicyType::Identity)
            && (across || !rows_grant || self.policy_type != own)
        {
            let policy = source(PolicyType::Identity);
            policies.identity = Some(vec![IdentityPolicy { source: own_source(role), policy }]);
        }
        if has(own)
            && (across
                || cast.kind != ResourceKind::Ordinary
                || self.policy_type == own
                || !role.has_identity())
        {
            policies.resource = Some(ResourcePolicy { kind: cast.kind, policy: source(own) });
        }
        if role.has_session()
            && has(PolicyType::Session)
            && (role != Role::RoleSession || self.policy_type == PolicyType::Session)
        {
            policies.session = Some(vec![source(PolicyType::Session)]);
        }
        match self.policy_type {
            PolicyType::Boundary => policies.boundary = vec![source(PolicyType::Boundary)],
            PolicyType::Scp => policies.scps = Some(vec![vec![source(PolicyType::Scp)]]),
            PolicyType::Rcp => policies.rcps = Some(vec![vec![source(PolicyType::Rcp)]]),
            PolicyType::Vpce => {
                let policy = source(PolicyType::Vpce);
                policies.endpoint = Some(EndpointPolicy { kind: EndpointKind::Interface, policy });
            }
            _ => {}
        }
        if let (Some(identity), Some((version, rest))) = (&mut policies.identity, rest) {
            let policy = PolicySource { id: "q".into(), ..self.source(choices, version, rest) };
            identity.push(IdentityPolicy { source: own_source(role), policy });
        }
        policies
    }

    /// Some of the rows of identity policies, for a second policy in the other version of the language: each document is read in its own
    /// (MATCH-061).
    fn rest(
        &self,
        choices: &mut dyn Choices,
        cast: &Cast,
        version: Version,
        rows: &mut Vec<Statement>,
    ) -> Option<(Version, Vec<Statement>)> {
        let other = if version == Version::V2012 { Version::V2008 } else { Version::V2012 };
        let can = &cast.capabilities;
        let possible = self.policy_type == PolicyType::Identity
            && rows.len() > 1
            && rows.iter().all(|row| can.lacking(other, row).is_none());
        if !possible || !choices.chance(20) {
            return None;
        }
        let second = rows.split_off(rows.len().div_ceil(2));
        Some((other, second))
    }

    /// The policy with the rows, and an Allow of everything unless the rows are to grant.
    fn source(&self, choices: &mut dyn Choices, version: Version, mut rows: Vec<Statement>) -> PolicySource {
        if self.policy_type != PolicyType::Rcp && self.effect == Effect::Deny {
            rows.insert(0, everything(self.policy_type, Effect::Allow));
        }
        let needs_version = matches!(self.policy_type, PolicyType::Scp | PolicyType::Rcp);
        let version = if needs_version { Version::V2012 } else { version };
        PolicySource::new("p", written(choices, &assemble(version, rows), self.policy_type))
    }

    fn statement(&self, row: Row, action: String) -> Statement {
        let policy_type = self.policy_type;
        let trust = policy_type == PolicyType::Trust;
        // A trust policy names no other actions (GRAM-045), whatever the request is for.
        let action = if trust && !action.starts_with("sts:") { "sts:*".to_owned() } else { action };
        let everyone = PrincipalElement { negated: false, spec: PrincipalSpec::Everyone };
        let everything = || list(false, vec!["*".to_owned()]);
        Statement {
            condition: row.condition,
            ..statement(
                self.effect,
                has_principal(policy_type).then_some(everyone),
                list(false, vec![action]),
                (!trust).then(|| row.resource.unwrap_or_else(everything)),
            )
        }
    }
}

/// A request for each column. They ask for the actions by turns.
fn requests(
    choices: &mut dyn Choices,
    cast: &Cast,
    target: &Target,
    actions: &[String],
    columns: Vec<Column>,
) -> Vec<Case> {
    let Target { resource, owner, .. } = target;
    let mut cases = Cases::with_capacity(columns.len());
    for (column, action) in columns.into_iter().zip(actions.iter().cycle()) {
        let principal = &cast.principals[column.principal];
        let resource = column.resource.as_ref().unwrap_or(resource);
        let entries = column.context.into_iter().map(|(key, values)| ContextEntry { key, values });
        let context = Context::new(entries.collect());
        let request = cases.build(choices, principal, action, resource, owner, context);
        cases.add(choices, request);
    }
    cases.finish()
}

/// How many statements a table has: often one, which then decides alone, or else many.
fn height(choices: &mut dyn Choices) -> usize {
    choices.weighted(&[(25, 1), (10, 2), (15, 4), (50, 12)])
}

/// The operator with or without what may stand around it.
fn dressed(choices: &mut dyn Choices, base: BaseOperator) -> Operator {
    let set = choices.weighted(&[
        (76, None),
        (12, Some(SetOperator::ForAllValues)),
        (12, Some(SetOperator::ForAnyValue)),
    ]);
    let if_exists = base != BaseOperator::Null && choices.chance(15);
    Operator { set, base, if_exists }
}

/// A condition of one test.
fn single(operator: Operator, key: impl Into<String>, values: Vec<Literal>) -> Vec<ConditionBlock> {
    vec![ConditionBlock { operator, keys: vec![ConditionKey { key: key.into(), values }] }]
}

/// Puts `items` into a random order.
fn shuffle<T>(choices: &mut dyn Choices, items: &mut [T]) {
    for at in 0..items.len() {
        let left = items.len() - at;
        items.swap(at, at + choices.pick(left));
    }
}
