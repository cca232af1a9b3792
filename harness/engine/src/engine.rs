//! Prepared policies, and the evaluator as the harness sees it.

use std::collections::HashMap;

use assize_model::evaluator::RefusedDocument;
use assize_model::grammar::size::{self, Holder};
use assize_model::{
    AclGrant, Capabilities, Description, Diagnostic, EndpointKind, Evaluation, Evaluator, IdentityPolicy,
    IdentitySource, InputError, Policies, PolicySource, PolicyType, Prepared, Refusal, Request, ResourceKind,
    Verdict,
};

use crate::decide::{self, Outcome};
use crate::document::CompiledDocument;
use crate::explain;
use crate::frame::Frame;
use crate::list::{Attached, Bag, Levels, PolicyList, Sources, View};
use crate::rules::Plan;

/// The optimized evaluator.
#[derive(Clone, Copy, Debug, Default)]
pub struct Engine;

impl Engine {
    /// An evaluator. It keeps nothing between calls.
    pub fn new() -> Self {
        Engine
    }
}

/// The policies that apply to a requester and a resource, ready to decide.
///
/// Cloning shares the documents. Putting policies together costs as much as listing them, up to sixteen in one list; longer lists
/// are indexed as a whole.
#[derive(Clone, Debug, Default)]
pub struct PreparedPolicies {
    identity: Option<PolicyList>,
    sources: Sources,
    boundary: Option<PolicyList>,
    session: Option<PolicyList>,
    scps: Option<Vec<PolicyList>>,
    rcps: Option<Vec<PolicyList>>,
    endpoint: Option<(EndpointKind, PolicyList)>,
    resource: Option<(ResourceKind, PolicyList)>,
    acl: Vec<AclGrant>,
    /// What a fault remembers of decisions.
    #[cfg(feature = "faults")]
    kept: crate::faults::Kept,
}

impl PreparedPolicies {
    /// Reads and compiles policies.
    ///
    /// # Errors
    /// Every refused document with every fault in it (GRAM-052), in the order rcp, scp, vpce, resource or trust, identity, boundary,
    /// session, then level and place in the list.
    pub fn new(policies: &Policies) -> Result<Self, Refusal> {
        let mut reader = Reader { check_size: policies.check_size, refused: Vec::new() };
        let rcps = reader.levels(PolicyType::Rcp, policies.rcps.as_deref());
        let scps = reader.levels(PolicyType::Scp, policies.scps.as_deref());
        let endpoint = policies.endpoint.as_ref().map(|endpoint| {
            (endpoint.kind, reader.list(PolicyType::Vpce, std::slice::from_ref(&endpoint.policy)))
        });
        let resource = policies.resource.as_ref().map(|resource| {
            (resource.kind, reader.list(resource.kind.policy_type(), std::slice::from_ref(&resource.policy)))
        });
        let identity = policies.identity.as_ref().map(|identity| reader.identity(identity));
        let supplied = policies.identity.iter().flatten();
        let sources =
            supplied.fold(Sources::default(), |all, identity| all.with(Sources::of(&identity.source)));
        let boundary = reader.list(PolicyType::Boundary, &policies.boundary);
        let session = policies.session.as_ref().map(|session| reader.list(PolicyType::Session, session));
        reader.finish()?;
        Ok(PreparedPolicies {
            identity,
            sources,
            boundary: (!policies.boundary.is_empty()).then_some(boundary),
            session,
            scps,
            rcps,
            endpoint,
            resource,
            acl: policies.acl.clone(),
            #[cfg(feature = "faults")]
            kept: Default::default(),
        })
    }

    /// Decides a request. Allocates nothing.
    ///
    /// # Errors
    /// The request cannot be put under these policies (EVAL-006).
    pub fn decide(&self, request: &Request) -> Result<Outcome, InputError> {
        let (view, frame) = (self.view(), Frame::new(request));
        let plan = Plan::new(&view, &frame)?;
        Ok(self.outcome(request, &view, &plan, &frame))
    }

    fn outcome(&self, request: &Request, view: &View<'_>, plan: &Plan, frame: &Frame<'_>) -> Outcome {
        let outcome = decide::decide(view, plan, frame);
        #[cfg(feature = "faults")]
        let outcome = self.kept.under_policies(request, outcome);
        #[cfg(not(feature = "faults"))]
        let _ = request;
        outcome
    }

    /// Evaluates a request.
    ///
    /// # Errors
    /// The request cannot be put under these policies (EVAL-006).
    pub fn explain(&self, request: &Request) -> Result<Evaluation, InputError> {
        let (view, frame) = (self.view(), Frame::new(request));
        let plan = Plan::new(&view, &frame)?;
        Ok(*explain::explain(&view, &plan, &frame))
    }

    /// The bytes that these policies occupy beside the documents that they share.
    pub fn memory(&self) -> usize {
        let lists = [&self.identity, &self.boundary, &self.session].into_iter().flatten();
        let levels = [&self.scps, &self.rcps].into_iter().flatten().flatten();
        let single =
            self.endpoint.iter().map(|(_, list)| list).chain(self.resource.iter().map(|(_, list)| list));
        size_of::<Self>() + lists.chain(levels).chain(single).map(PolicyList::memory).sum::<usize>()
    }

    fn view(&self) -> View<'_> {
        View {
            identity: self.identity.as_ref().map(Bag::List),
            sources: self.sources,
            boundary: self.boundary.as_ref().map(Bag::List),
            session: self.session.as_ref().map(Bag::List),
            scps: self.scps.as_deref().map(Levels::Lists),
            rcps: self.rcps.as_deref().map(Levels::Lists),
            endpoint: self.endpoint.as_ref().map(|(kind, list)| (*kind, Bag::List(list))),
            resource: self.resource.as_ref().map(|(kind, list)| (*kind, Bag::List(list))),
            acl: &self.acl,
        }
    }
}

/// Reads documents and keeps the refused ones.
struct Reader {
    check_size: bool,
    refused: Vec<RefusedDocument>,
}

impl Reader {
    fn levels(
        &mut self,
        policy_type: PolicyType,
        levels: Option<&[Vec<PolicySource>]>,
    ) -> Option<Vec<PolicyList>> {
        levels.map(|levels| levels.iter().map(|level| self.list(policy_type, level)).collect())
    }

    fn list<'p>(
        &mut self,
        policy_type: PolicyType,
        sources: impl IntoIterator<Item = &'p PolicySource>,
    ) -> PolicyList {
        PolicyList::new(
            sources.into_iter().filter_map(|source| self.document(policy_type, source, None)).collect(),
        )
    }

    fn identity(&mut self, policies: &[IdentityPolicy]) -> PolicyList {
        let mut oversized = if self.check_size { inline_sizes(policies) } else { HashMap::new() };
        let documents = policies.iter().enumerate().filter_map(|(place, identity)| {
            let too_long = oversized.remove(&place);
            self.document(PolicyType::Identity, &identity.policy, too_long)
        });
        PolicyList::new(documents.collect())
    }

    /// Reads one document. `too_long` is what is wrong with its length together with others.
    fn document(
        &mut self,
        policy_type: PolicyType,
        source: &PolicySource,
        too_long: Option<Diagnostic>,
    ) -> Option<Attached> {
        let text = &source.document.text;
        let compiled = CompiledDocument::compile(text, policy_type, source.managed);
        let size = if self.check_size { size::check(text, policy_type, source.managed) } else { Ok(()) };
        let mut faults = Vec::new();
        let document = compiled.map_err(|found| faults.extend(found)).ok();
        faults.extend(size.err().into_iter().chain(too_long));
        if faults.is_empty() {
            return document.map(|document| Attached { id: source.id.clone(), document });
        }
        self.refused.push(RefusedDocument { policy_type, policy: source.id.to_string(), faults });
        None
    }

    fn finish(self) -> Result<(), Refusal> {
        if self.refused.is_empty() { Ok(()) } else { Err(Refusal { documents: self.refused, reason: None }) }
    }
}

/// The limits that the inline policies of one user, group or role have together (GRAM-050): what is wrong, by place in the list.
fn inline_sizes(policies: &[IdentityPolicy]) -> HashMap<usize, Diagnostic> {
    let mut holders: Vec<(Holder, Option<&str>, Vec<usize>)> = Vec::new();
    for (place, identity) in policies.iter().enumerate().filter(|(_, identity)| !identity.policy.managed) {
        let (holder, group) = match &identity.source {
            IdentitySource::User | IdentitySource::Issuer => (Holder::User, None),
            IdentitySource::Group(name) => (Holder::Group, Some(name.as_str())),
            IdentitySource::Role => (Holder::Role, None),
        };
        match holders.iter_mut().find(|(known, name, _)| (*known, *name) == (holder, group)) {
            Some((_, _, places)) => places.push(place),
            None => holders.push((holder, group, vec![place])),
        }
    }
    let checked = holders.into_iter().filter_map(|(holder, _, places)| {
        let texts: Vec<&str> = places.iter().map(|&place| &*policies[place].policy.document.text).collect();
        let (index, fault) = size::check_inline(holder, &texts).err()?;
        Some((places[index], fault))
    });
    checked.collect()
}

impl Evaluator for Engine {
    fn describe(&self) -> Description {
        Description {
            name: "engine".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            language: "Rust".to_owned(),
            capabilities: Capabilities::full(),
        }
    }

    fn prepare<'e>(&'e self, policies: &Policies) -> Result<Box<dyn Prepared + 'e>, Refusal> {
        Ok(Box::new(PreparedPolicies::new(policies)?))
    }
}

impl Prepared for PreparedPolicies {
    /// Explains and decides; the two must agree.
    fn evaluate(&self, request: &Request) -> Verdict {
        let (view, frame) = (self.view(), Frame::new(request));
        let plan = match Plan::new(&view, &frame) {
            Ok(plan) => plan,
            Err(error) => return Verdict::InputError(error),
        };
        let evaluation = explain::explain(&view, &plan, &frame);
        let explained = Outcome { decision: evaluation.decision, deciding: evaluation.deciding };
        let decided = self.outcome(request, &view, &plan, &frame);
        if explained == decided {
            Verdict::Evaluated(evaluation)
        } else {
            Verdict::Failed(format!("explaining gives {explained:?}, deciding gives {decided:?}"))
        }
    }
}
