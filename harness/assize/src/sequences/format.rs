//! Sequences as text: a line per step, each a JSON object whose member `do` says what is done.
//!
//! ```text
//! {"do":"insert","type":"identity","policy":{"id":"p","document":{"Version":"2012-10-17","Statement":[]}}}
//! {"do":"add","principal":"arn:aws:iam::111111111111:user/a"}
//! {"do":"add","resource":"arn:aws:s3:::b","kind":"ordinary"}
//! {"do":"attach","id":"p","principal":"arn:aws:iam::111111111111:user/a"}
//! {"do":"join","user":"arn:aws:iam::111111111111:user/a","group":"Dev"}
//! {"do":"set_acl","resource":"arn:aws:s3:::b","policies":{"acl":[]}}
//! {"do":"place_account","account":"111111111111","levels":["root"],"scps":true}
//! {"do":"keep"}
//! {"do":"ask","request":{},"endpoint":"vpce-1","policies":{"session":[]},"kept":true}
//! ```
//!
//! Policies, grants and requests are written as in scenario files.

use assize_model::json::{self, Value, Writer};
use assize_model::scenario::{policies_json, read_policies, read_request, request_json};
use assize_model::{EndpointKind, Policies, PolicySource, PolicyType, ResourceKind};

use super::step::{Being, BeingKind, Place, PlaceKind, Question, Step};

/// A step as a line.
pub(super) fn line(step: &Step) -> String {
    let mut writer = Writer::new();
    writer.open_object();
    writer.name("do").string(step.word());
    match step {
        Step::Insert { policy_type, policy } | Step::Replace { policy_type, policy } => {
            writer.name("type").string(policy_type.as_str()).name("policy").raw(&policy_json(policy));
        }
        Step::Remove { id } => {
            writer.name("id").string(id);
        }
        Step::Attach { id, place } | Step::Detach { id, place } => {
            writer.name("id").string(id).name(place.kind.as_str()).string(&place.name);
        }
        Step::Add(being) | Step::Take(being) => {
            writer.name(being.kind.as_str()).string(&being.name);
            match being.kind {
                BeingKind::Resource(kind) => _ = writer.name("kind").string(kind.as_str()),
                BeingKind::Endpoint(kind) => _ = writer.name("kind").string(kind.as_str()),
                BeingKind::Principal | BeingKind::Group | BeingKind::Level => {}
            }
        }
        Step::Join { user, group } | Step::Leave { user, group } => {
            writer.name("user").string(user).name("group").string(group);
        }
        Step::SetAcl { resource, grants } => {
            let policies = Policies { acl: grants.clone(), ..Policies::default() };
            writer.name("resource").string(resource).name("policies").raw(&policies_json(&policies));
        }
        Step::PlaceAccount { account, levels, scps } => {
            writer.name("account").string(account).name("levels").strings(levels).name("scps").bool(*scps);
        }
        Step::Keep => {}
        Step::Ask(question) => {
            writer.name("request").raw(&request_json(&question.request));
            if let Some(endpoint) = &question.endpoint {
                writer.name("endpoint").string(endpoint);
            }
            if let Some(session) = &question.session {
                let policies = Policies { session: Some(session.clone()), ..Policies::default() };
                writer.name("policies").raw(&policies_json(&policies));
            }
            if question.kept {
                writer.name("kept").bool(true);
            }
        }
    }
    writer.close_object();
    writer.finish()
}

/// Steps as a JSON array of their lines.
pub(super) fn list(steps: &[Step]) -> String {
    let lines: Vec<String> = steps.iter().map(line).collect();
    format!("[{}]", lines.join(","))
}

/// The steps of a file, or of a JSON array of its lines; what is wrong with the first line that is none.
pub(super) fn read(text: &str) -> Result<Vec<Step>, String> {
    if text.starts_with('[') {
        let list = json::parse(text).map_err(|error| error.to_string())?;
        let steps = list.as_array().unwrap_or_default().iter();
        return steps.map(|value| read_step(text, value).ok_or_else(|| unreadable(text, value))).collect();
    }
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.is_empty());
    let read = lines.map(|(number, line)| {
        let value = json::parse(line).map_err(|error| format!("line {number}: {error}"))?;
        read_step(line, &value).ok_or_else(|| format!("line {number}: {}", unreadable(line, &value)))
    });
    read.collect()
}

fn unreadable(text: &str, value: &Value<'_>) -> String {
    format!("this is no step: {}", raw(text, value))
}

/// The text of a value.
fn raw<'t>(text: &'t str, value: &Value<'_>) -> &'t str {
    &text[value.span.start..value.span.end]
}

fn read_step(text: &str, value: &Value<'_>) -> Option<Step> {
    let members = Members { text, value };
    let (step, known) = match members.string("do")?.as_str() {
        "insert" => {
            let (policy_type, policy) = members.document()?;
            (Step::Insert { policy_type, policy }, 3)
        }
        "replace" => {
            let (policy_type, policy) = members.document()?;
            (Step::Replace { policy_type, policy }, 3)
        }
        "remove" => (Step::Remove { id: members.string("id")? }, 2),
        "attach" => (Step::Attach { id: members.string("id")?, place: members.place()? }, 3),
        "detach" => (Step::Detach { id: members.string("id")?, place: members.place()? }, 3),
        "add" => {
            let (being, known) = members.being()?;
            (Step::Add(being), known)
        }
        "take" => {
            let (being, known) = members.being()?;
            (Step::Take(being), known)
        }
        "join" => (Step::Join { user: members.string("user")?, group: members.string("group")? }, 3),
        "leave" => (Step::Leave { user: members.string("user")?, group: members.string("group")? }, 3),
        "set_acl" => {
            let grants = members.policies()??.acl;
            (Step::SetAcl { resource: members.string("resource")?, grants }, 3)
        }
        "place_account" => {
            let levels = value.get("levels")?.as_array()?.iter();
            let levels = levels.map(|level| level.as_str().map(str::to_owned)).collect::<Option<_>>()?;
            let scps = value.get("scps")?.as_bool()?;
            (Step::PlaceAccount { account: members.string("account")?, levels, scps }, 4)
        }
        "keep" => (Step::Keep, 1),
        "ask" => {
            let request = read_request(raw(text, value.get("request")?)).ok()?.request.ok()?;
            let endpoint = value.get("endpoint").map(|endpoint| endpoint.as_str().map(str::to_owned));
            let kept = value.get("kept").map(|kept| kept.as_bool().filter(|kept| *kept));
            let session = members.policies()?;
            let known = 2 + [endpoint.is_some(), kept.is_some(), session.is_some()]
                .map(usize::from)
                .iter()
                .sum::<usize>();
            let question = Question {
                request,
                endpoint: transposed(endpoint)?,
                session: transposed(session.map(|policies| policies.session))?,
                kept: transposed(kept)?.unwrap_or_default(),
            };
            (Step::Ask(Box::new(question)), known)
        }
        _ => return None,
    };
    // A member that means nothing is a mistake.
    (value.as_object()?.len() == known).then_some(step)
}

/// `None` if it is there and is not what it must be.
fn transposed<T>(member: Option<Option<T>>) -> Option<Option<T>> {
    match member {
        None => Some(None),
        Some(read) => read.map(Some),
    }
}

/// The members of a step.
struct Members<'t, 'v> {
    text: &'t str,
    value: &'v Value<'t>,
}

impl Members<'_, '_> {
    fn string(&self, name: &str) -> Option<String> {
        self.value.get(name)?.as_str().map(str::to_owned)
    }

    fn document(&self) -> Option<(PolicyType, PolicySource)> {
        let policy_type = PolicyType::parse(&self.string("type")?)?;
        let policies = format!("{{\"boundary\":{}}}", raw(self.text, self.value.get("policy")?));
        let [policy]: [PolicySource; 1] = read_policies(&policies).ok()?.boundary.try_into().ok()?;
        Some((policy_type, policy))
    }

    /// The policies of the step, if it has any; `None` if it has and they are none.
    fn policies(&self) -> Option<Option<Policies>> {
        transposed(self.value.get("policies").map(|policies| read_policies(raw(self.text, policies)).ok()))
    }

    fn place(&self) -> Option<Place> {
        let kind = PlaceKind::ALL.into_iter().find(|kind| self.value.get(kind.as_str()).is_some())?;
        Some(Place { kind, name: self.string(kind.as_str())? })
    }

    /// What is added or taken away, and how many members say so.
    fn being(&self) -> Option<(Being, usize)> {
        let kind = self.string("kind");
        let resource = || ResourceKind::ALL.into_iter().find(|known| Some(known.as_str()) == kind.as_deref());
        let endpoint = || EndpointKind::ALL.into_iter().find(|known| Some(known.as_str()) == kind.as_deref());
        let beings = [
            ("principal", Some(BeingKind::Principal)),
            ("group", Some(BeingKind::Group)),
            ("level", Some(BeingKind::Level)),
            ("resource", resource().map(BeingKind::Resource)),
            ("endpoint", endpoint().map(BeingKind::Endpoint)),
        ];
        let (name, kind) = beings.into_iter().find(|(name, _)| self.value.get(name).is_some())?;
        let known = if kind.is_some_and(BeingKind::is_of_a_kind) { 3 } else { 2 };
        Some((Being { kind: kind?, name: self.string(name)? }, known))
    }
}

impl BeingKind {
    /// Whether files state a kind beside the name.
    fn is_of_a_kind(self) -> bool {
        matches!(self, BeingKind::Resource(_) | BeingKind::Endpoint(_))
    }
}

/// A policy as scenario files write it.
fn policy_json(policy: &PolicySource) -> String {
    let policies = policies_json(&Policies { boundary: vec![policy.clone()], ..Policies::default() });
    let inner = policies.strip_prefix("{\"boundary\":").and_then(|rest| rest.strip_suffix('}'));
    inner.unwrap_or(&policies).to_owned()
}
