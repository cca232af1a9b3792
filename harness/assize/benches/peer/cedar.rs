//! The workload for `cedar-policy`: a policy set that permits and forbids the same.
//!
//! | IAM | Cedar |
//! |---|---|
//! | a statement that allows, denies | `permit`, `forbid`; with both, forbid wins, and nothing that applies is a deny |
//! | whose policy it is | nothing: both sets hold the policies of one user |
//! | exact actions | `action == A`, `action in [A, B]` |
//! | an action with `*` at its end | a group that is the parent of every such action that is asked for, as Cedar's own documentation does it |
//! | an exact resource | `resource == R`; `resource == R \|\| …` where several are listed |
//! | a resource with `*` | `resource.arn like "…"`, in which `*` means the same |
//! | `StringEquals`, `Bool`, `IpAddress` | `==`, `==`, `isInRange`, on context attributes that every request has |
//!
//! The policies are parsed, all resources and actions put together as entities (Cedar computes who is in which group at that moment),
//! and requests built with their context, before anything is measured. Cedar has one deny, so explicit and implicit are not told apart.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt::Display;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet, Request, RestrictedExpression,
};

use crate::workload::{Ask, Condition, Statement, USER, Workload};

pub struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
}

impl Cedar {
    pub fn new(workload: &Workload) -> Self {
        let statements = || workload.documents.iter().flatten();
        let text: String = statements().map(policy).collect();
        let groups: BTreeSet<&str> = statements()
            .flat_map(|statement| &statement.actions)
            .filter_map(|action| action.strip_suffix('*'))
            .collect();
        let actions: BTreeSet<&str> = workload.asks.iter().map(|ask| ask.action.as_str()).collect();
        let resources: BTreeSet<&str> = workload.asks.iter().map(|ask| ask.resource.as_str()).collect();
        let action = |action: &str| {
            let parents = groups.iter().filter(|group| action.starts_with(**group));
            Entity::new_no_attrs(
                uid("Action", action),
                parents.map(|group| uid("Action", format!("{group}*"))).collect(),
            )
        };
        let resource = |arn: &str| {
            let attributes =
                HashMap::from([("arn".to_owned(), RestrictedExpression::new_string(arn.to_owned()))]);
            Entity::new(uid("Resource", arn), attributes, HashSet::new()).expect("an entity")
        };
        let group = |group: &str| Entity::new_no_attrs(uid("Action", format!("{group}*")), HashSet::new());
        let user = Entity::new_no_attrs(uid("User", USER), HashSet::new());
        let entities = groups.iter().copied().map(group).chain(actions.iter().copied().map(action));
        let entities = entities.chain(resources.iter().copied().map(resource)).chain([user]);
        Cedar {
            authorizer: Authorizer::new(),
            policies: text.parse().expect("a policy set"),
            entities: Entities::from_entities(entities, None).expect("entities"),
        }
    }

    pub fn decide(&self, request: &Request) -> Decision {
        self.authorizer.is_authorized(request, &self.policies, &self.entities).decision()
    }

    /// A policy that cannot be evaluated is skipped: such a decision would be no measure.
    pub fn assert_clean(&self, requests: &[(Request, Decision)]) {
        for (request, _) in requests {
            let response = self.authorizer.is_authorized(request, &self.policies, &self.entities);
            assert_eq!(response.diagnostics().errors().count(), 0, "{request:?}");
        }
    }
}

pub fn requests(workload: &Workload) -> Vec<(Request, Decision)> {
    workload.asks.iter().map(|ask| (request(ask), decision(ask.expected))).collect()
}

fn request(ask: &Ask) -> Request {
    let context = Context::from_pairs([
        ("team".to_owned(), RestrictedExpression::new_string(ask.team.clone())),
        ("source_ip".to_owned(), RestrictedExpression::new_ip(&ask.source_ip)),
        ("secure_transport".to_owned(), RestrictedExpression::new_bool(ask.secure_transport)),
    ]);
    let (action, resource) = (uid("Action", &ask.action), uid("Resource", &ask.resource));
    Request::new(uid("User", USER), action, resource, context.expect("a context"), None).expect("a request")
}

fn decision(expected: assize_model::Decision) -> Decision {
    match expected {
        assize_model::Decision::Allow => Decision::Allow,
        assize_model::Decision::ExplicitDeny | assize_model::Decision::ImplicitDeny => Decision::Deny,
    }
}

/// The Cedar policy of a statement.
fn policy(statement: &Statement) -> String {
    let effect = if statement.allows { "permit" } else { "forbid" };
    let action = match statement.actions.as_slice() {
        [any] if any == "*" => "action".to_owned(),
        [one] if !one.ends_with('*') => format!("action == {}", uid("Action", one)),
        several => {
            let several: Vec<String> =
                several.iter().map(|action| uid("Action", action).to_string()).collect();
            format!("action in [{}]", several.join(", "))
        }
    };
    let (resource, tested) = match statement.resources.as_slice() {
        [any] if any == "*" => ("resource".to_owned(), None),
        [one] if !one.contains('*') => (format!("resource == {}", uid("Resource", one)), None),
        several => {
            let tests: Vec<String> = several.iter().map(|resource| resource_test(resource)).collect();
            ("resource".to_owned(), Some(tests.join(" || ")))
        }
    };
    let condition = statement.condition.as_ref().map(|condition| match condition {
        Condition::Team(team) => format!("context.team == {team:?}"),
        Condition::SourceIp(network) => format!("context.source_ip.isInRange(ip({network:?}))"),
        Condition::SecureTransport(secure) => format!("context.secure_transport == {secure}"),
    });
    let when: String =
        tested.into_iter().chain(condition).map(|test| format!(" when {{ {test} }}")).collect();
    format!("{effect}(principal, {action}, {resource}){when};\n")
}

fn resource_test(resource: &str) -> String {
    if resource.contains('*') {
        format!("resource.arn like {resource:?}")
    } else {
        format!("resource == {}", uid("Resource", resource))
    }
}

fn uid(kind: &str, id: impl Display) -> EntityUid {
    EntityUid::from_type_name_and_id(
        kind.parse().expect("a type name"),
        id.to_string().parse().expect("an id"),
    )
}
