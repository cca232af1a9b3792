//! What people and programs are shown of a record: access-denied messages (EVAL-070 to EVAL-073) and the view of the policy simulator
//! (EVAL-074 to EVAL-079).

use assize_model::{
    Context, DecidingType, Decision, Evaluation, IdentitySource, Policies, PolicySource, PolicyType,
    Principal, Region, Relation, ReportState, Request, Resource, StatementRef,
};

/// How messages are worded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MessageOptions {
    /// EVAL-072: a missing Allow of service control policies is told as an explicit deny.
    pub scp_legacy_message: bool,
}

/// The message of a denial; `None` if the request is allowed.
pub fn message(request: &Request, evaluation: &Evaluation, options: MessageOptions) -> Option<String> {
    let action = request.action().as_str();
    let on_resource = match request.resource() {
        Resource::None { .. } => String::new(),
        Resource::Arn(arn) => format!(" on resource: {}", arn.as_str()),
    };
    let who = caller_name(request.principal());
    let denied = format!("User: {who} is not authorized to perform: {action}{on_resource}");
    let deciding = match evaluation.deciding {
        Some(DecidingType::Policy(policy_type)) => Some(policy_type),
        _ => None,
    };
    let legacy = options.scp_legacy_message && deciding == Some(PolicyType::Scp);
    match (evaluation.decision, deciding) {
        (Decision::Allow, _) => None,
        (Decision::ImplicitDeny, Some(policy_type)) if !legacy => {
            Some(format!("{denied} because no {} allows the {action} action", plain_phrase(policy_type)))
        }
        (_, Some(policy_type)) => {
            let arn = policy_arn(request, evaluation, policy_type);
            let arn = arn.map(|arn| format!(": {arn}")).unwrap_or_default();
            Some(format!("{denied} with an explicit deny in {}{arn}", phrase(policy_type)))
        }
        // EVAL-071: credential, service and partition have no clause.
        (_, None) => Some(denied),
    }
}

/// EVAL-070: the requester's own ARN; those without have a name.
fn caller_name(principal: &Principal) -> &str {
    match principal {
        Principal::Service(service) => service.name(),
        Principal::FederatedCaller(caller) => caller.provider(),
        Principal::Anonymous => "anonymous",
        with_arn => with_arn.arn().unwrap_or_default(),
    }
}

/// EVAL-071: what did not allow.
fn plain_phrase(policy_type: PolicyType) -> &'static str {
    match policy_type {
        PolicyType::Rcp => "resource control policy",
        PolicyType::Scp => "service control policy",
        PolicyType::Vpce => "VPC endpoint policy",
        PolicyType::Resource => "resource-based policy",
        PolicyType::Trust => "role trust policy",
        PolicyType::Identity => "identity-based policy",
        PolicyType::Boundary => "permissions boundary",
        PolicyType::Session => "session policy",
    }
}

/// EVAL-070: what denied.
fn phrase(policy_type: PolicyType) -> String {
    let article = match policy_type {
        PolicyType::Trust => "the",
        PolicyType::Identity => "an",
        _ => "a",
    };
    format!("{article} {}", plain_phrase(policy_type))
}

/// EVAL-073: the ARN of the first denying policy, if policies of its type are named, and principal and resource are of one account or
/// organization. A policy that has an ARN has it as its id.
fn policy_arn<'e>(request: &Request, evaluation: &'e Evaluation, policy_type: PolicyType) -> Option<&'e str> {
    let types =
        [PolicyType::Scp, PolicyType::Rcp, PolicyType::Identity, PolicyType::Boundary, PolicyType::Session];
    let related = same_account(request) || same_organization(request.context());
    let first = evaluation.determining.iter().find(|statement| statement.policy_type == policy_type)?;
    (types.contains(&policy_type) && related && first.policy.starts_with("arn:")).then_some(&first.policy)
}

fn same_account(request: &Request) -> bool {
    match (request.principal().account(), request.resource()) {
        (Some(account), Resource::Arn(arn)) => account.id == arn.owner(),
        (Some(_), Resource::None { .. }) => true,
        (None, _) => false,
    }
}

/// Whether the context names one organization of both.
fn same_organization(context: &Context) -> bool {
    let organization = |key: &str| {
        let entry = context.entries().iter().find(|entry| entry.key.eq_ignore_ascii_case(key))?;
        entry.values.first().map(|value| value.text.as_str())
    };
    let principal = organization("aws:PrincipalOrgID");
    principal.is_some() && principal == organization("aws:ResourceOrgID")
}

/// EVAL-074: a decision in the simulator's words.
pub fn simulator_decision(decision: Decision) -> &'static str {
    match decision {
        Decision::Allow => "allowed",
        Decision::ExplicitDeny => "explicitDeny",
        Decision::ImplicitDeny => "implicitDeny",
    }
}

/// The simulator's view of one action on several resources (EVAL-079).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulation {
    /// The most restrictive decision of all resources.
    pub decision: Decision,
    /// One result per resource ARN, in the order given; empty for an action without resource.
    pub results: Vec<ResourceResult>,
    /// EVAL-076: for an action without resource; otherwise each result has its own.
    pub missing_context_values: Option<Vec<String>>,
    /// EVAL-077: whether the service control policies allow; `None` if they were not consulted.
    pub allowed_by_organizations: Option<bool>,
    /// EVAL-077: whether the boundary allows, bypassed or not; `None` if it was not consulted.
    pub allowed_by_permissions_boundary: Option<bool>,
    /// EVAL-078.
    pub eval_decision_details: Option<Details>,
    /// EVAL-075: the determining statements of the resources that have the decision.
    pub matched_statements: Vec<MatchedStatement>,
}

/// The simulator's view of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceResult {
    /// The resource's ARN.
    pub resource: String,
    /// The decision.
    pub decision: Decision,
    /// EVAL-076.
    pub missing_context_values: Vec<String>,
    /// EVAL-075.
    pub matched_statements: Vec<MatchedStatement>,
}

/// EVAL-078: the decision of each side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Details {
    /// Inside one account: nothing to tell apart.
    SameAccount,
    /// Across accounts.
    CrossAccount {
        /// Identity, boundary and session policies of the principal's account.
        iam: Decision,
        /// The resource-based policy, access control lists included.
        resource: Decision,
    },
}

/// EVAL-075: a determining statement and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchedStatement {
    /// The policy's id.
    pub source_policy_id: String,
    /// `user`, `group`, `role`, `aws-managed`, `user-managed`, `resource` or `none`.
    pub source_policy_type: &'static str,
    /// Where it stands in the document; `None` for a grant of an access control list.
    pub region: Option<Region>,
}

/// EVAL-074 to EVAL-079: the records of one action, one per resource, as the simulator shows them.
pub fn simulation(policies: &Policies, requests: &[Request], evaluations: &[Evaluation]) -> Simulation {
    let decision = evaluations.iter().map(|record| record.decision).max().unwrap_or(Decision::ImplicitDeny);
    let matched = |record: &Evaluation| -> Vec<MatchedStatement> {
        record.determining.iter().map(|statement| matched_statement(policies, statement)).collect()
    };
    let mut simulation = Simulation {
        decision,
        results: Vec::new(),
        missing_context_values: None,
        allowed_by_organizations: None,
        allowed_by_permissions_boundary: None,
        eval_decision_details: None,
        matched_statements: Vec::new(),
    };
    for (request, record) in requests.iter().zip(evaluations) {
        match request.resource() {
            Resource::Arn(arn) => simulation.results.push(ResourceResult {
                resource: arn.as_str().to_owned(),
                decision: record.decision,
                missing_context_values: record.missing_context_keys.clone(),
                matched_statements: matched(record),
            }),
            Resource::None { .. } => {
                simulation.missing_context_values = Some(record.missing_context_keys.clone());
            }
        }
        let [_, scp, _, _, _, boundary, _] = &record.by_type;
        and(&mut simulation.allowed_by_organizations, scp.result);
        and(&mut simulation.allowed_by_permissions_boundary, boundary.result);
        if record.decision == decision {
            let details = details(request, record);
            simulation.eval_decision_details = simulation.eval_decision_details.or(details);
            let new = matched(record).into_iter();
            let new: Vec<_> = new.filter(|one| !simulation.matched_statements.contains(one)).collect();
            simulation.matched_statements.extend(new);
        }
    }
    simulation
}

/// Of several resources, one that is not allowed decides.
fn and(all: &mut Option<bool>, result: Option<Decision>) {
    if let Some(result) = result {
        *all = Some(all.unwrap_or(true) && result == Decision::Allow);
    }
}

/// EVAL-078: absent where a service control policy denied, for an action without resource inside one account, and for requesters
/// without account, who have one side only.
fn details(request: &Request, record: &Evaluation) -> Option<Details> {
    let [_, scp, _, resource, identity, boundary, session] = &record.by_type;
    if scp.result.is_some_and(|result| result != Decision::Allow) {
        return None;
    }
    match (record.relation, request.resource()) {
        (Relation::ResourceOnly, _) | (Relation::SameAccount, Resource::None { .. }) => None,
        (Relation::SameAccount, Resource::Arn(_)) => Some(Details::SameAccount),
        (Relation::CrossAccount, _) => {
            // Without identity policies of its own a requester has full access (root) or none.
            let own = match identity.state {
                ReportState::NotApplicable => Decision::Allow,
                _ => identity.result.unwrap_or(Decision::ImplicitDeny),
            };
            let federated = matches!(request.principal(), Principal::FederatedUser(_));
            let without_session = if federated { Decision::ImplicitDeny } else { Decision::Allow };
            let limits =
                [boundary.result.unwrap_or(Decision::Allow), session.result.unwrap_or(without_session)];
            let iam = limits.into_iter().fold(own, Decision::max);
            let granted = if resource.class.is_some() { Decision::Allow } else { Decision::ImplicitDeny };
            let denied = resource.result == Some(Decision::ExplicitDeny);
            let resource = if denied { Decision::ExplicitDeny } else { granted };
            Some(Details::CrossAccount { iam, resource })
        }
    }
}

fn matched_statement(policies: &Policies, statement: &StatementRef) -> MatchedStatement {
    MatchedStatement {
        source_policy_id: statement.policy.to_string(),
        source_policy_type: source_policy_type(policies, statement),
        region: statement.region,
    }
}

/// EVAL-075: SCPs, RCPs and endpoint policies have type `none`, and so have session policies that are not managed.
fn source_policy_type(policies: &Policies, statement: &StatementRef) -> &'static str {
    let managed = if statement.policy.contains(":iam::aws:policy/") { "aws-managed" } else { "user-managed" };
    match statement.policy_type {
        PolicyType::Rcp | PolicyType::Scp | PolicyType::Vpce => "none",
        PolicyType::Resource | PolicyType::Trust => "resource",
        PolicyType::Boundary => managed,
        PolicyType::Session => {
            let named = |policy: &&PolicySource| policy.id == statement.policy;
            let policy = policies.session.iter().flatten().find(named);
            if policy.is_some_and(|policy| policy.managed) { managed } else { "none" }
        }
        PolicyType::Identity => {
            let mut identity = policies.identity.iter().flatten();
            match identity.find(|held| held.policy.id == statement.policy) {
                Some(held) if held.policy.managed => managed,
                Some(held) => match held.source {
                    IdentitySource::User | IdentitySource::Issuer => "user",
                    IdentitySource::Group(_) => "group",
                    IdentitySource::Role => "role",
                },
                None => "none",
            }
        }
    }
}
