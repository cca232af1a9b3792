//! Experiments: scenarios in which every statement of one policy is about an action of its own and leaves one element to chance, while
//! everything else lets the request through. Whether that one element matches then decides, and nothing else does.

use std::borrow::Cow;
use std::sync::Arc;

use assize_model::scenario::Case;
use assize_model::{
    Capabilities, ConditionBlock, Context, Effect, Element, EndpointPolicy, IdentityPolicy, Policies,
    PolicySource, PolicyType, Principal, PrincipalElement, ResourceKind, ResourcePolicy, Statement, Version,
};

use crate::cast::{self, ACCOUNTS, Cast, Role, Target, placed};
use crate::choices::Choices;
use crate::condition::{condition, narrow, widen};
use crate::policy::{assemble, everything, full_access, has_principal, list, statement, written};
use crate::scenario::{Cases, Usual, endpoint_kind, perturb_context, source_of};
use crate::settings::Settings;
use crate::{naming, pattern};

/// The element that is left to chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    Resource,
    Action,
    Principal,
    Condition,
}

/// Names of actions; which service they belong to is another matter (MATCH-019).
const NAMES: [&str; 10] = [
    "GetObject",
    "PutObject",
    "ListBucket",
    "DeleteObject",
    "GetObjectAcl",
    "SendMessage",
    "DescribeInstances",
    "UpdateItem",
    "Batch-Get_Item",
    "AssociateResourceSharePermissionTemplate",
];

/// Actions that a trust policy can name.
const TRUSTED: [&str; 4] = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"];

/// Resources with something in each field that a pattern can get wrong.
const RESOURCES: &[(usize, &str)] = &[
    (10, "arn:P:s3:::bkt/home/bob/k.txt"),
    (4, "arn:P:s3:::bkt/red/k"),
    (4, "arn:P:s3:::bkt"),
    (2, "arn:P:s3:::bkt//k"),
    (2, "arn:P:s3:::bkt/é/k"),
    (2, "arn:P:s3:::bkt/a\nb"),
    (5, "arn:P:s3:::bkt/a_b-c+d e%2Ff@g\u{7f}\u{e9}"),
    (2, "arn:P:s3:::bkt/*"),
    (1, "arn:P:s3:::bkt/${aws:username}"),
    (2, "arn:P:s3:::bkt/a-prefix-that-two-objects-share-and-that-is-longer-than-sixty-four-bytes-1"),
    (6, "arn:P:sqs:us-east-1:O:queue.fifo"),
    (6, "arn:P:dynamodb:us-east-1:O:table/prod-x/index/i"),
    (4, "arn:P:lambda:us-east-1:O:function:f:PROD"),
    (3, "arn:P:logs:us-east-1:O:log-group:/aws/x:log-stream:s"),
    (2, "arn:P:ec2:us-east-1::image/ami-1"),
    (3, "arn:P:sns:us-east-1:O:red"),
    (1, "*"),
];

/// The policies and the requests of an experiment; none if nothing that it may be about is supported.
pub(crate) fn experiment(choices: &mut dyn Choices, settings: &Settings) -> Option<(Policies, Vec<Case>)> {
    let focus = choices.weighted(&[
        (38, Focus::Resource),
        (12, Focus::Action),
        (38, Focus::Principal),
        (12, Focus::Condition),
    ]);
    let (cast, host) = stage(choices, focus, &settings.capabilities)?;
    choices.label(match focus {
        Focus::Resource => "experiment on resources",
        Focus::Action => "experiment on actions",
        Focus::Principal => "experiment on principals",
        Focus::Condition => "experiment on conditions",
    });
    let can = &settings.capabilities;
    let old = !host_needs_version(host) && can.versions.contains(&Version::V2008) && choices.chance(15);
    let version =
        if old || !can.versions.contains(&Version::V2012) { Version::V2008 } else { Version::V2012 };
    let experiment = Experiment { cast: &cast, focus, host, version };
    let mut statements = experiment.statements(choices);
    let policies = experiment.policies(choices, &mut statements);
    let requests = experiment.requests(choices, settings, &statements);
    Some((policies, requests))
}

/// SCPs and RCPs are stored, and stored policies name their version (GRAM-014).
fn host_needs_version(host: PolicyType) -> bool {
    matches!(host, PolicyType::Scp | PolicyType::Rcp)
}

/// Chooses who asks, for what, and which policy holds the experiment.
fn stage(
    choices: &mut dyn Choices,
    focus: Focus,
    capabilities: &Arc<Capabilities>,
) -> Option<(Cast, PolicyType)> {
    let hosts: &[(usize, PolicyType)] = match focus {
        Focus::Principal => &[(54, PolicyType::Resource), (27, PolicyType::Vpce), (19, PolicyType::Trust)],
        _ => &[
            (34, PolicyType::Identity),
            (26, PolicyType::Resource),
            (10, PolicyType::Scp),
            (8, PolicyType::Boundary),
            (8, PolicyType::Session),
            (8, PolicyType::Vpce),
            (6, PolicyType::Rcp),
        ],
    };
    let hosts: Vec<_> =
        hosts.iter().copied().filter(|(_, host)| capabilities.policies.contains(host)).collect();
    let host = if hosts.is_empty() { return None } else { choices.weighted(&hosts) };
    let roles: &[(usize, Role)] = match host {
        PolicyType::Identity | PolicyType::Boundary => {
            &[(5, Role::User), (4, Role::RoleSession), (1, Role::FederatedByUser)]
        }
        PolicyType::Session => &[(6, Role::RoleSession), (3, Role::FederatedByUser), (1, Role::AssumedRoot)],
        PolicyType::Vpce if focus == Focus::Principal => &[
            (20, Role::User),
            (20, Role::RoleSession),
            (10, Role::FederatedByUser),
            (24, Role::Root),
            (4, Role::AssumedRoot),
            (4, Role::ServiceLinked),
            (14, Role::Service),
            (4, Role::Anonymous),
            (8, Role::FederatedCaller),
        ],
        PolicyType::Scp => &[(5, Role::User), (4, Role::RoleSession), (1, Role::Root)],
        PolicyType::Trust => &[
            (20, Role::User),
            (30, Role::RoleSession),
            (8, Role::ServiceLinked),
            (14, Role::Service),
            (28, Role::FederatedCaller),
        ],
        _ => &[
            (24, Role::User),
            (28, Role::RoleSession),
            (16, Role::FederatedByUser),
            (3, Role::FederatedByRoot),
            (9, Role::Root),
            (2, Role::AssumedRoot),
            (6, Role::ServiceLinked),
            (8, Role::Service),
            (7, Role::Anonymous),
        ],
    };
    let roles: Vec<_> = roles.iter().copied().filter(|(_, role)| role.is_supported(capabilities)).collect();
    let role = if roles.is_empty() { return None } else { choices.weighted(&roles) };
    let of_role = host == PolicyType::Trust || role == Role::FederatedCaller;
    let kind = if of_role { ResourceKind::RoleTrust } else { ResourceKind::Ordinary };
    if !capabilities.resource_kinds.contains(&kind) {
        return None;
    }
    let account = cast::account(choices);
    let mut cast = Cast::about(choices, role, kind, account, capabilities);
    cast.targets = targets(choices, &cast, focus);
    Some((cast, host))
}

/// The actions of the experiment, each with the resource that it is asked for on.
fn targets(choices: &mut dyn Choices, cast: &Cast, focus: Focus) -> Vec<Target> {
    let target =
        |action: String, resource: String| Target { action, resource, owner: ACCOUNTS[0].to_owned() };
    if cast.kind == ResourceKind::RoleTrust {
        let role = format!("arn:{}:iam::{}:role/T", cast.partition, ACCOUNTS[0]);
        let federated = match cast.principals.first().map(|principal| &**principal) {
            Some(Principal::FederatedCaller(caller)) if caller.is_saml() => Some("sts:AssumeRoleWithSAML"),
            Some(Principal::FederatedCaller(_)) => Some("sts:AssumeRoleWithWebIdentity"),
            _ => None,
        };
        let own = |at: usize| federated.filter(|_| at == 0).unwrap_or(TRUSTED[at]);
        let count = if federated.is_some() { 3 } else { 4 };
        return (0..count).map(|at| target(own(at).to_owned(), role.clone())).collect();
    }
    let written = |choices: &mut dyn Choices| {
        let arn = choices.weighted(RESOURCES);
        placed(arn, cast.partition, ACCOUNTS[0])
    };
    let mut arn = written(choices);
    if focus != Focus::Resource && arn == "*"
        || cast.role == Role::Anonymous && !matches!(vendor_of(&arn), "s3" | "sqs" | "sns")
    {
        arn = format!("arn:{}:s3:::bkt/k", cast.partition);
    }
    let vendor = vendor_of(&arn).to_owned();
    let (count, first) = (choices.between(2, 4), choices.pick(NAMES.len()));
    (0..count)
        .map(|at| {
            let action = [vendor.as_str(), ":", NAMES[(first + at) % NAMES.len()]].concat();
            // An experiment on actions is told apart by its resource.
            let resource = if focus == Focus::Action { format!("{arn}/{at}") } else { arn.clone() };
            target(action, resource)
        })
        .collect()
}

fn vendor_of(arn: &str) -> &str {
    arn.split(':').nth(2).unwrap_or("s3")
}

struct Experiment<'e> {
    cast: &'e Cast,
    focus: Focus,
    /// The type of the policy that holds the experiment.
    host: PolicyType,
    version: Version,
}

impl Experiment<'_> {
    /// Two or three statements for each target, in turn.
    fn statements(&self, choices: &mut dyn Choices) -> Vec<Statement> {
        let count = choices.between(6, 12);
        (0..count)
            .map(|nth| self.statement(choices, &self.cast.targets[nth % self.cast.targets.len()]))
            .collect()
    }

    fn statement(&self, choices: &mut dyn Choices, target: &Target) -> Statement {
        let denies = self.host == PolicyType::Rcp || choices.chance(26);
        let effect = if denies { Effect::Deny } else { Effect::Allow };
        let action = match self.focus {
            Focus::Action => self.action(choices, &target.action),
            _ => list(false, vec![target.action.clone()]),
        };
        let resource = match self.focus {
            _ if self.host == PolicyType::Trust => None,
            Focus::Resource => Some(self.resource(choices, &target.resource)),
            Focus::Action => Some(list(false, vec![target.resource.clone()])),
            _ if self.host == PolicyType::Resource && choices.chance(50) => None,
            _ => Some(list(false, vec!["*".to_owned()])),
        };
        let principal = has_principal(self.host).then(|| match self.focus {
            Focus::Principal => self.principal(choices, effect),
            _ => PrincipalElement { negated: false, spec: naming::everyone(choices) },
        });
        let mut made = statement(effect, principal, action, resource);
        made.condition = self.condition(choices);
        made
    }

    fn condition(&self, choices: &mut dyn Choices) -> Vec<ConditionBlock> {
        if self.focus == Focus::Condition { condition(choices, self.cast) } else { Vec::new() }
    }

    /// A list whose decisive entry stands anywhere among others that do not matter.
    fn among(&self, choices: &mut dyn Choices, negated: bool, decisive: String, others: &[&str]) -> Element {
        let mut entries = vec![decisive];
        for _ in 0..choices.weighted(&[(55, 0), (30, 1), (15, 2)]) {
            let other = (*choices.one_of(others)).to_owned();
            entries.insert(choices.pick(entries.len() + 1), other);
        }
        list(negated, entries)
    }

    fn resource(&self, choices: &mut dyn Choices, arn: &str) -> Element {
        let negated = self.cast.reads("NotResource") && choices.chance(22);
        if negated {
            choices.label("NotResource");
        }
        let variables = self.cast.capabilities.variables;
        let decisive = match choices.weighted(&[(80, 0), (12, 1), (8, 2)]) {
            0 => pattern::around(choices, arn),
            1 if variables => self.variable(choices, arn),
            1 => pattern::around(choices, arn),
            _ => "*".to_owned(),
        };
        let decisive =
            if variables && self.version == Version::V2012 { escaped(choices, decisive) } else { decisive };
        self.among(
            choices,
            negated,
            decisive,
            &["arn:aws:s3:::other/*", "arn:aws:sqs:us-east-1:111111111111:other", "arn:aws:s3:::bkt/none"],
        )
    }

    /// The ARN with a part of it given by a variable, often in its head, where variables do not work (MATCH-071).
    fn variable(&self, choices: &mut dyn Choices, arn: &str) -> String {
        choices.label("variable in a resource");
        let fields: Vec<&str> = arn.splitn(6, ':').collect();
        let &[a, partition, service, region, account, tail] = &fields[..] else { return "*".to_owned() };
        let mut known = self.cast.derived();
        let single = self.cast.keys.iter().filter(|key| key.values.len() == 1);
        known.extend(single.map(|key| (key.name, Cow::from(&key.values[0].text))));
        known.retain(|(_, value)| !value.is_empty() && tail.contains(&**value));
        let head = format!("{a}:{partition}:{service}:{region}");
        match choices.pick(9) {
            0 => format!("{head}:${{aws:PrincipalAccount}}:{tail}"),
            1 => format!("{head}:${{acme:Absent, '{account}'}}:{tail}"),
            2 => format!("{a}:{partition}:{service}:${{acme:Absent, '{region}'}}:{account}:{tail}"),
            3 => format!("{a}:{partition}:{service}:*:${{aws:PrincipalAccount}}:*"),
            4 if !tail.contains(['\'', '}']) => format!("{head}:{account}:${{acme:Absent, '{tail}'}}"),
            5 => format!("{head}:{account}:${{acme:Absent}}*"),
            // A variable for each of its characters.
            8 if !tail.contains(['\'', '}']) => {
                let each = tail.chars().map(|character| format!("${{acme:Absent, '{character}'}}"));
                format!("{head}:{account}:{}", each.collect::<String>())
            }
            _ if !known.is_empty() => {
                let (name, value) = choices.one_of(&known);
                format!("{head}:{account}:{}", tail.replace(&**value, &["${", name, "}"].concat()))
            }
            _ => format!("{head}:{account}:{}", tail.replacen("bob", "${aws:username}", 1)),
        }
    }

    fn action(&self, choices: &mut dyn Choices, action: &str) -> Element {
        let (vendor, name) = action.split_once(':').unwrap_or((action, ""));
        let rcp = self.host == PolicyType::Rcp;
        let negated = !rcp && self.cast.reads("NotAction") && choices.chance(25);
        if negated {
            choices.label("NotAction");
        }
        let plain = |text: String| text.replace(':', "");
        let pattern = match choices.pick(14) {
            12 => format!("{}:{name}", capitalised(vendor)),
            13 => format!("{vendor}-x:{name}"),
            0 => action.to_owned(),
            1 => action.to_ascii_uppercase(),
            2 => [vendor, ":", &plain(pattern::tail_around(choices, &name.to_ascii_lowercase()))].concat(),
            3 if !rcp => ["*:", &widen(choices, name)].concat(),
            4 if !rcp => "*".to_owned(),
            5 => [vendor, "x:", name].concat(),
            6 => format!("{}:{name}", &vendor[..vendor.len() - 1].replace('-', "")).replacen("::", ":", 1),
            7 => (*choices.one_of(&[
                "s3:",
                "sqs:GetObject",
                "s3:GetObject,PutObject",
                "s3:* ",
                "s3: GetObject",
            ]))
            .to_owned(),
            8 => [vendor, ":", &widen(choices, name)].concat(),
            9 => [vendor, ":", &narrow(choices, name)].concat(),
            _ => [vendor, ":", &plain(pattern::tail_around(choices, name))].concat(),
        };
        let pattern = if pattern.starts_with(':') { action.to_owned() } else { pattern };
        self.among(choices, negated, pattern, &["acme:Other", "s3:None", "sqs:None*"])
    }

    fn principal(&self, choices: &mut dyn Choices, effect: Effect) -> PrincipalElement {
        let negatable = matches!(self.host, PolicyType::Resource | PolicyType::Vpce);
        let principal =
            if choices.chance(80) { &self.cast.principals[0] } else { choices.one_of(&self.cast.principals) };
        if negatable && effect == Effect::Deny && self.cast.reads("NotPrincipal") && choices.chance(45) {
            return PrincipalElement { negated: true, spec: naming::layers(choices, self.cast, principal) };
        }
        PrincipalElement { negated: false, spec: naming::list(choices, self.cast, principal) }
    }

    /// The experiment's policy.
    fn source(&self, choices: &mut dyn Choices, statements: &mut Vec<Statement>) -> PolicySource {
        let mut denied: Vec<&str> = statements
            .iter()
            .zip(self.cast.targets.iter().cycle())
            .filter(|(statement, _)| statement.effect == Effect::Deny)
            .map(|(_, target)| target.action.as_str())
            .collect();
        denied.sort_unstable();
        denied.dedup();
        denied.retain(|_| choices.chance(80));
        // What is denied must be allowed otherwise, or the Deny would not decide.
        let opened = (!denied.is_empty() && self.host != PolicyType::Rcp).then(|| {
            let mut open = everything(self.host, Effect::Allow);
            open.action.entries = denied.into_iter().map(str::to_owned).collect();
            let at = choices.pick(statements.len() + 1);
            statements.insert(at, open);
            at
        });
        let mut document = assemble(self.version, std::mem::take(statements));
        let text = written(choices, &document, self.host);
        if let Some(at) = opened {
            document.statements.remove(at);
        }
        *statements = document.statements;
        PolicySource::new("experiment", text)
    }

    /// The experiment's policy, and others that let its requests through. The statements are those of the experiment alone.
    fn policies(&self, choices: &mut dyn Choices, statements: &mut Vec<Statement>) -> Policies {
        let (cast, role) = (self.cast, self.cast.role);
        let source = self.source(choices, statements);
        let open = |id: &str, policy_type: PolicyType| PolicySource::new(id, full_access(policy_type));
        let mut policies = Policies::default();
        // In the owner's account a resource-based policy decides only if no identity policy allows.
        let silent = matches!(self.host, PolicyType::Resource | PolicyType::Trust)
            && cast.account == 0
            && choices.chance(75);
        if role.has_identity()
            && cast.has(PolicyType::Identity)
            && !silent
            && self.host != PolicyType::Identity
        {
            let policy = open("identity", PolicyType::Identity);
            policies.identity = Some(vec![IdentityPolicy { source: source_of(choices, role), policy }]);
        }
        if matches!(role, Role::FederatedByUser | Role::FederatedByRoot)
            && self.host != PolicyType::Session
            && !(silent && choices.chance(50))
        {
            policies.session = Some(vec![open("session", PolicyType::Session)]);
        }
        // Whoever has one is exempt from no `NotPrincipal` (PRIN-044).
        let bounded = if self.focus == Focus::Principal { 20 } else { 8 };
        if role.has_boundary() && cast.has(PolicyType::Boundary) && choices.chance(bounded) {
            policies.boundary = vec![open("boundary", PolicyType::Boundary)];
        }
        let needs_resource =
            !role.has_account() || cast.account != 0 || role == Role::ServiceLinked && choices.chance(50);
        if needs_resource && !matches!(self.host, PolicyType::Resource | PolicyType::Trust) {
            let policy = open("resource", cast.kind.policy_type());
            policies.resource = Some(ResourcePolicy { kind: cast.kind, policy });
        }
        match self.host {
            PolicyType::Identity => {
                policies.identity =
                    Some(vec![IdentityPolicy { source: source_of(choices, role), policy: source }]);
            }
            PolicyType::Boundary => policies.boundary = vec![source],
            PolicyType::Session => policies.session = Some(vec![source]),
            PolicyType::Scp | PolicyType::Rcp => {
                let mut levels = vec![vec![source]];
                while choices.chance(35) && levels.len() < 4 {
                    let level = if self.host == PolicyType::Scp {
                        vec![open("all", PolicyType::Scp)]
                    } else {
                        Vec::new()
                    };
                    levels.insert(choices.pick(levels.len() + 1), level);
                }
                *(if self.host == PolicyType::Scp { &mut policies.scps } else { &mut policies.rcps }) =
                    Some(levels);
            }
            PolicyType::Vpce => {
                let kind = endpoint_kind(choices, &cast.capabilities);
                policies.endpoint = kind.map(|kind| EndpointPolicy { kind, policy: source });
            }
            PolicyType::Resource | PolicyType::Trust => {
                policies.resource = Some(ResourcePolicy { kind: cast.kind, policy: source });
            }
        }
        policies
    }

    /// Requests for each action, most of them changed in what the experiment is about.
    fn requests(
        &self,
        choices: &mut dyn Choices,
        settings: &Settings,
        statements: &[Statement],
    ) -> Vec<Case> {
        let cast = self.cast;
        let count = choices.between(settings.requests.div_ceil(2), settings.requests.max(1));
        let first = choices.pick(cast.targets.len());
        let usual = if self.focus == Focus::Principal { Context::default() } else { Usual::of(cast).context };
        let mut cases = Cases::with_capacity(count);
        for nth in 0..count {
            let at = (first + nth) % cast.targets.len();
            let target = &cast.targets[at];
            let mut own = statements.iter().skip(at).step_by(cast.targets.len());
            // Each target has its statements: there are six at least, and four targets at most.
            let statement = own.nth(choices.pick(own.len())).unwrap_or(&statements[at]);
            let mut principal = &cast.principals[0];
            let (mut action, mut resource) = (Cow::from(&target.action), Cow::from(&target.resource));
            let mut context = Ok(usual.clone());
            let again = nth >= cast.targets.len();
            if again || choices.chance(55) {
                match self.focus {
                    Focus::Resource => resource = self.asked(choices, statement, &target.resource),
                    Focus::Action => action = self.called(choices, statement, &target.action),
                    Focus::Principal => principal = choices.one_of(&cast.principals),
                    Focus::Condition => {
                        let mut entries = usual.entries().to_vec();
                        perturb_context(choices, cast, &mut entries);
                        context = Context::new(entries);
                    }
                }
            }
            let owner = match pattern::account_of(&resource) {
                Some(account) => account,
                None if choices.chance(4) => *choices.one_of(&ACCOUNTS),
                None => &target.owner,
            };
            let request = cases.build(choices, principal, &action, &resource, owner, context);
            cases.add(choices, request);
        }
        cases.finish()
    }

    /// A resource near what the statement names, or near the usual one.
    fn asked<'u>(&self, choices: &mut dyn Choices, statement: &Statement, usual: &'u str) -> Cow<'u, str> {
        let entries =
            statement.resource.as_ref().map(|element| element.entries.as_slice()).unwrap_or_default();
        let made = if choices.chance(60) && !entries.is_empty() {
            let entry = choices.one_of(entries);
            pattern::instance(choices, entry)
        } else {
            pattern::arn_near(choices, usual)
        };
        made.map_or(Cow::from(usual), Cow::from)
    }

    /// An action near what the statement names, or near the usual one.
    fn called<'u>(&self, choices: &mut dyn Choices, statement: &Statement, usual: &'u str) -> Cow<'u, str> {
        let (vendor, name) = usual.split_once(':').unwrap_or((usual, ""));
        let made = match choices.pick(6) {
            0 => usual.to_ascii_lowercase(),
            1 => usual.to_ascii_uppercase(),
            2 => format!("{vendor}:{}", narrow(choices, name).replace(['/', ':'], "")),
            3 => match choices.pick(6) {
                0 => format!("{vendor}-x:{name}"),
                1 => format!("{}:{name}", capitalised(vendor)),
                _ => format!("{}:{name}", choices.one_of(&["s3", "s3x", "sqs", "S3"])),
            },
            _ => {
                let entry = choices.one_of(&statement.action.entries).clone();
                let (vendor, name) = entry.split_once(':').map_or(("s3", "GetObject"), |parts| parts);
                let fill = *choices.one_of(&["", "x", "Get", "Object", "é"]);
                let one = *choices.one_of(&["x", "", "b", "é", "\u{1f600}"]);
                let name = name.replace('*', fill).replace('?', one).replace(' ', "");
                format!("{}:{name}", if vendor == "*" { "s3" } else { vendor })
            }
        };
        if assize_model::Action::new(made.as_str()).is_ok() { Cow::from(made) } else { Cow::from(usual) }
    }
}

/// The text with a capital at its beginning.
fn capitalised(text: &str) -> String {
    text.chars().take(1).flat_map(char::to_uppercase).chain(text.chars().skip(1)).collect()
}

/// Wildcards and dollars that mean themselves, here and there (MATCH-067).
fn escaped(choices: &mut dyn Choices, pattern: String) -> String {
    if pattern == "*" || !choices.chance(8) {
        return pattern;
    }
    let colons = pattern.match_indices(':').nth(4).map_or(pattern.len(), |(at, _)| at + 1);
    let (head, tail) = pattern.split_at(colons);
    if tail.contains('$') {
        return pattern;
    }
    let which = *choices.one_of(&['*', '?']);
    format!("{head}{}", tail.replacen(which, &format!("${{{which}}}"), 1))
}
