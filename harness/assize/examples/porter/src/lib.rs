//! Porter: a small evaluator of identity policies and bucket policies, as somebody might write it who reads the documentation once.
//!
//! It has three bugs, each of which has a name so that it can be mended by itself. `cargo test -p porter` finds them.

use assize::model::{
    BaseOperator, Capabilities, Decision, Description, Evaluator, Policies, PolicyType, Prepared, Principal,
    Refusal, Request, Resource, ResourceKind, User, Verdict, Version,
};
use serde_json::Value;

/// What is wrong with Porter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// The names of actions are compared as they are written.
    CaseCounts,
    /// `StringNotEquals` fails if the request lacks the key, so that a Deny that needs it is skipped.
    AbsentFails,
    /// Within an account the policy of the resource is asked first, and believed.
    ResourceFirst,
}

/// The evaluator.
#[derive(Debug)]
pub struct Porter {
    bugs: Vec<Bug>,
}

impl Porter {
    /// Porter as it was written.
    pub fn new() -> Self {
        Porter::with([Bug::CaseCounts, Bug::AbsentFails, Bug::ResourceFirst])
    }

    /// Porter with these bugs only.
    pub fn with(bugs: impl Into<Vec<Bug>>) -> Self {
        Porter { bugs: bugs.into() }
    }

    fn has(&self, bug: Bug) -> bool {
        self.bugs.contains(&bug)
    }
}

impl Default for Porter {
    fn default() -> Self {
        Porter::new()
    }
}

impl Evaluator for Porter {
    fn describe(&self) -> Description {
        Description {
            name: "porter".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            language: "Rust".to_owned(),
            capabilities: Capabilities {
                principals: vec!["user".to_owned()],
                policies: vec![PolicyType::Identity, PolicyType::Resource],
                resource_kinds: vec![ResourceKind::Ordinary],
                versions: vec![Version::V2008, Version::V2012],
                elements: vec!["NotAction".to_owned(), "NotResource".to_owned()],
                operators: vec![
                    BaseOperator::StringEquals,
                    BaseOperator::StringNotEquals,
                    BaseOperator::StringLike,
                ],
                if_exists: true,
                answers: vec!["decision".to_owned()],
                ..Capabilities::default()
            },
        }
    }

    fn prepare<'e>(&'e self, policies: &Policies) -> Result<Box<dyn Prepared + 'e>, Refusal> {
        let identity = policies.identity.iter().flatten().map(|identity| &identity.policy);
        let resource = policies.resource.iter().map(|resource| &resource.policy);
        Ok(Box::new(Door {
            porter: self,
            identity: identity.flat_map(|policy| statements(&policy.document.text)).collect(),
            resource: resource.flat_map(|policy| statements(&policy.document.text)).collect(),
        }))
    }
}

/// The statements of a document.
fn statements(document: &str) -> Vec<Value> {
    match serde_json::from_str::<Value>(document)
        .ok()
        .and_then(|mut document| document.get_mut("Statement").map(Value::take))
    {
        Some(Value::Array(statements)) => statements,
        Some(statement) => vec![statement],
        None => Vec::new(),
    }
}

/// The policies that a request must pass.
struct Door<'p> {
    porter: &'p Porter,
    identity: Vec<Value>,
    resource: Vec<Value>,
}

impl Prepared for Door<'_> {
    fn evaluate(&self, request: &Request) -> Verdict {
        let Principal::User(user) = request.principal() else {
            return Verdict::Unsupported("requesters other than users".to_owned());
        };
        // `serde_json` reads `0.50` as 0.5, but a condition compares what is written. So says who is honest.
        if self.identity.iter().chain(&self.resource).any(|statement| has_number(&statement["Condition"])) {
            return Verdict::Unsupported("numbers as values of conditions".to_owned());
        }
        let decision = self.decide(&Question { porter: self.porter, user, request });
        Verdict::Decided { decision, deciding: None, determining: None }
    }
}

impl Door<'_> {
    fn decide(&self, question: &Question<'_>) -> Decision {
        let owner = match question.request.resource() {
            Resource::Arn(arn) => Some(arn.owner()),
            Resource::None { .. } => None,
        };
        let same_account = owner.is_none_or(|owner| owner == question.user.account().id);
        let identity = question.of(&self.identity, |_| true);
        // An action without a resource has no resource policy either.
        let asked = if owner.is_some() { &self.resource[..] } else { &[] };
        let anyhow = question.of(asked, |statement| question.named(statement, true));
        // Within the account its own name is no grant: that is for identity policies to say.
        let directly = question.of(asked, |statement| question.named(statement, false));
        if same_account && directly == Decision::Allow && self.porter.has(Bug::ResourceFirst) {
            return Decision::Allow;
        }
        use Decision::{Allow, ExplicitDeny, ImplicitDeny};
        match (identity, anyhow) {
            (ExplicitDeny, _) | (_, ExplicitDeny) => ExplicitDeny,
            (Allow, Allow) => Allow,
            (Allow, _) if same_account => Allow,
            _ if same_account && directly == Allow => Allow,
            _ => ImplicitDeny,
        }
    }
}

/// A request of a user.
struct Question<'q> {
    porter: &'q Porter,
    user: &'q User,
    request: &'q Request,
}

impl Question<'_> {
    /// What statements say, if the principal of each is `named`.
    fn of(&self, statements: &[Value], named: impl Fn(&Value) -> bool) -> Decision {
        let applying: Vec<&Value> =
            statements.iter().filter(|statement| named(statement) && self.applies(statement)).collect();
        let any = |effect: &str| applying.iter().any(|statement| statement["Effect"] == effect);
        match (any("Deny"), any("Allow")) {
            (true, _) => Decision::ExplicitDeny,
            (_, true) => Decision::Allow,
            _ => Decision::ImplicitDeny,
        }
    }

    fn applies(&self, statement: &Value) -> bool {
        let action = |entry: &str| self.action_matches(entry);
        let arn = self.request.resource().as_str();
        let resource = |entry: &str| entry == "*" || (arn != "*" && arn_matches(entry, arn));
        listed(statement, "Action", action)
            && listed(statement, "Resource", resource)
            && self.condition(statement)
    }

    /// Whether a statement of a resource policy names the user. The name of its account counts if `by_account`, and in a Deny always.
    fn named(&self, statement: &Value, by_account: bool) -> bool {
        let by_account = by_account || statement["Effect"] == "Deny";
        let principal = &statement["Principal"];
        let account = self.user.account();
        let root = format!("arn:{}:iam::{}:root", account.partition, account.id);
        principal == "*"
            || texts(&principal["AWS"]).any(|value| {
                ["*", self.user.arn(), &self.user.entity().id].contains(&&*value)
                    || by_account && (value == account.id || value == root)
            })
            || texts(&principal["CanonicalUser"])
                .any(|value| by_account && account.canonical_user_id.as_ref() == Some(&value))
    }

    fn action_matches(&self, entry: &str) -> bool {
        let (action, lower) = (self.request.action(), str::to_ascii_lowercase);
        let Some((vendor, name)) = entry.split_once(':') else { return entry == "*" };
        let name_matches = match self.porter.has(Bug::CaseCounts) {
            true => glob(name, action.name()),
            false => glob(&lower(name), &lower(action.name())),
        };
        (vendor == "*" || vendor.eq_ignore_ascii_case(action.vendor())) && name_matches
    }

    fn condition(&self, statement: &Value) -> bool {
        let blocks = statement["Condition"].as_object().into_iter().flatten();
        let mut tests = blocks.flat_map(|(operator, keys)| {
            keys.as_object().into_iter().flatten().map(move |(key, wanted)| (operator, key, wanted))
        });
        tests.all(|(operator, key, wanted)| self.test(operator, key, wanted))
    }

    fn test(&self, operator: &str, key: &str, wanted: &Value) -> bool {
        let (operator, if_exists) = match operator.strip_suffix("IfExists") {
            Some(operator) => (operator, true),
            None => (operator, false),
        };
        let negated = operator == "StringNotEquals";
        let values = self.values(key);
        if values.is_empty() {
            return if_exists || (negated && !self.porter.has(Bug::AbsentFails));
        }
        let matches = |value: &str| match operator {
            "StringLike" => texts(wanted).any(|pattern| glob(&pattern, value)),
            _ => texts(wanted).any(|text| text == value),
        };
        // Several values need a set operator, which Porter does not have.
        let holds = matches!(&values[..], [value] if matches(value));
        holds != negated
    }

    /// The values of a key: of the context, or a fact of the user.
    fn values(&self, key: &str) -> Vec<String> {
        let account = &self.user.account().id;
        let facts = [
            ("aws:PrincipalArn", self.user.arn()),
            ("aws:PrincipalAccount", account),
            ("aws:PrincipalType", "User"),
            ("aws:PrincipalIsAWSService", "false"),
            ("aws:userid", &self.user.entity().id),
            ("aws:username", &self.user.entity().name),
        ];
        if let Some((_, fact)) = facts.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(key)) {
            return vec![fact.to_owned()];
        }
        let mut entries = self.request.context().entries().iter();
        let entry = entries.find(|entry| entry.key.to_lowercase() == key.to_lowercase());
        entry.into_iter().flat_map(|entry| &entry.values).map(|value| value.text.clone()).collect()
    }
}

/// Whether an element, or the lack of its negation, lets a statement apply. A statement without either is about anything.
fn listed(statement: &Value, element: &str, matches: impl Fn(&str) -> bool) -> bool {
    let negation = &statement[format!("Not{element}")];
    let listed = |list: &Value| texts(list).any(|entry| matches(&entry));
    match (&statement[element], negation) {
        (Value::Null, Value::Null) => true,
        (Value::Null, negation) => !listed(negation),
        (element, _) => listed(element),
    }
}

/// Whether there is a number anywhere in a value.
fn has_number(value: &Value) -> bool {
    match value {
        Value::Number(_) => true,
        Value::Array(list) => list.iter().any(has_number),
        Value::Object(members) => members.values().any(has_number),
        _ => false,
    }
}

/// A text, or a list of them; booleans as they are written.
fn texts(value: &Value) -> impl Iterator<Item = String> {
    let list = match value {
        Value::Array(list) => list,
        Value::Null => &[][..],
        one => std::slice::from_ref(one),
    };
    list.iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// Whether a pattern covers a text: `*` stands for anything, `?` for one character.
fn glob(pattern: &str, text: &str) -> bool {
    covers(pattern, text, |_| false)
}

/// The same for ARNs: in the first five fields a wildcard stays within its field, except a `*` that ends it.
fn arn_matches(pattern: &str, arn: &str) -> bool {
    let fifth = pattern.match_indices(':').nth(4).map_or(pattern.len(), |(at, _)| at);
    covers(pattern, arn, |at| {
        let ends_field =
            pattern[at..].starts_with('*') && matches!(pattern.as_bytes().get(at + 1), None | Some(b':'));
        at < fifth && !ends_field
    })
}

/// Walks the pattern and knows at each step how much of the text may be behind it. `in_field` says of which wildcards stop at a colon.
fn covers(pattern: &str, text: &str, in_field: impl Fn(usize) -> bool) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut behind = vec![false; text.len() + 1];
    behind[0] = true;
    for (at, wanted) in pattern.char_indices() {
        let stops = |taken: char| taken == ':' && in_field(at);
        let before = behind.clone();
        behind[0] &= wanted == '*';
        for (end, &taken) in text.iter().enumerate() {
            behind[end + 1] = match wanted {
                '*' => before[end + 1] || (behind[end] && !stops(taken)),
                '?' => before[end] && !stops(taken),
                other => before[end] && taken == other,
            };
        }
    }
    behind[text.len()]
}
