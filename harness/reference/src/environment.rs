//! Prepared policies: the environment of EVAL-001.

use std::collections::BTreeMap;
use std::sync::Arc;

use assize_model::evaluator::RefusedDocument;
use assize_model::grammar::size::{self, Holder};
use assize_model::{
    AclGrant, Diagnostic, Document, EndpointKind, Grammar, IdentityPolicy, IdentitySource, Policies,
    PolicySource, PolicyType, Refusal, ResourceKind,
};

use crate::date;
use crate::missing::named_keys;
use crate::semantics::Semantics;

/// A parsed policy.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) id: Arc<str>,
    pub(crate) document: Document,
    /// Whose it is, for an identity policy.
    pub(crate) source: Option<IdentitySource>,
}

/// Every policy that applies to a requester and a resource, parsed.
#[derive(Clone, Debug)]
pub(crate) struct Environment {
    /// Per type, in the order of [`PolicyType::REPORTED`]: its levels, or `None` if it is absent. Only SCPs and RCPs have other than one
    /// level.
    pub(crate) types: [Option<Vec<Vec<Policy>>>; 7],
    /// The kind of the endpoint that has a policy.
    pub(crate) endpoint: Option<EndpointKind>,
    /// The kind that the resource-based policy was supplied for.
    pub(crate) resource_kind: Option<ResourceKind>,
    /// Grants of access control lists.
    pub(crate) acl: Vec<AclGrant>,
    /// The context keys that the policies name, in order of first use (EVAL-076).
    pub(crate) named_keys: Vec<String>,
}

impl Environment {
    /// Reads every supplied document, whether or not a requester would consult it (EVAL-065, GRAM-052).
    ///
    /// # Errors
    /// All documents that are refused, in the order of [`PolicyType::REPORTED`], levels and lists.
    pub(crate) fn prepare<S: Semantics + ?Sized>(
        semantics: &S,
        policies: &Policies,
    ) -> Result<Self, Refusal> {
        let mut reader = Reader { semantics, check_size: policies.check_size, refused: Vec::new() };
        let overfull = if policies.check_size { overfull_holders(policies) } else { BTreeMap::new() };
        let rcps = policies.rcps.as_ref().map(|levels| reader.levels(PolicyType::Rcp, levels));
        let scps = policies.scps.as_ref().map(|levels| reader.levels(PolicyType::Scp, levels));
        let endpoint = policies.endpoint.as_ref();
        let vpce = endpoint.map(|endpoint| vec![reader.level(PolicyType::Vpce, [&endpoint.policy])]);
        let resource = policies.resource.as_ref();
        let resource_policies =
            resource.map(|resource| vec![reader.level(resource.kind.policy_type(), [&resource.policy])]);
        let identity = policies.identity.as_deref();
        let identity_policies = identity.map(|list| vec![reader.identity(list, &overfull)]);
        let boundaries = &policies.boundary;
        let boundary = (!boundaries.is_empty()).then(|| vec![reader.level(PolicyType::Boundary, boundaries)]);
        let session = policies.session.as_ref();
        let session = session.filter(|list| semantics.is_present(PolicyType::Session, list.len()));
        let session = session.map(|list| vec![reader.level(PolicyType::Session, list)]);
        if !reader.refused.is_empty() && !semantics.leaves_out_refused() {
            return Err(Refusal { documents: reader.refused, reason: None });
        }
        let types = [rcps, scps, vpce, resource_policies, identity_policies, boundary, session];
        Ok(Environment {
            endpoint: endpoint.map(|endpoint| endpoint.kind),
            resource_kind: resource.map(|resource| resource.kind),
            acl: policies.acl.clone(),
            named_keys: named_keys(semantics, types.iter().flatten().flatten().flatten()),
            types,
        })
    }

    /// The policies of a type, all levels together.
    pub(crate) fn policies(&self, policy_type: PolicyType) -> impl Iterator<Item = &Policy> {
        self.types[policy_type.place()].iter().flatten().flatten()
    }
}

/// Reads documents and remembers those that are refused.
struct Reader<'s, S: ?Sized> {
    semantics: &'s S,
    check_size: bool,
    refused: Vec<RefusedDocument>,
}

impl<S: Semantics + ?Sized> Reader<'_, S> {
    fn levels(&mut self, policy_type: PolicyType, levels: &[Vec<PolicySource>]) -> Vec<Vec<Policy>> {
        let present = levels.iter().filter(|level| self.semantics.is_present(policy_type, level.len()));
        present.map(|level| self.level(policy_type, level)).collect()
    }

    fn level<'p>(
        &mut self,
        policy_type: PolicyType,
        sources: impl IntoIterator<Item = &'p PolicySource>,
    ) -> Vec<Policy> {
        sources.into_iter().filter_map(|source| self.policy(policy_type, source, None)).collect()
    }

    fn identity(&mut self, list: &[IdentityPolicy], overfull: &BTreeMap<usize, Diagnostic>) -> Vec<Policy> {
        let numbered = list.iter().enumerate();
        numbered
            .filter_map(|(at, identity)| {
                let policy =
                    self.policy(PolicyType::Identity, &identity.policy, overfull.get(&at).cloned())?;
                Some(Policy { source: Some(identity.source.clone()), ..policy })
            })
            .collect()
    }

    /// Reads one document; a fault of its size comes after those of its text.
    fn policy(
        &mut self,
        policy_type: PolicyType,
        source: &PolicySource,
        size: Option<Diagnostic>,
    ) -> Option<Policy> {
        let grammar = Grammar { policy_type, managed: source.managed, is_date: date::is_date };
        let text = &source.document.text;
        let own_size =
            self.check_size.then(|| size::check(text, policy_type, source.managed).err()).flatten();
        let read = self.semantics.read_document(grammar, text);
        let (document, mut faults) =
            read.map_or_else(|faults| (None, faults), |document| (Some(document), Vec::new()));
        faults.extend(own_size.or(size));
        if faults.is_empty() {
            return document.map(|document| Policy { id: source.id.clone(), document, source: None });
        }
        self.refused.push(RefusedDocument { policy_type, policy: source.id.to_string(), faults });
        None
    }
}

/// The inline identity policies with which a user, group or role exceeds its limit, by index (GRAM-050).
fn overfull_holders(policies: &Policies) -> BTreeMap<usize, Diagnostic> {
    let list = policies.identity.as_deref().unwrap_or_default();
    let mut inline: BTreeMap<(u8, &str), (Holder, Vec<usize>)> = BTreeMap::new();
    for (at, identity) in list.iter().enumerate().filter(|(_, identity)| !identity.policy.managed) {
        let (name, holder) = match &identity.source {
            IdentitySource::User | IdentitySource::Issuer => ((0, ""), Holder::User),
            IdentitySource::Group(name) => ((1, name.as_str()), Holder::Group),
            IdentitySource::Role => ((2, ""), Holder::Role),
        };
        inline.entry(name).or_insert((holder, Vec::new())).1.push(at);
    }
    let excess = inline.into_values().filter_map(|(holder, indices)| {
        let texts: Vec<&str> = indices.iter().map(|at| &*list[*at].policy.document.text).collect();
        let (first, fault) = size::check_inline(holder, &texts).err()?;
        Some((indices[first], fault))
    });
    excess.collect()
}
