//! Policies and requests that IAM, Cedar and other evaluators can all express, and what is to be decided.
//!
//! Every statement but one allows something on resources that no other statement names; the exception, in the middle of the
//! first document, is the usual guard that denies whatever is not asked over TLS. So at most two statements apply to a request,
//! and what is decided follows from how the request was made.

use assize_model::{
    Account, Action, Context, ContextEntry, Decision, Entity, IdentityPolicy, IdentitySource, Literal,
    Policies, PolicySource, Principal, Request, Resource, User,
};
use serde_json::{Value, json};

pub const ACCOUNT: &str = "111111111111";
pub const USER: &str = "jane";

/// Vendor of the actions, the noun in their names, and the beginning of the resources.
const SERVICES: [(&str, &str, &str); 10] = [
    ("s3", "Object", "arn:aws:s3:::"),
    ("sqs", "Message", "arn:aws:sqs:eu-west-1:111111111111:"),
    ("sns", "Topic", "arn:aws:sns:eu-west-1:111111111111:"),
    ("dynamodb", "Item", "arn:aws:dynamodb:eu-west-1:111111111111:table/"),
    ("lambda", "Function", "arn:aws:lambda:eu-west-1:111111111111:function:"),
    ("kms", "Key", "arn:aws:kms:eu-west-1:111111111111:key/"),
    ("ec2", "Instance", "arn:aws:ec2:eu-west-1:111111111111:instance/"),
    ("logs", "LogEvents", "arn:aws:logs:eu-west-1:111111111111:log-group:"),
    ("ssm", "Parameter", "arn:aws:ssm:eu-west-1:111111111111:parameter/"),
    ("iam", "Role", "arn:aws:iam::111111111111:role/"),
];

/// What statements allow. None allows `Delete`.
const VERBS: [&str; 12] = [
    "Get", "List", "Describe", "Put", "Update", "Tag", "Untag", "Create", "Start", "Stop", "Query", "Invoke",
];

/// How many requests a workload has.
const TURNS: usize = 16;

/// A set of policies of one user, and requests of that user.
pub struct Workload {
    /// The statements of each document.
    pub documents: Vec<Vec<Statement>>,
    /// The requests: half allowed, a quarter denied explicitly, a quarter denied implicitly.
    pub asks: Vec<Ask>,
}

/// One statement of an identity-based policy.
pub struct Statement {
    pub allows: bool,
    /// Exact names, or names with a `*` at the end.
    pub actions: Vec<String>,
    /// ARNs, in which `*` may stand.
    pub resources: Vec<String>,
    pub condition: Option<Condition>,
}

/// The condition of a statement.
pub enum Condition {
    /// `StringEquals` on `aws:PrincipalTag/team`.
    Team(String),
    /// `IpAddress` on `aws:SourceIp`.
    SourceIp(String),
    /// `Bool` on `aws:SecureTransport`.
    SecureTransport(bool),
}

/// One request. Each has all three context keys, whether or not a statement asks for them.
pub struct Ask {
    pub action: String,
    pub resource: String,
    pub team: String,
    pub source_ip: String,
    pub secure_transport: bool,
    /// What is to be decided.
    pub expected: Decision,
}

/// What statements are like.
#[derive(Clone, Copy)]
pub struct Shape {
    /// So many statements in a row are about one service, then come those about the next.
    pub per_service: usize,
    /// How many actions and resources a statement lists.
    pub actions: usize,
    pub resources: usize,
}

impl Workload {
    /// `documents` policies of `statements` statements each.
    pub fn new(documents: usize, statements: usize, shape: Shape) -> Self {
        let guard = statements / 2;
        let statement =
            |number| if number == guard { Statement::guard() } else { Statement::grant(number, shape) };
        let document = |first| (first..first + statements).map(statement).collect();
        let grants: Vec<usize> = (0..documents * statements).filter(|&number| number != guard).collect();
        Workload {
            documents: (0..documents).map(|number| document(number * statements)).collect(),
            asks: (0..TURNS).map(|turn| Ask::new(turn, grants[turn * grants.len() / TURNS], shape)).collect(),
        }
    }

    /// The documents as IAM writes them.
    pub fn texts(&self) -> impl Iterator<Item = String> {
        self.documents.iter().map(|statements| {
            let statements: Vec<Value> = statements.iter().map(Statement::json).collect();
            json!({"Version": "2012-10-17", "Statement": statements}).to_string()
        })
    }

    /// The policies as evaluators of this repository take them.
    pub fn policies(&self) -> Policies {
        let policies = self.texts().enumerate().map(|(number, text)| IdentityPolicy {
            source: IdentitySource::User,
            policy: PolicySource::new(format!("policy-{number}"), text),
        });
        Policies { identity: Some(policies.collect()), ..Policies::default() }
    }

    /// The requests as evaluators of this repository take them, with what is to be decided.
    pub fn requests(&self) -> Vec<(Request, Decision)> {
        self.asks.iter().map(|ask| (ask.request(), ask.expected)).collect()
    }
}

impl Statement {
    fn guard() -> Self {
        let any = || vec!["*".to_owned()];
        Statement {
            allows: false,
            actions: any(),
            resources: any(),
            condition: Some(Condition::SecureTransport(false)),
        }
    }

    fn grant(number: usize, shape: Shape) -> Self {
        let condition = match number % 4 {
            1 => Some(Condition::Team(team(number))),
            3 => Some(Condition::SourceIp(format!("10.{}.0.0/16", number % 256))),
            _ => None,
        };
        Statement {
            allows: true,
            actions: (0..shape.actions).map(|place| shape.action(number, place)).collect(),
            resources: (0..shape.resources).map(|place| shape.resource(number, place)).collect(),
            condition,
        }
    }

    fn json(&self) -> Value {
        let effect = if self.allows { "Allow" } else { "Deny" };
        let mut statement = json!({"Effect": effect, "Action": self.actions, "Resource": self.resources});
        match &self.condition {
            None => {}
            Some(Condition::Team(team)) => {
                statement["Condition"] = json!({"StringEquals": {"aws:PrincipalTag/team": team}});
            }
            Some(Condition::SourceIp(network)) => {
                statement["Condition"] = json!({"IpAddress": {"aws:SourceIp": network}});
            }
            Some(Condition::SecureTransport(secure)) => {
                statement["Condition"] = json!({"Bool": {"aws:SecureTransport": secure.to_string()}});
            }
        }
        statement
    }
}

impl Ask {
    /// A request that meets the grant of this number, except in what its turn says.
    fn new(turn: usize, number: usize, shape: Shape) -> Self {
        let place = turn % shape.resources;
        let met = Ask {
            action: shape.action(number, turn % shape.actions).replace('*', "Some"),
            resource: shape.resource(number, place).replace('*', "2026/report"),
            team: team(number),
            source_ip: format!("10.{}.7.9", number % 256),
            secure_transport: true,
            expected: Decision::Allow,
        };
        let (vendor, noun, prefix) = shape.service(number);
        match turn % 8 {
            0 | 2 | 5 | 7 => met,
            1 | 4 => Ask { secure_transport: false, expected: Decision::ExplicitDeny, ..met },
            3 => Ask { action: format!("{vendor}:Delete{noun}"), expected: Decision::ImplicitDeny, ..met },
            _ => Ask {
                resource: format!("{prefix}unknown-{number}/2026"),
                expected: Decision::ImplicitDeny,
                ..met
            },
        }
    }

    fn request(&self) -> Request {
        let account = Account::new("aws", ACCOUNT).expect("an account");
        let user = Entity::new("/", USER, "AIDAEXAMPLEJANE").expect("a user");
        let entry = |key: &str, value: Literal| ContextEntry { key: key.to_owned(), values: vec![value] };
        let context = Context::new(vec![
            entry("aws:PrincipalTag/team", Literal::string(self.team.as_str())),
            entry("aws:SourceIp", Literal::string(self.source_ip.as_str())),
            entry("aws:SecureTransport", Literal::string(self.secure_transport.to_string())),
        ]);
        Request::new(
            Principal::User(User::new(account, user, None)),
            Action::new(self.action.as_str()).expect("an action"),
            Resource::new(self.resource.as_str(), Some(ACCOUNT.to_owned())).expect("a resource"),
            context.expect("a context"),
        )
        .expect("a request")
    }
}

fn team(number: usize) -> String {
    format!("team-{}", number % 7)
}

impl Shape {
    /// Of the statement of this number.
    fn service(self, number: usize) -> (&'static str, &'static str, &'static str) {
        SERVICES[number / self.per_service % SERVICES.len()]
    }

    /// An action that the statement of this number allows: every third a prefix, the others exact.
    fn action(self, number: usize, place: usize) -> String {
        let (vendor, noun, _) = self.service(number);
        let verb = VERBS[(number + place) % VERBS.len()];
        if (number + place).is_multiple_of(3) {
            format!("{vendor}:{verb}*")
        } else {
            format!("{vendor}:{verb}{noun}")
        }
    }

    /// A resource of the statement of this number: exact, all below a prefix, or what has a name below a prefix.
    fn resource(self, number: usize, place: usize) -> String {
        let (_, _, prefix) = self.service(number);
        match (number + place) % 3 {
            0 => format!("{prefix}app-{number}-{place}/config"),
            1 => format!("{prefix}app-{number}-{place}/*"),
            _ => format!("{prefix}app-{number}-{place}/*/summary"),
        }
    }
}
